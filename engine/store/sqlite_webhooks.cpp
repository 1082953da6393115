#include "engine/store/sqlite_webhooks.h"

#include "engine/store/store.h"

namespace motcua::store::sqlite {
namespace {

constexpr std::string_view kWebhook =
    "SELECT key, id, url, types, agency, scope, made_by, created_at, ed25519, state, state_at, position, "
    "secret, generation, earlier_secret, earlier_until, dead_in_row, failing, not_before, pending "
    "FROM webhook WHERE removed = 0 ";
constexpr std::string_view kDelivery =
    "SELECT key, webhook, event, type, time, dossier, code, version, sequence, queued_at, state, tries, "
    "attempts, next_at, outcome, status, done_at FROM webhook_delivery ";

std::string sql_of(std::string_view head, std::string_view tail) { return std::string(head).append(tail); }

std::vector<std::string> taken_apart_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

// One that was kept before a scope could be of several agencies is a code, or empty for every dossier.
Scope scope_in(std::string_view text) {
  if (text.empty()) return Scope::everything();
  if (text.find('/') == std::string_view::npos) return Scope::of_agency(core::Code(text));
  const auto scope = Scope::of_text(text);
  if (!scope) throw StoreError("a subscription has a scope that is none: " + std::string(text));
  return *scope;
}

Webhook webhook_of(const Rows& rows) {
  Webhook made;
  made.key = rows.integer(0);
  rows.copy(1, made.id.bytes);
  made.url = rows.text(2);
  made.types = taken_apart_at_commas(rows.text(3));
  made.agency = core::Code(rows.text(4));
  made.scope = scope_in(rows.text(5));
  made.made_by = core::Code(rows.text(6));
  made.created_at = {rows.integer(7)};
  made.ed25519 = rows.integer(8) != 0;
  made.state = static_cast<WebhookState>(rows.integer(9));
  made.state_at = {rows.integer(10)};
  made.position = rows.integer(11);
  made.secret = rows.bytes(12);
  made.generation = static_cast<std::uint32_t>(rows.integer(13));
  made.earlier_secret = rows.bytes(14);
  made.earlier_until = {rows.integer(15)};
  made.dead_in_row = static_cast<int>(rows.integer(16));
  made.failing = rows.integer(17) != 0;
  made.not_before = {rows.integer(18)};
  made.pending = rows.integer(19);
  return made;
}

Delivery delivery_of(const Rows& rows) {
  Delivery made;
  made.key = rows.integer(0);
  made.webhook = rows.integer(1);
  rows.copy(2, made.event.bytes);
  made.type = rows.text(3);
  made.time = {rows.integer(4)};
  rows.copy(5, made.dossier.bytes);
  made.code = core::Code(rows.text(6));
  made.version = static_cast<std::uint32_t>(rows.integer(7));
  made.sequence = rows.integer(8);
  made.queued_at = {rows.integer(9)};
  made.state = static_cast<DeliveryState>(rows.integer(10));
  made.tries = static_cast<int>(rows.integer(11));
  made.attempts = static_cast<int>(rows.integer(12));
  made.next_at = {rows.integer(13)};
  if (!rows.is_null(14)) made.outcome = static_cast<AttemptOutcome>(rows.integer(14));
  made.status = static_cast<int>(rows.integer(15));
  if (!rows.is_null(16)) made.done_at = core::Instant{rows.integer(16)};
  return made;
}

// The rows are taken where they were made: they cannot move.
std::vector<Delivery> read_deliveries(Rows&& rows) {
  std::vector<Delivery> found;
  while (rows.next()) found.push_back(delivery_of(rows));
  return found;
}

}  // namespace

SqliteWebhooks::SqliteWebhooks(const SqliteOptions& options, std::shared_ptr<LogSync> log, Write write)
    : write_(std::move(write)),
      reads_(options.path, std::move(log)),
      all_(reads_, sql_of(kWebhook, "ORDER BY key")),
      find_(reads_, sql_of(kWebhook, "AND id = ?1")),
      page_(reads_, sql_of(kDelivery, "WHERE webhook = ?1 AND key < ?2 ORDER BY key DESC LIMIT ?3")),
      page_of_state_(reads_, sql_of(kDelivery,
                                    "WHERE webhook = ?1 AND key < ?2 AND state = ?4 ORDER BY key DESC "
                                    "LIMIT ?3")),
      delivery_(reads_, sql_of(kDelivery, "WHERE webhook = ?1 AND event = ?2")),
      attempts_(reads_,
                "SELECT number, at, outcome, status, took_ms FROM webhook_attempt WHERE delivery = ?1 "
                "ORDER BY key DESC LIMIT ?2"),
      due_(reads_,
           sql_of(kDelivery, "WHERE webhook = ?1 AND turn = 1 AND next_at <= ?2 ORDER BY next_at LIMIT ?3")),
      next_due_(
          reads_,
          "SELECT min(CASE WHEN w.not_before > ?1 THEN (SELECT w.not_before FROM webhook_delivery d "
          "WHERE d.webhook = w.key AND d.turn = 1 LIMIT 1) ELSE (SELECT d.next_at FROM webhook_delivery "
          "d WHERE d.webhook = w.key AND d.turn = 1 AND d.next_at > ?1 ORDER BY d.next_at LIMIT 1) END) "
          "FROM webhook w WHERE w.state = 0 AND w.removed = 0"),
      dead_(reads_, sql_of(kDelivery,
                           "WHERE webhook = ?1 AND state = 2 AND key > ?3 AND done_at >= ?2 ORDER BY key "
                           "LIMIT ?4")),
      old_(reads_, "SELECT 1 FROM webhook_delivery WHERE done_at < ?1 LIMIT 1"),
      removed_(reads_, "SELECT 1 FROM webhook WHERE removed = 1 LIMIT 1"),
      counts_(reads_, "SELECT state, count(*), sum(pending) FROM webhook WHERE removed = 0 GROUP BY state"),
      oldest_(reads_, "SELECT queued_at FROM webhook_delivery WHERE state = 0 ORDER BY queued_at LIMIT 1") {
  reads_.connection().limit_work(options.read_steps_max);
}

std::vector<Webhook> SqliteWebhooks::all() {
  const SharedReads::Call call(reads_);
  std::vector<Webhook> found;
  Rows rows = all_.rows();
  while (rows.next()) found.push_back(webhook_of(rows));
  return found;
}

std::optional<Webhook> SqliteWebhooks::find(const core::Uuid& id) {
  const SharedReads::Call call(reads_);
  Rows rows = find_.rows(blob(id));
  if (!rows.next()) return std::nullopt;
  return webhook_of(rows);
}

std::vector<Delivery> SqliteWebhooks::deliveries(const DeliveryQuery& query) {
  const SharedReads::Call call(reads_);
  if (!query.state) return read_deliveries(page_.rows(query.webhook, query.before_key, query.limit));
  return read_deliveries(
      page_of_state_.rows(query.webhook, query.before_key, query.limit, static_cast<int>(*query.state)));
}

std::optional<Delivery> SqliteWebhooks::delivery(std::int64_t webhook, const core::Uuid& event) {
  const SharedReads::Call call(reads_);
  Rows rows = delivery_.rows(webhook, blob(event));
  if (!rows.next()) return std::nullopt;
  return delivery_of(rows);
}

std::vector<Attempt> SqliteWebhooks::attempts(std::int64_t delivery, int limit) {
  const SharedReads::Call call(reads_);
  std::vector<Attempt> found;
  Rows rows = attempts_.rows(delivery, limit);
  while (rows.next()) {
    found.push_back({static_cast<int>(rows.integer(0)),
                     {rows.integer(1)},
                     static_cast<AttemptOutcome>(rows.integer(2)),
                     static_cast<int>(rows.integer(3)),
                     rows.integer(4)});
  }
  return found;
}

std::vector<Delivery> SqliteWebhooks::due(std::int64_t webhook, core::Instant now, int limit) {
  const SharedReads::Call call(reads_);
  return read_deliveries(due_.rows(webhook, now.ms, limit));
}

std::optional<core::Instant> SqliteWebhooks::next_due(core::Instant now) {
  const SharedReads::Call call(reads_);
  Rows rows = next_due_.rows(now.ms);
  if (!rows.next() || rows.is_null(0)) return std::nullopt;
  return core::Instant{rows.integer(0)};
}

std::vector<Delivery> SqliteWebhooks::dead(std::int64_t webhook, core::Instant since, std::int64_t after,
                                           int limit) {
  const SharedReads::Call call(reads_);
  return read_deliveries(dead_.rows(webhook, since.ms, after, limit));
}

bool SqliteWebhooks::to_prune(core::Instant before) {
  const SharedReads::Call call(reads_);
  return old_.rows(before.ms).next() || removed_.rows().next();
}

WebhookCounts SqliteWebhooks::counts() {
  const SharedReads::Call call(reads_);
  WebhookCounts counts;
  {
    Rows rows = counts_.rows();
    while (rows.next()) {
      counts.webhooks[static_cast<std::size_t>(rows.integer(0))] = rows.integer(1);
      counts.pending += rows.integer(2);
    }
  }
  Rows rows = oldest_.rows();
  if (rows.next()) counts.oldest_pending = core::Instant{rows.integer(0)};
  return counts;
}

}  // namespace motcua::store::sqlite
