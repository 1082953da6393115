#include <limits>

#include "engine/core/dossier.h"

namespace motcua::core {
namespace {

Duty duty_of(bool late, std::optional<Instant> due, std::optional<Instant> done, Instant at) {
  Duty duty;
  duty.due_at = due;
  if (done && *done <= at) {
    duty.done_at = done;
    duty.state = due && *done > *due && late ? DutyState::done_late : DutyState::done_in_time;
  } else if (late) {
    duty.state = due && at > *due ? DutyState::missing : DutyState::owed;
  }
  return duty;
}

// The first settlement term that was missed by then, else the last; null before acceptance.
const LegalClock* owing_term(const Dossier& dossier, Instant at) {
  const LegalClock* term = nullptr;
  for (const LegalClock& clock : dossier.clocks) {
    if (clock.kind != ClockKind::settlement) continue;
    term = &clock;
    if (clock.missed_since(at)) break;
  }
  return term;
}

// When a term began to run for the office: one that a supplement restarted counts from the supplement, but
// began when that was found complete.
Instant begun_at(const Dossier& dossier, const LegalClock& term) {
  for (const SupplementRound& round : dossier.rounds) {
    if (round.accepted_at && round.supplied_at == term.started_at) return *round.accepted_at;
  }
  return term.started_at;
}

// Whether the re-appointment moved a date of this term: it apologised for that one alone.
bool moved_date_of(const Dossier& dossier, const LegalClock& term) {
  return dossier.reappointment && dossier.reappointment->moves_due &&
         dossier.reappointment->term == term.term;
}

// The first apology that was sent for this term, and where one is given behind that instant.
std::optional<Instant> apologised_for(const Dossier& dossier, const LegalClock& term,
                                      const std::optional<Instant>& behind) {
  std::optional<Instant> first;
  for (const Instant at : dossier.apologies) {
    const bool counts = at >= begun_at(dossier, term) && (!behind || at > *behind);
    if (counts && (!first || at < *first)) first = at;
  }
  return first;
}

// What was done for an earlier term repairs nothing of this one, nor what was done for a date that was moved
// before it could be missed. `missed`: the date that was missed, where one was.
std::optional<Instant> apology_done_at(const Dossier& dossier, const LegalClock& term,
                                       const std::optional<Instant>& missed) {
  const auto& again = dossier.reappointment;
  if (moved_date_of(dossier, term) && missed && again->at < *missed) {
    return apologised_for(dossier, term, again->at);
  }
  std::optional<Instant> done = apologised_for(dossier, term, std::nullopt);
  if (again && again->term >= term.term && (!done || again->at < *done)) done = again->at;
  return done;
}

// Terms before the last have ended, so that of them this is known whenever it is asked.
constexpr Instant kAtAnyTime{std::numeric_limits<std::int64_t>::max()};

}  // namespace

bool apologised_for_term(const Dossier& dossier) {
  const LegalClock* term = owing_term(dossier, kAtAnyTime);
  if (term == nullptr) return false;
  std::optional<Instant> behind;
  if (moved_date_of(dossier, *term)) behind = dossier.reappointment->at;
  return apologised_for(dossier, *term, behind).has_value();
}

bool apology_done(const Dossier& dossier) {
  const LegalClock* term = owing_term(dossier, kAtAnyTime);
  // A date that was moved in time may be missed yet: the re-appointment apologised for the one before.
  return term != nullptr && apology_done_at(dossier, *term, kAtAnyTime);
}

Duty apology_duty(const Dossier& dossier, Instant at, const Calendar& calendar) {
  const LegalClock* term = owing_term(dossier, at);
  if (term == nullptr) return {};
  const std::optional<Instant> missed = term->missed_since(at);
  const std::optional<Instant> promised = missed ? missed : term->due.at;
  if (!promised) return {};
  const Instant day_before =
      midnight(local_date(*promised, calendar.offset_minutes()), calendar.offset_minutes());
  // No time to write a day ahead, where the whole term is shorter than two days.
  const bool is_short = *promised - term->started_at < ClockTime{2 * kDayMs};
  const Instant due = is_short ? *promised : day_before - ClockTime{1};
  return duty_of(missed.has_value(), due, apology_done_at(dossier, *term, missed), at);
}

Duty explanation_duty(const Dossier& dossier, Instant at, const Limit& limit, const Calendar& calendar) {
  std::optional<Instant> missed;
  for (const LegalClock& clock : dossier.clocks) {
    if (clock.kind == ClockKind::settlement && !missed) missed = clock.missed_since(at);
  }
  if (!missed) return {};
  const DueDate due = derive_due(limit, *missed, calendar, DayEnd::office_close, CountingRules{});
  return duty_of(true, due.at, dossier.explained_at, at);
}

}  // namespace motcua::core
