#include "engine/core/ladder.h"

#include <algorithm>

namespace motcua::core {
namespace {

// No limit is longer: what bounds the search for the last due.
constexpr std::int64_t kReachMs = 2 * 366 * kDayMs;
// Longer than any distance before a due.
constexpr std::int64_t kEarlyMs = 62 * kDayMs;

// The moment from which on `t` of working time leads to `due`; of the two that there are at a session's end
// the later one, at which somebody works.
std::optional<Instant> working_before(Instant due, WorkingTime t, const Calendar& calendar) {
  const Instant origin = midnight(calendar.first_on(), calendar.offset_minutes());
  const auto until = calendar.elapsed(origin, due);
  if (!until || until->ms < t.ms) return std::nullopt;
  const auto moment = calendar.add(origin, *until - t);
  return moment ? calendar.add(*moment, WorkingTime{0}) : std::nullopt;
}

// The opening of the n-th working day before the day of `due`, or after it.
std::optional<Instant> opening_near(Instant due, std::int64_t days, bool before, const Calendar& calendar) {
  // An office's duty that ends at 24:00 ends on the day before.
  const Date day = local_date(due - ClockTime{1}, calendar.offset_minutes());
  std::optional<Date> found;
  if (before) {
    const Date eve = calendar.first_on() - 1;
    const auto earlier = calendar.working_days_between(eve, day - 1);
    if (!earlier || *earlier < days) return std::nullopt;
    found = calendar.working_day_after(eve, *earlier - days + 1);
  } else {
    found = calendar.working_day_after(day, days);
  }
  return found ? std::optional(calendar.opening_of(*found)) : std::nullopt;
}

// When the duty itself is due, where it hangs on the settlement's due.
std::optional<Instant> duty_due(const Rung& rung, Instant due, const Calendar& calendar,
                                const Limit& explanation) {
  // What is missing then is measured from the due that was missed.
  if (rung.clock == ClockKind::apology && rung.place != RungPlace::after) {
    const int offset = calendar.offset_minutes();
    return midnight(local_date(due, offset), offset) - ClockTime{1};
  }
  if (rung.clock == ClockKind::explanation) {
    return derive_due(explanation, due, calendar, DayEnd::office_close, CountingRules{}).at;
  }
  return due;
}

std::optional<Instant> unrounded(const Rung& rung, Instant due, const Calendar& calendar) {
  const bool before = rung.place == RungPlace::before;
  switch (rung.place) {
    case RungPlace::start:
      return std::nullopt;
    case RungPlace::due:
      return due;
    case RungPlace::before:
    case RungPlace::after:
      break;
  }
  if (rung.distance.unit == LimitUnit::working_day) {
    return opening_near(due, rung.distance.value, before, calendar);
  }
  const std::int64_t ms = rung.distance.value * kHourMs;
  if (rung.distance.unit == LimitUnit::hour) {
    return before ? due - ClockTime{ms} : due + ClockTime{ms};
  }
  return before ? working_before(due, WorkingTime{ms}, calendar) : calendar.add(due, WorkingTime{ms});
}

}  // namespace

const Rung* Ladders::rung(const Code& id) const {
  const auto found = std::find_if(rungs.begin(), rungs.end(), [&](const Rung& one) { return one.id == id; });
  return found == rungs.end() ? nullptr : &*found;
}

std::optional<Instant> rung_at(const Rung& rung, Instant due, const Calendar& calendar,
                               const Limit& explanation) {
  const auto duty = duty_due(rung, due, calendar, explanation);
  const auto at = duty ? unrounded(rung, *duty, calendar) : std::nullopt;
  if (!at || rung.at_once) return at;
  return calendar.add(*at, WorkingTime{0});
}

Instant last_due_fired(const Rung& rung, Instant now, const Calendar& calendar, const Limit& explanation) {
  // Where the calendar knows nothing yet, everything has fired; past its horizon nothing has.
  const Instant first = midnight(calendar.first_on(), calendar.offset_minutes());
  std::int64_t fired = std::max(now.ms - kReachMs, first.ms);
  std::int64_t waits = now.ms + kReachMs;
  while (waits - fired > 1) {
    const std::int64_t middle = fired + (waits - fired) / 2;
    const auto at = rung_at(rung, Instant{middle}, calendar, explanation);
    const bool early = !at && middle < first.ms + kEarlyMs;  // nothing lies that long before
    (early || (at && *at <= now) ? fired : waits) = middle;
  }
  return Instant{fired};
}

Instant last_due_explained_by(const Limit& explanation, Instant by, const Calendar& calendar) {
  Rung rung;
  rung.clock = ClockKind::explanation;
  rung.at_once = true;
  return last_due_fired(rung, by, calendar, explanation);
}

}  // namespace motcua::core
