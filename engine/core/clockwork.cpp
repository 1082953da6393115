#include "engine/core/clockwork.h"

#include <algorithm>
#include <cassert>

#include "engine/core/attribution.h"
#include "engine/core/shift.h"

namespace motcua::core {
namespace {

// Who owes a clock, and on whose calendar it runs: DESIGN section 2. A step and a consultation are owed by
// the agency that has them, which their start names.
enum class Owner { receiving, competent, named };
Owner owner_of(ClockKind kind) {
  switch (kind) {
    case ClockKind::intake_alert:
    case ClockKind::acceptance:
    case ClockKind::citizen_wait:
    case ClockKind::forward:
      return Owner::receiving;
    case ClockKind::appraisal:
    case ClockKind::settlement:
    case ClockKind::apology:
    case ClockKind::explanation:
      return Owner::competent;
    case ClockKind::step:
    case ClockKind::consultation:
      return Owner::named;
  }
  return Owner::competent;
}

// Rests on less than the official calendar.
bool is_unsure(const DueDate& due) { return due.provisional || due.pending == DuePending::calendar_horizon; }

}  // namespace

const Code& Clockwork::agency_of(ClockKind kind) const {
  return owner_of(kind) == Owner::receiving ? context_.receiving->code : context_.competent->code;
}

const Calendar& Clockwork::calendar_of(ClockKind kind) const {
  return owner_of(kind) == Owner::receiving ? *context_.receiving_calendar : *context_.competent_calendar;
}

std::uint32_t Clockwork::next_term(ClockKind kind) const {
  const LegalClock* last = dossier_.clock(kind);
  const auto begun = std::count_if(changes_.begin(), changes_.end(), [&](const ClockChange& change) {
    return change.kind == kind && change.action == ClockAction::start;
  });
  return (last == nullptr ? 1 : last->term + 1) + static_cast<std::uint32_t>(begun);
}

ClockChange& Clockwork::start(ClockKind kind, Instant at, const Rule& rule, const Limit& limit) {
  return start_at(agency_of(kind), calendar_of(kind), kind, at, rule, limit);
}

ClockChange& Clockwork::start_at(const Code& agency, const Calendar& calendar, ClockKind kind, Instant at,
                                 const Rule& rule, const Limit& limit) {
  ClockChange change;
  change.kind = kind;
  change.term = next_term(kind);
  change.action = ClockAction::start;
  change.at = at;
  change.agency = agency;
  change.rule = rule.id;
  change.limit = limit;
  change.day_end = rule.day_end;
  change.due = derive_due(limit, at, calendar, rule.day_end, context_.rules->counting);
  change.calendar = Code(calendar.id());
  change.calendar_version = Code(calendar.version());
  return changes_.emplace_back(std::move(change));
}

bool Clockwork::in_force(const Rule& rule, Instant received_at) const {
  const Date on = local_date(received_at, calendar_of(ClockKind::acceptance).offset_minutes());
  return rule.from <= on && (!rule.to || on <= *rule.to);
}

void Clockwork::start_intake_alert(Instant at) {
  const auto& rule = context_.rules->intake_alert;
  if (!rule || !in_force(*rule, at)) return;
  const ClockChange started = start(ClockKind::intake_alert, at, *rule, rule->limit);
  // The alert is the system's own, and is written together with the submission.
  ClockChange ended;
  ended.kind = started.kind;
  ended.term = started.term;
  ended.action = ClockAction::end;
  ended.at = context_.now;
  if (started.due.at && ended.at > *started.due.at) {
    ended.delay = calendar_of(started.kind).elapsed(*started.due.at, ended.at);
  }
  changes_.push_back(std::move(ended));
}

void Clockwork::start_acceptance(Instant at, Channel channel, Instant received_at) {
  if (!context_.rules->acceptance_on[static_cast<int>(channel)]) return;
  if (!in_force(context_.rules->acceptance, received_at)) return;
  const auto& sector = context_.procedure->acceptance;
  start(ClockKind::acceptance, at, context_.rules->acceptance,
        sector ? sector->limit : context_.rules->acceptance.limit);
}

void Clockwork::start_settlement(Instant at, const Rule& rule) {
  const Code& variant = dossier_.variant;
  const ChannelTerm* term = context_.procedure->term(dossier_.channel, variant);
  assert(term != nullptr);
  start(ClockKind::settlement, at, rule,
        first_to_end(term->promised(), term->statutory, at, calendar_of(ClockKind::settlement), rule.day_end,
                     context_.rules->counting));
}

void Clockwork::start_appraisal(Instant at) {
  const auto settlement = std::find_if(changes_.rbegin(), changes_.rend(), [](const ClockChange& change) {
    return change.kind == ClockKind::settlement && change.action == ClockAction::start;
  });
  assert(settlement != changes_.rend());
  const DueDate settlement_due = settlement->due;
  ClockChange& appraisal =
      start(ClockKind::appraisal, at, context_.rules->appraisal, context_.rules->appraisal.limit);
  if (settlement_due.at && (!appraisal.due.at || *settlement_due.at < *appraisal.due.at)) {
    appraisal.due = settlement_due;
  }
}

void Clockwork::start_citizen_wait(Instant at) {
  const auto& sector = context_.procedure->citizen_wait;
  start(ClockKind::citizen_wait, at, context_.rules->citizen_wait,
        sector ? sector->limit : context_.rules->citizen_wait.limit);
}

bool Clockwork::start_forward(Instant at) {
  const Rules& rules = *context_.rules;
  const bool outside = context_.receiving != context_.competent && !context_.own_one_stop;
  if (dossier_.channel == Channel::online) {
    if (!rules.forward_electronic || !in_force(*rules.forward_electronic, dossier_.received_at)) return false;
    const ClockChange started =
        start(ClockKind::forward, at, *rules.forward_electronic, rules.forward_electronic->limit);
    ClockChange ended;  // by the acceptance itself
    ended.kind = started.kind;
    ended.term = started.term;
    ended.action = ClockAction::end;
    ended.at = at;
    changes_.push_back(std::move(ended));
    return false;
  }
  const std::optional<Rule>& rule =
      outside && rules.forward_outside && in_force(*rules.forward_outside, dossier_.received_at)
          ? rules.forward_outside
          : rules.forward_paper;
  if (!rule || !in_force(*rule, dossier_.received_at)) return false;
  start(ClockKind::forward, at, *rule, rule->limit);
  return true;
}

void Clockwork::give_up_forward(Instant at) {
  const LegalClock* clock = dossier_.clock(ClockKind::forward);
  if (clock == nullptr || !clock->running()) return;
  finish(*clock, clock->missed_at(at) ? ClockAction::end : ClockAction::voided, at);
}

bool Clockwork::start_given_up_forward(Instant at) {
  const LegalClock* clock = dossier_.clock(ClockKind::forward);
  // What was handed over before the citizen was asked is not handed over again.
  const bool came = !dossier_.handovers.empty() && dossier_.handovers.back().received_at &&
                    !dossier_.handovers.back().returned_at;
  if (clock == nullptr || clock->running() || dossier_.channel == Channel::online || came) return false;
  return start_forward(at);
}

void Clockwork::end_forward_by_handling(Instant at) {
  if (dossier_.receiving_agency == dossier_.competent_agency) end(ClockKind::forward, at);
}

bool Clockwork::finished_already(const LegalClock& clock) const {
  return std::any_of(changes_.begin(), changes_.end(), [&](const ClockChange& change) {
    return change.kind == clock.kind && change.term == clock.term;
  });
}

void Clockwork::finish(const LegalClock& clock, ClockAction action, Instant at) {
  ClockChange change;
  change.kind = clock.kind;
  change.term = clock.term;
  change.action = action;
  // An act from before what time decided by itself: what runs since then cannot end before.
  at = std::max(at, clock.from());
  change.at = at;
  if (action == ClockAction::end || action == ClockAction::pause) note_delay(clock, at, change);
  changes_.push_back(std::move(change));
}

void Clockwork::note_delay(const LegalClock& clock, Instant to, ClockChange& change) const {
  change.delay = delay_of(clock, to);
  if (!change.delay || clock.kind != ClockKind::settlement) return;
  change.shares = attribute(dossier_, *change.delay, to, context_.calendar_of(clock.agency));
}

std::optional<WorkingTime> Clockwork::delay_of(const LegalClock& clock, Instant to) const {
  if (!clock.due.at || to <= *clock.due.at) return std::nullopt;
  return context_.calendar_of(clock.agency).elapsed(std::max(*clock.due.at, clock.from()), to);
}

void Clockwork::end(ClockKind kind, Instant at) {
  const LegalClock* clock = dossier_.clock(kind);
  if (clock == nullptr || !clock->running()) return;
  // A request after the appraisal's due ends nothing: the duty had lapsed.
  const bool lapsed = kind == ClockKind::appraisal && clock->due.at && at > *clock->due.at;
  finish(*clock, lapsed ? ClockAction::voided : ClockAction::end, at);
}

void Clockwork::pause_settlement(Instant at) {
  const LegalClock* clock = dossier_.clock(ClockKind::settlement);
  if (clock == nullptr || !clock->running()) return;
  if (clock->missed_at(context_.now)) {
    finish(*clock, ClockAction::end, context_.now);
  } else {
    finish(*clock, ClockAction::pause, at);
  }
}

void Clockwork::suspend_settlement(Instant at, const Code& ground) {
  const auto suspend = [&](const LegalClock& clock) {
    finish(clock, ClockAction::pause, clock.missed_at(context_.now) ? context_.now : at);
    changes_.back().ground = ground;
  };
  const LegalClock* settlement = dossier_.clock(ClockKind::settlement);
  if (settlement != nullptr && settlement->running()) suspend(*settlement);
  for (const LegalClock* step : steps_in(LegalClock::Course::open)) suspend(*step);
}

void Clockwork::resume(const LegalClock& clock, Instant at, const Code& ground) {
  const Instant paused_at = *clock.ended_at;
  const Instant from = std::max(at, paused_at);
  // What waits is not derived again when a calendar comes, so that is made good here.
  const bool was_late = clock.due.at && paused_at > *clock.due.at;
  DueDate due = !was_late && is_unsure(clock.due) ? derived_from(clock, clock.started_at) : clock.due;
  if (!due.at || paused_at <= *due.at) {
    due = shift_due(due, clock.limit, paused_at, from, context_.calendar_of(clock.agency), clock.day_end);
  }
  redate(clock, ClockAction::resume, from, due, StretchEnd::suspended, ground);
}

void Clockwork::resume_settlement(Instant at, const Code& ground) {
  resume(ClockKind::settlement, at, ground);
  for (const LegalClock* step : steps_in(LegalClock::Course::paused)) resume(*step, at, ground);
}

void Clockwork::move_settlement(Instant at, const DueDate& due, StretchEnd why, const Code& ground,
                                std::optional<Limit> by) {
  const LegalClock* clock = dossier_.clock(ClockKind::settlement);
  assert(clock != nullptr && clock->running());
  const Instant from = clock->missed_at(context_.now) ? context_.now : std::max(at, clock->from());
  ClockChange& change = redate(*clock, ClockAction::move, from, due, why, ground);
  note_delay(*clock, from, change);
  change.by = by;
}

ClockChange& Clockwork::redate(const LegalClock& clock, ClockAction action, Instant at, const DueDate& due,
                               StretchEnd why, const Code& ground) {
  const Calendar& calendar = context_.calendar_of(clock.agency);
  ClockChange change;
  change.kind = clock.kind;
  change.term = clock.term;
  change.action = action;
  change.at = at;
  change.why = why;
  change.ground = ground;
  change.agency = clock.agency;
  change.rule = clock.rule;
  change.limit = clock.limit;
  change.day_end = clock.day_end;
  change.due = due;
  change.calendar = Code(calendar.id());
  change.calendar_version = Code(calendar.version());
  return changes_.emplace_back(std::move(change));
}

void Clockwork::take_back_stop(Instant at) {
  const LegalClock* wait = dossier_.clock(ClockKind::citizen_wait);
  assert(wait != nullptr && wait->course == LegalClock::Course::ended);
  finish(*wait, ClockAction::reopen, at);
  for (const LegalClock& clock : dossier_.clocks) {
    const bool over = clock.course == LegalClock::Course::ended || clock.course == LegalClock::Course::voided;
    if (&clock != wait && over && clock.ended_at == dossier_.ended_at) {
      finish(clock, ClockAction::reopen, at);
    }
  }
  // What had been paused keeps the instant of its pause when the stop makes it void.
  const LegalClock* settlement = dossier_.clock(ClockKind::settlement);
  if (settlement != nullptr && settlement->course == LegalClock::Course::voided &&
      settlement->ended_at != dossier_.ended_at) {
    finish(*settlement, ClockAction::repause, at);
  }
  reopen_steps(at);
}

void Clockwork::void_paused(ClockKind kind, Instant at) {
  const LegalClock* clock = dossier_.clock(kind);
  if (clock != nullptr && clock->course == LegalClock::Course::paused)
    finish(*clock, ClockAction::voided, at);
}

void Clockwork::pause_for_payment(ClockKind kind, Instant at, const Code& ground) {
  const LegalClock* clock = dossier_.clock(kind);
  if (clock == nullptr || !clock->running()) return;
  // A date set back neither takes lateness away nor shortens it.
  finish(*clock, ClockAction::pause, clock->missed_at(context_.now) ? context_.now : at);
  changes_.back().ground = ground;
}

void Clockwork::resume(ClockKind kind, Instant at, const Code& ground) {
  const LegalClock* clock = dossier_.clock(kind);
  if (clock != nullptr && clock->course == LegalClock::Course::paused) resume(*clock, at, ground);
}

void Clockwork::restart_acceptance(Instant at) {
  const LegalClock* clock = dossier_.clock(ClockKind::acceptance);
  if (clock == nullptr || clock->course != LegalClock::Course::paused) return;
  void_paused(ClockKind::acceptance, at);
  start(ClockKind::acceptance, at, *context_.rules->payment_restart, clock->limit);
}

void Clockwork::close(Instant at) { close_terms(std::nullopt, at); }
void Clockwork::close_but(ClockKind ended, Instant at) { close_terms(ended, at); }

void Clockwork::give_up(Instant at, Instant known) { close_terms(std::nullopt, at, known); }

void Clockwork::close_terms(std::optional<ClockKind> spared, Instant at, std::optional<Instant> known) {
  for (const LegalClock& clock : dossier_.clocks) {
    const bool paused = clock.course == LegalClock::Course::paused;
    if ((!clock.running() && !paused) || clock.kind == spared || finished_already(clock)) continue;
    // The citizen's own time is theirs to give up, and an appraisal is never late.
    const bool of_office = clock.kind != ClockKind::citizen_wait && clock.kind != ClockKind::appraisal;
    if (known && !paused && of_office && clock.due.at && *clock.due.at < *known) {
      finish(clock, ClockAction::end, *known);
    } else {
      finish(clock, !paused && clock.missed_at(at) ? ClockAction::end : ClockAction::voided, at);
    }
  }
}

void Clockwork::derive_again() {
  for (const LegalClock& clock : dossier_.clocks) {
    if (!clock.running() || !is_unsure(clock.due)) continue;
    const Calendar& calendar = context_.calendar_of(clock.agency);
    ClockChange change;
    change.due = derived_from(clock, clock.started_at);
    if (clock.kind == ClockKind::appraisal) {
      const LegalClock* settlement = dossier_.clock(ClockKind::settlement);
      const DueDate cap =
          is_unsure(settlement->due) ? derived_from(*settlement, settlement->started_at) : settlement->due;
      if (cap.at && (!change.due.at || *cap.at < *change.due.at)) change.due = cap;
    }
    if (change.due == clock.due) continue;
    change.kind = clock.kind;
    change.term = clock.term;
    change.action = ClockAction::derive;
    change.at = context_.now;
    change.agency = clock.agency;
    change.rule = clock.rule;
    change.limit = clock.limit;
    change.day_end = clock.day_end;
    change.calendar = Code(calendar.id());
    change.calendar_version = Code(calendar.version());
    changes_.push_back(std::move(change));
  }
}

}  // namespace motcua::core
