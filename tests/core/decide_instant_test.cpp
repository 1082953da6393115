#include <gtest/gtest.h>

#include "engine/core/decide.h"
#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::case_in;
using test::DossierCase;
using test::later;
using test::shown;
using test::vn;

TEST(FutureInstant, IsTakenAsNowWithinTheToleranceAndRefusedBeyond) {
  const Instant now = vn("2026-08-10 08:00");
  for (const auto& [ms, answer] : {std::pair(5'000, "accepted"), std::pair(5'001, "future_instant")}) {
    DossierCase one;
    EXPECT_EQ(one.give(now, one.submission(Channel::online), later(now, ms)), answer);
    if (one.dossier.version > 0) {
      EXPECT_EQ(one.dossier.received_at, now);
    } else {
      EXPECT_EQ(one.last_rejection().kind, Rejection::Kind::invalid);
      EXPECT_EQ(one.last_rejection().faults.front().pointer, "#/received_at");
    }
    DossierCase other = case_in(DossierState::submitted);
    EXPECT_EQ(other.give(later(now, 1), AcceptDossier{}, later(now, 1 + ms)), answer);
    if (other.dossier.version == 1) {
      EXPECT_EQ(other.last_rejection().faults.front().pointer, "#/occurred_at");
    }
  }
}

TEST(FutureInstant, OfAnAgencyThatBeginsTomorrowIsStillToday) {
  DossierCase one;
  one.agency.valid_from = test::on("2026-08-11");
  const Instant now = vn("2026-08-10 23:59:59");
  EXPECT_EQ(one.give(now, one.submission(Channel::online), later(now, 2'000)), "invalid");
  EXPECT_EQ(one.last_rejection().faults.front().code, "unknown_agency");
}

// Two working days after Friday 21/08 are Saturday 22/08 (worked) and Monday 24/08, to its close.
TEST(BackDating, ReachesTwoWorkingDaysAndNotAMillisecondMore) {
  for (const auto& [ms, answer] : {std::pair(0, "accepted"), std::pair(1, "backdated_too_far")}) {
    DossierCase one;
    const Instant now = later(vn("2026-08-24 17:00"), ms);
    EXPECT_EQ(one.give(now, one.submission(Channel::direct), vn("2026-08-21 09:00")), answer);
  }
  DossierCase act;
  ASSERT_EQ(act.filed_online("2026-08-20 08:00"), "accepted");
  EXPECT_EQ(act.give(later(vn("2026-08-24 17:00"), 1), AcceptDossier{}, vn("2026-08-21 09:00")),
            "backdated_too_far");
  EXPECT_EQ(act.give(vn("2026-08-24 17:00"), AcceptDossier{}, vn("2026-08-21 09:00")), "accepted");
  EXPECT_EQ(act.dossier.accepted_at, vn("2026-08-21 09:00"));
  EXPECT_EQ(act.events.back().occurred_at, vn("2026-08-21 09:00"));
  EXPECT_EQ(act.events.back().recorded_at, vn("2026-08-24 17:00"));
}

TEST(BackDating, NeverCrossesAnActThatAPersonRecorded) {
  const auto accepted_at_10 = [] {
    DossierCase one;
    EXPECT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
    EXPECT_EQ(one.give("2026-08-10 10:00", AcceptDossier{}), "accepted");
    return one;
  };
  DossierCase same = accepted_at_10();
  EXPECT_EQ(same.give("2026-08-10 11:00", SettleDossier{}, "2026-08-10 10:00"), "accepted");
  DossierCase before = accepted_at_10();
  EXPECT_EQ(before.give("2026-08-10 11:00", SettleDossier{}, "2026-08-10 09:59:59.999"), "before_last_event");
  EXPECT_EQ(before.last_rejection().kind, Rejection::Kind::conflict);
}

TEST(BackDating, OfAnActInTimeIsOnTimeAndMarkedRecordedLate) {
  struct Row {
    const char* occurred;
    bool late;
    bool recorded_late;
  };
  for (const Row& row : {Row{"2026-08-10 17:00", false, true}, Row{"2026-08-10 17:00:00.001", true, false}}) {
    DossierCase one;
    ASSERT_EQ(one.accepted_at_counter("2026-08-03 09:00"), "accepted");
    ASSERT_EQ(one.give("2026-08-11 08:00", SettleDossier{}, row.occurred), "accepted");
    EXPECT_EQ(one.late("2026-08-12 08:00"), row.late);
    EXPECT_EQ(one.clock(ClockKind::settlement).recorded_late, row.recorded_late);
  }
  DossierCase prompt;
  ASSERT_EQ(prompt.accepted_at_counter("2026-08-03 09:00"), "accepted");
  ASSERT_EQ(prompt.give("2026-08-10 17:00", SettleDossier{}), "accepted");
  EXPECT_FALSE(prompt.clock(ClockKind::settlement).recorded_late);
}

TEST(BackDating, OfARequestNeitherTakesLatenessAwayNorPausesIt) {
  // Due on Monday 10/08 at 17:00, entered on Tuesday at 09:00: late by two working hours whatever it says.
  for (const char* occurred :
       {"2026-08-10 16:00", "2026-08-10 17:00", "2026-08-10 17:00:00.001", "2026-08-11 08:00"}) {
    DossierCase one;
    ASSERT_EQ(one.accepted_at_counter("2026-08-03 09:00"), "accepted");
    ASSERT_EQ(one.give("2026-08-11 09:00", RequestSupplement{}, occurred), "accepted");
    EXPECT_EQ(one.state(ClockKind::settlement, "2026-08-11 09:00"), "missed") << occurred;
    EXPECT_EQ(one.clock(ClockKind::settlement).ended_at, vn("2026-08-11 09:00"));
    EXPECT_FALSE(one.clock(ClockKind::settlement).recorded_late);
    EXPECT_TRUE(one.late("2026-08-10 17:30"));
    EXPECT_TRUE(one.late("2026-08-20 08:00"));
    EXPECT_EQ(one.late_seconds("2026-08-20 08:00"), 2 * 3600);
    // To the citizen it was said when it was said.
    EXPECT_EQ(one.clock(ClockKind::citizen_wait).started_at, vn(occurred));
    EXPECT_EQ(one.dossier.rounds.front().asked_at, vn(occurred));
  }
}

TEST(BackDating, OfARequestEnteredAtTheDueInstantPausesTheTermFromWhenItWasMade) {
  const Instant due = vn("2026-08-10 17:00");
  for (const int ms : {0, 1}) {
    DossierCase one;
    ASSERT_EQ(one.accepted_at_counter("2026-08-03 09:00"), "accepted");
    ASSERT_EQ(one.give(later(due, ms), RequestSupplement{}, vn("2026-08-10 16:00")), "accepted");
    EXPECT_EQ(one.state(ClockKind::settlement, "2026-08-11 08:00"), ms == 0 ? "paused" : "missed");
    EXPECT_EQ(one.clock(ClockKind::settlement).ended_at, ms == 0 ? vn("2026-08-10 16:00") : later(due, 1));
  }
}

TEST(Horizon, ALongTermIsAcceptedPendingAndDerivedWhenTheYearIsAdded) {
  DossierCase one;
  for (ChannelTerm& term : one.procedure.terms) term.statutory = test::working_days(30);
  ASSERT_EQ(one.accepted_at_counter("2026-12-23 09:00"), "accepted");
  const LegalClock& pending = one.clock(ClockKind::settlement);
  EXPECT_FALSE(pending.due.at);
  EXPECT_EQ(pending.due.pending, DuePending::calendar_horizon);
  EXPECT_FALSE(one.dossier.untimed());
  EXPECT_TRUE(pending.running());
  EXPECT_FALSE(one.late("2027-01-31 08:00"));
  CalendarSpec spec = test::public_sector_spec(test::hours_b());
  spec.version = "v2";
  spec.official_until_on = spec.provisional_until_on = test::on("2027-12-31");
  one.calendar = Calendar::compile({&spec, 1});
  ASSERT_EQ(one.give("2027-01-05 08:00", DeriveClocks{}), "accepted");
  // 24, 25, 28 to 31 December are six, January less New Year twenty, then 1 to 4 February.
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2027-02-04 17:00")));
  EXPECT_FALSE(one.clock(ClockKind::settlement).due.provisional);
  EXPECT_EQ(one.clock(ClockKind::settlement).calendar_version.text, one.calendar->version());
  EXPECT_EQ(one.events.back().cause, CauseKind::calendar);
  EXPECT_EQ(one.dossier.last_act_at, vn("2026-12-23 09:00"));
  const auto known = one.events.size();
  ASSERT_EQ(one.give("2027-01-05 09:00", DeriveClocks{}), "accepted");
  EXPECT_EQ(one.events.size(), known);  // nothing is left to derive
}

TEST(Horizon, ADateOnTheProvisionalPartSaysSoAndMovesWithTheOfficialYear) {
  DossierCase one;
  for (ChannelTerm& term : one.procedure.terms) term.statutory = test::working_days(10);
  ASSERT_EQ(one.accepted_at_counter("2026-12-23 09:00"), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2027-01-07 17:00")));
  EXPECT_TRUE(one.clock(ClockKind::settlement).due.provisional);
  EXPECT_FALSE(one.clock(ClockKind::appraisal).due.provisional);
  CalendarSpec spec = test::public_sector_spec(test::hours_b());
  spec.version = "v2";
  spec.official_until_on = spec.provisional_until_on = test::on("2027-12-31");
  CalendarException off;
  off.name = "swapped";
  off.source = "a test";
  spec.exceptions[test::on("2027-01-04")] = off;
  // A change of a day that an official date rests on moves nothing by itself.
  spec.exceptions[test::on("2026-12-25")] = off;
  one.calendar = Calendar::compile({&spec, 1});
  const std::string appraisal = one.due(ClockKind::appraisal);
  ASSERT_EQ(one.give("2026-12-24 08:00", DeriveClocks{}), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2027-01-11 17:00")));
  EXPECT_EQ(one.due(ClockKind::appraisal), appraisal);
}

// The whole of 2027 becomes official, with one more day off.
void add_year(DossierCase& one, std::string_view day_off) {
  CalendarSpec spec = test::public_sector_spec(test::hours_b());
  spec.version = "v2";
  spec.official_until_on = spec.provisional_until_on = test::on("2027-12-31");
  CalendarException off;
  off.name = "swapped";
  off.source = "a test";
  spec.exceptions[test::on(day_off)] = off;
  one.calendar = Calendar::compile({&spec, 1});
}

TEST(Horizon, WhatWaitsWhenTheYearIsAddedHasItsDateWhenItGoesOn) {
  for (const bool pending : {true, false}) {
    DossierCase one;
    for (ChannelTerm& term : one.procedure.terms) term.statutory = test::working_days(pending ? 30 : 10);
    ASSERT_EQ(one.accepted_at_counter("2026-12-23 09:00"), "accepted");
    ASSERT_EQ(one.give("2026-12-24 09:00", SuspendDossier{Code("TAX"), {}}), "accepted");
    add_year(one, "2027-01-04");
    ASSERT_EQ(one.give("2026-12-25 08:00", DeriveClocks{}), "accepted");
    ASSERT_EQ(one.give("2026-12-25 09:00", ResumeDossier{}), "accepted");
    // The thirtieth day is 05/02 (Friday), the tenth 08/01 (Friday), as 04/01 is off; one close was waited.
    EXPECT_EQ(one.due(ClockKind::settlement), shown(vn(pending ? "2027-02-08 17:00" : "2027-01-11 17:00")));
    EXPECT_EQ(one.clock(ClockKind::settlement).due.pending, DuePending::none);
    EXPECT_FALSE(one.clock(ClockKind::settlement).due.provisional);
  }
}

TEST(Horizon, ACorrectedOrPromisedDateOnTheProvisionalPartBecomesOfficialToo) {
  DossierCase one;
  for (ChannelTerm& term : one.procedure.terms) term.statutory = test::working_days(10);
  ASSERT_EQ(one.filed_online("2026-12-21 09:00"), "accepted");
  ASSERT_EQ(one.give("2026-12-22 09:00", AcceptDossier{}), "accepted");
  DossierCase promised = one;
  ASSERT_EQ(one.give("2026-12-23 09:00", CorrectDossier{2, vn("2026-12-23 08:00")}), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2027-01-07 17:00")));
  EXPECT_TRUE(one.clock(ClockKind::settlement).due.provisional);
  add_year(one, "2027-01-04");
  ASSERT_EQ(one.give("2026-12-24 08:00", DeriveClocks{}), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2027-01-08 17:00")));
  EXPECT_FALSE(one.clock(ClockKind::settlement).due.provisional);
  // A promise stays what it was, and is official by now.
  ASSERT_EQ(promised.give("2026-12-23 09:00", ReappointDossier{vn("2027-01-20 10:00"), {}}), "accepted");
  EXPECT_TRUE(promised.clock(ClockKind::settlement).due.provisional);
  add_year(promised, "2027-01-04");
  ASSERT_EQ(promised.give("2026-12-24 08:00", DeriveClocks{}), "accepted");
  EXPECT_EQ(promised.due(ClockKind::settlement), shown(vn("2027-01-20 10:00")));
  EXPECT_FALSE(promised.clock(ClockKind::settlement).due.provisional);
}

TEST(Submission, ToAnAgencyThatWasMergedNamesItsHeirs) {
  DossierCase one;
  one.agency.valid_to = test::on("2026-06-30");
  one.agency.successors = {Code("H32.101"), Code("H32.102")};
  EXPECT_EQ(one.give("2026-08-10 08:00", one.submission(Channel::online)), "invalid");
  ASSERT_EQ(one.last_rejection().faults.size(), 2u);
  for (const auto& fault : one.last_rejection().faults) {
    EXPECT_EQ(fault.code, "unknown_agency");
    EXPECT_NE(fault.detail.find("it was merged into H32.101, H32.102"), std::string::npos) << fault.detail;
  }
}

TEST(Submission, ReportsEveryFaultAtOnce) {
  DossierCase one;
  one.procedure.terms.pop_back();  // post is not offered
  one.agency.one_stop = false;
  SubmitDossier submit = one.submission(Channel::post);
  submit.code = Code("nonsense");
  submit.source = Code("portal");
  submit.papers.push_back({Code("giay_la"), PaperForm::copy, 1, false});
  submit.facts.push_back({Code("height"), std::int64_t{2}});
  EXPECT_EQ(one.give("2026-08-10 08:00", submit), "invalid");
  std::string found;
  for (const auto& fault : one.last_rejection().faults) found += fault.pointer + " " + fault.code + "\n";
  EXPECT_EQ(found,
            "#/receiving_agency not_one_stop\n"
            "#/channel channel_not_offered\n"
            "#/papers/1/key unknown_paper\n"
            "#/facts/height unknown_fact\n"
            "#/code malformed_code\n"
            "#/external_ref missing_field\n");
}

TEST(Submission, NamesOneFaultByItsOwnCode) {
  DossierCase level;
  level.procedure.levels = {AgencyLevel::province};
  EXPECT_EQ(level.filed_online("2026-08-10 08:00"), "wrong_level");
  DossierCase variant;
  SubmitDossier submit = variant.submission(Channel::online);
  submit.variant = Code("none");
  EXPECT_EQ(variant.give("2026-08-10 08:00", submit), "unknown_variant");
  DossierCase online;
  submit = online.submission(Channel::online);
  submit.accept = true;
  EXPECT_EQ(online.give("2026-08-10 08:00", submit), "accept_online");
  DossierCase ended;
  ended.agency.valid_to = test::on("2026-08-09");
  EXPECT_EQ(ended.filed_online("2026-08-10 08:00"), "invalid");  // it receives and decides: two faults
  EXPECT_EQ(ended.last_rejection().faults.back().pointer, "#/competent_agency");
  DossierCase last_day;
  last_day.agency.valid_to = test::on("2026-08-10");
  EXPECT_EQ(last_day.filed_online("2026-08-10 23:59"), "accepted");
}

}  // namespace
}  // namespace motcua::core
