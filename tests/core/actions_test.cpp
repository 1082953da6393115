#include <gtest/gtest.h>

#include <random>
#include <set>

#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::DossierCase;
using test::one_of_each;

// What a rejection can be about that no other words of the same command would mend.
bool is_about_state(std::string_view code) {
  static const std::set<std::string_view> codes = {
      "already_announced", "already_apologised",  "already_explained",
      "already_forwarded", "already_reappointed", "already_supplemented",
      "dossier_erased",    "in_transit",          "last_step",
      "no_refund_owed",    "no_result_stands",    "not_forwarded",
      "not_online",        "nothing_to_correct",  "nothing_to_forward",
      "nothing_to_pay",    "payment_not_now",     "suspended",
      "worked_on",         "wrong_state",         "not_late",
      "nothing_promised"};
  return codes.contains(code);
}

const Action* find(const std::vector<Action>& all, std::string_view command) {
  for (const Action& action : all)
    if (action.command == command) return &action;
  return nullptr;
}

// Holds what is said of the dossier against what `decide` answers to each command now.
void expect_as_decided(const DossierCase& one, Instant now, std::set<std::string>& seen) {
  const std::vector<Action> all = actions(one.dossier, one.context(now));
  for (const CommandBody& body : one_of_each()) {
    if (std::holds_alternative<SubmitDossier>(body) || std::holds_alternative<DeriveClocks>(body) ||
        std::holds_alternative<ReportLinked>(body) || std::holds_alternative<RepeatErasure>(body) ||
        std::holds_alternative<ReportAsking>(body)) {
      continue;
    }
    const Action* said = find(all, word_of(body));
    ASSERT_NE(said, nullptr) << word_of(body);
    const Decision decision =
        decide(one.dossier, {body, std::nullopt, Code("H32.19.cv01"), {}}, one.context(now));
    // What was done before is answered again, and is no act.
    if (const auto* accepted = std::get_if<Accepted>(&decision); accepted && accepted->events.empty())
      continue;
    const auto* rejection = std::get_if<Rejection>(&decision);
    // One ground may be used up while others are left.
    const bool of_ground = rejection != nullptr &&
                           (rejection->code == "ground_used_up" || rejection->code == "already_suspended");
    if (of_ground && !said->problem) continue;
    const bool hindered = rejection != nullptr && (of_ground || is_about_state(rejection->code));
    EXPECT_EQ(said->problem.has_value(), hindered) << word_of(body);
    seen.insert(std::string(word_of(body)) + (hindered ? " " + rejection->code : ""));
    if (!hindered || !said->problem) continue;
    EXPECT_EQ(said->problem->code, rejection->code);
    EXPECT_EQ(said->problem->detail, rejection->detail);
    EXPECT_EQ(said->problem->kind, rejection->kind);
  }
}

TEST(Actions, AreAllowedExactlyWhereDecideDoesNotRefuseTheState) {
  std::mt19937_64 random(7);
  std::set<std::string> seen;
  for (int life = 0; life < 900; ++life) {
    DossierCase one;
    Instant now = test::vn("2026-08-10 08:00");
    one.give(now, one.submission(static_cast<Channel>(random() % 3)));
    for (int step = 0; step < 12; ++step) {
      now = test::later(now, static_cast<std::int64_t>(random() % (3 * kDayMs)));
      one.run_out(now);
      expect_as_decided(one, now, seen);
      // Mostly what moves the dossier on, at times what ends it.
      auto commands = one_of_each();
      const bool beside = random() % 3 == 0;  // what goes on beside the way through
      one.give(now, commands[beside ? 13 + random() % (commands.size() - 13)
                                    : 1 + random() % (random() % 4 == 0 ? 11 : 7)]);
    }
  }
  for (const char* each : {"accept",
                           "accept wrong_state",
                           "refuse",
                           "refuse wrong_state",
                           "request-supplement",
                           "request-supplement wrong_state",
                           "supplement",
                           "supplement wrong_state",
                           "supplement already_supplemented",
                           "accept-supplement",
                           "accept-supplement wrong_state",
                           "assign",
                           "assign wrong_state",
                           "complete-step",
                           "complete-step wrong_state",
                           "complete-step last_step",
                           "return-step",
                           "return-step wrong_state",
                           "consult",
                           "consult wrong_state",
                           "answer-consultation",
                           "answer-consultation wrong_state",
                           "settle",
                           "settle wrong_state",
                           "return-result",
                           "return-result wrong_state",
                           "withdraw",
                           "withdraw wrong_state",
                           "adjust",
                           "adjust wrong_state",
                           "adjust not_online",
                           "request-payment",
                           "request-payment payment_not_now",
                           "confirm-payment",
                           "confirm-payment wrong_state",
                           "waive-payment",
                           "confirm-refund wrong_state",
                           "confirm-refund no_refund_owed",
                           "announce-result",

                           "replace-result",
                           "annul-result",
                           "correct",
                           "correct nothing_to_correct",
                           "explain-lateness",
                           "explain-lateness not_late",
                           "extend ground_used_up",
                           "forward",
                           "forward wrong_state",
                           "forward nothing_to_forward",
                           "forward already_forwarded",
                           "receive-forwarded",
                           "receive-forwarded nothing_to_forward",
                           "recall-forwarded",
                           "recall-forwarded not_forwarded",
                           "return-forwarded",
                           "return-forwarded not_forwarded",
                           "return-forwarded worked_on"})
    EXPECT_TRUE(seen.contains(each)) << each;
}

TEST(Actions, AreThoseOfPersons) {
  const DossierCase one = test::case_in(DossierState::accepted);
  const auto all = actions(one.dossier, one.context(test::vn("2026-08-11 08:00")));
  EXPECT_EQ(all.size(), std::variant_size_v<CommandBody> - 5);
  EXPECT_EQ(find(all, "submit"), nullptr);
  EXPECT_EQ(find(all, "derive"), nullptr);
  EXPECT_EQ(find(all, "report-linked"), nullptr);
  EXPECT_EQ(find(all, "repeat-erasure"), nullptr);
  EXPECT_EQ(find(all, "report-asking"), nullptr);
}

TEST(Actions, SayWhyInTheWordsOfTheRefusal) {
  const DossierCase one = test::case_in(DossierState::awaiting_supplement);
  const auto all = actions(one.dossier, one.context(test::vn("2026-08-11 08:00")));
  EXPECT_EQ(find(all, "accept-supplement")->problem->detail,
            "Expected a state in which accept-supplement is possible, but the dossier is "
            "awaiting_supplement: no supplement has come yet");
  EXPECT_FALSE(find(all, "withdraw")->problem);
}

TEST(Actions, OfTermsEndWithTheirGrounds) {
  DossierCase one = test::case_in(DossierState::processing);
  const auto problem = [&](const char* now, const char* command) {
    const auto all = actions(one.dossier, one.context(test::vn(now)));
    const auto& found = find(all, command)->problem;
    return found ? found->code : "none";
  };
  EXPECT_EQ(problem("2026-08-11 08:00", "extend"), "none");
  ASSERT_EQ(one.give("2026-08-11 08:00", ExtendTerm{Code("COMPLEX"), {}}), "accepted");
  EXPECT_EQ(problem("2026-08-11 09:00", "extend"), "ground_used_up");
  for (const char* ground : {"TAX", "TAX", "POSTED"}) {
    EXPECT_EQ(problem("2026-08-11 09:00", "suspend"), "none");
    ASSERT_EQ(one.give("2026-08-11 09:00", SuspendDossier{Code(ground), {}}), "accepted");
    ASSERT_EQ(one.give("2026-08-11 09:00", ResumeDossier{}), "accepted");
  }
  EXPECT_EQ(problem("2026-08-11 10:00", "suspend"), "ground_used_up");
  EXPECT_EQ(problem("2026-08-11 10:00", "explain-lateness"), "not_late");
  EXPECT_EQ(problem("2026-12-01 10:00", "explain-lateness"), "none");
}

TEST(Actions, SayWhereNothingCanBeWaivedOrCorrected) {
  DossierCase one = test::case_in(DossierState::submitted);
  ASSERT_EQ(one.give("2026-08-10 09:00", RequestPayment{}), "accepted");
  const auto problem = [&](const char* command) {
    const auto all = actions(one.dossier, one.context(test::vn("2026-08-10 10:00")));
    const auto& found = find(all, command)->problem;
    return found ? found->code : "none";
  };
  EXPECT_EQ(problem("waive-payment"), "none");
  EXPECT_EQ(problem("correct"), "nothing_to_correct");
  one.procedure.payment->waivers.clear();
  EXPECT_EQ(problem("waive-payment"), "ground_not_allowed");
  const std::int64_t fee = one.dossier.open_payment()->amount_vnd();
  ASSERT_EQ(one.give("2026-08-10 10:00", ConfirmPayment{Code("KB-1"), fee}), "accepted");
  EXPECT_EQ(problem("correct"), "none");
}

TEST(Actions, SayWhyNothingCanBeGranted) {
  DossierCase one;
  SubmitDossier submit = one.submission(Channel::online);
  submit.papers.clear();
  ASSERT_EQ(one.give("2026-08-10 08:00", submit), "accepted");
  ASSERT_EQ(one.give("2026-08-10 09:00", AcceptDossier{}), "accepted");
  const auto problem = grant_problem(one.dossier, one.context(test::vn("2026-08-10 10:00")));
  EXPECT_EQ(problem.value_or(Rejection{}).code, "paper_missing");
  EXPECT_EQ(one.give("2026-08-10 10:00", SettleDossier{}), "paper_missing");
  EXPECT_EQ(one.give("2026-08-10 10:00", SettleDossier{Outcome::denied, ResultForm::paper, Code()}),
            "accepted");
}

}  // namespace
}  // namespace motcua::core
