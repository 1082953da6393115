#pragma once

#include <vector>

#include "engine/core/event.h"

// One event of each type, in the order of EventBody, written out by hand. Between them they hold every kind
// of member: their bytes and hashes are kept in tests/store/golden.
namespace motcua::test {

namespace samples {

using core::Code;

inline core::TextRef text(core::TextRecord record) {
  core::TextRef ref{record, 1, {}};
  for (std::size_t i = 0; i < ref.mac.size(); ++i) ref.mac[i] = static_cast<std::uint8_t>(i);
  return ref;
}

inline core::ClockChange started() {
  core::ClockChange change;
  change.kind = core::ClockKind::settlement;
  change.at = {1'787'302'800'000};
  change.agency = Code("H32.19");
  change.rule = Code("D61.19");
  change.limit = {30, core::LimitUnit::calendar_day, core::DayCounting::by_day};
  change.due = {core::Instant{1'789'898'400'000}, core::Date{20'716}, core::Date{20'718}, true, {}};
  change.calendar = Code("vn-khanh-hoa");
  change.calendar_version = Code("0a1b2c3d4e5f");
  return change;
}
inline core::ClockChange ended() {
  core::ClockChange change;
  change.kind = core::ClockKind::acceptance;
  change.term = 2;
  change.action = core::ClockAction::end;
  change.at = {1'787'302'800'001};
  change.delay = core::WorkingTime{1};
  return change;
}
inline core::ClockChange voided() {
  core::ClockChange change;
  change.action = core::ClockAction::voided;
  change.at = {-1};
  return change;
}

inline core::DossierSubmitted submitted() {
  core::DossierSubmitted body;
  body.code = Code("H32.19-260821-0001");
  body.procedure = Code("1.001193");
  body.layer = Code("L2");
  body.channel = core::Channel::online;
  body.receiving_agency = Code("H32.19");
  body.competent_agency = Code("H32.19");
  body.owner_kind = core::OwnerKind::business;
  body.delivery = core::Delivery::post;
  body.papers = {{Code("plan"), core::PaperForm::certified, 2, true}, {Code("id"), {}, 1, false}};
  body.facts = {{Code("floors"), std::int64_t{-3}},
                {Code("urgent"), true},
                {Code("built_on"), core::Date{20'512}},
                {Code("wall"), Code("brick")}};
  body.texts = {text(core::TextRecord::owner), text(core::TextRecord::facts)};
  return body;
}

inline core::DossierAdjusted adjusted() {
  core::DossierAdjusted body;
  body.delivery = core::Delivery::electronic;
  body.facts = {{Code("wall"), Code()}};
  return body;
}

inline core::DossierImported imported() {
  core::DossierImported body;
  body.state = core::DossierState::returned;
  body.code = Code("H32.19-260601-0007");
  body.procedure = Code("1.001193");
  body.variant = Code("default");
  body.layer = Code("L2");
  body.channel = core::Channel::post;
  body.receiving_agency = Code("H32.19");
  body.competent_agency = Code("H32");
  body.source = Code("mc-cu");
  body.external_ref = Code("ref:7");
  body.received_at = {1'780'300'800'000};
  body.accepted_at = core::Instant{1'780'304'400'000};
  body.settled_at = body.ended_at = core::Instant{1'780'650'000'000};
  body.returned_at = core::Instant{1'780'653'600'000};
  body.holder_agency = Code("H32");
  body.holder_unit = Code("land");
  body.holder_officer = Code("officer-7");
  body.step = Code("sign");
  core::SupplementRound round;
  round.asked_at = {1'780'390'800'000};
  round.asked_in = core::DossierState::processing;
  round.missing = {Code("plan")};
  round.supplied_at = round.accepted_at = core::Instant{1'780'394'400'000};
  round.promise_after = core::Instant{1'780'912'800'000};
  body.rounds = {round};
  body.papers = {{Code("plan"), core::PaperForm::copy, 1, false}};
  body.facts = {{Code("floors"), std::int64_t{2}}};
  body.results = {{Code("H32.19-260601-0007-KQ1"), core::Outcome::granted, core::ResultForm::paper, {}}};
  body.texts = {text(core::TextRecord::owner)};
  return body;
}

}  // namespace samples

inline std::vector<core::Event> event_samples() {
  using namespace samples;
  const std::vector<core::EventBody> bodies = {
      submitted(),
      core::DossierAccepted{{}, Code("handle"), Code("H32.19"), {}, {}},
      core::DossierRefused{{text(core::TextRecord::reason)}},
      core::SupplementRequested{
          Code("officer-7"), {Code("plan"), Code("id")}, {text(core::TextRecord::reason)}},
      core::SupplementReceived{{{Code("plan"), core::PaperForm::reused, 1, true}}, {}},
      core::SupplementAccepted{core::DossierState::processing},
      core::StepAssigned{Code("handle"), Code("H32.19"), Code("land"), Code("officer-7")},
      core::StepCompleted{Code("handle"), Code("sign"), Code("H32"), {text(core::TextRecord::note)}},
      core::DossierSettled{{Code("H32.19-260821-0001-KQ1"), core::Outcome::not_eligible,
                            core::ResultForm::paper, Code("KQ.G15.000031")},
                           {}},
      core::ResultReturned{core::Delivery::post},
      core::DossierWithdrawn{},
      core::DossierStopped{Code("D61.17.5")},
      adjusted(),
      core::ClocksDerived{},
      core::DossierStopCountered{12, core::DossierState::awaiting_supplement},
      core::DossierSuspended{Code("TAX"), core::Instant{1'787'302'800'002}, {text(core::TextRecord::reason)}},
      core::DossierResumed{Code("TAX"), {}},
      core::DossierExtended{Code("COMPLEX"),
                            {10, core::LimitUnit::calendar_day},
                            core::Instant{1'787'302'800'003},
                            std::nullopt,
                            {}},
      core::DossierReappointed{std::nullopt, {1'787'302'800'004}, true, false, Code("land"), {}},
      core::ApologySent{{text(core::TextRecord::reason)}},
      core::LatenessExplained{},
      core::StepReturned{Code("sign"), Code("handle"), Code("H32"), {text(core::TextRecord::reason)}},
      core::AgencyConsulted{
          2, Code("tax"), Code("T01.01"), Code("officer-7"), {text(core::TextRecord::reason)}},
      core::ConsultationAnswered{2, core::Opinion::disagreed, {text(core::TextRecord::note)}},
      core::PaymentRequested{Code("officer-7"),
                             {{Code("phi"), 25'000}, {Code("le_phi"), 8'000}},
                             {text(core::TextRecord::note)}},
      core::PaymentConfirmed{Code("KB-2026-1"), 33'000, core::DossierState::processing},
      core::PaymentWaived{Code("ho_ngheo"), core::DossierState::accepted, {text(core::TextRecord::reason)}},
      core::RefundOwed{33'000},
      core::RefundConfirmed{Code("HT-2026-1"), 33'000},
      core::ResultAnnounced{true},
      core::ResultReplaced{Code("H32.19-260821-0001-KQ1"), {Code("H32.19-260821-0001-KQ2"), {}, {}, {}}, {}},
      core::ResultAnnulled{Code("H32.19-260821-0001-KQ2"), {}},
      core::DossierCorrected{
          2, core::Corrected::supplement, {-3}, core::Instant{-2}, {}, core::Instant{5}, {}},
      core::DossierForwarded{Code("H32.1"), Code("officer-7"), Code("H32.5"), {text(core::TextRecord::note)}},
      core::ForwardReceived{Code("H32.1"), Code("H32.5"), Code("land"), Code("officer-8"), {}},
      core::ForwardRecalled{},
      core::ForwardReturned{Code("H32.1"), {text(core::TextRecord::reason)}},
      imported(),
      core::DossierErased{core::ErasureGround::subject_request},
      core::JournalRestored{Code("backup"), 41, core::Instant{1'787'302'800'005}, 3, Code("-7"), Code("9"),
                            100'000},
      core::AwaitingChanged{false, core::DossierState::stopped}};
  std::vector<core::Event> events;
  for (const core::EventBody& body : bodies) {
    core::Event event;
    event.id = *core::parse_uuid("0190f3c2-7a10-7b3e-8f00-0123456789ab");
    event.dossier = *core::parse_uuid("0190f3c2-7a10-7b3e-8f00-ba9876543210");
    event.version = static_cast<std::uint32_t>(events.size() + 1);
    event.occurred_at = {-2};
    event.recorded_at = {1'787'302'800'001};
    event.caller = Code("counter-1");
    event.cause = static_cast<core::CauseKind>(events.size() % 3);
    event.cause_id.bytes[0] = 255;
    event.procedure_version = Code("5f4e3d2c1b0a");
    if (events.size() % 2 == 0) event.clocks = {ended(), started(), voided()};
    event.body = body;
    events.push_back(event);
  }
  return events;
}

}  // namespace motcua::test
