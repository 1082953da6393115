#include <gtest/gtest.h>

#include "engine/core/acceptance_rate.h"
#include "engine/core/ii06a.h"
#include "engine/core/index_766.h"
#include "engine/core/plan_counts.h"
#include "engine/core/report_differences.h"
#include "engine/core/report_period.h"
#include "tests/support/dossier_case.h"

namespace motcua::test {
namespace {

using core::Code;
using core::DifferenceReason;
using core::Ii06aVerdict;
using core::Index766Verdict;
using core::LateVerdict;
using core::Period;
using core::Tally;

constexpr int kOffset = core::kVietnamOffsetMinutes;

Period days(std::string_view from, std::string_view before) {
  return {vn(std::string(from) + " 00:00"), vn(std::string(before) + " 00:00")};
}
const Period kOctober = days("2026-10-01", "2026-11-01");

Tally at_end(const DossierCase& one, const Period& period) {
  return core::tally_of(core::fold_before(one.events, period.to), period.to);
}
Ii06aVerdict form(const DossierCase& one, const Period& period = kOctober) {
  return core::judge_ii06a(at_end(one, period), period, kOffset);
}
Index766Verdict index_of(const DossierCase& one, const Period& period = kOctober) {
  return core::judge_766(at_end(one, period), period);
}
std::optional<core::LateDifference> difference(const DossierCase& one, const Period& period = kOctober) {
  return core::difference_of(at_end(one, period), period, kOffset);
}

// Five working days: accepted on Monday 05/10/2026, due on Monday 12/10 at 17:00.
DossierCase accepted() {
  DossierCase one;
  EXPECT_EQ(one.accepted_at_counter("2026-10-05 08:00"), "accepted");
  EXPECT_EQ(one.due(core::ClockKind::settlement), "2026-10-12T17:00:00+07:00");
  return one;
}
DossierCase settled_at(std::string_view when) {
  DossierCase one = accepted();
  EXPECT_EQ(one.give(when, core::SettleDossier{}), "accepted");
  return one;
}

std::string days_of(std::string_view name) {
  const auto period = core::report_period(name, kOffset);
  if (!period) return "none";
  EXPECT_EQ(period->span.from, core::midnight(period->first, kOffset));
  EXPECT_EQ(period->span.to, core::midnight(period->last + 1, kOffset));
  return core::format_date(period->first) + " to " + core::format_date(period->last);
}

TEST(ReportPeriod, IsOfDecree09) {
  EXPECT_EQ(days_of("month:2026-10"), "2026-09-15 to 2026-10-14");
  EXPECT_EQ(days_of("month:2026-01"), "2025-12-15 to 2026-01-14");
  EXPECT_EQ(days_of("quarter:2026-Q1"), "2025-12-15 to 2026-03-14");
  EXPECT_EQ(days_of("quarter:2026-Q3"), "2026-06-15 to 2026-09-14");
  EXPECT_EQ(days_of("half:2026-H1"), "2025-12-15 to 2026-06-14");
  EXPECT_EQ(days_of("half:2026-H2"), "2026-06-15 to 2026-12-14");
  EXPECT_EQ(days_of("year:2026"), "2025-12-15 to 2026-12-14");
  for (const char* wrong : {"",
                            "month:",
                            "month:2026-13",
                            "month:2026-1",
                            "month:2026-0a",
                            "month:2026",
                            "2026-10",
                            "quarter:2026-Q5",
                            "quarter:2026-Q0",
                            "quarter:2026-3",
                            "quarter:2026-Q03",
                            "half:2026-H3",
                            "year:2026-01",
                            "year:26",
                            "week:2026-10",
                            "month:2026/10",
                            "month:2026-08000000000000000000000",
                            "month:1799-12",
                            "year:9999",
                            "quarter:0000-Q1",
                            "year:-200",
                            "year:"}) {
    EXPECT_EQ(days_of(wrong), "none") << wrong;
  }
  EXPECT_EQ(core::quarter_month("2026-Q4"), "2026-10");
  for (const char* wrong : {"2026-4", "2026-Q", "0000-Q1", "9999-Q4"})
    EXPECT_FALSE(core::quarter_month(wrong));
}

TEST(FormIi06a, ComparesDatesAndNotInstants) {
  EXPECT_EQ(form(settled_at("2026-10-09 16:59")), Ii06aVerdict::early);
  EXPECT_EQ(form(settled_at("2026-10-12 07:00")), Ii06aVerdict::on_time);
  EXPECT_EQ(form(settled_at("2026-10-12 17:30")), Ii06aVerdict::on_time);  // late by the instant
  EXPECT_EQ(form(settled_at("2026-10-13 07:00")), Ii06aVerdict::late);
}

TEST(FormIi06a, CountsWhatEndsOnTheFirstAndOnTheLastDayOfThePeriod) {
  const auto period = core::report_period("month:2026-10", kOffset)->span;  // 15/09 to 14/10
  EXPECT_EQ(form(settled_at("2026-10-14 17:00"), period), Ii06aVerdict::late);
  EXPECT_EQ(form(settled_at("2026-10-15 08:00"), period), Ii06aVerdict::open_late);
  const auto next = core::report_period("month:2026-11", kOffset)->span;
  EXPECT_EQ(form(settled_at("2026-10-14 17:00"), next), Ii06aVerdict::outside);
  EXPECT_EQ(form(settled_at("2026-10-15 08:00"), next), Ii06aVerdict::late);
}

TEST(FormIi06a, HoldsWhatIsOpenOnItsDueDateForLate) {
  const DossierCase open = accepted();
  EXPECT_EQ(form(open, days("2026-10-01", "2026-10-12")), Ii06aVerdict::open_in_term);
  EXPECT_EQ(form(open, days("2026-10-01", "2026-10-13")), Ii06aVerdict::open_late);
}

TEST(FormIi06a, HoldsWhatWasPausedInTimeForInTerm) {
  DossierCase one = accepted();
  ASSERT_EQ(one.give("2026-10-12 09:00", core::RequestSupplement{{Code("cccd")}}), "accepted");
  EXPECT_EQ(form(one, days("2026-10-01", "2026-10-20")), Ii06aVerdict::open_in_term);
  DossierCase late = accepted();
  ASSERT_EQ(late.give("2026-10-13 09:00", core::RequestSupplement{{Code("cccd")}}), "accepted");
  EXPECT_EQ(form(late, days("2026-10-01", "2026-10-20")), Ii06aVerdict::open_late);
}

TEST(FormIi06a, LeavesOutWhatWasNeverAcceptedAndPutsUntimedInANote) {
  DossierCase refused;
  ASSERT_EQ(refused.filed_online("2026-10-05 08:00"), "accepted");
  ASSERT_EQ(refused.give("2026-10-05 09:00", core::RefuseDossier{}), "accepted");
  EXPECT_EQ(form(refused), Ii06aVerdict::outside);
  EXPECT_EQ(index_of(refused), Index766Verdict::outside);

  DossierCase untimed;
  for (auto& term : untimed.procedure.terms) term.statutory = {0, core::LimitUnit::unspecified};
  ASSERT_EQ(untimed.accepted_at_counter("2026-10-05 08:00"), "accepted");
  EXPECT_EQ(form(untimed), Ii06aVerdict::untimed);
  EXPECT_EQ(index_of(untimed), Index766Verdict::untimed);
  EXPECT_FALSE(difference(untimed));
  core::Ii06aBuilder builder(kOctober, kOffset);
  builder.count("Hộ tịch", at_end(untimed, kOctober));
  builder.count("Hộ tịch", at_end(refused, kOctober));
  const core::Ii06a made = builder.finish();
  EXPECT_EQ(made.total.received, 0);
  EXPECT_EQ(made.total.untimed_received, 1);
  EXPECT_EQ(made.total.untimed_open, 1);
}

TEST(FormIi06a, BringsForwardWhatWasAcceptedBefore) {
  const DossierCase one = settled_at("2026-11-03 08:00");
  const Period november = days("2026-11-01", "2026-12-01");
  core::Ii06aBuilder builder(november, kOffset);
  builder.count("Đất đai", at_end(one, november));
  const core::Ii06a made = builder.finish();
  EXPECT_EQ(made.total.brought_forward, 1);
  EXPECT_EQ(made.total.received, 1);
  EXPECT_EQ(made.total.late, 1);
  ASSERT_EQ(made.rows.size(), 1U);
  EXPECT_EQ(made.rows[0].field, "Đất đai");
  EXPECT_EQ(index_of(one, november), Index766Verdict::outside);
  ASSERT_TRUE(difference(one, november));
  EXPECT_EQ(difference(one, november)->index_766_reason, DifferenceReason::accepted_before);
}

TEST(FormIi06a, NamesTheIdentityThatIsBroken) {
  core::Ii06aCounts counts;
  EXPECT_EQ(core::broken_identity(counts), "");
  counts.received = 2;
  EXPECT_EQ(core::broken_identity(counts), "3 = 4 + 5 + 6");
  counts.received_online = 1;
  counts.brought_forward = 1;
  EXPECT_EQ(core::broken_identity(counts), "3 = 7 + 11");
  counts.settled = 1;
  EXPECT_EQ(core::broken_identity(counts), "7 = 8 + 9 + 10");
  counts.late = 1;
  counts.open = 1;
  EXPECT_EQ(core::broken_identity(counts), "11 = 12 + 13");
  counts.open_late = 1;
  EXPECT_EQ(core::broken_identity(counts), "");
}

TEST(Index766, ComparesInstantsAndTakesThePeriodsEndForTheFinish) {
  EXPECT_EQ(index_of(settled_at("2026-10-12 17:00")), Index766Verdict::on_time);
  EXPECT_EQ(index_of(settled_at("2026-10-12 17:00:00.001")), Index766Verdict::late);
  EXPECT_EQ(index_of(accepted(), days("2026-10-01", "2026-10-12")), Index766Verdict::on_time);
  EXPECT_EQ(index_of(accepted(), days("2026-10-01", "2026-10-13")), Index766Verdict::late);
}

TEST(Index766, TakesTheRequestForTheFinishWhileASupplementIsAwaited) {
  DossierCase one = accepted();
  ASSERT_EQ(one.give("2026-10-12 17:00", core::RequestSupplement{{Code("cccd")}}), "accepted");
  EXPECT_EQ(index_of(one, days("2026-10-01", "2026-10-20")), Index766Verdict::on_time);
  DossierCase late = accepted();
  ASSERT_EQ(late.give("2026-10-13 09:00", core::RequestSupplement{{Code("cccd")}}), "accepted");
  EXPECT_EQ(index_of(late, days("2026-10-01", "2026-10-20")), Index766Verdict::late);
}

TEST(Index766, CountsASecondRequestForASupplementAsLate) {
  DossierCase one;  // the first is made before acceptance
  ASSERT_EQ(one.filed_online("2026-10-05 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-10-05 09:00", core::RequestSupplement{{Code("cccd")}}), "accepted");
  const core::ReceiveSupplement supplied{{{Code("cccd"), core::PaperForm::copy, 1, false}}};
  ASSERT_EQ(one.give("2026-10-05 10:00", supplied), "accepted");
  ASSERT_EQ(one.give("2026-10-05 11:00", core::AcceptSupplement{}), "accepted");
  ASSERT_EQ(one.give("2026-10-05 14:00", core::AcceptDossier{}), "accepted");
  EXPECT_EQ(index_of(one, days("2026-10-01", "2026-10-07")), Index766Verdict::on_time);
  ASSERT_EQ(one.give("2026-10-06 09:00", core::RequestSupplement{{Code("cccd")}}), "accepted");
  EXPECT_EQ(index_of(one, days("2026-10-01", "2026-10-07")), Index766Verdict::late);
  const auto found = difference(one, days("2026-10-01", "2026-10-07"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->late_list, LateVerdict::in_time);
  EXPECT_EQ(found->ii06a, LateVerdict::in_time);
  EXPECT_EQ(found->index_766_reason, DifferenceReason::supplement_twice);
}

TEST(Index766, ScoresTwentyPointsForAllOnTime) {
  core::Index766Counts counts;
  EXPECT_FALSE(counts.score_hundredths());
  counts.received = 3;
  counts.on_time = 3;
  EXPECT_EQ(counts.score_hundredths(), 2'000);
  counts.on_time = 2;
  EXPECT_EQ(counts.score_hundredths(), 1'333);
  int sum = 0;
  for (const core::Index766Group& group : core::kIndex766Groups) sum += group.weight;
  EXPECT_EQ(sum, 100);
}

TEST(Index766, JudgesByTheTermWhereTheDueIsNotKnown) {
  Tally tally;
  tally.accepted_at = vn("2026-10-05 08:00");
  EXPECT_EQ(core::judge_766(tally, kOctober), Index766Verdict::by_term);
  core::Index766Counts counts;
  EXPECT_FALSE(core::count_766(tally, kOctober, counts));
  core::count_766_by_term(true, counts);
  core::count_766_by_term(false, counts);
  core::count_766_by_term(std::nullopt, counts);
  EXPECT_EQ(counts.received, 2);
  EXPECT_EQ(counts.on_time, 1);
  EXPECT_EQ(counts.undetermined, 1);

  DossierCase on_time = settled_at("2026-10-12 17:30");  // five working days after
  EXPECT_EQ(core::on_time_by_term(on_time.dossier, kOctober, *on_time.calendar), true);
  DossierCase late = settled_at("2026-10-13 08:00");
  EXPECT_EQ(core::on_time_by_term(late.dossier, kOctober, *late.calendar), false);
}

TEST(Differences, SayWhyTheThreeDoNotAgree) {
  const auto by_instant = difference(settled_at("2026-10-12 17:30"));
  ASSERT_TRUE(by_instant);
  EXPECT_EQ(by_instant->late_list, LateVerdict::late);
  EXPECT_EQ(by_instant->ii06a, LateVerdict::in_time);
  EXPECT_EQ(by_instant->index_766, LateVerdict::late);
  EXPECT_EQ(by_instant->ii06a_reason, DifferenceReason::date_against_instant);
  EXPECT_FALSE(by_instant->index_766_reason);

  DossierCase withdrawn = accepted();
  ASSERT_EQ(withdrawn.give("2026-10-14 09:00", core::WithdrawDossier{}), "accepted");
  ASSERT_TRUE(difference(withdrawn));
  EXPECT_EQ(difference(withdrawn)->ii06a_reason, DifferenceReason::withdrawn_on_time);

  DossierCase stopped = accepted();  // asked on 06/10, due on 12/10, stopped after 21/10
  ASSERT_EQ(stopped.give("2026-10-06 09:00", core::RequestSupplement{{Code("cccd")}}), "accepted");
  stopped.run_out(vn("2026-10-28 08:00"));
  ASSERT_EQ(stopped.dossier.state, core::DossierState::stopped);
  ASSERT_TRUE(difference(stopped));
  EXPECT_EQ(difference(stopped)->late_list, LateVerdict::in_time);
  EXPECT_EQ(difference(stopped)->ii06a_reason, DifferenceReason::stopped_counts);
  EXPECT_EQ(difference(stopped)->index_766_reason, DifferenceReason::stopped_counts);

  DossierCase again = accepted();  // late once, then a new term
  ASSERT_EQ(again.give("2026-10-13 09:00", core::RequestSupplement{{Code("cccd")}}), "accepted");
  const core::ReceiveSupplement supplied{{{Code("cccd"), core::PaperForm::copy, 1, false}}};
  ASSERT_EQ(again.give("2026-10-14 09:00", supplied), "accepted");
  ASSERT_EQ(again.give("2026-10-14 10:00", core::AcceptSupplement{}), "accepted");
  ASSERT_EQ(again.give("2026-10-15 10:00", core::SettleDossier{}), "accepted");
  ASSERT_TRUE(difference(again));
  EXPECT_EQ(difference(again)->ii06a_reason, DifferenceReason::missed_earlier_term);
  EXPECT_EQ(difference(again)->index_766_reason, DifferenceReason::missed_earlier_term);

  EXPECT_FALSE(difference(settled_at("2026-10-12 17:00")));
  EXPECT_FALSE(difference(settled_at("2026-10-13 08:00")));
  EXPECT_FALSE(difference(accepted()));
}

TEST(AcceptanceRate, CountsAnOnlineDossierWhereItsFirstAcceptanceFellDue) {
  DossierCase one;  // filed on the last afternoon of October, due in November
  ASSERT_EQ(one.filed_online("2026-10-30 15:00"), "accepted");
  const Period november = days("2026-11-01", "2026-12-01");
  EXPECT_FALSE(core::acceptance_fell_due(at_end(one, kOctober), kOctober));
  EXPECT_TRUE(core::acceptance_fell_due(at_end(one, november), november));
  EXPECT_FALSE(core::accepted_in_time(at_end(one, november)));
  ASSERT_EQ(one.give("2026-10-30 16:00", core::AcceptDossier{}), "accepted");
  EXPECT_TRUE(core::accepted_in_time(at_end(one, november)));
  EXPECT_FALSE(core::acceptance_fell_due(at_end(accepted(), kOctober), kOctober));  // at a counter
}

TEST(PlanCounts, AreOfTheMonthAndOfTheAgenciesAskedAbout) {
  const DossierCase one = settled_at("2026-10-12 10:00");
  Tally tally = at_end(one, kOctober);
  tally.papers = 3;
  tally.papers_digitised = 2;
  tally.papers_reused = 1;
  core::PlanCounts counts;
  core::count_plan(tally, kOctober, {true, true, core::AgencyLevel::commune}, counts);
  core::count_plan(tally, kOctober, {false, false, std::nullopt}, counts);
  core::count_plan(tally, days("2026-11-01", "2026-12-01"), {true, true, core::AgencyLevel::commune}, counts);
  EXPECT_EQ(counts.electronic_results, (core::Share{1, 1}));
  EXPECT_EQ(counts.online, (core::Share{0, 1}));
  EXPECT_EQ(counts.papers_reused, (core::Share{1, 3}));
  EXPECT_EQ(counts.papers_digitised[core::AgencyLevel::commune], (core::Share{2, 3}));
  EXPECT_EQ(core::Share({1, 3}).bp(), 3'333);
  EXPECT_EQ(core::Share({2, 3}).bp(), 6'667);
  EXPECT_FALSE(core::Share{}.bp());
}

}  // namespace
}  // namespace motcua::test
