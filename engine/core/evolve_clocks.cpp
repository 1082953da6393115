#include <algorithm>
#include <cassert>
#include <utility>

#include "engine/core/evolving.h"

namespace motcua::core {
namespace {

void start_clock(Dossier& dossier, const ClockChange& change) {
  LegalClock clock;
  clock.kind = change.kind;
  clock.term = change.term;
  clock.agency = change.agency;
  clock.rule = change.rule;
  clock.started_at = change.at;
  clock.limit = change.limit;
  clock.day_end = change.day_end;
  clock.due = change.due;
  clock.calendar = change.calendar;
  clock.calendar_version = change.calendar_version;
  clock.of = change.of;
  dossier.clocks.push_back(std::move(clock));
}

// What waited, or ran until now, is a stretch that is over; the next begins with the date of the change.
void open_stretch(LegalClock& clock, const ClockChange& change) {
  Stretch over;
  over.from = clock.from();
  over.to = clock.ended_at.value_or(change.at);
  over.due = clock.due;
  over.delay = change.action == ClockAction::move ? change.delay : clock.delay;
  over.end = change.why;
  over.ground = change.ground;
  over.by = change.by;
  over.shares = change.action == ClockAction::move ? change.shares : std::move(clock.shares);
  clock.shares.clear();
  clock.earlier.push_back(std::move(over));
  clock.course = LegalClock::Course::open;
  clock.ended_at.reset();
  clock.delay.reset();
  clock.due = change.due;
  clock.calendar_version = change.calendar_version;
  clock.resumed_at = change.at;
}

// Who holds it now, for whom its working time is booked.
Stint present_stint(const Dossier& dossier) {
  Stint stint;
  const LegalClock* settlement = dossier.clock(ClockKind::settlement);
  if (!settlement->running()) return stint;
  if (dossier.in_transit() && dossier.holder_agency == dossier.receiving_agency) {
    stint.agency = dossier.receiving_agency;
    const bool given = !dossier.handovers.empty() && dossier.handovers.back().in_transit();
    if (given) stint.officer = dossier.handovers.back().from_officer;
    stint.term = dossier.clock(ClockKind::forward)->term;
    return stint;
  }
  stint.agency = dossier.holder_agency;
  stint.unit = dossier.holder_unit;
  stint.officer = dossier.holder_officer;
  stint.step = dossier.step;
  stint.beside_others = !dossier.parallel.empty();
  const auto clock = std::find_if(dossier.clocks.rbegin(), dossier.clocks.rend(), [&](const LegalClock& one) {
    return one.kind == ClockKind::step && one.of == dossier.step;
  });
  if (clock != dossier.clocks.rend() && clock->running()) stint.term = clock->term;
  return stint;
}

// When the holder changes by an event: with the settlement, where that moves. Its term counts from a start
// before the act that found the dossier complete, and what was late is held until its end was entered. An act
// from before what time decided counts from there.
Instant turns_at(const Dossier& dossier, const Event& event) {
  Instant at = event.occurred_at;
  bool starts = false;
  for (const ClockChange& change : event.clocks) {
    if (change.kind != ClockKind::settlement) continue;
    at = change.at;
    starts |= change.action == ClockAction::start;
  }
  return starts || dossier.stints.empty() ? at : std::max(at, dossier.stints.back().from);
}

}  // namespace

void change_clock(Dossier& dossier, const ClockChange& change, Instant recorded_at) {
  if (change.action == ClockAction::start) return start_clock(dossier, change);
  const auto found = std::find_if(dossier.clocks.begin(), dossier.clocks.end(), [&](const LegalClock& c) {
    return c.kind == change.kind && c.term == change.term;
  });
  assert(found != dossier.clocks.end());
  LegalClock& clock = *found;
  if (change.action == ClockAction::derive) {
    clock.due = change.due;
    clock.calendar_version = change.calendar_version;
    return;
  }
  if (change.action == ClockAction::resume || change.action == ClockAction::move) {
    return open_stretch(clock, change);
  }
  if (change.action == ClockAction::repause) {
    clock.course = LegalClock::Course::paused;
    return;
  }
  if (change.action == ClockAction::reopen) {
    clock.course = LegalClock::Course::open;
    clock.ended_at.reset();
    clock.delay.reset();
    clock.shares.clear();
    clock.recorded_late = false;
    return;
  }
  // A term that was paused and is then over was over at its pause: that instant stays.
  const bool waited = clock.course == LegalClock::Course::paused;
  if (!waited) clock.ended_at = change.at;
  clock.delay = change.delay ? change.delay : clock.delay;
  if (!change.shares.empty()) clock.shares = change.shares;
  if (change.action == ClockAction::pause) clock.course = LegalClock::Course::paused;
  if (change.action == ClockAction::voided) clock.course = LegalClock::Course::voided;
  if (change.action == ClockAction::end) clock.course = LegalClock::Course::ended;
  // An office's act in time, entered after the due: on time, and visibly so.
  if (change.action != ClockAction::voided && !waited) {
    clock.recorded_late = change.action == ClockAction::end && clock.due.at && change.at <= *clock.due.at &&
                          recorded_at > *clock.due.at;
  }
}

void note_stint(Dossier& dossier, const Event& event) {
  if (!dossier.accepted_at) return;
  const auto starts = std::find_if(event.clocks.begin(), event.clocks.end(), [](const ClockChange& change) {
    return change.kind == ClockKind::settlement && change.action == ClockAction::start;
  });
  const bool restarts = starts != event.clocks.end();
  if (restarts) dossier.stints.clear();
  if (!restarts && dossier.stints.empty()) return;  // of before stints were kept
  // An act from before what it counters takes its place.
  const Instant back_to = event.occurred_at;
  while (std::holds_alternative<DossierStopCountered>(event.body) && dossier.stints.back().from > back_to) {
    dossier.stints.pop_back();
  }
  Stint stint = present_stint(dossier);
  stint.from = turns_at(dossier, event);
  // A settlement that was corrected ended later than was known, and was held until then.
  const bool ends_later =
      std::holds_alternative<DossierCorrected>(event.body) &&
      std::any_of(event.clocks.begin(), event.clocks.end(), [](const ClockChange& change) {
        return change.kind == ClockKind::settlement && change.action == ClockAction::end;
      });
  if (ends_later && dossier.stints.back().agency.empty()) dossier.stints.back().from = stint.from;
  if (!dossier.stints.empty() && dossier.stints.back().same_but_time(stint)) return;
  dossier.stints.push_back(std::move(stint));
}

}  // namespace motcua::core
