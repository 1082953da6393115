#include "engine/run/control_lines.h"

#include <utility>

namespace motcua::run {
namespace {

// The due of the last clock of a kind that this event ended; nothing when it ended none, or it had none.
std::optional<core::Instant> due_of_ended(const core::Event& event, const core::Dossier& after,
                                          core::ClockKind kind) {
  std::optional<core::Instant> due;
  for (const core::ClockChange& change : event.clocks) {
    if (change.kind != kind || change.action != core::ClockAction::end) continue;
    if (const core::LegalClock* clock = after.clock(kind, change.term)) due = clock->due.at;
  }
  return due;
}

ControlParty holder_of(const core::Dossier& dossier) {
  return {dossier.holder_agency, dossier.holder_unit, dossier.holder_officer};
}

}  // namespace

void ControlLines::add(ControlParty giver, ControlParty receiver, std::string_view about,
                       const core::Event& event, std::optional<core::Instant> due_at,
                       const core::Code& step) {
  if (giver.officer.empty()) giver.officer = event.on_behalf_of;
  lines_.push_back({std::move(giver), std::move(receiver), event.occurred_at, event.recorded_at, due_at,
                    about, step.text});
}

void ControlLines::see(const core::Event& event, const core::Dossier& after) {
  using core::ClockKind;
  const ControlParty now = holder_of(after);
  const core::EventBody& body = event.body;
  if (std::holds_alternative<core::DossierAccepted>(body)) {
    const ControlParty counter{after.receiving_agency, {}, event.on_behalf_of};
    lines_.push_back({{},
                      counter,
                      event.occurred_at,
                      event.recorded_at,
                      due_of_ended(event, after, ClockKind::acceptance),
                      "line_accepted",
                      {}});
  } else if (const auto* assigned = std::get_if<core::StepAssigned>(&body)) {
    const ControlParty to{assigned->agency, assigned->unit, assigned->officer};
    add(holder_, to, "line_assigned", event, due_of_ended(event, after, ClockKind::forward), assigned->step);
  } else if (const auto* completed = std::get_if<core::StepCompleted>(&body)) {
    const bool joins = completed->next_step.empty();
    const bool lead = completed->step == step_;
    add(lead ? holder_ : ControlParty{after.competent_agency, {}, {}}, joins ? ControlParty{} : now,
        joins ? "line_joined" : "line_completed", event, due_of_ended(event, after, ClockKind::step),
        completed->step);
    if (joins) lines_.back().receiver = {after.competent_agency, {}, {}};
  } else if (const auto* returned = std::get_if<core::StepReturned>(&body)) {
    add(holder_, now, "line_returned", event, due_of_ended(event, after, ClockKind::step), returned->step);
  } else if (const auto* forwarded = std::get_if<core::DossierForwarded>(&body)) {
    add({forwarded->from_agency, {}, forwarded->from_officer}, {forwarded->to_agency, {}, {}},
        "line_forwarded", event, std::nullopt);
    if (const auto* clock = after.clock(ClockKind::forward)) lines_.back().due_at = clock->due.at;
  } else if (const auto* received = std::get_if<core::ForwardReceived>(&body)) {
    const ControlParty to{received->agency, received->unit, received->officer};
    add({received->from_agency, {}, {}}, to, "line_received", event,
        due_of_ended(event, after, ClockKind::forward));
    lines_.back().giver.officer = {};  // who received did not give
  } else if (std::holds_alternative<core::ForwardRecalled>(body)) {
    add(holder_, now, "line_recalled", event, std::nullopt);
  } else if (const auto* back = std::get_if<core::ForwardReturned>(&body)) {
    add(holder_, {back->agency, {}, {}}, "line_sent_back", event, std::nullopt);
  } else if (const auto* consulted = std::get_if<core::AgencyConsulted>(&body)) {
    add({after.competent_agency, {}, consulted->asked_by}, {consulted->agency, {}, {}}, "line_consulted",
        event, std::nullopt);
  } else if (const auto* answered = std::get_if<core::ConsultationAnswered>(&body)) {
    const core::Consultation& asked = after.consultations[answered->number - 1];
    add({asked.agency, {}, {}}, {after.competent_agency, {}, asked.asked_by}, "line_answered", event,
        due_of_ended(event, after, ClockKind::consultation));
  } else if (std::holds_alternative<core::DossierSettled>(body)) {
    add(holder_, {after.receiving_agency, {}, {}}, "line_settled", event,
        due_of_ended(event, after, ClockKind::settlement));
  } else if (std::holds_alternative<core::ResultReturned>(body)) {
    add({after.receiving_agency, {}, {}}, {}, "line_handed_out", event, std::nullopt);
  }
  holder_ = now;
  step_ = after.step;
}

std::string ControlLines::step_name(const core::Procedure* procedure, const std::string& key) {
  const core::StepDefinition* step =
      procedure == nullptr || key.empty() ? nullptr : procedure->step(core::Code(key));
  return step == nullptr ? key : step->name;
}

}  // namespace motcua::run
