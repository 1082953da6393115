// What the ticker has to say to a write on a dossier.

#include "engine/core/decide.h"
#include "engine/run/ticker.h"

namespace motcua::run {

using core::ClockKind;

namespace {

// Where a clock of this due stands in the order along which marks move. A dossier that is made in this very
// group has no key yet, and will stand behind all others.
store::DuePlace place_of(const store::Stored& stored, core::Instant due) {
  return stored.key == 0 ? store::DuePlace{due} : store::DuePlace{due, stored.key};
}

}  // namespace

void Ticker::add_alerts(core::Instant now, store::Write& write) {
  static const store::Stored kNone;
  if (!write.events.empty()) {
    write.alerts = alerts_of(write.before ? *write.before : kNone, write.after, write.events, now);
  }
  for (store::Write& other : write.along) add_alerts(now, other);
}

void Ticker::note(const store::Write& write) {
  metrics_.alerts_fired += write.alerts.size();
  note_dates(write.events);
  for (const store::Write& other : write.along) note(other);
}

void Ticker::note_dates(std::span<const core::Event> events) {
  for (const core::Event& event : events) {
    for (const core::ClockChange& change : event.clocks) {
      if (!change.dates() || !change.due.at) continue;
      const Posts* posts = posts_of(change.agency);
      if (posts == nullptr) continue;
      for (const std::size_t number : (*posts)[static_cast<std::size_t>(change.kind)]) {
        const Post& post = posts_[number];
        if (*change.due.at <= post.fired.due || (post.next_due && *post.next_due <= *change.due.at)) continue;
        set_next(number, change.due.at);
        schedule_digest(*post.agency, event.recorded_at);
      }
    }
  }
}

std::vector<store::Alert> Ticker::alerts_of(const store::Stored& before, const core::Dossier& after,
                                            std::span<const core::Event> events, core::Instant now) {
  std::vector<store::Alert> alerts;
  const core::Ladders* ladders = definitions_ == nullptr ? nullptr : definitions_->ladders();
  if (ladders == nullptr) return alerts;
  if (before.dossier.version > 0 && !order_.empty() && order_.begin()->first <= now) {
    add_overtaken(before, after, now, alerts);
    add_overtaken_duties(before, after, now, alerts);
  }
  for (const core::Event& event : events) {
    for (const core::ClockChange& change : event.clocks) {
      if (!change.dates()) continue;
      if (change.kind == ClockKind::intake_alert && change.action == core::ClockAction::start) {
        add_started(after, change, now, alerts);
      } else if (change.due.at && change.at < now) {
        add_behind(after, change, now, alerts);
      }
    }
  }
  return alerts;
}

// Rungs that were due before this write, and whose clock it ends: afterwards nobody could find them.
void Ticker::add_overtaken(const store::Stored& before, const core::Dossier& after, core::Instant now,
                           std::vector<store::Alert>& alerts) {
  const core::Instant until = std::min(now, core::runs_out_at(before.dossier).value_or(now));
  for (const core::LegalClock& clock : before.dossier.clocks) {
    const Posts* posts = clock.running() && clock.due.at ? posts_of(clock.agency) : nullptr;
    if (posts == nullptr || running_clock(after, clock.kind, clock.agency, clock.due.at) != nullptr) continue;
    for (const std::size_t number : (*posts)[static_cast<std::size_t>(clock.kind)]) {
      const Post& post = posts_[number];
      if (post.rung->of_lateness() || place_of(before, *clock.due.at) <= post.fired) continue;
      const auto at = core::rung_at(*post.rung, *clock.due.at, *post.calendar, explanation_);
      if (!at || *at > until || clock.from() >= *at) continue;
      if (auto alert = alert_for(post, before.dossier, *clock.due.at, *at, now)) {
        alerts.push_back(std::move(*alert));
      }
    }
  }
}

// The same of what hangs on the settlement, where a write does the duty and its clock goes on or is over.
void Ticker::add_overtaken_duties(const store::Stored& before, const core::Dossier& after, core::Instant now,
                                  std::vector<store::Alert>& alerts) {
  const core::LegalClock* settlement = before.dossier.clock(ClockKind::settlement);
  const Posts* posts = settlement == nullptr ? nullptr : posts_of(settlement->agency);
  if (posts == nullptr) return;
  const auto since = core::late_since(before.dossier, now);
  const bool runs_on =
      settlement->running() &&
      running_clock(after, ClockKind::settlement, settlement->agency, settlement->due.at) != nullptr;
  const auto running = runs_on ? settlement->due.at : std::nullopt;
  for (const std::size_t number : (*posts)[static_cast<std::size_t>(ClockKind::settlement)]) {
    const Post& post = posts_[number];
    const ClockKind duty = post.rung->clock;
    if (!post.rung->hangs_on_settlement() || core::duty_done(before.dossier, duty) ||
        !core::duty_done(after, duty)) {
      continue;
    }
    const auto due = post.rung->of_lateness() ? since : running;
    if (!due || place_of(before, *due) <= post.fired) continue;
    const auto at = core::rung_at(*post.rung, *due, *post.calendar, explanation_);
    if (!at || *at > now || (!post.rung->of_lateness() && settlement->from() >= *at)) continue;
    if (auto alert = alert_for(post, before.dossier, *due, *at, now)) alerts.push_back(std::move(*alert));
  }
}

void Ticker::add_started(const core::Dossier& after, const core::ClockChange& change, core::Instant now,
                         std::vector<store::Alert>& alerts) {
  const core::Agency* owing = definitions_->agency(change.agency);
  const auto calendar = owing == nullptr ? nullptr : definitions_->calendar(owing->calendar);
  if (calendar == nullptr) return;
  // The alert meets its own clock; what is to be done has until the acceptance is due.
  const core::LegalClock* acceptance = after.clock(ClockKind::acceptance);
  const auto until = acceptance != nullptr && acceptance->due.at ? acceptance->due.at : change.due.at;
  for (const core::Rung& rung : definitions_->ladders()->rungs) {
    if (rung.clock != change.kind || rung.place != core::RungPlace::start) continue;
    alerts.push_back(make(rung, after, *owing, *calendar, {until, change.at, now},
                          find(rung.to, rung, after, *owing, *calendar, now)));
  }
}

// A clock that is entered late, with rungs behind it already: the last of them is told at once, as somebody
// can still act; the others have nothing to add.
void Ticker::add_behind(const core::Dossier& after, const core::ClockChange& change, core::Instant now,
                        std::vector<store::Alert>& alerts) {
  const Posts* posts = posts_of(change.agency);
  if (posts == nullptr || running_clock(after, change.kind, change.agency, change.due.at) == nullptr) return;
  const Post* last = nullptr;
  core::Instant last_at;
  for (const std::size_t number : (*posts)[static_cast<std::size_t>(change.kind)]) {
    const Post& post = posts_[number];
    if (post.rung->hangs_on_settlement() || store::DuePlace{*change.due.at} > post.fired) continue;
    const auto at = core::rung_at(*post.rung, *change.due.at, *post.calendar, explanation_);
    if (!at || *at > now || change.at >= *at || (last != nullptr && *at < last_at)) continue;
    last = &post;
    last_at = *at;
  }
  if (last == nullptr) return;
  if (auto alert = alert_for(*last, after, *change.due.at, last_at, now)) alerts.push_back(std::move(*alert));
}

}  // namespace motcua::run
