#include "engine/core/slip.h"

namespace motcua::core {
namespace {

// Every type of event is named, so that a new one must say what it issues.
struct SlipsOf {
  const Dossier& after;

  SlipsIssued operator()(const DossierAccepted&) const { return {SlipForm::receipt, true}; }
  // The term counts anew, so what was accepted gets another appointment.
  SlipsIssued operator()(const SupplementAccepted&) const {
    if (!after.accepted_at) return {};
    return {SlipForm::receipt, false};
  }
  SlipsIssued operator()(const SupplementRequested&) const { return {SlipForm::supplement, false}; }
  SlipsIssued operator()(const DossierRefused&) const { return {SlipForm::refusal, false}; }
  SlipsIssued operator()(const DossierReappointed&) const { return {SlipForm::apology, false}; }
  SlipsIssued operator()(const ApologySent&) const { return {SlipForm::apology, false}; }
  SlipsIssued operator()(const DossierWithdrawn&) const { return {SlipForm::stop, false}; }
  SlipsIssued operator()(const DossierStopped&) const { return {SlipForm::stop, false}; }
  // 118 art. 19.3: not eligible is answered with the form of a refusal, as the result.
  SlipsIssued operator()(const DossierSettled& settled) const {
    if (settled.result.outcome != Outcome::not_eligible) return {{}, true};
    return {SlipForm::refusal, true};
  }
  SlipsIssued operator()(const StepAssigned&) const { return {{}, true}; }
  SlipsIssued operator()(const StepCompleted&) const { return {{}, true}; }
  SlipsIssued operator()(const StepReturned&) const { return {{}, true}; }
  SlipsIssued operator()(const AgencyConsulted&) const { return {{}, true}; }
  SlipsIssued operator()(const ConsultationAnswered&) const { return {{}, true}; }
  SlipsIssued operator()(const DossierForwarded&) const { return {{}, true}; }
  SlipsIssued operator()(const ForwardReceived&) const { return {{}, true}; }
  SlipsIssued operator()(const ForwardRecalled&) const { return {{}, true}; }
  SlipsIssued operator()(const ForwardReturned&) const { return {{}, true}; }
  SlipsIssued operator()(const ResultReturned&) const { return {{}, true}; }

  SlipsIssued operator()(const AwaitingChanged&) const { return {}; }
  SlipsIssued operator()(const DossierSubmitted&) const { return {}; }
  SlipsIssued operator()(const SupplementReceived&) const { return {}; }
  SlipsIssued operator()(const DossierAdjusted&) const { return {}; }
  SlipsIssued operator()(const ClocksDerived&) const { return {}; }
  SlipsIssued operator()(const DossierStopCountered&) const { return {}; }
  SlipsIssued operator()(const DossierSuspended&) const { return {}; }
  SlipsIssued operator()(const DossierResumed&) const { return {}; }
  SlipsIssued operator()(const DossierExtended&) const { return {}; }
  SlipsIssued operator()(const LatenessExplained&) const { return {}; }
  SlipsIssued operator()(const DossierErased&) const { return {}; }
  SlipsIssued operator()(const PaymentRequested&) const { return {}; }
  SlipsIssued operator()(const PaymentConfirmed&) const { return {}; }
  SlipsIssued operator()(const PaymentWaived&) const { return {}; }
  SlipsIssued operator()(const RefundOwed&) const { return {}; }
  SlipsIssued operator()(const RefundConfirmed&) const { return {}; }
  SlipsIssued operator()(const ResultAnnounced&) const { return {}; }
  SlipsIssued operator()(const ResultReplaced&) const { return {}; }
  SlipsIssued operator()(const ResultAnnulled&) const { return {}; }
  SlipsIssued operator()(const DossierCorrected&) const { return {}; }
  // The old system issued its own.
  SlipsIssued operator()(const DossierImported&) const { return {}; }
  SlipsIssued operator()(const JournalRestored&) const { return {}; }
};

std::string_view mark_of(SlipForm form) {
  switch (form) {
    case SlipForm::receipt:
      return "TN";  // tiếp nhận
    case SlipForm::supplement:
      return "BS";  // bổ sung
    case SlipForm::refusal:
      return "TC";  // từ chối
    case SlipForm::apology:
      return "XL";  // xin lỗi
    case SlipForm::stop:
      return "DH";  // dừng hồ sơ
    case SlipForm::control:
      return "KS";  // kiểm soát
    case SlipForm::book:
      return "SO";  // sổ
  }
  return {};
}

}  // namespace

SlipsIssued slips_of(const Event& event, const Dossier& after) {
  return std::visit(SlipsOf{after}, event.body);
}

std::string slip_number(SlipForm form, const Dossier& after, int ordinal) {
  const std::string name = after.code.empty() ? to_string(after.id) : after.code.text;
  return name + '-' + std::string(mark_of(form)) + std::to_string(ordinal);
}

}  // namespace motcua::core
