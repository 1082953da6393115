#include "engine/core/decide.h"

#include <algorithm>
#include <cassert>

#include "engine/core/clockwork.h"
#include "engine/core/rejecting.h"

namespace motcua::core {
namespace {

// One decision under way: what was found wrong, what has been decided so far.
class Decider {
 public:
  Decider(const Dossier& dossier, const Command& command, const Context& context)
      : dossier_(dossier), command_(command), context_(context) {}

  Decision run() {
    if (auto rejection = check()) return *rejection;
    if (contradicts_stop(dossier_, command_)) counter_stop();
    std::visit([this](const auto& body) { this->on(body); }, command_.body);
    if (rejection_) return *rejection_;
    return std::move(accepted_);
  }

 private:
  bool submits() const { return std::holds_alternative<SubmitDossier>(command_.body); }

  std::optional<Rejection> check() {
    auto problem = state_problem(command_.body.index(), dossier_, context_.procedure);
    if (problem && !contradicts_stop(dossier_, command_)) return problem;
    if (const auto* submit = std::get_if<SubmitDossier>(&command_.body)) {
      if (auto rejection = check_submission(*submit, command_.occurred_at, context_)) return rejection;
    }
    return check_instant();
  }

  // The two instants of an event: what the caller says happened, within the bounds of the rulebook.
  std::optional<Rejection> check_instant() {
    const char* pointer = submits() ? "#/received_at" : "#/occurred_at";
    at_ = command_.occurred_at.value_or(context_.now);
    if (at_ > context_.now + context_.rulebook->future_tolerance) {
      return invalid(pointer, "future_instant",
                     expected("an instant that has passed", "it lies in the future"));
    }
    at_ = std::min(at_, context_.now);
    if (dossier_.version > 0 && at_ < dossier_.last_act_at) {
      return conflict("before_last_event",
                      expected("an instant after the last recorded act on the dossier", "it lies before it"));
    }
    const DueDate latest = derive_due(context_.rulebook->backdate_limit, at_, *context_.receiving_calendar,
                                      DayEnd::office_close, context_.rules->counting);
    if (command_.occurred_at && latest.at && *latest.at < context_.now) {
      return invalid(pointer, "backdated_too_far",
                     expected("an instant within the limit for back-dating", "it lies further back"));
    }
    return std::nullopt;
  }

  // Adds an event with the changes of its clocks, and evolves on it, so that a second event of the same
  // command starts from the first.
  void add(EventBody body, std::vector<ClockChange> clocks) {
    Event event;
    event.dossier = dossier_.version == 0 ? context_.fresh_id : dossier_.id;
    event.version = dossier_.version + 1;
    event.occurred_at = at_;
    event.recorded_at = context_.now;
    event.caller = context_.caller;
    event.on_behalf_of = command_.on_behalf_of;
    event.cause =
        std::holds_alternative<DeriveClocks>(command_.body) ? CauseKind::calendar : CauseKind::request;
    event.cause_id = context_.request_id;
    event.procedure_version = context_.procedure->version;
    event.rulebook_version = context_.rules->version;
    event.clocks = std::move(clocks);
    event.body = std::move(body);
    dossier_ = evolve(std::move(dossier_), event);
    accepted_.events.push_back(std::move(event));
  }

  std::vector<TextRef> texts() const {
    std::vector<TextRef> refs = command_.texts;
    for (TextRef& ref : refs) ref.version = dossier_.version + 1;
    return refs;
  }

  Code issue_code() {
    accepted_.took_number = true;
    return dossier_code(context_.rules->code_pattern, context_.competent->code, at_,
                        context_.competent_calendar->offset_minutes(), context_.next_number);
  }

  void counter_stop() {
    DossierStopCountered body;
    body.countered_version = *dossier_.counterable_stop;
    Clockwork clocks(dossier_, context_);
    clocks.take_back_stop(at_);
    add(std::move(body), clocks.take());
  }

  void reject(Rejection rejection) { rejection_ = std::move(rejection); }

  void on(const SubmitDossier& submit) {
    DossierSubmitted body;
    body.code = submit.code;
    if (body.code.empty() && context_.rules->code_at_submission[static_cast<int>(submit.channel)]) {
      body.code = issue_code();
    }
    body.procedure = submit.procedure;
    body.variant = submitted_variant(submit);
    body.layer = context_.rules->layer;
    body.channel = submit.channel;
    body.receiving_agency = context_.receiving->code;
    body.competent_agency = context_.competent->code;
    body.owner_kind = submit.owner_kind;
    body.delivery = submit.delivery;
    body.source = submit.source;
    body.external_ref = submit.external_ref;
    body.papers = submit.papers;
    body.facts = submit.facts;
    body.texts = texts();
    Clockwork clocks(dossier_, context_);
    if (!submit.accept) clocks.start_acceptance(at_, submit.channel, at_);
    if (submit.channel == Channel::online) clocks.start_intake_alert(at_);
    add(std::move(body), clocks.take());
    if (submit.accept) on(AcceptDossier{});
  }

  // Where the procedure states no limit an appointment is a promise, which makes nothing timed.
  std::optional<Rejection> check_appointment(Instant appointment_at) const {
    const ChannelTerm* term = context_.procedure->term(dossier_.channel, dossier_.variant);
    assert(term != nullptr);
    if (term->promised().unit != LimitUnit::unspecified) {
      return invalid("#/appointment_at", "appointment_timed",
                     expected("no appointment, as the procedure states the limit", "one is given"));
    }
    if (appointment_at <= context_.now) {
      return invalid("#/appointment_at", "appointment_past",
                     expected("an appointment that is still to come", "it lies in the past"));
    }
    return std::nullopt;
  }

  void on(const AcceptDossier& accept) {
    DossierAccepted body;
    if (accept.appointment_at) {
      if (auto problem = check_appointment(*accept.appointment_at)) return reject(std::move(*problem));
      body.appointment_at = accept.appointment_at;
    }
    // What a submission brought is told by its own event.
    if (!submits()) body.texts = texts();
    if (dossier_.code.empty()) body.code = issue_code();
    const StepDefinition& first = context_.procedure->steps.front();
    body.step = first.key;
    body.holder_agency = agency_of(first);
    Clockwork clocks(dossier_, context_);
    clocks.end(ClockKind::acceptance, at_);
    clocks.start_settlement(at_, context_.rules->settlement);
    clocks.start_appraisal(at_);
    add(std::move(body), clocks.take());
  }

  const Code& agency_of(const StepDefinition& step) const {
    return step.at_receiving ? dossier_.receiving_agency : dossier_.competent_agency;
  }

  void on(const RefuseDossier&) {
    DossierRefused body;
    body.texts = texts();
    Clockwork clocks(dossier_, context_);
    clocks.end(ClockKind::acceptance, at_);
    clocks.close_but(ClockKind::acceptance, at_);
    add(std::move(body), clocks.take());
  }

  void on(const RequestSupplement& request) {
    Faults faults;
    for (std::size_t i = 0; i < request.missing.size(); ++i) {
      check_paper(*context_.procedure, request.missing[i], "#/missing/" + std::to_string(i), faults);
    }
    if (!faults.empty()) return reject(invalid(std::move(faults)));
    SupplementRequested body;
    body.asked_by = command_.on_behalf_of;
    body.missing = request.missing;
    body.texts = texts();
    Clockwork clocks(dossier_, context_);
    clocks.end(ClockKind::acceptance, at_);
    clocks.end(ClockKind::appraisal, at_);
    clocks.pause_settlement(at_);
    clocks.start_citizen_wait(at_);
    add(std::move(body), clocks.take());
  }

  void on(const ReceiveSupplement& supplement) {
    Faults faults;
    check_papers(*context_.procedure, supplement.papers, faults);
    if (!faults.empty()) return reject(invalid(std::move(faults)));
    SupplementReceived body;
    body.papers = supplement.papers;
    body.texts = texts();
    Clockwork clocks(dossier_, context_);
    clocks.end(ClockKind::citizen_wait, at_);
    clocks.start_acceptance(at_, dossier_.channel, dossier_.received_at);
    add(std::move(body), clocks.take());
  }

  void on(const AcceptSupplement&) {
    const SupplementRound& round = dossier_.rounds.back();
    SupplementAccepted body;
    body.state = round.asked_in;
    Clockwork clocks(dossier_, context_);
    // Before acceptance the check goes on until the dossier is accepted, refused or returned again.
    if (dossier_.accepted_at) {
      clocks.end(ClockKind::acceptance, at_);
      clocks.void_paused(ClockKind::settlement, at_);
      clocks.start_settlement(*round.supplied_at, context_.rules->restart);
    }
    add(std::move(body), clocks.take());
  }

  void on(const AssignStep& assign) {
    const Agency* agency = context_.target;
    if (agency == nullptr) {
      return reject(invalid("#/agency", "unknown_agency",
                            expected("the code of an agency", "there is none of this code")));
    }
    const Officer* officer = agency->officer(assign.officer);
    if (officer == nullptr) {
      return reject(invalid("#/officer", "unknown_officer",
                            expected("an officer of the agency", "it has none of this id")));
    }
    StepAssigned body;
    body.step = dossier_.step;
    body.agency = agency->code;
    body.unit = officer->unit;
    body.officer = officer->id;
    add(std::move(body), {});
  }

  void on(const CompleteStep& complete) {
    if (!complete.step.empty() && complete.step != dossier_.step) {
      return reject(conflict(
          "wrong_step",
          expected("the step in which the dossier is (" + dossier_.step.text + ")", "another is named")));
    }
    const StepDefinition* next = context_.procedure->step_after(dossier_.step);
    assert(next != nullptr);
    StepCompleted body;
    body.step = dossier_.step;
    body.next_step = next->key;
    body.next_agency = agency_of(*next);
    body.texts = texts();
    add(std::move(body), {});
  }

  void on(const SettleDossier& settle) {
    const auto& kinds = context_.procedure->results;
    const bool known = settle.kind.empty() ||
                       std::any_of(kinds.begin(), kinds.end(),
                                   [&](const ResultDefinition& kind) { return kind.code == settle.kind; });
    if (!known) {
      return reject(invalid("#/result_kind", "unknown_result",
                            expected("a result of the procedure", "it lists none of this code")));
    }
    DossierSettled body;
    body.result = {result_code(), settle.outcome, settle.form, settle.kind};
    body.texts = texts();
    Clockwork clocks(dossier_, context_);
    clocks.end(ClockKind::settlement, at_);
    clocks.close_but(ClockKind::settlement, at_);
    add(std::move(body), clocks.take());
  }

  // "{code}-KQ{n}" with the dossier's code and the order of the result.
  Code result_code() const {
    std::string text = context_.rules->result_pattern;
    const auto put = [&](std::string_view part, const std::string& value) {
      const std::size_t at = text.find(part);
      if (at != std::string::npos) text.replace(at, part.size(), value);
    };
    put("{code}", dossier_.code.text);
    put("{n}", std::to_string(dossier_.results.size() + 1));
    return Code(text);
  }

  void on(const ReturnResult& result) {
    add(ResultReturned{result.delivery.value_or(dossier_.delivery)}, {});
  }

  void on(const WithdrawDossier&) {
    DossierWithdrawn body;
    body.texts = texts();
    Clockwork clocks(dossier_, context_);
    clocks.close(at_);
    add(std::move(body), clocks.take());
  }

  void on(const AdjustDossier& adjust) {
    Faults faults;
    check_papers(*context_.procedure, adjust.papers, faults);
    check_facts(*context_.procedure, adjust.facts, faults);
    if (!faults.empty()) return reject(invalid(std::move(faults)));
    DossierAdjusted body;
    body.delivery = adjust.delivery;
    body.papers = adjust.papers;
    body.facts = adjust.facts;
    body.texts = texts();
    add(std::move(body), {});
  }

  void on(const DeriveClocks&) {
    Clockwork clocks(dossier_, context_);
    clocks.derive_again();
    std::vector<ClockChange> changes = clocks.take();
    if (!changes.empty()) add(ClocksDerived{}, std::move(changes));
  }

  Dossier dossier_;
  const Command& command_;
  const Context& context_;
  Instant at_;
  Accepted accepted_;
  std::optional<Rejection> rejection_;
};

}  // namespace

Decision decide(const Dossier& dossier, const Command& command, const Context& context) {
  return Decider(dossier, command, context).run();
}

bool contradicts_stop(const Dossier& dossier, const Command& command) {
  // The two acts that end the citizen's time.
  const bool ends_wait = std::holds_alternative<ReceiveSupplement>(command.body) ||
                         std::holds_alternative<WithdrawDossier>(command.body);
  if (!ends_wait || !dossier.counterable_stop || !command.occurred_at) return false;
  const LegalClock* wait = dossier.clock(ClockKind::citizen_wait);
  return wait != nullptr && wait->due.at && *command.occurred_at <= *wait->due.at;
}

std::uint32_t version_of_texts(const Dossier& dossier, const Command& command) {
  return dossier.version + (contradicts_stop(dossier, command) ? 2 : 1);
}

std::optional<Instant> runs_out_at(const Dossier& dossier) {
  const LegalClock* wait = dossier.clock(ClockKind::citizen_wait);
  // Before acceptance nobody is stopped: the dossier is listed, and may be refused.
  if (wait == nullptr || !wait->running() || !dossier.accepted_at) return std::nullopt;
  return wait->due.at;
}

std::vector<Event> decide_run_out(const Dossier& dossier, const Context& context) {
  const std::optional<Instant> due = runs_out_at(dossier);
  if (!due || context.now <= *due) return {};
  Event event;
  event.dossier = dossier.id;
  event.version = dossier.version + 1;
  event.occurred_at = *due + ClockTime{1};  // the first instant at which the time is over
  event.recorded_at = context.now;
  event.caller = Code("system");
  event.cause = CauseKind::clock;
  event.cause_id = context.request_id;
  event.procedure_version = dossier.procedure_version;
  event.rulebook_version = dossier.rulebook_version;
  Clockwork clocks(dossier, context);
  clocks.close(event.occurred_at);
  event.clocks = clocks.take();
  event.body = DossierStopped{dossier.clock(ClockKind::citizen_wait)->rule};
  std::vector<Event> events;
  events.push_back(std::move(event));
  return events;
}

}  // namespace motcua::core
