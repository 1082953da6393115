#include "engine/core/limit.h"

#include <cassert>
#include <limits>

#include "engine/core/due_parts.h"

namespace motcua::core {
namespace {

// `value` × `unit_ms`, or the longest time there is: longer than any calendar, which then answers its
// horizon.
std::int64_t times(std::int64_t value, std::int64_t unit_ms) {
  constexpr std::int64_t kLongest = std::numeric_limits<std::int64_t>::max() / 4;
  return value > kLongest / unit_ms ? kLongest : value * unit_ms;
}

// Limits so long that the date itself has no name (after 9998) are past any horizon.
DueDate after_days(std::int64_t count, Date from, const Calendar& calendar, DayEnd day_end) {
  constexpr std::int64_t kLastDay = 2'932'531;
  if (count > kLastDay - from.days) return past_horizon();
  return rolled_from(Date{static_cast<std::int32_t>(from.days + count)}, calendar, day_end);
}

DueDate after_months(std::int64_t count, Date from, const Calendar& calendar, DayEnd day_end) {
  constexpr int kLastYear = 9998;
  if (count > (kLastYear - std::int64_t{year_month_day(from).year}) * 12) return past_horizon();
  return rolled_from(add_months(from, static_cast<int>(count)), calendar, day_end);
}

DueDate after_hours(std::int64_t count, Instant start) {
  constexpr std::int64_t kLastInstantMs = 253'370'764'800'000;  // 9999-01-01
  const std::int64_t length = times(count, kHourMs);
  if (length > kLastInstantMs - start.ms) return past_horizon();
  DueDate due;
  due.at = start + ClockTime{length};
  return due;
}

// The day's own close, unless what was accepted came after the cut-off, on a day off, or after a half day had
// closed.
DueDate at_once(Instant start, const Calendar& calendar, DayEnd day_end, const CountingRules& rules) {
  const Date day = local_date(start, calendar.offset_minutes());
  if (!calendar.knows(day)) return past_horizon();
  const Instant cutoff = midnight(day, calendar.offset_minutes()) + ClockTime{rules.immediate_cutoff_ms};
  const bool that_day = calendar.is_working_day(day) && start <= cutoff && start <= calendar.close_of(day);
  return at_end_of(that_day ? day : calendar.working_day_after(day, 1), calendar, day_end);
}

// The close of that day, or of the next one so much working time: what came after the cut-off, on a day off
// or after a half day had closed goes on at the start of the next working day.
DueDate by_cutoff(const Limit& limit, Instant start, const Calendar& calendar, DayEnd day_end,
                  const CountingRules& rules) {
  const Date day = local_date(start, calendar.offset_minutes());
  if (!calendar.knows(day)) return past_horizon();
  const Instant cutoff = midnight(day, calendar.offset_minutes()) + ClockTime{rules.forward_cutoff_ms};
  if (calendar.is_working_day(day) && start <= cutoff && start <= calendar.close_of(day)) {
    return at_end_of(day, calendar, day_end);
  }
  const std::optional<Date> next = calendar.working_day_after(day, 1);
  if (!next) return past_horizon();
  return after_working_time({times(limit.value, kHourMs)}, calendar.opening_of(*next), calendar);
}

DueDate after_working_days(const Limit& limit, Instant start, const Calendar& calendar, DayEnd day_end) {
  switch (limit.counting) {
    case DayCounting::by_day: {
      const Date day = local_date(start, calendar.offset_minutes());
      return at_end_of(calendar.working_day_after(day, limit.value), calendar, day_end);
    }
    case DayCounting::by_hours:
      return after_working_time({times(limit.value, calendar.nominal_day().ms)}, start, calendar);
  }
  assert(false);
  return {};
}

}  // namespace

DueDate past_horizon() {
  DueDate due;
  due.pending = DuePending::calendar_horizon;
  return due;
}

DueDate after_working_time(WorkingTime term, Instant start, const Calendar& calendar) {
  const std::optional<Instant> at = calendar.add(start, term);
  if (!at) return past_horizon();
  DueDate due;
  due.at = at;
  // An end at 24:00 still rests on the day that it ends.
  const Date last = local_date(*at - ClockTime{1}, calendar.offset_minutes());
  due.provisional = calendar.is_provisional(last);
  return due;
}

DueDate at_end_of(std::optional<Date> day, const Calendar& calendar, DayEnd day_end) {
  if (!day) return past_horizon();
  DueDate due;
  due.rolled_on = day;
  due.at = day_end == DayEnd::office_close ? calendar.close_of(*day)
                                           : midnight(*day + 1, calendar.offset_minutes());
  due.provisional = calendar.is_provisional(*day);
  return due;
}

DueDate rolled_from(Date unrolled, const Calendar& calendar, DayEnd day_end) {
  DueDate due = at_end_of(calendar.working_day_from(unrolled), calendar, day_end);
  due.unrolled_on = unrolled;
  return due;
}

DueDate derive_due(const Limit& limit, Instant start, const Calendar& calendar, DayEnd day_end,
                   const CountingRules& rules) {
  const Date day = local_date(start, calendar.offset_minutes());
  switch (limit.unit) {
    case LimitUnit::working_hour:
      return after_working_time({times(limit.value, kHourMs)}, start, calendar);
    case LimitUnit::working_day:
      return after_working_days(limit, start, calendar, day_end);
    case LimitUnit::calendar_day:
      return after_days(limit.value, day, calendar, day_end);
    case LimitUnit::month:
      return after_months(limit.value, day, calendar, day_end);
    case LimitUnit::hour:
      return after_hours(limit.value, start);
    case LimitUnit::immediate:
      return at_once(start, calendar, day_end, rules);
    case LimitUnit::by_cutoff:
      return by_cutoff(limit, start, calendar, day_end, rules);
    case LimitUnit::unspecified: {
      DueDate due;
      due.pending = DuePending::untimed;
      return due;
    }
  }
  assert(false);
  return {};
}

const Limit& first_to_end(const Limit& promise, const Limit& law, Instant start, const Calendar& calendar,
                          DayEnd day_end, const CountingRules& rules) {
  // In one unit the check on load has seen to it.
  if (promise.unit == law.unit && promise.counting == law.counting) return promise;
  const DueDate promised = derive_due(promise, start, calendar, day_end, rules);
  const DueDate by_law = derive_due(law, start, calendar, day_end, rules);
  return by_law.at && (!promised.at || *by_law.at < *promised.at) ? law : promise;
}

}  // namespace motcua::core
