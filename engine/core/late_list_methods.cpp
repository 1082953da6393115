#include "engine/core/late_list_methods.h"

#include <algorithm>

namespace motcua::core {
namespace {

ApologyMark apology_mark(DutyState state) {
  switch (state) {
    case DutyState::done_in_time:
      return ApologyMark::in_time;
    case DutyState::done_late:
      return ApologyMark::late;
    case DutyState::missing:
      return ApologyMark::missing;
    case DutyState::owed:
    case DutyState::not_owed:
      return ApologyMark::owed;
  }
  return ApologyMark::owed;
}

// late-list/1: whichever apology came first.
void take_first_apology(const Dossier& dossier, Instant end, Duty& duty) {
  std::optional<Instant> done;
  if (!dossier.apologies.empty()) done = dossier.apologies.front();
  if (dossier.reappointment && (!done || dossier.reappointment->at < *done)) done = dossier.reappointment->at;
  if (!done || *done > end) return;
  duty.done_at = done;
  duty.state = duty.due_at && *done > *duty.due_at ? DutyState::done_late : DutyState::done_in_time;
}

}  // namespace

DutyState state_before(const Duty& duty, Instant end) {
  if (!duty.done_at || *duty.done_at < end) return duty.state;
  return duty.due_at && end > *duty.due_at ? DutyState::missing : DutyState::owed;
}

std::int64_t late_days(LateMethod method, const std::vector<DelayPiece>& pieces, Date late_since,
                       Date last_day, Instant end, const Calendar& calendar) {
  const auto days = [&](Date after, Date until) {
    return calendar.working_days_between(after, until).value_or(0);
  };
  switch (method) {
    case LateMethod::first:
      return days(late_since, last_day);
    case LateMethod::second:
      break;
  }
  std::int64_t sum = 0;
  for (const DelayPiece& piece : pieces) {
    const Instant to = std::min(piece.to, end - ClockTime{1});
    sum += days(local_date(piece.from, calendar.offset_minutes()), local_date(to, calendar.offset_minutes()));
  }
  return sum;
}

ApologyMark late_apology(LateMethod method, const Dossier& dossier, Instant end, const Calendar& calendar) {
  Duty duty = apology_duty(dossier, end, calendar);
  switch (method) {
    case LateMethod::first:
      take_first_apology(dossier, end, duty);
      break;
    case LateMethod::second:
      break;
  }
  return apology_mark(state_before(duty, end));
}

}  // namespace motcua::core
