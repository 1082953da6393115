#include "engine/run/workflow_check.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/run/procedure_loader.h"
#include "tests/run/loading.h"

namespace motcua::run {
namespace {

// A fork whose branches join, a way back, and a step at a consulted agency; 5 + 8 + 2 + 1 + 1 hours on the
// longest way, in a term of 3 days of 8.
const std::string kGoodWorkflow = R"({
  "format": 1, "code": "1.000001", "name": "Thủ tục thử", "level": ["commune"],
  "domain": {"name": "Đất đai"}, "decision": "1/QĐ", "valid_from": "2020-01-01", "condition_language": 1,
  "limits": [
    {"channel": "direct", "statutory": {"value": 3, "unit": "working_day"}},
    {"channel": "online", "statutory": {"value": 17, "unit": "working_hour"}}],
  "papers": [{"key": "so_do", "name": "Sơ đồ", "required": false, "copies": 1, "forms": ["original"]}],
  "facts": [{"key": "area", "type": "integer", "required": true, "personal": false},
            {"key": "built_on", "type": "date", "required": false, "personal": false},
            {"key": "income", "type": "integer", "required": true, "personal": true}],
  "consultations": [{"key": "thue", "name": "Thuế", "agencies": ["T01.01"],
    "budget": {"value": 2, "unit": "working_day"}, "basis": "Điều 1"}],
  "steps": [
    {"key": "handle", "name": "A", "kind": "handle", "role": "handling_officer", "agency": "competent",
     "budget": {"value": 5, "unit": "working_hour"}, "next": [
       {"when": "area > 500 and not paper.so_do", "to": ["visit", "notice"]},
       {"when": "has(built_on) and built_on < 2020-01-01", "to": "tax"},
       {"else": true, "to": "sum"}]},
    {"key": "visit", "name": "B", "kind": "verify", "role": "handling_officer", "agency": "competent",
     "budget": {"value": 3, "unit": "working_hour"}, "next": [{"else": true, "to": "sum"}]},
    {"key": "notice", "name": "C", "kind": "handle", "role": "handling_officer", "agency": "receiving",
     "budget": {"value": 8, "unit": "working_hour"}, "next": [{"else": true, "to": "sum"}]},
    {"key": "tax", "name": "D", "kind": "consult", "role": "handling_officer", "agency": "consulted",
     "consultation": "thue", "budget": {"value": 4, "unit": "working_hour"}},
    {"key": "sum", "name": "E", "kind": "handle", "role": "handling_officer", "agency": "competent", "join": true,
     "budget": {"value": 2, "unit": "working_hour"}},
    {"key": "sign", "name": "F", "kind": "sign", "role": "agency_head", "agency": "competent",
     "budget": {"value": 1, "unit": "working_hour"}, "next": [
       {"when": "has(outcome) and outcome = denied", "to": "handle"}, {"else": true, "to": "return"}]},
    {"key": "return", "name": "G", "kind": "return", "role": "counter_officer", "agency": "receiving",
     "budget": {"value": 1, "unit": "working_hour"}}],
  "results": []
})";

void expect(const std::vector<test::Change>& changes) {
  test::expect_faults(kGoodWorkflow, changes, load_procedure);
}

TEST(WorkflowLoader, ReadsEdgesForksJoinsAndConsultations) {
  std::vector<LoadFault> faults;
  const auto procedure = load_procedure(kGoodWorkflow, "a.json", faults);
  test::expect_none(faults);
  ASSERT_TRUE(procedure);
  EXPECT_EQ(procedure->condition_language, 1);
  const auto& edges = procedure->steps.front().next;
  ASSERT_EQ(edges.size(), 3u);
  EXPECT_EQ(edges[0].when->text, "area > 500 and not paper.so_do");
  EXPECT_EQ(edges[0].to, (std::vector<core::Code>{core::Code("visit"), core::Code("notice")}));
  EXPECT_FALSE(edges[2].when);
  EXPECT_EQ(procedure->steps[3].place(), core::StepPlace::consulted);
  EXPECT_EQ(procedure->steps[2].place(), core::StepPlace::receiving);
  EXPECT_EQ(procedure->steps[4].place(), core::StepPlace::competent);
  EXPECT_TRUE(procedure->steps[4].join);
  ASSERT_EQ(procedure->consultations.size(), 1u);
  EXPECT_EQ(procedure->consultations[0].agencies.front().text, "T01.01");
  EXPECT_EQ(procedure->consultations[0].budget.value, 2);
}

TEST(WorkflowLoader, RefusesEdgesThatSayTooMuchOrTooLittle) {
  expect({
      {"/condition_language", "", {"/condition_language"}},
      {"/condition_language", "2", {"/condition_language"}},
      {"/steps/0/next/2", R"({"when": "area > 1", "to": "sum"})", {"/steps/0/next/2/when"}},
      {"/steps/0/next/1", R"({"else": true, "to": "tax"})", {"/steps/0/next/1/else"}},
      {"/steps/0/next/2/else", "false", {"/steps/0/next/2/else"}},
      {"/steps/0/next/2", R"({"to": "sum"})", {"/steps/0/next/2/else"}},
      {"/steps/0/next/0/else", "true", {"/steps/0/next/0/else"}},
      {"/steps/0/next/0/to", R"(["visit"])", {"/steps/0/next/0/to", "/steps/2", "/steps/4/join"}},
      {"/steps/0/next/0/to", R"(["visit", "visit"])", {"/steps/0/next/0/to/1", "/steps/2", "/steps/4/join"}},
      {"/steps/0/next/0/also", "1", {"/steps/0/next/0/also"}},
      {"/steps/6/next", R"([{"else": true, "to": "sign"}])", {"/steps/6/next"}},
      {"/steps/1/next", "[]", {"/steps", "/steps/0/next/0/to", "/steps/1/next"}},
  });
}

TEST(WorkflowLoader, RefusesConsultationsThatNameNobodyOrEverybody) {
  expect({
      {"/consultations/0/level", R"("province")", {"/consultations/0/level"}},
      {"/consultations/0/agencies", "", {"/consultations/0/agencies"}},
      {"/consultations/0/budget", "", {"/consultations/0/budget"}},
      {"/consultations/0/budget/unit", R"("immediate")", {"/consultations/0/budget/unit"}},
      {"/consultations/0/basis", "", {}},
      {"/consultations/0/key", R"("so")", {"/steps/3/consultation"}},
      {"/consultations/1",
       R"({"key": "thue", "name": "X", "level": "province",
         "budget": {"value": 1, "unit": "working_day"}})",
       {"/consultations/1/key"}},
      {"/steps/3/consultation", "", {"/steps/3/consultation"}},
      {"/steps/4/consultation", R"("thue")", {"/steps/4/consultation"}},
      {"/steps/0/agency", R"("consulted")", {"/steps/0/consultation"}},
  });
}

TEST(WorkflowCheck, BeginsWhereSomebodyHasTheDossier) {
  const std::string consulted = test::with(kGoodWorkflow, {"/steps/0/agency", R"("consulted")", {}});
  test::expect_faults(consulted, {{"/steps/0/consultation", R"("thue")", {"/steps/0/agency"}}},
                      load_procedure);
}

TEST(WorkflowCheck, ReportsEveryFaultOfACondition) {
  const std::string at = "/steps/0/next/0/when";
  expect({
      {at, R"("colour = red")", {at}},
      {at, R"("area >")", {at}},
      {at, R"("income > 3")", {at}},
      {at, R"("area = true or channel = mail")", {at, at}},
      {at, R"("built_on < 2020-01-01")", {at}},
      {at, R"x("not has(built_on)")x", {}},
      {at, R"("paper.giay > 3")", {at}},
      {at, R"("level = commune and owner_kind != business and variant = default")", {}},
      {"/steps/0/next/1/when", R"("built_on < 2020-01-01")", {"/steps/0/next/1/when"}},
      {"/facts/0/key", R"("channel")", {"/facts/0/key", at}},
  });
}

TEST(WorkflowCheck, FindsStepsThatNobodyReachesAndCyclesThatNoStepLeaves) {
  expect({
      {"/steps/0/next/1/to", R"("sum")", {"/steps/3"}},
      {"/steps/0/next/1/to", R"("nowhere")", {"/steps/0/next/1/to"}},
      {"/steps/3/next", R"([{"else": true, "to": "tax"}])", {"/steps/3"}},
      {"/steps/5/next/1/to",
       R"("sum")",
       {"/steps/0", "/steps/1", "/steps/2", "/steps/3", "/steps/4", "/steps/5", "/steps/6"}},
  });
}

TEST(WorkflowCheck, DemandsThatEveryForkJoinsOnce) {
  const std::string fork = "/steps/0/next/0/to";
  expect({
      {"/steps/4/join", "", {fork, fork}},                      // neither branch joins
      {"/steps/1/next/0/to", R"("sign")", {fork}},              // one goes past the join
      {"/steps/1/next/0/to", R"("notice")", {"/steps", fork}},  // one runs into the other
      {"/steps/1/next/0/to", R"("handle")", {fork}},            // before the fork
      {fork, R"(["visit", "sum"])", {fork, "/steps/2"}},        // a branch of no step
      {"/steps/3/join", "true", {"/steps/3/join"}},             // nothing joins there
      {"/steps/1/next", R"([{"else": true, "to": ["sum", "tax"]}])", {fork, "/steps/1/next/0/to"}},
  });
}

TEST(WorkflowCheck, HoldsTheLongestWayAgainstEveryLimit) {
  // 5 + 8 + 2 + 1 + 1 = 17 working hours.
  expect({
      {"/limits/1/statutory/value", "16", {"/steps"}},
      {"/steps/1/budget/value", "8", {}},  // beside a branch of 8
      {"/steps/1/budget/value", "9", {"/steps"}},
      {"/steps/3/budget/value", "8", {}},  // another way
      {"/steps/3/budget/value", "9", {"/steps"}},
  });
}

TEST(WorkflowCheck, LeavesOutWhatAChannelRulesOut) {
  // The fork only at the counter: online the longest way is 5 + 4 + 2 + 1 + 1 hours.
  const std::string at_counter =
      test::with(kGoodWorkflow, {"/steps/0/next/0/when", R"("channel = direct and area > 500")", {}});
  test::expect_faults(
      at_counter, {{"/limits/1/statutory/value", "13", {}}, {"/limits/1/statutory/value", "12", {"/steps"}}},
      load_procedure);
}

}  // namespace
}  // namespace motcua::run
