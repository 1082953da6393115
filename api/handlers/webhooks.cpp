#include <algorithm>

#include "api/cursor.h"
#include "api/handlers/event_types.h"
#include "api/handlers/handlers.h"
#include "api/handlers/ordering.h"
#include "api/json/webhook_json.h"

namespace motcua::api {
namespace {

using What = run::WebhookOrder::What;

constexpr std::size_t kUrlMax = 2000;
constexpr int kAttemptsShown = 100;
constexpr std::int64_t kOverlapSeconds = 86'400;
constexpr std::int64_t kOverlapMax = 30 * 86'400;

std::optional<store::Webhook> find_webhook(const Call& call, const std::string& id) {
  const auto parsed = core::parse_uuid(id);
  auto webhook = parsed ? call.service.store.webhooks().find(*parsed) : std::nullopt;
  if (webhook && !run::shows(core::Code(call.caller->id), call.scope(), *webhook)) webhook.reset();
  return webhook;
}

std::optional<store::Delivery> find_delivery(const Call& call, const store::Webhook& webhook,
                                             const std::string& event) {
  const auto parsed = core::parse_uuid(event);
  if (!parsed) return std::nullopt;
  return call.service.store.webhooks().delivery(webhook.key, *parsed);
}

net::Response webhook_response(const Call& call, int status, const store::Webhook& webhook,
                               const std::string& secret) {
  std::string body;
  JsonWriter json(body);
  write_webhook(json, call.service.keyring, webhook, secret);
  return json_response(status, std::move(body));
}

net::Response delivery_response(const Call& call, const store::Delivery& delivery) {
  const auto attempts = call.service.store.webhooks().attempts(delivery.key, kAttemptsShown);
  std::string body;
  JsonWriter json(body);
  begin_delivery(json, delivery);
  json.key("ledger");
  write_attempts(json, attempts);
  json.end_object();
  return json_response(200, std::move(body));
}

// What an order that was done answers.
Made answer_of(const Call& call, What what, const run::WebhookDone& done) {
  if (what == What::redeliver_dead) {
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.member("redelivered", done.redelivered);
    json.member("more", done.redelivered == run::WebhookKeeper::kRedeliveredMax);
    json.end_object();
    return json_response(200, std::move(body));
  }
  const auto webhook = find_webhook(call, core::to_string(done.webhook));
  if (!webhook) return problem("not_found");
  if (what == What::redeliver) {
    const auto delivery = find_delivery(call, *webhook, call.parts[1]);
    if (!delivery) return problem("not_found");
    return delivery_response(call, *delivery);
  }
  net::Response response = webhook_response(call, done.status, *webhook, done.secret);
  if (what == What::make) {
    response.headers.emplace_back("Location", "/v1/webhooks/" + core::to_string(webhook->id));
  }
  return response;
}

Made render(const Call& call, What what, const run::WebhookAnswer& answer) {
  if (const auto* rejected = std::get_if<run::Rejected>(&answer.what)) return problem_of(rejected->rejection);
  if (const auto* refused = std::get_if<run::Refused>(&answer.what)) return problem_of(*refused);
  const auto& done = std::get<run::WebhookDone>(answer.what);
  Made made = answer_of(call, what, done);
  if (auto* response = std::get_if<net::Response>(&made); response != nullptr && done.replayed)
    response->headers.emplace_back("Idempotency-Replayed", "true");
  return made;
}

void give_order(std::shared_ptr<Call> call, net::Reply reply, run::WebhookOrder order,
                std::function<Made(const Call&, const run::WebhookAnswer&)> made) {
  order.scope = call->scope();
  order.caller = core::Code(call->caller->id);
  run::Engine& engine = call->service.engine;
  engine.keep_webhook(std::move(order), [call, reply, made](run::WebhookAnswer answer) {
    call->service.courier.wake();
    net::Response later;
    later.made_later = [call, made, answer = std::make_shared<run::WebhookAnswer>(std::move(answer))] {
      try {
        return finished(*call, made(*call, *answer));
      } catch (...) {
        return finished(*call, failure_of(*call));
      }
    };
    reply(std::move(later));
  });
}

void give_order(std::shared_ptr<Call> call, net::Reply reply, run::WebhookOrder order) {
  const What what = order.what;
  give_order(std::move(call), std::move(reply), std::move(order),
             [what](const Call& of, const run::WebhookAnswer& answer) { return render(of, what, answer); });
}

void read_url(const Call& call, JsonObject& body, store::Webhook& draft) {
  draft.url = body.text("url", Presence::required, kUrlMax).value_or("");
  if (draft.url.empty()) return;
  const auto fault = net::check_url(draft.url, call.service.outgoing);
  if (!fault) return;
  switch (*fault) {
    case net::UrlFault::malformed:
      return body.fault("url", "bad_webhook_url",
                        "Expected an absolute URL without user and fragment, but it is none");
    case net::UrlFault::not_https:
      return body.fault("url", "webhook_not_https", "Expected an https address, but it has another scheme");
    case net::UrlFault::address_refused:
      return body.fault("url", "webhook_address_refused",
                        "Expected an address outside internal networks, but it lies in one");
  }
}

void read_webhook_types(JsonObject& body, store::Webhook& draft) {
  const auto& known = event_type_names();
  auto list = body.array("types", Presence::optional, known.size());
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    const auto name = list->text(i, 100);
    if (!name) continue;
    if (std::find(known.begin(), known.end(), *name) == known.end()) {
      body.fault("types", "unknown_word", "Expected types of events such as accepted, but one is none");
      return;
    }
    draft.types.push_back(event_type_named(*name));
  }
  std::sort(draft.types.begin(), draft.types.end());
  draft.types.erase(std::unique(draft.types.begin(), draft.types.end()), draft.types.end());
}

void read_agency(const Call& call, JsonObject& body, store::Webhook& draft) {
  draft.agency = body.code("agency", Presence::optional).value_or(core::Code());
  if (draft.agency.empty() || call.service.engine.definitions()->agency(draft.agency) != nullptr) return;
  body.fault("agency", "unknown_agency", "Expected the code of an agency, but there is none of this code");
}

// Reads what is asked of one subscription, and orders it; `read` takes the members of the body.
void order_change(std::shared_ptr<Call> call, net::Reply reply, std::string_view word, What what,
                  const std::function<void(JsonObject&, run::WebhookOrder&)>& read) {
  const auto refuse = [&](Problem wrong) { reply(finished(*call, std::move(wrong))); };
  std::optional<JsonObject> root;
  run::WebhookOrder order;
  order.what = what;
  order.key.emplace();
  std::string place;
  for (const std::string& part : call->parts) place += place.empty() ? part : ' ' + part;
  auto body = read_keyed(*call, {word, place}, root, *order.key);
  if (auto* wrong = std::get_if<Problem>(&body)) return refuse(std::move(*wrong));
  const auto id = core::parse_uuid(call->parts[0]);
  if (!id) return refuse(problem("not_found"));
  order.webhook = *id;
  read(*root, order);
  root->refuse_unknown();
  const auto& faults = std::get<JsonBody>(body).faults();
  if (!faults.empty()) return refuse(problem_of(faults));
  give_order(std::move(call), std::move(reply), std::move(order));
}

void read_nothing(JsonObject&, run::WebhookOrder&) {}

}  // namespace

void make_webhook(std::shared_ptr<Call> call, net::Reply reply) {
  const auto refuse = [&](Problem wrong) { reply(finished(*call, std::move(wrong))); };
  std::optional<JsonObject> root;
  run::WebhookOrder order;
  order.key.emplace();
  auto body = read_keyed(*call, {"make-webhook", {}}, root, *order.key);
  if (auto* wrong = std::get_if<Problem>(&body)) return refuse(std::move(*wrong));
  read_url(*call, *root, order.draft);
  read_webhook_types(*root, order.draft);
  read_agency(*call, *root, order.draft);
  order.draft.ed25519 = root->boolean("ed25519", Presence::optional).value_or(false);
  root->refuse_unknown();
  const auto& faults = std::get<JsonBody>(body).faults();
  if (!faults.empty()) return refuse(problem_of(faults));
  order.draft.scope = call->scope();
  order.draft.made_by = core::Code(call->caller->id);
  order.webhooks_max = call->service.config.webhooks.subscriptions;
  give_order(std::move(call), std::move(reply), std::move(order));
}

void pause_webhook(std::shared_ptr<Call> call, net::Reply reply) {
  order_change(std::move(call), std::move(reply), "pause-webhook", What::pause, read_nothing);
}
void resume_webhook(std::shared_ptr<Call> call, net::Reply reply) {
  order_change(std::move(call), std::move(reply), "resume-webhook", What::resume, read_nothing);
}
void rotate_webhook_secret(std::shared_ptr<Call> call, net::Reply reply) {
  order_change(std::move(call), std::move(reply), "rotate-webhook-secret", What::rotate,
               [](JsonObject& body, run::WebhookOrder& order) {
                 const auto given = body.integer("overlap_seconds", Presence::optional, 0, kOverlapMax);
                 order.overlap = {given.value_or(kOverlapSeconds) * 1000};
               });
}
void redeliver_one(std::shared_ptr<Call> call, net::Reply reply) {
  const auto event = core::parse_uuid(call->parts[1]);
  order_change(std::move(call), std::move(reply), "redeliver", What::redeliver,
               [&](JsonObject&, run::WebhookOrder& order) { order.event = event.value_or(core::Uuid{}); });
}
void redeliver_dead(std::shared_ptr<Call> call, net::Reply reply) {
  order_change(std::move(call), std::move(reply), "redeliver-dead", What::redeliver_dead,
               [](JsonObject& body, run::WebhookOrder& order) {
                 order.since = body.instant("since", Presence::required).value_or(core::Instant{});
               });
}

void remove_webhook(std::shared_ptr<Call> call, net::Reply reply) {
  const auto webhook = find_webhook(*call, call->parts[0]);
  if (!webhook) return reply(finished(*call, problem("not_found")));
  run::WebhookOrder order;
  order.what = What::remove;
  order.webhook = webhook->id;
  give_order(std::move(call), std::move(reply), std::move(order),
             [webhook](const Call& of, const run::WebhookAnswer& answer) -> Made {
               if (const auto* refused = std::get_if<run::Refused>(&answer.what)) return problem_of(*refused);
               return webhook_response(of, 200, *webhook, {});
             });
}

Made get_webhook(const Call& call) {
  Parameters parameters(call.request.query);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  const auto webhook = find_webhook(call, call.parts[0]);
  if (!webhook) return problem("not_found");
  return webhook_response(call, 200, *webhook, {});
}

Made get_delivery(const Call& call) {
  Parameters parameters(call.request.query);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  const auto webhook = find_webhook(call, call.parts[0]);
  const auto delivery = webhook ? find_delivery(call, *webhook, call.parts[1]) : std::nullopt;
  if (!delivery) return problem("not_found");
  return delivery_response(call, *delivery);
}

Made list_webhooks(const Call& call) {
  Parameters parameters(call.request.query);
  const auto limit = static_cast<std::size_t>(parameters.integer("limit", 1, 200).value_or(50));
  const auto cursor = parameters.text("cursor");
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  const std::string binding = "webhooks " + call.scope().text();
  std::int64_t after = 0;
  if (cursor) {
    const auto mark = read_cursor(call.service.keyring, binding, *cursor);
    if (!mark) return problem("bad_cursor");
    after = mark->key;
  }
  auto webhooks = call.service.store.webhooks().all();
  std::erase_if(webhooks, [&](const store::Webhook& one) {
    return one.key <= after || !run::shows(core::Code(call.caller->id), call.scope(), one);
  });
  const std::size_t shown = std::min(webhooks.size(), limit);
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("items");
  json.begin_array();
  for (std::size_t i = 0; i < shown; ++i) write_webhook(json, call.service.keyring, webhooks[i], {});
  json.end_array();
  if (webhooks.size() > shown) {
    json.member("next_cursor", write_cursor(call.service.keyring, binding, {0, webhooks[shown - 1].key, 0}));
  } else {
    json.member_null("next_cursor");
  }
  json.end_object();
  return json_response(200, std::move(body));
}

Made list_deliveries(const Call& call) {
  Parameters parameters(call.request.query);
  store::DeliveryQuery query;
  query.state = parameters.word<store::DeliveryState>("state");
  const auto limit = static_cast<std::size_t>(parameters.integer("limit", 1, 200).value_or(50));
  const auto cursor = parameters.text("cursor");
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  const auto webhook = find_webhook(call, call.parts[0]);
  if (!webhook) return problem("not_found");
  query.webhook = webhook->key;
  query.limit = static_cast<int>(limit) + 1;
  const std::string binding = "deliveries " + core::to_string(webhook->id) + ' ' +
                              (query.state ? std::string(core::word_of(*query.state)) : "");
  if (cursor) {
    const auto mark = read_cursor(call.service.keyring, binding, *cursor);
    if (!mark) return problem("bad_cursor");
    query.before_key = mark->key;
  }
  const auto deliveries = call.service.store.webhooks().deliveries(query);
  const std::size_t shown = std::min(deliveries.size(), limit);
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("items");
  json.begin_array();
  for (std::size_t i = 0; i < shown; ++i) {
    begin_delivery(json, deliveries[i]);
    json.end_object();
  }
  json.end_array();
  if (deliveries.size() > shown) {
    json.member("next_cursor",
                write_cursor(call.service.keyring, binding, {0, deliveries[shown - 1].key, 0}));
  } else {
    json.member_null("next_cursor");
  }
  json.end_object();
  return json_response(200, std::move(body));
}

}  // namespace motcua::api
