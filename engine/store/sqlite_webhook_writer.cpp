#include "engine/store/sqlite_webhooks.h"

namespace motcua::store::sqlite {
namespace {

constexpr std::int64_t kNone = -1;  // bound where a column may be null

std::string joined_by_commas(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text.append(text.empty() ? "" : ",").append(part);
  return text;
}

}  // namespace

WebhookWriter::WebhookWriter(Connection& connection)
    : add_(
          connection,
          "INSERT INTO webhook(id, url, types, agency, scope, made_by, created_at, ed25519, state, state_at, "
          "position, secret, generation, earlier_secret, earlier_until, dead_in_row, failing, not_before, "
          "pending) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, x'', 0, 0, 0, 0, 0)"),
      set_(connection,
           "UPDATE webhook SET state = ?2, state_at = ?3, secret = ?4, generation = ?5, earlier_secret = ?6, "
           "earlier_until = ?7, dead_in_row = ?8, failing = ?9, not_before = ?10 WHERE key = ?1"),
      remove_(connection,
              "UPDATE webhook SET removed = 1, secret = x'', earlier_secret = x'' WHERE key = ?1"),
      moved_(connection,
             "UPDATE webhook SET position = ?3, pending = pending + ?4 WHERE key = ?1 AND position = ?2 AND "
             "removed = 0"),
      count_pending_(connection, "UPDATE webhook SET pending = pending + ?2 WHERE key = ?1"),
      next_number_(connection,
                   "INSERT INTO webhook_lane VALUES(?1, ?2, 1) ON CONFLICT DO UPDATE SET sequence = sequence "
                   "+ 1 RETURNING sequence"),
      first_waiting_(connection,
                     "SELECT key FROM webhook_delivery WHERE webhook = ?1 AND dossier = ?2 AND state = 0 "
                     "ORDER BY key LIMIT 1"),
      enqueue_(connection,
               "INSERT INTO webhook_delivery(webhook, event, type, time, dossier, code, version, sequence, "
               "queued_at, state, turn, tries, attempts, next_at, status) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, "
               "?8, ?9, 0, ?10, 0, 0, ?9, 0)"),
      give_turn_(connection, "UPDATE webhook_delivery SET turn = 1, next_at = ?2 WHERE key = ?1"),
      attempted_(
          connection,
          "UPDATE webhook_delivery SET state = ?2, turn = (?2 = 0), tries = ?3, attempts = ?4, "
          "next_at = ?5, outcome = nullif(?6, -1), status = ?7, done_at = nullif(?8, -1) WHERE key = ?1 "
          "AND state = 0"),
      add_attempt_(
          connection,
          "INSERT INTO webhook_attempt(delivery, number, at, outcome, status, took_ms) VALUES(?1, ?2, "
          "?3, ?4, ?5, ?6)"),
      lane_of_(connection,
               "SELECT dossier FROM webhook_delivery WHERE key = ?1 AND webhook = ?2 AND state <> 0"),
      redeliver_(connection,
                 "UPDATE webhook_delivery SET state = 0, turn = ?2, tries = 0, next_at = ?3, done_at = NULL "
                 "WHERE key = ?1"),
      old_(connection, "SELECT key FROM webhook_delivery WHERE done_at < ?1 ORDER BY done_at LIMIT ?2"),
      of_removed_(
          connection,
          "SELECT d.key FROM webhook w JOIN webhook_delivery d ON d.webhook = w.key WHERE w.removed = 1 "
          "LIMIT ?1"),
      drop_attempts_(connection, "DELETE FROM webhook_attempt WHERE delivery = ?1"),
      drop_delivery_(connection, "DELETE FROM webhook_delivery WHERE key = ?1"),
      drop_lanes_(connection,
                  "DELETE FROM webhook_lane WHERE (webhook, dossier) IN (SELECT l.webhook, l.dossier FROM "
                  "webhook w JOIN webhook_lane l ON l.webhook = w.key WHERE w.removed = 1 LIMIT ?1)"),
      drop_webhooks_(connection,
                     "DELETE FROM webhook WHERE removed = 1 AND NOT EXISTS (SELECT 1 FROM webhook_delivery d "
                     "WHERE d.webhook = webhook.key) AND NOT EXISTS (SELECT 1 FROM webhook_lane l WHERE "
                     "l.webhook = webhook.key)") {}

void WebhookWriter::apply(std::span<const WebhookWrite> writes) {
  for (const WebhookWrite& write : writes) {
    std::visit([this](const auto& one) { apply(one); }, write);
  }
}

void WebhookWriter::apply(const AddWebhook& write) {
  const Webhook& w = write.webhook;
  const std::string types = joined_by_commas(w.types);
  add_.run(blob(w.id), w.url, types, w.agency.text, w.scope.text(), w.made_by.text, w.created_at.ms,
           w.ed25519 ? 1 : 0, static_cast<int>(w.state), w.state_at.ms, w.position, blob(w.secret),
           static_cast<std::int64_t>(w.generation));
}

void WebhookWriter::apply(const SetWebhook& write) {
  const Webhook& w = write.webhook;
  set_.run(w.key, static_cast<int>(w.state), w.state_at.ms, blob(w.secret),
           static_cast<std::int64_t>(w.generation), blob(w.earlier_secret), w.earlier_until.ms, w.dead_in_row,
           w.failing ? 1 : 0, w.not_before.ms);
}

void WebhookWriter::apply(const RemoveWebhook& write) { remove_.run(write.webhook); }

bool WebhookWriter::lane_is_busy(std::int64_t webhook, const core::Uuid& dossier) {
  return first_waiting_.rows(webhook, blob(dossier)).next();
}

void WebhookWriter::apply(const Enqueue& write) {
  const auto count = static_cast<std::int64_t>(write.deliveries.size());
  if (moved_.run(write.webhook, write.from, write.to, count) == 0) return;
  for (const Delivery& d : write.deliveries) {
    const int turn = lane_is_busy(write.webhook, d.dossier) ? 0 : 1;
    std::int64_t sequence = 0;
    {
      Rows rows = next_number_.rows(write.webhook, blob(d.dossier));
      while (rows.next()) sequence = rows.integer(0);
    }
    enqueue_.run(write.webhook, blob(d.event), d.type, d.time.ms, blob(d.dossier), d.code.text,
                 static_cast<std::int64_t>(d.version), sequence, d.queued_at.ms, turn);
  }
}

void WebhookWriter::hand_turn_on(const Delivery& over, core::Instant at) {
  count_pending_.run(over.webhook, -1);
  std::int64_t next = 0;
  {
    Rows rows = first_waiting_.rows(over.webhook, blob(over.dossier));
    if (rows.next()) next = rows.integer(0);
  }
  if (next != 0) give_turn_.run(next, at.ms);
}

void WebhookWriter::apply(const Attempted& write) {
  const Delivery& d = write.delivery;
  const std::int64_t outcome = d.outcome ? static_cast<std::int64_t>(*d.outcome) : kNone;
  const std::int64_t done_at = d.done_at ? d.done_at->ms : kNone;
  // Its subscription may have been removed meanwhile.
  if (attempted_.run(d.key, static_cast<int>(d.state), d.tries, d.attempts, d.next_at.ms, outcome, d.status,
                     done_at) == 0) {
    return;
  }
  const Attempt& a = write.attempt;
  add_attempt_.run(d.key, a.number, a.at.ms, static_cast<int>(a.outcome), a.status, a.took_ms);
  if (d.state != DeliveryState::pending) hand_turn_on(d, write.next_turn_at);
}

void WebhookWriter::apply(const Redeliver& write) {
  core::Uuid dossier;
  {
    Rows rows = lane_of_.rows(write.delivery, write.webhook);
    if (!rows.next()) return;
    rows.copy(0, dossier.bytes);
  }
  const int turn = lane_is_busy(write.webhook, dossier) ? 0 : 1;
  redeliver_.run(write.delivery, turn, write.at.ms);
  count_pending_.run(write.webhook, 1);
}

void WebhookWriter::drop(const std::vector<std::int64_t>& deliveries) {
  for (const std::int64_t key : deliveries) {
    drop_attempts_.run(key);
    drop_delivery_.run(key);
  }
}

void WebhookWriter::apply(const PruneDeliveries& write) {
  std::vector<std::int64_t> keys;
  const auto note = [&](Rows&& rows) {
    while (rows.next()) keys.push_back(rows.integer(0));
  };
  note(of_removed_.rows(write.limit));
  const bool removed_left = !keys.empty();
  if (!removed_left) note(old_.rows(write.before.ms, write.limit));
  drop(keys);
  if (removed_left) return;
  drop_lanes_.run(write.limit);
  drop_webhooks_.run();
}

}  // namespace motcua::store::sqlite
