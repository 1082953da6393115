#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_scope.h"
#include "engine/store/sqlite_stored.h"
#include "engine/store/sqlite_words.h"
#include "engine/store/store.h"

namespace motcua::store::sqlite {

// Keys of dossiers by filter, newest first. The narrowest table leads: search tokens, then the clocks that
// run or are late, where these are few, then an agency, then the procedure, else the blocks of states; what
// it yields is checked against the row, and last against the dossier itself.
class Search {
 public:
  // Up to `sorted_rows_max` rows of an index of clocks are sorted for a page. Where there are more, matches
  // lie close together, and a page is found sooner by walking from the newest dossier.
  Search(Connection& connection, Words& words, StoredReader& stored, std::int64_t sorted_rows_max);
  // Throws ReadTooLong when too many dossiers must be passed over.
  std::vector<std::int64_t> page(const DossierQuery& query);

 private:
  struct Filter;
  Filter filter_of(const DossierQuery& query);
  bool matches(std::int64_t key, const Filter& filter);
  // Keys among which every match is, newest first, where an index of clocks names them and they are few.
  std::optional<std::vector<std::int64_t>> standing_keys(const Filter& filter);
  // Each appends matching keys until the page is full.
  void by_words(Statement& table, const std::vector<std::int64_t>& words, const Filter& filter,
                std::vector<std::int64_t>& keys);
  void by_block(const Filter& filter, std::vector<std::int64_t>& keys);

  Connection& connection_;
  Words& words_;
  StoredReader& stored_;
  const std::int64_t sorted_rows_max_;
  ScopeCheck scope_;
  Statement last_key_, row_, has_token_, with_token_, belonging_, blocks_, open_, was_late_;
};

}  // namespace motcua::store::sqlite
