#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/store/sqlite_db.h"

namespace motcua::store::sqlite {

// Stored as numbers: only ever add.
enum class Vocabulary {
  agency = 0,
  procedure = 1,
  caller = 2,
  officer = 3,
  event_type = 4,
  version = 5,
  rung = 6,
  unit = 7,
  variant = 8
};

// Words as numbers and back, through a cache of its connection's own. The empty word is 0.
class Words {
 public:
  explicit Words(Connection& connection);
  // 0 when the database does not know it.
  std::int64_t known(Vocabulary vocabulary, const std::string& text);
  // Gives it a number when it has none. Inside a transaction; forget() when that is rolled back.
  std::int64_t intern(Vocabulary vocabulary, const std::string& text);
  // Requires a number that the database gave. The reference holds until the next call.
  const std::string& text(std::int64_t id);
  std::vector<std::int64_t> agencies();
  void forget();

 private:
  void keep_small();
  Statement find_, add_, read_, agencies_;
  std::unordered_map<std::string, std::int64_t> ids_;  // the vocabulary's letter before the text
  std::unordered_map<std::int64_t, std::string> texts_;
};

// "H32.19-260821-0001" as "260821-0001-H32.19": what is numbered on one day then lies together in an index.
// Different texts stay different.
std::string day_first(std::string_view text);

}  // namespace motcua::store::sqlite
