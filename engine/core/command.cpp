#include "engine/core/command.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/decide.h"
#include "engine/core/fees.h"
#include "engine/core/rejecting.h"
#include "engine/core/standing.h"
#include "engine/core/workflow.h"

namespace motcua::core {
namespace {

using enum DossierState;

// What is known of a dossier beside its state, and hinders a command.
struct Hindrance {
  std::string_view code;
  std::string_view wanted;  // empty: a state in which the command is possible
  std::string_view but;
};
using Hinders = std::optional<Hindrance> (*)(const Dossier&, const Procedure&);

std::optional<Hindrance> is_retained(const Dossier&, const Procedure& procedure) {
  if (procedure.retention_years) return std::nullopt;
  return Hindrance{"retention_unknown", "a procedure that says how long its dossiers are kept",
                   "it does not, so they are kept"};
}

// A supplement has come, and no officer has judged it.
bool lies_unjudged(const Dossier& dossier) {
  return !dossier.rounds.empty() && dossier.rounds.back().supplied_at && !dossier.rounds.back().accepted_at;
}

std::optional<Hindrance> acceptance_stands(const Dossier& dossier, const Procedure&) {
  if (!dossier.accepted_at) return std::nullopt;
  return Hindrance{"wrong_state", "", "it was accepted, so a refusal is its result: settle it"};
}
std::optional<Hindrance> something_is_awaited(const Dossier& dossier, const Procedure&) {
  if (dossier.state != awaiting_supplement || lies_unjudged(dossier)) return std::nullopt;
  return Hindrance{"wrong_state", "", "what was asked before has not come yet"};
}
std::optional<Hindrance> has_come(const Dossier& dossier, const Procedure&) {
  if (!lies_unjudged(dossier)) return std::nullopt;
  return Hindrance{"already_supplemented", "a supplement that is still awaited",
                   "one has come and has not been judged yet"};
}
std::optional<Hindrance> nothing_has_come(const Dossier& dossier, const Procedure&) {
  if (lies_unjudged(dossier)) return std::nullopt;
  return Hindrance{"wrong_state", "", "no supplement has come yet"};
}
std::optional<Hindrance> no_step_follows(const Dossier& dossier, const Procedure& procedure) {
  if (procedure.step_after(dossier.step) != nullptr) return std::nullopt;
  return Hindrance{"last_step", "a step that another follows", "this is the last: settle the dossier"};
}
std::optional<Hindrance> not_online(const Dossier& dossier, const Procedure&) {
  if (dossier.channel == Channel::online) return std::nullopt;
  return Hindrance{"not_online", "an online dossier", "it was filed on another channel"};
}

std::optional<Hindrance> is_on_hold(const Dossier& dossier, const Procedure&) {
  if (!dossier.on_hold()) return std::nullopt;
  return Hindrance{"suspended", "a dossier whose term runs", "a suspension is in force: resume it first"};
}
std::optional<Hindrance> awaited_or_on_hold(const Dossier& dossier, const Procedure& procedure) {
  if (auto held = is_on_hold(dossier, procedure)) return held;
  return something_is_awaited(dossier, procedure);
}
std::optional<Hindrance> is_not_on_hold(const Dossier& dossier, const Procedure&) {
  if (dossier.on_hold()) return std::nullopt;
  return Hindrance{"wrong_state", "", "no suspension is in force"};
}
std::optional<Hindrance> allows_no_suspension(const Dossier&, const Procedure& procedure) {
  if (!procedure.suspensions.empty()) return std::nullopt;
  return Hindrance{"ground_not_allowed", "a ground that the procedure allows", "it allows no suspension"};
}
std::optional<Hindrance> allows_no_extension(const Dossier& dossier, const Procedure& procedure) {
  if (auto held = is_on_hold(dossier, procedure)) return held;
  if (procedure.extensions.empty()) {
    return Hindrance{"ground_not_allowed", "a ground that the procedure allows", "it allows no extension"};
  }
  if (!dossier.untimed()) return std::nullopt;
  return Hindrance{"untimed", "a dossier with a due date", "its procedure states no limit"};
}
std::optional<Hindrance> had_its_reappointment(const Dossier& dossier, const Procedure& procedure) {
  if (auto held = is_on_hold(dossier, procedure)) return held;
  if (!dossier.reappointment) return std::nullopt;
  return Hindrance{"already_reappointed", "the first re-appointment of a dossier", "it had its only one"};
}
std::optional<Hindrance> owes_no_apology(const Dossier& dossier, const Procedure&) {
  if (!dossier.accepted_at) return Hindrance{"wrong_state", "", "it was never accepted"};
  if (!apologised_for_term(dossier)) return std::nullopt;
  return Hindrance{"already_apologised", "a dossier without an apology", "one was sent"};
}
std::optional<Hindrance> was_explained(const Dossier& dossier, const Procedure&) {
  if (!dossier.accepted_at) return Hindrance{"wrong_state", "", "it was never accepted"};
  if (!dossier.explained_at) return std::nullopt;
  return Hindrance{"already_explained", "a dossier without an explanation", "one was given"};
}
std::optional<Hindrance> allows_no_stop(const Dossier& dossier, const Procedure& procedure) {
  if (!dossier.accepted_at) return Hindrance{"wrong_state", "", "it was never accepted: refuse it"};
  if (!procedure.stops.empty()) return std::nullopt;
  return Hindrance{"ground_not_allowed", "a ground that the procedure allows",
                   "it allows no stop by an office"};
}
std::optional<Hindrance> nothing_was_left(const Dossier& dossier, const Procedure& procedure) {
  if (may_return(procedure, dossier)) return std::nullopt;
  return Hindrance{"wrong_state", "", "no step came before to which it could be given back"};
}
std::optional<Hindrance> no_answer_is_awaited(const Dossier& dossier, const Procedure&) {
  bool linked = false;
  for (const Consultation& asked : dossier.consultations) {
    if (!asked.answered_at && !asked.linked) return std::nullopt;
    linked = linked || !asked.answered_at;
  }
  if (linked) {
    return Hindrance{"wrong_state", "", "only ends of the dossiers opened with them answer what was asked"};
  }
  return Hindrance{"wrong_state", "", "no answer of a consulted agency is awaited"};
}
std::optional<Hindrance> opened_no_dossier(const Dossier& dossier, const Procedure&) {
  for (const Consultation& asked : dossier.consultations) {
    if (asked.linked) return std::nullopt;
  }
  return Hindrance{"wrong_state", "", "no other dossier was opened for it"};
}
std::optional<Hindrance> was_not_asked_for(const Dossier& dossier, const Procedure&) {
  if (dossier.linked_from) return std::nullopt;
  return Hindrance{"wrong_state", "", "it was opened for no other dossier"};
}
std::optional<Hindrance> nothing_to_ask(const Dossier& dossier, const Procedure& procedure) {
  if (auto held = is_on_hold(dossier, procedure)) return held;
  if (procedure.payment) {
    const bool before = procedure.payment->when == PaymentTime::before_acceptance;
    if (before && dossier.accepted_at) {
      return Hindrance{"payment_not_now", "a payment before acceptance, as the procedure says",
                       "the dossier was accepted"};
    }
    if (!before && !dossier.accepted_at) {
      return Hindrance{"payment_not_now", "a payment after acceptance, as the procedure says",
                       "the dossier was not accepted yet"};
    }
  }
  if (!fees_left(procedure, dossier).empty()) return std::nullopt;
  return Hindrance{"nothing_to_pay", "a fee that is still to be paid", "the schedule has none for it"};
}
// Also of a dossier that is over: what was asked may still be paid.
std::optional<Hindrance> nothing_was_asked(const Dossier& dossier, const Procedure&) {
  if (dossier.open_payment() != nullptr) return std::nullopt;
  return Hindrance{"wrong_state", "", "no payment is awaited that was asked for here"};
}
std::optional<Hindrance> waives_nothing(const Dossier& dossier, const Procedure& procedure) {
  if (auto found = nothing_was_asked(dossier, procedure)) return found;
  if (procedure.payment && !procedure.payment->waivers.empty()) return std::nullopt;
  return Hindrance{"ground_not_allowed", "a ground that the procedure allows", "it allows no waiver"};
}
std::optional<Hindrance> no_refund_owed(const Dossier& dossier, const Procedure&) {
  for (const PaymentRecord& record : dossier.payments) {
    if (record.owes_refund()) return std::nullopt;
  }
  return Hindrance{"no_refund_owed", "a refund that is owed", "none is"};
}
std::optional<Hindrance> no_result_stands(const Dossier& dossier, const Procedure&) {
  for (const ResultGiven& result : dossier.results) {
    if (dossier.change_of(result.code) == nullptr) return std::nullopt;
  }
  return Hindrance{"no_result_stands", "a result that stands",
                   dossier.results.empty() ? "the old system told of none" : "all were annulled"};
}
// An old system may have settled a dossier without a code for its result, which waits for the citizen all
// the same.
std::optional<Hindrance> nothing_to_hand_out(const Dossier& dossier, const Procedure& procedure) {
  if (dossier.results.empty()) return std::nullopt;
  return no_result_stands(dossier, procedure);
}
std::optional<Hindrance> announced_before(const Dossier& dossier, const Procedure& procedure) {
  if (!dossier.result_notice) return nothing_to_hand_out(dossier, procedure);
  return Hindrance{"already_announced", "a result that was not announced yet", "it was"};
}
// An act whose instant may be corrected was entered here: what an old system told of has no event of its own.
std::optional<Hindrance> nothing_to_correct(const Dossier& dossier, const Procedure&) {
  const auto ours = [&](const std::optional<Instant>& at) {
    return at && (!dossier.imported_at || *at >= *dossier.imported_at);
  };
  bool any = ours(dossier.accepted_at) || ours(dossier.settled_at);
  for (const SupplementRound& round : dossier.rounds) any = any || ours(round.supplied_at);
  for (const PaymentRecord& record : dossier.payments) any = any || ours(record.paid_at);
  if (any) return std::nullopt;
  return Hindrance{"nothing_to_correct", "an acceptance, a supplement, a settlement or a payment",
                   "none was entered for this dossier"};
}
// The competent agency cannot work on papers that lie at another one.
const Hindrance kInTransit{"in_transit", "a dossier whose papers the competent agency has received",
                           "it has not received them yet"};
bool lies_elsewhere(const Dossier& dossier, const Procedure& procedure, const Code& key) {
  if (dossier.receiving_agency == dossier.competent_agency || !dossier.in_transit()) return false;
  const StepDefinition* step = procedure.step(key);
  if (step == nullptr) return false;
  // Whoever is consulted on a branch needs no papers for it.
  return key == dossier.step ? !step->at_receiving : step->place() == StepPlace::competent;
}
std::optional<Hindrance> in_transit(const Dossier& dossier, const Procedure& procedure) {
  if (!lies_elsewhere(dossier, procedure, dossier.step)) return std::nullopt;
  return kInTransit;
}
// No open step can be worked on: what is said of one of them is looked at when it is named.
std::optional<Hindrance> all_in_transit(const Dossier& dossier, const Procedure& procedure) {
  for (const ParallelStep& branch : dossier.parallel) {
    if (!lies_elsewhere(dossier, procedure, branch.step)) return std::nullopt;
  }
  return in_transit(dossier, procedure);
}
std::optional<Hindrance> not_to_be_completed(const Dossier& dossier, const Procedure& procedure) {
  if (auto found = no_step_follows(dossier, procedure)) return found;
  return all_in_transit(dossier, procedure);
}
std::optional<Hindrance> not_to_be_settled(const Dossier& dossier, const Procedure& procedure) {
  if (auto held = is_on_hold(dossier, procedure)) return held;
  return in_transit(dossier, procedure);
}
std::optional<Hindrance> nothing_to_forward(const Dossier& dossier, const Procedure&) {
  if (dossier.in_transit()) return std::nullopt;
  return Hindrance{"nothing_to_forward", "a dossier whose hand-over is owed", "it is not, or not any more"};
}
std::optional<Hindrance> was_forwarded(const Dossier& dossier, const Procedure& procedure) {
  if (auto found = nothing_to_forward(dossier, procedure)) return found;
  if (dossier.handovers.empty() || !dossier.handovers.back().in_transit()) return std::nullopt;
  return Hindrance{"already_forwarded", "a dossier that was not handed over yet", "it is on its way already"};
}
std::optional<Hindrance> not_on_its_way(const Dossier& dossier, const Procedure&) {
  if (!dossier.handovers.empty() && dossier.handovers.back().in_transit()) return std::nullopt;
  return Hindrance{"not_forwarded", "a dossier that is on its way", "it was not handed over, or has come"};
}
std::optional<Hindrance> not_to_be_sent_back(const Dossier& dossier, const Procedure&) {
  const bool received = !dossier.handovers.empty() && dossier.handovers.back().received_at &&
                        !dossier.handovers.back().returned_at;
  if (!received) {
    return Hindrance{"not_forwarded", "a dossier that was handed over", "nothing was received"};
  }
  if (!dossier.handovers.back().worked_on) return std::nullopt;
  return Hindrance{"worked_on", "a dossier on which no step was completed since it was received", "one was"};
}

enum class Giver { person, system };

// One row of the state machine, in the order of CommandBody: from which states the command starts, and what
// else may be known of the dossier that hinders it, whatever the command says.
struct Row {
  std::string_view word;
  std::initializer_list<DossierState> from;
  Hinders hinders = nullptr;
  Giver giver = Giver::person;
};

const std::array<Row, std::variant_size_v<CommandBody>>& table() {
  static const std::array<Row, std::variant_size_v<CommandBody>> rows = {{
      {"submit", {}},
      {"accept", {submitted}},
      {"refuse", {submitted, awaiting_supplement, awaiting_payment}, acceptance_stands},
      {"request-supplement", {submitted, accepted, processing, awaiting_supplement}, awaited_or_on_hold},
      {"supplement", {awaiting_supplement}, has_come},
      {"accept-supplement", {awaiting_supplement}, nothing_has_come},
      {"assign", {accepted, processing}, all_in_transit},
      {"complete-step", {accepted, processing}, not_to_be_completed},
      {"settle", {accepted, processing}, not_to_be_settled},
      {"return-result", {settled}, nothing_to_hand_out},
      {"withdraw", {submitted, accepted, processing, awaiting_supplement, awaiting_payment}},
      {"adjust", {submitted, accepted, processing}, not_online},
      {"derive",
       {submitted, accepted, processing, awaiting_supplement, awaiting_payment},
       nullptr,
       Giver::system},
      {"suspend", {accepted, processing}, allows_no_suspension},
      {"resume", {accepted, processing}, is_not_on_hold},
      {"extend", {accepted, processing}, allows_no_extension},
      {"reappoint", {accepted, processing}, had_its_reappointment},
      {"apologise",
       {accepted, processing, awaiting_supplement, awaiting_payment, withdrawn, stopped, settled, returned},
       owes_no_apology},
      {"explain-lateness",
       {accepted, processing, awaiting_supplement, awaiting_payment, withdrawn, stopped, settled, returned},
       was_explained},
      {"stop", {accepted, processing, awaiting_supplement, awaiting_payment}, allows_no_stop},
      {"return-step", {accepted, processing}, nothing_was_left},
      {"consult", {accepted, processing}},
      {"answer-consultation",
       {accepted, processing, awaiting_supplement, awaiting_payment},
       no_answer_is_awaited},
      {"request-payment", {submitted, accepted, processing}, nothing_to_ask},
      {"confirm-payment", {awaiting_payment, refused, withdrawn, stopped}, nothing_was_asked},
      {"waive-payment", {awaiting_payment}, waives_nothing},
      {"confirm-refund", {refused, withdrawn, stopped}, no_refund_owed},
      {"announce-result", {settled}, announced_before},
      {"replace-result", {settled, returned}, no_result_stands},
      {"annul-result", {settled, returned}, no_result_stands},
      {"correct",
       {submitted, accepted, refused, processing, awaiting_supplement, awaiting_payment, withdrawn, stopped,
        settled, returned},
       nothing_to_correct},
      {"forward", {accepted, processing}, was_forwarded},
      {"receive-forwarded", {accepted, processing}, nothing_to_forward},
      {"recall-forwarded", {accepted, processing}, not_on_its_way},
      {"return-forwarded", {processing}, not_to_be_sent_back},
      {"report-linked",
       {submitted, accepted, refused, processing, awaiting_supplement, awaiting_payment, withdrawn, stopped,
        settled, returned},
       opened_no_dossier,
       Giver::system},
      {"erase", {refused, withdrawn, stopped, settled, returned}, is_retained},
      {"repeat-erasure",
       {submitted, accepted, refused, processing, awaiting_supplement, awaiting_payment, withdrawn, stopped,
        settled, returned},
       nullptr,
       Giver::system},
      {"report-asking",
       {submitted, accepted, processing, awaiting_supplement, awaiting_payment},
       was_not_asked_for,
       Giver::system},
  }};
  return rows;
}

bool starts_from(const Row& row, DossierState state) {
  return std::find(row.from.begin(), row.from.end(), state) != row.from.end();
}

Rejection wrong_state(const Row& row, const Dossier& dossier, std::string_view why) {
  return conflict("wrong_state", expected("a state in which " + std::string(row.word) + " is possible",
                                          "the dossier is " + std::string(word_of(dossier.state)) + ": " +
                                              std::string(why)));
}

constexpr std::size_t kSubmit = 0;

}  // namespace

std::string_view word_of(const CommandBody& body) { return command_word(body.index()); }

std::string_view command_word(std::size_t place) { return table()[place].word; }

bool is_given_by_people(std::size_t place) { return table()[place].giver == Giver::person; }

bool allowed_in(const CommandBody& body, DossierState state) {
  return starts_from(table()[body.index()], state);
}

std::optional<Rejection> state_problem(std::size_t command, const Dossier& dossier,
                                       const Procedure* procedure) {
  const Row& row = table()[command];
  const bool filed = dossier.version > 0;
  if (filed == (command == kSubmit)) {
    return wrong_state(row, dossier, filed ? "it was filed already" : "it was never filed");
  }
  if (!filed) return std::nullopt;
  if (dossier.erased_at && row.giver == Giver::person) {
    return conflict("dossier_erased",
                    expected("a dossier of which something is known", "what was typed of it was erased"));
  }
  if (!starts_from(row, dossier.state)) {
    return wrong_state(row, dossier, "this command does not start from it");
  }
  const auto found = row.hinders == nullptr ? std::nullopt : row.hinders(dossier, *procedure);
  if (!found) return std::nullopt;
  if (found->wanted.empty()) return wrong_state(row, dossier, found->but);
  return conflict(found->code, expected(found->wanted, found->but));
}

std::optional<Rejection> transit_problem(const Dossier& dossier, const Procedure& procedure,
                                         const Code& step) {
  if (!lies_elsewhere(dossier, procedure, step)) return std::nullopt;
  return conflict(kInTransit.code, expected(kInTransit.wanted, kInTransit.but));
}

std::optional<Date> retained_until(const Dossier& dossier, const Procedure& procedure) {
  if (!dossier.ended_at || !procedure.retention_years) return std::nullopt;
  return add_months(local_date(*dossier.ended_at, kVietnamOffsetMinutes), 12 * *procedure.retention_years);
}

std::vector<Action> actions(const Dossier& dossier, const Context& context) {
  std::vector<Action> all;
  for (std::size_t command = kSubmit + 1; command < table().size(); ++command) {
    if (table()[command].giver == Giver::system) continue;
    auto problem = state_problem(command, dossier, context.procedure);
    if (!problem) problem = standing_problem(command, dossier, context);
    all.push_back({table()[command].word, std::move(problem)});
  }
  return all;
}

}  // namespace motcua::core
