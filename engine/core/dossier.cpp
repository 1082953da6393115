#include "engine/core/dossier.h"

#include <algorithm>

namespace motcua::core {
namespace {

template <class Clocks>
auto* last_term(Clocks& clocks, ClockKind kind) {
  const auto found =
      std::find_if(clocks.rbegin(), clocks.rend(), [&](const auto& c) { return c.kind == kind; });
  return found == clocks.rend() ? nullptr : &*found;
}

// The working time in [from, to); past the horizon, as far as the calendar knows.
WorkingTime counted_until(const Calendar& calendar, Instant from, Instant to) {
  const Instant horizon = midnight(calendar.provisional_until_on() + 1, calendar.offset_minutes());
  return calendar.elapsed(from, std::min(to, horizon)).value_or(WorkingTime{0});
}

}  // namespace

std::optional<Instant> LegalClock::missed_since(Instant at) const {
  for (const Stretch& stretch : earlier) {
    if (at >= stretch.from && stretch.missed_at(at)) return stretch.due.at;
  }
  if (!due.at || at < from()) return std::nullopt;
  // Appraisal is a duty only for the office that asks: when no request was made by its due, nothing is owed.
  if (kind == ClockKind::appraisal && !(course == Course::ended)) return std::nullopt;
  const bool over = ended_at && *ended_at <= at;
  return (over ? *ended_at : at) > *due.at ? due.at : std::nullopt;
}

bool LegalClock::missed_at(Instant at) const { return missed_since(at).has_value(); }

ClockState LegalClock::state_at(Instant at) const {
  if (missed_at(at)) return ClockState::missed;
  const auto before =
      std::find_if(earlier.begin(), earlier.end(), [&](const Stretch& stretch) { return at < stretch.to; });
  if (before != earlier.end()) return ClockState::running;
  if (at < from()) return ClockState::paused;
  const bool over = ended_at && *ended_at <= at;
  if (!over) {
    const bool lapsed = kind == ClockKind::appraisal && due.at && at > *due.at;
    return lapsed ? ClockState::voided : ClockState::running;
  }
  switch (course) {
    case Course::open:
      return ClockState::running;
    case Course::paused:
      return ClockState::paused;
    case Course::ended:
      return ClockState::met;
    case Course::voided:
      return ClockState::voided;
  }
  return ClockState::running;
}

const ParallelStep* Dossier::branch_at(const Code& at_step) const {
  const auto found = std::find_if(parallel.begin(), parallel.end(),
                                  [&](const ParallelStep& branch) { return branch.step == at_step; });
  return found == parallel.end() ? nullptr : &*found;
}

const LegalClock* Dossier::clock(ClockKind kind) const { return last_term(clocks, kind); }
LegalClock* Dossier::clock(ClockKind kind) { return last_term(clocks, kind); }

const LegalClock* Dossier::clock(ClockKind kind, std::uint32_t term) const {
  const auto found = std::find_if(clocks.begin(), clocks.end(),
                                  [&](const LegalClock& c) { return c.kind == kind && c.term == term; });
  return found == clocks.end() ? nullptr : &*found;
}

const TextRef* Dossier::text(TextRecord record) const {
  const auto found =
      std::find_if(texts.rbegin(), texts.rend(), [&](const TextRef& t) { return t.record == record; });
  return found == texts.rend() ? nullptr : &*found;
}

bool Dossier::untimed() const {
  const LegalClock* settlement = clock(ClockKind::settlement);
  return settlement != nullptr && settlement->due.pending == DuePending::untimed;
}

bool Dossier::suspended() const {
  const LegalClock* settlement = clock(ClockKind::settlement);
  return is_open() && settlement != nullptr && settlement->course == LegalClock::Course::paused;
}

bool Dossier::in_transit() const {
  const LegalClock* forward = clock(ClockKind::forward);
  return forward != nullptr && forward->running();
}

bool Dossier::late_at(Instant at) const {
  return std::any_of(clocks.begin(), clocks.end(), [&](const LegalClock& clock) {
    return clock.kind == ClockKind::settlement && clock.missed_at(at);
  });
}

const PaymentRecord* Dossier::open_payment() const {
  return payments.empty() || !payments.back().is_open() ? nullptr : &payments.back();
}

const ResultChange* Dossier::change_of(const Code& result) const {
  const auto found = std::find_if(result_changes.begin(), result_changes.end(),
                                  [&](const ResultChange& change) { return change.result == result; });
  return found == result_changes.end() ? nullptr : &*found;
}

bool Dossier::concerns(const Code& agency) const {
  return agency == receiving_agency || agency == competent_agency ||
         std::find(further_agencies.begin(), further_agencies.end(), agency) != further_agencies.end();
}

bool Dossier::on_hold() const {
  return std::any_of(suspensions.begin(), suspensions.end(),
                     [](const Suspension& s) { return !s.resumed_at; });
}

std::optional<Instant> Dossier::promised_at() const {
  const LegalClock* settlement = clock(ClockKind::settlement);
  if (reappointment && settlement != nullptr && reappointment->term == settlement->term) {
    // What moved the due later than the new promise moved the promise with it.
    return settlement->due.at ? std::max(*settlement->due.at, reappointment->promised_at)
                              : reappointment->promised_at;
  }
  if (settlement != nullptr && settlement->due.at) return settlement->due.at;
  return appointment_at;
}

// What was counted when a stretch ended stays, whatever the calendar says later.
Lateness lateness_at(const Dossier& dossier, Instant at, const Calendar& calendar) {
  Lateness lateness;
  const auto count = [&](const std::optional<WorkingTime>& known, Instant due, Instant until) {
    lateness.counted = lateness.counted + (known ? *known : counted_until(calendar, due, until));
  };
  for (const LegalClock& clock : dossier.clocks) {
    if (clock.kind != ClockKind::settlement) continue;
    const std::optional<Instant> since = clock.missed_since(at);
    if (!since) continue;
    if (!lateness.since || *since < *lateness.since) lateness.since = since;
    for (const Stretch& stretch : clock.earlier) {
      if (!stretch.missed_at(at)) continue;
      // Late before the stretch began, it is late from its first instant on.
      const Instant from = std::max(*stretch.due.at, stretch.from);
      const bool over = stretch.to <= at;
      count(over ? stretch.delay : std::nullopt, from, over ? stretch.to : at);
    }
    if (!clock.due.at || at < clock.from()) continue;
    const bool over = clock.ended_at && *clock.ended_at <= at;
    const Instant until = over ? *clock.ended_at : at;
    if (until > *clock.due.at)
      count(over ? clock.delay : std::nullopt, std::max(*clock.due.at, clock.from()), until);
  }
  return lateness;
}

}  // namespace motcua::core
