#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/time.h"

namespace motcua::core {

// A half-open stretch of a day [opens, closes), in milliseconds since local midnight.
struct Session {
  std::int32_t opens_ms = 0;
  std::int32_t closes_ms = 0;
  auto operator<=>(const Session&) const = default;
};

// What a calendar says of one date that differs from its week, and who said so.
struct CalendarException {
  std::vector<Session>
      sessions;  // empty: off (nghỉ). Otherwise the sessions worked that day (half day, own hours)
  // Worked like this day of the week (làm bù; 0 = Monday), by the hours of the calendar that is compiled, so
  // that a province keeps its own on a Saturday that the nation moved. `sessions` is then empty as written,
  // and filled in by compile.
  std::optional<int> as_weekday;
  std::string name;        // "Tết Nguyên đán"
  std::string source;      // the official document
  bool confirmed = false;  // the source was read, LAW.md "C"
  bool operator==(const CalendarException&) const = default;
};

using Week = std::array<std::vector<Session>, 7>;  // Monday first

// More sessions a day than this are a fault.
inline constexpr std::size_t kSessionsPerDayMax = 8;

// One calendar as written in a file: a nation's, a province's or an agency's. A child inherits what it leaves
// out.
struct CalendarSpec {
  std::string id;       // "vn", "vn-khanh-hoa"
  std::string version;  // content hash, given by the loader
  std::string parent;   // empty for the root
  int offset_minutes = kVietnamOffsetMinutes;
  std::optional<Week> weekly;
  std::optional<Week> counter_open;  // when the counter is open; no clock reads it
  std::map<Date, CalendarException> exceptions;
  std::optional<Date> first_on;              // nothing is known before it
  std::optional<Date> official_until_on;     // last day announced
  std::optional<Date> provisional_until_on;  // last day of the provisional part; at least official_until_on
  std::optional<WorkingTime> nominal_day;    // what `by_hours` counts a working day as: 8 h
};

// A calendar and its ancestors, compiled for the two questions that every clock asks. Immutable: any thread
// may use it. Dates outside [first_on, provisional_until_on] are unknown: what depends on one answers
// nothing, never a guess.
class Calendar {
 public:
  // `chain` runs from the root to the calendar itself. Requires that check_calendar found no fault in it.
  static std::shared_ptr<const Calendar> compile(std::span<const CalendarSpec> chain);
  ~Calendar();

  const std::string& id() const;
  const std::string& version() const;  // of the whole chain
  int offset_minutes() const;
  WorkingTime nominal_day() const;
  Date first_on() const;
  Date official_until_on() const;
  Date provisional_until_on() const;

  // The instant at which `t` of working time has run since `start`. From `start` when it lies inside a
  // session, else from the opening of the next one; a start on a session's end belongs to the next; a result
  // on a session's end is that end. `t` = 0 answers where the first working moment lies. Requires t ≥ 0.
  // Nothing past the horizon. Constant time.
  std::optional<Instant> add(Instant start, WorkingTime t) const {
    const std::int64_t at_ms = add_ms(start, t);
    return at_ms == kUnknown ? std::nullopt : std::optional(Instant{at_ms});
  }
  // The working time inside [from, to); 0 when `to` is not after `from`. Nothing past the horizon. Constant
  // time.
  std::optional<WorkingTime> elapsed(Instant from, Instant to) const {
    const std::int64_t worked_ms = elapsed_ms(from, to);
    return worked_ms == kUnknown ? std::nullopt : std::optional(WorkingTime{worked_ms});
  }

  bool knows(Date date) const;
  // True past the officially announced part.
  bool is_provisional(Date date) const;
  // A date with at least one session. Requires knows(date).
  bool is_working_day(Date date) const;
  std::span<const Session> sessions(Date date) const;  // requires knows(date)
  // On a date off the counter is closed; on one with own sessions it is open for those. Requires knows(date).
  std::span<const Session> counter_open(Date date) const;
  // The exception that made this date what it is; null when the week did.
  const CalendarException* exception(Date date) const;
  // The end of the last session of a working day. Requires is_working_day(date).
  Instant close_of(Date date) const;
  // The start of the first session of a working day. Requires is_working_day(date).
  Instant opening_of(Date date) const;
  // The n-th working day strictly after `date` (n ≥ 1); constant time. Nothing past the horizon. Here and
  // below the day before first_on may be asked too: all that comes after it is known.
  std::optional<Date> working_day_after(Date date, std::int64_t n) const;
  // `date` itself when worked, else the next working day. Nothing past the horizon.
  std::optional<Date> working_day_from(Date date) const;
  // How many working days d have after < d ≤ until; 0 when until ≤ after. Nothing past the horizon.
  std::optional<std::int64_t> working_days_between(Date after, Date until) const;

 private:
  struct Table;
  // The compiler passes an optional through memory in pieces and waits for it on the way back, a fifth of
  // what an answer costs; so the two questions answer a number inside, and kUnknown past the horizon.
  static constexpr std::int64_t kUnknown = std::numeric_limits<std::int64_t>::min();
  explicit Calendar(std::unique_ptr<Table> table);
  std::int64_t add_ms(Instant start, WorkingTime t) const;
  std::int64_t elapsed_ms(Instant from, Instant to) const;
  std::unique_ptr<Table> table_;
};

// Every fault of a chain, in words: overlapping or unordered sessions, no week, exceptions outside the known
// dates, a horizon that runs backwards, a missing source, a broken line of parents. Empty when it may be
// compiled.
std::vector<std::string> check_calendar(std::span<const CalendarSpec> chain);

}  // namespace motcua::core
