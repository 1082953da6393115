#include "engine/core/command.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/decide.h"
#include "engine/core/rejecting.h"

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

// The competent agency cannot work on papers that lie at another one.
std::optional<Hindrance> in_transit(const Dossier& dossier, const Procedure& procedure) {
  if (dossier.receiving_agency == dossier.competent_agency || !dossier.in_transit()) return std::nullopt;
  const StepDefinition* step = procedure.step(dossier.step);
  if (step == nullptr || step->at_receiving) return std::nullopt;
  return Hindrance{"in_transit", "a dossier whose papers the competent agency has received",
                   "it has not received them yet"};
}
std::optional<Hindrance> not_to_be_completed(const Dossier& dossier, const Procedure& procedure) {
  if (auto found = no_step_follows(dossier, procedure)) return found;
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
      {"request-supplement", {submitted, accepted, processing, awaiting_supplement}, something_is_awaited},
      {"supplement", {awaiting_supplement}, has_come},
      {"accept-supplement", {awaiting_supplement}, nothing_has_come},
      {"assign", {accepted, processing}, in_transit},
      {"complete-step", {accepted, processing}, not_to_be_completed},
      {"settle", {accepted, processing}, in_transit},
      {"return-result", {settled}},
      {"withdraw", {submitted, accepted, processing, awaiting_supplement, awaiting_payment}},
      {"adjust", {submitted, accepted, processing}, not_online},
      {"derive",
       {submitted, accepted, processing, awaiting_supplement, awaiting_payment},
       nullptr,
       Giver::system},
      {"forward", {accepted, processing}, was_forwarded},
      {"receive-forwarded", {accepted, processing}, nothing_to_forward},
      {"recall-forwarded", {accepted, processing}, not_on_its_way},
      {"return-forwarded", {processing}, not_to_be_sent_back},
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

std::string_view word_of(const CommandBody& body) { return table()[body.index()].word; }

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
  if (!starts_from(row, dossier.state)) {
    return wrong_state(row, dossier, "this command does not start from it");
  }
  const auto found = row.hinders == nullptr ? std::nullopt : row.hinders(dossier, *procedure);
  if (!found) return std::nullopt;
  if (found->wanted.empty()) return wrong_state(row, dossier, found->but);
  return conflict(found->code, expected(found->wanted, found->but));
}

std::vector<Action> actions(const Dossier& dossier, const Procedure& procedure) {
  std::vector<Action> all;
  for (std::size_t command = kSubmit + 1; command < table().size(); ++command) {
    if (table()[command].giver == Giver::system) continue;
    all.push_back({table()[command].word, state_problem(command, dossier, &procedure)});
  }
  return all;
}

}  // namespace motcua::core
