#include "engine/core/workflow.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::DossierCase;

StepEdge edge(std::string_view when, std::vector<std::string> to) {
  StepEdge made;
  ConditionFault fault;
  if (!when.empty()) made.when = parse_condition(when, fault);
  EXPECT_TRUE(when.empty() || made.when) << fault.detail;
  for (const std::string& key : to) made.to.emplace_back(key);
  return made;
}

StepDefinition step(std::string_view key, std::vector<StepEdge> next = {}, std::int64_t hours = 4) {
  StepDefinition made;
  made.key = Code(key);
  made.next = std::move(next);
  if (hours > 0) made.budget = test::working_hours(hours);
  return made;
}

Agency other_agency(std::string_view code) {
  Agency made;
  made.code = Code(code);
  made.level = AgencyLevel::province;
  made.calendar = Code("test");
  made.valid_from = test::on("2020-01-01");
  made.officers.push_back({Code(std::string(code) + ".cv01"), Code("phong"), Code("handling_officer")});
  return made;
}

// Appraisal, from which a large works forks into a visit and a notice that join at the summary, a plain one
// goes on, and a wrong one goes to the tax agency; then the signature, which may send back.
DossierCase land() {
  DossierCase one;
  one.procedure.condition_language = 1;
  one.procedure.steps = {
      step("appraise", {edge("has(persons) and persons > 3", {"visit", "notice"}),
                        edge("paper.cccd", {"tax"}), edge("", {"summary"})}),
      step("visit", {edge("", {"report"})}),
      step("report", {edge("", {"summary"})}),
      step("notice", {edge("", {"summary"})}, 8),
      step("tax", {edge("", {"summary"})}),
      step("summary"),
      step("sign", {edge("has(outcome) and outcome = denied", {"appraise"}), edge("", {"return"})}),
      step("return")};
  one.procedure.steps[5].join = true;
  one.procedure.steps[4].consultation = Code("thue");
  one.procedure.steps[7].at_receiving = true;
  one.procedure.consultations = {
      {Code("thue"), "Thuế", {Code("T01.01"), Code("T01.02")}, std::nullopt, test::working_days(2), ""},
      {Code("so"), "Sở", {}, AgencyLevel::province, test::working_days(3), ""}};
  one.others = {other_agency("T01.01"), other_agency("T01.02"), other_agency("H32.90")};
  one.others[1].valid_to = test::on("2026-06-30");
  one.others[1].successors = {Code("T01.01"), Code("T01.09")};
  return one;
}

CompleteStep with_persons(std::int64_t persons) {
  CompleteStep complete;
  complete.facts.push_back({Code("persons"), persons});
  return complete;
}

const StepCompleted& last_completed(const DossierCase& one) {
  return std::get<StepCompleted>(one.events.back().body);
}

const LegalClock* step_clock(const DossierCase& one, std::string_view step) {
  const LegalClock* last = nullptr;
  for (const LegalClock& clock : one.dossier.clocks) {
    if (clock.kind == ClockKind::step && clock.of.text == step) last = &clock;
  }
  return last;
}

std::string open_steps(const DossierCase& one) {
  std::string steps = one.dossier.step.text;
  for (const ParallelStep& branch : one.dossier.parallel) steps += " " + branch.step.text;
  return steps;
}

TEST(Workflow, TakesTheFirstEdgeThatHoldsAndKeepsItsNumber) {
  DossierCase one = land();
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(open_steps(one), "appraise");
  ASSERT_EQ(one.give("2026-08-10 09:00", with_persons(3)), "accepted");
  EXPECT_EQ(last_completed(one).edge, 3u);
  EXPECT_EQ(open_steps(one), "summary");
  EXPECT_EQ(one.dossier.facts, (std::vector<Fact>{{Code("persons"), std::int64_t{3}}}));
  ASSERT_EQ(one.give("2026-08-10 10:00", CompleteStep{}), "accepted");
  EXPECT_EQ(last_completed(one).edge, 0u);  // the order of the file
  ASSERT_EQ(one.give("2026-08-10 11:00", CompleteStep{Code(), Outcome::denied}), "accepted");
  EXPECT_EQ(open_steps(one), "appraise");
  EXPECT_TRUE(one.dossier.visited.empty());
  EXPECT_EQ(last_completed(one).outcome, Outcome::denied);
}

TEST(Workflow, PutsFactsOfTheCommandBeforeThoseOfTheDossier) {
  DossierCase one = land();
  SubmitDossier submit = one.submission(Channel::direct);
  submit.accept = true;
  submit.facts.push_back({Code("persons"), std::int64_t{9}});
  ASSERT_EQ(one.give("2026-08-10 08:00", submit), "accepted");
  DossierCase known = one;
  ASSERT_EQ(known.give("2026-08-10 09:00", CompleteStep{}), "accepted");
  EXPECT_EQ(last_completed(known).edge, 1u);
  ASSERT_EQ(one.give("2026-08-10 09:00", with_persons(1)), "accepted");
  EXPECT_EQ(last_completed(one).edge, 3u);
}

TEST(Workflow, RefusesToGuessARequiredFactThatIsMissing) {
  DossierCase one = land();
  one.procedure.facts.front().required = true;
  one.procedure.steps.front().next.front() = edge("persons > 3", {"visit", "notice"});
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(one.give("2026-08-10 09:00", CompleteStep{}), "missing_fact");
  EXPECT_EQ(one.last_rejection().faults.front().pointer, "#/facts/persons");
  CompleteStep unknown;
  unknown.facts.push_back({Code("colour"), Code("red")});
  EXPECT_EQ(one.give("2026-08-10 09:00", unknown), "unknown_fact");
  EXPECT_EQ(one.give("2026-08-10 09:00", with_persons(4)), "accepted");
}

TEST(Workflow, ForksAndEntersTheJoinWithTheLastBranch) {
  DossierCase one = land();
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 09:00", with_persons(4)), "accepted");
  EXPECT_EQ(open_steps(one), "visit notice");
  EXPECT_EQ(one.give("2026-08-10 09:30", CompleteStep{Code("report")}), "wrong_step");
  ASSERT_EQ(one.give("2026-08-10 09:30", AssignStep{Code(), Code("H32.19.cv01"), Code("notice")}),
            "accepted");
  EXPECT_EQ(one.dossier.parallel.front().officer.text, "H32.19.cv01");
  EXPECT_TRUE(one.dossier.holder_officer.empty());
  ASSERT_EQ(one.give("2026-08-10 10:00", CompleteStep{Code("visit")}), "accepted");
  EXPECT_EQ(open_steps(one), "report notice");
  // The lead branch waits at the join; the other leads then, with its officer.
  ASSERT_EQ(one.give("2026-08-10 11:00", CompleteStep{}), "accepted");
  EXPECT_EQ(last_completed(one).join.text, "summary");
  EXPECT_TRUE(last_completed(one).next_step.empty());
  EXPECT_EQ(open_steps(one), "notice");
  EXPECT_EQ(one.dossier.holder_officer.text, "H32.19.cv01");
  EXPECT_EQ(step_clock(one, "summary"), nullptr);
  ASSERT_EQ(one.give("2026-08-10 14:00", CompleteStep{}), "accepted");
  EXPECT_EQ(open_steps(one), "summary");
  EXPECT_EQ(step_clock(one, "summary")->started_at, test::vn("2026-08-10 14:00"));
}

TEST(Workflow, LeavesTheLeadWhereItIsWhenAnotherBranchWaits) {
  DossierCase one = land();
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 09:00", with_persons(4)), "accepted");
  ASSERT_EQ(one.give("2026-08-10 10:00", CompleteStep{Code("notice")}), "accepted");
  EXPECT_EQ(open_steps(one), "visit");
  ASSERT_EQ(one.give("2026-08-10 11:00", CompleteStep{}), "accepted");
  ASSERT_EQ(one.give("2026-08-10 11:10", CompleteStep{}), "accepted");
  EXPECT_EQ(open_steps(one), "summary");
}

TEST(StepClock, RunsFromEntryToLeavingAndIsLateWithoutAnybodyActing) {
  DossierCase one = land();
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(step_clock(one, "appraise"), nullptr);  // its papers are on their way
  ASSERT_EQ(one.give("2026-08-10 08:00", ReceiveForwarded{}), "accepted");
  const LegalClock* first = step_clock(one, "appraise");
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->rule.text, "EWORKFLOW");
  EXPECT_EQ(first->agency.text, "H32.19");
  const Instant due = *first->due.at;
  EXPECT_EQ(first->state_at(due), ClockState::running);
  EXPECT_EQ(first->state_at(test::later(due, 1)), ClockState::missed);
  ASSERT_EQ(one.give(due, with_persons(4)), "accepted");
  EXPECT_EQ(step_clock(one, "appraise")->state_at(due), ClockState::met);
  ASSERT_NE(step_clock(one, "visit"), nullptr);
  EXPECT_EQ(step_clock(one, "visit")->term, 2u);
  EXPECT_EQ(step_clock(one, "notice")->term, 3u);
  EXPECT_EQ(step_clock(one, "notice")->started_at, due);
}

TEST(StepClock, WaitsForASupplementAndBeginsAnewWhenItIsComplete) {
  DossierCase one = land();
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 08:00", ReceiveForwarded{}), "accepted");
  ASSERT_EQ(one.give("2026-08-10 09:00", with_persons(4)), "accepted");
  ASSERT_EQ(one.give("2026-08-10 10:00", RequestSupplement{}), "accepted");
  for (const char* key : {"visit", "notice"}) {
    EXPECT_EQ(step_clock(one, key)->course, LegalClock::Course::paused) << key;
  }
  ASSERT_EQ(one.give("2026-08-12 09:00", ReceiveSupplement{}), "accepted");
  ASSERT_EQ(one.give("2026-08-12 14:00", AcceptSupplement{}), "accepted");
  for (const char* key : {"visit", "notice"}) {
    EXPECT_TRUE(step_clock(one, key)->running()) << key;
    EXPECT_EQ(step_clock(one, key)->started_at, test::vn("2026-08-12 09:00")) << key;
  }
  int voided = 0;
  for (const LegalClock& clock : one.dossier.clocks) {
    voided += clock.kind == ClockKind::step && clock.course == LegalClock::Course::voided ? 1 : 0;
  }
  EXPECT_EQ(voided, 2);
}

TEST(StepClock, ThatIsLateEndsLateAtARequestForASupplement) {
  DossierCase one = land();
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 08:00", ReceiveForwarded{}), "accepted");
  ASSERT_EQ(one.give("2026-08-11 15:00", RequestSupplement{}), "accepted");
  const LegalClock* clock = step_clock(one, "appraise");
  EXPECT_EQ(clock->course, LegalClock::Course::ended);
  EXPECT_EQ(clock->state_at(test::vn("2026-08-11 15:00")), ClockState::missed);
  EXPECT_TRUE(clock->delay);
}

TEST(StepClock, IsVoidWhenTheDossierEndsInTimeAndWaitsAgainWhenAStopIsCountered) {
  DossierCase one = land();
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 08:00", ReceiveForwarded{}), "accepted");
  DossierCase settled = one;
  ASSERT_EQ(settled.give("2026-08-10 09:00", SettleDossier{}), "accepted");
  EXPECT_EQ(step_clock(settled, "appraise")->course, LegalClock::Course::voided);
  ASSERT_EQ(one.give("2026-08-10 09:00", ConsultAgency{Code("so"), Code("H32.90")}), "accepted");
  ASSERT_EQ(one.give("2026-08-10 10:00", RequestSupplement{}), "accepted");
  one.run_out(test::vn("2026-08-28 08:00"));
  ASSERT_EQ(one.dossier.state, DossierState::stopped);
  EXPECT_EQ(step_clock(one, "appraise")->course, LegalClock::Course::voided);
  ASSERT_EQ(one.give("2026-08-26 08:00", ReceiveSupplement{}, "2026-08-25 16:00"), "accepted");
  EXPECT_EQ(step_clock(one, "appraise")->course, LegalClock::Course::paused);
  EXPECT_TRUE(one.clock(ClockKind::consultation).running());
}

TEST(StepClock, OfAnotherAgencyHasTheBudgetFromWhenItGetsTheStep) {
  DossierCase one = land();
  one.others[2].parent = one.agency.code;
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 08:00", ReceiveForwarded{}), "accepted");
  ASSERT_EQ(one.give("2026-08-10 09:00", AssignStep{Code(), Code("H32.19.cv01")}), "accepted");
  EXPECT_EQ(step_clock(one, "appraise")->term, 1u);
  ASSERT_EQ(one.give("2026-08-10 10:00", AssignStep{Code("H32.90"), Code("H32.90.cv01")}), "accepted");
  EXPECT_EQ(step_clock(one, "appraise")->term, 2u);
  EXPECT_EQ(step_clock(one, "appraise")->agency.text, "H32.90");
  EXPECT_EQ(step_clock(one, "appraise")->started_at, test::vn("2026-08-10 10:00"));
  EXPECT_TRUE(one.dossier.concerns(Code("H32.90")));
}

// Its delay would be booked to whoever has it, and who has it sees the dossier from then on.
TEST(AssignStep, IsForAnAgencyThatExistsAndFitsTheStep) {
  DossierCase one = land();
  const auto assign = [&](const char* agency) {
    return one.give("2026-08-10 09:00", AssignStep{Code(agency), Code(std::string(agency) + ".cv01")});
  };
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 08:00", ReceiveForwarded{}), "accepted");
  EXPECT_EQ(assign("T01.99"), "unknown_agency");
  EXPECT_EQ(assign("T01.02"), "agency_ended");
  EXPECT_EQ(one.last_rejection().faults.at(0).pointer, "#/agency");
  EXPECT_NE(one.last_rejection().detail.find("merged into T01.01, T01.09"), std::string::npos);
  EXPECT_EQ(assign("H32.90"), "wrong_agency");
  EXPECT_EQ(assign("T01.01"), "wrong_agency");
  EXPECT_TRUE(one.dossier.further_agencies.empty());
  one.others[2].predecessors = {one.agency.code};  // what it was merged into goes on with its dossiers
  EXPECT_EQ(assign("H32.90"), "accepted");
  // A step of a consulted agency is that one's, and nobody else's.
  DossierCase asked = land();
  SubmitDossier submit = asked.submission(Channel::direct);
  submit.accept = true;
  submit.papers.push_back({Code("cccd"), PaperForm::copy, 1, false});
  ASSERT_EQ(asked.give("2026-08-10 08:00", submit), "accepted");
  ASSERT_EQ(asked.give("2026-08-10 08:00", ReceiveForwarded{}), "accepted");
  ASSERT_EQ(asked.give("2026-08-10 08:30", ConsultAgency{Code("thue"), Code("T01.01")}), "accepted");
  ASSERT_EQ(asked.give("2026-08-10 09:00", CompleteStep{}), "accepted");
  ASSERT_EQ(open_steps(asked), "tax");
  EXPECT_EQ(asked.give("2026-08-10 09:30", AssignStep{Code("H32.19"), Code("H32.19.cv01")}), "wrong_agency");
  EXPECT_EQ(asked.give("2026-08-10 09:30", AssignStep{Code("T01.01"), Code("T01.01.cv01")}), "accepted");
}

TEST(Actions, ShowAStepThatCannotBeLeftBeforeSomebodyIsAsked) {
  DossierCase one = land();
  const auto problem = [&] {
    for (const Action& action : actions(one.dossier, one.context(test::vn("2026-08-10 09:00")))) {
      if (action.command == "complete-step" && action.problem) return action.problem->code;
    }
    return std::string("none");
  };
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 08:00", ReceiveForwarded{}), "accepted");
  EXPECT_EQ(problem(), "none");
  // Where every way leads to the tax agency, nothing that the command brings helps.
  one.procedure.steps[0].next = {edge("has(persons) and persons > 3", {"notice", "tax"}), edge("", {"tax"})};
  EXPECT_EQ(problem(), "not_consulted");
  EXPECT_EQ(one.give("2026-08-10 09:00", CompleteStep{}), "not_consulted");
  // A fork of which the command has no say.
  one.procedure.steps[0].next = {edge("channel = direct", {"tax"}), edge("", {"summary"})};
  EXPECT_EQ(problem(), "not_consulted");
  ASSERT_EQ(one.give("2026-08-10 09:00", ConsultAgency{Code("thue"), Code("T01.01")}), "accepted");
  EXPECT_EQ(problem(), "none");
}

TEST(StepClock, IsNotStartedWithoutABudget) {
  DossierCase one;
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 08:00", ReceiveForwarded{}), "accepted");
  ASSERT_EQ(one.give("2026-08-10 09:00", CompleteStep{}), "accepted");
  EXPECT_EQ(one.dossier.clock(ClockKind::step), nullptr);
}

TEST(ReturnStep, GoesBackOnlyWhereTheDossierHasBeen) {
  DossierCase one = land();
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 08:00", ReceiveForwarded{}), "accepted");
  EXPECT_EQ(one.give("2026-08-10 08:30", ReturnStep{Code(), Code("appraise")}), "wrong_state");
  ASSERT_EQ(one.give("2026-08-10 09:00", CompleteStep{}), "accepted");
  ASSERT_EQ(one.give("2026-08-10 10:00", CompleteStep{}), "accepted");
  ASSERT_EQ(open_steps(one), "sign");
  EXPECT_EQ(one.give("2026-08-10 10:30", ReturnStep{Code(), Code("visit")}), "not_returnable");
  EXPECT_EQ(one.give("2026-08-10 10:30", ReturnStep{Code(), Code("sign")}), "not_returnable");
  EXPECT_EQ(one.give("2026-08-10 10:30", ReturnStep{Code(), Code("paint")}), "unknown_step");
  EXPECT_EQ(one.give("2026-08-10 10:30", ReturnStep{Code("visit"), Code("appraise")}), "wrong_step");
  ASSERT_EQ(one.give("2026-08-10 11:00", ReturnStep{Code(), Code("appraise")}), "accepted");
  EXPECT_EQ(open_steps(one), "appraise");
  EXPECT_EQ(step_clock(one, "appraise")->started_at, test::vn("2026-08-10 11:00"));
  EXPECT_EQ(step_clock(one, "sign")->course, LegalClock::Course::ended);
  EXPECT_EQ(one.give("2026-08-10 11:10", ReturnStep{Code(), Code("summary")}), "wrong_state");
}

TEST(ReturnStep, StaysOnItsBranchWhileOthersAreOpen) {
  DossierCase one = land();
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 08:00", ReceiveForwarded{}), "accepted");
  ASSERT_EQ(one.give("2026-08-10 09:00", with_persons(4)), "accepted");
  ASSERT_EQ(one.give("2026-08-10 10:00", CompleteStep{Code("visit")}), "accepted");
  EXPECT_EQ(one.give("2026-08-10 10:10", ReturnStep{Code(), Code("appraise")}), "not_returnable");
  EXPECT_EQ(one.give("2026-08-10 10:10", ReturnStep{Code("notice"), Code("visit")}), "not_returnable");
  ASSERT_EQ(one.give("2026-08-10 10:10", ReturnStep{Code("report"), Code("visit")}), "accepted");
  EXPECT_EQ(open_steps(one), "visit notice");
}

TEST(ReturnStep, InAWorkflowWithoutEdgesGoesToAnyStepBefore) {
  DossierCase one;
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 08:00", ReceiveForwarded{}), "accepted");
  EXPECT_EQ(one.give("2026-08-10 08:30", ReturnStep{Code(), Code("verify")}), "wrong_state");
  ASSERT_EQ(one.give("2026-08-10 09:00", CompleteStep{}), "accepted");
  EXPECT_EQ(one.give("2026-08-10 09:30", ReturnStep{Code(), Code("return")}), "not_returnable");
  ASSERT_EQ(one.give("2026-08-10 09:30", ReturnStep{Code(), Code("verify")}), "accepted");
  EXPECT_EQ(open_steps(one), "verify");
  EXPECT_FALSE(std::get<StepReturned>(one.events.back().body).to_agency.empty());
}

// What holds of a dossier in whatever way it came there: the open steps are of different branches, and each
// has one clock that runs, or waits with the settlement, while no other step has any.
void expect_sound(const DossierCase& one) {
  std::vector<std::string> open = {one.dossier.step.text};
  for (const ParallelStep& branch : one.dossier.parallel) open.push_back(branch.step.text);
  std::vector<std::string> counted;
  for (const LegalClock& clock : one.dossier.clocks) {
    const bool lives = clock.running() || clock.course == LegalClock::Course::paused;
    if (clock.kind == ClockKind::step && lives) counted.push_back(clock.of.text);
  }
  std::sort(open.begin(), open.end());
  std::sort(counted.begin(), counted.end());
  EXPECT_EQ(std::adjacent_find(open.begin(), open.end()), open.end());
  const bool waits = one.dossier.state == DossierState::awaiting_supplement;
  // What was late when the supplement was asked has ended; papers on their way have no step that runs.
  if (one.dossier.in_transit()) {
    EXPECT_TRUE(counted.empty());
  } else if (waits) {
    EXPECT_TRUE(std::includes(open.begin(), open.end(), counted.begin(), counted.end()));
  } else {
    EXPECT_EQ(counted, open);
  }
  const auto is_branch = [](const std::string& step) {
    return step == "visit" || step == "report" || step == "notice";
  };
  EXPECT_TRUE(open.size() == 1 || std::all_of(open.begin(), open.end(), is_branch));
  for (const Code& left : one.dossier.visited) EXPECT_NE(left.text, "return");
}

CommandBody any_step(const DossierCase& one, std::mt19937& random) {
  std::vector<Code> open = {one.dossier.step};
  for (const ParallelStep& branch : one.dossier.parallel) open.push_back(branch.step);
  const Code step = open[random() % open.size()];
  if (random() % 4 == 0) {
    return ReturnStep{step, one.procedure.steps[random() % one.procedure.steps.size()].key};
  }
  if (random() % 8 == 0) return RequestSupplement{};
  CompleteStep complete{step, std::nullopt, {}};
  if (random() % 2 == 0) complete.outcome = random() % 2 == 0 ? Outcome::denied : Outcome::granted;
  if (random() % 2 == 0) {
    complete.facts.push_back({Code("persons"), static_cast<std::int64_t>(random() % 8)});
  }
  return complete;
}

TEST(WorkflowProperty, KeepsOneClockForEachOpenStepOnEveryWay) {
  int forks = 0;
  int ends = 0;
  for (unsigned seed = 0; seed < 150; ++seed) {
    std::mt19937 random(seed);
    DossierCase one = land();
    ASSERT_EQ(one.accepted_at_counter("2026-08-03 08:00"), "accepted");
    ASSERT_EQ(one.give("2026-08-03 08:00", ConsultAgency{Code("thue"), Code("T01.01")}), "accepted");
    Instant now = test::vn("2026-08-03 08:00");
    for (int act = 0; act < 25; ++act) {
      now = test::later(now, static_cast<std::int64_t>(random() % (6 * 3'600'000)));
      if (one.dossier.state == DossierState::awaiting_supplement) {
        ASSERT_EQ(one.give(now, ReceiveSupplement{}), "accepted");
        ASSERT_EQ(one.give(now, AcceptSupplement{}), "accepted");
      } else {
        one.give(now, any_step(one, random));
      }
      expect_sound(one);
      forks += one.dossier.parallel.empty() ? 0 : 1;
    }
    ends += one.dossier.step.text == "return" ? 1 : 0;
  }
  EXPECT_GT(forks, 100);
  EXPECT_GT(ends, 20);
}

TEST(ConsultedStep, BelongsToTheAgencyThatWasConsultedLast) {
  DossierCase one = land();
  SubmitDossier submit = one.submission(Channel::direct);
  submit.papers.push_back({Code("cccd"), PaperForm::copy, 1, false});
  submit.accept = true;
  ASSERT_EQ(one.give("2026-08-10 08:00", submit), "accepted");
  EXPECT_EQ(one.give("2026-08-10 09:00", CompleteStep{}), "not_consulted");
  ASSERT_EQ(one.give("2026-08-10 09:00", ConsultAgency{Code("thue"), Code("T01.01")}), "accepted");
  ASSERT_EQ(one.give("2026-08-10 10:00", CompleteStep{}), "accepted");
  EXPECT_EQ(open_steps(one), "tax");
  EXPECT_EQ(one.dossier.holder_agency.text, "T01.01");
  EXPECT_EQ(step_clock(one, "tax")->agency.text, "T01.01");
}

TEST(Consultation, RunsBesideTheSettlementAndOthers) {
  DossierCase one = land();
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 08:00", ReceiveForwarded{}), "accepted");
  ASSERT_EQ(one.give("2026-08-10 09:00", ConsultAgency{Code("thue"), Code("T01.01")}), "accepted");
  ASSERT_EQ(one.give("2026-08-10 09:10", ConsultAgency{Code("so"), Code("H32.90")}), "accepted");
  ASSERT_EQ(one.give("2026-08-10 09:20", ConsultAgency{Code(), Code("H32.90")}), "accepted");
  EXPECT_TRUE(one.clock(ClockKind::settlement).running());
  EXPECT_TRUE(one.dossier.concerns(Code("T01.01")));
  EXPECT_TRUE(one.dossier.concerns(Code("H32.90")));
  ASSERT_EQ(one.dossier.consultations.size(), 3u);
  const LegalClock* tax = one.dossier.clock(ClockKind::consultation, 1);
  ASSERT_NE(tax, nullptr);
  EXPECT_EQ(tax->agency.text, "T01.01");
  EXPECT_EQ(tax->limit, test::working_days(2));
  EXPECT_EQ(one.dossier.clock(ClockKind::consultation, 3)->due.pending, DuePending::untimed);
  // A supplement pauses the settlement, never what others owe.
  ASSERT_EQ(one.give("2026-08-10 10:00", RequestSupplement{}), "accepted");
  EXPECT_TRUE(one.dossier.clock(ClockKind::consultation, 1)->running());
  EXPECT_EQ(one.give("2026-08-10 11:00", AnswerConsultation{4, Opinion::agreed}), "unknown_consultation");
  ASSERT_EQ(one.give("2026-08-11 11:00", AnswerConsultation{2, Opinion::disagreed}), "accepted");
  EXPECT_EQ(one.dossier.consultations[1].outcome, Opinion::disagreed);
  EXPECT_EQ(one.dossier.clock(ClockKind::consultation, 2)->state_at(test::vn("2026-08-11 11:00")),
            ClockState::met);
  EXPECT_EQ(one.give("2026-08-11 12:00", AnswerConsultation{2, Opinion::agreed}), "already_answered");
}

// A dossier of another procedure, opened at the agency that is asked.
DossierCase linked(bool awaited) {
  DossierCase one = land();
  one.procedure.consultations.front().procedure = Code("1.009999");
  one.procedure.consultations.front().awaited = awaited;
  EXPECT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(one.give("2026-08-10 08:00", ReceiveForwarded{}), "accepted");
  EXPECT_EQ(one.give("2026-08-10 09:00", ConsultAgency{Code("thue"), Code("T01.01")}), "accepted");
  return one;
}

TEST(LinkedConsultation, IsAnsweredByTheEndOfTheOtherDossierOnly) {
  DossierCase one = linked(false);
  ASSERT_TRUE(one.dossier.consultations.front().linked);
  EXPECT_EQ(one.give("2026-08-10 10:00", AnswerConsultation{1, Opinion::agreed}), "wrong_state");
  ASSERT_EQ(one.give("2026-08-10 10:00", ConsultAgency{Code(), Code("H32.90")}), "accepted");
  EXPECT_FALSE(one.dossier.consultations[1].linked);
  EXPECT_EQ(one.give("2026-08-10 10:00", AnswerConsultation{1, Opinion::agreed}), "answered_by_linked");
  EXPECT_EQ(one.give("2026-08-10 10:00", ReportLinked{2}), "unknown_consultation");
  ASSERT_EQ(one.give("2026-08-11 10:00", ReportLinked{1, Opinion::disagreed, DossierState::refused}),
            "accepted");
  const Consultation& told = one.dossier.consultations.front();
  EXPECT_EQ(told.answered_at, test::vn("2026-08-11 10:00"));
  EXPECT_EQ(told.outcome, Opinion::disagreed);
  EXPECT_EQ(told.ended_as, DossierState::refused);
  EXPECT_EQ(one.events.back().cause, CauseKind::linked);
  EXPECT_FALSE(one.dossier.clock(ClockKind::consultation, 1)->running());
}

// The engine's report is no act of a person: what an officer did before may still be entered.
TEST(LinkedConsultation, ReportKeepsTheWayOpenForWhatHappenedBefore) {
  DossierCase one = linked(false);
  ASSERT_EQ(one.give("2026-08-10 11:00", ReportLinked{1}), "accepted");
  EXPECT_EQ(one.dossier.last_act_at, test::vn("2026-08-10 09:00"));
  EXPECT_EQ(one.give("2026-08-10 11:30", CompleteStep{}, "2026-08-10 10:00"), "accepted");
}

// A stop that was countered lets the other dossier end twice; the clock was met by the first end.
TEST(LinkedConsultation, TakesALaterEndAlsoWhenItIsOver) {
  DossierCase one = linked(false);
  ASSERT_EQ(one.give("2026-08-10 11:00", ReportLinked{1, Opinion::no_opinion, DossierState::stopped}),
            "accepted");
  ASSERT_EQ(one.give("2026-08-10 12:00", WithdrawDossier{}), "accepted");
  ASSERT_EQ(one.give("2026-08-11 11:00", ReportLinked{1, Opinion::agreed, DossierState::settled}),
            "accepted");
  const Consultation& told = one.dossier.consultations.front();
  EXPECT_EQ(told.answered_at, test::vn("2026-08-10 11:00"));
  EXPECT_EQ(told.outcome, Opinion::agreed);
  EXPECT_EQ(told.ended_as, DossierState::settled);
  EXPECT_EQ(one.dossier.state, DossierState::withdrawn);
}

// What became of the asking dossier is known, and changes nothing else: no clock, no act of a person.
TEST(LinkedDossier, GoesOnWhenNobodyWaitsForItAnyMore) {
  DossierCase one;
  SubmitDossier submit = one.submission(Channel::direct);
  submit.accept = true;
  submit.linked_from = LinkedFrom{*parse_uuid("0190f3c2-7a10-7b3e-8f00-0123456789ab"), 2};
  ASSERT_EQ(one.give("2026-08-10 08:00", submit), "accepted");
  const Dossier before = one.dossier;
  ASSERT_EQ(one.give("2026-08-10 09:00", ReportAsking{false, DossierState::stopped}), "accepted");
  ASSERT_TRUE(one.dossier.asking_ended);
  EXPECT_EQ(one.dossier.asking_ended->state, DossierState::stopped);
  EXPECT_EQ(one.dossier.asking_ended->at, test::vn("2026-08-10 09:00"));
  EXPECT_EQ(one.dossier.clocks, before.clocks);
  EXPECT_EQ(one.dossier.state, before.state);
  EXPECT_EQ(one.dossier.last_act_at, before.last_act_at);
  EXPECT_EQ(one.events.back().cause, CauseKind::linked);
  // Said again it changes nothing; a stop that was countered is told, too.
  const std::uint32_t version = one.dossier.version;
  ASSERT_EQ(one.give("2026-08-10 09:01", ReportAsking{false, DossierState::stopped}), "accepted");
  EXPECT_EQ(one.dossier.version, version);
  ASSERT_EQ(one.give("2026-08-10 09:02", ReportAsking{true, DossierState::awaiting_supplement}), "accepted");
  EXPECT_FALSE(one.dossier.asking_ended);
  ASSERT_EQ(one.give("2026-08-10 10:00", WithdrawDossier{}), "accepted");
  EXPECT_EQ(one.give("2026-08-10 11:00", ReportAsking{false, DossierState::stopped}), "wrong_state");
}

TEST(LinkedConsultation, ThatIsAwaitedHoldsTheGrantBackAndNotTheDenial) {
  for (const bool awaited : {false, true}) {
    DossierCase one = linked(awaited);
    EXPECT_EQ(one.give("2026-08-10 10:00", SettleDossier{}), awaited ? "answer_awaited" : "accepted");
  }
  DossierCase denied = linked(true);
  EXPECT_EQ(denied.give("2026-08-10 10:00", SettleDossier{Outcome::denied, ResultForm::paper, {}}),
            "accepted");
  const ReplaceResult granted{denied.dossier.results.back().code, Outcome::granted, ResultForm::paper, {}};
  EXPECT_EQ(denied.give("2026-08-10 11:00", granted), "answer_awaited");
  ASSERT_EQ(denied.give("2026-08-10 12:00", ReportLinked{1}), "accepted");
  EXPECT_EQ(denied.give("2026-08-10 13:00", granted), "accepted");
  DossierCase answered = linked(true);
  ASSERT_EQ(answered.give("2026-08-10 11:00", ReportLinked{1}), "accepted");
  EXPECT_EQ(answered.give("2026-08-10 12:00", SettleDossier{}), "accepted");
}

TEST(Consultation, IsLateStrictlyAfterItsDue) {
  for (const bool late : {false, true}) {
    DossierCase one = land();
    ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
    ASSERT_EQ(one.give("2026-08-10 08:00", ReceiveForwarded{}), "accepted");
    ASSERT_EQ(one.give("2026-08-10 09:00", ConsultAgency{Code("thue"), Code("T01.01")}), "accepted");
    const Instant due = *one.clock(ClockKind::consultation).due.at;
    const Instant at = late ? test::later(due, 1) : due;
    ASSERT_EQ(one.give(at, AnswerConsultation{1, Opinion::no_opinion}), "accepted");
    EXPECT_EQ(one.clock(ClockKind::consultation).missed_at(at), late);
    EXPECT_FALSE(one.late(at));
  }
}

TEST(Consultation, RefusesWhomItCannotAsk) {
  DossierCase one = land();
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 08:00", ReceiveForwarded{}), "accepted");
  const auto ask = [&](std::string_view kind, std::string_view agency) {
    return one.give("2026-08-10 09:00", ConsultAgency{Code(kind), Code(agency)});
  };
  EXPECT_EQ(ask("thue", "T09"), "unknown_agency");
  EXPECT_EQ(ask("thue", "T01.02"), "agency_ended");
  EXPECT_NE(one.last_rejection().detail.find("T01.01, T01.09"), std::string::npos);
  EXPECT_EQ(ask("thue", "H32.90"), "wrong_agency");
  EXPECT_EQ(ask("bo", "H32.90"), "unknown_consultation");
  EXPECT_EQ(ask("", "H32.19"), "own_agency");
  one.others.back().level = AgencyLevel::commune;
  EXPECT_EQ(ask("so", "H32.90"), "wrong_level");
  EXPECT_EQ(one.give("2026-08-10 09:00", AnswerConsultation{1, Opinion::agreed}), "wrong_state");
  EXPECT_EQ(ask("thue", "T01.01"), "accepted");
  EXPECT_EQ(ask("thue", "T01.01"), "already_consulted");
  EXPECT_EQ(ask("", "T01.01"), "accepted");
}

}  // namespace
}  // namespace motcua::core
