#include <algorithm>

#include "engine/core/calendar_table.h"

namespace motcua::core {
namespace {

constexpr std::array kWeekdayNames = {"monday", "tuesday",  "wednesday", "thursday",
                                      "friday", "saturday", "sunday"};
// The table has an entry per day, and one per shortest working day: both lengths are bounded here.
constexpr std::int32_t kKnownDaysMax = 36'525;
constexpr std::int32_t kSessionMsMin = 60'000;

using CalendarFaults = std::vector<std::string>;

void check_sessions(const std::vector<Session>& sessions, const std::string& where, CalendarFaults& faults) {
  if (sessions.size() > kSessionsPerDayMax) {
    faults.push_back(where + ": Expected at most " + std::to_string(kSessionsPerDayMax) +
                     " sessions a day, but there are " + std::to_string(sessions.size()));
  }
  std::int32_t free_from = 0;
  for (const Session& session : sessions) {
    if (session.opens_ms < 0 || session.closes_ms > kDayMs) {
      faults.push_back(where + ": Expected a session between 00:00 and 24:00, but it leaves the day");
    } else if (session.opens_ms < free_from) {
      faults.push_back(where +
                       ": Expected sessions in order and apart, but one opens before the last closed");
    }
    if (std::int64_t{session.closes_ms} - session.opens_ms < kSessionMsMin) {
      faults.push_back(where + ": Expected a session of at least a minute, but it closes too soon");
    }
    free_from = session.closes_ms;
  }
}

void check_week(const std::optional<Week>& week, const std::string& where, CalendarFaults& faults) {
  if (!week) return;
  for (std::size_t day = 0; day < week->size(); ++day) {
    check_sessions((*week)[day], where + " " + kWeekdayNames[day], faults);
  }
}

void check_as_weekday(const CalendarException& exception, const CalendarSpec& merged,
                      const std::string& where, CalendarFaults& faults) {
  if (!exception.as_weekday) return;
  const int like = *exception.as_weekday;
  if (like < 0 || like > 6) {
    faults.push_back(where + ": Expected a day of the week to work like, but " + std::to_string(like) +
                     " is none");
  } else if (merged.weekly && (*merged.weekly)[static_cast<std::size_t>(like)].empty()) {
    faults.push_back(where + ": Expected to work like a working day, but " +
                     kWeekdayNames[static_cast<std::size_t>(like)] + " has no session");
  }
  if (!exception.sessions.empty()) {
    faults.push_back(where + ": Expected either sessions or a day of the week, but there are both");
  }
}

void check_exceptions(const CalendarSpec& spec, const CalendarSpec& merged, CalendarFaults& faults) {
  for (const auto& [date, exception] : spec.exceptions) {
    const std::string where = spec.id + ": " + format_date(date);
    if ((merged.first_on && date < *merged.first_on) ||
        (merged.provisional_until_on && date > *merged.provisional_until_on)) {
      faults.push_back(where + ": Expected an exception on a known date, but the calendar ends before it");
    }
    if (exception.name.empty()) faults.push_back(where + ": Expected a name, but there is none");
    if (exception.source.empty()) faults.push_back(where + ": Expected a source, but there is none");
    check_sessions(exception.sessions, where, faults);
    check_as_weekday(exception, merged, where, faults);
  }
}

void check_line(std::span<const CalendarSpec> chain, CalendarFaults& faults) {
  std::string parent;
  for (const CalendarSpec& spec : chain) {
    if (spec.id.empty()) faults.push_back("Expected an id, but a calendar has none");
    if (spec.parent != parent) {
      faults.push_back(spec.id + ": Expected the parent \"" + parent + "\", but it is \"" + spec.parent +
                       "\"");
    }
    if (spec.offset_minutes != chain.front().offset_minutes) {
      faults.push_back(spec.id + ": Expected its parent's offset from UTC, but it has another");
    }
    parent = spec.id;
  }
}

// The horizon is read step by step: what a child states has to fit what it inherits.
void check_horizon(std::span<const CalendarSpec> chain, CalendarFaults& faults) {
  for (std::size_t length = 1; length <= chain.size(); ++length) {
    const CalendarSpec& spec = chain[length - 1];
    const CalendarSpec known = merge_chain(chain.first(length));
    if (spec.provisional_until_on && spec.provisional_until_on < known.provisional_until_on) {
      faults.push_back(spec.id +
                       ": Expected the provisional part to end after the official one, but it ends before");
    }
    if (!known.first_on || !known.official_until_on) continue;
    if (*known.official_until_on < *known.first_on) {
      faults.push_back(spec.id + ": Expected to end after it begins, but the calendar ends before");
    } else if (*known.provisional_until_on - *known.first_on >= kKnownDaysMax) {
      faults.push_back(spec.id + ": Expected at most a hundred years, but the calendar is longer");
    }
  }
}

void check_stated(const CalendarSpec& merged, CalendarFaults& faults) {
  const auto expect = [&](bool stated, const char* what) {
    if (!stated) faults.push_back(merged.id + ": Expected " + what + ", but neither it nor a parent has one");
  };
  expect(merged.weekly.has_value(), "a week");
  expect(merged.first_on.has_value(), "a first day");
  expect(merged.official_until_on.has_value(), "a last official day");
  expect(merged.nominal_day.has_value(), "a nominal day");
  if (merged.nominal_day && (merged.nominal_day->ms < kSessionMsMin || merged.nominal_day->ms > kDayMs)) {
    faults.push_back(merged.id + ": Expected a nominal day between a minute and a day, but it is not");
  }
}

}  // namespace

std::vector<std::string> check_calendar(std::span<const CalendarSpec> chain) {
  if (chain.empty()) return {"Expected a calendar, but there is none"};
  CalendarFaults faults;
  const CalendarSpec merged = merge_chain(chain);
  check_line(chain, faults);
  check_stated(merged, faults);
  check_horizon(chain, faults);
  for (const CalendarSpec& spec : chain) {
    check_week(spec.weekly, spec.id + ": weekly", faults);
    check_week(spec.counter_open, spec.id + ": counter_open", faults);
    check_exceptions(spec, merged, faults);
  }
  return faults;
}

}  // namespace motcua::core
