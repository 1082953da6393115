#include "engine/run/webhook_keeper.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "engine/core/rejecting.h"
#include "engine/run/webhook_secret.h"

namespace motcua::run {
namespace {

constexpr int kPrunedInOne = 256;
constexpr std::size_t kEarlierSecretsMax = 4;  // the newest of them

Rejected conflicting(std::string_view code, std::string_view wanted, std::string_view found) {
  return {core::conflict(code, core::expected(wanted, found))};
}

}  // namespace

bool shows(const core::Code& caller, const store::Scope& scope, const store::Webhook& webhook) {
  return caller == webhook.made_by || scope.is_everything() || scope == webhook.scope;
}

std::uint32_t WebhookKeeper::dice() {
  std::array<std::uint8_t, 4> bytes{};
  random_.bytes(bytes);
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data(), bytes.size());
  return number;
}

std::optional<WebhookAnswer> WebhookKeeper::answered(const WebhookOrder& order) {
  if (!order.key) return std::nullopt;
  store::Wanted want;
  want.idempotency_key = order.key->key;
  const auto outcome = store_.load(std::span(&want, 1)).front().outcome;
  if (!outcome) return std::nullopt;
  if (outcome->fingerprint != order.key->fingerprint)
    return WebhookAnswer{Refused{Refused::Why::key_reused, 0}};
  return WebhookAnswer{WebhookDone{outcome->dossier, outcome->status, outcome->version, {}, true}};
}

WebhookAnswer WebhookKeeper::keep(const WebhookOrder& order) {
  if (auto before = answered(order)) return *before;
  Writes writes;
  WebhookDone done;
  std::optional<Rejected> rejected;
  if (order.what == WebhookOrder::What::make) {
    rejected = make(order, writes, done);
  } else {
    auto webhook = store_.webhooks().find(order.webhook);
    if (!webhook || !shows(order.caller, order.scope, *webhook)) return {Refused{Refused::Why::not_found, 0}};
    done.webhook = webhook->id;
    if (order.what == WebhookOrder::What::redeliver &&
        !store_.webhooks().delivery(webhook->key, order.event)) {
      return {Refused{Refused::Why::not_found, 0}};
    }
    rejected = change(order, std::move(*webhook), writes, done);
  }
  if (rejected) return {std::move(*rejected)};
  store::Outcome outcome;
  if (order.key) {
    outcome.key = order.key->key;
    outcome.fingerprint = order.key->fingerprint;
    outcome.answered_at = clock_.now();
    outcome.status = done.status;
    outcome.dossier = done.webhook;
    outcome.version = done.redelivered;
  }
  if (store_.webhooks().write(writes, order.key ? &outcome : nullptr) != store::Verdict::committed) {
    const auto before = answered(order);
    return before ? *before : WebhookAnswer{Refused{Refused::Why::busy, 0}};
  }
  return {std::move(done)};
}

std::optional<Rejected> WebhookKeeper::make(const WebhookOrder& order, Writes& writes, WebhookDone& done) {
  if (store_.webhooks().all().size() >= static_cast<std::size_t>(order.webhooks_max)) {
    return conflicting("too_many_webhooks", "fewer subscriptions", "there are as many as the settings allow");
  }
  store::Webhook made = order.draft;
  const core::Instant now = clock_.now();
  made.id = random_.uuid_v7(now);
  made.created_at = made.state_at = now;
  made.position = store_.reader()->journal_end();
  const WebhookSecret secret = make_webhook_secret();
  made.secret = seal_secrets(keyring_, made.id, made.generation, {&secret, 1});
  done = {made.id, 201, 0, shown_secret(secret), false};
  writes.push_back(store::AddWebhook{std::move(made)});
  return std::nullopt;
}

std::string WebhookKeeper::rotate(store::Webhook& webhook, core::ClockTime overlap, core::Instant now) {
  const WebhookSecret secret = make_webhook_secret();
  const std::uint32_t before = webhook.generation++;
  core::Instant until = now + overlap;
  std::vector<WebhookSecret> earlier;
  if (overlap.ms > 0) {
    earlier = open_secrets(keyring_, webhook.id, before, webhook.secret);
    // Who never saw the answer to a rotation rotates again: the receiver has the secret before that one.
    if (!webhook.earlier_secret.empty() && now < webhook.earlier_until) {
      const auto still = open_secrets(keyring_, webhook.id, before - 1, webhook.earlier_secret);
      earlier.insert(earlier.end(), still.begin(), still.end());
      until = std::max(until, webhook.earlier_until);
    }
    if (earlier.size() > kEarlierSecretsMax) earlier.resize(kEarlierSecretsMax);
  }
  webhook.earlier_secret =
      earlier.empty() ? std::string() : seal_secrets(keyring_, webhook.id, before, earlier);
  webhook.earlier_until = until;
  webhook.secret = seal_secrets(keyring_, webhook.id, webhook.generation, {&secret, 1});
  return shown_secret(secret);
}

std::optional<Rejected> WebhookKeeper::change(const WebhookOrder& order, store::Webhook webhook,
                                              Writes& writes, WebhookDone& done) {
  const core::Instant now = clock_.now();
  const bool active = webhook.state == store::WebhookState::active;
  const std::int64_t key = webhook.key;
  const auto put = [&](store::WebhookState state) {
    webhook.state = state;
    webhook.state_at = now;
    webhook.dead_in_row = 0;
    webhook.not_before = {};
    writes.push_back(store::SetWebhook{std::move(webhook)});
  };
  switch (order.what) {
    case WebhookOrder::What::make:
      break;
    case WebhookOrder::What::pause:
      if (!active) return conflicting("webhook_not_active", "an active subscription", "it is none");
      put(store::WebhookState::paused);
      break;
    case WebhookOrder::What::resume:
      if (active) return conflicting("webhook_active", "a subscription that rests", "it is active");
      put(store::WebhookState::active);
      break;
    case WebhookOrder::What::rotate:
      done.secret = rotate(webhook, order.overlap, now);
      writes.push_back(store::SetWebhook{std::move(webhook)});
      break;
    case WebhookOrder::What::remove:
      done.status = 204;
      writes.push_back(store::RemoveWebhook{key});
      break;
    case WebhookOrder::What::redeliver: {
      const auto delivery = store_.webhooks().delivery(key, order.event);
      if (delivery->state == store::DeliveryState::pending)
        return conflicting("delivery_pending", "a delivery that is over", "it waits to be made");
      writes.push_back(store::Redeliver{key, delivery->key, now});
      done.redelivered = 1;
      break;
    }
    case WebhookOrder::What::redeliver_dead:
      for (const store::Delivery& dead : store_.webhooks().dead(key, order.since, 0, kRedeliveredMax)) {
        writes.push_back(store::Redeliver{key, dead.key, now});
        ++done.redelivered;
      }
      break;
  }
  return std::nullopt;
}

WebhookKeeper::Settled WebhookKeeper::settle(const CourierNote& note) {
  const core::Instant now = clock_.now();
  Writes writes;
  for (const store::Enqueue& one : note.enqueued) writes.push_back(one);
  std::map<std::int64_t, store::Webhook> known;
  std::map<std::int64_t, store::WebhookState> state_before;
  if (!note.ended.empty()) {
    for (store::Webhook& webhook : store_.webhooks().all()) {
      state_before[webhook.key] = webhook.state;
      known.emplace(webhook.key, std::move(webhook));
    }
  }
  std::map<std::int64_t, const store::Webhook*> touched;
  for (const AttemptEnded& one : note.ended) {
    const auto found = known.find(one.delivery.webhook);
    if (found == known.end() || found->second.id != one.webhook) continue;  // removed meanwhile
    store::Webhook& webhook = found->second;
    const auto seen = [&webhook] {
      return std::tuple(webhook.state, webhook.failing, webhook.dead_in_row, webhook.not_before);
    };
    const auto before = seen();
    store::Delivery delivery = one.delivery;
    settle_attempt(note.rules, one.receipt, now, dice(), delivery, webhook);
    if (seen() != before) touched[webhook.key] = &webhook;
    const store::Attempt attempt{delivery.attempts, now, one.receipt.outcome, one.receipt.status,
                                 one.receipt.took.ms};
    writes.push_back(store::Attempted{std::move(delivery), attempt, now});
  }
  std::vector<TurnedOff> off;
  for (const auto& [key, webhook] : touched) {
    writes.push_back(store::SetWebhook{*webhook});
    if (webhook->state != state_before[key]) off.push_back({webhook->id, webhook->state});
  }
  if (note.prune_before) writes.push_back(store::PruneDeliveries{*note.prune_before, kPrunedInOne});
  return {std::move(writes), std::move(off)};
}

NoteAnswer WebhookKeeper::note(const CourierNote& note) {
  Settled settled = settle(note);
  if (!settled.writes.empty()) store_.webhooks().write(settled.writes, nullptr);
  return {std::move(settled.off)};
}

}  // namespace motcua::run
