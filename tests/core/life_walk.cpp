#include "tests/core/life_walk.h"

#include <algorithm>

namespace motcua::test {

using core::DayCounting;
using core::Limit;
using core::LimitUnit;

namespace {

constexpr std::int64_t kWalkMinute = 60'000;
constexpr std::int64_t kWalkHour = 60 * kWalkMinute;
constexpr std::int64_t kNominalDay = 8 * kWalkHour;

bool counts_working_time(const Limit& limit) {
  return limit.unit == LimitUnit::working_hour ||
         (limit.unit == LimitUnit::working_day && limit.counting == DayCounting::by_hours);
}

bool counts_closes(const Limit& limit) {
  return limit.unit == LimitUnit::immediate ||
         (limit.unit == LimitUnit::working_day && limit.counting == DayCounting::by_day);
}

std::int64_t length_of(const Limit& limit) {
  return limit.value * (limit.unit == LimitUnit::working_hour ? kWalkHour : kNominalDay);
}

}  // namespace

std::int64_t LifeWalk::worked(std::int64_t from, std::int64_t to) const {
  const std::int64_t end = calendar_.days().back().midnight_ms + 24 * kWalkHour;
  return calendar_.elapsed(from, std::min(to, end)).value_or(0);
}

std::size_t LifeWalk::day_of(std::int64_t instant) const {
  const auto& days = calendar_.days();
  std::size_t day = 0;
  while (day + 1 < days.size() && days[day + 1].midnight_ms <= instant) ++day;
  return day;
}

std::int64_t LifeWalk::next_edge(std::int64_t instant) const {
  const auto& days = calendar_.days();
  for (std::size_t day = day_of(instant); day < days.size(); ++day) {
    for (const Stretch& stretch : days[day].stretches) {
      for (const int minute : {stretch.opens, stretch.closes}) {
        const std::int64_t edge = days[day].midnight_ms + minute * kWalkMinute;
        if (edge > instant) return edge;
      }
    }
  }
  return instant;
}

std::optional<std::int64_t> LifeWalk::end_of(std::size_t day, bool to_midnight) const {
  const NaiveDay& last = calendar_.days()[day];
  return last.midnight_ms + (to_midnight ? 24 * 60 : last.stretches.back().closes) * kWalkMinute;
}

WalkedDate LifeWalk::rolled(std::size_t day, bool to_midnight) const {
  WalkedDate date;
  date.unrolled = day;
  while (day < calendar_.days().size() && !is_worked(day)) ++day;
  if (day < calendar_.days().size()) date.at = end_of(day, to_midnight);
  return date;
}

WalkedDate LifeWalk::working_days_later(std::size_t day, std::int64_t count, bool to_midnight) const {
  while (count > 0 && ++day < calendar_.days().size()) count -= is_worked(day) ? 1 : 0;
  return day < calendar_.days().size() ? WalkedDate{end_of(day, to_midnight), {}} : WalkedDate{};
}

// Goes on day by day to the first day of the month wanted, and then to the day of the same number, or as far
// as the month goes.
std::size_t LifeWalk::months_later(std::size_t day, std::int64_t count) const {
  const auto& days = calendar_.days();
  const int number = days[day].on.day;
  for (; count > 0 && day < days.size(); ++day) {
    if (day + 1 < days.size() && days[day + 1].on.day == 1) --count;
  }
  while (day + 1 < days.size() && days[day].on.day < number && days[day + 1].on.day != 1) ++day;
  return day;
}

WalkedDate LifeWalk::first(const Limit& limit, std::int64_t start, bool to_midnight) const {
  if (counts_working_time(limit)) return {calendar_.add(start, length_of(limit)), {}};
  switch (limit.unit) {
    case LimitUnit::working_day:
      return working_days_later(day_of(start), limit.value, to_midnight);
    case LimitUnit::calendar_day:
      return rolled(day_of(start) + static_cast<std::size_t>(limit.value), to_midnight);
    case LimitUnit::month:
      return rolled(months_later(day_of(start), limit.value), to_midnight);
    case LimitUnit::hour:
      return {start + limit.value * kWalkHour, {}};
    case LimitUnit::immediate:
      return {calendar_.immediate(start), {}};
    case LimitUnit::by_cutoff:
      return {calendar_.by_cutoff(start, static_cast<int>(limit.value)), {}};
    case LimitUnit::working_hour:
    case LimitUnit::unspecified:
      return {};
  }
  return {};
}

WalkedDate LifeWalk::suspended(const WalkedDate& date, const Limit& limit, std::int64_t from, std::int64_t to,
                               bool to_midnight) const {
  if (!date.at || to <= from) return date;
  if (limit.unit == LimitUnit::hour) return {*date.at + (to - from), {}};
  if (counts_working_time(limit)) {
    const std::int64_t stood = worked(from, to);
    return stood == 0 ? date : WalkedDate{calendar_.add(*date.at, stood), {}};
  }
  std::int64_t closes = 0;
  std::size_t midnights = 0;
  for (const NaiveDay& day : calendar_.days()) {
    if (day.midnight_ms >= to) break;
    midnights += day.midnight_ms >= from ? 1 : 0;
    if (day.stretches.empty()) continue;
    const std::int64_t close = day.midnight_ms + day.stretches.back().closes * kWalkMinute;
    closes += close >= from && close < to ? 1 : 0;
  }
  const std::size_t due_day = day_of(*date.at - 1);
  if (counts_closes(limit)) return closes == 0 ? date : working_days_later(due_day, closes, to_midnight);
  return midnights == 0 ? date : rolled(date.unrolled.value_or(due_day) + midnights, to_midnight);
}

WalkedDate LifeWalk::extended(const WalkedDate& date, const Limit& by, bool to_midnight) const {
  if (!date.at) return date;
  if (by.unit == LimitUnit::hour) return {*date.at + by.value * kWalkHour, {}};
  if (counts_working_time(by)) return {calendar_.add(*date.at, length_of(by)), {}};
  const std::size_t base = date.unrolled.value_or(day_of(*date.at - 1));
  if (by.unit == LimitUnit::working_day) return working_days_later(base, by.value, to_midnight);
  if (by.unit == LimitUnit::calendar_day)
    return rolled(base + static_cast<std::size_t>(by.value), to_midnight);
  return by.unit == LimitUnit::month ? rolled(months_later(base, by.value), to_midnight) : date;
}

}  // namespace motcua::test
