#include "engine/core/listing.h"

#include <algorithm>

namespace motcua::core {
namespace {

std::int64_t due_key(const DueDate& due) {
  switch (due.pending) {
    case DuePending::none:
      return due.at->ms;
    case DuePending::untimed:
      return kDueUntimed;
    case DuePending::calendar_horizon:
      return kDuePending;
  }
  return kDueUntimed;
}

void closed_stretch(const LegalClock& clock, ListRows& rows) {
  if (clock.ended_at && clock.started_at < *clock.ended_at) {
    rows.closed.push_back({clock.kind, due_key(clock.due), clock.started_at, *clock.ended_at, clock.agency});
  }
}

// Intake alert, acceptance and the citizen's time: each term stands for itself.
void single_term(const LegalClock& clock, ListRows& rows) {
  if (clock.running()) {
    rows.open.push_back(
        {clock.kind, due_key(clock.due), ListRole::late_and_due, clock.started_at, clock.agency});
  } else if (clock.due.at && *clock.ended_at > *clock.due.at) {
    rows.standing.push_back({clock.kind, false, *clock.due.at, *clock.ended_at, clock.agency});
  }
}

// Never late: a request that was not made is no longer owed at the due.
void appraisal(const LegalClock& clock, ListRows& rows) {
  if (clock.running()) {
    rows.open.push_back({clock.kind, due_key(clock.due), ListRole::due_only, clock.started_at, clock.agency});
  }
}

// All terms together: the first that was missed makes the dossier late until it ends, through pauses and
// restarts.
void settlement(const Dossier& dossier, ListRows& rows) {
  const LegalClock* first_missed = nullptr;
  const LegalClock* last = dossier.clock(ClockKind::settlement);
  if (last == nullptr) return;
  for (const LegalClock& clock : dossier.clocks) {
    if (clock.kind != ClockKind::settlement || !clock.due.at || !clock.ended_at) continue;
    if (*clock.ended_at <= *clock.due.at) continue;
    if (first_missed == nullptr || *clock.due.at < *first_missed->due.at) first_missed = &clock;
  }
  if (first_missed != nullptr) {
    const Instant since = *first_missed->due.at;
    if (dossier.ended_at) {
      rows.standing.push_back({ClockKind::settlement, false, since, *dossier.ended_at, last->agency});
    } else {
      rows.open.push_back(
          {ClockKind::settlement, since.ms, ListRole::late_only, last->started_at, last->agency});
    }
  }
  const bool untimed = last->due.pending == DuePending::untimed;
  if (last->running() && !untimed) {
    const ListRole role = first_missed != nullptr ? ListRole::due_only : ListRole::late_and_due;
    rows.open.push_back({ClockKind::settlement, due_key(last->due), role, last->started_at, last->agency});
  }
  if (!untimed) return;
  if (!dossier.ended_at) {
    rows.open.push_back(
        {ClockKind::settlement, kDueUntimed, ListRole::late_and_due, *dossier.accepted_at, last->agency});
  } else if (*dossier.accepted_at < *dossier.ended_at) {
    rows.standing.push_back(
        {ClockKind::settlement, true, *dossier.accepted_at, *dossier.ended_at, last->agency});
  }
}

}  // namespace

ListRows list_rows(const Dossier& dossier) {
  ListRows rows;
  for (const LegalClock& clock : dossier.clocks) {
    closed_stretch(clock, rows);
    if (clock.running()) {
      rows.rederive |= clock.due.provisional || clock.due.pending == DuePending::calendar_horizon;
    }
    switch (clock.kind) {
      case ClockKind::intake_alert:
        single_term(clock, rows);
        break;
      case ClockKind::acceptance:
        single_term(clock, rows);
        break;
      case ClockKind::citizen_wait:
        single_term(clock, rows);
        break;
      case ClockKind::appraisal:
        appraisal(clock, rows);
        break;
      case ClockKind::settlement:
        break;  // all terms together, below
    }
  }
  settlement(dossier, rows);
  std::sort(rows.open.begin(), rows.open.end());
  std::sort(rows.closed.begin(), rows.closed.end());
  std::sort(rows.standing.begin(), rows.standing.end());
  return rows;
}

bool StandingQuery::asks() const {
  return !holder.empty() || !holder_officer.empty() || late || paused || running();
}

std::optional<ClockKind> StandingQuery::running() const {
  if (clock) return clock;
  if (due_from || due_before) return ClockKind::settlement;
  return std::nullopt;
}

bool fits(const Dossier& dossier, const StandingQuery& query) {
  if (!query.holder.empty() && dossier.holder_agency != query.holder) return false;
  if (!query.holder_officer.empty() && dossier.holder_officer != query.holder_officer) return false;
  if (query.late && dossier.late_at(query.at) != *query.late) return false;
  if (query.paused && dossier.suspended() != *query.paused) return false;
  if (!query.running()) return true;
  const LegalClock* clock = dossier.clock(*query.running());
  if (clock == nullptr || !clock->running()) return false;
  if (clock->state_at(query.at) == ClockState::voided) return false;  // lapsed: no longer owed
  if (query.due_from && !(clock->due.at && *clock->due.at >= *query.due_from)) return false;
  return !query.due_before || (clock->due.at && *clock->due.at < *query.due_before);
}

}  // namespace motcua::core
