#include "engine/core/time.h"

#include <chrono>

namespace motcua::core {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr int kYearMin = 1800;  // people and houses are older than the epoch
constexpr int kYearMax = 9998;
// 1970-01-01T00:00:00Z up to, but not including, 9999-01-01T00:00:00Z.
constexpr Instant kInstantMin{0};
constexpr Instant kInstantEnd{2'932'532 * kDayMs};

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Reads a text from the left; the first thing that does not fit makes it, and all after it, fail.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  // Exactly `count` decimal digits.
  int digits(int count) {
    int value = 0;
    for (int i = 0; i < count; ++i) {
      if (!at_digit()) return fail();
      value = value * 10 + (take() - '0');
    }
    return value;
  }
  // One character out of `wanted`.
  char one_of(std::string_view wanted) {
    if (rest_.empty() || wanted.find(rest_.front()) == std::string_view::npos) {
      fail();
      return 0;
    }
    return take();
  }
  bool at(char c) const { return !rest_.empty() && rest_.front() == c; }
  bool at_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
  int fail() {
    failed_ = true;
    rest_ = {};
    return 0;
  }
  bool read_whole() const { return !failed_ && rest_.empty(); }

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  std::string_view rest_;
  bool failed_ = false;
};

std::optional<Date> read_date(Reader& in) {
  const int year = in.digits(4);
  in.one_of("-");
  const int month = in.digits(2);
  in.one_of("-");
  const int day = in.digits(2);
  return make_date(year, month, day);
}

// ".5", ".123", ".123000000": the milliseconds. Finer than a millisecond would be rounded silently, so it
// fails.
int read_fraction(Reader& in) {
  if (!in.at('.')) return 0;
  in.one_of(".");
  if (!in.at_digit()) return in.fail();
  int ms = 0;
  int weight = 100;
  for (int count = 0; in.at_digit(); ++count) {
    const int digit = in.digits(1);
    if (count >= 9 || (weight == 0 && digit != 0)) return in.fail();
    ms += digit * weight;
    weight /= 10;
  }
  return ms;
}

// "Z", "+07:00": minutes east of Greenwich.
int read_offset(Reader& in) {
  const char sign = in.one_of("Zz+-");
  if (sign != '+' && sign != '-') return 0;
  const int hours = in.digits(2);
  in.one_of(":");
  const int minutes = in.digits(2);
  if (hours > 23 || minutes > 59) return in.fail();
  return (sign == '-' ? -1 : 1) * (hours * 60 + minutes);
}

void put_digits(std::string& out, int value, int count) {
  int divisor = 1;
  for (int i = 1; i < count; ++i) divisor *= 10;
  for (; divisor > 0; divisor /= 10) out += static_cast<char>('0' + value / divisor % 10);
}

}  // namespace

std::optional<Date> make_date(int year, int month, int day) {
  namespace chrono = std::chrono;
  if (year < 0 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  const chrono::year_month_day ymd{chrono::year{year}, chrono::month(month), chrono::day(day)};
  if (!ymd.ok()) return std::nullopt;
  return Date{static_cast<std::int32_t>(chrono::sys_days{ymd}.time_since_epoch().count())};
}

YearMonthDay year_month_day(Date date) {
  const std::chrono::year_month_day ymd{std::chrono::sys_days{std::chrono::days{date.days}}};
  return {int{ymd.year()}, static_cast<int>(unsigned{ymd.month()}), static_cast<int>(unsigned{ymd.day()})};
}

Date add_months(Date date, int n) {
  namespace chrono = std::chrono;
  const chrono::year_month_day from{chrono::sys_days{chrono::days{date.days}}};
  chrono::year_month_day to = from + chrono::months{n};
  if (!to.ok()) to = to.year() / to.month() / chrono::last;
  return {static_cast<std::int32_t>(chrono::sys_days{to}.time_since_epoch().count())};
}

int weekday(Date date) {
  // 1970-01-01 was a Thursday.
  const int day = (date.days + 3) % 7;
  return day < 0 ? day + 7 : day;
}

Instant midnight(Date date, int offset_minutes) { return {date.days * kDayMs - offset_minutes * kMinuteMs}; }

Date local_date(Instant at, int offset_minutes) {
  return {static_cast<std::int32_t>(floor_div(at.ms + offset_minutes * kMinuteMs, kDayMs))};
}

std::optional<Instant> parse_instant(std::string_view text) {
  Reader in(text);
  const std::optional<Date> date = read_date(in);
  in.one_of("Tt");
  const int hour = in.digits(2);
  in.one_of(":");
  const int minute = in.digits(2);
  in.one_of(":");
  const int second = in.digits(2);
  const int ms = read_fraction(in);
  const int offset = read_offset(in);
  if (!in.read_whole() || !date || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const ClockTime since_midnight{((hour * 60 + minute) * 60 + second) * std::int64_t{1000} + ms};
  const Instant at = midnight(*date, offset) + since_midnight;
  if (at < kInstantMin || at >= kInstantEnd) return std::nullopt;
  return at;
}

std::string format_instant(Instant at, int offset_minutes) {
  const Date date = local_date(at, offset_minutes);
  const int ms = static_cast<int>((at - midnight(date, offset_minutes)).ms);
  std::string out = format_date(date);
  out += 'T';
  put_digits(out, ms / 3'600'000, 2);
  out += ':';
  put_digits(out, ms / 60'000 % 60, 2);
  out += ':';
  put_digits(out, ms / 1000 % 60, 2);
  if (ms % 1000 != 0) {
    out += '.';
    put_digits(out, ms % 1000, 3);
  }
  out += offset_minutes < 0 ? '-' : '+';
  const int offset = offset_minutes < 0 ? -offset_minutes : offset_minutes;
  put_digits(out, offset / 60, 2);
  out += ':';
  put_digits(out, offset % 60, 2);
  return out;
}

std::optional<Date> parse_date(std::string_view text) {
  Reader in(text);
  const std::optional<Date> date = read_date(in);
  if (!in.read_whole() || !date) return std::nullopt;
  const int year = year_month_day(*date).year;
  if (year < kYearMin || year > kYearMax) return std::nullopt;
  return date;
}

std::string format_date(Date date) {
  const YearMonthDay ymd = year_month_day(date);
  std::string out;
  out.reserve(32);
  put_digits(out, ymd.year, 4);
  out += '-';
  put_digits(out, ymd.month, 2);
  out += '-';
  put_digits(out, ymd.day, 2);
  return out;
}

}  // namespace motcua::core
