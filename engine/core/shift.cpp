#include "engine/core/shift.h"

#include <algorithm>
#include <cassert>

#include "engine/core/due_parts.h"

namespace motcua::core {
namespace {

Date day_of(Instant at, const Calendar& calendar) { return local_date(at, calendar.offset_minutes()); }

// The day on which a due date falls. An end at 24:00 belongs to the day that it ends.
Date due_day(const DueDate& due, const Calendar& calendar) {
  return due.rolled_on ? *due.rolled_on : day_of(*due.at - ClockTime{1}, calendar);
}

// How many working days close inside [from, to).
std::optional<std::int64_t> closes_inside(Instant from, Instant to, const Calendar& calendar) {
  // The last day whose close lies before `at`: that day itself when it has closed by then, else the one
  // before.
  const auto last_closed = [&](Instant at) -> std::optional<Date> {
    const Date day = day_of(at - ClockTime{1}, calendar);  // at 24:00 it is the day that ends there
    if (!calendar.knows(day)) return std::nullopt;
    const bool closed = calendar.is_working_day(day) && calendar.close_of(day) < at;
    return closed ? day : day - 1;
  };
  const auto before = last_closed(from);
  const auto until = last_closed(to);
  if (!before || !until) return std::nullopt;
  return calendar.working_days_between(*before, *until);
}

// How many local midnights lie inside [from, to).
std::int32_t midnights_inside(Instant from, Instant to, const Calendar& calendar) {
  return day_of(to - ClockTime{1}, calendar) - day_of(from - ClockTime{1}, calendar);
}

// Clock time later: no day's end any more, so what comes after counts from the day of the instant.
DueDate hours_later(const DueDate& due, ClockTime time) {
  DueDate later;
  later.at = *due.at + time;
  later.provisional = due.provisional;
  return later;
}

DueDate shift_by_time(const DueDate& due, Instant from, Instant to, const Calendar& calendar) {
  const std::optional<WorkingTime> suspended = calendar.elapsed(from, to);
  if (!suspended) return past_horizon();
  return suspended->ms == 0 ? due : after_working_time(*suspended, *due.at, calendar);
}

DueDate shift_by_closes(const DueDate& due, Instant from, Instant to, const Calendar& calendar,
                        DayEnd day_end) {
  const std::optional<std::int64_t> closes = closes_inside(from, to, calendar);
  if (!closes) return past_horizon();
  if (*closes == 0) return due;
  return at_end_of(calendar.working_day_after(due_day(due, calendar), *closes), calendar, day_end);
}

bool in_working_time(const Limit& limit) {
  return limit.unit == LimitUnit::working_hour ||
         (limit.unit == LimitUnit::working_day && limit.counting == DayCounting::by_hours);
}

}  // namespace

DueDate shift_due(const DueDate& due, const Limit& limit, Instant from, Instant to, const Calendar& calendar,
                  DayEnd day_end) {
  if (!due.at || to <= from) return due;
  switch (limit.unit) {
    case LimitUnit::working_hour:
      return shift_by_time(due, from, to, calendar);
    case LimitUnit::working_day:
      if (in_working_time(limit)) return shift_by_time(due, from, to, calendar);
      return shift_by_closes(due, from, to, calendar, day_end);
    case LimitUnit::immediate:
      return shift_by_closes(due, from, to, calendar, day_end);
    case LimitUnit::calendar_day:
    case LimitUnit::month: {
      const std::int32_t nights = midnights_inside(from, to, calendar);
      if (nights == 0) return due;
      return rolled_from(due.unrolled_on.value_or(due_day(due, calendar)) + nights, calendar, day_end);
    }
    case LimitUnit::hour:
      return hours_later(due, to - from);
    case LimitUnit::by_cutoff:  // a hand-over is never suspended
    case LimitUnit::unspecified:
      return due;
  }
  assert(false);
  return due;
}

DueDate extend_due(const DueDate& due, const Limit& by, const Calendar& calendar, DayEnd day_end) {
  const Date base = due.unrolled_on.value_or(due_day(due, calendar));
  constexpr std::int64_t kDaysMax = 100'000;
  const std::int64_t count = std::min(by.value, kDaysMax);
  switch (by.unit) {
    case LimitUnit::working_hour:
      return after_working_time({count * kHourMs}, *due.at, calendar);
    case LimitUnit::working_day:
      if (in_working_time(by))
        return after_working_time({count * calendar.nominal_day().ms}, *due.at, calendar);
      return at_end_of(calendar.working_day_after(base, count), calendar, day_end);
    case LimitUnit::calendar_day:
      return rolled_from(base + static_cast<std::int32_t>(count), calendar, day_end);
    case LimitUnit::month:
      return rolled_from(add_months(base, static_cast<int>(std::min<std::int64_t>(count, 1'200))), calendar,
                         day_end);
    case LimitUnit::hour:
      return hours_later(due, ClockTime{count * kHourMs});
    case LimitUnit::immediate:
    case LimitUnit::by_cutoff:
    case LimitUnit::unspecified:
      return due;
  }
  assert(false);
  return due;
}

std::vector<DueDate> dates_through(const LegalClock& clock, const DueDate& first, const Calendar& calendar) {
  std::vector<DueDate> decided;
  for (const Stretch& over : clock.earlier) decided.push_back(over.due);
  decided.push_back(clock.due);
  std::vector<DueDate> derived{first};
  for (std::size_t i = 0; i < clock.earlier.size(); ++i) {
    const Stretch& over = clock.earlier[i];
    DueDate due = derived.back();
    const bool late = due.at && over.to > *due.at;
    // A corrected start is a derivation of its own; what was late then was late by the date of then.
    if (over.end == StretchEnd::corrected || late != over.missed_at(over.to)) return decided;
    const Instant next_from = i + 1 == clock.earlier.size() ? clock.from() : clock.earlier[i + 1].from;
    if (over.end == StretchEnd::reappointed) due = decided[i + 1];
    if (over.by && due.at) due = extend_due(due, *over.by, calendar, clock.day_end);
    if (over.end == StretchEnd::suspended && !late) {
      due = shift_due(due, clock.limit, over.to, next_from, calendar, clock.day_end);
    }
    derived.push_back(due);
  }
  return derived.back().at == clock.due.at ? derived : decided;
}

}  // namespace motcua::core
