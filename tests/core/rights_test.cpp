#include "engine/core/rights.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <tuple>

namespace motcua::core {
namespace {

// Province H32 over H32.1 and H32.2, which is over H32.2.1; and a ministry.
const std::map<std::string, std::vector<Code>> kBelow = {
    {"H32", {Code("H32"), Code("H32.1"), Code("H32.2"), Code("H32.2.1")}},
    {"H32.1", {Code("H32.1")}},
    {"H32.2", {Code("H32.2"), Code("H32.2.1")}},
    {"G12", {Code("G12")}}};

const std::vector<Code>& below(const Code& agency) {
  static const std::vector<Code> kNone;
  const auto found = kBelow.find(agency.text);
  return found == kBelow.end() ? kNone : found->second;
}

Role role(const char* code, std::initializer_list<Right> rights) {
  Role made{Code(code)};
  for (const Right right : rights) made.rights.set(right.number());
  return made;
}

Grant grant(const char* role, const char* agency = "", std::vector<Code> procedures = {}) {
  return {Code(role), Code(agency), std::move(procedures)};
}

Dossier dossier(const char* receiving, const char* competent, const char* procedure) {
  Dossier made;
  made.receiving_agency = Code(receiving);
  made.competent_agency = Code(competent);
  made.procedure = Code(procedure);
  return made;
}

class Rights : public ::testing::Test {
 protected:
  Reach reach(std::vector<Grant> grants, Right right, Date on = Date{20'000}) const {
    return reach_of(grants, right, on, roles_, below);
  }
  const Right settle_ = Right::of(SettleDossier{});
  const Roles roles_{role("reader", {Area::dossiers}),
                     role("handler", {Area::dossiers, Right::of(SettleDossier{})})};
};

TEST_F(Rights, AreDeniedUnlessTheyWereGranted) {
  EXPECT_TRUE(reach({}, Area::dossiers).is_nothing());
  EXPECT_TRUE(reach({grant("reader")}, settle_).is_nothing());
  EXPECT_TRUE(reach({grant("king")}, Area::dossiers).is_nothing()) << "a role that there is not";
  EXPECT_TRUE(reach({grant("reader", "H99")}, Area::dossiers).is_nothing()) << "an agency that there is not";
  EXPECT_FALSE(Reach().shows(dossier("H32.1", "H32.1", "1.000001")));
  EXPECT_FALSE(Reach().covers(Code("H32")));
}

TEST_F(Rights, ReachFromAnAgencyDown) {
  const Reach down = reach({grant("reader", "H32.2")}, Area::dossiers);
  EXPECT_TRUE(down.shows(dossier("H32.1", "H32.2.1", "1.000001")));
  EXPECT_TRUE(down.shows(dossier("H32.2", "H32.1", "1.000001")));
  EXPECT_FALSE(down.shows(dossier("H32.1", "H32.1", "1.000001")));
  EXPECT_FALSE(down.shows(dossier("H32", "H32", "1.000001"))) << "not up";
  Dossier consulted = dossier("H32.1", "H32.1", "1.000001");
  consulted.further_agencies = {Code("H32.2.1")};
  EXPECT_TRUE(down.shows(consulted));
  EXPECT_TRUE(down.covers(Code("H32.2.1")));
  EXPECT_FALSE(down.covers(Code("H32")));
}

TEST_F(Rights, HoldForTheProceduresOfTheirGrantOnly) {
  const Reach mixed =
      reach({grant("reader", "H32.1", {Code("1.000002"), Code("1.000001")}), grant("handler", "G12")},
            Area::dossiers);
  EXPECT_TRUE(mixed.shows(dossier("H32.1", "H32.1", "1.000001")));
  EXPECT_FALSE(mixed.shows(dossier("H32.1", "H32.1", "1.000003")));
  EXPECT_TRUE(mixed.shows(dossier("G12", "H32.1", "1.000003")));
  EXPECT_FALSE(mixed.covers(Code("H32.1"))) << "not all of it";
  EXPECT_TRUE(mixed.touches(Code("H32.1")));
  EXPECT_TRUE(mixed.covers(Code("G12")));
  EXPECT_TRUE(mixed.shows({Code("H32.2"), Code("H32.1")}, Code("1.000002")));
  EXPECT_FALSE(mixed.shows({Code("H32.2")}, Code("1.000002")));
}

TEST_F(Rights, HoldFromADayToAnother) {
  Grant dated = grant("reader");
  dated.from = Date{100};
  dated.to = Date{102};
  for (const auto& [day, given] : {std::pair{99, false}, {100, true}, {102, true}, {103, false}}) {
    EXPECT_EQ(reach({dated}, Area::dossiers, Date{day}).is_everything(), given) << day;
  }
}

TEST_F(Rights, AddUp) {
  EXPECT_EQ(reach({grant("reader", "H32.1"), grant("reader", "H32.2")}, Area::dossiers),
            (Reach{{Reach::Part{{Code("H32.1"), Code("H32.2"), Code("H32.2.1")}, {}}}}));
  EXPECT_TRUE(reach({grant("reader", "H32.1"), grant("handler")}, Area::dossiers).is_everything());
  EXPECT_EQ(reach({grant("reader"), grant("handler", "H32.1")}, settle_), Reach::of_agency(Code("H32.1")));
}

TEST_F(Rights, ToActAreOfWhoWorksOnADossierEachInItsPart) {
  Dossier one = dossier("H32.1", "H32.3", "1.000001");
  one.further_agencies = {Code("H32.2"), Code("G12"), Code("G13")};
  one.holder_agency = Code("H32.2");
  one.consultations.emplace_back().agency = Code("G12");
  one.parallel.emplace_back().agency = Code("G13");
  struct Case {
    const char* agency;
    bool settles, completes, accepts, answers;
  };
  for (const Case& of : {Case{"H32.1", false, false, true, true}, Case{"H32.3", true, true, true, true},
                         Case{"H32.2", false, true, true, true}, Case{"G13", false, true, true, true},
                         Case{"G12", false, false, false, true}}) {
    const Reach reach = Reach::of_agency(Code(of.agency));
    EXPECT_TRUE(reach.shows(one)) << of.agency;
    EXPECT_EQ(may_act(reach, one, settle_), of.settles) << of.agency;
    EXPECT_EQ(may_act(reach, one, Right::of(ExtendTerm{})), of.settles) << of.agency;
    EXPECT_EQ(may_act(reach, one, Right::of(CorrectDossier{})), of.settles) << of.agency;
    EXPECT_EQ(may_act(reach, one, Right::of(EraseDossier{})), of.settles) << of.agency;
    EXPECT_EQ(may_act(reach, one, Right::of(CompleteStep{})), of.completes) << of.agency;
    EXPECT_EQ(may_act(reach, one, Right::of(AcceptDossier{})), of.accepts) << of.agency;
    EXPECT_EQ(may_act(reach, one, Right::of(AnswerConsultation{})), of.answers) << of.agency;
  }
}

TEST_F(Rights, ToCompleteAStepAreOfItsPositionOrAHigherOne) {
  const AgenciesReached reached = [](const Code& code) -> std::vector<Code> {
    static const std::vector<Code> kProvince{Code("H32"), Code("H32.1")};
    static const std::vector<Code> kOne{Code("H32.1")};
    return code == Code("H32") ? kProvince : kOne;
  };
  const auto may = [&](const char* position, const char* at, const char* role, const char* agency = "H32.1") {
    const std::vector<Grant> own{{Code(position), Code(at)}};
    return may_complete(own, Code(role), Code(agency), reached);
  };
  EXPECT_TRUE(may("counter_officer", "H32.1", "counter_officer"));
  EXPECT_TRUE(may("handling_officer", "H32.1", "counter_officer"));
  EXPECT_FALSE(may("handling_officer", "H32.1", "unit_head"));
  EXPECT_TRUE(may("one_stop_head", "H32.1", "unit_head"));
  EXPECT_FALSE(may("unit_head", "H32.1", "agency_head"));
  EXPECT_TRUE(may("agency_head", "H32.1", "unit_head"));
  EXPECT_TRUE(may("agency_head", "H32", "agency_head"));
  EXPECT_FALSE(may("agency_head", "H32.1", "handling_officer", "H32"));
}

TEST_F(Rights, AreSpelledForEachCommandOfPeopleAndNoOther) {
  EXPECT_EQ(Right::of_word("settle")->number(), settle_.number());
  EXPECT_EQ(Right::of_word("dossiers.read")->number(), Right(Area::dossiers).number());
  for (const char* none : {"derive", "report-linked", "", "read", "Settle"})
    EXPECT_FALSE(Right::of_word(none)) << none;
  std::set<std::size_t> numbers;
  for (const std::string_view word : Right::all_words()) numbers.insert(Right::of_word(word)->number());
  EXPECT_EQ(numbers.size(), Right::all_words().size());
}

TEST(Reaches, ShareWhatOneAgencyAndProcedureGiveBoth) {
  const std::vector<Code> a{Code("H32.1"), Code("H32.2")};
  const std::vector<Code> b{Code("H32.2"), Code("H32.3")};
  const std::vector<Code> one{Code("1.000001")};
  const Reach seen{{Reach::Part{a, {}}, Reach::Part{{}, one}}};
  const Reach opened{{Reach::Part{b, {}}}};
  EXPECT_EQ(seen.shared_with(Reach::everything()), seen);
  EXPECT_EQ(Reach::everything().shared_with(seen), seen);
  EXPECT_EQ(seen.shared_with(opened), (Reach{{Reach::Part{{Code("H32.2")}, {}}, Reach::Part{b, one}}}));
  EXPECT_TRUE(seen.shared_with(Reach()).is_nothing());
  EXPECT_TRUE(Reach::of_agency(Code("H32.1")).shared_with(opened).is_nothing());
}

TEST(Reaches, AreKeptAsTheirText) {
  for (const Reach& reach : {Reach(), Reach::everything(), Reach::of_agency(Code("H32.1")),
                             Reach{{Reach::Part{{}, {Code("1.000001"), Code("1.000002")}},
                                    Reach::Part{{Code("H32.1"), Code("H32.2")}, {}}}}}) {
    EXPECT_EQ(Reach::of_text(reach.text()), reach) << reach.text();
  }
  for (const char* none : {"H32", "H32/", "/*", "*/*,", "H32,H31/*", "H32 /*", "H32,,H33/*", "*/1.1,1.1"}) {
    EXPECT_FALSE(Reach::of_text(none)) << none;
  }
}

TEST(Officers, HaveTheRightsOfTheirPositionAndOfWhomTheyStandFor) {
  Agency agency;
  agency.code = Code("H32.1");
  agency.officers = {{Code("H32.1.tp01"), Code("a"), Code("unit_head")},
                     {Code("H32.1.cv01"), Code("a"), Code("handler")}};
  agency.officers[0].deputies = {{Code("H32.1.cv01"), Date{100}, Date{110}}};
  const auto roles = [&](const char* officer, Date on) {
    std::vector<std::string> found;
    for (const Grant& one : grants_of({agency}, Code(officer), on))
      found.push_back(one.role.text + "@" + one.agency.text);
    return found;
  };
  using Found = std::vector<std::string>;
  EXPECT_EQ(roles("H32.1.cv01", Date{99}), Found{"handler@H32.1"});
  EXPECT_EQ(roles("H32.1.cv01", Date{110}), (Found{"unit_head@H32.1", "handler@H32.1"}));
  EXPECT_EQ(roles("H32.1.tp01", Date{105}), Found{"unit_head@H32.1"});
  EXPECT_EQ(roles("H32.1.xx01", Date{105}), Found{});
  agency.valid_from = Date{100};
  agency.valid_to = Date{106};
  EXPECT_EQ(roles("H32.1.tp01", Date{99}), Found{});
  EXPECT_EQ(roles("H32.1.tp01", Date{106}), Found{"unit_head@H32.1"});
  EXPECT_EQ(roles("H32.1.tp01", Date{107}), Found{}) << "positions end with their agency";
  EXPECT_EQ(roles("H32.1.cv01", Date{107}), Found{});
}

TEST(Officers, DoNotApproveWhatTheyHandle) {
  Dossier handled_by = dossier("H32.1", "H32.1", "1.000001");
  handled_by.handled_by = {Code("H32.1.cv01"), Code("H32.1.cv02")};
  EXPECT_TRUE(handled(handled_by, Code("H32.1.cv01")));
  EXPECT_TRUE(handled(handled_by, Code("H32.1.cv02")));
  EXPECT_FALSE(handled(handled_by, Code("H32.1.tp01")));
  EXPECT_FALSE(handled(handled_by, Code()));
  EXPECT_TRUE(is_for_others(Right::of(ExtendTerm{})));
  EXPECT_TRUE(is_for_others(Right::of(CorrectDossier{})));
  EXPECT_TRUE(is_for_others(Right::of(ExplainLateness{})));
  EXPECT_FALSE(is_for_others(Right::of(SettleDossier{})));
}

}  // namespace
}  // namespace motcua::core
