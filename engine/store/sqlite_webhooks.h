#pragma once

#include <functional>
#include <span>
#include <vector>

#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_snapshot.h"
#include "engine/store/sqlite_store.h"
#include "engine/store/webhooks.h"

namespace motcua::store::sqlite {

// What changes in the tables of webhooks. On the writer's connection, inside its transaction.
class WebhookWriter {
 public:
  explicit WebhookWriter(Connection& connection);
  void apply(std::span<const WebhookWrite> writes);

 private:
  void apply(const AddWebhook& write);
  void apply(const SetWebhook& write);
  void apply(const RemoveWebhook& write);
  void apply(const Enqueue& write);
  void apply(const Attempted& write);
  void apply(const Redeliver& write);
  void apply(const PruneDeliveries& write);
  // Whether a delivery of this dossier waits already.
  bool lane_is_busy(std::int64_t webhook, const core::Uuid& dossier);
  void hand_turn_on(const Delivery& over, core::Instant at);
  void drop(const std::vector<std::int64_t>& deliveries);

  Statement add_, set_, remove_, moved_, count_pending_;
  Statement next_number_, first_waiting_, enqueue_, give_turn_;
  Statement attempted_, add_attempt_;
  Statement lane_of_, redeliver_;
  Statement old_, of_removed_, drop_attempts_, drop_delivery_, drop_lanes_, drop_webhooks_;
};

// Webhooks on a connection of its own for the reads, as they come from several threads and are few.
class SqliteWebhooks : public Webhooks {
 public:
  using Write = std::function<Verdict(std::span<const WebhookWrite>, const Outcome*)>;
  SqliteWebhooks(const SqliteOptions& options, std::shared_ptr<LogSync> log, Write write);
  std::vector<Webhook> all() override;
  std::optional<Webhook> find(const core::Uuid& id) override;
  std::vector<Delivery> deliveries(const DeliveryQuery& query) override;
  std::optional<Delivery> delivery(std::int64_t webhook, const core::Uuid& event) override;
  std::vector<Attempt> attempts(std::int64_t delivery, int limit) override;
  std::vector<Delivery> due(std::int64_t webhook, core::Instant now, int limit) override;
  std::optional<core::Instant> next_due(core::Instant now) override;
  std::vector<Delivery> dead(std::int64_t webhook, core::Instant since, std::int64_t after,
                             int limit) override;
  bool to_prune(core::Instant before) override;
  WebhookCounts counts() override;
  Verdict write(std::span<const WebhookWrite> writes, const Outcome* outcome) override {
    return write_(writes, outcome);
  }

 private:
  const Write write_;
  SharedReads reads_;
  Statement all_, find_, page_, page_of_state_, delivery_, attempts_, due_, next_due_, dead_, old_, removed_;
  Statement counts_, oldest_;
};

}  // namespace motcua::store::sqlite
