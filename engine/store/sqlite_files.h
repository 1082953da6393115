#pragma once

#include "engine/store/sqlite_db.h"

namespace motcua::store::sqlite {

// The name of a SQLite VFS for the connections that write: the default one, but for how files are written.
//
// What goes to the log is gathered and written in few calls before the sync of the commit: SQLite itself
// writes each page in two, which was a sixth of what a submission cost. Nothing that was gathered can be
// missed: readers learn of pages only after that sync, and every other use of the log writes first what was
// gathered. It needs synchronous=FULL. A write that fails then shows as a failure of the sync, and is as
// fatal there.
//
// What goes to the database, by a checkpoint, can be paced (see below).
//
// Any thread. It stands over the VFS that is the default at the call.
const char* writing_vfs();

// How a connection writes to its database: as fast as it can, and synced when SQLite asks; or synced every
// few pages, as one sync of thousands of pages would keep the commits' own syncs waiting for a tenth of a
// second; or that, with a rest after each sync, which leaves half of the disk's time to others.
enum class Pace : int { full, synced, rested };

// Pace::full at first. Requires a connection opened with writing_vfs().
void pace_writes(Connection& connection, Pace pace);

}  // namespace motcua::store::sqlite
