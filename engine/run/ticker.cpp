#include "engine/run/ticker.h"

#include <algorithm>

#include "engine/core/decide.h"

namespace motcua::run {
namespace {

using core::ClockKind;
using core::RungPlace;
using store::AlertState;

constexpr int kRungSlice = 256;  // alerts and acts of one transaction

// A rung that is moved to another place is another one to the marks.
std::string mark_name(const core::Rung& rung) {
  return rung.id.text + '@' + std::string(core::word_of(rung.place)) + '/' +
         std::to_string(rung.distance.value) + '/' + std::string(core::word_of(rung.distance.unit)) +
         (rung.at_once ? "" : "/working");
}

// Of a dossier that was late before and runs on there are two rows: one that keeps it late, one that is due.
bool looks_at(const core::Rung& rung, core::ListRole role) {
  return role != (rung.of_lateness() ? core::ListRole::due_only : core::ListRole::late_only);
}

bool done(const core::Rung& rung, const store::DueRow& row) {
  return (rung.clock == ClockKind::explanation && row.explained) ||
         (rung.clock == ClockKind::apology && row.apologised);
}

}  // namespace

const core::LegalClock* running_clock(const core::Dossier& dossier, ClockKind kind, const core::Code& owing,
                                      const std::optional<core::Instant>& due) {
  for (const core::LegalClock& clock : dossier.clocks) {
    if (clock.kind == kind && clock.running() && clock.agency == owing && clock.due.at == due) return &clock;
  }
  return nullptr;
}

// The promise was moved in time, and what it was moved to is not missed yet: nothing is to be apologised for.
bool was_moved_in_time(const core::Dossier& dossier, core::Instant now) {
  const auto& again = dossier.reappointment;
  const core::LegalClock* last = dossier.clock(ClockKind::settlement);
  return again && again->moves_due && last != nullptr && again->term == last->term && !dossier.late_at(now);
}

bool still_owed(const store::Alert& alert, const core::Dossier& dossier, core::Instant now) {
  switch (alert.clock) {
    case ClockKind::intake_alert: {
      const core::LegalClock* acceptance = dossier.clock(ClockKind::acceptance);
      return acceptance != nullptr && acceptance->running();
    }
    case ClockKind::apology:
      return !core::duty_done(dossier, ClockKind::apology) && !was_moved_in_time(dossier, now) &&
             (dossier.is_open() || dossier.late_at(now));
    case ClockKind::explanation:
      return !dossier.explained_at;
    case ClockKind::appraisal:
      // What was not asked for by then cannot be asked for in time any more: the clock is void.
      return (!alert.due_at || now <= *alert.due_at) &&
             running_clock(dossier, alert.clock, alert.owing, alert.due_at) != nullptr;
    case ClockKind::acceptance:
    case ClockKind::settlement:
    case ClockKind::citizen_wait:
    case ClockKind::forward:
    case ClockKind::step:
    case ClockKind::consultation:
      return running_clock(dossier, alert.clock, alert.owing, alert.due_at) != nullptr;
  }
  return false;
}

std::vector<core::Code> steps_of(const store::Alert& alert, const core::Dossier& dossier) {
  std::vector<core::Code> steps;
  if (alert.clock != ClockKind::step) return steps;
  for (const core::LegalClock& clock : dossier.clocks) {
    const bool is_meant =
        clock.kind == alert.clock && clock.agency == alert.owing && clock.due.at == alert.due_at;
    if (is_meant && std::find(steps.begin(), steps.end(), clock.of) == steps.end()) steps.push_back(clock.of);
  }
  return steps;
}

void Ticker::arm(std::shared_ptr<const Definitions> definitions, core::Instant now) {
  posts_.clear();
  by_agency_.clear();
  order_.clear();
  mornings_.clear();
  scheduled_.clear();
  definitions_ = std::move(definitions);
  next_review_ = store_.next_review();
  const core::Ladders* ladders = definitions_->ladders();
  if (ladders == nullptr) return note_metrics();
  const core::Rules* rules = definitions_->rulebook().at(core::local_date(now, core::kVietnamOffsetMinutes));
  if (rules != nullptr) explanation_ = rules->explanation;
  std::map<std::pair<std::string, core::Code>, store::DuePlace> marks;
  for (const store::RungMark& mark : store_.rung_marks()) marks[{mark.rung, mark.agency}] = mark.fired;
  std::map<std::string, store::DuePlace> begun;
  store::Firing fresh;
  for (const core::Agency& agency : definitions_->agencies()) {
    const auto calendar = definitions_->calendar(agency.calendar);
    if (calendar == nullptr) continue;
    Posts& posts = by_agency_[agency.code.text];
    for (const core::Rung& rung : ladders->rungs) {
      if (rung.place == RungPlace::start) continue;
      Post post{&rung, &agency, calendar.get(), {}, std::nullopt, std::nullopt};
      const std::string name = mark_name(rung);
      const auto own = marks.find({name, agency.code});
      const auto base = own != marks.end() ? own : marks.find({name, core::Code()});
      if (base != marks.end()) {
        post.fired = base->second;
      } else {
        // Seen for the first time: what lies behind is not told any more. Where a calendar is the first
        // agency's, one mark stands for all.
        post.fired = {core::last_due_fired(rung, now, *calendar, explanation_)};
        const auto [first, is_first] = begun.emplace(name, post.fired);
        if (is_first) fresh.marks.push_back({name, core::Code(), post.fired});
        if (post.fired != first->second) fresh.marks.push_back({name, agency.code, post.fired});
      }
      posts[static_cast<std::size_t>(rung.listed_by())].push_back(posts_.size());
      posts_.push_back(post);
      find_next(posts_.size() - 1);
      if (posts_.back().next_at) schedule_digest(agency, now);
    }
  }
  if (!fresh.empty()) store_.fire(fresh, std::nullopt);
  note_metrics();
}

std::optional<core::Instant> Ticker::next() const {
  std::optional<core::Instant> first = next_review_;
  const auto sooner = [&first](core::Instant at) { first = first ? std::min(*first, at) : at; };
  if (!order_.empty()) sooner(order_.begin()->first);
  if (!mornings_.empty()) sooner(mornings_.begin()->first);
  return first;
}

void Ticker::set_next(std::size_t number, std::optional<core::Instant> due) {
  Post& post = posts_[number];
  if (post.next_at) order_.erase({*post.next_at, number});
  post.next_due = due;
  post.next_at = due ? core::rung_at(*post.rung, *due, *post.calendar, explanation_) : std::nullopt;
  if (post.next_at) order_.insert({*post.next_at, number});
}

void Ticker::find_next(std::size_t number) {
  const Post& post = posts_[number];
  const bool half = post.fired.dossier != std::numeric_limits<std::int64_t>::max();
  if (half) return set_next(number, post.fired.due);
  auto due = store_.next_due(post.agency->code, post.rung->listed_by(), post.fired.due);
  if (post.rung->of_lateness()) {
    const auto over = store_.next_due(post.agency->code, ClockKind::explanation, post.fired.due);
    if (over && (!due || *over < *due)) due = over;
  }
  set_next(number, due);
}

// An end leaves what lateness brings at the same place, so one mark moves along both kinds.
std::vector<store::DueRow> Ticker::rows_of(const Post& post, core::Instant until, int limit) {
  auto rows = store_.due_rows(post.agency->code, post.rung->listed_by(), post.fired, until, limit);
  if (!post.rung->of_lateness()) return rows;
  const auto over = store_.due_rows(post.agency->code, ClockKind::explanation, post.fired, until, limit);
  const auto middle = static_cast<std::ptrdiff_t>(rows.size());
  rows.insert(rows.end(), over.begin(), over.end());
  std::inplace_merge(rows.begin(), rows.begin() + middle, rows.end(),
                     [](const auto& a, const auto& b) { return a.place < b.place; });
  if (rows.size() > static_cast<std::size_t>(limit)) rows.resize(static_cast<std::size_t>(limit));
  return rows;
}

const Ticker::Posts* Ticker::posts_of(const core::Code& agency) const {
  const auto found = by_agency_.find(agency.text);
  return found == by_agency_.end() ? nullptr : &found->second;
}

int Ticker::fire(core::Instant now) {
  store::Firing firing;
  bool moved = false;
  try {
    store_.read_together([&] {
      while (!order_.empty() && order_.begin()->first <= now && firing.alerts.size() < kRungSlice) {
        fire_post(order_.begin()->second, now, firing);
        moved = true;
      }
      if (next_review_ && *next_review_ <= now) {
        review(now, firing);
        moved = true;
      }
      if (!mornings_.empty() && mornings_.begin()->first <= now) {
        make_digests(now, firing);
        moved = true;
      }
    });
    if (!firing.empty()) store_.fire(firing, std::nullopt);
    if (moved) next_review_ = store_.next_review();
  } catch (const store::StoreFull&) {
    arm(definitions_, now);  // nothing was kept: as the store has it
    throw;
  }
  metrics_.alerts_fired += firing.alerts.size();
  note_metrics();
  return static_cast<int>(firing.alerts.size() + firing.acts.size() + firing.digests.size());
}

void Ticker::fire_post(std::size_t number, core::Instant now, store::Firing& firing) {
  Post& post = posts_[number];
  const core::Instant until = core::last_due_fired(*post.rung, now, *post.calendar, explanation_);
  const int limit = kRungSlice - static_cast<int>(firing.alerts.size());
  const auto rows = rows_of(post, until, limit);
  for (const store::DueRow& row : rows) {
    const auto at = core::rung_at(*post.rung, row.place.due, *post.calendar, explanation_);
    if (!at || !looks_at(*post.rung, row.role) || done(*post.rung, row)) continue;
    // A clock that began behind its rung has no use for it; what was missed before a restart stays missed.
    if (row.from >= *at && !post.rung->of_lateness()) continue;
    const auto stored = store_.by_key(row.place.dossier);
    auto alert = stored ? alert_for(post, stored->dossier, row.place.due, *at, now) : std::nullopt;
    if (alert) firing.alerts.push_back(std::move(*alert));
  }
  if (static_cast<int>(rows.size()) < limit) {
    post.fired = std::max(post.fired, store::DuePlace{until});
  } else {
    post.fired = rows.back().place;
  }
  firing.marks.push_back({mark_name(*post.rung), post.agency->code, post.fired});
  find_next(number);
}

std::optional<store::Alert> Ticker::alert_for(const Post& post, const core::Dossier& dossier,
                                              core::Instant due, core::Instant at, core::Instant now) {
  std::optional<core::Instant> shown = due;
  if (post.rung->clock == ClockKind::apology) {
    const core::Duty duty = core::apology_duty(dossier, at, *post.calendar);
    // Where the term is too short for a day ahead, the apology hangs on the due itself.
    const bool usual = duty.due_at && *duty.due_at < due;
    const bool wanted = post.rung->place == RungPlace::after ? dossier.late_at(at) : usual;
    if (duty.done_at || !wanted) return std::nullopt;
    shown = duty.due_at;
  } else if (post.rung->clock == ClockKind::explanation) {
    if (dossier.explained_at) return std::nullopt;
    shown = core::explanation_duty(dossier, at, explanation_, *post.calendar).due_at;
    if (!shown) shown = due;
  }
  return make(*post.rung, dossier, *post.agency, *post.calendar, {shown, at, now},
              find(post.rung->to, *post.rung, dossier, *post.agency, *post.calendar, now));
}

std::vector<core::Recipient> Ticker::find(const std::vector<core::AlertRole>& to, const core::Rung& rung,
                                          const core::Dossier& dossier, const core::Agency& owing,
                                          const core::Calendar& calendar, core::Instant now) {
  const core::FindAgency find_agency = [this](const core::Code& code) { return definitions_->agency(code); };
  return core::find_recipients(to, dossier,
                               definitions_->procedure_version(dossier.procedure, dossier.procedure_version),
                               rung.clock, owing.code, definitions_->ladders()->provincial_unit,
                               core::local_date(now, calendar.offset_minutes()), find_agency);
}

store::Alert Ticker::make(const core::Rung& rung, const core::Dossier& dossier, const core::Agency& owing,
                          const core::Calendar& calendar, const Times& times,
                          std::vector<core::Recipient> recipients) {
  store::Alert alert;
  alert.id = random_.uuid_v7(times.now);
  alert.dossier = dossier.id;
  alert.clock = rung.clock;
  alert.due_at = times.due;
  alert.rung = rung.id;
  alert.severity = rung.severity;
  alert.owing = owing.code;
  alert.rung_at = times.at;
  alert.fired_at = times.now;
  alert.mail = rung.mail;
  const auto review = calendar.add(times.now, rung.acknowledge_within.value_or(kReviewAfter));
  alert.review_at = review.value_or(times.now + kReviewAtLast);
  for (core::Recipient& one : recipients) {
    const core::Agency* agency = rung.mail ? definitions_->agency(one.agency) : nullptr;
    const core::Officer* officer = agency == nullptr ? nullptr : agency->officer(one.officer);
    if (officer != nullptr && !officer->mail.empty()) alert.letters_to.push_back(officer->id);
    alert.recipients.push_back({std::move(one), AlertState::open, alert.review_at});
  }
  return alert;
}

void Ticker::note_metrics() {
  metrics_.next_rung_ms.store(
      order_.empty() ? std::numeric_limits<std::int64_t>::max() : order_.begin()->first.ms,
      std::memory_order_relaxed);
}

}  // namespace motcua::run
