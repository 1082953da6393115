#include <gtest/gtest.h>

#include "engine/core/checklist.h"
#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::DossierCase;
using test::on;
using test::vn;

const Code kFirst{"H32.19-260810-0001-KQ1"};
const Code kSecond{"H32.19-260810-0001-KQ2"};

TEST(Papers, AreWantedBeforeAResultIsGranted) {
  DossierCase one;
  one.procedure.papers.push_back({Code("ban_ve"), "Bản vẽ", true, 1, {}});
  one.procedure.papers.push_back({Code("giay_phep"), "Giấy phép", true, 1, {}});
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(one.give("2026-08-10 09:00", SettleDossier{}), "paper_missing");
  EXPECT_EQ(one.last_rejection().kind, Rejection::Kind::conflict);
  ASSERT_EQ(one.last_rejection().faults.size(), 2u) << "every one is named, and none that came";
  EXPECT_NE(one.last_rejection().faults[0].detail.find("ban_ve"), std::string::npos);
  EXPECT_NE(one.last_rejection().faults[1].detail.find("giay_phep"), std::string::npos);
  for (const Outcome outcome : {Outcome::denied, Outcome::not_eligible}) {
    DossierCase other = one;
    EXPECT_EQ(other.give("2026-08-10 09:00", SettleDossier{outcome, {}, {}}), "accepted");
    EXPECT_EQ(other.give("2026-08-10 10:00", ReplaceResult{kFirst, Outcome::granted, {}, {}}),
              "paper_missing");
    EXPECT_EQ(other.give("2026-08-10 10:00", ReplaceResult{kFirst, {}, {}, {}}), "accepted");
  }
  ASSERT_EQ(one.give("2026-08-10 09:00", RequestSupplement{{Code("ban_ve"), Code("giay_phep")}}), "accepted");
  ASSERT_EQ(one.give("2026-08-10 10:00", ReceiveSupplement{{{Code("ban_ve"), PaperForm::copy, 1, false},
                                                            {Code("giay_phep"), PaperForm::copy, 1, false}}}),
            "accepted");
  ASSERT_EQ(one.give("2026-08-10 11:00", AcceptSupplement{}), "accepted");
  EXPECT_EQ(one.give("2026-08-10 14:00", SettleDossier{}), "accepted");
}

TEST(Papers, OfAnotherVariantAreNotWanted) {
  DossierCase one;
  one.procedure.papers.push_back({Code("ban_ve"), "Bản vẽ", true, 1, {}, {Code("nhanh")}});
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(checklist_of(one.dossier, one.procedure).size(), 2u);
  EXPECT_EQ(one.give("2026-08-10 09:00", SettleDossier{}), "accepted");
}

TEST(Papers, AreTickedAsTheyCameLast) {
  DossierCase one;
  ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(
      one.give("2026-08-10 09:00", AdjustDossier{{}, {{Code("to_khai"), PaperForm::reused, 1, false}}, {}}),
      "accepted");
  const auto list = checklist_of(one.dossier, one.procedure);
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].received->form, PaperForm::reused);
  EXPECT_FALSE(list[0].missing());
  EXPECT_EQ(list[1].received, nullptr);
  EXPECT_FALSE(list[1].missing()) << "it is not required";
}

bool required(std::string_view received, AgencyLevel level, bool essential) {
  Dossier dossier;
  dossier.received_at = vn(received);
  return digitisation_of(dossier, test::rules_of("L1"), level, essential).required;
}

TEST(Digitising, BeginsOnADayOfEachLevel) {
  EXPECT_FALSE(required("2022-05-31 23:59:59.999", AgencyLevel::province, false));
  EXPECT_TRUE(required("2022-06-01 00:00", AgencyLevel::province, false));
  EXPECT_FALSE(required("2022-11-30 23:59", AgencyLevel::district, false));
  EXPECT_TRUE(required("2022-12-01 00:00", AgencyLevel::district, false));
  EXPECT_FALSE(required("2023-05-31 23:59", AgencyLevel::commune, false));
  EXPECT_TRUE(required("2023-06-01 00:00", AgencyLevel::commune, false));
  EXPECT_FALSE(required("2026-06-01 00:00", AgencyLevel::ministry, false));
}
TEST(Digitising, BeginsEarlierForAnEssentialServiceBelowTheProvince) {
  EXPECT_FALSE(required("2022-06-30 23:59", AgencyLevel::commune, true));
  EXPECT_TRUE(required("2022-07-01 00:00", AgencyLevel::commune, true));
  EXPECT_TRUE(required("2022-07-01 00:00", AgencyLevel::district, true));
  EXPECT_TRUE(required("2022-06-01 00:00", AgencyLevel::province, true))
      << "it has an earlier day of its own";
}
TEST(Digitising, CountsEachPaperOnceAsItCameLast) {
  Dossier dossier;
  dossier.received_at = vn("2026-08-10 08:00");
  const auto came = [&](const char* key, PaperForm form, bool digitised) {
    dossier.papers.push_back({{Code(key), form, 1, digitised}, 1, dossier.received_at, 0});
  };
  came("a", PaperForm::original, false);
  came("b", PaperForm::electronic, false);
  came("c", PaperForm::copy, true);
  came("c", PaperForm::copy, false);
  came("a", PaperForm::original, true);
  const Digitisation found = digitisation_of(dossier, test::rules_of("L2"), AgencyLevel::commune, false);
  EXPECT_EQ(found.papers, 3);
  EXPECT_EQ(found.digitised, 2);
  EXPECT_EQ(found.since, on("2023-06-01"));
}

// Accepted on Monday 10/08/2026, due on 17/08 17:00.
DossierCase settled(std::string_view at) {
  DossierCase one;
  EXPECT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(one.give(at, SettleDossier{}), "accepted");
  return one;
}

TEST(Announcement, IsEarlyStrictlyBeforeTheDue) {
  DossierCase early = settled("2026-08-17 16:59:59.999");
  ASSERT_EQ(early.give("2026-08-18 08:00", AnnounceResult{}), "accepted");
  EXPECT_TRUE(early.dossier.result_notice->early);
  EXPECT_EQ(early.give("2026-08-18 09:00", AnnounceResult{}), "already_announced");
  DossierCase punctual = settled("2026-08-17 17:00");
  ASSERT_EQ(punctual.give("2026-08-18 08:00", AnnounceResult{}), "accepted");
  EXPECT_FALSE(punctual.dossier.result_notice->early);
  ASSERT_EQ(punctual.give("2026-08-18 09:00", ReturnResult{}), "accepted");
  EXPECT_EQ(settled("2026-08-11 08:00").give("2026-08-11 08:00", ReturnResult{}), "accepted");
}

TEST(Results, StayInTheHistoryWhenTheyAreReplaced) {
  DossierCase one = settled("2026-08-12 08:00");
  const auto clocks = one.dossier.clocks;
  EXPECT_EQ(one.give("2026-08-13 08:00", ReplaceResult{kSecond, {}, {}, {}}), "unknown_result");
  EXPECT_EQ(one.give("2026-08-13 08:00", ReplaceResult{kFirst, {}, {}, Code("KQ.X")}), "unknown_result");
  ASSERT_EQ(one.give("2026-08-13 08:00",
                     ReplaceResult{kFirst, Outcome::denied, ResultForm::paper, Code("KQ.G01.000064")}),
            "accepted");
  ASSERT_EQ(one.dossier.results.size(), 2u);
  EXPECT_EQ(one.dossier.results[1].code, kSecond);
  EXPECT_EQ(one.dossier.results[1].outcome, Outcome::denied);
  ASSERT_NE(one.dossier.change_of(kFirst), nullptr);
  EXPECT_EQ(one.dossier.change_of(kFirst)->successor, kSecond);
  EXPECT_EQ(one.give("2026-08-13 09:00", AnnulResult{kFirst}), "result_not_standing");
  EXPECT_EQ(one.dossier.clocks, clocks) << "no clock moves";
}

TEST(Results, KeepOutcomeAndKindWhenOnlyTheFormIsReplaced) {
  DossierCase one;
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-12 08:00",
                     SettleDossier{Outcome::not_eligible, ResultForm::paper, Code("KQ.G01.000064")}),
            "accepted");
  ASSERT_EQ(one.give("2026-08-12 09:00", ReturnResult{}), "accepted");
  ASSERT_EQ(one.give("2026-08-13 08:00", ReplaceResult{kFirst, {}, ResultForm::electronic, {}}), "accepted");
  const ResultGiven& given = one.dossier.results.back();
  EXPECT_EQ(given.outcome, Outcome::not_eligible);
  EXPECT_EQ(given.kind, Code("KQ.G01.000064"));
  EXPECT_EQ(given.form, ResultForm::electronic);
}

TEST(Results, AreNotReturnedOnceAnnulled) {
  DossierCase one = settled("2026-08-12 08:00");
  ASSERT_EQ(one.give("2026-08-13 08:00", AnnulResult{kFirst}), "accepted");
  EXPECT_EQ(one.give("2026-08-13 09:00", ReturnResult{}), "no_result_stands");
  EXPECT_EQ(one.give("2026-08-13 09:00", AnnounceResult{}), "no_result_stands");
  EXPECT_EQ(one.give("2026-08-13 09:00", ReplaceResult{kFirst, {}, {}, {}}), "no_result_stands");
  EXPECT_EQ(one.dossier.state, DossierState::settled);
}

}  // namespace
}  // namespace motcua::core
