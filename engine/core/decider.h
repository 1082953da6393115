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
  // Where the procedure states no limit an appointment is a promise, which makes nothing timed.
  std::optional<Rejection> check_appointment(Instant appointment_at) const;

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
  // The result: decide_results.cpp.
  void on(const SettleDossier& settle);
  void on(const ReturnResult& result);
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
  Instant at_;  // of legal effect
  Accepted accepted_;
  std::optional<Rejection> rejection_;
};

}  // namespace motcua::core
