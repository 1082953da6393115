#pragma once

#include <map>
#include <memory>
#include <random>
#include <string_view>

#include "engine/core/calendar.h"
#include "tests/support/naive_calendar.h"

// Calendars for tests of the engine, from the same facts that the naive one walks.
namespace motcua::test {

core::Instant at(std::string_view rfc3339);  // fails the test's process when it is none
core::Instant vn(std::string_view local);    // "2026-08-21 16:00", also with ":30" or ":30.001", at +07:00
core::Date on(std::string_view date);        // "2026-08-21"
std::string shown(std::optional<core::Instant> instant);  // "2026-08-21T16:00:00+07:00" or "nothing"

core::CalendarSpec spec_of(const Stretches& hours, const std::map<Civil, Stretches>& own, Civil last);
// Every holiday and worked Saturday 2020–2026, official to 31/12/2026, provisional to 31/01/2027.
core::CalendarSpec public_sector_spec(const Stretches& hours);
std::shared_ptr<const core::Calendar> public_sector(const Stretches& hours);

// Ragged hours: half days, a day of three sessions, one of twenty minutes, one to 24:00, one from 00:00.
std::map<Civil, Stretches> ragged_days();

// A random instant of a year in Vietnam, to the millisecond; one in four lies on a full half hour, where
// sessions open and close.
core::Instant random_instant(std::mt19937_64& random, int year);

}  // namespace motcua::test
