#pragma once

#include <cstdint>
#include <vector>

#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_words.h"
#include "engine/store/store.h"

namespace motcua::store::sqlite {

// Keys of dossiers by filter, newest first. The narrowest table leads: search tokens, then an agency, then
// the procedure, else the blocks of states; what it yields is checked against the row.
class Search {
 public:
  Search(Connection& connection, Words& words);
  std::vector<std::int64_t> page(const DossierQuery& query);

 private:
  struct Filter;
  Filter filter_of(const DossierQuery& query);
  bool matches(std::int64_t key, const Filter& filter);
  // Each appends matching keys until the page is full.
  void by_word(Statement& table, std::int64_t word, const Filter& filter, std::vector<std::int64_t>& keys);
  void by_block(const Filter& filter, std::vector<std::int64_t>& keys);

  Words& words_;
  Statement last_key_, row_, has_token_, with_token_, belonging_, blocks_;
};

}  // namespace motcua::store::sqlite
