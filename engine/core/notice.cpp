#include "engine/core/notice.h"

namespace motcua::core {
namespace {

using Told = std::optional<NoticeKind>;

// Every type of event is named, so that a new one must say whether the citizen is told.
struct NoticeOf {
  Told operator()(const DossierSubmitted&) const { return NoticeKind::received; }
  Told operator()(const DossierAccepted&) const { return NoticeKind::accepted; }
  Told operator()(const DossierRefused&) const { return NoticeKind::refused; }
  Told operator()(const SupplementRequested&) const { return NoticeKind::supplement_wanted; }
  Told operator()(const PaymentRequested&) const { return NoticeKind::payment_asked; }
  Told operator()(const DossierReappointed&) const { return NoticeKind::reappointed; }
  Told operator()(const DossierWithdrawn&) const { return NoticeKind::withdrawn; }
  Told operator()(const DossierStopped&) const { return NoticeKind::stopped; }
  Told operator()(const DossierStopCountered&) const { return NoticeKind::reopened; }
  Told operator()(const DossierSettled&) const { return NoticeKind::result_ready; }
  Told operator()(const ResultAnnounced& announced) const {
    return announced.early ? NoticeKind::result_early : NoticeKind::result_ready;
  }

  // What the citizen did, was told by the settlement, or is between offices.
  Told operator()(const SupplementReceived&) const { return {}; }
  Told operator()(const SupplementAccepted&) const { return {}; }
  Told operator()(const StepAssigned&) const { return {}; }
  Told operator()(const StepCompleted&) const { return {}; }
  Told operator()(const StepReturned&) const { return {}; }
  Told operator()(const ResultReturned&) const { return {}; }
  Told operator()(const DossierAdjusted&) const { return {}; }
  Told operator()(const ClocksDerived&) const { return {}; }
  Told operator()(const DossierSuspended&) const { return {}; }
  Told operator()(const DossierResumed&) const { return {}; }
  Told operator()(const DossierExtended&) const { return {}; }
  // The office has sent its apology itself; this is the record of it.
  Told operator()(const ApologySent&) const { return {}; }
  Told operator()(const LatenessExplained&) const { return {}; }
  Told operator()(const DossierErased&) const { return {}; }
  Told operator()(const AgencyConsulted&) const { return {}; }
  Told operator()(const ConsultationAnswered&) const { return {}; }
  Told operator()(const AwaitingChanged&) const { return {}; }
  Told operator()(const PaymentConfirmed&) const { return {}; }
  Told operator()(const PaymentWaived&) const { return {}; }
  Told operator()(const RefundOwed&) const { return {}; }
  Told operator()(const RefundConfirmed&) const { return {}; }
  Told operator()(const ResultReplaced&) const { return {}; }
  Told operator()(const ResultAnnulled&) const { return {}; }
  Told operator()(const DossierCorrected&) const { return {}; }
  Told operator()(const DossierForwarded&) const { return {}; }
  Told operator()(const ForwardReceived&) const { return {}; }
  Told operator()(const ForwardRecalled&) const { return {}; }
  Told operator()(const ForwardReturned&) const { return {}; }
  // The old system told of it.
  Told operator()(const DossierImported&) const { return {}; }
  Told operator()(const JournalRestored&) const { return {}; }
};

template <class... Body>
std::vector<std::string> told_types(const std::variant<Body...>*) {
  std::vector<std::string> types;
  const auto add = [&](const EventBody& body) {
    if (notice_of(body)) types.emplace_back(type_of(body));
  };
  (add(Body{}), ...);
  return types;
}

}  // namespace

std::optional<NoticeKind> notice_of(const EventBody& body) { return std::visit(NoticeOf{}, body); }

std::vector<std::string> notice_event_types() {
  static const std::vector<std::string> types = told_types(static_cast<const EventBody*>(nullptr));
  return types;
}

}  // namespace motcua::core
