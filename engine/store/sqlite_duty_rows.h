#pragma once

#include <cstdint>
#include <vector>

#include "engine/store/sqlite_rows.h"
#include "engine/store/sqlite_stored.h"

namespace motcua::store::sqlite {

// Brings a database to the rows of the duties that lateness brings (core::OpenRow), which it did not keep at
// first, or kept with other marks. Found by its other rows: whoever was late, and whoever has a settlement
// that is owed. Doing a dossier twice changes nothing.
class DutyFiler {
 public:
  DutyFiler(Connection& connection, Words& words, StoredReader& stored);
  std::vector<std::int64_t> dossiers();
  void file(std::int64_t dossier);  // inside a transaction

 private:
  Words& words_;
  StoredReader& stored_;
  Statement late_, open_, add_, remove_;
};

}  // namespace motcua::store::sqlite
