#pragma once

#include "engine/store/sqlite_db.h"

namespace motcua::store::sqlite {

// Keeps the file of a reading connection mapped. Left to itself, SQLite drops the whole mapping each time
// another connection has committed, in case that one truncated the file, and every page must be faulted in
// again: under writes that was half of what a read cost. Ours are the only connections of the process that
// holds the lock file, and none of them ever truncates the database (no VACUUM, no auto_vacuum). What lies
// behind the mapping, as the file grows, is read without it. Does nothing where the connection's VFS maps no
// files.
void keep_mapped(Connection& connection);

}  // namespace motcua::store::sqlite
