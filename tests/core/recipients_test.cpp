#include "engine/core/recipients.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/calendars.h"

// Whom an alert reaches, as the organisation stands on the day.
namespace motcua::core {
namespace {

Officer officer(const char* id, const char* unit, const char* role) {
  Officer made;
  made.id = Code(id);
  made.unit = Code(unit);
  made.role = Code(role);
  return made;
}

class Recipients : public ::testing::Test {
 protected:
  Recipients() {
    Agency province;
    province.code = Code("P");
    province.officers = {officer("P.head", "lead", "agency_head"), officer("P.office", "office", "unit_head"),
                         officer("P.other", "other", "unit_head")};
    Agency ward;
    ward.code = Code("W");
    ward.parent = Code("P");
    ward.officers = {
        officer("W.c1", "counter", "counter_officer"), officer("W.c2", "counter", "counter_officer"),
        officer("W.h", "land", "handling_officer"),    officer("W.land", "land", "unit_head"),
        officer("W.civil", "civil", "unit_head"),      officer("W.stop", "counter", "one_stop_head"),
        officer("W.head", "lead", "agency_head")};
    ward.officers[6].deputies = {{Code("W.land"), test::on("2026-08-10"), test::on("2026-08-14")}};
    agencies_ = {{"P", province}, {"W", ward}};
    dossier_.receiving_agency = Code("W");
    dossier_.competent_agency = Code("W");
    dossier_.holder_agency = Code("W");
    dossier_.holder_unit = Code("land");
    dossier_.holder_officer = Code("W.h");
  }
  std::vector<std::string> found(const std::vector<AlertRole>& roles, ClockKind clock,
                                 const char* day = "2026-08-17") const {
    const FindAgency find = [this](const Code& code) -> const Agency* {
      const auto at = agencies_.find(code.text);
      return at == agencies_.end() ? nullptr : &at->second;
    };
    std::vector<std::string> ids;
    for (const Recipient& one : find_recipients(roles, dossier_, &procedure_, clock, Code("W"),
                                                Code("office"), test::on(day), find)) {
      ids.push_back(one.officer.empty() ? one.agency.text : one.officer.text);
      if (!one.on_behalf_of.empty()) ids.back() += " for " + one.on_behalf_of.text;
    }
    return ids;
  }
  using Ids = std::vector<std::string>;
  std::map<std::string, Agency> agencies_;
  Dossier dossier_;
  Procedure procedure_;
};

TEST_F(Recipients, AreTheCounterBeforeAcceptanceAndTheOfficerAfterIt) {
  EXPECT_EQ(found({AlertRole::holder}, ClockKind::acceptance), (Ids{"W.c1", "W.c2"}));
  EXPECT_EQ(found({AlertRole::holder}, ClockKind::settlement), Ids{"W.h"});
}

TEST_F(Recipients, AreTheHeadOfTheUnitThatHoldsIt) {
  EXPECT_EQ(found({AlertRole::unit_head}, ClockKind::settlement), Ids{"W.land"});
  dossier_.holder_unit = Code("none");
  EXPECT_EQ(found({AlertRole::unit_head}, ClockKind::settlement), Ids{"W.head"}) << "not of other units";
  dossier_.holder_unit = Code();
  EXPECT_EQ(found({AlertRole::unit_head}, ClockKind::settlement), (Ids{"W.land", "W.civil"}));
}

TEST_F(Recipients, HoldTheDeputyOfTheDayBesideTheOfficer) {
  EXPECT_EQ(found({AlertRole::agency_head}, ClockKind::settlement, "2026-08-14"),
            (Ids{"W.head", "W.land for W.head"}));
  EXPECT_EQ(found({AlertRole::agency_head}, ClockKind::settlement, "2026-08-15"), Ids{"W.head"});
}

TEST_F(Recipients, OfAnAgencyThatIsAskedAreTheHeadsOfItsUnits) {
  dossier_.holder_agency = Code("P");
  EXPECT_EQ(found({AlertRole::holder}, ClockKind::consultation), (Ids{"W.land", "W.civil"}));
}

TEST_F(Recipients, AreFoundUpToTheProvince) {
  EXPECT_EQ(found({AlertRole::provincial_office}, ClockKind::settlement), Ids{"P.office"});
  agencies_["P"].officers.erase(agencies_["P"].officers.begin() + 1);
  EXPECT_EQ(found({AlertRole::provincial_office}, ClockKind::settlement), Ids{"P.head"});
}

// Who handled a dossier may not explain its lateness, so nobody asks that of him.
TEST_F(Recipients, OfAnExplanationAreHeadsWhoDidNotHandleIt) {
  dossier_.handled_by = {Code("W.h")};
  EXPECT_EQ(found({AlertRole::holder, AlertRole::unit_head}, ClockKind::explanation), Ids{"W.land"});
  dossier_.handled_by.push_back(Code("W.land"));
  EXPECT_EQ(found({AlertRole::unit_head}, ClockKind::explanation), Ids{"W.head"});
  EXPECT_EQ(found({AlertRole::unit_head}, ClockKind::explanation, "2026-08-14"), Ids{"W.head"})
      << "nor a deputy who did";
  dossier_.handled_by.push_back(Code("W.head"));
  EXPECT_EQ(found({AlertRole::agency_head}, ClockKind::explanation), Ids{"W.stop"});
  dossier_.handled_by.push_back(Code("W.stop"));
  EXPECT_EQ(found({AlertRole::agency_head}, ClockKind::explanation), Ids{"P.head"}) << "of the agency above";
  dossier_.handled_by.push_back(Code("P.head"));
  EXPECT_EQ(found({AlertRole::unit_head}, ClockKind::explanation), Ids{"W"});
  EXPECT_EQ(found({AlertRole::agency_head}, ClockKind::settlement), Ids{"W.head"}) << "warned they all are";
}

TEST_F(Recipients, AreNeverNobody) {
  dossier_.holder_officer = Code();
  EXPECT_EQ(found({AlertRole::holder}, ClockKind::settlement), Ids{"W.land"});
  // An agency with a counter alone.
  agencies_["W"].officers.resize(2);
  agencies_["W"].officers.push_back(officer("W.stop", "counter", "one_stop_head"));
  for (const AlertRole role : {AlertRole::holder, AlertRole::unit_head, AlertRole::agency_head}) {
    EXPECT_EQ(found({role}, ClockKind::settlement), Ids{"W.stop"});
  }
  agencies_["W"].officers.clear();
  for (const AlertRole role :
       {AlertRole::holder, AlertRole::unit_head, AlertRole::one_stop_head, AlertRole::agency_head}) {
    EXPECT_EQ(found({role}, ClockKind::settlement), Ids{"W"});
  }
}

// Merged into X, and into Y, which has become Z since.
TEST_F(Recipients, OfAMergedAgencyAreThoseOfItsHeirs) {
  agencies_["W"].valid_to = test::on("2026-08-20");
  agencies_["W"].successors = {Code("X"), Code("Y")};
  for (const char* code : {"X", "Y", "Z"}) {
    Agency& heir = agencies_[code];
    heir.code = Code(code);
    heir.parent = Code("P");
    const std::string of = code;
    heir.officers = {officer((of + ".c").c_str(), "counter", "counter_officer"),
                     officer((of + ".land").c_str(), "land", "unit_head"),
                     officer((of + ".head").c_str(), "lead", "agency_head")};
  }
  agencies_["Y"].valid_to = test::on("2026-08-25");
  agencies_["Y"].successors = {Code("Z")};
  const std::vector<AlertRole> all{AlertRole::holder, AlertRole::unit_head, AlertRole::provincial_office};
  EXPECT_EQ(found(all, ClockKind::settlement, "2026-08-20"), (Ids{"W.h", "W.land", "P.office"}));
  EXPECT_EQ(found(all, ClockKind::settlement, "2026-08-21"), (Ids{"X.head", "Y.head", "P.office"}));
  EXPECT_EQ(found(all, ClockKind::settlement, "2026-08-26"), (Ids{"X.head", "Z.head", "P.office"}));
  EXPECT_EQ(found({AlertRole::holder}, ClockKind::acceptance, "2026-08-26"), (Ids{"X.c", "Z.c"}));
  agencies_["X"].officers.clear();
  agencies_["Z"].officers.clear();
  EXPECT_EQ(found({AlertRole::holder}, ClockKind::settlement, "2026-08-26"), (Ids{"X", "Z"}));
  agencies_["W"].successors.clear();
  EXPECT_EQ(found({AlertRole::holder}, ClockKind::settlement, "2026-08-26"), Ids{"W"});
}

TEST_F(Recipients, OfAStepThatNobodyHasAreThoseWhoseStepItIs) {
  StepDefinition& check = procedure_.steps.emplace_back();
  check.key = Code("check");
  check.role = Code("handling_officer");
  StepDefinition& sign = procedure_.steps.emplace_back();
  sign.key = Code("sign");
  sign.role = Code("agency_head");
  dossier_.holder_officer = Code();
  dossier_.step = Code("sign");
  EXPECT_EQ(found({AlertRole::holder}, ClockKind::step), Ids{"W.head"});
  dossier_.step = Code("check");
  EXPECT_EQ(found({AlertRole::holder}, ClockKind::step), Ids{"W.land"}) << "who assigns it";
}

TEST_F(Recipients, OfASupplementAreWhoAskedForIt) {
  EXPECT_EQ(found({AlertRole::holder}, ClockKind::citizen_wait), Ids{"W.h"});
  dossier_.holder_officer = Code();
  EXPECT_EQ(found({AlertRole::holder}, ClockKind::citizen_wait), (Ids{"W.c1", "W.c2"}));
}

TEST_F(Recipients, AreEachNamedOnce) {
  EXPECT_EQ(found({AlertRole::unit_head, AlertRole::holder, AlertRole::unit_head}, ClockKind::settlement),
            (Ids{"W.land", "W.h"}));
}

TEST_F(Recipients, OfAStepOnABranchAreThoseOfTheBranch) {
  dossier_.holder_agency = Code("P");
  dossier_.parallel = {{Code("s"), Code("W"), Code("civil"), Code("W.h")}};
  EXPECT_EQ(found({AlertRole::holder}, ClockKind::step), Ids{"W.h"});
}

}  // namespace
}  // namespace motcua::core
