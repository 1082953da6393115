#include <algorithm>

#include "engine/core/decider.h"

namespace motcua::core {
namespace {

std::string in_words(const std::vector<Code>& agencies) {
  std::string words;
  for (const Code& agency : agencies) words += (words.empty() ? "" : ", ") + agency.text;
  return words;
}

}  // namespace

std::optional<Rejection> Decider::check_consultation(const ConsultAgency& consult) const {
  if (auto problem = agency_problem(context_.target, at_, "#/agency")) return problem;
  const Agency& agency = *context_.target;
  if (agency.code == dossier_.competent_agency) {
    return invalid("#/agency", "own_agency",
                   expected("another agency", "it is the one that settles the dossier"));
  }
  if (!consult.consultation.empty()) {
    const ConsultationDefinition* known = context_.procedure->consultation(consult.consultation);
    if (known == nullptr) {
      return invalid("#/consultation", "unknown_consultation",
                     expected("a consultation of the procedure", "it names none of this key"));
    }
    const auto& named = known->agencies;
    const bool listed = std::find(named.begin(), named.end(), agency.code) != named.end();
    if (!named.empty() && !listed) {
      return invalid("#/agency", "wrong_agency",
                     expected("one of " + in_words(named) + " for this consultation", "it is another"));
    }
    if (known->level && agency.level != *known->level) {
      return invalid(
          "#/agency", "wrong_level",
          expected("an agency of the level " + std::string(word_of(*known->level)) + " for this consultation",
                   "it is of another"));
    }
  }
  for (const Consultation& open : dossier_.consultations) {
    if (open.answered_at || open.agency != agency.code || open.kind != consult.consultation) continue;
    return conflict("already_consulted",
                    expected("an agency that does not owe this answer already", "it was asked before"));
  }
  return std::nullopt;
}

void Decider::on(const ConsultAgency& consult) {
  if (auto problem = check_consultation(consult)) return reject(std::move(*problem));
  const ConsultationDefinition* known = context_.procedure->consultation(consult.consultation);
  AgencyConsulted body;
  body.number = static_cast<std::uint32_t>(dossier_.consultations.size() + 1);
  body.consultation = consult.consultation;
  body.agency = context_.target->code;
  body.asked_by = command_.on_behalf_of;
  body.texts = texts();
  if (known != nullptr && !known->procedure.empty()) body.linked = context_.fresh_id;
  Clockwork clocks(dossier_, context_);
  // What the procedure does not name has no limit: it is owed, and never late.
  clocks.start_consultation(body.agency, known == nullptr ? Limit{} : known->budget, at_);
  add(std::move(body), clocks.take());
}

void Decider::on(const AnswerConsultation& answer) {
  const auto& asked = dossier_.consultations;
  if (answer.number == 0 || answer.number > asked.size()) {
    return reject(invalid("#/number", "unknown_consultation",
                          expected("the number of a consultation of the dossier", "there is none of it")));
  }
  if (asked[answer.number - 1].answered_at) {
    return reject(conflict("already_answered",
                           expected("a consultation that is still awaited", "this one was answered")));
  }
  if (asked[answer.number - 1].linked) {
    return reject(
        conflict("answered_by_linked", expected("a consultation that its agency answers",
                                                "the end of the dossier opened with it is the answer")));
  }
  ConsultationAnswered body;
  body.number = answer.number;
  body.outcome = answer.outcome;
  body.texts = texts();
  Clockwork clocks(dossier_, context_);
  clocks.end_consultation(answer.number, at_);
  add(std::move(body), clocks.take());
}

// A stop that is countered lets the linked dossier go on, and end again: the last end counts, and the clock
// was met by the first.
void Decider::on(const ReportLinked& report) {
  const auto& asked = dossier_.consultations;
  if (report.number == 0 || report.number > asked.size() || !asked[report.number - 1].linked) {
    return reject(invalid("#/number", "unknown_consultation",
                          expected("a consultation that opened a dossier", "there is none of this number")));
  }
  ConsultationAnswered body;
  body.number = report.number;
  body.outcome = report.outcome;
  body.ended_as = report.ended_as;
  Clockwork clocks(dossier_, context_);
  clocks.end_consultation(report.number, at_);
  add(std::move(body), clocks.take());
}

// Of the asking dossier's end nothing follows for this one but that it is known: ARCHITECTURE, "linked".
void Decider::on(const ReportAsking& report) {
  const bool known = report.awaited ? !dossier_.asking_ended
                                    : dossier_.asking_ended && dossier_.asking_ended->state == report.state;
  if (!known) add(AwaitingChanged{report.awaited, report.state}, {});
}

}  // namespace motcua::core
