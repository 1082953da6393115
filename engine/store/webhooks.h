#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/reach.h"
#include "engine/core/time.h"
#include "engine/core/value.h"

namespace motcua::store {

struct Outcome;
enum class Verdict;

enum class WebhookState : std::uint8_t {
  active,
  paused,    // by its owner
  disabled,  // its receiver said that it is gone (410)
  given_up,  // too many deliveries in a row came to nothing
};

// Who is told of events, where, and how they are signed.
struct Webhook {
  std::int64_t key = 0;
  core::Uuid id;
  std::string url;
  std::vector<std::string> types;  // "dossier.accepted"; empty: any
  core::Code agency;               // takes part in the dossier; empty: any
  core::Reach scope;               // of the key that made it
  core::Code made_by;
  core::Instant created_at;
  bool ed25519 = false;
  WebhookState state = WebhookState::active;
  core::Instant state_at;
  std::int64_t position = 0;  // of the journal: up to here every event has its delivery
  std::string secret;         // sealed
  std::uint32_t generation = 1;
  std::string earlier_secret;  // sealed, of the generation before; empty: none
  core::Instant earlier_until;
  int dead_in_row = 0;
  bool failing = false;      // its last attempt came to nothing
  core::Instant not_before;  // its receiver asked to be left alone until then
  std::int64_t pending = 0;  // deliveries; kept by the store
};

enum class DeliveryState : std::uint8_t { pending, delivered, dead };

// What became of one attempt.
enum class AttemptOutcome : std::uint8_t {
  delivered,
  refused,          // a status that is no success
  redirected,       // 3xx: never followed
  gone,             // 410
  timed_out,        // no whole answer in time
  unreachable,      // no connection, or it broke
  address_refused,  // the name led into a network that is not allowed
  not_trusted,      // TLS: no valid certificate of that name
  withheld,         // nothing was sent: its maker does not see the dossier any more
};
inline constexpr int kAttemptOutcomes = 9;

// One event for one subscription.
struct Delivery {
  std::int64_t key = 0;
  std::int64_t webhook = 0;
  core::Uuid event;
  std::string type;  // "dossier.accepted"
  core::Instant time;
  core::Uuid dossier;
  core::Code code;  // of the dossier, as it was when the delivery was made; empty: none yet
  std::uint32_t version = 0;
  std::int64_t sequence = 0;  // per subscription and dossier, from 1; kept by the store
  core::Instant queued_at;
  DeliveryState state = DeliveryState::pending;
  int tries = 0;     // since it was last asked for
  int attempts = 0;  // in all
  core::Instant next_at;
  std::optional<AttemptOutcome> outcome;  // of the last attempt
  int status = 0;                         // HTTP, of the last attempt; 0: none
  std::optional<core::Instant> done_at;
};

struct Attempt {
  int number = 0;
  core::Instant at;
  AttemptOutcome outcome = AttemptOutcome::delivered;
  int status = 0;
  std::int64_t took_ms = 0;
};

// What is written; several of them are one transaction.
struct AddWebhook {
  Webhook webhook;
};
struct SetWebhook {  // state, secrets and what its receiver showed of itself; nothing else
  Webhook webhook;
};
// Hides it at once; its rows go in slices, by Prune.
struct RemoveWebhook {
  std::int64_t webhook = 0;
};
// The journal was read up to `to` for a subscription. Nothing happens when it stands elsewhere than `from`.
struct Enqueue {
  std::int64_t webhook = 0;
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::vector<Delivery> deliveries;  // in order; without key and sequence
};
// An attempt ended. A delivery that is over gives its turn to the next of its dossier, at `next_turn_at`.
struct Attempted {
  Delivery delivery;  // as it is now
  Attempt attempt;
  core::Instant next_turn_at;
};
// A delivery that is over is wanted again: it waits for its turn like any other.
struct Redeliver {
  std::int64_t webhook = 0;
  std::int64_t delivery = 0;
  core::Instant at;
};
// What ended before `before`, and what belongs to subscriptions that were removed; at most `limit` rows.
struct PruneDeliveries {
  core::Instant before;
  int limit = 0;
};
using WebhookWrite =
    std::variant<AddWebhook, SetWebhook, RemoveWebhook, Enqueue, Attempted, Redeliver, PruneDeliveries>;

struct DeliveryQuery {
  std::int64_t webhook = 0;
  std::optional<DeliveryState> state;
  std::int64_t before_key = std::numeric_limits<std::int64_t>::max();  // newest first
  int limit = 50;
};

struct WebhookCounts {
  std::array<std::int64_t, 4> webhooks{};  // by state
  std::int64_t pending = 0;
  std::optional<core::Instant> oldest_pending;  // queued_at
};

// Subscriptions and their deliveries. Reads by any thread, each sees every write that has returned; writes by
// the thread of the engine's writer. All throw StoreError.
class Webhooks {
 public:
  virtual ~Webhooks() = default;
  virtual std::vector<Webhook> all() = 0;  // in the order in which they were made
  virtual std::optional<Webhook> find(const core::Uuid& id) = 0;
  virtual std::vector<Delivery> deliveries(const DeliveryQuery& query) = 0;
  virtual std::optional<Delivery> delivery(std::int64_t webhook, const core::Uuid& event) = 0;
  virtual std::vector<Attempt> attempts(std::int64_t delivery, int limit) = 0;  // the newest first
  // Deliveries whose turn it is and whose time has come, the longest due first.
  virtual std::vector<Delivery> due(std::int64_t webhook, core::Instant now, int limit) = 0;
  // When, after `now`, one of any active subscription falls due.
  virtual std::optional<core::Instant> next_due(core::Instant now) = 0;
  // Ended at or after `since`, dead, with a key above `after`; in order.
  virtual std::vector<Delivery> dead(std::int64_t webhook, core::Instant since, std::int64_t after,
                                     int limit) = 0;
  virtual bool to_prune(core::Instant before) = 0;
  virtual WebhookCounts counts() = 0;

  // One transaction, with the outcome kept under its key. key_taken: nothing was written.
  virtual Verdict write(std::span<const WebhookWrite> writes, const Outcome* outcome) = 0;
};

}  // namespace motcua::store

namespace motcua::core {

template <>
struct EnumWords<store::WebhookState> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"active", "paused", "disabled", "given_up"};
};
template <>
struct EnumWords<store::DeliveryState> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"pending", "delivered", "dead"};
};
template <>
struct EnumWords<store::AttemptOutcome> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"delivered", "refused",     "redirected",      "gone",
                                               "timed_out", "unreachable", "address_refused", "not_trusted",
                                               "withheld"};
};

}  // namespace motcua::core
