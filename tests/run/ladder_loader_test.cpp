#include "engine/run/ladder_loader.h"

#include <gtest/gtest.h>

#include "tests/run/loading.h"
#include "tests/support/paths.h"

namespace motcua::run {
namespace {

const std::string& shipped_ladders() {
  static const std::string text = test::text_of(in_tree("config/ladders.json"));
  return text;
}

std::vector<std::string> faults_of(const std::string& text) {
  std::vector<LoadFault> faults;
  const auto ladders = load_ladders(text, "ladders.json", faults);
  EXPECT_EQ(ladders.has_value(), faults.empty());
  std::vector<std::string> pointers;
  for (const LoadFault& fault : faults) pointers.push_back(fault.pointer);
  return pointers;
}
std::vector<std::string> faults_with(const test::Change& change) {
  return faults_of(test::with(shipped_ladders(), change));
}
using Pointers = std::vector<std::string>;

TEST(LadderLoader, ReadsWhatIsShippedWithALadderForEachClock) {
  std::vector<LoadFault> faults;
  const auto ladders = load_ladders(shipped_ladders(), "ladders.json", faults);
  ASSERT_TRUE(ladders) << faults.front().pointer << faults.front().detail;
  for (int kind = 0; kind < core::kClockKinds; ++kind) {
    EXPECT_TRUE(std::any_of(ladders->rungs.begin(), ladders->rungs.end(), [&](const core::Rung& rung) {
      return rung.clock == static_cast<core::ClockKind>(kind);
    })) << kind;
  }
  const core::Rung* rung = ladders->rung(core::Code("acceptance-due"));
  ASSERT_NE(rung, nullptr);
  EXPECT_EQ(rung->acknowledge_within, core::WorkingTime{4 * core::kHourMs});
  EXPECT_EQ(rung->escalate_to, std::vector{core::AlertRole::agency_head});
}

TEST(LadderLoader, RefusesUnknownClocksRolesUnitsAndMembers) {
  EXPECT_EQ(faults_with({"/ladders/1/clock", "\"lunch\"", {}}), Pointers{"/ladders/1/clock"});
  EXPECT_EQ(faults_with({"/ladders/1/rungs/0/to/0", "\"janitor\"", {}}), Pointers{"/ladders/1/rungs/0/to/0"});
  EXPECT_EQ(faults_with({"/ladders/1/rungs/0/distance/unit", "\"month\"", {}}),
            Pointers{"/ladders/1/rungs/0/distance/unit"});
  EXPECT_EQ(faults_with({"/ladders/1/rungs/0/distance/value", "0", {}}),
            Pointers{"/ladders/1/rungs/0/distance/value"});
  EXPECT_EQ(faults_with({"/ladders/1/rungs/0/sms", "true", {}}), Pointers{"/ladders/1/rungs/0/sms"});
  EXPECT_EQ(faults_with({"/ladders/1/rungs/0/severity", "\"loud\"", {}}),
            Pointers{"/ladders/1/rungs/0/severity"});
}

TEST(LadderLoader, RefusesWhatMakesNoSense) {
  EXPECT_EQ(faults_with({"/ladders/2/clock", "\"acceptance\"", {}}), Pointers{"/ladders/2/clock"});
  EXPECT_EQ(faults_with({"/ladders/1/rungs/1/id", "\"acceptance-4h\"", {}}),
            Pointers{"/ladders/1/rungs/1/id"});
  EXPECT_EQ(faults_with({"/ladders/1/rungs/2/distance", R"({"value": 1, "unit": "hour"})", {}}),
            Pointers{"/ladders/1/rungs/2/distance"});
  EXPECT_EQ(faults_with({"/ladders/1/rungs/0/at", "\"start\"", {}}),
            (Pointers{"/ladders/1/rungs/0/distance", "/ladders/1/rungs/0/at"}));
  EXPECT_EQ(faults_with({"/ladders/0/rungs/0/at", "\"due\"", {}}), Pointers{"/ladders/0/rungs/0/at"});
  EXPECT_EQ(faults_with({"/ladders/1/rungs/0/escalate_to", R"(["agency_head"])", {}}),
            Pointers{"/ladders/1/rungs/0/escalate_to"});
  EXPECT_EQ(faults_with({"/ladders/1/rungs/0/acknowledge_within_working_hours", "4", {}}),
            Pointers{"/ladders/1/rungs/0/escalate_to"});
}

}  // namespace
}  // namespace motcua::run
