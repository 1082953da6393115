#include "engine/core/decide.h"

#include <algorithm>
#include <cassert>

#include "engine/core/decider.h"

namespace motcua::core {

const Calendar& Context::calendar_of(const Code& agency) const {
  if (agency == competent->code) return *competent_calendar;
  if (agency == receiving->code) return *receiving_calendar;
  for (const AgencyCalendar& other : others) {
    if (other.agency->code == agency) return *other.calendar;
  }
  return *competent_calendar;
}

const Agency* Context::agency(const Code& code) const {
  for (const Agency* known : {competent, receiving, target}) {
    if (known != nullptr && known->code == code) return known;
  }
  for (const AgencyCalendar& other : others) {
    if (other.agency->code == code) return other.agency;
  }
  return nullptr;
}

namespace {

// What the dossier at the other end of a link tells of itself.
bool reports_link(const CommandBody& body) {
  return std::holds_alternative<ReportLinked>(body) || std::holds_alternative<ReportAsking>(body);
}

CauseKind cause_of(const CommandBody& body) {
  if (std::holds_alternative<DeriveClocks>(body)) return CauseKind::calendar;
  return reports_link(body) ? CauseKind::linked : CauseKind::request;
}

}  // namespace

Decision Decider::run() {
  if (auto known = check_known_payment()) return *known;
  if (auto rejection = check()) return *rejection;
  if (auto rejection = check_instant()) return *rejection;
  if (contradicts_stop(dossier_, command_)) counter_stop();
  std::visit([this](const auto& body) { this->on(body); }, command_.body);
  if (rejection_) return *rejection_;
  return std::move(accepted_);
}

std::optional<Rejection> Decider::check() const {
  auto problem = state_problem(command_.body.index(), dossier_, context_.procedure);
  if (!problem) problem = standing_problem(command_.body.index(), dossier_, context_);
  if (problem && !contradicts_stop(dossier_, command_)) return problem;
  if (const auto* submit = std::get_if<SubmitDossier>(&command_.body)) {
    if (auto rejection = check_submission(*submit, command_.occurred_at, context_)) return rejection;
  }
  return std::nullopt;
}

std::optional<Rejection> Decider::check_instant() {
  const char* pointer = submits() ? "#/received_at" : "#/occurred_at";
  at_ = command_.occurred_at.value_or(context_.now);
  if (at_ > context_.now + context_.rulebook->future_tolerance) {
    return invalid(pointer, "future_instant",
                   expected("an instant that has passed", "it lies in the future"));
  }
  at_ = std::min(at_, context_.now);
  // What the other dossier was allowed is true here, too.
  if (reports_link(command_.body)) {
    at_ = std::max(at_, dossier_.last_act_at);
    return std::nullopt;
  }
  if (dossier_.version > 0 && at_ < dossier_.last_act_at) {
    return conflict("before_last_event",
                    expected("an instant after the last recorded act on the dossier", "it lies before it"));
  }
  if (auto waited = check_suspended_then()) return waited;
  const DueDate latest = derive_due(context_.rulebook->backdate_limit, at_, *context_.receiving_calendar,
                                    DayEnd::office_close, context_.rules->counting);
  if (command_.occurred_at && latest.at && *latest.at < context_.now) {
    return invalid(pointer, "backdated_too_far",
                   expected("an instant within the limit for back-dating", "it lies further back"));
  }
  return std::nullopt;
}

// A suspension that ended by itself since was in force when the act happened.
std::optional<Rejection> Decider::check_suspended_then() const {
  Dossier then = dossier_;
  bool held = false;
  for (Suspension& one : then.suspensions) {
    if (!one.resumed_at || at_ < one.from || at_ >= *one.resumed_at) continue;
    one.resumed_at.reset();
    held = true;
  }
  if (!held) return std::nullopt;
  const auto problem = state_problem(command_.body.index(), then, context_.procedure);
  if (!problem || problem->code != "suspended") return std::nullopt;
  return conflict("suspended_then",
                  expected("an instant at which the term ran", "a suspension was in force then"));
}

void Decider::add(EventBody body, std::vector<ClockChange> clocks) {
  Event event;
  event.dossier = dossier_.version == 0 ? context_.fresh_id : dossier_.id;
  event.version = dossier_.version + 1;
  event.occurred_at = at_;
  event.recorded_at = context_.now;
  event.caller = context_.caller;
  event.on_behalf_of = command_.on_behalf_of;
  event.cause = cause_of(command_.body);
  event.cause_id = context_.request_id;
  event.procedure_version = context_.procedure->version;
  event.rulebook_version = context_.rules->version;
  event.clocks = std::move(clocks);
  event.body = std::move(body);
  dossier_ = evolve(std::move(dossier_), event);
  accepted_.events.push_back(std::move(event));
}

std::vector<TextRef> Decider::texts() const {
  std::vector<TextRef> refs = command_.texts;
  for (TextRef& ref : refs) ref.version = dossier_.version + 1;
  return refs;
}

Code Decider::issue_code() {
  accepted_.took_number = true;
  return dossier_code(context_.rules->code_pattern, context_.competent->code, at_,
                      context_.competent_calendar->offset_minutes(), context_.next_number);
}

void Decider::counter_stop() {
  stopped_at_ = dossier_.ended_at;
  DossierStopCountered body;
  body.countered_version = *dossier_.counterable_stop;
  if (dossier_.open_payment() != nullptr) body.state = DossierState::awaiting_payment;
  Clockwork clocks(dossier_, context_);
  clocks.take_back_stop(at_);
  add(std::move(body), clocks.take());
}

void Decider::on(const DeriveClocks&) {
  Clockwork clocks(dossier_, context_);
  clocks.derive_again();
  std::vector<ClockChange> changes = clocks.take();
  if (!changes.empty()) add(ClocksDerived{}, std::move(changes));
}

Decision decide(const Dossier& dossier, const Command& command, const Context& context) {
  return Decider(dossier, command, context).run();
}

bool contradicts_stop(const Dossier& dossier, const Command& command) {
  // The acts that end the citizen's time: what was asked has come, or the citizen gives up.
  const bool brings = dossier.open_payment() != nullptr
                          ? std::holds_alternative<ConfirmPayment>(command.body)
                          : std::holds_alternative<ReceiveSupplement>(command.body);
  const bool ends_wait = brings || std::holds_alternative<WithdrawDossier>(command.body);
  if (!ends_wait || !dossier.counterable_stop || !command.occurred_at) return false;
  const LegalClock* wait = dossier.clock(ClockKind::citizen_wait);
  return wait != nullptr && wait->due.at && *command.occurred_at <= *wait->due.at;
}

std::uint32_t version_of_texts(const Dossier& dossier, const Command& command) {
  return dossier.version + (contradicts_stop(dossier, command) ? 2 : 1);
}

namespace {

// The first suspension that ends by itself; null when none does.
const Suspension* first_to_end(const Dossier& dossier) {
  const Suspension* first = nullptr;
  for (const Suspension& one : dossier.suspensions) {
    if (one.resumed_at || !one.until) continue;
    if (first == nullptr || *one.until < *first->until) first = &one;
  }
  return first;
}

// After this instant the citizen's time is over. Before acceptance nobody is stopped: the dossier is listed,
// and may be refused.
std::optional<Instant> wait_ends(const Dossier& dossier) {
  const LegalClock* wait = dossier.clock(ClockKind::citizen_wait);
  if (wait == nullptr || !wait->running() || !dossier.accepted_at) return std::nullopt;
  return wait->due.at;
}

// What time decides next, with its clocks; nothing when it decides nothing by now.
std::optional<Event> next_run_out(const Dossier& dossier, const Context& context) {
  const std::optional<Instant> at = runs_out_at(dossier);
  if (!at || context.now <= *at) return std::nullopt;
  Event event;
  event.dossier = dossier.id;
  event.version = dossier.version + 1;
  event.occurred_at = *at + ClockTime{1};  // the first instant at which the time is over
  event.recorded_at = context.now;
  event.caller = Code("system");
  event.cause = CauseKind::clock;
  event.cause_id = context.request_id;
  event.procedure_version = dossier.procedure_version;
  event.rulebook_version = dossier.rulebook_version;
  Clockwork clocks(dossier, context);
  const Suspension* ending = first_to_end(dossier);
  if (ending != nullptr && *ending->until == event.occurred_at) {
    const auto in_force = std::count_if(dossier.suspensions.begin(), dossier.suspensions.end(),
                                        [](const Suspension& one) { return !one.resumed_at; });
    if (in_force == 1) clocks.resume_settlement(event.occurred_at, ending->ground);
    event.body = DossierResumed{ending->ground, {}};
  } else {
    clocks.close(event.occurred_at);
    event.body = DossierStopped{dossier.clock(ClockKind::citizen_wait)->rule, {}};
  }
  event.clocks = clocks.take();
  return event;
}

}  // namespace

// A suspension is over at its end, the citizen's time strictly after its due.
std::optional<Instant> runs_out_at(const Dossier& dossier) {
  std::optional<Instant> at = wait_ends(dossier);
  if (const Suspension* ending = first_to_end(dossier)) {
    const Instant last = *ending->until - ClockTime{1};
    if (!at || last < *at) at = last;
  }
  return at;
}

std::vector<Event> decide_run_out(const Dossier& dossier, const Context& context) {
  std::vector<Event> events;
  Dossier at = dossier;
  while (auto event = next_run_out(at, context)) {
    at = evolve(std::move(at), *event);
    events.push_back(std::move(*event));
  }
  return events;
}

}  // namespace motcua::core
