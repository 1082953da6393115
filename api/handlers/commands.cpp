#include "api/handlers/dossier_reading.h"
#include "api/handlers/handlers.h"
#include "api/handlers/ordering.h"

namespace motcua::api {
namespace {

using Laid = std::optional<Problem>;

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

Made replay(const Call& call, const store::Outcome& outcome) {
  auto reader = call.service.store.reader();
  auto before = replayed(call, *reader, outcome);
  if (auto* wrong = std::get_if<Problem>(&before)) return std::move(*wrong);
  return dossier_response(call, *reader, outcome.status, std::get<core::Dossier>(before),
                          outcome.answered_at);
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
  if (const auto* rejected = std::get_if<run::Rejected>(&answer)) return problem_of(rejected->rejection);
  return problem_of(std::get<run::Refused>(answer));
}

// Hands the order in. The answer is written on the connection's thread: the writer has better things to do.
void hand_in(std::shared_ptr<Call> call, run::Order order, net::Reply reply) {
  auto handed_in = std::make_shared<HandedIn>();
  handed_in->submission = !order.dossier.has_value();
  if (handed_in->submission) {
    for (const run::Fragment& fragment : order.fragments) handed_in->typed.push_back({1, fragment});
  }
  order.caller = core::Code(call->caller->id);
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

// Reads the body, and hands in what it says.
void order_from_body(std::shared_ptr<Call> call, const CommandPlace& place, run::Order order,
                     net::Reply reply) {
  auto read = read_body(*call);
  if (auto* wrong = std::get_if<Problem>(&read)) return answer_now(*call, reply, *wrong);
  JsonBody& body = std::get<JsonBody>(read);
  auto root = body.root();
  if (!root) return answer_now(*call, reply, problem_of(body.faults()));
  // The facts of a change are read as the dossier's procedure defines them.
  const auto definitions = call->service.engine.definitions();
  const core::Procedure* procedure = nullptr;
  if (order.dossier && root->has("facts")) {
    const auto found = procedure_of(*call, *definitions, *order.dossier);
    if (!found) return answer_now(*call, reply, problem("not_found"));
    procedure = *found;
  }
  order.request_key = request_key(*call, call->request.header("idempotency-key"), place, *root);
  const Laid wrong = read_order(*call, place, *root, std::nullopt, procedure, order);
  if (!body.faults().empty()) return answer_now(*call, reply, problem_of(body.faults()));
  if (wrong) return answer_now(*call, reply, *wrong);
  hand_in(std::move(call), std::move(order), std::move(reply));
}

}  // namespace

void submit_dossier(std::shared_ptr<Call> call, net::Reply reply) {
  if (auto wrong = check_request_key(*call)) return answer_now(*call, reply, *wrong);
  order_from_body(std::move(call), {kSubmit, {}}, run::Order(), std::move(reply));
}

void command_dossier(std::shared_ptr<Call> call, net::Reply reply) {
  run::Order order;
  if (!knows_command(call->parts[1])) return answer_now(*call, reply, problem("not_found"));
  if (auto wrong = check_request_key(*call)) return answer_now(*call, reply, *wrong);
  if (auto wrong = read_if_match(*call, order)) return answer_now(*call, reply, *wrong);
  order.dossier = dossier_name(call->parts[0]);
  if (!order.dossier) return answer_now(*call, reply, problem("not_found"));
  const CommandPlace place{call->parts[1], call->parts[0]};
  order_from_body(std::move(call), place, std::move(order), std::move(reply));
}

}  // namespace motcua::api
