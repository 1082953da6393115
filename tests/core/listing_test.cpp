#include "engine/core/listing.h"

#include <gtest/gtest.h>

#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::case_in;
using test::DossierCase;
using test::shown;
using test::vn;

// Nothing is handed over: the rows of that clock are a test of their own.
struct Unforwarded : DossierCase {
  Unforwarded() {
    for (Rules& rules : rulebook.layers) rules.forward_paper.reset();
  }
};

std::string due_words(std::int64_t due) {
  if (due == kDueUntimed) return "untimed";
  if (due == kDuePending) return "pending";
  return shown(Instant{due}).substr(0, 16);
}

std::string role_word(ListRole role) {
  switch (role) {
    case ListRole::late_and_due:
      return "late+due";
    case ListRole::late_only:
      return "late";
    case ListRole::due_only:
      return "due";
  }
  return "";
}

// A row in words, a line each: "settlement late 2026-08-10T17:00 from 2026-08-19T10:00".
std::string open_rows(const DossierCase& one) {
  std::string text;
  for (const OpenRow& row : list_rows(one.dossier).open) {
    text += std::string(word_of(row.kind)) + " " + role_word(row.role) + " " + due_words(row.due) + " from " +
            shown(row.from).substr(0, 16) + (row.explained ? " explained" : "") +
            (row.apologised ? " apologised" : "") + "\n";
    EXPECT_EQ(row.agency.text, "H32.19");
  }
  return text;
}

std::string closed_rows(const DossierCase& one) {
  std::string text;
  for (const ClosedRow& row : list_rows(one.dossier).closed) {
    text += std::string(word_of(row.kind)) + " " + due_words(row.due) + " from " +
            shown(row.from).substr(0, 16) + " to " + shown(row.to).substr(0, 16) + "\n";
  }
  return text;
}

std::string standing_rows(const DossierCase& one) {
  std::string text;
  for (const StandingRow& row : list_rows(one.dossier).standing) {
    text += std::string(word_of(row.kind)) + (row.untimed ? " untimed " : " late ") +
            shown(row.from).substr(0, 16) + " to " + shown(row.to).substr(0, 16) + "\n";
  }
  return text;
}

TEST(ListRows, OfAnOnlineSubmissionAreItsAcceptance) {
  Unforwarded one;
  ASSERT_EQ(one.filed_online("2026-08-21 16:00"), "accepted");
  EXPECT_EQ(open_rows(one), "acceptance late+due 2026-08-22T16:00 from 2026-08-21T16:00\n");
  EXPECT_EQ(closed_rows(one), "");  // the alert went out in the same instant
  EXPECT_EQ(standing_rows(one), "");
}

TEST(ListRows, OfAnAcceptedDossierHaveTheAppraisalAsDueOnly) {
  Unforwarded one;
  ASSERT_EQ(one.filed_online("2026-08-03 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-03 09:00", AcceptDossier{}), "accepted");
  EXPECT_EQ(open_rows(one),
            "appraisal due 2026-08-06T17:00 from 2026-08-03T09:00\n"
            "settlement late+due 2026-08-10T17:00 from 2026-08-03T09:00\n");
  EXPECT_EQ(closed_rows(one), "acceptance 2026-08-04T08:00 from 2026-08-03T08:00 to 2026-08-03T09:00\n");
  EXPECT_EQ(standing_rows(one), "");
}

TEST(ListRows, KeepADossierLateThroughItsPauseAndIntoItsNewTerm) {
  Unforwarded one;
  ASSERT_EQ(one.accepted_at_counter("2026-08-03 09:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-12 09:00", RequestSupplement{}), "accepted");
  EXPECT_EQ(open_rows(one),
            "settlement late 2026-08-10T17:00 from 2026-08-03T09:00\n"
            "citizen_wait late+due 2026-08-28T00:00 from 2026-08-12T09:00\n");
  ASSERT_EQ(one.give("2026-08-19 10:00", ReceiveSupplement{}), "accepted");
  ASSERT_EQ(one.give("2026-08-19 11:00", AcceptSupplement{}), "accepted");
  EXPECT_EQ(open_rows(one),
            "settlement late 2026-08-10T17:00 from 2026-08-19T10:00\n"
            "settlement due 2026-08-25T17:00 from 2026-08-19T10:00\n");
  EXPECT_EQ(standing_rows(one), "");
  ASSERT_EQ(one.give("2026-08-20 08:00", SettleDossier{}), "accepted");
  EXPECT_EQ(open_rows(one), "explanation late 2026-08-10T17:00 from 2026-08-10T17:00\n");
  EXPECT_EQ(standing_rows(one), "settlement late 2026-08-10T17:00 to 2026-08-20T08:00\n");
  EXPECT_EQ(closed_rows(one),
            "acceptance 2026-08-20T10:00 from 2026-08-19T10:00 to 2026-08-19T11:00\n"
            "appraisal 2026-08-06T17:00 from 2026-08-03T09:00 to 2026-08-12T09:00\n"
            "settlement 2026-08-10T17:00 from 2026-08-03T09:00 to 2026-08-12T09:00\n"
            "settlement 2026-08-25T17:00 from 2026-08-19T10:00 to 2026-08-20T08:00\n"
            "citizen_wait 2026-08-28T00:00 from 2026-08-12T09:00 to 2026-08-19T10:00\n");
}

// What lateness brings is owed at the place of the first due that was missed, before the end and after it,
// until both are done.
TEST(ListRows, OfALateDossierThatIsOverStandUntilItIsExplainedAndApologisedFor) {
  Unforwarded one;
  ASSERT_EQ(one.accepted_at_counter("2026-08-03 09:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-11 09:00", Apologise{}), "accepted");
  EXPECT_NE(open_rows(one).find("settlement late+due 2026-08-10T17:00 from 2026-08-03T09:00 apologised\n"),
            std::string::npos);
  ASSERT_EQ(one.give("2026-08-12 09:00", WithdrawDossier{}), "accepted");
  EXPECT_EQ(open_rows(one), "explanation late 2026-08-10T17:00 from 2026-08-10T17:00 apologised\n");
  ASSERT_EQ(one.give("2026-08-13 09:00", ExplainLateness{}), "accepted");
  EXPECT_EQ(open_rows(one), "");
}

TEST(ListRows, OfADossierThatEndedInTimeOweNothing) {
  Unforwarded one;
  ASSERT_EQ(one.accepted_at_counter("2026-08-03 09:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 17:00", SettleDossier{}), "accepted");
  EXPECT_EQ(open_rows(one), "");
}

TEST(ListRows, OfADossierPausedInTimeShowNoSettlement) {
  Unforwarded one;
  ASSERT_EQ(one.accepted_at_counter("2026-08-03 09:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 17:00", RequestSupplement{}), "accepted");
  EXPECT_EQ(open_rows(one), "citizen_wait late+due 2026-08-26T00:00 from 2026-08-10T17:00\n");
  ASSERT_EQ(one.give("2026-08-11 08:00", WithdrawDossier{}), "accepted");
  EXPECT_EQ(open_rows(one), "");
  EXPECT_EQ(standing_rows(one), "");
}

TEST(ListRows, OfALateAcceptanceStandUntilItEnds) {
  Unforwarded one;
  ASSERT_EQ(one.filed_online("2026-08-03 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-04 09:00", RefuseDossier{}), "accepted");
  EXPECT_EQ(standing_rows(one), "acceptance late 2026-08-04T08:00 to 2026-08-04T09:00\n");
}

TEST(ListRows, OfALapsedAppraisalNeverStand) {
  Unforwarded one;
  ASSERT_EQ(one.accepted_at_counter("2026-08-03 09:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 09:00", SettleDossier{}), "accepted");
  EXPECT_EQ(standing_rows(one), "");
}

TEST(ListRows, OfAnUntimedDossierHaveAListOfTheirOwnUntilItEnds) {
  Unforwarded one;
  for (ChannelTerm& term : one.procedure.terms) term.statutory = Limit{};
  ASSERT_EQ(one.accepted_at_counter("2026-08-03 09:00"), "accepted");
  EXPECT_EQ(open_rows(one),
            "appraisal due 2026-08-06T17:00 from 2026-08-03T09:00\n"
            "settlement late+due untimed from 2026-08-03T09:00\n");
  ASSERT_EQ(one.give("2026-08-04 09:00", RequestSupplement{}), "accepted");
  EXPECT_EQ(open_rows(one),
            "settlement late+due untimed from 2026-08-03T09:00\n"
            "citizen_wait late+due 2026-08-20T00:00 from 2026-08-04T09:00\n");
  ASSERT_EQ(one.give("2026-08-05 09:00", WithdrawDossier{}), "accepted");
  EXPECT_EQ(standing_rows(one), "settlement untimed 2026-08-03T09:00 to 2026-08-05T09:00\n");
}

TEST(ListRows, AskToBeDerivedAgainWhileARunningDateIsNotOfficial) {
  Unforwarded pending;
  for (ChannelTerm& term : pending.procedure.terms) term.statutory = test::working_days(30);
  ASSERT_EQ(pending.accepted_at_counter("2026-12-23 09:00"), "accepted");
  EXPECT_EQ(open_rows(pending),
            "appraisal due 2026-12-28T17:00 from 2026-12-23T09:00\n"
            "settlement late+due pending from 2026-12-23T09:00\n");
  EXPECT_TRUE(list_rows(pending.dossier).rederive);
  ASSERT_EQ(pending.give("2026-12-24 09:00", SettleDossier{}), "accepted");
  EXPECT_FALSE(list_rows(pending.dossier).rederive);
  Unforwarded provisional;
  ASSERT_EQ(provisional.accepted_at_counter("2026-12-30 09:00"), "accepted");
  EXPECT_TRUE(list_rows(provisional.dossier).rederive);
  EXPECT_FALSE(list_rows(case_in(DossierState::processing).dossier).rederive);
}

TEST(ListRows, OfPapersOnTheirWayStandWhileTheyAreOwedAndWhereTheyWereLate) {
  DossierCase one;
  ASSERT_EQ(one.accepted_at_counter("2026-08-03 09:00"), "accepted");
  EXPECT_NE(open_rows(one).find("forward late+due 2026-08-03T17:00 from 2026-08-03T09:00\n"),
            std::string::npos);
  ASSERT_EQ(one.give("2026-08-04 08:00", ReceiveForwarded{}), "accepted");
  EXPECT_EQ(open_rows(one).find("forward"), std::string::npos);
  EXPECT_EQ(standing_rows(one), "forward late 2026-08-03T17:00 to 2026-08-04T08:00\n");
}

}  // namespace
}  // namespace motcua::core
