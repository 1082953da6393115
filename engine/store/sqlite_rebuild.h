#pragma once

#include <cstdint>

#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_dossiers.h"
#include "engine/store/sqlite_words.h"
#include "engine/store/store.h"

namespace motcua::store::sqlite {

// Replays every dossier from its events and puts right, or only tells, what the derived tables hold
// otherwise; which dossiers differed, the first twenty by name. Inside a write transaction. What is right is
// not written, so a sound database stays as it is. Throws StoreError when a history itself is damaged: its
// hashes must link.
Rebuilt rebuild_derived(Connection& connection, Words& words, RebuildMode mode);

}  // namespace motcua::store::sqlite
