#include "engine/core/tally.h"

#include <algorithm>

#include "engine/core/checklist.h"

namespace motcua::core {
namespace {

DossierState ended_as(DossierState state) {
  return state == DossierState::returned ? DossierState::settled : state;
}

// The settlement term that counts at an instant: the last that had begun by then.
const LegalClock* term_at(const Dossier& dossier, Instant at) {
  const LegalClock* last = nullptr;
  for (const LegalClock& clock : dossier.clocks) {
    if (clock.kind == ClockKind::settlement && clock.started_at < at) last = &clock;
  }
  return last;
}

// What was missed by what ran before `at`: a stretch that began there, already late, is not counted.
std::optional<Instant> missed_before(const LegalClock& clock, Instant at) {
  return clock.missed_since(clock.from() == at ? at - ClockTime{1} : at);
}

void steady_since(Tally& tally, Instant changed) { tally.steady_from = std::max(tally.steady_from, changed); }

void count_settlement(const Dossier& dossier, Instant at, Tally& tally) {
  tally.untimed = tally.accepted_at && dossier.untimed();
  for (const LegalClock& clock : dossier.clocks) {
    if (clock.kind != ClockKind::settlement || clock.started_at >= at) continue;
    steady_since(tally, clock.from());
    if (!clock.earlier.empty()) steady_since(tally, clock.earlier.back().to);
    const auto missed = missed_before(clock, at);
    if (missed && (!tally.missed_since || *missed < *tally.missed_since)) tally.missed_since = missed;
  }
  const LegalClock* term = term_at(dossier, at);
  if (term == nullptr) return;
  // A term that waits when the dossier ends was over at its pause: that instant stays.
  const bool stands_still = term->ended_at && !(dossier.ended_at && *dossier.ended_at <= *term->ended_at);
  if (stands_still && *term->ended_at < at) {
    steady_since(tally, *term->ended_at);
    tally.paused_at = term->ended_at;
  }
  tally.due_at = term->due.at;
  // Before the present stretch began, the one before it held; between the two the term waited.
  if (at > term->from() || term->earlier.empty()) return;
  const auto stretch = std::find_if(term->earlier.begin(), term->earlier.end(),
                                    [&](const Stretch& one) { return at <= one.to; });
  tally.paused_at.reset();
  if (stretch == term->earlier.end()) tally.paused_at = term->earlier.back().to;
  tally.due_at = (tally.paused_at ? term->earlier.back() : *stretch).due.at;
}

void count_acceptance(const Dossier& dossier, Instant at, Tally& tally) {
  for (const LegalClock& clock : dossier.clocks) {
    // What it ran before a correction told of a later start stays.
    const Instant begun = clock.earlier.empty() ? clock.started_at : clock.earlier.front().from;
    if (clock.kind != ClockKind::acceptance || begun >= at) continue;
    if (!clock.earlier.empty()) steady_since(tally, clock.from());
    if (clock.term == 1)
      tally.acceptance_due = clock.earlier.empty() ? clock.due.at : clock.earlier[0].due.at;
    const auto missed = missed_before(clock, at);
    if (missed && (!tally.acceptance_missed_since || *missed < *tally.acceptance_missed_since)) {
      tally.acceptance_missed_since = missed;
    }
  }
}

void count_supplements(const Dossier& dossier, Instant at, Tally& tally) {
  for (const SupplementRound& round : dossier.rounds) {
    if (round.asked_at >= at) continue;
    ++tally.supplements;
    steady_since(tally, round.asked_at);
    if (round.supplied_at && *round.supplied_at < at) steady_since(tally, *round.supplied_at);
    // Its new term began at the supplement.
    if (round.accepted_at && *round.supplied_at < at) steady_since(tally, *round.accepted_at);
    const bool answered = round.supplied_at && *round.supplied_at < at;
    tally.supplement_asked_at = answered ? std::nullopt : std::optional(round.asked_at);
  }
}

void count_papers_and_fees(const Dossier& dossier, Instant at, Tally& tally) {
  std::vector<Code> counted;
  for (auto record = dossier.papers.rbegin(); record != dossier.papers.rend(); ++record) {
    if (record->at >= at) continue;
    steady_since(tally, record->at);
    if (std::find(counted.begin(), counted.end(), record->paper.key) != counted.end()) continue;
    counted.push_back(record->paper.key);  // the last of a key stands for all of it
    ++tally.papers;
    tally.papers_digitised += is_digital(record->paper) ? 1 : 0;
    tally.papers_reused += record->paper.form == PaperForm::reused ? 1 : 0;
  }
  for (const PaymentRecord& payment : dossier.payments) {
    if (payment.asked_at >= at) continue;
    steady_since(tally, payment.asked_at);
    tally.fee_asked = true;
    if (payment.paid_at && *payment.paid_at < at) steady_since(tally, *payment.paid_at);
    tally.fee_paid |= payment.paid_at && *payment.paid_at < at;
  }
}

}  // namespace

std::optional<Code> unit_at(const Dossier& dossier, Instant at) {
  if (dossier.stints.empty()) {
    return dossier.holder_agency == dossier.competent_agency ? dossier.holder_unit : Code();
  }
  if (dossier.stints.front().from >= at) {
    if (term_at(dossier, at) != nullptr) return std::nullopt;
    return Code();  // it was not accepted yet
  }
  Code unit;
  for (const Stint& stint : dossier.stints) {
    const bool its_own = stint.agency == dossier.competent_agency && !stint.unit.empty();
    if (its_own && stint.from < at) unit = stint.unit;
  }
  return unit;
}

Tally tally_of(const Dossier& dossier, Instant at) {
  Tally tally;
  tally.procedure = dossier.procedure;
  tally.variant = dossier.variant;
  tally.receiving_agency = dossier.receiving_agency;
  tally.competent_agency = dossier.competent_agency;
  tally.channel = dossier.channel;
  tally.received_at = dossier.received_at;
  tally.steady_from = dossier.received_at;
  if (dossier.imported_at) steady_since(tally, *dossier.imported_at);
  if (dossier.accepted_at) steady_since(tally, *dossier.accepted_at);
  if (dossier.accepted_at && *dossier.accepted_at < at) tally.accepted_at = dossier.accepted_at;
  if (dossier.ended_at && *dossier.ended_at < at) {
    tally.ended_at = dossier.ended_at;
    tally.state = ended_as(dossier.state);
    tally.electronic_result =
        !dossier.results.empty() && dossier.results.front().form == ResultForm::electronic;
  } else {
    tally.state = tally.accepted_at ? DossierState::processing : DossierState::submitted;
  }
  const auto unit = unit_at(dossier, at);
  if (unit) tally.unit = *unit;
  for (const Stint& stint : dossier.stints) {
    const bool told = unit && stint.from >= at;  // whoever held it later
    if (!stint.agency.empty() && !told) steady_since(tally, stint.from);
  }
  count_settlement(dossier, at, tally);
  count_acceptance(dossier, at, tally);
  count_supplements(dossier, at, tally);
  count_papers_and_fees(dossier, at, tally);
  if (dossier.reappointment && dossier.reappointment->at < at) {
    steady_since(tally, dossier.reappointment->at);
    tally.promised_again = dossier.reappointment->promised_at;
  }
  for (const Correction& correction : dossier.corrections) {
    steady_since(tally, correction.at);
    tally.corrected = true;  // also by one that came later
  }
  return tally;
}

namespace {

// As far as the dossier had those clocks, and they ran; or waited, as they do after the event; or had ended
// with the settlement that is corrected.
Event cut_to(const Dossier& dossier, Event event) {
  const std::vector<ClockChange> all = event.clocks;
  const auto pauses = [&](const LegalClock& clock) {
    return std::any_of(all.begin(), all.end(), [&](const ClockChange& change) {
      return change.kind == clock.kind && change.term == clock.term && change.action == ClockAction::pause;
    });
  };
  std::erase_if(event.clocks, [&](const ClockChange& change) {
    const LegalClock* clock = dossier.clock(change.kind, change.term);
    if (clock == nullptr) return true;
    switch (clock->course) {
      case LegalClock::Course::open:
        return false;
      case LegalClock::Course::paused:
        return !pauses(*clock);
      case LegalClock::Course::ended:
        return change.action != ClockAction::end || clock->kind != ClockKind::settlement;
      case LegalClock::Course::voided:
        return true;
    }
    return true;
  });
  return event;
}

// What says later how something was: a date that a newer calendar gave, the correction of a fact.
bool tells_of_before(const Event& event, const std::vector<std::uint32_t>& left_out) {
  if (std::holds_alternative<ClocksDerived>(event.body)) return true;
  const auto* corrected = std::get_if<DossierCorrected>(&event.body);
  return corrected != nullptr &&
         std::find(left_out.begin(), left_out.end(), corrected->corrected_version) == left_out.end();
}

// Whether a correction says of a dossier that was late before the end that a term began then or later:
// nothing of that term would have been late.
bool takes_lateness_away(const Event& event, const Dossier& dossier, Instant end) {
  const auto* corrected = std::get_if<DossierCorrected>(&event.body);
  if (corrected == nullptr) return false;
  if (corrected->what != Corrected::acceptance && corrected->what != Corrected::supplement) return false;
  if (!corrected->after || *corrected->after < end) return false;
  return std::any_of(dossier.clocks.begin(), dossier.clocks.end(), [&](const LegalClock& clock) {
    return clock.kind == ClockKind::settlement && clock.started_at < end && missed_before(clock, end);
  });
}

// Whether a clock that goes on in what is folded was over in truth when the correction came, so that this
// moved nothing of it: of one that was late and went on, the correction would say how.
bool was_over(const Event& event, const LegalClock& clock) {
  const bool goes_on = clock.running() || clock.course == LegalClock::Course::paused;
  if (!std::holds_alternative<DossierCorrected>(event.body) || !goes_on) return false;
  const bool told = std::any_of(event.clocks.begin(), event.clocks.end(), [&](const ClockChange& change) {
    return change.kind == clock.kind && change.term == clock.term;
  });
  return !told && clock.missed_at(event.occurred_at);
}

}  // namespace

void FoldBefore::add(const Event& event) {
  const auto fold = [this](const Event& one) {
    dossier_.version = one.version - 1;
    dossier_ = evolve(std::move(dossier_), one);
  };
  const auto* countered = std::get_if<DossierStopCountered>(&event.body);
  const bool of_left_out = countered != nullptr && std::find(left_out_.begin(), left_out_.end(),
                                                             countered->countered_version) != left_out_.end();
  // An acceptance at the end or after it counts for nothing before, unless a correction says that it was
  // there; which none can where another event lies between.
  const bool accepts =
      std::holds_alternative<DossierAccepted>(event.body) && dossier_.version > 0 && left_out_.empty();
  if ((event.occurred_at < end_ && !of_left_out) || accepts) {
    fold(event);
  } else if (!of_left_out && dossier_.version > 0 && tells_of_before(event, left_out_) &&
             !takes_lateness_away(event, dossier_, end_)) {
    const std::vector<LegalClock> before = dossier_.clocks;
    fold(cut_to(dossier_, event));
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (was_over(event, before[i])) dossier_.clocks[i] = before[i];
    }
  } else {
    left_out_.push_back(event.version);
  }
}

Dossier fold_before(const std::vector<Event>& events, Instant end) {
  FoldBefore fold(end);
  for (const Event& event : events) fold.add(event);
  return fold.take();
}

}  // namespace motcua::core
