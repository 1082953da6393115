#include "api/handlers/ordering.h"

#include <algorithm>

#include "engine/run/words.h"

namespace motcua::api {
namespace {

// What was read goes into the order; a name that was changed is found by the new one, too.
void take_over(const Call& call, CommandInput input, run::Order& order) {
  order.search_tokens = run::owner_tokens(call.service.keyring, input.searchable);
  order.command = std::move(input.command);
  order.fragments = std::move(input.fragments);
}

// What a caller's rights let it do with this command, and those of the officer on whose behalf it acts.
std::optional<Problem> add_rights(const Call& call, run::Order& order) {
  const core::Right right = core::Right::of(order.command.body);
  order.scope = call.scope();
  order.may = call.reach(right);
  if (order.may.is_nothing()) return problem("forbidden_right");
  const core::Code& officer = order.command.on_behalf_of;
  if (officer.empty()) return std::nullopt;
  order.person_may = person_reach(call, officer, right);
  if (order.person_may->is_nothing()) return problem("forbidden_person");
  return std::nullopt;
}

// Each agency gives codes that begin with its own: nobody takes another's, nor learns which are in use. A
// code of elsewhere, as of the national portal, is nobody's here.
bool is_of_another(const run::Definitions& definitions, const core::SubmitDossier& submit) {
  const core::Code agency(submit.code.text.substr(0, submit.code.text.find('-')));
  const core::Code& competent =
      submit.competent_agency.empty() ? submit.receiving_agency : submit.competent_agency;
  return !submit.code.empty() && agency != competent && definitions.agency(agency) != nullptr;
}

std::string_view instant_member(std::string_view word) {
  return word == kSubmit ? "received_at" : "occurred_at";
}

}  // namespace

Acting acting_of(const Call& call) {
  if (!call.caller->officer.empty()) return Acting::itself;
  return call.service.config.officer_required ? Acting::for_named : Acting::for_others;
}

core::Code acting_officer(const Call& call, JsonObject& body) {
  const core::Code& own = call.caller->officer;
  const Presence presence = own.empty() ? Presence::required : Presence::optional;
  return body.code("officer", presence).value_or(own);
}

core::Reach person_reach(const Call& call, const core::Code& officer, core::Right right) {
  const core::Code& person = call.caller->officer;
  if (!person.empty()) return officer == person ? call.reach(right) : core::Reach();
  const core::Date today = core::local_date(call.service.clock.now(), core::kVietnamOffsetMinutes);
  const auto definitions = call.service.engine.definitions();
  const std::vector<core::Grant> grants = core::grants_of(definitions->agencies(), officer, today);
  const core::Reach may = call.reach(right);
  const bool own = std::any_of(grants.begin(), grants.end(),
                               [&](const core::Grant& grant) { return may.touches(grant.agency); });
  if (!own) return {};
  return core::reach_of(grants, right, today, call.keys->roles,
                        [&](const core::Code& agency) { return definitions->reached_from(agency, today); });
}

Problem header_problem(std::string_view code, std::string_view header) {
  Problem wrong = problem(code);
  wrong.errors.push_back({std::string(header), std::string(code), {}, FaultPlace::header});
  return wrong;
}

std::optional<Problem> check_request_key(const Call& call) {
  if (call.request.count("idempotency-key") == 0)
    return header_problem("idempotency_key_missing", "Idempotency-Key");
  if (call.request.count("idempotency-key") > 1 || !is_request_key(call.request.header("idempotency-key"))) {
    return header_problem("idempotency_key_malformed", "Idempotency-Key");
  }
  return std::nullopt;
}

bool is_request_key(std::string_view text) {
  return !text.empty() && text.size() <= 255 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

run::RequestKey request_key(const Call& call, std::string_view key, const CommandPlace& place,
                            const JsonObject& body) {
  const run::Keyring& keyring = call.service.keyring;
  const auto name = keyring.fingerprint("idempotency-key", call.caller->id, key);
  const auto said =
      keyring.fingerprint("command", place.word, place.dossier, body.content(instant_member(place.word)));
  run::RequestKey made;
  std::copy_n(name.begin(), made.key.size(), made.key.begin());
  std::copy_n(said.begin(), made.fingerprint.size(), made.fingerprint.begin());
  return made;
}

std::variant<JsonBody, Problem> read_keyed(const Call& call, const CommandPlace& place,
                                           std::optional<JsonObject>& root, run::RequestKey& key) {
  if (auto wrong = check_request_key(call)) return std::move(*wrong);
  auto read = read_body(call);
  auto* body = std::get_if<JsonBody>(&read);
  if (body == nullptr) return read;
  root = body->root();
  if (!root) return problem_of(body->faults());
  key = request_key(call, call.request.header("idempotency-key"), place, *root);
  return read;
}

const core::Procedure* procedure_of(const Call& call, const run::Definitions& definitions,
                                    const SubmissionTarget& target) {
  const core::Instant received = target.received_at.value_or(call.service.clock.now());
  return definitions.procedure(target.procedure, core::local_date(received, core::kVietnamOffsetMinutes));
}

std::optional<const core::Procedure*> procedure_of(const Call& call, const run::Definitions& definitions,
                                                   const store::DossierName& dossier) {
  const auto reader = call.service.store.reader();
  const auto stored = reader->find(call.scope(), dossier);
  if (!stored) return std::nullopt;
  return definitions.procedure_version(stored->dossier.procedure, stored->dossier.procedure_version);
}

std::optional<Problem> read_order(const Call& call, const CommandPlace& place, JsonObject& body,
                                  std::optional<core::Instant> made_at, const core::Procedure* procedure,
                                  run::Order& order) {
  // Who has the right nowhere is told so, whatever the body says.
  const auto right = core::Right::of_word(place.word);
  if (right && call.reach(*right).is_nothing()) return problem("forbidden_right");
  if (made_at && body.has(instant_member(place.word))) {
    body.fault(instant_member(place.word), "duplicate_item",
               "Expected the instant once, but it stands beside the body and in it");
  }
  if (place.word != kSubmit) {
    take_over(call, read_command(place.word, body, procedure, acting_of(call)), order);
  } else {
    SubmissionTarget target = submission_target(body);
    if (made_at) target.received_at = made_at;
    const auto definitions = call.service.engine.definitions();
    take_over(call, read_submission(body, target, procedure_of(call, *definitions, target), acting_of(call)),
              order);
    const auto& submit = std::get<core::SubmitDossier>(order.command.body);
    const core::Reach may = call.reach(core::Right::of(order.command.body));
    const bool own = may.touches(submit.receiving_agency);
    if (!may.is_nothing() && !submit.receiving_agency.empty() && !own) return problem("forbidden_scope");
    if (is_of_another(*definitions, submit)) return problem("code_of_other_agency");
  }
  if (made_at) order.command.occurred_at = made_at;
  if (order.command.on_behalf_of.empty()) order.command.on_behalf_of = call.caller->officer;
  return add_rights(call, order);
}

Problem problem_of(const run::Refused& refused) {
  using Why = run::Refused::Why;
  switch (refused.why) {
    case Why::not_found:
      return problem("not_found");
    case Why::forbidden:
      return problem("forbidden_right");
    case Why::forbidden_person:
      return problem("forbidden_person");
    case Why::own_dossier:
      return problem("own_dossier");
    case Why::version_mismatch:
      return problem("version_conflict",
                     "Expected the version named in If-Match, but the dossier has version " +
                         std::to_string(refused.version));
    case Why::key_reused:
      return problem("idempotency_key_reused");
    case Why::key_in_flight:
      return problem("key_in_flight");
    case Why::external_ref_taken:
      return problem("external_ref_taken");
    case Why::code_taken:
      return problem("code_taken");
    case Why::busy:
      return problem("queue_full");
    case Why::clock_unsound:
      return problem("clock_unsound");
    case Why::disk_full:
      return problem("store_full");
    case Why::failed:
      return problem("store_failed");
    case Why::stopping:
      return problem("shutting_down");
  }
  return problem("internal_error");
}

Problem problem_of(const core::Rejection& rejection) {
  Problem made;
  made.status = rejection.kind == core::Rejection::Kind::invalid ? 422 : 409;
  made.code = rejection.code == "invalid" ? "invalid_request" : rejection.code;
  made.detail = rejection.detail;
  for (const auto& fault : rejection.faults) made.errors.push_back({fault.pointer, fault.code, fault.detail});
  return made;
}

std::variant<core::Dossier, Problem> replayed(const Call& call, store::Reader& reader,
                                              const store::Outcome& outcome) {
  if (!outcome.rejection.empty()) {
    Problem made = problem(outcome.rejection.text == "invalid" ? "invalid_request" : outcome.rejection.text);
    made.status = outcome.status;
    made.replayed = true;
    return made;
  }
  core::Dossier dossier;
  while (dossier.version < outcome.version) {
    const auto events = reader.history(call.scope(), outcome.dossier, dossier.version, 200);
    if (events.empty()) return problem("not_found");
    for (const auto& stored : events) {
      if (stored.event.version <= outcome.version) dossier = core::evolve(std::move(dossier), stored.event);
    }
  }
  return dossier;
}

}  // namespace motcua::api
