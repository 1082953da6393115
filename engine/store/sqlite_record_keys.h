#pragma once

#include <string>
#include <string_view>

#include "engine/store/sqlite_db.h"

namespace motcua::store::sqlite {

// How far the file of record keys was used by what is written here (Store::record_keys_end): moved on in the
// transaction that brings a record, by blocks, so that it is written once for a thousand records.
class RecordKeysEnd {
 public:
  explicit RecordKeysEnd(Connection& connection);
  // Of a sealed record that is written. Its second to ninth byte are the place of its key when its first is 2
  // (run/seal.h); others have none.
  void note(std::string_view sealed);
  std::int64_t end();

 private:
  Statement end_, move_;
};

// Store::record_keys and Store::key_name.
std::string record_keys_of(Connection& connection);
std::string key_name_of(Connection& connection);

}  // namespace motcua::store::sqlite
