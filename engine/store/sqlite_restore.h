#pragma once

#include <string>

#include "engine/store/sqlite_store.h"

namespace motcua::store::sqlite {

// restore_sqlite, for a caller that holds the lock.
void put_in_place(const SqliteOptions& options, const std::string& backup, const std::string& key_name);

}  // namespace motcua::store::sqlite
