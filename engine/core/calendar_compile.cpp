#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "engine/core/calendar_table.h"

namespace motcua::core {
namespace {

template <typename T>
void replace_if_stated(std::optional<T>& value, const std::optional<T>& stated) {
  if (stated) value = stated;
}

DayPattern make_pattern(const std::vector<Session>& sessions) {
  DayPattern pattern;
  for (const Session& session : sessions) {
    const auto i = static_cast<std::size_t>(pattern.count++);
    pattern.sessions[i] = session;
    const std::int32_t length_ms = session.closes_ms - session.opens_ms;
    const std::int32_t break_ms = i == 0 ? 0 : session.opens_ms - sessions[i - 1].closes_ms;
    pattern.parts[i] = {session.opens_ms, length_ms, pattern.length_ms, break_ms};
    pattern.length_ms += length_ms;
  }
  return pattern;
}

// The number of the pattern with these sessions, added when it is new.
std::uint32_t pattern_number(std::vector<DayPattern>& patterns, const std::vector<Session>& sessions) {
  const auto same = [&](const DayPattern& p) { return std::ranges::equal(p.all(), sessions); };
  const auto found = std::ranges::find_if(patterns, same);
  const auto number = static_cast<std::uint32_t>(found - patterns.begin());
  if (found == patterns.end()) patterns.push_back(make_pattern(sessions));
  return number;
}

const std::vector<Session>& sessions_on(const CalendarSpec& spec, Date date) {
  const auto exception = spec.exceptions.find(date);
  if (exception != spec.exceptions.end()) return exception->second.sessions;
  return (*spec.weekly)[static_cast<std::size_t>(weekday(date))];
}

const std::vector<Session>& counter_open_on(const CalendarSpec& spec, Date date) {
  const auto exception = spec.exceptions.find(date);
  const bool differs = exception != spec.exceptions.end();
  if (!spec.counter_open || (differs && !exception->second.as_weekday)) return sessions_on(spec, date);
  const int like = differs ? *exception->second.as_weekday : weekday(date);
  return (*spec.counter_open)[static_cast<std::size_t>(like)];
}

void resolve_weekdays(CalendarSpec& spec) {
  for (auto& [date, exception] : spec.exceptions) {
    if (!exception.as_weekday) continue;
    exception.sessions = (*spec.weekly)[static_cast<std::size_t>(*exception.as_weekday)];
  }
}

}  // namespace

CalendarSpec merge_chain(std::span<const CalendarSpec> chain) {
  CalendarSpec merged;
  for (const CalendarSpec& spec : chain) {
    merged.id = spec.id;
    merged.parent = spec.parent;
    merged.version += (merged.version.empty() ? "" : "+") + spec.version;
    merged.offset_minutes = spec.offset_minutes;
    replace_if_stated(merged.weekly, spec.weekly);
    replace_if_stated(merged.counter_open, spec.counter_open);
    replace_if_stated(merged.first_on, spec.first_on);
    replace_if_stated(merged.official_until_on, spec.official_until_on);
    replace_if_stated(merged.provisional_until_on, spec.provisional_until_on);
    replace_if_stated(merged.nominal_day, spec.nominal_day);
    for (const auto& [date, exception] : spec.exceptions) merged.exceptions[date] = exception;
    // A child that announces a year leaves its parent's provisional part behind.
    if (!merged.provisional_until_on || merged.provisional_until_on < merged.official_until_on) {
      merged.provisional_until_on = merged.official_until_on;
    }
  }
  return merged;
}

void Calendar::Table::append_day(Date date) {
  const auto number = static_cast<std::uint32_t>(days.size());
  const auto so_far = static_cast<std::uint32_t>(working_days.size());
  const std::uint32_t pattern = pattern_number(patterns, sessions_on(spec, date));
  days.push_back({total_ms, so_far, pattern});
  counter_patterns.push_back(pattern_number(patterns, counter_open_on(spec, date)));
  if (patterns[pattern].count == 0) return;
  working_days.push_back({total_ms, number, pattern});
  total_ms += patterns[pattern].length_ms;
}

void Calendar::Table::fill_buckets() {
  std::int64_t shortest_ms = kDayMs;
  for (const WorkingDay& day : working_days) {
    shortest_ms = std::min<std::int64_t>(shortest_ms, patterns[day.pattern].length_ms);
  }
  bucket_shift = std::bit_width(static_cast<std::uint64_t>(shortest_ms)) - 1;
  for (std::uint32_t k = 0; k < working_days.size(); ++k) {
    const WorkingDay& day = working_days[k];
    const std::int64_t ends_ms = day.worked_before_ms + patterns[day.pattern].length_ms;
    while (static_cast<std::int64_t>(buckets.size()) << bucket_shift < ends_ms) buckets.push_back(k);
  }
}

std::shared_ptr<const Calendar> Calendar::compile(std::span<const CalendarSpec> chain) {
  assert(check_calendar(chain).empty());
  auto table = std::make_unique<Table>();
  table->spec = merge_chain(chain);
  resolve_weekdays(table->spec);
  const Date first = *table->spec.first_on;
  const Date end = *table->spec.provisional_until_on + 1;
  for (Date date = first; date < end; date = date + 1) table->append_day(date);
  table->fill_buckets();

  const std::uint32_t off = pattern_number(table->patterns, {});
  const auto working_day_count = static_cast<std::uint32_t>(table->working_days.size());
  table->days.push_back({table->total_ms, working_day_count, off});
  table->working_days.push_back({table->total_ms, static_cast<std::uint32_t>(end - first), off});
  table->first_ms = midnight(first, table->spec.offset_minutes).ms;
  table->span_ms = (end - first) * kDayMs;
  return std::shared_ptr<const Calendar>(new Calendar(std::move(table)));
}

}  // namespace motcua::core
