#include <algorithm>
#include <cassert>

#include "engine/core/event.h"

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

void start_clock(Dossier& dossier, const ClockChange& change) {
  LegalClock clock;
  clock.kind = change.kind;
  clock.term = change.term;
  clock.agency = change.agency;
  clock.rule = change.rule;
  clock.started_at = change.at;
  clock.limit = change.limit;
  clock.day_end = change.day_end;
  clock.due = change.due;
  clock.calendar = change.calendar;
  clock.calendar_version = change.calendar_version;
  dossier.clocks.push_back(std::move(clock));
}

// What waited, or ran until now, is a stretch that is over; the next begins with the date of the change.
void open_stretch(LegalClock& clock, const ClockChange& change) {
  Stretch over;
  over.from = clock.from();
  over.to = clock.ended_at.value_or(change.at);
  over.due = clock.due;
  over.delay = change.action == ClockAction::move ? change.delay : clock.delay;
  over.end = change.why;
  over.ground = change.ground;
  over.by = change.by;
  clock.earlier.push_back(std::move(over));
  clock.course = LegalClock::Course::open;
  clock.ended_at.reset();
  clock.delay.reset();
  clock.due = change.due;
  clock.calendar_version = change.calendar_version;
  clock.resumed_at = change.at;
}

void change_clock(Dossier& dossier, const ClockChange& change, Instant recorded_at) {
  if (change.action == ClockAction::start) return start_clock(dossier, change);
  const auto found = std::find_if(dossier.clocks.begin(), dossier.clocks.end(), [&](const LegalClock& c) {
    return c.kind == change.kind && c.term == change.term;
  });
  assert(found != dossier.clocks.end());
  LegalClock& clock = *found;
  if (change.action == ClockAction::derive) {
    clock.due = change.due;
    clock.calendar_version = change.calendar_version;
    return;
  }
  if (change.action == ClockAction::resume || change.action == ClockAction::move) {
    return open_stretch(clock, change);
  }
  if (change.action == ClockAction::repause) {
    clock.course = LegalClock::Course::paused;
    return;
  }
  if (change.action == ClockAction::reopen) {
    clock.course = LegalClock::Course::open;
    clock.ended_at.reset();
    clock.delay.reset();
    clock.recorded_late = false;
    return;
  }
  // A term that was paused and is then void was over at its pause: that instant stays.
  if (clock.course != LegalClock::Course::paused) clock.ended_at = change.at;
  clock.delay = change.delay ? change.delay : clock.delay;
  if (change.action == ClockAction::pause) clock.course = LegalClock::Course::paused;
  if (change.action == ClockAction::voided) clock.course = LegalClock::Course::voided;
  if (change.action == ClockAction::end) clock.course = LegalClock::Course::ended;
  // An office's act in time, entered after the due: on time, and visibly so.
  if (change.action != ClockAction::voided) {
    clock.recorded_late = clock.due.at && change.at <= *clock.due.at && recorded_at > *clock.due.at;
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
    round.promise_before = promised();
    dossier.rounds.push_back(std::move(round));
    dossier.state = DossierState::awaiting_supplement;
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
    dossier.rounds.back().promise_after = promised();
  }
  void operator()(const StepAssigned& e) const {
    dossier.state = DossierState::processing;
    dossier.step = e.step;
    hold(e.agency, e.unit, e.officer);
  }
  void operator()(const StepCompleted& e) const {
    dossier.state = DossierState::processing;
    dossier.step = e.next_step;
    hold(e.next_agency, Code(), Code());
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
  void operator()(const DossierStopped&) const {
    end(DossierState::stopped);
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
  void operator()(const DossierImported& e) const {
    dossier.imported = true;
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

  // The date that the citizen was given last: the term's, or without a limit the appointment.
  std::optional<Instant> promised() const {
    const LegalClock* settlement = dossier.clock(ClockKind::settlement);
    if (settlement != nullptr && settlement->due.at) return settlement->due.at;
    return dossier.appointment_at;
  }
  void add_papers(const std::vector<PaperHanded>& papers, std::uint32_t round) const {
    for (const PaperHanded& paper : papers) {
      dossier.papers.push_back({paper, event.version, event.occurred_at, round});
    }
  }
  void hold(const Code& agency, const Code& unit, const Code& officer) const {
    dossier.holder_agency = agency;
    dossier.holder_unit = unit;
    dossier.holder_officer = officer;
  }
  void end(DossierState state) const {
    dossier.state = state;
    dossier.ended_at = event.occurred_at;
  }
};

// Whoever has had the dossier sees it from then on.
void note_agency(Dossier& dossier, const Code& agency) {
  if (!agency.empty() && !dossier.concerns(agency)) dossier.further_agencies.push_back(agency);
}

struct TypeOf {
  template <class Body>
  std::string_view operator()(const Body&) const {
    return Body::kType;
  }
};

}  // namespace

std::string_view type_of(const EventBody& body) { return std::visit(TypeOf{}, body); }

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
  note_agency(dossier, dossier.holder_agency);
  if (event.cause == CauseKind::request) {
    dossier.last_act_at = event.occurred_at;
    dossier.counterable_stop.reset();
  }
  return dossier;
}

}  // namespace motcua::core
