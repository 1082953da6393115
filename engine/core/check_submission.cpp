#include <algorithm>

#include "engine/core/rejecting.h"
#include "engine/core/standing.h"

namespace motcua::core {
namespace {

void check_agency(const Agency* agency, bool receives, Date on, std::string_view pointer, Faults& faults) {
  const auto fault = [&](std::string_view code, std::string detail) {
    faults.push_back({std::string(pointer), std::string(code), std::move(detail)});
  };
  if (agency == nullptr) {
    fault("unknown_agency", expected("the code of an agency", "there is none of this code"));
  } else if (!agency->exists_on(on)) {
    fault("unknown_agency",
          expected("an agency that exists on the day of receipt", "it " + does_not_exist(*agency)));
  } else if (receives && !agency->one_stop) {
    fault("not_one_stop", expected("an agency with a one-stop counter", "it has none"));
  }
}

void check_offer(const SubmitDossier& submit, const Context& context, Faults& faults) {
  const Procedure& procedure = *context.procedure;
  if (!procedure.offers(submit.channel)) {
    faults.push_back({"#/channel", "channel_not_offered",
                      expected("a channel that the procedure offers", "it does not offer this one")});
  } else if (procedure.term(submit.channel, submitted_variant(submit)) == nullptr) {
    faults.push_back({"#/variant", "unknown_variant",
                      expected("a variant of the procedure on this channel", "there is none of this key")});
  }
  const auto& levels = procedure.levels;
  if (context.competent != nullptr &&
      std::find(levels.begin(), levels.end(), context.competent->level) == levels.end()) {
    faults.push_back(
        {"#/competent_agency", "wrong_level",
         expected("an agency of a level at which the procedure is carried out", "it is of another")});
  }
}

// Decree 118/2025 art. 20: outside the territory of who decides only what may be received anywhere.
void check_territory(const Context& context, Faults& faults) {
  if (context.procedure == nullptr || context.receiving == nullptr || context.competent == nullptr) return;
  if (context.receiving == context.competent || context.own_one_stop || context.procedure->anywhere) return;
  faults.push_back(
      {"#/receiving_agency", "not_anywhere",
       expected("the one-stop of the competent agency, as the procedure is not received anywhere",
                "another is named")});
}

}  // namespace

std::string expected(std::string_view what, std::string_view but) {
  return "Expected " + std::string(what) + ", but " + std::string(but);
}

Rejection conflict(std::string_view code, std::string detail) {
  return {Rejection::Kind::conflict, std::string(code), std::move(detail), {}};
}

Rejection invalid(Faults faults) {
  if (faults.size() == 1) {
    return {Rejection::Kind::invalid, faults.front().code, faults.front().detail, std::move(faults)};
  }
  return {Rejection::Kind::invalid, "invalid", "Expected a command without faults, but it has several",
          std::move(faults)};
}

Rejection invalid(std::string_view pointer, std::string_view code, std::string detail) {
  Faults faults;
  faults.push_back({std::string(pointer), std::string(code), std::move(detail)});
  return invalid(std::move(faults));
}

Code submitted_variant(const SubmitDossier& submit) {
  return submit.variant.empty() ? Code("default") : submit.variant;
}

void check_paper(const Procedure& procedure, const Code& key, std::string pointer, Faults& faults) {
  const auto& known = procedure.papers;
  const bool found =
      known.empty() ||
      std::any_of(known.begin(), known.end(), [&](const PaperDefinition& paper) { return paper.key == key; });
  if (found) return;
  faults.push_back({std::move(pointer), "unknown_paper",
                    expected("a paper of the procedure", "it lists none of this key")});
}

void check_papers(const Procedure& procedure, const std::vector<PaperHanded>& papers, Faults& faults) {
  for (std::size_t i = 0; i < papers.size(); ++i) {
    check_paper(procedure, papers[i].key, "#/papers/" + std::to_string(i) + "/key", faults);
  }
}

void check_facts(const Procedure& procedure, const std::vector<Fact>& facts, Faults& faults) {
  for (const Fact& fact : facts) {
    const bool found = std::any_of(
        procedure.facts.begin(), procedure.facts.end(),
        [&](const FactDefinition& definition) { return definition.key == fact.key && !definition.personal; });
    if (found) continue;
    faults.push_back({"#/facts/" + fact.key.text, "unknown_fact",
                      expected("a fact of the procedure", "it defines none of this key")});
  }
}

std::optional<Rejection> check_submission(const SubmitDossier& submit, std::optional<Instant> received_at,
                                          const Context& context) {
  Faults faults;
  if (context.rules == nullptr) {
    faults.push_back({"#/received_at", "out_of_range",
                      expected("an instant that the rulebook covers", "no layer was in force then")});
  }
  // A clock that runs ahead a little is taken as now, so the day of receipt is never tomorrow.
  const Instant received = std::min(received_at.value_or(context.now), context.now);
  const Date on = local_date(received, kVietnamOffsetMinutes);
  // A linked dossier goes from office to office, past every counter.
  check_agency(context.receiving, !submit.linked_from, on, "#/receiving_agency", faults);
  check_agency(context.competent, false, on, "#/competent_agency", faults);
  check_territory(context, faults);
  if (context.procedure == nullptr) {
    faults.push_back({"#/procedure", "unknown_procedure",
                      expected("a procedure in force at receipt", "there is none of this code")});
  } else {
    check_offer(submit, context, faults);
    check_papers(*context.procedure, submit.papers, faults);
    check_facts(*context.procedure, submit.facts, faults);
  }
  if (submit.accept && submit.channel == Channel::online) {
    faults.push_back({"#/accept", "accept_online",
                      expected("acceptance in the same call at a counter only", "the channel is online")});
  }
  if (!submit.code.empty() && !(is_dossier_code(submit.code.text) && begins_with_agency(submit.code.text))) {
    faults.push_back(
        {"#/code", "malformed_code", expected("a dossier code such as H32.19-260821-0001", "it is none")});
  }
  if (submit.source.empty() != submit.external_ref.empty()) {
    faults.push_back({"#/external_ref", "missing_field",
                      expected("source and external_ref together", "one of them is absent")});
  }
  if (faults.empty()) return std::nullopt;
  return invalid(std::move(faults));
}

}  // namespace motcua::core
