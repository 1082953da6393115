#include "engine/core/moved_due.h"

#include <cassert>

namespace motcua::core {
namespace {

DueDate past_horizon() {
  DueDate due;
  due.pending = DuePending::calendar_horizon;
  return due;
}

DueDate by_working_time(const DueDate& due, Instant from, Instant to, const Calendar& calendar) {
  const auto waited = calendar.elapsed(from, to);
  const auto at = waited ? calendar.add(*due.at, *waited) : std::nullopt;
  if (!at) return past_horizon();
  DueDate moved;
  moved.at = at;
  moved.provisional = calendar.is_provisional(local_date(*at - ClockTime{1}, calendar.offset_minutes()));
  return moved;
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

// The last day whose close lies before `at`: closes inside [from, to) are those of the working days between.
Date last_closed(Instant at, const Calendar& calendar) {
  const Date day = local_date(at, calendar.offset_minutes());
  if (!calendar.knows(day)) return day;
  const bool closed = calendar.is_working_day(day) && calendar.close_of(day) < at;
  return closed ? day : Date{day.days - 1};
}

DueDate by_closes(const DueDate& due, DayEnd day_end, Instant from, Instant to, const Calendar& calendar) {
  const auto closes = calendar.working_days_between(last_closed(from, calendar), last_closed(to, calendar));
  if (!closes) return past_horizon();
  if (*closes == 0) return due;
  return at_end_of(calendar.working_day_after(*due.rolled_on, *closes), calendar, day_end);
}

DueDate by_midnights(const DueDate& due, DayEnd day_end, Instant from, Instant to, const Calendar& calendar) {
  // A midnight at `from` itself is inside, one at `to` is not.
  const auto day_before = [&](Instant at) {
    return local_date(at - ClockTime{1}, calendar.offset_minutes()).days;
  };
  const std::int32_t midnights = day_before(to) - day_before(from);
  const Date unrolled{due.unrolled_on->days + midnights};
  DueDate moved = at_end_of(calendar.working_day_from(unrolled), calendar, day_end);
  moved.unrolled_on = unrolled;
  return moved;
}

}  // namespace

DueDate moved_due(const DueDate& due, const Limit& limit, DayEnd day_end, Instant from, Instant to,
                  const Calendar& calendar) {
  if (!due.at || to <= from) return due;
  switch (limit.unit) {
    case LimitUnit::working_hour:
      return by_working_time(due, from, to, calendar);
    case LimitUnit::working_day:
      if (limit.counting == DayCounting::by_hours) return by_working_time(due, from, to, calendar);
      return by_closes(due, day_end, from, to, calendar);
    case LimitUnit::immediate:
      return by_closes(due, day_end, from, to, calendar);
    case LimitUnit::calendar_day:
    case LimitUnit::month:
      return by_midnights(due, day_end, from, to, calendar);
    case LimitUnit::hour: {
      DueDate moved = due;
      moved.at = *due.at + (to - from);
      return moved;
    }
    case LimitUnit::unspecified:
      return due;
  }
  assert(false);
  return due;
}

}  // namespace motcua::core
