#include "engine/core/command.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::case_in;
using test::DossierCase;
using test::one_of_each;

// The state machine as DESIGN section 3 prints it: for each command a letter per state, in the order of the
// National Portal's codes 1 to 10. "x": allowed and decided; "w": the state alone would allow it, and what is
// known of the dossier refuses, "n" likewise, as it is not late; ".": refused.
struct Line {
  std::string_view word;
  std::string_view by_state;
  std::string_view leads_to;                     // of the states marked x, in order, by code; "=" stays
  std::array<std::string_view, 3> hindered{};    // of those marked w, in order; else wrong_state
  std::string_view hindered_by = "wrong_state";  // where marked w
};

constexpr std::array<Line, std::variant_size_v<CommandBody>> kMachine = {{
    {"submit", "..........", ""},
    {"accept", "x.........", "2"},
    {"refuse", "x...wx....", "33"},
    {"request-supplement", "xx.xw.....", "555"},
    {"supplement", "....x.....", "5"},
    {"accept-supplement", "....w.....", ""},
    {"assign", ".x.x......", "44"},
    {"complete-step", ".x.x......", "44"},
    {"settle", ".x.x......", "99"},
    {"return-result", "........x.", "A"},
    {"withdraw", "xx.xxx....", "77777"},
    {"adjust", "xx.x......", "==="},
    {"derive", "xx.xxx....", "====="},
    {"suspend", ".x.x......", "=="},
    {"resume", ".w.w......", ""},
    {"extend", ".x.x......", "=="},
    {"reappoint", ".x.x......", "=="},
    {"apologise", ".x.xxwxxxx", "======="},
    {"explain-lateness", ".x.xnwnnnn", "=="},
    {"stop", ".x.xxw....", "888"},
    {"return-step", ".w.w......", ""},
    {"consult", ".x.x......", "=="},
    {"answer-consultation", ".w.www....", ""},
    {"request-payment", "xw.w......", "6", {"payment_not_now", "payment_not_now"}},
    {"confirm-payment", "..w..xww..", "1"},
    {"waive-payment", ".....x....", "1"},
    {"confirm-refund", "..w...ww..", "", {"no_refund_owed", "no_refund_owed", "no_refund_owed"}},
    {"announce-result", "........x.", "="},
    {"replace-result", "........xx", "=="},
    {"annul-result", "........xx", "=="},
    {"correct", "wxwxxwxxxx", "=======", {"nothing_to_correct", "nothing_to_correct", "nothing_to_correct"}},
    {"forward", ".w.w......", "", {"nothing_to_forward", "nothing_to_forward"}},
    {"receive-forwarded", ".w.w......", "", {"nothing_to_forward", "nothing_to_forward"}},
    {"recall-forwarded", ".w.w......", "", {"not_forwarded", "not_forwarded"}},
    {"return-forwarded", "...w......", "", {"not_forwarded"}},
    {"report-linked", "wwwwwwwwww", ""},
    {"erase", "..x...xxxx", "====="},
    {"repeat-erasure", "xxxxxxxxxx", "=========="},
    {"report-asking", "ww.www....", ""},
}};

DossierState state_of(char code) { return code == 'A' ? DossierState::returned : DossierState(code - '0'); }

TEST(StateMachine, SpellsEachCommandAsTheApiDoes) {
  const auto commands = one_of_each();
  ASSERT_EQ(commands.size(), kMachine.size());
  for (std::size_t i = 0; i < commands.size(); ++i) EXPECT_EQ(word_of(commands[i]), kMachine[i].word);
}

TEST(StateMachine, AllowsFromEachStateWhatTheTableSays) {
  const auto commands = one_of_each();
  for (std::size_t i = 0; i < commands.size(); ++i) {
    for (int state = 1; state <= 10; ++state) {
      const bool allowed = kMachine[i].by_state[static_cast<std::size_t>(state - 1)] != '.';
      EXPECT_EQ(allowed_in(commands[i], DossierState(state)), allowed)
          << kMachine[i].word << " in state " << state;
    }
  }
}

TEST(StateMachine, LeadsEachCommandFromEachStateWhereTheTableSays) {
  const Instant now = test::vn("2026-08-31 08:00");
  for (std::size_t i = 0; i < kMachine.size(); ++i) {
    std::string_view leads_to = kMachine[i].leads_to;
    auto hindered = kMachine[i].hindered.begin();
    for (int code = 1; code <= 10; ++code) {
      SCOPED_TRACE(std::string(kMachine[i].word) + " in state " + std::to_string(code));
      DossierCase one = case_in(DossierState(code));
      const Dossier before = one.dossier;
      // The wait of a dossier that awaits its supplement must not have run out before the command.
      const Instant at =
          DossierState(code) == DossierState::awaiting_supplement ? test::vn("2026-08-11 08:00") : now;
      const std::string answer = one.give(at, one_of_each()[i]);
      const char mark = kMachine[i].by_state[static_cast<std::size_t>(code - 1)];
      if (mark != 'x') {
        const bool named = mark == 'w' && !kMachine[i].hindered.front().empty();
        const std::string_view wanted = named ? *hindered++ : mark == 'n' ? "not_late" : "wrong_state";
        EXPECT_EQ(answer, wanted);
        EXPECT_EQ(one.last_rejection().kind, Rejection::Kind::conflict);
        EXPECT_EQ(one.dossier, before);
        continue;
      }
      EXPECT_EQ(answer, "accepted");
      const char to = leads_to.front();
      leads_to.remove_prefix(1);
      EXPECT_EQ(one.dossier.state, to == '=' ? before.state : state_of(to));
    }
    EXPECT_TRUE(leads_to.empty()) << kMachine[i].word;
  }
}

TEST(StateMachine, GivesNoCommandButSubmitToADossierThatWasNeverFiled) {
  const auto commands = one_of_each();
  for (std::size_t i = 1; i < commands.size(); ++i) {
    DossierCase none;
    EXPECT_EQ(none.give("2026-08-10 08:00", commands[i]), "wrong_state") << kMachine[i].word;
  }
}

// While a supplement lies unjudged: what was "w" in state 5 is possible, and a second supplement is not.
TEST(StateMachine, JudgesASupplementThatCame) {
  const auto with_supplement = [] {
    DossierCase one = case_in(DossierState::awaiting_supplement);
    EXPECT_EQ(one.give("2026-08-11 08:00", ReceiveSupplement{}), "accepted");
    return one;
  };
  DossierCase again = with_supplement();
  EXPECT_EQ(again.give("2026-08-11 09:00", ReceiveSupplement{}), "already_supplemented");
  EXPECT_EQ(again.give("2026-08-11 09:00", RequestSupplement{}), "accepted");
  EXPECT_EQ(again.dossier.state, DossierState::awaiting_supplement);
  EXPECT_EQ(again.give("2026-08-11 10:00", RequestSupplement{}), "wrong_state");
  EXPECT_EQ(again.give("2026-08-11 10:00", AcceptSupplement{}), "wrong_state");
  DossierCase refused = with_supplement();
  EXPECT_EQ(refused.give("2026-08-11 09:00", RefuseDossier{}), "wrong_state");
  EXPECT_EQ(refused.give("2026-08-11 09:00", AcceptSupplement{}), "accepted");
}

TEST(StateMachine, ReturnsACompletedDossierToTheStateThatAsked) {
  struct Way {
    DossierState asked_in;
    std::vector<CommandBody> before;
  };
  const Way ways[] = {{DossierState::submitted, {}},
                      {DossierState::accepted, {AcceptDossier{}}},
                      {DossierState::processing, {AcceptDossier{}, CompleteStep{}}}};
  for (const Way& way : ways) {
    for (const bool asked_twice : {false, true}) {
      DossierCase one;
      ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
      for (const CommandBody& body : way.before) ASSERT_EQ(one.give("2026-08-10 09:00", body), "accepted");
      for (int round = 0; round < (asked_twice ? 2 : 1); ++round) {
        ASSERT_EQ(one.give("2026-08-10 10:00", RequestSupplement{}), "accepted");
        ASSERT_EQ(one.give("2026-08-10 10:00", ReceiveSupplement{}), "accepted");
      }
      ASSERT_EQ(one.give("2026-08-10 14:00", AcceptSupplement{}), "accepted");
      EXPECT_EQ(one.dossier.state, way.asked_in);
      EXPECT_EQ(one.dossier.rounds.size(), asked_twice ? 2u : 1u);
    }
  }
}

TEST(StateMachine, RefusesADossierWhoseSupplementNeverCameOnlyBeforeAcceptance) {
  DossierCase one;
  ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 09:00", RequestSupplement{}), "accepted");
  EXPECT_EQ(one.give("2026-08-10 10:00", RefuseDossier{}), "accepted");
  EXPECT_EQ(one.dossier.state, DossierState::refused);
  EXPECT_EQ(one.state(ClockKind::citizen_wait, "2026-08-10 10:00"), "void");
}

TEST(StateMachine, WalksTheStepsAndEndsAtTheLast) {
  DossierCase one;
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(one.dossier.step.text, "verify");
  EXPECT_EQ(one.give("2026-08-10 09:00", CompleteStep{Code("sign")}), "wrong_step");
  EXPECT_EQ(one.give("2026-08-10 09:00", CompleteStep{Code("verify")}), "accepted");
  EXPECT_EQ(one.give("2026-08-10 10:00", CompleteStep{}), "accepted");
  EXPECT_EQ(one.dossier.step.text, "return");
  EXPECT_EQ(one.give("2026-08-10 11:00", CompleteStep{}), "last_step");
}

}  // namespace
}  // namespace motcua::core
