#include "engine/run/procedure_loader.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/run/loading.h"
#include "tests/support/paths.h"

namespace motcua::run {
namespace {

using core::Channel;
using core::Code;
using core::LimitUnit;

// Small and right: two variants, budgets of 3 working days and 2 hours in a term of 5 days.
const std::string kGoodProcedure = R"({
  "format": 1, "code": "1.000001", "name": "Thủ tục thử", "level": ["commune", "province"],
  "domain": {"name": "Hộ tịch"}, "decision": "1/QĐ", "valid_from": "2020-01-01", "competent_level": "commune",
  "variants": [{"key": "default", "name": "A"}, {"key": "verify", "name": "B"}],
  "limits": [
    {"channel": "direct", "variant": "default", "statutory": {"value": 5, "unit": "working_day"}, "fee_vnd": 0},
    {"channel": "direct", "variant": "verify", "statutory": {"value": 9, "unit": "calendar_day"}}],
  "papers": [{"key": "to_khai", "name": "Tờ khai", "required": true, "copies": 1, "forms": ["original"]}],
  "facts": [{"key": "kind", "type": "enum", "values": ["a", "b"], "required": true, "personal": false},
            {"key": "area", "type": "integer", "required": false, "personal": false}],
  "steps": [
    {"key": "handle", "name": "X", "kind": "handle", "role": "handling_officer", "agency": "competent",
     "budget": {"value": 3, "unit": "working_day"}},
    {"key": "sign", "name": "Y", "kind": "sign", "role": "agency_head", "agency": "competent",
     "budget": {"value": 1, "unit": "working_hour"}},
    {"key": "return", "name": "Z", "kind": "return", "role": "counter_officer", "agency": "receiving",
     "budget": {"value": 1, "unit": "working_hour"}}],
  "results": [{"code": "KQ.G15.000031", "name": "Giấy"}]
})";

TEST(ShippedProcedure, LoadsWithoutAFaultAndAsItIsWritten) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(in_tree("workflows"))) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".json" || name == "schema.json") continue;
    SCOPED_TRACE(name);
    ++count;
    std::vector<LoadFault> faults;
    const std::string text = test::text_of(entry.path());
    const auto procedure = load_procedure(text, name, faults);
    test::expect_none(faults);
    ASSERT_TRUE(procedure);
    const nlohmann::json written = nlohmann::json::parse(text);
    EXPECT_EQ(procedure->code.text + ".json", name);
    EXPECT_EQ(procedure->name, written["name"]);
    ASSERT_EQ(procedure->terms.size(), written["limits"].size());
    for (std::size_t i = 0; i < procedure->terms.size(); ++i) {
      const nlohmann::json& limit = written["limits"][i]["statutory"];
      EXPECT_EQ(core::word_of(procedure->terms[i].channel), written["limits"][i]["channel"]);
      EXPECT_EQ(core::word_of(procedure->terms[i].statutory.unit), limit["unit"]);
      EXPECT_EQ(procedure->terms[i].statutory.value, limit.value("value", 0));
    }
    EXPECT_EQ(procedure->steps.size(), written["steps"].size());
    EXPECT_EQ(procedure->papers.size(), written["papers"].size());
    EXPECT_EQ(procedure->anywhere, written.value("anywhere", false));
  }
  EXPECT_GE(count, 40);
}

TEST(ProcedureLoader, ReadsEveryMember) {
  nlohmann::json document = nlohmann::json::parse(kGoodProcedure);
  document["valid_to"] = "2026-12-31";
  document["retention_years"] = 20;
  document["anywhere"] = true;
  document["acceptance"] = {{"limit", {{"value", 4}, {"unit", "working_hour"}}}, {"basis", "Điều 1"}};
  document["supplement"] = {{"citizen_wait", {{"value", 1}, {"unit", "month"}}}, {"basis", "Điều 2"}};
  document["limits"][0]["committed"] = {
      {"value", 4}, {"unit", "working_day"}, {"counting", "by_day"}, {"decision", "9/QĐ"}};
  std::vector<LoadFault> faults;
  const auto read = load_procedure(document.dump(), "a.json", faults);
  test::expect_none(faults);
  ASSERT_TRUE(read);
  EXPECT_EQ(core::format_date(*read->valid_to), "2026-12-31");
  EXPECT_EQ(read->retention_years, 20);
  EXPECT_TRUE(read->anywhere);
  EXPECT_EQ(read->acceptance->limit, (core::Limit{4, LimitUnit::working_hour}));
  EXPECT_EQ(read->citizen_wait->limit, (core::Limit{1, LimitUnit::month}));
  EXPECT_EQ(read->citizen_wait->basis, "Điều 2");
  EXPECT_EQ(read->term(Channel::direct, Code("default"))->promised().value, 4);
  EXPECT_EQ(read->term(Channel::direct, Code("default"))->committed_decision, "9/QĐ");
  EXPECT_EQ(read->term(Channel::direct, Code("default"))->fee_vnd, 0);
  EXPECT_EQ(read->term(Channel::direct, Code("verify"))->fee_vnd, std::nullopt);
  EXPECT_EQ(read->competent_level, core::AgencyLevel::commune);
  EXPECT_EQ(read->facts[0].values, (std::vector{Code("a"), Code("b")}));
  EXPECT_TRUE(read->step(Code("return"))->at_receiving);
  EXPECT_EQ(read->variant_names, (std::vector<std::string>{"A", "B"}));
}

TEST(ProcedureLoader, RefusesWhatItDoesNotKnow) {
  test::expect_faults(kGoodProcedure,
                      {{"/colour", "1", {"/colour"}},
                       {"/format", "2", {"/format"}},
                       {"/code", "\"1.1\"", {"/code"}},
                       {"/level/0", "\"district\"", {"/level/0", "/competent_level"}},
                       {"/level", "[]", {"/level"}},
                       {"/name", "", {"/name"}},
                       {"/domain", "3", {"/domain"}},
                       {"/valid_from", "\"2026-02-29\"", {"/valid_from"}},
                       {"/valid_to", "\"2019-12-31\"", {"/valid_to"}},
                       {"/valid_to", "null", {}},
                       {"/limits/0/channel", "\"fax\"", {"/limits/0/channel"}},
                       {"/limits/0/statutory/unit", "\"day\"", {"/limits/0/statutory/unit"}},
                       {"/limits/0/statutory/value", "0", {"/limits/0/statutory/value"}},
                       {"/limits/0/statutory/value", "1.5", {"/limits/0/statutory/value"}},
                       {"/limits/0/statutory/value", "", {"/limits/0/statutory/value"}},
                       {"/limits/0/fee_vnd", "-1", {"/limits/0/fee_vnd"}},
                       {"/papers/0/forms", "[\"fax\"]", {"/papers/0/forms/0"}},
                       {"/papers/0/forms", "[\"copy\", \"copy\"]", {"/papers/0/forms/1"}},
                       {"/papers/0/copies", "\"1\"", {"/papers/0/copies"}},
                       {"/facts/0/values", "", {"/facts/0/values"}},
                       {"/facts/1/values", "[\"a\"]", {"/facts/1/values"}},
                       {"/facts/1/type", "\"text\"", {"/facts/1/personal"}},
                       {"/steps/0/role", "\"minister\"", {"/steps/0/role"}},
                       {"/steps/0/role", "", {"/steps/0/role"}},
                       {"/steps/0/agency", "\"nowhere\"", {"/steps/0/agency"}},
                       {"/results/0/code", "\"KQ.1\"", {"/results/0/code"}}},
                      load_procedure);
}

TEST(ProcedureLoader, TakesAValueOnlyWhereTheUnitCounts) {
  test::expect_faults(
      kGoodProcedure,
      {{"/limits/1/statutory",
        R"({"unit": "immediate", "value": 1})",
        {"/limits/1/statutory/value", "/steps"}},
       {"/limits/1/statutory", R"({"unit": "unspecified"})", {}},
       {"/limits/1/statutory",
        R"({"unit": "month", "value": 1, "counting": "by_day"})",
        {"/limits/1/statutory/counting"}},
       {"/limits/1/committed", R"({"unit": "immediate", "decision": "1"})", {"/limits/1/committed/unit"}},
       {"/steps/0/budget",
        R"({"unit": "unspecified"})",
        {"/steps/0/budget/unit", "/steps/1/budget", "/steps/2/budget"}}},
      load_procedure);
}

TEST(ProcedureLoader, FindsWhatContradictsItself) {
  const std::string term =
      R"({"channel": "direct", "variant": "default", "statutory": {"unit": "unspecified"}})";
  test::expect_faults(
      kGoodProcedure,
      {{"/steps/1/key", "\"handle\"", {"/steps/1/key"}},
       {"/papers/1",
        R"({"key": "to_khai", "name": "a", "required": true, "copies": 1, "forms": ["copy"]})",
        {"/papers/1/key"}},
       {"/facts/1/key", "\"kind\"", {"/facts/1/key"}},
       {"/variants/1", "", {"/limits/1/variant"}},
       {"/variants", "", {"/limits/1/variant"}},
       {"/variants/1/key", "\"default\"", {"/variants/1/key", "/limits/1/variant"}},
       {"/limits/1", "", {"/variants/1"}},
       {"/limits/2", term, {"/limits/2"}},
       {"/limits/0/committed",
        R"({"unit": "working_day", "value": 6, "decision": "1"})",
        {"/limits/0/committed"}},
       {"/competent_level", "\"ministry\"", {"/competent_level"}},
       {"/competent_level", "", {}},
       {"/steps/0/kind", "\"sign\"", {"/steps/0/kind"}},
       {"/steps/0/kind", "\"return\"", {"/steps/0/kind", "/steps/0/kind"}},
       {"/steps/2", "", {"/steps/1/kind"}},
       {"/steps/1/budget", "", {"/steps/1/budget"}},
       {"/steps", "[]", {"/steps"}}},
      load_procedure);
}

TEST(ProcedureLoader, ComparesBudgetsWithEveryTermThatItCan) {
  const auto unit = [](int value, const char* name) {
    return R"({"unit": ")" + std::string(name) + R"(", "value": )" + std::to_string(value) + "}";
  };
  // 3 working days and 2 working hours are 26 working hours.
  test::expect_faults(kGoodProcedure,
                      {{"/limits/0/statutory", unit(26, "working_hour"), {}},
                       {"/limits/0/statutory", unit(25, "working_hour"), {"/steps"}},
                       {"/limits/0/statutory", unit(4, "working_day"), {}},
                       {"/limits/0/statutory", unit(3, "working_day"), {"/steps"}},
                       {"/limits/1/statutory", unit(4, "calendar_day"), {}},
                       {"/limits/1/statutory", unit(3, "calendar_day"), {"/steps"}},
                       {"/limits/1/statutory", unit(25, "hour"), {"/steps"}},
                       {"/limits/1/statutory", unit(1, "month"), {}}},
                      load_procedure);
}

TEST(ProcedureLoader, ReportsEveryFaultAtOnce) {
  nlohmann::json document = nlohmann::json::parse(kGoodProcedure);
  document["code"] = 7;
  document["extra"] = true;
  document["steps"][1]["key"] = "handle";
  document["limits"][0]["channel"] = "fax";
  std::vector<LoadFault> faults;
  EXPECT_FALSE(load_procedure(document.dump(), "a.json", faults));
  EXPECT_EQ(test::pointers_of(faults),
            (std::vector<std::string>{"/code", "/extra", "/limits/0/channel", "/steps/1/key"}));
  faults.clear();
  EXPECT_FALSE(load_procedure(R"({"format": 1, "format": 1})", "a.json", faults));
  EXPECT_EQ(test::pointers_of(faults), (std::vector<std::string>{"/format"}));
  faults.clear();
  EXPECT_FALSE(load_procedure("[]", "a.json", faults));
  EXPECT_EQ(test::pointers_of(faults), (std::vector<std::string>{""}));
}

}  // namespace
}  // namespace motcua::run
