#include "tests/support/naive_calendar.h"

#include <algorithm>
#include <utility>

namespace motcua::test {
namespace {

constexpr std::int64_t kMinute = 60'000;

int days_in_month(int year, int month) {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

Civil next(Civil on) {
  if (on.day < days_in_month(on.year, on.month)) return {on.year, on.month, on.day + 1};
  if (on.month < 12) return {on.year, on.month + 1, 1};
  return {on.year + 1, 1, 1};
}

}  // namespace

const std::vector<Civil>& holidays() {
  static const std::vector<Civil> all = {{2020, 1, 1},
                                         {2020, 1, 23},
                                         {2020, 1, 24},
                                         {2020, 1, 27},
                                         {2020, 1, 28},
                                         {2020, 1, 29},
                                         {2020, 4, 2},
                                         {2020, 4, 30},
                                         {2020, 5, 1},
                                         {2020, 9, 2},
                                         //
                                         {2021, 1, 1},
                                         {2021, 2, 10},
                                         {2021, 2, 11},
                                         {2021, 2, 12},
                                         {2021, 2, 15},
                                         {2021, 2, 16},
                                         {2021, 4, 21},
                                         {2021, 4, 30},
                                         {2021, 5, 3},
                                         {2021, 9, 2},
                                         {2021, 9, 3},
                                         //
                                         {2022, 1, 3},
                                         {2022, 1, 31},
                                         {2022, 2, 1},
                                         {2022, 2, 2},
                                         {2022, 2, 3},
                                         {2022, 2, 4},
                                         {2022, 4, 11},
                                         {2022, 5, 2},
                                         {2022, 5, 3},
                                         {2022, 9, 1},
                                         {2022, 9, 2},
                                         //
                                         {2023, 1, 2},
                                         {2023, 1, 20},
                                         {2023, 1, 23},
                                         {2023, 1, 24},
                                         {2023, 1, 25},
                                         {2023, 1, 26},
                                         {2023, 5, 1},
                                         {2023, 5, 2},
                                         {2023, 5, 3},
                                         {2023, 9, 1},
                                         {2023, 9, 4},
                                         //
                                         {2024, 1, 1},
                                         {2024, 2, 8},
                                         {2024, 2, 9},
                                         {2024, 2, 12},
                                         {2024, 2, 13},
                                         {2024, 2, 14},
                                         {2024, 4, 18},
                                         {2024, 4, 29},
                                         {2024, 4, 30},
                                         {2024, 5, 1},
                                         {2024, 9, 2},
                                         {2024, 9, 3},
                                         //
                                         {2025, 1, 1},
                                         {2025, 1, 27},
                                         {2025, 1, 28},
                                         {2025, 1, 29},
                                         {2025, 1, 30},
                                         {2025, 1, 31},
                                         {2025, 4, 7},
                                         {2025, 4, 30},
                                         {2025, 5, 1},
                                         {2025, 5, 2},
                                         {2025, 9, 1},
                                         {2025, 9, 2},
                                         //
                                         {2026, 1, 1},
                                         {2026, 1, 2},
                                         {2026, 2, 16},
                                         {2026, 2, 17},
                                         {2026, 2, 18},
                                         {2026, 2, 19},
                                         {2026, 2, 20},
                                         {2026, 4, 27},
                                         {2026, 4, 30},
                                         {2026, 5, 1},
                                         {2026, 8, 31},
                                         {2026, 9, 1},
                                         {2026, 9, 2},
                                         {2026, 11, 24}};
  return all;
}

const std::vector<Civil>& worked_saturdays() {
  static const std::vector<Civil> all = {{2024, 5, 4}, {2025, 4, 26}, {2026, 1, 10}, {2026, 8, 22}};
  return all;
}

Stretches hours_a() { return {{7 * 60 + 30, 11 * 60 + 30}, {13 * 60, 17 * 60}}; }
Stretches hours_b() { return {{7 * 60, 11 * 60 + 30}, {13 * 60 + 30, 17 * 60}}; }

NaiveCalendar::NaiveCalendar(Stretches hours, std::map<Civil, Stretches> own, Civil last) {
  // Wednesday 01/01/2020 00:00 in Vietnam was 31/12/2019 17:00 UTC.
  NaiveDay day{{2020, 1, 1}, 2, 1'577'811'600'000, {}};
  while (day.on <= last) {
    const auto replaced = own.find(day.on);
    day.stretches = replaced != own.end() ? replaced->second : day.weekday < 5 ? hours : Stretches{};
    days_.push_back(day);
    day.on = next(day.on);
    day.weekday = day.weekday == 6 ? 0 : day.weekday + 1;
    day.midnight_ms += 24 * 60 * kMinute;
  }
}

NaiveCalendar NaiveCalendar::public_sector(Stretches hours) {
  std::map<Civil, Stretches> own;
  for (const Civil& on : holidays()) own[on] = {};
  for (const Civil& on : worked_saturdays()) own[on] = hours;
  own[{2027, 1, 1}] = {};
  return NaiveCalendar(std::move(hours), std::move(own), {2027, 1, 31});
}

std::optional<std::int64_t> NaiveCalendar::add(std::int64_t start, std::int64_t length) const {
  if (start < days_.front().midnight_ms) return std::nullopt;
  for (const NaiveDay& day : days_) {
    for (const Stretch& stretch : day.stretches) {
      const std::int64_t closes = day.midnight_ms + stretch.closes * kMinute;
      const std::int64_t begin = std::max(start, day.midnight_ms + stretch.opens * kMinute);
      if (begin >= closes) continue;
      if (length <= closes - begin) return begin + length;
      length -= closes - begin;
    }
  }
  return std::nullopt;
}

std::optional<std::int64_t> NaiveCalendar::elapsed(std::int64_t from, std::int64_t to) const {
  if (from >= to) return 0;
  const std::int64_t end = days_.back().midnight_ms + 24 * 60 * kMinute;
  if (from < days_.front().midnight_ms || to > end) return std::nullopt;
  std::int64_t sum = 0;
  for (const NaiveDay& day : days_) {
    for (const Stretch& stretch : day.stretches) {
      const std::int64_t begin = std::max(from, day.midnight_ms + stretch.opens * kMinute);
      const std::int64_t finish = std::min(to, day.midnight_ms + stretch.closes * kMinute);
      if (begin < finish) sum += finish - begin;
    }
  }
  return sum;
}

std::optional<std::size_t> NaiveCalendar::day_at(std::int64_t instant) const {
  for (std::size_t i = 0; i < days_.size(); ++i) {
    const std::int64_t midnight = days_[i].midnight_ms;
    if (midnight <= instant && instant < midnight + 24 * 60 * kMinute) return i;
  }
  return std::nullopt;
}

std::optional<std::int64_t> NaiveCalendar::close_from(std::size_t day, bool to_midnight) const {
  for (; day < days_.size(); ++day) {
    if (days_[day].stretches.empty()) continue;
    const int minute = to_midnight ? 24 * 60 : days_[day].stretches.back().closes;
    return days_[day].midnight_ms + minute * kMinute;
  }
  return std::nullopt;
}

std::optional<std::int64_t> NaiveCalendar::working_days(std::int64_t start, std::int64_t count) const {
  const auto today = day_at(start);
  if (!today) return std::nullopt;
  for (std::size_t day = *today + 1; day < days_.size(); ++day) {
    if (!days_[day].stretches.empty() && --count == 0) return close_from(day, false);
  }
  return std::nullopt;
}

std::optional<std::int64_t> NaiveCalendar::calendar_days(std::int64_t start, int count,
                                                         bool to_midnight) const {
  const auto today = day_at(start);
  if (!today) return std::nullopt;
  return close_from(*today + static_cast<std::size_t>(count), to_midnight);
}

std::optional<std::int64_t> NaiveCalendar::months(std::int64_t start, int count) const {
  const auto today = day_at(start);
  if (!today) return std::nullopt;
  Civil on = days_[*today].on;
  for (int i = 0; i < count; ++i) {
    on.year += on.month == 12 ? 1 : 0;
    on.month = on.month == 12 ? 1 : on.month + 1;
  }
  on.day = std::min(on.day, days_in_month(on.year, on.month));
  for (std::size_t day = *today; day < days_.size(); ++day) {
    if (days_[day].on == on) return close_from(day, false);
  }
  return std::nullopt;
}

std::optional<std::int64_t> NaiveCalendar::immediate(std::int64_t start) const {
  const auto today = day_at(start);
  if (!today) return std::nullopt;
  const NaiveDay& day = days_[*today];
  const bool in_time = start <= day.midnight_ms + 15 * 60 * kMinute;
  const bool before_close =
      !day.stretches.empty() && start <= day.midnight_ms + day.stretches.back().closes * kMinute;
  return close_from(in_time && before_close ? *today : *today + 1, false);
}

// That day while it is before 15:00 and somebody works still; else from the next morning, hour by hour.
std::optional<std::int64_t> NaiveCalendar::by_cutoff(std::int64_t start, int hours) const {
  const auto today = day_at(start);
  if (!today) return std::nullopt;
  const NaiveDay& day = days_[*today];
  std::int64_t close = -1;
  for (const Stretch& stretch : day.stretches) close = day.midnight_ms + stretch.closes * kMinute;
  const std::int64_t cutoff = day.midnight_ms + 15 * 60 * kMinute;
  if (start <= close && start <= cutoff) return close;
  return add(day.midnight_ms + 24 * 60 * kMinute, hours * 60 * kMinute);
}

}  // namespace motcua::test
