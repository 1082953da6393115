#pragma once

#include <span>
#include <string_view>

#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_store.h"

namespace motcua::store::sqlite {

// schema/sqlite/*.sql in order, built into the binary. The database's user_version counts those it has.
std::span<const std::string_view> migrations();

// Makes the database when the file is empty, and brings it to the newest schema. Refuses, with StoreError, a
// file that is not ours, of the other kind, or newer, or whose tables, indexes and triggers are not exactly
// those that the migrations make. With read_only nothing is written and it must be
// newest.
void prepare_schema(Connection& connection, const SqliteOptions& options);

// Store::epoch of the database; draws one, in a transaction of its own, where there is none and `make` says
// so.
std::int64_t epoch_of(Connection& connection, bool make);
// Draws another one.
void renew_epoch(Connection& connection);

}  // namespace motcua::store::sqlite
