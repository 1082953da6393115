#include "engine/core/calendar.h"

#include <cassert>

#include "engine/core/calendar_table.h"

namespace motcua::core {

std::int64_t Calendar::Table::worked_until(Instant at) const {
  const auto since_first = static_cast<std::uint64_t>(at.ms) - static_cast<std::uint64_t>(first_ms);
  if (since_first > static_cast<std::uint64_t>(span_ms)) return -1;
  const KnownDay& day = days[since_first / kDayMs];
  return day.worked_before_ms + patterns[day.pattern].worked_until(static_cast<int>(since_first % kDayMs));
}

std::int64_t Calendar::Table::instant_of(std::int64_t worked_ms) const {
  std::size_t k = buckets[static_cast<std::size_t>(worked_ms >> bucket_shift)];
  k += working_days[k + 1].worked_before_ms <= worked_ms ? 1 : 0;
  const WorkingDay& day = working_days[k];
  const auto worked_that_day = static_cast<std::int32_t>(worked_ms - day.worked_before_ms);
  return first_ms + day.day * kDayMs + patterns[day.pattern].moment_of(worked_that_day);
}

std::optional<std::int64_t> Calendar::Table::working_days_until(Date date) const {
  if (date < *spec.first_on - 1 || date > *spec.provisional_until_on) return std::nullopt;
  return days[index(date + 1)].working_days_before;
}

Calendar::Calendar(std::unique_ptr<Table> table) : table_(std::move(table)) {}
Calendar::~Calendar() = default;

const std::string& Calendar::id() const { return table_->spec.id; }
const std::string& Calendar::version() const { return table_->spec.version; }
int Calendar::offset_minutes() const { return table_->spec.offset_minutes; }
WorkingTime Calendar::nominal_day() const { return *table_->spec.nominal_day; }
Date Calendar::first_on() const { return *table_->spec.first_on; }
Date Calendar::official_until_on() const { return *table_->spec.official_until_on; }
Date Calendar::provisional_until_on() const { return *table_->spec.provisional_until_on; }

std::int64_t Calendar::add_ms(Instant start, WorkingTime t) const {
  assert(t.ms >= 0);
  const std::int64_t worked = table_->worked_until(start);
  // The end of the last millisecond that is worked, so that a result on a session's end is that end; when no
  // time is asked for, the beginning of the first, so that it lies where work can begin.
  const std::int64_t one = t.ms > 0 ? 1 : 0;
  if (worked < 0 || t.ms - one >= table_->total_ms - worked) return kUnknown;
  return table_->instant_of(worked + t.ms - one) + one;
}

std::int64_t Calendar::elapsed_ms(Instant from, Instant to) const {
  if (to <= from) return 0;
  const std::int64_t before = table_->worked_until(from);
  const std::int64_t after = table_->worked_until(to);
  if (before < 0 || after < 0) return kUnknown;
  return after - before;
}

bool Calendar::knows(Date date) const { return date >= first_on() && date <= provisional_until_on(); }

bool Calendar::is_provisional(Date date) const { return date > official_until_on(); }

bool Calendar::is_working_day(Date date) const {
  assert(knows(date));
  return table_->pattern(date).count > 0;
}

std::span<const Session> Calendar::sessions(Date date) const {
  assert(knows(date));
  return table_->pattern(date).all();
}

std::span<const Session> Calendar::counter_open(Date date) const {
  assert(knows(date));
  return table_->patterns[table_->counter_patterns[table_->index(date)]].all();
}

const CalendarException* Calendar::exception(Date date) const {
  const auto found = table_->spec.exceptions.find(date);
  return found == table_->spec.exceptions.end() ? nullptr : &found->second;
}

Instant Calendar::close_of(Date date) const {
  assert(is_working_day(date));
  return midnight(date, offset_minutes()) + ClockTime{sessions(date).back().closes_ms};
}

Instant Calendar::opening_of(Date date) const {
  assert(is_working_day(date));
  return midnight(date, offset_minutes()) + ClockTime{sessions(date).front().opens_ms};
}

std::optional<Date> Calendar::working_day_after(Date date, std::int64_t n) const {
  assert(n >= 1);
  const std::optional<std::int64_t> passed = table_->working_days_until(date);
  const auto in_all = static_cast<std::int64_t>(table_->working_days.size()) - 1;
  if (!passed || n > in_all - *passed) return std::nullopt;
  const WorkingDay& day = table_->working_days[static_cast<std::size_t>(*passed + n - 1)];
  return first_on() + static_cast<std::int32_t>(day.day);
}

std::optional<Date> Calendar::working_day_from(Date date) const { return working_day_after(date - 1, 1); }

std::optional<std::int64_t> Calendar::working_days_between(Date after, Date until) const {
  if (until <= after) return 0;
  const std::optional<std::int64_t> before = table_->working_days_until(after);
  const std::optional<std::int64_t> through = table_->working_days_until(until);
  if (!before || !through) return std::nullopt;
  return *through - *before;
}

}  // namespace motcua::core
