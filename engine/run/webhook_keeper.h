#pragma once

#include <string>
#include <variant>
#include <vector>

#include "engine/run/engine.h"
#include "engine/run/webhook_rules.h"

namespace motcua::run {

// What somebody asks of subscriptions.
struct WebhookOrder {
  enum class What { make, pause, resume, rotate, remove, redeliver, redeliver_dead };
  What what = What::make;
  store::Webhook draft{};     // make: address, filters, scope, maker, Ed25519
  int webhooks_max = 0;       // make: subscriptions that may exist at once
  core::Uuid webhook{};       // all others
  core::Uuid event{};         // redeliver
  core::Instant since{};      // redeliver_dead: died then or later
  core::ClockTime overlap{};  // rotate: how long the secret before goes on signing
  core::Code caller{};
  store::Scope scope{};             // of the caller
  std::optional<RequestKey> key{};  // absent: remove, which is the same whenever it is said again
};
struct WebhookDone {
  core::Uuid webhook;
  std::uint16_t status = 200;
  std::uint32_t redelivered = 0;
  std::string secret;  // where the order made one; a replay has none
  bool replayed = false;
};
struct WebhookAnswer {
  std::variant<WebhookDone, Rejected, Refused> what;
};

// What the courier did, to be written.
struct AttemptEnded {
  core::Uuid webhook;        // keys are given again when one is removed
  store::Delivery delivery;  // as it was sent
  Receipt receipt;
};
struct CourierNote {
  std::vector<store::Enqueue> enqueued;
  std::vector<AttemptEnded> ended;
  WebhookRules rules;
  std::optional<core::Instant> prune_before;
};
struct TurnedOff {
  core::Uuid webhook;
  store::WebhookState state = store::WebhookState::given_up;
};
struct NoteAnswer {
  std::variant<std::vector<TurnedOff>, Refused> what;
};

// Whether a caller may see the subscription: its own, one of the same scope, or any for who sees everything.
bool shows(const core::Code& caller, const store::Scope& scope, const store::Webhook& webhook);

// Keeps subscriptions and the ledger of their deliveries. On the writer's thread.
class WebhookKeeper {
 public:
  static constexpr int kRedeliveredMax = 1000;  // of one order
  WebhookKeeper(store::Store& store, Clock& clock, Random& random, const Keyring& keyring)
      : store_(store), clock_(clock), random_(random), keyring_(keyring) {}

  // Rejects: too_many_webhooks, webhook_active, webhook_not_active, delivery_pending. Throws
  // store::StoreError.
  WebhookAnswer keep(const WebhookOrder& order);
  using Writes = std::vector<store::WebhookWrite>;
  // What a note comes to, to be written before anything else of webhooks is.
  struct Settled {
    Writes writes;
    std::vector<TurnedOff> off;
  };
  // Throws store::StoreError.
  Settled settle(const CourierNote& note);
  // Settles and writes it, in one transaction. Throws store::StoreError.
  NoteAnswer note(const CourierNote& note);

 private:
  std::optional<WebhookAnswer> answered(const WebhookOrder& order);
  std::optional<Rejected> make(const WebhookOrder& order, Writes& writes, WebhookDone& done);
  std::optional<Rejected> change(const WebhookOrder& order, store::Webhook webhook, Writes& writes,
                                 WebhookDone& done);
  std::string rotate(store::Webhook& webhook, core::ClockTime overlap, core::Instant now);
  std::uint32_t dice();

  store::Store& store_;
  Clock& clock_;
  Random& random_;
  const Keyring& keyring_;
};

}  // namespace motcua::run
