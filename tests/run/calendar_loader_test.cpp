#include "engine/run/calendar_loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "tests/support/calendars.h"
#include "tests/support/paths.h"

namespace motcua::run {
namespace {

using test::on;
using test::vn;

std::string shipped(const std::string& name) {
  std::ifstream file(in_tree("config/calendars/") + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

core::CalendarSpec load_shipped(const std::string& name) {
  std::vector<LoadFault> faults;
  const auto spec = load_calendar(shipped(name), name, faults);
  for (const LoadFault& fault : faults) ADD_FAILURE() << fault.file << fault.pointer << ": " << fault.detail;
  return spec.value_or(core::CalendarSpec{});
}

std::vector<std::string> pointers_of(std::string_view text) {
  std::vector<LoadFault> faults;
  EXPECT_FALSE(load_calendar(text, "a.json", faults));
  std::vector<std::string> pointers;
  for (const LoadFault& fault : faults) {
    EXPECT_EQ(fault.file, "a.json");
    EXPECT_FALSE(fault.detail.empty());
    pointers.push_back(fault.pointer);
  }
  std::sort(pointers.begin(), pointers.end());
  return pointers;
}

using Pointers = std::vector<std::string>;

TEST(ShippedCalendar, OfTheNationWorksTheDaysOfTheLaw) {
  const core::CalendarSpec nation = load_shipped("vn.json");
  ASSERT_EQ(core::check_calendar({&nation, 1}), std::vector<std::string>{});
  const auto calendar = core::Calendar::compile({&nation, 1});
  EXPECT_EQ(calendar->official_until_on(), on("2026-12-31"));
  EXPECT_EQ(calendar->provisional_until_on(), on("2027-01-31"));
  const auto naive = test::NaiveCalendar::public_sector(test::hours_b());
  for (const test::NaiveDay& day : naive.days()) {
    const core::Date date = *core::make_date(day.on.year, day.on.month, day.on.day);
    ASSERT_EQ(calendar->is_working_day(date), !day.stretches.empty()) << core::format_date(date);
    ASSERT_EQ(calendar->sessions(date).size(), day.stretches.size()) << core::format_date(date);
    for (std::size_t i = 0; i < day.stretches.size(); ++i) {
      ASSERT_EQ(calendar->sessions(date)[i].opens_ms, day.stretches[i].opens * 60'000);
      ASSERT_EQ(calendar->sessions(date)[i].closes_ms, day.stretches[i].closes * 60'000);
    }
  }
}

TEST(ShippedCalendar, HasNoExceptionThatTheWeekAlreadySays) {
  const core::CalendarSpec nation = load_shipped("vn.json");
  EXPECT_EQ(nation.exceptions.size(), test::holidays().size() + test::worked_saturdays().size() + 1);
  for (const auto& [date, exception] : nation.exceptions) {
    EXPECT_EQ(core::weekday(date) >= 5, exception.as_weekday.has_value()) << core::format_date(date);
  }
}

TEST(ShippedCalendar, MarksWhatNobodyConfirmed) {
  const core::CalendarSpec nation = load_shipped("vn.json");
  EXPECT_FALSE(nation.exceptions.at(on("2020-01-01")).confirmed);
  EXPECT_FALSE(nation.exceptions.at(on("2026-01-10")).confirmed);
  EXPECT_TRUE(nation.exceptions.at(on("2024-05-04")).confirmed);
  EXPECT_TRUE(nation.exceptions.at(on("2026-08-22")).confirmed);
}

TEST(ShippedCalendar, OfKhanhHoaOpensItsCountersOnSaturdayMorning) {
  const core::CalendarSpec chain[] = {load_shipped("vn.json"), load_shipped("vn-khanh-hoa.json")};
  ASSERT_EQ(core::check_calendar(chain), std::vector<std::string>{});
  const auto calendar = core::Calendar::compile(chain);
  EXPECT_EQ(calendar->id(), "vn-khanh-hoa");
  ASSERT_EQ(calendar->counter_open(on("2026-08-15")).size(), 1U);
  EXPECT_FALSE(calendar->is_working_day(on("2026-08-15")));
  EXPECT_EQ(calendar->counter_open(on("2026-08-22")).size(), 2U);
  EXPECT_EQ(calendar->add(vn("2026-08-21 16:00"), {8 * core::kHourMs}), vn("2026-08-22 16:00"));
}

constexpr std::string_view kSmall =
    R"({"id": "a", "name": "A", "utc_offset": "-03:30", "first_on": "2026-01-01",
  "nominal_day": "07:30", "exceptions": [{"on": "2026-08-22", "as": "monday", "name": "n", "source": "s",
  "confirmed": true}, {"on": "2026-08-23", "sessions": ["20:00-24:00"], "name": "n", "source": "s",
  "confirmed": false}]})";

TEST(CalendarLoader, ReadsWhatIsWritten) {
  std::vector<LoadFault> faults;
  const auto spec = load_calendar(kSmall, "a.json", faults);
  ASSERT_TRUE(spec);
  EXPECT_EQ(faults, std::vector<LoadFault>{});
  EXPECT_EQ(spec->id, "a");
  EXPECT_EQ(spec->parent, "");
  EXPECT_EQ(spec->version, "");
  EXPECT_EQ(spec->offset_minutes, -210);
  EXPECT_EQ(spec->first_on, on("2026-01-01"));
  EXPECT_FALSE(spec->official_until_on);
  EXPECT_FALSE(spec->weekly);
  EXPECT_EQ(spec->nominal_day, core::WorkingTime{27'000'000});
  EXPECT_EQ(spec->exceptions.at(on("2026-08-22")).as_weekday, 0);
  EXPECT_EQ(spec->exceptions.at(on("2026-08-23")).sessions,
            (std::vector<core::Session>{{72'000'000, 86'400'000}}));
}

TEST(CalendarLoader, ReportsEveryProblemAtOnce) {
  EXPECT_EQ(
      pointers_of(
          R"({"name": 1, "utc_offset": "7", "first_on": "2026-02-29", "nominal_day": "00:00", "extra": 1,
    "weekly": {"monday": ["07:00-11:30", "11:00-12:00", "7-8", 5], "tuesday": {}, "funday": []},
    "exceptions": [{"on": "2026-08-22", "as": "mon", "sessions": [], "name": "", "source": "s", "confirmed": 1},
      7, {"on": "2026-08-22", "name": "n", "source": "s", "confirmed": true, "a/b~c": 0},
      {"sessions": [], "name": "n", "source": "s", "confirmed": true}]})"),
      (Pointers{"/exceptions/0/as",
                "/exceptions/0/confirmed",
                "/exceptions/0/name",
                "/exceptions/0/sessions",
                "/exceptions/1",
                "/exceptions/2/a~1b~0c",
                "/exceptions/2/on",
                "/exceptions/2/sessions",
                "/exceptions/3/on",
                "/extra",
                "/first_on",
                "/id",
                "/name",
                "/nominal_day",
                "/utc_offset",
                "/weekly/friday",
                "/weekly/funday",
                "/weekly/monday/1",
                "/weekly/monday/2",
                "/weekly/monday/3",
                "/weekly/saturday",
                "/weekly/sunday",
                "/weekly/thursday",
                "/weekly/tuesday",
                "/weekly/wednesday"}));
}

TEST(CalendarLoader, RefusesSessionsThatAreNone) {
  for (const char* session : {"11:30-07:00", "07:00-07:00", "07:00-24:01", "07:60-08:00", "07:00 -8:00",
                              "07:00-11:300", "", "\\u00e9"}) {
    const std::string text = std::string(R"({"id": "a", "name": "A", "utc_offset": "+07:00", "exceptions": [
      {"on": "2026-08-22", "name": "n", "source": "s", "confirmed": true, "sessions": [")") +
                             session + "\"]}]}";
    EXPECT_EQ(pointers_of(text), Pointers{"/exceptions/0/sessions/0"}) << session;
  }
}

TEST(CalendarLoader, RefusesAMemberThatIsRepeatedAnywhere) {
  EXPECT_EQ(pointers_of(R"({"id": "a", "id": "b", "x": [0, {"on": 1, "on": 2}]})"),
            (Pointers{"/id", "/x/1/on"}));
}

TEST(CalendarLoader, RefusesWhatIsNoJson) {
  EXPECT_EQ(pointers_of(""), Pointers{""});
  EXPECT_EQ(pointers_of("{\"id\": \"a\""), Pointers{""});
  EXPECT_EQ(pointers_of("{\"id\": \"\xff\"}"), Pointers{""});
  EXPECT_EQ(pointers_of("{} {}"), Pointers{""});
  EXPECT_EQ(pointers_of("[]"), Pointers{""});
}

TEST(CalendarLoader, RefusesDeepNesting) { EXPECT_EQ(pointers_of(std::string(100'000, '[')).size(), 1U); }

}  // namespace
}  // namespace motcua::run
