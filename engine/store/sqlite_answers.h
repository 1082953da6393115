#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_keys.h"
#include "engine/store/store.h"

namespace motcua::store::sqlite {

// What was answered under which idempotency key.
class Answers {
 public:
  // Knows no key before the first catch_up().
  explicit Answers(Connection& connection);
  // Learns what was added since, at first all keys that are kept, later what another writer of the database
  // added. Once per transaction, before all else.
  void catch_up();
  std::optional<Outcome> find(const KeyMap::Key& key);
  // Requires that find() answered nothing.
  void add(const Outcome& outcome);
  // Deletes what was answered before `cutoff`, oldest first, at most `limit`; never the newest, whose
  // position the next one follows.
  void prune(core::Instant cutoff, int limit);
  // How the transaction ended in which add() and prune() were called.
  void committed();
  void rolled_back();

 private:
  std::int64_t newest_committed_ = 0;
  std::vector<std::pair<std::int64_t, KeyMap::Key>> expired_;
  KeyMap map_;
  Statement later_, read_, add_, oldest_, drop_;
};

}  // namespace motcua::store::sqlite
