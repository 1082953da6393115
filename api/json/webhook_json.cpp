#include "api/json/webhook_json.h"

#include "api/handlers/event_types.h"
#include "api/json/dossier_json.h"
#include "engine/run/webhook_secret.h"

namespace motcua::api {
namespace {

std::string outside_type(const std::string& type) { return "vn.motcua." + type + ".v1"; }

void member_status(JsonWriter& json, int status) {
  status == 0 ? json.member_null("status") : json.member("status", status);
}

// Its public half stays; nothing when the secret was not asked to sign so.
std::optional<std::string> public_key_of(const run::Keyring& keyring, const store::Webhook& webhook) {
  if (!webhook.ed25519) return std::nullopt;
  const auto secrets = run::open_secrets(keyring, webhook.id, webhook.generation, webhook.secret);
  if (secrets.empty()) return std::nullopt;
  return run::public_key(secrets.front());
}

}  // namespace

std::string delivery_body(const store::Delivery& delivery) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.member("specversion", "1.0");
  json.member("id", delivery.event);
  json.member("source", kEventSource);
  json.member("type", outside_type(delivery.type));
  json.member("subject", delivery.dossier);
  json.member_instant("time", delivery.time);
  json.member("datacontenttype", "application/json");
  json.key("data");
  json.begin_object();
  json.member("dossier", delivery.dossier);
  json.member_code("code", delivery.code);
  json.member("version", delivery.version);
  json.member("sequence", delivery.sequence);
  json.end_object();
  json.end_object();
  return body;
}

void write_webhook(JsonWriter& json, const run::Keyring& keyring, const store::Webhook& webhook,
                   const std::string& secret) {
  json.begin_object();
  json.member("id", webhook.id);
  json.member("url", webhook.url);
  json.key("types");
  json.begin_array();
  for (const std::string& type : webhook.types) json.value(event_type_name(type));
  json.end_array();
  json.member_code("agency", webhook.agency);
  const auto agency = webhook.scope.only_agency();
  if (webhook.scope.is_everything()) {
    json.member_null("scope");
  } else if (agency && webhook.scope.covers(*agency)) {
    json.member("scope", *agency);
  } else {
    json.member("scope", webhook.scope.text());
  }
  json.member("state", webhook.state);
  json.member_instant("state_at", webhook.state_at);
  json.member_instant("created_at", webhook.created_at);
  json.member("created_by", webhook.made_by);
  json.member("ed25519", webhook.ed25519);
  json.member("public_key", public_key_of(keyring, webhook));
  secret.empty() ? json.member_null("secret") : json.member("secret", secret);
  const bool rotated = !webhook.earlier_secret.empty();
  json.member_instant("earlier_secret_until", rotated ? std::optional(webhook.earlier_until) : std::nullopt);
  json.member("pending", webhook.pending);
  json.member("dead_in_row", webhook.dead_in_row);
  json.member_instant(
      "not_before", webhook.not_before == core::Instant{} ? std::nullopt : std::optional(webhook.not_before));
  json.end_object();
}

void begin_delivery(JsonWriter& json, const store::Delivery& delivery) {
  json.begin_object();
  json.member("event", delivery.event);
  json.member("type", outside_type(delivery.type));
  json.member("dossier", delivery.dossier);
  json.member("sequence", delivery.sequence);
  json.member("state", delivery.state);
  json.member_instant("queued_at", delivery.queued_at);
  json.member("attempts", delivery.attempts);
  const bool pending = delivery.state == store::DeliveryState::pending;
  json.member_instant("next_attempt_at", pending ? std::optional(delivery.next_at) : std::nullopt);
  json.member("outcome", delivery.outcome);
  member_status(json, delivery.status);
  json.member_instant("done_at", delivery.done_at);
}

void write_attempts(JsonWriter& json, std::span<const store::Attempt> attempts) {
  json.begin_array();
  for (const store::Attempt& attempt : attempts) {
    json.begin_object();
    json.member("number", attempt.number);
    json.member_instant("at", attempt.at);
    json.member("outcome", attempt.outcome);
    member_status(json, attempt.status);
    json.member("milliseconds", attempt.took_ms);
    json.end_object();
  }
  json.end_array();
}

}  // namespace motcua::api
