#include <algorithm>

#include "tests/core/life.h"

namespace motcua::test {

using namespace core;

namespace {

// What a command says beside its word, as far as it matters when a life is read.
struct LifeWords {
  std::string operator()(const AssignStep& b) const {
    return b.agency.text + ' ' + b.officer.text + ' ' + b.step.text;
  }
  std::string operator()(const CompleteStep& b) const {
    std::string text = b.step.text + (b.outcome ? ' ' + std::string(word_of(*b.outcome)) : "");
    for (const Fact& fact : b.facts) text += " persons=" + std::to_string(std::get<std::int64_t>(fact.value));
    return text;
  }
  std::string operator()(const ReturnStep& b) const { return b.step.text + " to " + b.to.text; }
  std::string operator()(const SuspendDossier& b) const {
    return b.ground.text + (b.until ? " until " + shown(b.until) : "");
  }
  std::string operator()(const ResumeDossier& b) const { return b.ground.text; }
  std::string operator()(const ExtendTerm& b) const {
    return b.by ? "by " + std::to_string(b.by->value) + ' ' + std::string(word_of(b.by->unit)) : "";
  }
  std::string operator()(const ReappointDossier& b) const { return "to " + shown(b.promised_at); }
  std::string operator()(const ConsultAgency& b) const { return b.consultation.text + ' ' + b.agency.text; }
  std::string operator()(const AnswerConsultation& b) const { return std::to_string(b.number); }
  std::string operator()(const CorrectDossier& b) const {
    return std::to_string(b.version) + " to " + shown(b.occurred_at);
  }
  std::string operator()(const SubmitDossier& b) const {
    return std::string(word_of(b.channel)) + " at " + b.receiving_agency.text +
           (b.accept ? ", accepted" : "");
  }
  template <class Body>
  std::string operator()(const Body&) const {
    return {};
  }
};

}  // namespace

void RandomLife::vary(SubmitDossier& submit) {
  submit = one_.submission(static_cast<Channel>(below(3)));
  if (elsewhere_) {
    submit.receiving_agency = receiving_.code;
    submit.competent_agency = one_.agency.code;
  }
  submit.accept = submit.channel != Channel::online && chance(40);
  if (chance(20)) submit.linked_from = LinkedFrom{*parse_uuid("0190f3c2-7a10-7b3e-8f00-0123456789ab"), 1};
  if (chance(30)) submit.papers.push_back({Code("cccd"), PaperForm::copy, 1, true});
  if (chance(30)) submit.facts.push_back({Code("persons"), static_cast<std::int64_t>(below(8))});
}
// Mostly where a session opens or closes, else whenever it is.
Instant RandomLife::any_promise(Instant at) {
  return chance(85) ? Instant{competent_walk().next_edge(at.ms)} : at;
}
void RandomLife::vary(AcceptDossier& accept) {
  if (chance(15)) {
    accept.appointment_at = any_promise(now_ + ClockTime{static_cast<std::int64_t>(below(20 * kDayMs))});
  }
}
void RandomLife::vary(AssignStep& assign) {
  if (chance(60)) assign.officer = any_officer();
  if (!open_.empty() && chance(50)) assign.step = pick(open_);
  if (chance(60)) {
    assign.agency =
        pick(std::vector<Code>{one_.agency.code, receiving_.code, Code("T01.01"), Code("H32.77")});
    assign.officer = chance(85) ? Code(assign.agency.text + ".cv01") : any_officer();
  }
}
void RandomLife::vary(CompleteStep& complete) {
  if (!open_.empty() && chance(50)) complete.step = pick(open_);
  if (chance(40)) complete.facts.push_back({Code("persons"), static_cast<std::int64_t>(below(8))});
  if (chance(15)) complete.outcome = static_cast<Outcome>(below(3));
}
void RandomLife::vary(ReturnStep& back) {
  if (!open_.empty() && chance(50)) back.step = pick(open_);
  back.to = pick(one_.procedure.steps).key;
}
void RandomLife::vary(SettleDossier& settle) {
  settle.outcome = static_cast<Outcome>(below(3));
  settle.form = static_cast<ResultForm>(below(2));
}
void RandomLife::vary(AdjustDossier& adjust) {
  if (chance(50)) adjust.papers.push_back({Code("cccd"), PaperForm::electronic, 1, true});
  if (chance(50)) adjust.facts.push_back({Code("persons"), static_cast<std::int64_t>(below(8))});
}
void RandomLife::vary(SuspendDossier& suspend) {
  if (chance(40)) suspend.ground = Code("POSTED");
  if (chance(40)) suspend.until = now_ + ClockTime{static_cast<std::int64_t>(below(4 * kDayMs))};
}
void RandomLife::vary(ResumeDossier& resume) {
  if (chance(60)) resume.ground = Code(chance(50) ? "TAX" : "POSTED");
}
void RandomLife::vary(ExtendTerm& extend) {
  if (chance(50)) return;
  extend.by = chance(70) ? one_.procedure.extensions[0].length : any_limit();
  if (extend.by->value > 1)
    extend.by->value = 1 + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(extend.by->value)));
}
void RandomLife::vary(ReappointDossier& reappoint) {
  const Instant from = one_.dossier.promised_at().value_or(now_);
  reappoint.promised_at =
      any_promise(std::max(from, now_) + ClockTime{static_cast<std::int64_t>(below(10 * kDayMs))});
}
void RandomLife::vary(ConsultAgency& consult) {
  const std::uint64_t dice = below(4);
  consult.consultation = Code(dice == 0 ? "" : dice < 3 ? "thue" : "so");
  consult.agency = Code(chance(85) == (dice == 1 || dice == 2) ? "T01.01" : "H32.90");
}
void RandomLife::vary(AnswerConsultation& answer) {
  answer.number = 1 + static_cast<std::uint32_t>(below(one_.dossier.consultations.size() + 1));
  answer.outcome = static_cast<Opinion>(below(3));
}
void RandomLife::vary(ReportLinked& report) {
  report.number = 1 + static_cast<std::uint32_t>(below(one_.dossier.consultations.size() + 1));
  report.outcome = static_cast<Opinion>(below(3));
  report.ended_as = chance(70) ? DossierState::settled : DossierState::stopped;
}
void RandomLife::vary(ReportAsking& report) {
  report.awaited = chance(40);
  report.state = report.awaited ? DossierState::processing
                 : chance(50)   ? DossierState::withdrawn
                                : DossierState::stopped;
}
void RandomLife::vary(RequestPayment& request) {
  if (chance(50)) request.items = {Code(chance(50) ? "phi" : "le_phi")};
}
void RandomLife::vary(ConfirmPayment& payment) {
  const PaymentRecord* open = one_.dossier.open_payment();
  payment.reference = Code("KB-" + std::to_string(chance(85) ? one_.dossier.version : below(9)));
  payment.amount_vnd = open != nullptr && chance(90) ? open->amount_vnd() : 58'000;
}
void RandomLife::vary(ConfirmRefund& refund) {
  refund.reference = Code("HT-" + std::to_string(chance(85) ? one_.dossier.version : below(9)));
  refund.amount_vnd = 0;
  for (const PaymentRecord& record : one_.dossier.payments) {
    if (record.owes_refund()) refund.amount_vnd += record.amount_vnd();
  }
}
Code RandomLife::any_result() {
  const auto& results = one_.dossier.results;
  return results.empty() ? Code("H32.19-260810-0001-KQ1") : pick(results).code;
}
void RandomLife::vary(ReplaceResult& replace) {
  replace.result = any_result();
  if (chance(40)) replace.outcome = static_cast<Outcome>(below(3));
}
void RandomLife::vary(AnnulResult& annul) { annul.result = any_result(); }
// Of an event that can be corrected, more often than not, to between its neighbours.
void RandomLife::vary(CorrectDossier& correct) {
  const auto& events = one_.events;
  if (events.empty()) return;
  std::size_t place = below(events.size());
  for (std::size_t i = 0; i < events.size() && chance(85); ++i) {
    const EventBody& body = events[place].body;
    if (std::holds_alternative<DossierAccepted>(body) || std::holds_alternative<SupplementReceived>(body) ||
        std::holds_alternative<DossierSettled>(body) || std::holds_alternative<PaymentConfirmed>(body))
      break;
    place = (place + 1) % events.size();
  }
  correct.version = events[place].version;
  if (chance(10)) return;
  const Instant from = place == 0 ? events[0].occurred_at : events[place - 1].occurred_at;
  const Instant to = place + 1 < events.size() ? events[place + 1].occurred_at : now_;
  const auto room = static_cast<std::uint64_t>(std::max<std::int64_t>(0, (to - from).ms)) + 1;
  correct.occurred_at = from + ClockTime{static_cast<std::int64_t>(below(room))};
}
void RandomLife::vary(ReceiveForwarded& receive) { receive.officer = chance(50) ? any_officer() : Code(); }

std::string RandomLife::told(const Drawn& drawn) {
  return shown(drawn.now) +
         (drawn.command.occurred_at ? " (of " + shown(drawn.command.occurred_at) + ")" : "") + ' ' +
         std::string(word_of(drawn.command.body)) + ' ' + std::visit(LifeWords{}, drawn.command.body);
}

}  // namespace motcua::test
