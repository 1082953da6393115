#include <gtest/gtest.h>

#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::DossierCase;
using test::vn;

// Papers received at one commune for another one, or at the one-stop of who decides.
struct TwoAgencies : DossierCase {
  explicit TwoAgencies(bool own_one_stop = false) : own_one_stop_(own_one_stop) {
    procedure.anywhere = true;
    receiving = agency;
    receiving.code = Code("H32.20");
    receiving.officers = {{Code("H32.20.mc01"), Code("mot-cua"), Code("counter_officer")}};
  }
  Context context(Instant now) const {
    Context made = DossierCase::context(now);
    made.receiving = &receiving;
    made.own_one_stop = own_one_stop_;
    return made;
  }
  std::string give(std::string_view now, CommandBody body, std::string_view by = "H32.20.mc01") {
    if (auto* submit = std::get_if<SubmitDossier>(&body)) {
      submit->receiving_agency = receiving.code;
      submit->competent_agency = agency.code;
    }
    const Decision decision = decide(dossier, {std::move(body), {}, Code(by), {}}, context(vn(now)));
    if (const auto* rejection = std::get_if<Rejection>(&decision)) return rejection->code;
    for (const Event& event : std::get<Accepted>(decision).events) dossier = evolve(dossier, event);
    return "accepted";
  }
  std::string accepted_on_paper(std::string_view now) {
    SubmitDossier submit = submission(Channel::post);
    submit.accept = true;
    return give(now, submit);
  }
  std::string holder() const { return dossier.holder_agency.text; }

  Agency receiving;

 private:
  bool own_one_stop_;
};

TEST(Forwarding, OfAnElectronicDossierIsDoneByItsAcceptance) {
  DossierCase one;
  ASSERT_EQ(one.filed_online("2026-11-23 15:30"), "accepted");
  ASSERT_EQ(one.give("2026-11-23 16:00", AcceptDossier{}), "accepted");
  EXPECT_EQ(one.due(ClockKind::forward), test::shown(vn("2026-11-23 16:00")));
  EXPECT_EQ(one.state(ClockKind::forward, "2026-11-23 16:00"), "met");
  EXPECT_EQ(one.clock(ClockKind::forward).rule.text, "FWD_E");
  EXPECT_EQ(one.events.size(), 2u);
  EXPECT_EQ(one.give("2026-11-23 16:00", ForwardDossier{}), "nothing_to_forward");
  EXPECT_TRUE(one.dossier.handovers.empty());
}

TEST(Forwarding, OfAnElectronicDossierHadNoRuleInTheFirstLayer) {
  DossierCase one;
  ASSERT_EQ(one.filed_online("2025-06-16 08:00"), "accepted");
  ASSERT_EQ(one.give("2025-06-16 09:00", AcceptDossier{}), "accepted");
  EXPECT_EQ(one.due(ClockKind::forward), "no clock");
}

TEST(Forwarding, OfPapersIsDueThatDayUntilThreeAndElseAtTheStartOfTheNext) {
  DossierCase in_time;
  ASSERT_EQ(in_time.accepted_at_counter("2026-11-23 15:00"), "accepted");
  EXPECT_EQ(in_time.due(ClockKind::forward), test::shown(vn("2026-11-23 17:00")));
  DossierCase after;
  ASSERT_EQ(after.accepted_at_counter("2026-11-23 15:00:00.001"), "accepted");
  EXPECT_EQ(after.due(ClockKind::forward), test::shown(vn("2026-11-25 08:00")));
  EXPECT_EQ(after.state(ClockKind::forward, "2026-11-25 08:00"), "running");
  EXPECT_EQ(after.state(ClockKind::forward, "2026-11-25 08:00:00.001"), "missed");
}

TEST(Forwarding, FromOutsideTheTerritoryHasOneWorkingDayInTheSecondLayerOnly) {
  TwoAgencies outside;
  ASSERT_EQ(outside.accepted_on_paper("2026-11-20 09:00"), "accepted");
  EXPECT_EQ(outside.due(ClockKind::forward), test::shown(vn("2026-11-23 17:00")));
  EXPECT_EQ(outside.clock(ClockKind::forward).rule.text, "FWD_NONBOUND");
  EXPECT_EQ(outside.clock(ClockKind::forward).agency.text, "H32.20");
  TwoAgencies own(true);
  ASSERT_EQ(own.accepted_on_paper("2026-11-20 09:00"), "accepted");
  EXPECT_EQ(own.clock(ClockKind::forward).rule.text, "FWD_15H");
  TwoAgencies before;
  ASSERT_EQ(before.accepted_on_paper("2025-06-20 09:00"), "accepted");
  EXPECT_EQ(before.clock(ClockKind::forward).rule.text, "FWD_15H");
}

TEST(Forwarding, IsOfOneTerritoryUnlessTheProcedureIsReceivedAnywhere) {
  TwoAgencies outside;
  outside.procedure.anywhere = false;
  EXPECT_EQ(outside.accepted_on_paper("2026-11-20 09:00"), "not_anywhere");
  TwoAgencies own(true);
  own.procedure.anywhere = false;
  EXPECT_EQ(own.accepted_on_paper("2026-11-20 09:00"), "accepted");
}

TEST(Forwarding, KeepsADossierInTransitFromWhoHasNotGotIt) {
  TwoAgencies one;
  ASSERT_EQ(one.accepted_on_paper("2026-11-20 09:00"), "accepted");
  EXPECT_EQ(one.holder(), "H32.20");
  for (const CommandBody& act : {CommandBody(AssignStep{Code(), Code("H32.19.cv01")}),
                                 CommandBody(CompleteStep{}), CommandBody(SettleDossier{})})
    EXPECT_EQ(one.give("2026-11-20 09:30", act), "in_transit") << word_of(act);
  EXPECT_EQ(one.give("2026-11-20 10:00", RecallForwarded{}), "not_forwarded");
  ASSERT_EQ(one.give("2026-11-20 10:00", ForwardDossier{}), "accepted");
  EXPECT_EQ(one.dossier.state, DossierState::accepted);
  EXPECT_EQ(one.give("2026-11-20 10:00", ForwardDossier{}), "already_forwarded");
  ASSERT_EQ(one.give("2026-11-20 11:00", RecallForwarded{}), "accepted");
  ASSERT_EQ(one.give("2026-11-20 14:00", ForwardDossier{}), "accepted");
  EXPECT_EQ(one.holder(), "H32.20");
  ASSERT_EQ(one.give("2026-11-20 16:00", ReceiveForwarded{Code("H32.19.cv01")}, "H32.19.cv01"), "accepted");
  EXPECT_EQ(one.dossier.state, DossierState::processing);
  EXPECT_EQ(one.holder(), "H32.19");
  EXPECT_EQ(one.dossier.holder_unit.text, "tu-phap");
  EXPECT_EQ(one.state(ClockKind::forward, "2026-11-20 16:00"), "met");
  ASSERT_EQ(one.dossier.handovers.size(), 2u);
  EXPECT_EQ(one.dossier.handovers[0].recalled_at, vn("2026-11-20 11:00"));
  EXPECT_EQ(one.dossier.handovers[1].from_officer.text, "H32.20.mc01");
  EXPECT_EQ(one.dossier.handovers[1].received_at, vn("2026-11-20 16:00"));
  EXPECT_EQ(one.give("2026-11-20 16:30", CompleteStep{}), "accepted");
}

TEST(Forwarding, BeginsAnewWhenThePapersAreSentBackBeforeAnyWork) {
  TwoAgencies one;
  ASSERT_EQ(one.accepted_on_paper("2026-11-20 09:00"), "accepted");
  ASSERT_EQ(one.give("2026-11-20 10:00", ReceiveForwarded{}), "accepted");
  EXPECT_EQ(one.dossier.handovers.back().at, vn("2026-11-20 10:00"));
  ASSERT_EQ(one.give("2026-11-20 11:00", ReturnForwarded{}), "accepted");
  EXPECT_EQ(one.dossier.state, DossierState::accepted);
  EXPECT_EQ(one.holder(), "H32.20");
  EXPECT_EQ(one.clock(ClockKind::forward).term, 2u);
  EXPECT_EQ(one.due(ClockKind::forward), test::shown(vn("2026-11-23 17:00")));
  EXPECT_EQ(one.give("2026-11-20 11:00", CompleteStep{}), "in_transit");
  ASSERT_EQ(one.give("2026-11-23 17:00:00.001", ReceiveForwarded{}), "accepted");
  EXPECT_EQ(one.state(ClockKind::forward, vn("2026-11-24 08:00")), "missed");
  ASSERT_EQ(one.give("2026-11-25 08:00", CompleteStep{}), "accepted");
  EXPECT_EQ(one.give("2026-11-25 08:00", ReturnForwarded{}), "worked_on");
}

TEST(Forwarding, EndsWithTheFirstActOfHandlingInsideOneAgency) {
  for (const CommandBody& act : {CommandBody(AssignStep{Code(), Code("H32.19.cv01")}),
                                 CommandBody(CompleteStep{}), CommandBody(SettleDossier{})}) {
    DossierCase one;
    ASSERT_EQ(one.accepted_at_counter("2026-11-23 09:00"), "accepted");
    ASSERT_EQ(one.give("2026-11-23 17:00", act), "accepted");
    EXPECT_EQ(one.state(ClockKind::forward, "2026-11-23 17:00"), "met") << word_of(act);
  }
  DossierCase assigned;
  ASSERT_EQ(assigned.accepted_at_counter("2026-11-23 09:00"), "accepted");
  ASSERT_EQ(assigned.give("2026-11-23 10:00", AssignStep{Code(), Code("H32.19.cv01")}), "accepted");
  ASSERT_EQ(assigned.dossier.handovers.size(), 1u);
  EXPECT_EQ(assigned.dossier.handovers[0].to_officer.text, "H32.19.cv01");
}

TEST(Forwarding, IsGivenUpForASupplementAndOwedAnewAfterIt) {
  DossierCase one;
  ASSERT_EQ(one.accepted_at_counter("2026-11-23 09:00"), "accepted");
  ASSERT_EQ(one.give("2026-11-23 10:00", RequestSupplement{}), "accepted");
  EXPECT_EQ(one.state(ClockKind::forward, "2026-11-23 18:00"), "void");
  ASSERT_EQ(one.give("2026-11-25 08:00", ReceiveSupplement{}), "accepted");
  ASSERT_EQ(one.give("2026-11-25 15:30", AcceptSupplement{}), "accepted");
  EXPECT_EQ(one.due(ClockKind::forward), test::shown(vn("2026-11-26 08:00")));
  ASSERT_EQ(one.give("2026-11-25 15:40", ForwardDossier{}), "accepted");
  ASSERT_EQ(one.give("2026-11-25 15:50", RequestSupplement{}), "accepted");
  EXPECT_EQ(one.dossier.handovers.back().recalled_at, vn("2026-11-25 15:50"));
  ASSERT_EQ(one.give("2026-11-25 16:00", ReceiveSupplement{}), "accepted");
  ASSERT_EQ(one.give("2026-11-25 16:10", AcceptSupplement{}), "accepted");
  EXPECT_EQ(one.give("2026-11-25 16:20", ForwardDossier{}), "accepted");
  DossierCase handled;
  ASSERT_EQ(handled.accepted_at_counter("2026-11-23 09:00"), "accepted");
  ASSERT_EQ(handled.give("2026-11-23 09:30", ReceiveForwarded{}), "accepted");
  ASSERT_EQ(handled.give("2026-11-23 10:00", RequestSupplement{}), "accepted");
  ASSERT_EQ(handled.give("2026-11-25 08:00", ReceiveSupplement{}), "accepted");
  ASSERT_EQ(handled.give("2026-11-25 08:30", AcceptSupplement{}), "accepted");
  EXPECT_EQ(handled.clock(ClockKind::forward).term, 1u);
}

TEST(OwnOneStop, IsAParentOrChildOfTheSameLevelOrTheProvincesCentre) {
  const auto agency = [](const char* code, AgencyLevel level, const char* parent) {
    Agency made;
    made.code = Code(code);
    made.level = level;
    made.parent = Code(parent);
    return made;
  };
  const Code h32("H32");
  const Agency centre = agency("H32.1", AgencyLevel::province, "H32");
  const Agency office = agency("H32.5", AgencyLevel::province, "H32");
  const Agency land = agency("H32.13", AgencyLevel::province, "H32.5");
  const Agency ward = agency("H32.101", AgencyLevel::commune, "H32");
  const Agency other = agency("H32.102", AgencyLevel::commune, "H32");
  const Agency port = agency("G17.1", AgencyLevel::ministry, "G17");
  const Agency ministry = agency("G17", AgencyLevel::ministry, "");
  EXPECT_TRUE(is_own_one_stop(centre, office, h32, h32));
  EXPECT_TRUE(is_own_one_stop(centre, land, h32, h32));
  EXPECT_FALSE(is_own_one_stop(centre, ward, h32, h32));
  EXPECT_FALSE(is_own_one_stop(ward, office, h32, h32));
  EXPECT_FALSE(is_own_one_stop(ward, other, h32, h32));
  EXPECT_FALSE(is_own_one_stop(centre, office, Code("H57"), h32));
  EXPECT_TRUE(is_own_one_stop(ministry, port, Code("G17"), Code("G17")));
  EXPECT_FALSE(is_own_one_stop(centre, ministry, h32, Code("G17")));
}

// The counter's own step forks into one of the competent agency and one of the counter.
TEST(Forwarding, LetsNoBranchOfTheCompetentAgencyBeDoneBeforeItsPapersHaveCome) {
  const auto fork = [](std::vector<std::string> branches) {
    TwoAgencies one;
    one.procedure.condition_language = 1;
    const auto step = [](std::string_view key, bool at_receiving, std::vector<std::string> to) {
      StepDefinition made;
      made.key = Code(key);
      made.at_receiving = at_receiving;
      made.budget = test::working_hours(4);
      for (const std::string& next : to) made.next.resize(1), made.next.front().to.emplace_back(next);
      return made;
    };
    one.procedure.steps = {step("check", true, std::move(branches)), step("scan", true, {"report"}),
                           step("visit", false, {"report"}), step("report", false, {"return"}),
                           step("return", true, {})};
    one.procedure.steps[3].join = true;
    EXPECT_EQ(one.accepted_on_paper("2026-08-10 08:00"), "accepted");
    EXPECT_EQ(one.give("2026-08-10 09:00", CompleteStep{}), "accepted");
    return one;
  };
  for (const bool counter_leads : {true, false}) {
    TwoAgencies one = fork(counter_leads ? std::vector<std::string>{"scan", "visit"}
                                         : std::vector<std::string>{"visit", "scan"});
    CompleteStep visit;
    visit.step = Code("visit");
    CompleteStep scan;
    scan.step = Code("scan");
    EXPECT_EQ(one.give("2026-08-10 10:00", visit, "H32.19.cv01"), "in_transit");
    EXPECT_EQ(one.give("2026-08-10 10:00", AssignStep{Code(), Code("H32.19.cv01"), Code("visit")}),
              "in_transit");
    TwoAgencies scanned = one;
    EXPECT_EQ(scanned.give("2026-08-10 10:00", scan), "accepted");
    ASSERT_EQ(one.give("2026-08-10 11:00", ForwardDossier{}), "accepted");
    ASSERT_EQ(one.give("2026-08-10 14:00", ReceiveForwarded{}, "H32.19.cv01"), "accepted");
    EXPECT_EQ(one.give("2026-08-10 15:00", visit, "H32.19.cv01"), "accepted");
  }
}

}  // namespace
}  // namespace motcua::core
