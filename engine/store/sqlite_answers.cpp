#include "engine/store/sqlite_answers.h"

namespace motcua::store::sqlite {

Answers::Answers(Connection& connection)
    : later_(connection, "SELECT position, key FROM idempotency WHERE position > ?1 ORDER BY position"),
      read_(
          connection,
          "SELECT key, fingerprint, answered_at, status, dossier, version, rejection FROM idempotency WHERE "
          "position = ?1"),
      add_(connection, "INSERT INTO idempotency VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
      oldest_(connection,
              "SELECT position, key, answered_at FROM idempotency WHERE position < ?1 ORDER BY position "
              "LIMIT ?2"),
      drop_(connection, "DELETE FROM idempotency WHERE position = ?1") {}

void Answers::catch_up() {
  Rows rows = later_.rows(map_.newest());
  while (rows.next()) {
    KeyMap::Key key{};
    rows.copy(1, key);
    map_.add(key, rows.integer(0));
  }
  newest_committed_ = map_.newest();
}

std::optional<Outcome> Answers::find(const KeyMap::Key& key) {
  std::optional<Outcome> found;
  map_.find(key, [&](std::int64_t position) {
    Rows rows = read_.rows(position);
    if (!rows.next()) return false;
    Outcome outcome;
    rows.copy(0, outcome.key);
    if (outcome.key != key) return false;
    rows.copy(1, outcome.fingerprint);
    outcome.answered_at.ms = rows.integer(2);
    outcome.status = static_cast<std::uint16_t>(rows.integer(3));
    rows.copy(4, outcome.dossier.bytes);
    outcome.version = static_cast<std::uint32_t>(rows.integer(5));
    outcome.rejection.text = rows.text(6);
    found = std::move(outcome);
    return true;
  });
  return found;
}

void Answers::add(const Outcome& outcome) {
  const std::int64_t position = map_.next();
  const Blob dossier = outcome.dossier == core::Uuid{} ? Blob{} : blob(outcome.dossier);
  add_.run(position, blob(outcome.key), blob(outcome.fingerprint), outcome.answered_at.ms, outcome.status,
           dossier, outcome.version, outcome.rejection.text);
  map_.add(outcome.key, position);
}

void Answers::prune(core::Instant cutoff, int limit) {
  expired_.clear();
  {
    Rows rows = oldest_.rows(map_.newest(), limit);
    while (rows.next() && rows.integer(2) < cutoff.ms) {
      expired_.emplace_back(rows.integer(0), KeyMap::Key{});
      rows.copy(1, expired_.back().second);
    }
  }
  for (const auto& entry : expired_) drop_.run(entry.first);
}

void Answers::committed() {
  for (const auto& [position, key] : expired_) map_.remove(key, position);
  expired_.clear();
  newest_committed_ = map_.newest();
}

void Answers::rolled_back() {
  expired_.clear();
  map_.step_back(newest_committed_);
}

}  // namespace motcua::store::sqlite
