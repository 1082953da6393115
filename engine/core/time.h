#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace motcua::core {

// Clock time between two instants, nights and holidays included.
struct ClockTime {
  std::int64_t ms = 0;
  auto operator<=>(const ClockTime&) const = default;
};

// Working time (thời gian làm việc). A type of its own: only a calendar can add it to an instant.
struct WorkingTime {
  std::int64_t ms = 0;
  auto operator<=>(const WorkingTime&) const = default;
  friend WorkingTime operator+(WorkingTime a, WorkingTime b) { return {a.ms + b.ms}; }
  friend WorkingTime operator-(WorkingTime a, WorkingTime b) { return {a.ms - b.ms}; }
};

// A point of UTC, in milliseconds since 1970-01-01T00:00:00Z.
struct Instant {
  std::int64_t ms = 0;
  auto operator<=>(const Instant&) const = default;
  friend Instant operator+(Instant at, ClockTime t) { return {at.ms + t.ms}; }
  friend Instant operator-(Instant at, ClockTime t) { return {at.ms - t.ms}; }
  friend ClockTime operator-(Instant a, Instant b) { return {a.ms - b.ms}; }
};

// A civil date of the proleptic Gregorian calendar, in days since 1970-01-01.
struct Date {
  std::int32_t days = 0;
  auto operator<=>(const Date&) const = default;
  friend Date operator+(Date d, std::int32_t n) { return {d.days + n}; }
  friend Date operator-(Date d, std::int32_t n) { return {d.days - n}; }
  friend std::int32_t operator-(Date a, Date b) { return a.days - b.days; }
};

struct YearMonthDay {
  int year = 1970;
  int month = 1;  // 1 to 12
  int day = 1;    // 1 to 31
  auto operator<=>(const YearMonthDay&) const = default;
};

inline constexpr std::int64_t kDayMs = 86'400'000;
inline constexpr std::int64_t kHourMs = 3'600'000;
inline constexpr int kVietnamOffsetMinutes = 420;

// The date of a year, month and day; nothing when there is no such day (31 April, 29 February 2026).
std::optional<Date> make_date(int year, int month, int day);
YearMonthDay year_month_day(Date date);
// The same day of the month n months later, or that month's last day when it is shorter (31 January + 1).
Date add_months(Date date, int n);
// 0 = Monday … 6 = Sunday.
int weekday(Date date);

// Local midnight at the start of a date, and the local date of an instant.
Instant midnight(Date date, int offset_minutes);
Date local_date(Instant at, int offset_minutes);

// RFC 3339. Reading takes any offset (a zone is demanded), up to nine digits of fraction of which more than
// three must be zero, and seconds 00–59 (a leap second is refused). The instant lies in the years 1970 to
// 9998 of UTC, whatever year the text names: what was read is read again when written in another offset.
std::optional<Instant> parse_instant(std::string_view text);
// "2026-08-21T16:00:00+07:00"; milliseconds are printed only when they are not zero.
std::string format_instant(Instant at, int offset_minutes);
// "2026-08-21". Years 1800 to 9998.
std::optional<Date> parse_date(std::string_view text);
std::string format_date(Date date);

}  // namespace motcua::core
