#include "tests/support/calendars.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace motcua::test {
namespace {

constexpr int kOffset = core::kVietnamOffsetMinutes;

template <typename T>
T demand(std::optional<T> value, std::string_view text) {
  if (value) return *value;
  std::fprintf(stderr, "a test asked for what is no date: %.*s\n", static_cast<int>(text.size()),
               text.data());
  std::abort();
}

core::Date date_of(Civil on) { return demand(core::make_date(on.year, on.month, on.day), "a civil date"); }

std::vector<core::Session> sessions_of(const Stretches& stretches) {
  std::vector<core::Session> sessions;
  for (const Stretch& s : stretches) sessions.push_back({s.opens * 60'000, s.closes * 60'000});
  return sessions;
}

core::CalendarException exception_of(const Stretches& stretches, std::string name) {
  core::CalendarException exception;
  exception.sessions = sessions_of(stretches);
  exception.name = std::move(name);
  exception.source = "a test";
  return exception;
}

}  // namespace

core::Instant at(std::string_view rfc3339) { return demand(core::parse_instant(rfc3339), rfc3339); }

core::Instant vn(std::string_view local) {
  std::string text(local);
  text[10] = 'T';
  if (text.size() == 16) text += ":00";
  return at(text + "+07:00");
}

core::Date on(std::string_view date) { return demand(core::parse_date(date), date); }

std::string shown(std::optional<core::Instant> instant) {
  return instant ? core::format_instant(*instant, kOffset) : "nothing";
}

core::CalendarSpec spec_of(const Stretches& hours, const std::map<Civil, Stretches>& own, Civil last) {
  core::CalendarSpec spec;
  spec.id = "test";
  spec.version = "v1";
  spec.first_on = on("2020-01-01");
  spec.official_until_on = date_of(last);
  spec.nominal_day = core::WorkingTime{8 * core::kHourMs};
  spec.weekly = core::Week{};
  for (std::size_t day = 0; day < 5; ++day) (*spec.weekly)[day] = sessions_of(hours);
  for (const auto& [day, stretches] : own)
    spec.exceptions[date_of(day)] = exception_of(stretches, "own hours");
  return spec;
}

core::CalendarSpec public_sector_spec(const Stretches& hours) {
  core::CalendarSpec spec = spec_of(hours, {}, {2026, 12, 31});
  spec.provisional_until_on = on("2027-01-31");
  for (const Civil& day : holidays()) spec.exceptions[date_of(day)] = exception_of({}, "holiday");
  spec.exceptions[on("2027-01-01")] = exception_of({}, "holiday");
  for (const Civil& day : worked_saturdays()) {
    core::CalendarException worked = exception_of({}, "worked Saturday");
    worked.as_weekday = 0;
    spec.exceptions[date_of(day)] = worked;
  }
  return spec;
}

std::shared_ptr<const core::Calendar> public_sector(const Stretches& hours) {
  const core::CalendarSpec spec = public_sector_spec(hours);
  return core::Calendar::compile({&spec, 1});
}

std::map<Civil, Stretches> ragged_days() {
  std::map<Civil, Stretches> own;
  for (int year = 2020; year <= 2026; ++year) {
    own[{year, 2, 28}] = {{7 * 60, 11 * 60 + 30}};
    own[{year, 3, 4}] = {{7 * 60, 9 * 60}, {9 * 60, 12 * 60}, {13 * 60, 14 * 60 + 7}};
    own[{year, 6, 3}] = {{10 * 60, 10 * 60 + 20}};
    own[{year, 8, 5}] = {{18 * 60, 24 * 60}};
    own[{year, 8, 6}] = {{0, 6 * 60}};
    own[{year, 10, 7}] = {};
  }
  own[{2020, 2, 29}] = hours_a();
  own[{2024, 2, 29}] = {{13 * 60 + 30, 17 * 60}};
  return own;
}

core::Instant random_instant(std::mt19937_64& random, int year) {
  const core::Instant first = core::midnight(date_of({year, 1, 1}), kOffset);
  const core::Instant last = core::midnight(date_of({year + 1, 1, 1}), kOffset);
  std::uniform_int_distribution<std::int64_t> any(first.ms, last.ms - 1);
  const std::int64_t ms = any(random);
  return {random() % 4 == 0 ? ms - ms % 1'800'000 : ms};
}

}  // namespace motcua::test
