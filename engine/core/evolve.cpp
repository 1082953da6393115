#include <algorithm>
#include <cassert>

#include "engine/core/applying.h"
#include "engine/core/event.h"
#include "engine/core/evolving.h"

namespace motcua::core {
namespace {

void replace_texts(Dossier& dossier, const std::vector<TextRef>& texts) {
  for (const TextRef& text : texts) {
    const auto known = std::find_if(dossier.texts.begin(), dossier.texts.end(),
                                    [&](const TextRef& t) { return t.record == text.record; });
    // What was typed of papers goes with those of its own event, which later ones do not replace.
    if (known == dossier.texts.end() || text.record == TextRecord::papers) {
      dossier.texts.push_back(text);
    } else {
      *known = text;
    }
  }
}

// Replaces items with the same key, appends the others.
template <class Item>
void replace_by_key(std::vector<Item>& items, const std::vector<Item>& changes) {
  for (const Item& change : changes) {
    const auto known =
        std::find_if(items.begin(), items.end(), [&](const Item& item) { return item.key == change.key; });
    if (known == items.end()) {
      items.push_back(change);
    } else {
      *known = change;
    }
  }
}

struct Apply {
  Dossier& dossier;
  const Event& event;

  void operator()(const DossierSubmitted& e) const {
    dossier.id = event.dossier;
    dossier.state = DossierState::submitted;
    dossier.code = e.code;
    dossier.procedure = e.procedure;
    dossier.procedure_version = event.procedure_version;
    dossier.variant = e.variant;
    dossier.rulebook_version = event.rulebook_version;
    dossier.layer = e.layer;
    dossier.channel = e.channel;
    dossier.receiving_agency = e.receiving_agency;
    dossier.competent_agency = e.competent_agency;
    dossier.owner_kind = e.owner_kind;
    dossier.delivery = e.delivery;
    dossier.source = e.source;
    dossier.external_ref = e.external_ref;
    dossier.received_at = event.occurred_at;
    dossier.holder_agency = e.receiving_agency;
    add_papers(e.papers, 0);
    dossier.facts = e.facts;
    replace_texts(dossier, e.texts);
    dossier.linked_from = e.linked_from;
    dossier.further_agencies = e.linked_agencies;
  }
  void operator()(const DossierAccepted& e) const {
    dossier.state = DossierState::accepted;
    if (!e.code.empty()) dossier.code = e.code;
    dossier.accepted_at = event.occurred_at;
    dossier.appointment_at = e.appointment_at;
    dossier.step = e.step;
    hold(e.holder_agency, Code(), Code());
    replace_texts(dossier, e.texts);
  }
  void operator()(const DossierRefused& e) const {
    end(DossierState::refused);
    replace_texts(dossier, e.texts);
  }
  void operator()(const SupplementRequested& e) const {
    SupplementRound round;
    round.asked_at = event.occurred_at;
    round.asked_by = e.asked_by;
    round.missing = e.missing;
    // Asked again while a supplement lies unjudged: the dossier still belongs to the state of the first
    // request.
    round.asked_in = dossier.state == DossierState::awaiting_supplement && !dossier.rounds.empty()
                         ? dossier.rounds.back().asked_in
                         : dossier.state;
    round.promise_before = dossier.promised_at();
    dossier.rounds.push_back(std::move(round));
    dossier.state = DossierState::awaiting_supplement;
    keep_papers_back(dossier, event.occurred_at);
    replace_texts(dossier, e.texts);
  }
  void operator()(const SupplementReceived& e) const {
    dossier.rounds.back().supplied_at = event.occurred_at;
    add_papers(e.papers, static_cast<std::uint32_t>(dossier.rounds.size()));
    replace_texts(dossier, e.texts);
  }
  void operator()(const SupplementAccepted& e) const {
    dossier.state = e.state;
    dossier.rounds.back().accepted_at = event.occurred_at;
    dossier.rounds.back().promise_after = dossier.promised_at();
  }
  void operator()(const StepAssigned& e) const {
    dossier.state = DossierState::processing;
    note_handling(e.agency, e.officer);
    put(e.step, {e.step, e.agency, e.unit, e.officer});
  }
  void operator()(const StepCompleted& e) const {
    dossier.state = DossierState::processing;
    note_handling(dossier.holder_agency, dossier.holder_officer);
    if (!dossier.handovers.empty() && dossier.handovers.back().received_at) {
      dossier.handovers.back().worked_on = true;
    }
    if (e.edge) note_visit(e.step);
    if (e.next_step.empty()) {
      close_branch(e.step);
    } else {
      enter(e.step, {e.next_step, e.next_agency, {}, {}});
    }
    for (const StepEntered& branch : e.branches) {
      dossier.parallel.push_back({branch.step, branch.agency, {}, {}});
    }
    replace_by_key(dossier.facts, e.facts);
    replace_texts(dossier, e.texts);
  }
  void operator()(const DossierSettled& e) const {
    end(DossierState::settled);
    dossier.settled_at = event.occurred_at;
    dossier.results.push_back(e.result);
    replace_texts(dossier, e.texts);
  }
  void operator()(const ResultReturned& e) const {
    dossier.state = DossierState::returned;
    dossier.returned_at = event.occurred_at;
    dossier.delivery = e.delivery;
  }
  void operator()(const DossierWithdrawn& e) const {
    end(DossierState::withdrawn);
    replace_texts(dossier, e.texts);
  }
  void operator()(const DossierStopped& e) const {
    end(DossierState::stopped);
    replace_texts(dossier, e.texts);
    if (event.cause == CauseKind::clock) dossier.counterable_stop = event.version;
  }
  void operator()(const DossierStopCountered& e) const {
    dossier.state = e.state;
    dossier.ended_at.reset();
  }
  void operator()(const DossierAdjusted& e) const {
    if (e.delivery) dossier.delivery = *e.delivery;
    add_papers(e.papers, 0);
    replace_by_key(dossier.facts, e.facts);
    replace_texts(dossier, e.texts);
  }
  void operator()(const ClocksDerived&) const {}
  void operator()(const DossierSuspended& e) const {
    dossier.suspensions.push_back({e.ground, event.occurred_at, e.until, std::nullopt});
    replace_texts(dossier, e.texts);
  }
  void operator()(const DossierResumed& e) const {
    for (Suspension& one : dossier.suspensions) {
      if (one.ground == e.ground && !one.resumed_at) one.resumed_at = event.occurred_at;
    }
    replace_texts(dossier, e.texts);
  }
  void operator()(const DossierExtended& e) const {
    dossier.extensions.push_back({e.ground, event.occurred_at, e.by, e.due_before, e.due_after});
    replace_texts(dossier, e.texts);
  }
  void operator()(const DossierReappointed& e) const {
    Reappointment made;
    made.at = event.occurred_at;
    made.promise_before = e.promise_before;
    made.promised_at = e.promised_at;
    made.in_time = e.in_time;
    made.moves_due = e.moves_due;
    made.unit = e.unit;
    const LegalClock* settlement = dossier.clock(ClockKind::settlement);
    made.term = settlement == nullptr ? 0 : settlement->term;
    dossier.reappointment = std::move(made);
    replace_texts(dossier, e.texts);
  }
  void operator()(const ApologySent& e) const {
    dossier.apologies.push_back(event.occurred_at);
    replace_texts(dossier, e.texts);
  }
  void operator()(const LatenessExplained& e) const {
    if (!dossier.explained_at) dossier.explained_at = event.occurred_at;
    replace_texts(dossier, e.texts);
  }
  void operator()(const DossierErased&) const { dossier.erased_at = event.recorded_at; }
  void operator()(const StepReturned& e) const {
    dossier.state = DossierState::processing;
    enter(e.step, {e.to, e.to_agency, {}, {}});
    replace_texts(dossier, e.texts);
  }
  void operator()(const AgencyConsulted& e) const {
    apply(dossier, event, e);
    replace_texts(dossier, e.texts);
  }
  void operator()(const ConsultationAnswered& e) const {
    apply(dossier, event, e);
    replace_texts(dossier, e.texts);
  }
  void operator()(const AwaitingChanged& e) const {
    dossier.asking_ended.reset();
    if (!e.awaited) dossier.asking_ended = {e.asking_state, event.occurred_at};
  }
  void operator()(const PaymentRequested& e) const {
    apply(dossier, event, e);
    replace_texts(dossier, e.texts);
  }
  void operator()(const PaymentConfirmed& e) const { apply(dossier, event, e); }
  void operator()(const PaymentWaived& e) const {
    apply(dossier, event, e);
    replace_texts(dossier, e.texts);
  }
  void operator()(const RefundOwed& e) const { apply(dossier, event, e); }
  void operator()(const RefundConfirmed& e) const { apply(dossier, event, e); }
  void operator()(const ResultAnnounced& e) const { apply(dossier, event, e); }
  void operator()(const ResultReplaced& e) const {
    apply(dossier, event, e);
    replace_texts(dossier, e.texts);
  }
  void operator()(const ResultAnnulled& e) const {
    apply(dossier, event, e);
    replace_texts(dossier, e.texts);
  }
  void operator()(const DossierCorrected& e) const {
    apply(dossier, event, e);
    replace_texts(dossier, e.texts);
  }
  void operator()(const DossierForwarded& e) const {
    Handover handover;
    handover.from_agency = e.from_agency;
    handover.from_officer = e.from_officer;
    handover.to_agency = e.to_agency;
    handover.at = event.occurred_at;
    dossier.handovers.push_back(std::move(handover));
    replace_texts(dossier, e.texts);
  }
  void operator()(const ForwardReceived& e) const {
    dossier.state = DossierState::processing;
    receive_papers(e.agency, e.officer);
    hold(e.agency, e.unit, e.officer);
    replace_texts(dossier, e.texts);
  }
  void operator()(const ForwardRecalled& e) const {
    dossier.handovers.back().recalled_at = event.occurred_at;
    replace_texts(dossier, e.texts);
  }
  void operator()(const ForwardReturned& e) const {
    dossier.state = DossierState::accepted;
    dossier.handovers.back().returned_at = event.occurred_at;
    hold(e.agency, Code(), Code());
    replace_texts(dossier, e.texts);
  }

  void operator()(const DossierImported& e) const {
    dossier.imported_at = event.occurred_at;
    dossier.id = event.dossier;
    dossier.state = e.state;
    dossier.code = e.code;
    dossier.procedure = e.procedure;
    dossier.procedure_version = event.procedure_version;
    dossier.variant = e.variant;
    dossier.rulebook_version = event.rulebook_version;
    dossier.layer = e.layer;
    dossier.channel = e.channel;
    dossier.receiving_agency = e.receiving_agency;
    dossier.competent_agency = e.competent_agency;
    dossier.owner_kind = e.owner_kind;
    dossier.delivery = e.delivery;
    dossier.source = e.source;
    dossier.external_ref = e.external_ref;
    dossier.received_at = e.received_at;
    dossier.accepted_at = e.accepted_at;
    dossier.appointment_at = e.appointment_at;
    dossier.settled_at = e.settled_at;
    dossier.ended_at = e.ended_at;
    dossier.returned_at = e.returned_at;
    dossier.step = e.step;
    hold(e.holder_agency, e.holder_unit, e.holder_officer);
    dossier.rounds = e.rounds;
    for (const PaperHanded& paper : e.papers) {
      dossier.papers.push_back({paper, event.version, e.received_at, 0});
    }
    dossier.facts = e.facts;
    dossier.results = e.results;
    replace_texts(dossier, e.texts);
  }

  void operator()(const JournalRestored&) const { dossier.id = event.dossier; }

  // Papers that nobody said were handed over have come all the same.
  void receive_papers(const Code& agency, const Code& officer) const {
    if (dossier.handovers.empty() || !dossier.handovers.back().in_transit()) {
      Handover handover;
      handover.from_agency = dossier.receiving_agency;
      handover.to_agency = agency;
      handover.at = event.occurred_at;
      dossier.handovers.push_back(std::move(handover));
    }
    dossier.handovers.back().received_at = event.occurred_at;
    dossier.handovers.back().to_officer = officer;
  }
  // The first act of handling ends what was owed: the papers are there.
  void note_handling(const Code& agency, const Code& officer) const {
    const bool came = std::any_of(event.clocks.begin(), event.clocks.end(), [](const ClockChange& change) {
      return change.kind == ClockKind::forward && change.action == ClockAction::end;
    });
    if (came) receive_papers(agency, officer);
  }

  void add_papers(const std::vector<PaperHanded>& papers, std::uint32_t round) const {
    for (const PaperHanded& paper : papers) {
      dossier.papers.push_back({paper, event.version, event.occurred_at, round});
    }
  }
  // The open step `from` becomes `now`, on whichever branch it is.
  void put(const Code& from, ParallelStep now) const {
    const auto branch = std::find_if(dossier.parallel.begin(), dossier.parallel.end(),
                                     [&](const ParallelStep& one) { return one.step == from; });
    if (branch != dossier.parallel.end()) {
      *branch = std::move(now);
      return;
    }
    dossier.step = now.step;
    hold(now.agency, now.unit, now.officer);
  }
  // Entering a step again leaves behind what came after it, as far as one branch alone is open.
  void enter(const Code& from, ParallelStep now) const {
    auto& visited = dossier.visited;
    const auto again = std::find(visited.begin(), visited.end(), now.step);
    if (dossier.parallel.empty()) visited.erase(again, visited.end());
    put(from, std::move(now));
  }
  // A branch waits at its join; the lead is then the first of those that go on.
  void close_branch(const Code& step) const {
    auto& parallel = dossier.parallel;
    const auto branch = std::find_if(parallel.begin(), parallel.end(),
                                     [&](const ParallelStep& one) { return one.step == step; });
    if (branch != parallel.end()) {
      parallel.erase(branch);
      return;
    }
    const ParallelStep lead = parallel.front();
    parallel.erase(parallel.begin());
    put(step, lead);
  }
  void note_visit(const Code& step) const {
    auto& visited = dossier.visited;
    if (std::find(visited.begin(), visited.end(), step) == visited.end()) visited.push_back(step);
  }
  void hold(const Code& agency, const Code& unit, const Code& officer) const {
    dossier.holder_agency = agency;
    dossier.holder_unit = unit;
    dossier.holder_officer = officer;
  }
  void end(DossierState state) const {
    dossier.state = state;
    dossier.ended_at = event.occurred_at;
    for (Suspension& one : dossier.suspensions) {
      if (!one.resumed_at) one.resumed_at = event.occurred_at;
    }
  }
};

}  // namespace

Dossier evolve(Dossier dossier, const Event& event) {
  assert(event.version == dossier.version + 1);
  // The promises of a supplement round are read around the change of the clocks: the one before it is asked,
  // the one after it is complete.
  const bool asks = std::holds_alternative<SupplementRequested>(event.body);
  if (asks) std::visit(Apply{dossier, event}, event.body);
  // What an old system knew was entered there in its time.
  const bool imported = std::holds_alternative<DossierImported>(event.body);
  for (const ClockChange& change : event.clocks) {
    change_clock(dossier, change, imported ? change.at : event.recorded_at);
  }
  if (!asks) std::visit(Apply{dossier, event}, event.body);
  dossier.version = event.version;
  note_parties(dossier, event);
  note_stint(dossier, event);
  if (event.cause == CauseKind::request) {
    dossier.last_act_at = event.occurred_at;
    dossier.counterable_stop.reset();
  }
  return dossier;
}

}  // namespace motcua::core
