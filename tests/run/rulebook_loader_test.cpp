#include "engine/run/rulebook_loader.h"

#include <nlohmann/json.hpp>

#include "tests/run/loading.h"

namespace motcua::run {
namespace {

using nlohmann::json;

std::string place_of(const json& rulebook, const std::string& id, const std::string& layer) {
  for (std::size_t i = 0; i < rulebook["rules"].size(); ++i) {
    const json& rule = rulebook["rules"][i];
    if (rule["id"] == id && rule["layer"] == layer) return "/rules/" + std::to_string(i);
  }
  ADD_FAILURE() << id << " " << layer;
  return "";
}

core::Date on(const char* text) { return *core::parse_date(text); }

TEST(ShippedRulebook, SaysWhatTheLawSays) {
  std::vector<LoadFault> faults;
  const auto rulebook = load_rulebook(test::shipped("config/rulebook.json"), "rulebook.json", faults);
  test::expect_none(faults);
  ASSERT_TRUE(rulebook);
  const core::Rules* l1 = rulebook->at(on("2025-06-30"));
  const core::Rules* l2 = rulebook->at(on("2025-07-01"));
  ASSERT_NE(l1, nullptr);
  ASSERT_NE(l2, nullptr);
  EXPECT_EQ(l1->layer, core::Code("L1"));
  EXPECT_EQ(l2->layer, core::Code("L2"));
  EXPECT_EQ(rulebook->at(on("2019-12-31")), nullptr);
  EXPECT_EQ(l2->acceptance.limit, (core::Limit{8, core::LimitUnit::working_hour}));
  EXPECT_TRUE(l2->acceptance.confirmed);
  EXPECT_EQ(l1->acceptance.from, on("2020-05-22"));
  EXPECT_FALSE(l1->intake_alert);
  ASSERT_TRUE(l2->intake_alert);
  EXPECT_EQ(l2->intake_alert->limit, (core::Limit{2, core::LimitUnit::hour}));
  EXPECT_EQ(l2->appraisal.limit, (core::Limit{3, core::LimitUnit::working_day}));
  EXPECT_EQ(l2->citizen_wait.limit, (core::Limit{15, core::LimitUnit::calendar_day}));
  EXPECT_EQ(l2->citizen_wait.day_end, core::DayEnd::midnight);
  EXPECT_EQ(l2->counting.immediate_cutoff_ms, 15 * 3'600'000);
  EXPECT_EQ(l2->code_pattern, "{agency}-{yyMMdd}-{seq:4}");
  EXPECT_TRUE(l2->code_at_submission[static_cast<int>(core::Channel::online)]);
  EXPECT_FALSE(l2->code_at_submission[static_cast<int>(core::Channel::direct)]);
  EXPECT_EQ(l2->result_pattern, "{code}-KQ{n}");
  EXPECT_EQ(rulebook->future_tolerance.ms, 5000);
  EXPECT_FALSE(l1->forward_electronic);
  EXPECT_FALSE(l1->forward_outside);
  ASSERT_TRUE(l1->forward_paper && l2->forward_paper && l2->forward_electronic && l2->forward_outside);
  EXPECT_EQ(l2->forward_paper->limit, (core::Limit{1, core::LimitUnit::by_cutoff}));
  EXPECT_EQ(l2->counting.forward_cutoff_ms, 15 * 3'600'000);
  EXPECT_EQ(l2->forward_electronic->limit, (core::Limit{0, core::LimitUnit::hour}));
  EXPECT_EQ(l2->forward_outside->limit, (core::Limit{1, core::LimitUnit::working_day}));
  for (const core::Rule& rule : l2->all) EXPECT_EQ(rule.amended_by_unseen, "367/2025/NĐ-CP") << rule.id.text;
}

TEST(RulebookLoader, MissesEveryRuleThatTheEngineCountsWith) {
  const std::string good = test::shipped("config/rulebook.json");
  const json document = json::parse(good);
  for (const char* id : {"ACCEPT_8H", "CLOCK_START", "SUPP_NOTICE_3WD", "SUPP_RESTART", "SUPP_CLOSE_15D",
                         "IMMEDIATE_15H", "ONE_CODE", "ERESULT"}) {
    test::expect_faults(good,
                        {{place_of(document, id, "L1"), "", {"/layers/0"}},
                         {place_of(document, id, "L2"), "", {"/layers/1"}}},
                        load_rulebook);
  }
  test::expect_faults(good, {{place_of(document, "INTAKE_ALERT_2H", "L2"), "", {}}}, load_rulebook);
}

TEST(RulebookLoader, DemandsTheNumbersThatTheEngineReads) {
  const std::string good = test::shipped("config/rulebook.json");
  const json document = json::parse(good);
  const auto of = [&](const char* id, const char* parameter) {
    return place_of(document, id, "L2") + "/parameters/" + parameter;
  };
  const auto fails_at = [&](const std::string& at, const char* value) {
    return test::Change{at, value, {at}};
  };
  test::expect_faults(
      good,
      {fails_at(of("ACCEPT_8H", "limit"), ""), fails_at(of("SUPP_NOTICE_3WD", "limit"), ""),
       fails_at(of("SUPP_CLOSE_15D", "limit"), ""), fails_at(of("IMMEDIATE_15H", "cutoff"), ""),
       fails_at(of("CLOCK_START", "event"), "\"submitted\""),
       fails_at(of("SUPP_RESTART", "mode"), "\"continue\""),
       fails_at(of("ONE_CODE", "pattern"), "\"{agency}-{seq:4}\""),
       fails_at(of("ONE_CODE", "pattern"), "\"{agency}-{yyMMdd}-{seq:3}\""),
       fails_at(of("ONE_CODE", "issued_at"), ""), fails_at(of("ERESULT", "pattern"), "\"{code}-KQ\"")},
      load_rulebook);
}

// A rulebook stored before the hand-over was counted still loads, without that clock.
TEST(RulebookLoader, TakesARulebookWithoutTheHandOver) {
  const std::string good = test::shipped("config/rulebook.json");
  const json document = json::parse(good);
  for (const char* id : {"FWD_E", "FWD_15H", "FWD_NONBOUND"}) {
    std::vector<LoadFault> faults;
    const auto rulebook =
        load_rulebook(test::with(good, {place_of(document, id, "L2"), "", {}}), "a.json", faults);
    ASSERT_TRUE(rulebook) << id;
    const core::Rules& l2 = rulebook->layers[1];
    EXPECT_EQ(l2.forward_electronic.has_value(), id != std::string("FWD_E"));
    EXPECT_EQ(l2.forward_paper.has_value(), id != std::string("FWD_15H"));
    EXPECT_EQ(l2.forward_outside.has_value(), id != std::string("FWD_NONBOUND"));
  }
  const std::string paper = place_of(document, "FWD_15H", "L2") + "/parameters";
  std::vector<LoadFault> faults;
  const auto numberless = load_rulebook(test::with(good, {paper, "{}", {}}), "a.json", faults);
  ASSERT_TRUE(numberless);
  EXPECT_FALSE(numberless->layers[1].forward_paper);
  const std::string after = paper + "/after_opening";
  test::expect_faults(good,
                      {{paper + "/cutoff", "", {paper + "/cutoff"}},
                       {after, "", {after}},
                       {after, R"({"value": 1, "unit": "working_day"})", {after}},
                       {after + "/unit", "\"by_cutoff\"", {after, after + "/unit"}}},
                      load_rulebook);
}

TEST(RulebookLoader, TakesTheChannelsOfTheEightHours) {
  const std::string good = test::shipped("config/rulebook.json");
  const std::string channels = place_of(json::parse(good), "ACCEPT_8H", "L2") + "/parameters/channels";
  for (const auto& [value, direct, online] :
       {std::tuple("[\"online\"]", false, true), std::tuple("[\"direct\", \"post\"]", true, false),
        std::tuple("", true, true)}) {
    std::vector<LoadFault> faults;
    const auto rulebook = load_rulebook(test::with(good, {channels, value, {}}), "a.json", faults);
    ASSERT_TRUE(rulebook) << value;
    EXPECT_EQ(rulebook->layers[1].acceptance_on[static_cast<int>(core::Channel::direct)], direct) << value;
    EXPECT_EQ(rulebook->layers[1].acceptance_on[static_cast<int>(core::Channel::online)], online) << value;
    EXPECT_TRUE(rulebook->layers[0].acceptance_on[static_cast<int>(core::Channel::post)]);
  }
}

TEST(RulebookLoader, FindsLayersThatDoNotFollowEachOther) {
  const std::string good = test::shipped("config/rulebook.json");
  const json document = json::parse(good);
  std::vector<LoadFault> faults;
  for (const char* end : {"\"2025-06-29\"", "\"2025-07-01\"", "null"}) {
    faults.clear();
    EXPECT_FALSE(load_rulebook(test::with(good, {"/layers/0/to", end, {}}), "a.json", faults));
    const auto pointers = test::pointers_of(faults);
    EXPECT_NE(std::find(pointers.begin(), pointers.end(), "/layers/1/from"), pointers.end()) << end;
  }
  const std::string rule = place_of(document, "INSTANT", "L2");
  test::expect_faults(good,
                      {{rule + "/layer", "\"L7\"", {rule + "/layer"}},
                       {rule + "/from", "\"2025-06-30\"", {rule + "/from"}},
                       {rule + "/id", "\"ACCEPT_8H\"", {rule + "/id"}},
                       {rule + "/id", "\"Accept\"", {rule + "/id"}},
                       {rule + "/parameters/colour", "1", {rule + "/parameters/colour"}},
                       {rule + "/confirmed", "\"yes\"", {rule + "/confirmed"}},
                       {"/parameters/backdate_limit", "", {"/parameters/backdate_limit"}},
                       {"/parameters/future_tolerance_ms", "-1", {"/parameters/future_tolerance_ms"}}},
                      load_rulebook);
}

}  // namespace
}  // namespace motcua::run
