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

}  // namespace

Duty apology_duty(const Dossier& dossier, Instant at, const Calendar& calendar) {
  std::optional<Instant> missed;
  const LegalClock* term = nullptr;
  for (const LegalClock& clock : dossier.clocks) {
    if (clock.kind != ClockKind::settlement) continue;
    if (term == nullptr || !missed) term = &clock;
    if (!missed) missed = clock.missed_since(at);
  }
  if (term == nullptr) return {};
  const std::optional<Instant> promised = missed ? missed : term->due.at;
  if (!promised) return {};
  const Instant day_before =
      midnight(local_date(*promised, calendar.offset_minutes()), calendar.offset_minutes());
  // No time to write a day ahead, where the whole term is shorter than two days.
  const bool is_short = *promised - term->started_at < ClockTime{2 * kDayMs};
  const Instant due = is_short ? *promised : day_before - ClockTime{1};
  std::optional<Instant> done = dossier.apologised_at;
  const auto& reappointed = dossier.reappointment;
  // One that moved the date in time apologised for that one: missing the new date is another matter.
  const bool other_date = missed && reappointed && reappointed->moves_due;
  if (other_date && done && *done <= reappointed->at) done.reset();
  if (!other_date && reappointed && (!done || reappointed->at < *done)) done = reappointed->at;
  return duty_of(missed.has_value(), due, done, at);
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
