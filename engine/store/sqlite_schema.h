#pragma once

#include <span>
#include <string_view>

#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_store.h"

namespace motcua::store::sqlite {

// schema/sqlite/*.sql in order, built into the binary. The database's user_version counts those it has.
std::span<const std::string_view> migrations();

// Makes the database when the file is empty, and brings it to the newest schema. Refuses, with StoreError, a
// file that is not ours, of the other kind, or newer. With read_only nothing is written and it must be
// newest.
void prepare_schema(Connection& connection, const SqliteOptions& options);

}  // namespace motcua::store::sqlite
