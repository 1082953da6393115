#include "tests/core/life_oracle.h"

#include <algorithm>

namespace motcua::test {

using namespace core;

namespace {

// Ends at 24:00 of the last known day are known.
WalkedDate known(const WalkedDate& date, std::optional<std::int64_t> until) {
  return date.at && until && *date.at > *until ? WalkedDate{} : date;
}

}  // namespace

// A date that rests on days which were not known then waits.
WalkedDate LifeOracle::moved(const WalkedDate& date, const Term& term, const Move& by) const {
  const LifeWalk& days = walk(term.agency);
  WalkedDate next;
  switch (by.how) {
    case Move::How::suspended:
      if (by.late || by.to <= by.from || (by.unknown && by.from > *date.at)) return date;
      if (term.limit.unit != LimitUnit::hour && by.known_until && by.to >= *by.known_until) return {};
      next = days.suspended(date, term.limit, by.from, by.to, term.to_midnight);
      return term.limit.unit == LimitUnit::hour ? next : known(next, by.known_until);
    case Move::How::extended:
      next = days.extended(date, by.by, term.to_midnight);
      return by.by.unit == LimitUnit::hour ? next : known(next, by.known_until);
    case Move::How::set:
      return {by.to, {}};
  }
  return next;
}

WalkedDate LifeOracle::date_of(const Term& term) const {
  WalkedDate date = walk(term.agency).first(term.limit, term.start, term.to_midnight);
  if (term.limit.unit != LimitUnit::hour) date = known(date, term.known_until);
  if (term.cap && (!date.at || *term.cap < *date.at)) date = {term.cap, {}};
  for (const Move& move : term.moves) {
    if (date.at) date = moved(date, term, move);
  }
  return date;
}

bool LifeOracle::missed_by(const Term& term, std::int64_t instant) const {
  const WalkedDate date = date_of(term);
  return term.was_missed || (date.at && instant > *date.at);
}

LifeOracle::Term* LifeOracle::find(ClockKind kind) {
  for (Term& term : known_.terms) {
    if (term.kind == kind) return &term;
  }
  return nullptr;
}

void LifeOracle::start(ClockKind kind, const std::string& agency, const Limit& limit, std::int64_t at,
                       std::string of, bool to_midnight) {
  Term term;
  term.kind = kind;
  term.of = std::move(of);
  term.agency = agency;
  term.limit = limit;
  term.start = term.begun = at;
  term.to_midnight = to_midnight;
  term.known_until = known_until_;
  term.started_by = version_;
  known_.terms.push_back(std::move(term));
}

void LifeOracle::end(ClockKind kind) {
  std::erase_if(known_.terms, [&](const Term& term) { return term.kind == kind; });
}

// What an entry has dated anew since is held until then.
void LifeOracle::end_all(const Event& event) {
  const Term* settlement = find(ClockKind::settlement);
  if (settlement != nullptr) turn_at_ = std::max(event.occurred_at.ms, settlement->begun);
  known_.terms.clear();
}

// By an act of a person. What was past its due when it was entered was late until then, whatever day is
// named; beside a stop that it counters, until the stop.
void LifeOracle::give_up(const Event& event) {
  const std::int64_t known = countered_.value_or(event.recorded_at.ms);
  const Term* settlement = find(ClockKind::settlement);
  if (settlement != nullptr && !settlement->paused_at) {
    const auto due = date_of(*settlement).at;
    if (due && *due < known) turn_at_ = std::max(known, settlement->begun);
  }
  const auto turn = turn_at_;
  end_all(event);
  if (turn) turn_at_ = turn;
}

// Everything of a kind waits; what was missed by the time of the entry runs until then, whatever day is
// named.
void LifeOracle::pause(ClockKind kind, const Event& event) {
  for (Term& term : known_.terms) {
    if (term.kind != kind || term.paused_at) continue;
    const bool missed = missed_by(term, event.recorded_at.ms);
    term.paused_at = std::max(missed ? event.recorded_at.ms : event.occurred_at.ms, term.begun);
    if (kind == ClockKind::settlement) turn_at_ = term.paused_at;
  }
}

void LifeOracle::resume(ClockKind kind, std::int64_t at, std::uint32_t by) {
  for (Term& term : known_.terms) {
    if (term.kind != kind || !term.paused_at) continue;
    // A date that waits for the calendar is what the calendar says by now.
    const bool unknown = !date_of(term).at;
    if (unknown) {
      term.known_until = known_until_;
      for (Move& moved : term.moves) moved.known_until = known_until_;
    }
    const WalkedDate due = date_of(term);
    const std::int64_t from = *term.paused_at;
    const bool late = due.at && from > *due.at;
    term.was_missed |= late;
    term.begun = std::max(from, at);
    term.moves.push_back({Move::How::suspended, from, term.begun, by, {}, known_until_, late, unknown});
    term.paused_at.reset();
    if (kind == ClockKind::settlement) turn_at_ = term.begun;
  }
}

// A new date begins a new stretch: with the act, or when it was entered where the term was missed by then.
void LifeOracle::take_up(Term& term, const Event& event) {
  term.was_missed = missed_by(term, event.recorded_at.ms);
  term.begun = term.was_missed ? event.recorded_at.ms : std::max(term.begun, event.occurred_at.ms);
}

void LifeOracle::move(Move moved, const Event& event) {
  Term& term = *find(ClockKind::settlement);
  take_up(term, event);
  moved.known_until = known_until_;
  term.moves.push_back(moved);
}

void LifeOracle::start_settlement(std::int64_t at, std::uint32_t by) {
  end(ClockKind::settlement);
  known_.turns.clear();
  turn_at_ = at;
  const ChannelTerm& offered = *setting_.procedure->term(channel_, variant_);
  start(ClockKind::settlement, competent_.text, offered.promised(), at);
  Term by_law = known_.terms.back();
  by_law.limit = offered.statutory;
  const auto promised = date_of(known_.terms.back()).at;
  const auto lawful = date_of(by_law).at;
  // No promise is longer than the law: where it is counted otherwise, that shows in the dates alone.
  const bool alike =
      by_law.limit.unit == offered.promised().unit && by_law.limit.counting == offered.promised().counting;
  if (!alike && lawful && (!promised || *lawful < *promised)) known_.terms.back() = by_law;
  known_.terms.back().started_by = by;
}

bool LifeOracle::start_forward(std::int64_t at) {
  if (channel_ == Channel::online) return false;
  const bool outside = receiving_ != competent_ && !setting_.own_one_stop;
  const auto& rule = outside && rules_->forward_outside ? rules_->forward_outside : rules_->forward_paper;
  if (!rule) return false;
  start(ClockKind::forward, receiving_.text, rule->limit, at);
  was_forwarded_ = true;
  return true;
}

Code LifeOracle::place_of(const StepDefinition& step) const {
  return step.at_receiving ? receiving_ : competent_;
}

void LifeOracle::enter(const Code& step, const Code& agency, std::int64_t at) {
  const StepDefinition& definition = *setting_.procedure->step(step);
  if (!definition.budget) return;
  start(ClockKind::step, agency.text, *definition.budget, at, step.text);
  // A step waits when the settlement does.
  if (!on_hold_.empty()) known_.terms.back().paused_at = at;
}

void LifeOracle::leave(const Code& step) {
  std::erase_if(known_.terms,
                [&](const Term& term) { return term.kind == ClockKind::step && term.of == step.text; });
}

void LifeOracle::restart_steps(std::int64_t at, std::uint32_t by) {
  end(ClockKind::step);
  for (const Open& one : open_) {
    const std::size_t before = known_.terms.size();
    enter(one.step, one.agency, at);
    if (known_.terms.size() > before) known_.terms.back().started_by = by;
  }
}

void LifeOracle::on(const Event& event, const DossierSubmitted& body) {
  channel_ = body.channel;
  variant_ = body.variant;
  receiving_ = body.receiving_agency;
  competent_ = body.competent_agency;
  for (const Rules& rules : setting_.rulebook->layers) {
    if (rules.layer == body.layer) rules_ = &rules;
  }
  if (!rules_->acceptance_on[static_cast<int>(channel_)]) return;
  const auto& sector = setting_.procedure->acceptance;
  start(ClockKind::acceptance, receiving_.text, sector ? sector->limit : rules_->acceptance.limit,
        event.occurred_at.ms);
}

void LifeOracle::on(const Event& event, const DossierAccepted&) {
  const std::int64_t at = event.occurred_at.ms;
  accepted_ = true;
  end(ClockKind::acceptance);
  start_settlement(at, event.version);
  const std::optional<std::int64_t> due = date_of(known_.terms.back()).at;
  start(ClockKind::appraisal, competent_.text, rules_->appraisal.limit, at);
  known_.terms.back().cap = due;
  const StepDefinition& first = setting_.procedure->steps.front();
  const bool owed = start_forward(at);
  open_ = {{first.key, owed ? receiving_ : place_of(first), Code(), Code()}};
  if (!owed) enter(first.key, open_.front().agency, at);
}

void LifeOracle::on(const Event& event, const SupplementRequested&) {
  end(ClockKind::acceptance);
  end(ClockKind::appraisal);
  end(ClockKind::forward);
  giver_.clear();
  // A term that is missed by now ends there; that it does is seen by its not beginning anew before the
  // dossier is complete.
  for (const ClockKind kind : {ClockKind::settlement, ClockKind::step}) {
    const auto ended = std::erase_if(known_.terms, [&](const Term& term) {
      return term.kind == kind && !term.paused_at && missed_by(term, event.recorded_at.ms);
    });
    if (ended > 0 && kind == ClockKind::settlement) turn_at_ = event.recorded_at.ms;
    pause(kind, event);
  }
  const auto& sector = setting_.procedure->citizen_wait;
  start(ClockKind::citizen_wait, receiving_.text, sector ? sector->limit : rules_->citizen_wait.limit,
        event.occurred_at.ms, {}, true);
}

void LifeOracle::on(const Event& event, const SupplementReceived&) {
  end(ClockKind::citizen_wait);
  supplied_at_ = event.occurred_at.ms;
  supplied_by_ = event.version;
  if (!rules_->acceptance_on[static_cast<int>(channel_)]) return;
  const auto& sector = setting_.procedure->acceptance;
  start(ClockKind::acceptance, receiving_.text, sector ? sector->limit : rules_->acceptance.limit,
        supplied_at_);
  known_.terms.back().started_by = event.version;
}

void LifeOracle::on(const Event& event, const SupplementAccepted&) {
  if (!accepted_) return;
  end(ClockKind::acceptance);
  start_settlement(supplied_at_, supplied_by_);
  const bool owed = was_forwarded_ && !received_ && start_forward(event.occurred_at.ms);
  if (owed) {
    end(ClockKind::step);
  } else {
    restart_steps(supplied_at_, supplied_by_);
  }
}

void LifeOracle::on(const Event& event, const StepAssigned& body) {
  const auto here =
      std::find_if(open_.begin(), open_.end(), [&](const Open& one) { return one.step == body.step; });
  const bool in_transit = find(ClockKind::forward) != nullptr;
  if (here->agency != body.agency || in_transit) {
    leave(body.step);
    enter(body.step, body.agency, event.occurred_at.ms);
  }
  *here = {body.step, body.agency, body.unit, body.officer};
  if (in_transit && receiving_ == competent_) {
    end(ClockKind::forward);
    received_ = true;
    giver_.clear();
  }
}

void LifeOracle::on(const Event& event, const StepCompleted& body) {
  const auto here =
      std::find_if(open_.begin(), open_.end(), [&](const Open& one) { return one.step == body.step; });
  leave(body.step);
  if (find(ClockKind::forward) != nullptr && receiving_ == competent_) {
    end(ClockKind::forward);
    received_ = true;
    giver_.clear();
  }
  if (body.next_step.empty()) {
    open_.erase(here);
    return;
  }
  const bool awaits_papers = find(ClockKind::forward) != nullptr;
  const auto begin = [&](const Code& step, const Code& agency) {
    const bool at_competent = setting_.procedure->step(step)->place() == StepPlace::competent;
    if (!(awaits_papers && at_competent)) enter(step, agency, event.occurred_at.ms);
  };
  *here = {body.next_step, body.next_agency, Code(), Code()};
  begin(body.next_step, body.next_agency);
  for (const StepEntered& branch : body.branches) {
    open_.push_back({branch.step, branch.agency, Code(), Code()});
    begin(branch.step, branch.agency);
  }
}

void LifeOracle::on(const Event& event, const StepReturned& body) {
  const auto here =
      std::find_if(open_.begin(), open_.end(), [&](const Open& one) { return one.step == body.step; });
  leave(body.step);
  *here = {body.to, body.to_agency, Code(), Code()};
  enter(body.to, body.to_agency, event.occurred_at.ms);
}

void LifeOracle::on(const Event& event, const DossierStopped&) {
  if (event.cause != CauseKind::clock) return give_up(event);
  before_stop_ = known_;
  stopped_at_ = event.occurred_at.ms;
  end_all(event);
}

void LifeOracle::on(const Event&, const DossierStopCountered&) {
  known_ = *before_stop_;
  countered_ = stopped_at_;
}

void LifeOracle::on(const Event& event, const DossierSuspended& body) {
  on_hold_.push_back(body.ground.text);
  pause(ClockKind::settlement, event);
  pause(ClockKind::step, event);
}

void LifeOracle::on(const Event& event, const DossierResumed& body) {
  std::erase(on_hold_, body.ground.text);
  // Overlapping ones are one, which is over with the last of them.
  hold_ended_at_ = std::max(hold_ended_at_, event.occurred_at.ms);
  if (!on_hold_.empty()) return;
  resume(ClockKind::settlement, hold_ended_at_, event.version);
  resume(ClockKind::step, hold_ended_at_, event.version);
}

void LifeOracle::on(const Event& event, const DossierExtended& body) {
  move({Move::How::extended, 0, 0, 0, body.by}, event);
}

// In time until the day before the promise; then the due follows, unless the present one was missed by now.
void LifeOracle::on(const Event& event, const DossierReappointed& body) {
  Term& term = *find(ClockKind::settlement);
  if (!rules_->reappointment_moves_due || term.paused_at || !date_of(term).at || !body.promise_before) return;
  const LifeWalk& days = walk(competent_.text);
  const bool in_time = days.day_of(event.occurred_at.ms) + 1 <= days.day_of(body.promise_before->ms);
  if (!in_time || event.recorded_at.ms > *date_of(term).at) return;
  move({Move::How::set, 0, body.promised_at.ms, 0, {}}, event);
}

void LifeOracle::on(const Event& event, const AgencyConsulted& body) {
  const ConsultationDefinition* known = setting_.procedure->consultation(body.consultation);
  start(ClockKind::consultation, body.agency.text, known == nullptr ? Limit{} : known->budget,
        event.occurred_at.ms, std::to_string(body.number));
}

void LifeOracle::on(const Event&, const ConsultationAnswered& body) {
  std::erase_if(known_.terms, [&](const Term& term) {
    return term.kind == ClockKind::consultation && term.of == std::to_string(body.number);
  });
}

void LifeOracle::on(const Event& event, const PaymentRequested&) {
  asked_to_pay_before_ = !accepted_;
  pause(ClockKind::acceptance, event);
  if (accepted_ && setting_.procedure->payment &&
      setting_.procedure->payment->effect != PaymentEffect::none) {
    pause(ClockKind::settlement, event);
    pause(ClockKind::step, event);
  }
  end(ClockKind::forward);
  giver_.clear();
  const auto& sector = setting_.procedure->citizen_wait;
  start(ClockKind::citizen_wait, receiving_.text, sector ? sector->limit : rules_->citizen_wait.limit,
        event.occurred_at.ms, {}, true);
}

void LifeOracle::end_payment_wait(const Event& event) {
  end(ClockKind::citizen_wait);
  if (asked_to_pay_before_) {
    Term* term = find(ClockKind::acceptance);
    if (term == nullptr) return;
    if (!rules_->payment_restarts) return resume(ClockKind::acceptance, event.occurred_at.ms, event.version);
    const Limit limit = term->limit;
    end(ClockKind::acceptance);
    start(ClockKind::acceptance, receiving_.text, limit, event.occurred_at.ms);
    known_.terms.back().started_by = event.version;
    return;
  }
  // Papers that were on their way set out anew.
  if (was_forwarded_ && !received_) start_forward(event.occurred_at.ms);
  const PaymentEffect effect =
      setting_.procedure->payment ? setting_.procedure->payment->effect : PaymentEffect::none;
  if (effect == PaymentEffect::suspend) {
    resume(ClockKind::settlement, event.occurred_at.ms, event.version);
    resume(ClockKind::step, event.occurred_at.ms, event.version);
  } else if (effect == PaymentEffect::restart) {
    // As after a supplement: the term begins anew, and each open step with it.
    start_settlement(event.occurred_at.ms, event.version);
    const bool in_transit = find(ClockKind::forward) != nullptr;
    end(ClockKind::step);
    if (!in_transit) restart_steps(event.occurred_at.ms, event.version);
  }
}

// What comes when the dossier is over changes nothing that is owed in time.
void LifeOracle::on(const Event& event, const PaymentConfirmed& body) {
  const bool over = body.state == DossierState::refused || body.state == DossierState::withdrawn ||
                    body.state == DossierState::stopped;
  if (!over) end_payment_wait(event);
}
void LifeOracle::on(const Event& event, const PaymentWaived&) { end_payment_wait(event); }

// What counts from the fact counts from where it lies now.
void LifeOracle::correct(const DossierCorrected& body, const Event& event) {
  if (body.corrected_version == supplied_by_) supplied_at_ = body.after->ms;
  for (Term& term : known_.terms) correct(term, body, event);
}

void LifeOracle::correct(Term& term, const DossierCorrected& body, const Event& event) {
  if (term.kind == ClockKind::consultation || term.kind == ClockKind::citizen_wait) return;
  const Term before = term;
  bool counts = term.started_by == body.corrected_version;
  if (counts) term.start = body.after->ms;
  for (Move& moved : term.moves) {
    if (moved.ended_by != body.corrected_version) continue;
    moved.to = std::max(moved.from, body.after->ms);
    counts = true;
  }
  if (!counts) return;
  term.known_until = known_until_;
  for (Move& moved : term.moves) moved.known_until = known_until_;
  if (term.kind == ClockKind::appraisal) {
    term.cap = date_of(*find(ClockKind::settlement)).at;
    return;
  }
  // Late already, or with another date, it goes on as a stretch of its own; what waits, from its wait on.
  const bool late =
      missed_by(before, std::min(event.recorded_at.ms, before.paused_at.value_or(event.recorded_at.ms)));
  if (date_of(term).at == date_of(before).at && !late) return;
  term.was_missed = late;
  const std::int64_t since = late ? event.recorded_at.ms : std::max(before.begun, event.occurred_at.ms);
  term.begun = before.paused_at.value_or(since);
}

void LifeOracle::on(const Event& event, const DossierCorrected& body) {
  if (!body.after) return;
  if (body.what != Corrected::settlement) return correct(body, event);
  // Who held it at its end held it until it truly ended.
  if (known_.turns.empty() || !known_.turns.back().holder.empty()) return;
  known_.turns.back().from = std::max(known_.turns.back().from, body.after->ms);
}

// What runs is derived from what is known now; so is the settlement's date, by which an appraisal ends at the
// latest.
void LifeOracle::on(const Event&, const ClocksDerived&) {
  Term* appraisal = find(ClockKind::appraisal);
  const bool waited = appraisal != nullptr && !date_of(*appraisal).at;
  for (Term& term : known_.terms) {
    if (term.paused_at) continue;
    term.known_until = known_until_;
    for (Move& move : term.moves) move.known_until = known_until_;
  }
  if (!waited) return;
  Term settlement = *find(ClockKind::settlement);  // also while it waits
  settlement.known_until = known_until_;
  for (Move& move : settlement.moves) move.known_until = known_until_;
  appraisal->cap = date_of(settlement).at;
}

void LifeOracle::on(const Event& event, const DossierForwarded&) { giver_ = event.on_behalf_of.text; }

void LifeOracle::on(const Event& event, const ForwardReceived& body) {
  end(ClockKind::forward);
  giver_.clear();
  received_ = true;
  leave(open_.front().step);
  open_.front().agency = body.agency;
  open_.front().unit = body.unit;
  open_.front().officer = body.officer;
  enter(open_.front().step, body.agency, event.occurred_at.ms);
  for (std::size_t i = 1; i < open_.size(); ++i) {
    if (open_[i].agency != body.agency) continue;
    leave(open_[i].step);
    enter(open_[i].step, body.agency, event.occurred_at.ms);
  }
}

void LifeOracle::on(const Event&, const ForwardRecalled&) { giver_.clear(); }

void LifeOracle::on(const Event& event, const ForwardReturned& body) {
  received_ = false;
  leave(open_.front().step);
  open_.front() = {open_.front().step, body.agency, Code(), Code()};
  start_forward(event.occurred_at.ms);
}

std::string LifeOracle::holder_now() const {
  const auto running = [&](ClockKind kind) {
    return std::any_of(known_.terms.begin(), known_.terms.end(),
                       [&](const Term& term) { return term.kind == kind && !term.paused_at; });
  };
  if (!running(ClockKind::settlement)) return {};
  const Open& lead = open_.front();
  if (running(ClockKind::forward) && lead.agency == receiving_) return receiving_.text + "//" + giver_;
  return lead.agency.text + '/' + lead.unit.text + '/' + lead.officer.text;
}

// An act from before what time decided by itself counts from there.
void LifeOracle::note_turn(const Event& event) {
  if (!accepted_) return;
  std::int64_t from = turn_at_.value_or(event.occurred_at.ms);
  const std::string holder = holder_now();
  if (!known_.turns.empty()) {
    if (known_.turns.back().holder == holder) return;
    from = std::max(from, known_.turns.back().from);
  }
  known_.turns.push_back({from, holder});
}

void LifeOracle::note(const Event& event, std::optional<Instant> known_until) {
  known_until_ = known_until ? std::optional(known_until->ms) : std::nullopt;
  turn_at_.reset();
  version_ = event.version;
  const auto countered = countered_;
  const Term* before = find(ClockKind::settlement);
  const std::optional<std::int64_t> begun = before == nullptr ? std::nullopt : std::optional(before->begun);
  std::visit([&](const auto& body) { on(event, body); }, event.body);
  // A stretch that began when it was entered does not end before.
  if (begun && find(ClockKind::settlement) == nullptr) {
    turn_at_ = std::max(*begun, turn_at_.value_or(event.occurred_at.ms));
  }
  if (countered_ == countered) countered_.reset();
  note_turn(event);
}

std::vector<LifeOracle::Owed> LifeOracle::owed() const {
  std::vector<Owed> all;
  for (const Term& term : known_.terms) {
    all.push_back({term.kind, term.of, term.paused_at.has_value(), date_of(term)});
  }
  return all;
}

std::string LifeOracle::holder_at(std::int64_t instant) const {
  std::string holder;
  for (const Turn& turn : known_.turns) {
    if (turn.from <= instant) holder = turn.holder;
  }
  return holder;
}

std::vector<std::int64_t> LifeOracle::turns() const {
  std::vector<std::int64_t> all;
  for (const Turn& turn : known_.turns) all.push_back(turn.from);
  return all;
}

std::vector<Code> LifeOracle::open_steps() const {
  std::vector<Code> steps;
  for (const Open& one : open_) steps.push_back(one.step);
  return steps;
}

}  // namespace motcua::test
