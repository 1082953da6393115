#include <gtest/gtest.h>

#include "engine/core/agency.h"
#include "engine/core/procedure.h"
#include "engine/core/rulebook.h"

namespace motcua::core {
namespace {

Date day(std::string_view text) { return parse_date(text).value(); }

Agency district() {
  Agency agency;
  agency.valid_from = day("2020-01-01");
  agency.valid_to = day("2025-06-30");
  agency.officers = {{Code("cb-01"), Code("mot-cua"), Code("intake")},
                     {Code("cb-02"), Code("mot-cua"), Code("sign")}};
  return agency;
}

TEST(AgencyLife, IncludesItsFirstAndItsLastDay) {
  const Agency agency = district();
  EXPECT_FALSE(agency.exists_on(day("2019-12-31")));
  EXPECT_TRUE(agency.exists_on(day("2020-01-01")));
  EXPECT_TRUE(agency.exists_on(day("2025-06-30")));
  EXPECT_FALSE(agency.exists_on(day("2025-07-01")));
}
TEST(AgencyLife, HasNoEndUntilOneIsGiven) {
  Agency agency = district();
  agency.valid_to.reset();
  EXPECT_TRUE(agency.exists_on(day("2120-01-01")));
  EXPECT_FALSE(agency.exists_on(day("2019-12-31")));
}
TEST(AgencyOfficers, AreFoundByTheirOwnIdOnly) {
  const Agency agency = district();
  ASSERT_NE(agency.officer(Code("cb-02")), nullptr);
  EXPECT_EQ(agency.officer(Code("cb-02"))->role, Code("sign"));
  EXPECT_EQ(agency.officer(Code("cb-03")), nullptr);
  EXPECT_EQ(agency.officer(Code()), nullptr);
}

Procedure residence() {
  Procedure procedure;
  const auto term = [](Channel channel, const char* variant, std::int64_t days) {
    ChannelTerm made;
    made.channel = channel;
    made.variant = Code(variant);
    made.statutory = {days, LimitUnit::working_day, DayCounting::by_day};
    return made;
  };
  procedure.terms = {term(Channel::direct, "default", 7), term(Channel::direct, "verified", 15),
                     term(Channel::online, "default", 5)};
  for (const char* key : {"handle", "verify", "sign"}) {
    StepDefinition step;
    step.key = Code(key);
    procedure.steps.push_back(step);
  }
  return procedure;
}

TEST(ProcedureTerm, IsThatOfBothChannelAndVariant) {
  const Procedure procedure = residence();
  EXPECT_EQ(procedure.term(Channel::direct, Code("default"))->statutory.value, 7);
  EXPECT_EQ(procedure.term(Channel::direct, Code("verified"))->statutory.value, 15);
  EXPECT_EQ(procedure.term(Channel::online, Code("default"))->statutory.value, 5);
}
TEST(ProcedureTerm, IsNullWhereTheVariantOrTheChannelIsNotOffered) {
  const Procedure procedure = residence();
  EXPECT_EQ(procedure.term(Channel::online, Code("verified")), nullptr);
  EXPECT_EQ(procedure.term(Channel::post, Code("default")), nullptr);
  EXPECT_EQ(procedure.term(Channel::direct, Code("")), nullptr);
}
TEST(ProcedureTerm, PromisesTheShorterTermOnceAProvinceCommitsToIt) {
  ChannelTerm term = residence().terms.front();
  EXPECT_EQ(term.promised().value, 7);
  term.committed = Limit{4, LimitUnit::working_day, DayCounting::by_day};
  EXPECT_EQ(term.promised().value, 4);
  EXPECT_EQ(term.statutory.value, 7);
}
TEST(ProcedureChannels, AreOfferedWhenOneTermNamesThem) {
  const Procedure procedure = residence();
  EXPECT_TRUE(procedure.offers(Channel::direct));
  EXPECT_TRUE(procedure.offers(Channel::online));
  EXPECT_FALSE(procedure.offers(Channel::post));
  EXPECT_FALSE(Procedure{}.offers(Channel::direct));
}
TEST(ProcedureSteps, FollowEachOtherInOrderUntilTheLast) {
  const Procedure procedure = residence();
  EXPECT_EQ(procedure.step(Code("verify")), &procedure.steps[1]);
  EXPECT_EQ(procedure.step_after(Code("handle")), &procedure.steps[1]);
  EXPECT_EQ(procedure.step_after(Code("verify")), &procedure.steps[2]);
  EXPECT_EQ(procedure.step_after(Code("sign")), nullptr);
}
TEST(ProcedureSteps, UnknownHaveNoPlaceAndNoFollower) {
  EXPECT_EQ(residence().step(Code("consult")), nullptr);
  EXPECT_EQ(residence().step_after(Code("consult")), nullptr);
  EXPECT_EQ(Procedure{}.step_after(Code()), nullptr);
}

Rulebook two_layers() {
  Rulebook book;
  book.layers.resize(2);
  book.layers[0].layer = Code("L1");
  book.layers[0].from = day("2018-06-21");
  book.layers[0].to = day("2025-06-30");
  book.layers[1].layer = Code("L2");
  book.layers[1].from = day("2025-07-01");
  return book;
}

TEST(RulebookLayer, OfThirtyJune2025IsStillTheFirst) {
  const Rulebook book = two_layers();
  ASSERT_NE(book.at(day("2025-06-30")), nullptr);
  EXPECT_EQ(book.at(day("2025-06-30"))->layer, Code("L1"));
  EXPECT_EQ(book.at(day("2025-07-01"))->layer, Code("L2"));
  EXPECT_EQ(book.at(day("2126-01-01"))->layer, Code("L2"));
}
TEST(RulebookLayer, IsMissingBeforeTheFirstBegan) {
  const Rulebook book = two_layers();
  EXPECT_EQ(book.at(day("2018-06-20")), nullptr);
  EXPECT_EQ(book.at(day("2018-06-21")), &book.layers[0]);
  EXPECT_EQ(Rulebook{}.at(day("2026-01-01")), nullptr);
}
TEST(RulebookLayer, IsMissingInAGapAndAfterTheLastEnd) {
  Rulebook book = two_layers();
  book.layers[0].to = day("2025-06-29");
  book.layers[1].to = day("2027-12-31");
  EXPECT_EQ(book.at(day("2025-06-30")), nullptr);
  EXPECT_EQ(book.at(day("2027-12-31")), &book.layers[1]);
  EXPECT_EQ(book.at(day("2028-01-01")), nullptr);
}

}  // namespace
}  // namespace motcua::core
