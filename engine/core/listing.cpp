#include "engine/core/listing.h"

#include <algorithm>
#include <tuple>

#include "engine/core/attribution.h"

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

void closed_stretches(const LegalClock& clock, ListRows& rows) {
  if (!keeps_past(clock.kind)) return;
  for (const Stretch& stretch : clock.earlier) {
    if (stretch.from < stretch.to) {
      rows.closed.push_back({clock.kind, due_key(stretch.due), stretch.from, stretch.to, clock.agency});
    }
  }
  if (clock.ended_at && clock.from() < *clock.ended_at) {
    rows.closed.push_back({clock.kind, due_key(clock.due), clock.from(), *clock.ended_at, clock.agency});
  }
}

// Intake alert, acceptance, the citizen's time and the like: each term stands for itself.
void single_term(const LegalClock& clock, ListRows& rows) {
  if (clock.running()) {
    rows.open.push_back({clock.kind, due_key(clock.due), ListRole::late_and_due, clock.from(), clock.agency});
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

// The first due of the settlement that was missed: by what is over, and with `at` by what still runs then.
std::optional<Instant> first_missed(const Dossier& dossier, std::optional<Instant> at) {
  std::optional<Instant> since;
  for (const LegalClock& clock : dossier.clocks) {
    if (clock.kind != ClockKind::settlement) continue;
    const auto missed = [&](const DueDate& due, Instant to) {
      if (due.at && to > *due.at && (!since || *due.at < *since)) since = due.at;
    };
    for (const Stretch& stretch : clock.earlier) missed(stretch.due, stretch.to);
    const std::optional<Instant> to = clock.ended_at ? clock.ended_at : at;
    if (to) missed(clock.due, *to);
  }
  return since;
}

// All terms together: the first that was missed makes the dossier late until it ends, through pauses and
// restarts.
void settlement(const Dossier& dossier, ListRows& rows) {
  const LegalClock* last = dossier.clock(ClockKind::settlement);
  if (last == nullptr) return;
  const bool explained = duty_done(dossier, ClockKind::explanation);
  const bool apologised = duty_done(dossier, ClockKind::apology);
  const std::optional<Instant> since = first_missed(dossier, std::nullopt);  // by what is over
  if (since && dossier.ended_at) {
    rows.standing.push_back({ClockKind::settlement, false, *since, over_at(dossier), last->agency});
    if (!explained || !apologised) {
      rows.open.push_back({ClockKind::explanation, since->ms, ListRole::late_only, *since, last->agency,
                           explained, apologised});
    }
  } else if (since) {
    rows.open.push_back({ClockKind::settlement, since->ms, ListRole::late_only, last->from(), last->agency,
                         explained, apologised});
  }
  const bool untimed = last->due.pending == DuePending::untimed;
  if (last->running() && !untimed) {
    const ListRole role = since ? ListRole::due_only : ListRole::late_and_due;
    rows.open.push_back(
        {ClockKind::settlement, due_key(last->due), role, last->from(), last->agency, explained, apologised});
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

// Several terms of one kind may run at once (parallel steps, consultations): where two would stand at the
// same place of a list, the dossier stands there once.
void keep_one_each(ListRows& rows) {
  const auto same_open = [](const OpenRow& a, const OpenRow& b) {
    return std::tie(a.kind, a.due, a.role, a.agency) == std::tie(b.kind, b.due, b.role, b.agency);
  };
  const auto same_standing = [](const StandingRow& a, const StandingRow& b) {
    return std::tie(a.kind, a.untimed, a.from, a.agency) == std::tie(b.kind, b.untimed, b.from, b.agency);
  };
  const auto by_agency = [](const OpenRow& a, const OpenRow& b) {
    return std::tie(a.kind, a.due, a.role, a.agency, a.from) <
           std::tie(b.kind, b.due, b.role, b.agency, b.from);
  };
  std::sort(rows.open.begin(), rows.open.end(), by_agency);
  rows.open.erase(std::unique(rows.open.begin(), rows.open.end(), same_open), rows.open.end());
  std::sort(rows.open.begin(), rows.open.end());
  const auto longest_first = [](const StandingRow& a, const StandingRow& b) {
    return std::tie(a.kind, a.untimed, a.from, a.agency, b.to) <
           std::tie(b.kind, b.untimed, b.from, b.agency, a.to);
  };
  std::sort(rows.standing.begin(), rows.standing.end(), longest_first);
  rows.standing.erase(std::unique(rows.standing.begin(), rows.standing.end(), same_standing),
                      rows.standing.end());
  std::sort(rows.standing.begin(), rows.standing.end());
}

}  // namespace

// For what was due soon at a past instant. Nobody asks that of a step or a hand-over, and a row for each
// would cost a page per command.
bool keeps_past(ClockKind kind) {
  switch (kind) {
    case ClockKind::intake_alert:
    case ClockKind::acceptance:
    case ClockKind::appraisal:
    case ClockKind::settlement:
    case ClockKind::citizen_wait:
      return true;
    case ClockKind::forward:
    case ClockKind::step:
    case ClockKind::consultation:
    case ClockKind::apology:
    case ClockKind::explanation:
      return false;
  }
  return false;
}

ListRows list_rows(const Dossier& dossier) {
  ListRows rows;
  for (const LegalClock& clock : dossier.clocks) {
    closed_stretches(clock, rows);
    if (clock.running()) {
      rows.rederive |= clock.due.provisional || clock.due.pending == DuePending::calendar_horizon;
    }
    switch (clock.kind) {
      case ClockKind::intake_alert:
      case ClockKind::acceptance:
      case ClockKind::citizen_wait:
      case ClockKind::forward:
      case ClockKind::step:
      case ClockKind::consultation:
      case ClockKind::apology:
      case ClockKind::explanation:
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
  std::sort(rows.closed.begin(), rows.closed.end());
  keep_one_each(rows);
  return rows;
}

std::optional<Instant> late_since(const Dossier& dossier, Instant at) { return first_missed(dossier, at); }

bool duty_done(const Dossier& dossier, ClockKind duty) {
  if (duty == ClockKind::explanation) return dossier.explained_at.has_value();
  return apology_done(dossier);
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
