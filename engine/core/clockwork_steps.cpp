#include <algorithm>

#include "engine/core/clockwork.h"

namespace motcua::core {

const LegalClock* Clockwork::clock_of_step(const Code& step) const {
  const auto found = std::find_if(
      dossier_.clocks.rbegin(), dossier_.clocks.rend(),
      [&](const LegalClock& clock) { return clock.kind == ClockKind::step && clock.of == step; });
  return found == dossier_.clocks.rend() ? nullptr : &*found;
}

void Clockwork::enter_step(const StepDefinition& step, const Code& agency, Instant at) {
  if (!step.budget) return;
  ClockChange& started =
      start_at(agency, context_.calendar_of(agency), ClockKind::step, at, context_.rules->step, *step.budget);
  started.of = step.key;
  if (!dossier_.on_hold()) return;
  // It waits from its first instant on, for what the settlement waits for.
  const auto in_force = std::find_if(dossier_.suspensions.begin(), dossier_.suspensions.end(),
                                     [](const Suspension& one) { return !one.resumed_at; });
  ClockChange paused;
  paused.kind = started.kind;
  paused.term = started.term;
  paused.action = ClockAction::pause;
  paused.at = at;
  paused.ground = in_force->ground;
  changes_.push_back(std::move(paused));
}

void Clockwork::leave_step(const Code& step, Instant at) {
  const LegalClock* clock = clock_of_step(step);
  if (clock == nullptr) return;
  if (clock->running()) finish(*clock, ClockAction::end, at);
  // What was left while it waited was over at its pause, and does not run on with the rest.
  if (clock->course == LegalClock::Course::paused) finish(*clock, ClockAction::end, *clock->ended_at);
}

std::vector<const LegalClock*> Clockwork::steps_in(LegalClock::Course course) const {
  std::vector<const LegalClock*> clocks;
  for (const LegalClock& clock : dossier_.clocks) {
    if (clock.kind == ClockKind::step && clock.course == course) clocks.push_back(&clock);
  }
  return clocks;
}

void Clockwork::pause_steps(Instant at) {
  for (const LegalClock* clock : steps_in(LegalClock::Course::open)) {
    if (clock->missed_at(context_.now)) {
      finish(*clock, ClockAction::end, context_.now);
    } else {
      finish(*clock, ClockAction::pause, at);
    }
  }
}

void Clockwork::give_up_steps(Instant at) {
  for (const LegalClock* clock : steps_in(LegalClock::Course::paused))
    finish(*clock, ClockAction::voided, at);
}

void Clockwork::restart_steps(Instant at) {
  give_up_steps(at);
  const auto enter = [&](const Code& key, const Code& agency) {
    const StepDefinition* step = context_.procedure->step(key);
    if (step != nullptr) enter_step(*step, agency, at);
  };
  enter(dossier_.step, dossier_.holder_agency);
  for (const ParallelStep& branch : dossier_.parallel) enter(branch.step, branch.agency);
}

void Clockwork::start_consultation(const Code& agency, const Limit& budget, Instant at) {
  start_at(agency, context_.calendar_of(agency), ClockKind::consultation, at, context_.rules->consultation,
           budget);
}

void Clockwork::end_consultation(std::uint32_t number, Instant at) {
  const LegalClock* clock = dossier_.clock(ClockKind::consultation, number);
  if (clock != nullptr && clock->running()) finish(*clock, ClockAction::end, at);
}

void Clockwork::reopen_steps(Instant at) {
  // Steps that waited are void since their pause, which lies in the present term; those that ran on were
  // reopened with the rest.
  const Instant term_from = dossier_.clock(ClockKind::settlement)->started_at;
  const auto repause = [&](const Code& step) {
    const LegalClock* clock = clock_of_step(step);
    if (clock == nullptr || clock->course != LegalClock::Course::voided || finished_already(*clock)) return;
    if (*clock->ended_at >= term_from) finish(*clock, ClockAction::repause, at);
  };
  repause(dossier_.step);
  for (const ParallelStep& branch : dossier_.parallel) repause(branch.step);
  for (std::size_t i = 0; i < dossier_.consultations.size(); ++i) {
    if (dossier_.consultations[i].answered_at) continue;
    const auto number = static_cast<std::uint32_t>(i + 1);
    const LegalClock* clock = dossier_.clock(ClockKind::consultation, number);
    if (clock != nullptr && !clock->running()) finish(*clock, ClockAction::reopen, at);
  }
}

}  // namespace motcua::core
