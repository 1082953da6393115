#pragma once

#include <cstdint>

#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_dossiers.h"
#include "engine/store/sqlite_words.h"

namespace motcua::store::sqlite {

// Replays every dossier from its events and puts right what the derived tables hold otherwise; the count of
// dossiers that differed. Inside a write transaction. What is right is not written, so a sound database stays
// as it is. Throws StoreError when a history itself is damaged: its hashes must link.
std::int64_t rebuild_derived(Connection& connection, Words& words);

}  // namespace motcua::store::sqlite
