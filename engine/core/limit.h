#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/calendar.h"

namespace motcua::core {

// by_cutoff is no unit of a procedure but the shape of one rule of the rulebook (FWD_15H): the close of that
// working day, or for what comes after the cut-off that many working hours after the next opening.
enum class LimitUnit {
  working_hour,
  working_day,
  calendar_day,
  month,
  hour,
  immediate,
  unspecified,
  by_cutoff
};
// How working days are counted: to the close of the n-th day after the event (Civil Code 147–148), or as n
// nominal days of working time, so that 14:00 stays 14:00.
enum class DayCounting { by_day, by_hours };

// A legal limit (thời hạn). `value` is 0 for `immediate` and `unspecified`, else at least 1; but 0 hours
// where a rule gives no time at all (FWD_E).
struct Limit {
  std::int64_t value = 0;
  LimitUnit unit = LimitUnit::unspecified;
  DayCounting counting = DayCounting::by_day;  // read for working_day only
  bool operator==(const Limit&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("value", self.value);
    visit("unit", self.unit);
    visit("counting", self.counting);
  }
};

// A duty of an office ends at the close of the day's last session; time given to a citizen ends at 24:00.
enum class DayEnd { office_close, midnight };

// Parameters of the counting that the rulebook gives.
struct CountingRules {
  std::int32_t immediate_cutoff_ms = 15 * 3'600'000;  // strictly later than this: the next working day
  std::int32_t forward_cutoff_ms = 15 * 3'600'000;    // the same for by_cutoff
  bool operator==(const CountingRules&) const = default;
};

// A due instant, or why there is none.
enum class DuePending { none, untimed, calendar_horizon };
struct DueDate {
  std::optional<Instant> at;
  std::optional<Date> unrolled_on;  // calendar_day and month: the last day before it was moved off a day off
  std::optional<Date> rolled_on;    // the day on which it falls, for limits counted in days
  bool provisional = false;         // rests on the provisional part of the calendar
  DuePending pending = DuePending::none;
  bool operator==(const DueDate&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("at", self.at);
    visit("unrolled_on", self.unrolled_on);
    visit("rolled_on", self.rolled_on);
    visit("provisional", self.provisional);
    visit("pending", self.pending);
  }
};

// The due instant of a limit that starts at `start` (DESIGN section 2, units of a limit).
DueDate derive_due(const Limit& limit, Instant start, const Calendar& calendar, DayEnd day_end,
                   const CountingRules& rules);

// Of a promise and the limit of the law, the one that is due first where both start then: counted in
// different units, a promise of fewer days ends after the law's where a long holiday lies between. The
// promise where they are due together.
const Limit& first_to_end(const Limit& promise, const Limit& law, Instant start, const Calendar& calendar,
                          DayEnd day_end, const CountingRules& rules);

}  // namespace motcua::core
