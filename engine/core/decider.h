#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/core/clockwork.h"
#include "engine/core/rejecting.h"

namespace motcua::core {

// One decision under way: what was found wrong, what has been decided so far. `decide` makes one for each
// command; what a command means stands in the decide_*.cpp of its subject.
class Decider {
 public:
  // All are borrowed for the call, but the dossier.
  Decider(const Dossier& dossier, const Command& command, const Context& context)
      : dossier_(dossier), command_(command), context_(context) {}

  Decision run();

 private:
  bool submits() const { return std::holds_alternative<SubmitDossier>(command_.body); }
  std::optional<Rejection> check() const;
  // The two instants of an event: what the caller says happened, within the bounds of the rulebook.
  std::optional<Rejection> check_instant();
  std::optional<Rejection> check_suspended_then() const;

  // Adds an event with the changes of its clocks, and evolves on it, so that a second event of the same
  // command starts from the first.
  void add(EventBody body, std::vector<ClockChange> clocks);
  void reject(Rejection rejection) { rejection_ = std::move(rejection); }
  // The references to what was typed with the command, under the version that the next event will have.
  std::vector<TextRef> texts() const;
  Code issue_code();
  void counter_stop();
  const Code& agency_of(const StepDefinition& step) const;
  Code result_code() const;
  // The open step that a command names, the lead one when it names none; a rejection for any other.
  std::optional<Code> open_step(const Code& named);
  std::optional<Code> step_to_work_on(const Code& named);
  std::optional<Rejection> check_consultation(const ConsultAgency& consult) const;
  // Where the procedure states no limit an appointment is a promise, which makes nothing timed.
  std::optional<Rejection> check_appointment(Instant appointment_at) const;
  // A citizen is called to an open office, on a day of which the calendar knows.
  std::optional<Rejection> check_promise(Instant promised_at, std::string_view pointer) const;

  // Filing and intake: decide_intake.cpp.
  void on(const SubmitDossier& submit);
  void on(const AcceptDossier& accept);
  void on(const RefuseDossier& refuse);
  void on(const RequestSupplement& request);
  void on(const ReceiveSupplement& supplement);
  void on(const AcceptSupplement& accept);
  void on(const WithdrawDossier& withdraw);
  void on(const AdjustDossier& adjust);
  // The way through the steps: decide_steps.cpp.
  void on(const AssignStep& assign);
  void on(const CompleteStep& complete);
  void on(const ReturnStep& back);
  // What others are asked beside it: decide_consultations.cpp.
  void on(const ConsultAgency& consult);
  void on(const AnswerConsultation& answer);
  void on(const ReportLinked& report);
  void on(const ReportAsking& report);
  // The result: decide_results.cpp.
  void on(const SettleDossier& settle);
  void on(const ReturnResult& result);
  // What moves a date inside a term, and what lateness obliges to: decide_terms.cpp.
  void on(const SuspendDossier& suspend);
  void on(const ResumeDossier& resume);
  void on(const ExtendTerm& extend);
  void on(const ReappointDossier& reappoint);
  void on(const Apologise& apologise);
  void on(const ExplainLateness& explain);
  void on(const StopDossier& stop);
  void on(const EraseDossier& erase);
  void on(const RepeatErasure& erase);
  void on(const AnnounceResult& announce);
  void on(const ReplaceResult& replace);
  void on(const AnnulResult& annul);
  // The result that a command names, while it stands; else it is rejected.
  const ResultGiven* standing_result(const Code& code);
  bool knows_result_kind(const Code& kind);
  // Payment: decide_payment.cpp.
  std::optional<Decision> check_known_payment() const;
  void on(const RequestPayment& request);
  void on(const ConfirmPayment& payment);
  void on(const WaivePayment& waiver);
  void on(const ConfirmRefund& refund);
  void end_payment_wait(Clockwork& clocks, const PaymentRecord& record);
  void owe_refund();
  // Corrections: decide_correction.cpp.
  void on(const CorrectDossier& correct);
  // The hand-over of papers: decide_forward.cpp.
  void on(const ForwardDossier& forward);
  void on(const ReceiveForwarded& receive);
  void on(const RecallForwarded& recall);
  void on(const ReturnForwarded& back);
  // The system's own: decide.cpp.
  void on(const DeriveClocks& derive);

  Dossier dossier_;
  const Command& command_;
  const Context& context_;
  Instant at_;                         // of legal effect
  std::optional<Instant> stopped_at_;  // of the system's stop that this command counters
  Accepted accepted_;
  std::optional<Rejection> rejection_;
};

}  // namespace motcua::core
