#include "engine/core/slip.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/dossier_case.h"

namespace motcua::test {
namespace {

using core::SlipForm;

// "RECEIPT+CONTROL" of the last event.
std::string issued_by_last(const DossierCase& dossier_case) {
  const core::SlipsIssued slips = core::slips_of(dossier_case.events.back(), dossier_case.dossier);
  std::string words = slips.form ? std::string(core::word_of(*slips.form)) : "";
  if (slips.control) words += "+CONTROL";
  return words;
}

TEST(Slips, FollowFromTheEvents) {
  DossierCase online;
  online.filed_online("2026-08-10 08:00");
  EXPECT_EQ(issued_by_last(online), "");
  ASSERT_EQ(online.give("2026-08-10 09:00", core::RequestSupplement{}), "accepted");
  EXPECT_EQ(issued_by_last(online), "SUPPLEMENT");
  ASSERT_EQ(online.give("2026-08-10 10:00", core::ReceiveSupplement{}), "accepted");
  EXPECT_EQ(issued_by_last(online), "");
  ASSERT_EQ(online.give("2026-08-10 10:30", core::AcceptSupplement{}), "accepted");
  EXPECT_EQ(issued_by_last(online), "") << "nothing was promised before the acceptance";
  ASSERT_EQ(online.give("2026-08-10 11:00", core::AcceptDossier{}), "accepted");
  EXPECT_EQ(issued_by_last(online), "RECEIPT+CONTROL");
  ASSERT_EQ(online.give("2026-08-11 09:00", core::RequestSupplement{}), "accepted");
  ASSERT_EQ(online.give("2026-08-11 10:00", core::ReceiveSupplement{}), "accepted");
  ASSERT_EQ(online.give("2026-08-11 10:30", core::AcceptSupplement{}), "accepted");
  EXPECT_EQ(issued_by_last(online), "RECEIPT") << "the appointment is another";
}

TEST(Slips, HaveANumberOfTheirDossierAndForm) {
  DossierCase counter;
  counter.accepted_at_counter("2026-08-10 08:00");
  const std::string code = counter.dossier.code.text;
  std::set<std::string> numbers;
  for (int form = 0; form < core::kSlipForms; ++form) {
    const std::string number = core::slip_number(static_cast<SlipForm>(form), counter.dossier, 2);
    EXPECT_TRUE(number.starts_with(code + '-')) << number;
    EXPECT_TRUE(number.ends_with("2")) << number;
    EXPECT_TRUE(numbers.insert(number).second) << number;
  }
  core::Dossier without = counter.dossier;
  without.code = {};
  EXPECT_EQ(core::slip_number(SlipForm::refusal, without, 1), core::to_string(without.id) + "-TC1");
}

}  // namespace
}  // namespace motcua::test
