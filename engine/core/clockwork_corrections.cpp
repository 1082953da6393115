#include <algorithm>

#include "engine/core/applying.h"
#include "engine/core/attribution.h"
#include "engine/core/clockwork.h"
#include "engine/core/shift.h"

// What a corrected fact does to the terms that counted from it.
namespace motcua::core {
namespace {

bool starts(const Event& event, const LegalClock& clock) {
  return std::any_of(event.clocks.begin(), event.clocks.end(), [&](const ClockChange& change) {
    return change.action == ClockAction::start && change.kind == clock.kind && change.term == clock.term;
  });
}

}  // namespace

// What is over never changes, but for the end of the settlement: correct_end.
void Clockwork::correct(Corrected what, Instant at, Instant before, Instant after) {
  for (const LegalClock& clock : dossier_.clocks) {
    const bool paused = clock.course == LegalClock::Course::paused;
    if (!clock.running() && !paused) continue;
    // A supplement's term is begun by the act that found it complete; all else by the fact's own event, as
    // another may have followed at its instant.
    const bool began = what == Corrected::supplement || starts(*context_.corrected.event, clock);
    const auto payment =
        what == Corrected::payment ? std::optional(PaymentMoved{before, after}) : std::nullopt;
    if (began && began_with(dossier_, clock, what, before)) {
      correct_term(clock, after, at, payment);
    } else if (payment && went_on_with_payment(dossier_, clock, before)) {
      correct_term(clock, clock.started_at, at, payment);
    }
  }
}

// The payment whose wait was over at `told`. A stretch that was late keeps the instant at which it began,
// whatever was corrected since.
Instant Clockwork::paid_at(Instant told, const std::optional<PaymentMoved>& payment) const {
  const Instant known = known_payment(dossier_, told);
  return payment && known == payment->before ? payment->after : known;
}

// What an old system promised stands in place of what the limit gives.
DueDate Clockwork::first_date(const LegalClock& clock, Instant start) const {
  const DueDate& first = clock.earlier.empty() ? clock.due : clock.earlier.front().due;
  const bool taken_over = dossier_.imported_at && start < *dossier_.imported_at;
  if (taken_over && clock.kind == ClockKind::settlement && first.at && !first.provisional) return first;
  return derive_due(clock.limit, start, context_.calendar_of(clock.agency), clock.day_end,
                    context_.rules->counting);
}

// Through all that moved the date since: a wait by its length, an extension once more, while a re-appointment
// stays what was promised.
DueDate Clockwork::derived_from(const LegalClock& clock, Instant start,
                                const std::optional<PaymentMoved>& payment) const {
  const Calendar& calendar = context_.calendar_of(clock.agency);
  DueDate due = first_date(clock, start);
  for (std::size_t i = 0; i < clock.earlier.size(); ++i) {
    const Stretch& over = clock.earlier[i];
    const bool last = i + 1 == clock.earlier.size();
    const DueDate& next = last ? clock.due : clock.earlier[i + 1].due;
    Instant from = last ? clock.from() : clock.earlier[i + 1].from;
    switch (over.end) {
      case StretchEnd::suspended:
        if (waited_for_payment(dossier_, over)) from = std::max(over.to, paid_at(from, payment));
        // What was past its due when it began to wait stays due when it was, also where nobody knew it then.
        if (over.missed_at(over.to) || (!over.due.at && due.at && over.to > *due.at)) break;
        due = shift_due(due, clock.limit, over.to, from, calendar, clock.day_end);
        break;
      case StretchEnd::extended:
        if (over.by && due.at) due = extend_due(due, *over.by, calendar, clock.day_end);
        break;
      case StretchEnd::reappointed:
        if (!next.at) break;
        due = next;
        due.provisional = calendar.is_provisional(local_date(*next.at, calendar.offset_minutes()));
        break;
      case StretchEnd::corrected:
        break;
    }
  }
  return due;
}

void Clockwork::correct_term(const LegalClock& clock, Instant start, Instant at,
                             const std::optional<PaymentMoved>& payment) {
  DueDate due = derived_from(clock, start, payment);
  if (clock.kind == ClockKind::appraisal) {
    DueDate cap = dossier_.clock(ClockKind::settlement)->due;
    for (const ClockChange& change : changes_) {
      if (change.kind == ClockKind::settlement && change.dates()) cap = change.due;
    }
    if (cap.at && (!due.at || *cap.at < *due.at)) due = cap;
  }
  const bool missed = clock.missed_at(context_.now);
  const bool paused = clock.course == LegalClock::Course::paused;
  // Never late, the appraisal needs no stretch that keeps lateness. Where no date moves, the change says of a
  // clock beside the main ones that its start does: `evolve` cannot tell by the instant alone.
  const bool beside = clock.kind != ClockKind::settlement && clock.kind != ClockKind::acceptance;
  const bool same = due == clock.due && !missed;
  if (same && !beside) return;
  if (same || clock.kind == ClockKind::appraisal) {
    redate(clock, ClockAction::derive, context_.now, due, StretchEnd::corrected, Code());
    return;
  }
  // What is late already is closed with what was counted, though its date stays.
  const Instant from = paused ? *clock.ended_at : missed ? context_.now : std::max(at, clock.from());
  ClockChange& change = redate(clock, ClockAction::move, from, due, StretchEnd::corrected, Code());
  if (!paused) return note_delay(clock, from, change);
  change.delay = clock.delay;
  change.shares = clock.shares;
  // It goes on waiting, for what it waited for.
  ClockChange waits;
  waits.kind = clock.kind;
  waits.term = clock.term;
  waits.action = ClockAction::pause;
  waits.at = from;
  waits.ground = ground_of_wait();
  changes_.push_back(std::move(waits));
}

Code Clockwork::ground_of_wait() const {
  for (const Suspension& one : dossier_.suspensions) {
    if (!one.resumed_at) return one.ground;
  }
  const auto& payment = context_.procedure->payment;
  return dossier_.open_payment() != nullptr && payment && payment->ground ? payment->ground->ground : Code();
}

bool Clockwork::correct_end(Instant after) {
  const LegalClock* clock = dossier_.clock(ClockKind::settlement);
  if (clock == nullptr || clock->course != LegalClock::Course::ended || after <= *clock->ended_at)
    return true;
  // Whoever held it at its end held it until then.
  Dossier longer = dossier_;
  LegalClock& settlement = *longer.clock(ClockKind::settlement);
  settlement.ended_at = after;
  settlement.delay.reset();
  if (!longer.stints.empty() && longer.stints.back().agency.empty()) longer.stints.back().from = after;
  ClockChange change;
  change.kind = clock->kind;
  change.term = clock->term;
  change.action = ClockAction::end;
  change.at = after;
  change.delay = delay_of(*clock, after);
  const bool late = clock->due.at && after > *clock->due.at;
  if (late && !change.delay) return false;
  change.delay = std::max(change.delay, clock->delay);
  if (change.delay) {
    change.shares = attribute(longer, *change.delay, after, context_.calendar_of(clock->agency));
  }
  changes_.push_back(std::move(change));
  return true;
}

}  // namespace motcua::core
