#include "engine/core/step_asks.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

// What an edge needs of a dossier, held against evaluations with every value that a fact could have.
namespace motcua::core {
namespace {

StepEdge edge(const char* when) {
  ConditionFault fault;
  StepEdge made;
  made.when = parse_condition(when, fault);
  EXPECT_TRUE(made.when) << fault.detail;
  made.to = {Code("next")};
  return made;
}

struct Story {
  Procedure procedure;
  Agency competent;
  Dossier dossier;
  Context context;
  StepDefinition step;

  explicit Story(const std::vector<const char*>& conditions) {
    for (const char* key : {"area", "floors"})
      procedure.facts.push_back({Code(key), FactType::integer, {}, true, false});
    procedure.facts.push_back({Code("urgent"), FactType::boolean, {}, false, false});
    procedure.papers.emplace_back().key = Code("plan");
    for (const char* when : conditions) step.next.push_back(edge(when));
    step.next.push_back({std::nullopt, {Code("next")}});
    step.key = Code("here");
    StepDefinition next;
    next.key = Code("next");
    procedure.steps = {step, next};
    procedure.condition_language = 1;
    context.procedure = &procedure;
    context.competent = &competent;
  }
  std::string needed() const {
    std::string words;
    for (const Code& fact : asks_of(context, dossier, step).needed) words += fact.text + ' ';
    return words;
  }
  // Which of the facts the step cannot be completed without, whatever the other one is.
  std::string missed() const {
    std::string words;
    const std::vector<std::int64_t> values = {1, 5, 9};
    for (const char* left_out : {"area", "floors"}) {
      bool always = true;
      for (const std::int64_t value : values) {
        CompleteStep complete;
        const Code other(left_out == std::string_view("area") ? "floors" : "area");
        complete.facts.push_back({other, value});
        always = always && way_on(context, dossier, step, complete).missing == Code(left_out);
      }
      if (always) words += std::string(left_out) + ' ';
    }
    return words;
  }
};

// What is needed only with some values of another fact, which is not there either.
TEST(StepAsks, NeedsMoreWithSomeValuesOfAnother) {
  const auto told = [](const Story& story) {
    std::string words;
    const auto bound = [](const auto& value) { return value ? std::to_string(*value) : std::string("*"); };
    for (const NeededWith& need : asks_of(story.context, story.dossier, story.step).needed_with) {
      words += need.fact.text + " with " + need.with.text;
      for (const FactValue& value : need.values) {
        const auto* yes = std::get_if<bool>(&value);
        words += yes == nullptr ? ' ' + std::get<Code>(value).text : *yes ? " true" : " false";
      }
      if (need.values.empty()) words += ' ' + bound(need.min) + ".." + bound(need.max);
      words += "; ";
    }
    return words;
  };
  EXPECT_EQ(told(Story({"area > 5 and floors > 2"})), "floors with area 6..*; ");
  EXPECT_EQ(told(Story({"area > 5 or floors > 2"})), "floors with area *..5; ");
  EXPECT_EQ(told(Story({"area != 5 and floors > 2"})), "floors with area *..4; floors with area 6..*; ");
  EXPECT_EQ(told(Story({"area in (3, 4, 9)", "floors > 2"})),
            "floors with area *..2; floors with area 5..8; "
            "floors with area 10..*; ");
  EXPECT_EQ(told(Story({"has(urgent) and urgent and area > 5"})), "area with urgent true; ");
  EXPECT_EQ(told(Story({"has(outcome) and outcome in (denied, not_eligible) and area > 5"})),
            "area with outcome denied not_eligible; ");
  EXPECT_EQ(told(Story({"area > 5", "floors > 2"})), "floors with area *..5; ");
  Story known({"area > 5 and floors > 2"});
  known.dossier.facts.push_back({Code("area"), std::int64_t{9}});
  EXPECT_EQ(told(known), "") << "it is needed at once";
}

TEST(StepAsks, NeedsWhatNoEdgeCanBeChosenWithout) {
  const std::pair<const char*, std::vector<const char*>> cases[] = {
      {"area ", {"area > 5"}},
      {"area ", {"area > 5", "floors > 5"}},  // the first may decide alone
      {"floors ", {"floors > 5 and area > 5"}},
      {"area floors ", {"area > 5 and floors > 5 or floors > 9"}},
      {"", {"paper.plan and area > 5"}},
      {"area ", {"not paper.plan and area > 5"}},
      {"area ", {"has(urgent) and urgent and floors > 5 or area > 5"}},
      {"", {"not paper.plan", "area > 5"}},
      {"", {"has(outcome) and outcome = denied"}},
  };
  for (const auto& [wanted, conditions] : cases) {
    const Story story(conditions);
    EXPECT_EQ(story.needed(), wanted) << conditions.front();
    EXPECT_EQ(story.missed(), wanted) << conditions.front();
  }
}

TEST(StepAsks, NeedsNothingThatTheDossierHas) {
  Story story({"area > 5", "floors > 5"});
  story.dossier.facts.push_back({Code("area"), std::int64_t{9}});
  EXPECT_EQ(story.needed(), "") << "the first edge is taken";
  story.dossier.facts[0].value = std::int64_t{1};
  EXPECT_EQ(story.needed(), "floors ");
}

TEST(StepAsks, AsksOnlyForWhatACommandCanBring) {
  const Story story({"channel = online and paper.plan and has(urgent) and urgent or floors > 1",
                     "has(outcome) and outcome = denied"});
  const StepAsks asks = asks_of(story.context, story.dossier, story.step);
  EXPECT_EQ(asks.asked, (std::vector<Code>{Code("outcome"), Code("floors"), Code("urgent")}));
}

}  // namespace
}  // namespace motcua::core
