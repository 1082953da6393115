#include "engine/core/take_over.h"

#include <algorithm>
#include <cassert>

#include "engine/core/clockwork.h"

namespace motcua::core {
namespace {

// Lives the old dossier's life again as far as its clocks go, with dates as they were promised.
class SecondLife {
 public:
  SecondLife(const OldDossier& old, const Context& context) : old_(old), context_(context) {
    dossier_.channel = old.channel;
    dossier_.variant = old.variant.empty() ? Code("default") : old.variant;
    dossier_.receiving_agency = context.receiving->code;
    dossier_.competent_agency = context.competent->code;
    dossier_.holder_agency =
        context.competent->code;  // a delay that is over is the agency's: who had it, nobody knows
    dossier_.received_at = old.received_at;
  }

  void live() {
    const bool at_once = old_.accepted_at == old_.received_at && old_.channel != Channel::online;
    if (!at_once) {
      at(old_.received_at, [&](Clockwork& clocks) {
        clocks.start_acceptance(old_.received_at, old_.channel, old_.received_at);
      });
    }
    for (const SupplementRound& round : old_.rounds) {
      if (before_acceptance(round)) live_round(round);
    }
    if (old_.accepted_at) accept(*old_.accepted_at);
    for (std::size_t i = 0; i < old_.rounds.size(); ++i) {
      if (!before_acceptance(old_.rounds[i])) live_round(old_.rounds[i]);
    }
    end();
  }

  bool before_acceptance(const SupplementRound& round) const {
    return !old_.accepted_at || round.asked_at < *old_.accepted_at;
  }

  std::vector<ClockChange> changes;
  std::optional<Instant> promised;
  std::optional<Instant> recomputed;
  bool untimed = false;

 private:
  // Lets the rules speak as of an instant, and takes their changes.
  template <class Act>
  void at(Instant instant, Act act) {
    context_.now = instant;
    Clockwork clocks(dossier_, context_);
    act(clocks);
    take(clocks.take());
  }

  void take(std::vector<ClockChange> more) {
    Event event;
    event.version = dossier_.version + 1;
    event.cause = CauseKind::calendar;
    event.recorded_at = context_.now;
    event.clocks = more;
    event.body = ClocksDerived{};
    dossier_ = evolve(std::move(dossier_), event);
    changes.insert(changes.end(), more.begin(), more.end());
  }

  // A settlement term, with its date as promised; the duty to ask for a supplement ends with it.
  template <class Act>
  void start_term(Instant instant, Act act) {
    context_.now = instant;
    Clockwork clocks(dossier_, context_);
    act(clocks);
    std::vector<ClockChange> more = clocks.take();
    const std::optional<Instant> promise = promise_of_term(terms_++);
    DueDate settlement_due;
    for (ClockChange& change : more) {
      if (change.action != ClockAction::start) continue;
      if (change.kind == ClockKind::settlement) {
        untimed = change.due.pending == DuePending::untimed;
        recomputed = change.due.at;
        if (promise && !untimed) change.due = as_promised(change.due, *promise);
        settlement_due = change.due;
        promised = promise ? promise : settlement_due.at;
      } else if (change.kind == ClockKind::appraisal) {
        change.due = derive_due(change.limit, change.at, *context_.competent_calendar, change.day_end,
                                context_.rules->counting);
        const auto& cap = settlement_due.at;
        if (cap && (!change.due.at || *cap < *change.due.at)) change.due = settlement_due;
      }
    }
    take(std::move(more));
  }

  void accept(Instant instant) {
    dossier_.accepted_at = instant;
    start_term(instant, [&](Clockwork& clocks) {
      clocks.end(ClockKind::acceptance, instant);
      clocks.start_settlement(instant, context_.rules->settlement);
      clocks.start_appraisal(instant);
    });
  }

  void live_round(const SupplementRound& round) {
    at(round.asked_at, [&](Clockwork& clocks) {
      clocks.end(ClockKind::acceptance, round.asked_at);
      clocks.end(ClockKind::appraisal, round.asked_at);
      clocks.pause_settlement(round.asked_at);
      clocks.start_citizen_wait(round.asked_at);
    });
    if (!round.supplied_at) return;
    at(*round.supplied_at, [&](Clockwork& clocks) {
      clocks.end(ClockKind::citizen_wait, *round.supplied_at);
      clocks.start_acceptance(*round.supplied_at, old_.channel, old_.received_at);
    });
    if (!round.accepted_at || before_acceptance(round)) return;
    start_term(*round.accepted_at, [&](Clockwork& clocks) {
      clocks.end(ClockKind::acceptance, *round.accepted_at);
      clocks.void_paused(ClockKind::settlement, *round.accepted_at);
      clocks.start_settlement(*round.supplied_at, context_.rules->restart);
    });
  }

  void end() {
    if (old_.settled_at) {
      at(*old_.settled_at, [&](Clockwork& clocks) {
        clocks.end(ClockKind::settlement, *old_.settled_at);
        clocks.close_but(ClockKind::settlement, *old_.settled_at);
      });
    } else if (old_.ended_at && old_.state == DossierState::refused) {
      at(*old_.ended_at, [&](Clockwork& clocks) {
        clocks.end(ClockKind::acceptance, *old_.ended_at);
        clocks.close_but(ClockKind::acceptance, *old_.ended_at);
      });
    } else if (old_.ended_at) {
      at(*old_.ended_at, [&](Clockwork& clocks) { clocks.close(*old_.ended_at); });
    }
  }

  // The n-th term is promised by the round before it, by the one that interrupts it, or is the last one.
  std::optional<Instant> promise_of_term(std::size_t term) const {
    std::vector<const SupplementRound*> later;
    for (const SupplementRound& round : old_.rounds) {
      if (!before_acceptance(round)) later.push_back(&round);
    }
    const auto completed =
        std::count_if(later.begin(), later.end(), [](const auto* round) { return round->accepted_at; });
    if (term > 0 && later[term - 1]->promise_after) return later[term - 1]->promise_after;
    if (term < later.size() && later[term]->promise_before) return later[term]->promise_before;
    return term == static_cast<std::size_t>(completed) ? old_.promised_at : std::nullopt;
  }

  DueDate as_promised(const DueDate& derived, Instant promise) const {
    const Date on = local_date(promise, context_.competent_calendar->offset_minutes());
    DueDate due;
    due.at = promise;
    if (derived.rolled_on) due.rolled_on = on;
    if (derived.unrolled_on) due.unrolled_on = on;
    return due;
  }

  const OldDossier& old_;
  Context context_;
  Dossier dossier_;
  std::size_t terms_ = 0;
};

DossierImported body_of(const OldDossier& old, const Context& context, const SecondLife& life) {
  DossierImported body;
  body.state = old.state;
  if (old.state == DossierState::awaiting_payment) {
    body.state = old.accepted_at ? DossierState::processing : DossierState::submitted;
  }
  body.code = old.code;
  body.procedure = old.procedure;
  body.variant = old.variant.empty() ? Code("default") : old.variant;
  body.layer = context.rules->layer;
  body.channel = old.channel;
  body.receiving_agency = context.receiving->code;
  body.competent_agency = context.competent->code;
  body.owner_kind = old.owner_kind;
  body.delivery = old.delivery;
  body.source = old.source;
  body.external_ref = old.external_ref;
  body.received_at = old.received_at;
  body.accepted_at = old.accepted_at;
  if (life.untimed) body.appointment_at = old.promised_at;
  body.settled_at = old.settled_at;
  body.ended_at = old.settled_at ? old.settled_at : old.ended_at;
  body.returned_at = old.returned_at;
  const Code& usual = old.accepted_at ? context.competent->code : context.receiving->code;
  body.holder_agency = old.holder_agency.empty() ? usual : old.holder_agency;
  body.holder_unit = old.holder_unit;
  body.holder_officer = old.holder_officer;
  if (old.accepted_at) body.step = old.step.empty() ? context.procedure->steps.front().key : old.step;
  body.rounds = old.rounds;
  for (SupplementRound& round : body.rounds) {
    round.asked_in = life.before_acceptance(round) ? DossierState::submitted : DossierState::processing;
  }
  body.papers = old.papers;
  body.facts = old.facts;
  body.results = old.results;
  body.texts = old.texts;
  return body;
}

// Asks for what is to be paid; or says why the row cannot await a payment.
Faults ask_payment(TakenOver& taken, const Context& context) {
  Command command;
  command.body = RequestPayment{};
  Decision decision = decide(evolve(Dossier{}, taken.event), command, context);
  if (const auto* rejection = std::get_if<Rejection>(&decision)) {
    return {{"#/state", rejection->code, rejection->detail}};
  }
  taken.after = std::move(std::get<Accepted>(decision).events);
  return {};
}

}  // namespace

std::variant<TakenOver, Faults> take_over(const OldDossier& old, const Context& context) {
  Faults faults = check_old_dossier(old, context);
  if (!faults.empty()) return faults;
  SecondLife life(old, context);
  life.live();
  TakenOver taken;
  taken.untimed = life.untimed;
  taken.promised = life.promised;
  taken.recomputed = life.recomputed;
  if (life.promised && life.recomputed) {
    const Instant from = std::min(*life.promised, *life.recomputed);
    const Instant to = std::max(*life.promised, *life.recomputed);
    taken.difference = context.competent_calendar->elapsed(from, to);
    if (taken.difference && from == *life.promised) taken.difference->ms = -taken.difference->ms;
  }
  Event& event = taken.event;
  event.dossier = context.fresh_id;
  event.version = 1;
  event.occurred_at = context.now;
  event.recorded_at = context.now;
  event.caller = context.caller;
  event.cause = CauseKind::request;
  event.cause_id = context.request_id;
  event.procedure_version = context.procedure->version;
  event.rulebook_version = context.rules->version;
  event.clocks = std::move(life.changes);
  event.body = body_of(old, context, life);
  if (old.state == DossierState::awaiting_payment) {
    faults = ask_payment(taken, context);
    if (!faults.empty()) return faults;
  }
  return taken;
}

}  // namespace motcua::core
