#include <algorithm>

#include "api/handlers/command_body.h"
#include "api/handlers/dossier_reading.h"
#include "api/handlers/handlers.h"
#include "engine/run/words.h"

namespace motcua::api {
namespace {

using Laid = std::optional<Problem>;

// What is wrong with a header, which is named.
Problem header_problem(std::string_view code, std::string_view header) {
  Problem wrong = problem(code);
  wrong.errors.push_back({std::string(header), std::string(code), {}, FaultPlace::header});
  return wrong;
}

// Reads Idempotency-Key, which every request that writes needs.
Laid read_request_key(const Call& call, run::Order& order) {
  if (call.request.count("idempotency-key") == 0)
    return header_problem("idempotency_key_missing", "Idempotency-Key");
  const std::string_view key = call.request.header("idempotency-key");
  const bool visible = std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (call.request.count("idempotency-key") > 1 || key.empty() || key.size() > 255 || !visible) {
    return header_problem("idempotency_key_malformed", "Idempotency-Key");
  }
  run::RequestKey request_key;
  const auto name = call.service.keyring.fingerprint("idempotency-key", call.key->id, key);
  const auto content = call.service.keyring.fingerprint("request", call.request.method, call.request.path,
                                                        call.request.query, call.request.body);
  std::copy_n(name.begin(), request_key.key.size(), request_key.key.begin());
  std::copy_n(content.begin(), request_key.fingerprint.size(), request_key.fingerprint.begin());
  order.request_key = request_key;
  return std::nullopt;
}

// Reads If-Match: one strong version, or *, which any version matches.
Laid read_if_match(const Call& call, run::Order& order) {
  const std::string_view tag = call.request.header("if-match");
  if (call.request.count("if-match") == 0) {
    if (call.service.config.if_match_required) return header_problem("precondition_required", "If-Match");
    return std::nullopt;
  }
  if (tag == "*") return std::nullopt;
  if (tag.starts_with("W/")) {
    order.if_match = 0;  // a weak tag never matches, and no dossier has version 0
    return std::nullopt;
  }
  const bool quoted = tag.size() > 2 && tag.size() <= 11 && tag.front() == '"' && tag.back() == '"';
  const std::string_view digits = quoted ? tag.substr(1, tag.size() - 2) : "";
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return header_problem("version_malformed", "If-Match");
  }
  order.if_match = static_cast<std::uint32_t>(std::stoul(std::string(digits)));
  return std::nullopt;
}

Problem refusal_of(const run::Refused& refused) {
  using Why = run::Refused::Why;
  switch (refused.why) {
    case Why::not_found:
      return problem("not_found");
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

Problem problem_of_rejection(const core::Rejection& rejection) {
  Problem made;
  made.status = rejection.kind == core::Rejection::Kind::invalid ? 422 : 409;
  made.code = rejection.code == "invalid" ? "invalid_request" : rejection.code;
  made.detail = rejection.detail;
  for (const auto& fault : rejection.faults) made.errors.push_back({fault.pointer, fault.code, fault.detail});
  return made;
}

// A replay is rendered from history: the dossier as the first answer left it, under what the caller may see
// now.
Made replay(const Call& call, const store::Outcome& outcome) {
  if (!outcome.rejection.empty()) {
    Problem made = problem(outcome.rejection.text == "invalid" ? "invalid_request" : outcome.rejection.text);
    made.status = outcome.status;
    made.replayed = true;
    return made;
  }
  auto reader = call.service.store.reader();
  core::Dossier dossier;
  while (dossier.version < outcome.version) {
    const auto events = reader->history(call.scope(), outcome.dossier, dossier.version, 200);
    if (events.empty()) return problem("not_found");
    for (const auto& stored : events) {
      if (stored.event.version <= outcome.version) dossier = core::evolve(std::move(dossier), stored.event);
    }
  }
  return dossier_response(call, *reader, outcome.status, dossier, outcome.answered_at);
}

void locate(net::Response& response, const core::Dossier& dossier) {
  response.headers.emplace_back("Location", "/v1/dossiers/" + core::to_string(dossier.id));
}

// What a submission handed in is all that was typed of the new dossier: its answer asks the store for
// nothing.
struct HandedIn {
  bool submission = false;
  std::vector<TypedPart> typed;  // of a submission
};

Made render(const Call& call, const run::Answer& answer, const HandedIn& handed_in) {
  const bool submission = handed_in.submission;
  if (const auto* done = std::get_if<run::Done>(&answer)) {
    if (!submission) {
      return dossier_response(call, *call.service.store.reader(), 200, done->dossier, done->as_of);
    }
    net::Response response = dossier_response(call, handed_in.typed, 201, done->dossier, done->as_of);
    locate(response, done->dossier);
    return response;
  }
  if (const auto* repeated = std::get_if<run::Repeated>(&answer)) {
    net::Response response =
        dossier_response(call, *call.service.store.reader(), 200, repeated->dossier, repeated->as_of);
    locate(response, repeated->dossier);
    return response;
  }
  if (const auto* replayed = std::get_if<run::Replayed>(&answer)) {
    Made made = replay(call, replayed->outcome);
    if (auto* response = std::get_if<net::Response>(&made)) {
      response->headers.emplace_back("Idempotency-Replayed", "true");
      if (submission) {
        response->headers.emplace_back("Location",
                                       "/v1/dossiers/" + core::to_string(replayed->outcome.dossier));
      }
    }
    return made;
  }
  if (const auto* rejected = std::get_if<run::Rejected>(&answer))
    return problem_of_rejection(rejected->rejection);
  return refusal_of(std::get<run::Refused>(answer));
}

// Hands the order in. The answer is written on the connection's thread: the writer has better things to do.
void hand_in(std::shared_ptr<Call> call, run::Order order, net::Reply reply) {
  auto handed_in = std::make_shared<HandedIn>();
  handed_in->submission = !order.dossier.has_value();
  if (handed_in->submission) {
    for (const run::Fragment& fragment : order.fragments) handed_in->typed.push_back({1, fragment});
  }
  order.scope = call->scope();
  order.caller = core::Code(call->key->id);
  order.request_id = call->request_id;
  run::Engine& engine = call->service.engine;
  engine.submit(
      std::move(order), [call = std::move(call), reply = std::move(reply), handed_in](run::Answer answer) {
        net::Response later;
        later.made_later = [call, answer = std::make_shared<run::Answer>(std::move(answer)), handed_in] {
          try {
            return finished(*call, render(*call, *answer, *handed_in));
          } catch (...) {
            // The command took effect; only the answer is missing, and the key brings it.
            return finished(*call, failure_of(*call));
          }
        };
        reply(std::move(later));
      });
}

void answer_now(const Call& call, const net::Reply& reply, Made made) {
  reply(finished(call, std::move(made)));
}

// What was read goes into the order; a name that was changed is found by the new one, too.
void take_over(const Call& call, CommandInput input, run::Order& order) {
  for (const std::string& text : input.searchable) {
    for (const std::string& word : run::search_words(text)) {
      order.search_tokens.push_back(call.service.keyring.search_token("owner", word));
    }
  }
  std::sort(order.search_tokens.begin(), order.search_tokens.end());
  order.search_tokens.erase(std::unique(order.search_tokens.begin(), order.search_tokens.end()),
                            order.search_tokens.end());
  order.command = std::move(input.command);
  order.fragments = std::move(input.fragments);
}

// Who may file where: a key bound to an agency acts for that agency only.
bool within_scope(const Call& call, const core::SubmitDossier& submit) {
  const core::Code& scope = call.key->scope;
  return scope.empty() || submit.receiving_agency == scope || submit.competent_agency == scope;
}

}  // namespace

void submit_dossier(std::shared_ptr<Call> call, net::Reply reply) {
  run::Order order;
  if (auto wrong = read_request_key(*call, order)) return answer_now(*call, reply, *wrong);
  auto read = read_body(*call);
  if (auto* wrong = std::get_if<Problem>(&read)) return answer_now(*call, reply, *wrong);
  JsonBody& body = std::get<JsonBody>(read);
  auto root = body.root();
  if (!root) return answer_now(*call, reply, problem_of(body.faults()));
  const SubmissionTarget target = submission_target(*root);
  const auto definitions = call->service.engine.definitions();
  const core::Instant received = target.received_at.value_or(call->service.clock.now());
  const core::Procedure* procedure =
      definitions->procedure(target.procedure, core::local_date(received, core::kVietnamOffsetMinutes));
  CommandInput input = read_submission(*root, target, procedure);
  if (!body.faults().empty()) return answer_now(*call, reply, problem_of(body.faults()));
  if (!within_scope(*call, std::get<core::SubmitDossier>(input.command.body))) {
    return answer_now(*call, reply, problem("forbidden_scope"));
  }
  take_over(*call, std::move(input), order);
  hand_in(std::move(call), std::move(order), std::move(reply));
}

void command_dossier(std::shared_ptr<Call> call, net::Reply reply) {
  run::Order order;
  const std::string& word = call->parts[1];
  if (!knows_command(word)) return answer_now(*call, reply, problem("not_found"));
  if (auto wrong = read_request_key(*call, order)) return answer_now(*call, reply, *wrong);
  if (auto wrong = read_if_match(*call, order)) return answer_now(*call, reply, *wrong);
  order.dossier = dossier_name(call->parts[0]);
  if (!order.dossier) return answer_now(*call, reply, problem("not_found"));
  auto read = read_body(*call);
  if (auto* wrong = std::get_if<Problem>(&read)) return answer_now(*call, reply, *wrong);
  JsonBody& body = std::get<JsonBody>(read);
  auto root = body.root();
  if (!root) return answer_now(*call, reply, problem_of(body.faults()));
  // The facts of a change are read as the dossier's procedure defines them.
  const auto definitions = call->service.engine.definitions();
  const core::Procedure* procedure = nullptr;
  if (root->has("facts")) {
    auto reader = call->service.store.reader();
    const auto stored = reader->find(call->scope(), *order.dossier);
    if (!stored) return answer_now(*call, reply, problem("not_found"));
    procedure = definitions->procedure_version(stored->dossier.procedure, stored->dossier.procedure_version);
  }
  CommandInput input = read_command(word, *root, procedure);
  if (!body.faults().empty()) return answer_now(*call, reply, problem_of(body.faults()));
  take_over(*call, std::move(input), order);
  hand_in(std::move(call), std::move(order), std::move(reply));
}

}  // namespace motcua::api
