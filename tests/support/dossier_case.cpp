#include "tests/support/dossier_case.h"

#include <cstdio>
#include <cstdlib>

namespace motcua::test {

using namespace core;  // the vocabulary of a dossier, all of it

Limit working_hours(std::int64_t n) { return {n, LimitUnit::working_hour, DayCounting::by_day}; }
Limit working_days(std::int64_t n) { return {n, LimitUnit::working_day, DayCounting::by_day}; }
Limit calendar_days(std::int64_t n) { return {n, LimitUnit::calendar_day, DayCounting::by_day}; }
Limit clock_hours(std::int64_t n) { return {n, LimitUnit::hour, DayCounting::by_day}; }
Instant later(Instant at, std::int64_t ms) { return at + ClockTime{ms}; }

namespace {

Rule rule(std::string_view id, Limit limit = {}, DayEnd day_end = DayEnd::office_close) {
  Rule made;
  made.id = Code(id);
  made.basis = "a test";
  made.confirmed = true;
  made.limit = limit;
  made.day_end = day_end;
  made.from = on("2020-01-01");
  return made;
}

ChannelTerm term(Channel channel, Limit limit) {
  ChannelTerm made;
  made.channel = channel;
  made.variant = Code("default");
  made.statutory = limit;
  return made;
}

StepDefinition step(std::string_view key, bool at_receiving) {
  StepDefinition made;
  made.key = Code(key);
  made.at_receiving = at_receiving;
  return made;
}

}  // namespace

Rules rules_of(std::string_view layer) {
  Rules rules;
  rules.layer = Code(layer);
  rules.version = Code("rulebook-1");
  rules.acceptance = rule("ACCEPT_8H", working_hours(8));
  rules.settlement = rule("CLOCK_START");
  rules.appraisal = rule("SUPP_NOTICE_3WD", working_days(3));
  rules.restart = rule("SUPP_RESTART");
  rules.citizen_wait = rule("SUPP_CLOSE_15D", calendar_days(15), DayEnd::midnight);
  rules.payment_restart = rule("PAYMENT_RESTART");
  rules.payment_restarts = true;
  rules.digitising = DigitisingDates{on("2022-06-01"), on("2022-12-01"), on("2023-06-01"), on("2022-07-01")};
  rules.code_pattern = "{agency}-{yyMMdd}-{seq:4}";
  rules.result_pattern = "{code}-KQ{n}";
  rules.forward_paper = rule("FWD_15H", {1, LimitUnit::by_cutoff, DayCounting::by_day});
  if (layer == "L1") {
    rules.from = on("2020-01-01");
    rules.to = on("2025-06-30");
  } else {
    rules.from = on("2025-07-01");
    rules.intake_alert = rule("INTAKE_ALERT_2H", clock_hours(2));
    rules.reappointment_moves_due = true;
    rules.forward_electronic = rule("FWD_E", clock_hours(0));
    rules.forward_outside = rule("FWD_NONBOUND", working_days(1));
  }
  return rules;
}

DossierCase::DossierCase() {
  static const auto shared = public_sector(hours_b());
  calendar = shared;
  procedure.code = Code("1.004194");
  procedure.version = Code("procedure-1");
  procedure.valid_from = on("2020-01-01");
  procedure.retention_years = 0;  // may be erased the day it ends
  procedure.levels = {AgencyLevel::commune};
  procedure.variants = {Code("default")};
  for (const Channel channel : {Channel::direct, Channel::online, Channel::post}) {
    procedure.terms.push_back(term(channel, working_days(5)));
  }
  procedure.papers.push_back({Code("to_khai"), "Tờ khai", true, 1, {}});
  procedure.papers.push_back({Code("cccd"), "Căn cước công dân", false, 1, {}});
  procedure.facts.push_back({Code("persons"), FactType::integer, {}, false, false});
  procedure.facts.push_back({Code("reason"), FactType::text, {}, false, true});
  procedure.steps = {step("verify", false), step("sign", false), step("return", true)};
  procedure.results.push_back({Code("KQ.G01.000064"), "Cập nhật"});
  procedure.suspensions = {{Code("TAX"), "", "", 2, working_days(10)}, {Code("POSTED"), "", "", 1, {}}};
  procedure.extensions = {{Code("COMPLEX"), "", "", 1, working_days(5)}};
  procedure.stops = {{Code("COURT"), "", "", 1, {}}};
  procedure.fees = {{Code("phi"), "Phí", FeeKind::fee, 50'000, Code(), {}},
                    {Code("phi"), "Phí", FeeKind::fee, 25'000, Code(), Channel::online},
                    {Code("le_phi"), "Lệ phí", FeeKind::charge, 8'000, Code(), {}}};
  procedure.payment = PaymentDefinition{PaymentTime::before_acceptance,
                                        PaymentEffect::none,
                                        {},
                                        {{Code("ho_ngheo"), "Hộ nghèo", "a sector's law"}},
                                        true};
  rulebook.version = Code("rulebook-1");
  rulebook.layers = {rules_of("L1"), rules_of("L2")};
  agency.code = Code("H32.19");
  agency.level = AgencyLevel::commune;
  agency.calendar = Code("test");
  agency.valid_from = on("2020-01-01");
  agency.one_stop = true;
  agency.officers.push_back({Code("H32.19.cv01"), Code("tu-phap"), Code("handling_officer")});
  others = {agency};
  others.front().code = Code("H32.90");
  others.front().level = AgencyLevel::province;
  Officer head{Code("H32.19.ct01"), Code("lanh-dao"), Code("agency_head")};
  head.deputies = {{Code("H32.19.cv01"), on("2020-01-01"), on("2030-12-31")}};
  agency.officers.push_back(std::move(head));
}

SubmitDossier DossierCase::submission(Channel channel) const {
  SubmitDossier submit;
  submit.procedure = procedure.code;
  submit.channel = channel;
  submit.receiving_agency = agency.code;
  submit.papers.push_back({Code("to_khai"), PaperForm::original, 1, false});
  return submit;
}

Context DossierCase::context(Instant now) const {
  Context made;
  made.now = now;
  made.fresh_id.bytes[0] = 7;
  made.procedure = &procedure;
  made.rulebook = &rulebook;
  if (dossier.version == 0) {
    made.rules = rulebook.at(local_date(now, kVietnamOffsetMinutes));
  } else {
    for (const Rules& rules : rulebook.layers)
      if (rules.layer == dossier.layer) made.rules = &rules;
  }
  made.receiving = made.competent = made.target = &agency;
  made.works_for = works_for(made.target);
  made.receiving_calendar = made.competent_calendar = calendar.get();
  for (const Agency& other : others) made.others.push_back({&other, calendar.get()});
  made.next_number = next_number;
  made.caller = Code("counter-1");
  return made;
}

const Agency* DossierCase::find_agency(const Code& code) const {
  if (code == agency.code) return &agency;
  for (const Agency& other : others) {
    if (other.code == code) return &other;
  }
  return nullptr;
}

std::vector<Code> DossierCase::works_for(const Agency* one) const {
  std::vector<Code> codes;
  for (; one != nullptr; one = find_agency(one->parent)) {
    codes.push_back(one->code);
    codes.insert(codes.end(), one->predecessors.begin(), one->predecessors.end());
  }
  return codes;
}

void DossierCase::run_out(Instant now) {
  for (const Event& event : decide_run_out(dossier, context(now))) {
    dossier = evolve(dossier, event);
    events.push_back(event);
  }
}

std::string DossierCase::give(Instant now, CommandBody body, std::optional<Instant> occurred) {
  if (dossier.version > 0) run_out(now);
  Context told = context(now);
  if (dossier.version == 0 && occurred) {
    told.rules = rulebook.at(local_date(*occurred, kVietnamOffsetMinutes));
  }
  if (const auto* consult = std::get_if<ConsultAgency>(&body)) told.target = find_agency(consult->agency);
  if (const auto* assign = std::get_if<AssignStep>(&body)) {
    if (!assign->agency.empty()) told.target = find_agency(assign->agency);
    told.works_for = works_for(told.target);
  }
  if (const auto* correct = std::get_if<CorrectDossier>(&body)) {
    told.corrected = corrected_event(events, correct->version);
  }
  const Decision decision = decide(dossier, {std::move(body), occurred, Code("H32.19.cv01"), {}}, told);
  if (const auto* rejection = std::get_if<Rejection>(&decision)) {
    rejection_ = *rejection;
    return rejection->code;
  }
  const auto& accepted = std::get<Accepted>(decision);
  next_number += accepted.took_number ? 1 : 0;
  for (const Event& event : accepted.events) {
    dossier = evolve(dossier, event);
    events.push_back(event);
  }
  return "accepted";
}

std::string DossierCase::give(std::string_view now, CommandBody body, std::string_view occurred) {
  return give(vn(now), std::move(body), occurred.empty() ? std::nullopt : std::optional(vn(occurred)));
}

std::string DossierCase::filed_online(std::string_view now) { return give(now, submission(Channel::online)); }

std::string DossierCase::accepted_at_counter(std::string_view now) {
  SubmitDossier submit = submission(Channel::direct);
  submit.accept = true;
  return give(now, submit);
}

const LegalClock& DossierCase::clock(ClockKind kind) const {
  const LegalClock* found = dossier.clock(kind);
  if (found != nullptr) return *found;
  std::fprintf(stderr, "a test asked for a clock that never started\n");
  std::abort();
}

std::string DossierCase::due(ClockKind kind) const {
  const LegalClock* found = dossier.clock(kind);
  return found == nullptr ? "no clock" : shown(found->due.at);
}

std::string DossierCase::state(ClockKind kind, Instant at) const {
  const LegalClock* found = dossier.clock(kind);
  return found == nullptr ? "no clock" : std::string(word_of(found->state_at(at)));
}

std::int64_t DossierCase::late_seconds(std::string_view at) const {
  return lateness_at(dossier, vn(at), *calendar).counted.ms / 1000;
}

DossierCase case_in(DossierState state) {
  DossierCase one;
  const auto then = [&](std::string_view now, CommandBody body) {
    if (one.give(now, std::move(body)) == "accepted") return;
    std::fprintf(stderr, "a test's dossier could not reach its state: %s\n",
                 one.last_rejection().detail.c_str());
    std::abort();
  };
  then("2026-08-10 08:00", one.submission(Channel::online));
  if (state == DossierState::submitted) return one;
  if (state == DossierState::refused) {
    then("2026-08-10 09:00", RefuseDossier{});
    return one;
  }
  if (state == DossierState::awaiting_payment) {
    then("2026-08-10 09:00", RequestPayment{});
    return one;
  }
  then("2026-08-10 09:00", AcceptDossier{});
  switch (state) {
    case DossierState::submitted:
    case DossierState::refused:
    case DossierState::awaiting_payment:
    case DossierState::accepted:
      break;
    case DossierState::processing:
      then("2026-08-10 10:00", AssignStep{Code(), Code("H32.19.cv01")});
      break;
    case DossierState::awaiting_supplement:
      then("2026-08-10 10:00", RequestSupplement{{Code("cccd")}});
      break;
    case DossierState::withdrawn:
      then("2026-08-10 10:00", WithdrawDossier{});
      break;
    case DossierState::stopped:
      then("2026-08-10 10:00", RequestSupplement{{Code("cccd")}});
      one.run_out(vn("2026-08-28 08:00"));
      break;
    case DossierState::settled:
      then("2026-08-10 10:00", SettleDossier{});
      break;
    case DossierState::returned:
      then("2026-08-10 10:00", SettleDossier{});
      then("2026-08-10 11:00", ReturnResult{});
      break;
  }
  return one;
}

std::vector<CommandBody> one_of_each() {
  static const SubmitDossier submit = DossierCase().submission(Channel::direct);
  return {submit,
          AcceptDossier{},
          RefuseDossier{},
          RequestSupplement{{Code("cccd")}},
          ReceiveSupplement{{{Code("cccd"), PaperForm::copy, 1, false}}},
          AcceptSupplement{},
          AssignStep{Code(), Code("H32.19.cv01")},
          CompleteStep{},
          SettleDossier{},
          ReturnResult{},
          WithdrawDossier{},
          AdjustDossier{Delivery::post, {}, {}},
          DeriveClocks{},
          SuspendDossier{Code("TAX"), {}},
          ResumeDossier{},
          ExtendTerm{Code("COMPLEX"), {}},
          ReappointDossier{vn("2026-12-01 10:00"), {}},
          Apologise{},
          ExplainLateness{},
          StopDossier{Code("COURT")},
          ReturnStep{Code(), Code("verify")},
          ConsultAgency{Code(), Code("H32.90")},
          AnswerConsultation{1, Opinion::agreed},
          RequestPayment{},
          ConfirmPayment{Code("KB-2026-1"), 33'000},
          WaivePayment{Code("ho_ngheo")},
          ConfirmRefund{Code("HT-2026-1"), 33'000},
          AnnounceResult{},
          ReplaceResult{Code("H32.19-260810-0001-KQ1"), {}, ResultForm::paper, Code()},
          AnnulResult{Code("H32.19-260810-0001-KQ1")},
          CorrectDossier{2, std::nullopt},
          ForwardDossier{},
          ReceiveForwarded{Code("H32.19.cv01")},
          RecallForwarded{},
          ReturnForwarded{},
          ReportLinked{},
          EraseDossier{},
          RepeatErasure{},
          ReportAsking{}};
}

}  // namespace motcua::test
