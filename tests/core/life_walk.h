#pragma once

#include <cstdint>
#include <optional>

#include "engine/core/limit.h"
#include "tests/support/naive_calendar.h"

namespace motcua::test {

// A date as the walk finds it. No instant: there is none, or the walk left the list of days.
struct WalkedDate {
  std::optional<std::int64_t> at;
  std::optional<std::size_t> unrolled;  // calendar days and months: the day before it was moved off a day off
};

// What a limit comes to, found by going through the days one after the other: the oracle of limits, of
// suspensions and of extensions. Shares no arithmetic with the engine.
class LifeWalk {
 public:
  explicit LifeWalk(NaiveCalendar calendar) : calendar_(std::move(calendar)) {}

  WalkedDate first(const core::Limit& limit, std::int64_t start, bool to_midnight) const;
  // After nothing counted in [from, to).
  WalkedDate suspended(const WalkedDate& date, const core::Limit& limit, std::int64_t from, std::int64_t to,
                       bool to_midnight) const;
  WalkedDate extended(const WalkedDate& date, const core::Limit& by, bool to_midnight) const;
  std::int64_t worked(std::int64_t from, std::int64_t to) const;
  // The day of an instant, in the order of the list; the last day for all that is after.
  std::size_t day_of(std::int64_t instant) const;
  // The first moment of work after `instant`, where sessions open and close is what is asked of it.
  std::int64_t next_edge(std::int64_t instant) const;

 private:
  bool is_worked(std::size_t day) const { return !calendar_.days()[day].stretches.empty(); }
  std::optional<std::int64_t> end_of(std::size_t day, bool to_midnight) const;
  WalkedDate rolled(std::size_t day, bool to_midnight) const;
  WalkedDate working_days_later(std::size_t day, std::int64_t count, bool to_midnight) const;
  std::size_t months_later(std::size_t day, std::int64_t count) const;

  NaiveCalendar calendar_;
};

}  // namespace motcua::test
