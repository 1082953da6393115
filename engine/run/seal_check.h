#pragma once

#include "engine/run/seal_log.h"

namespace motcua::run {

struct SealCheck {
  std::uint64_t heads = 0;
  std::int64_t sealed = 0;    // events that are what was sealed
  std::int64_t unsealed = 0;  // events after the last head, whole in themselves
  std::string fault;          // the first that is wrong, and where; empty: nothing is
};

// Holds a whole journal against its seals: every head is signed by `key` and follows the one before it, the
// entries are those of the heads, and every event is the entry at its place, is what its hash says, and
// follows the one before it in its dossier. `kept` is a head that somebody fetched earlier: the journal must
// begin with what it sealed, so whoever rewrites database and seals together is found. Work in proportion to
// the journal, memory to its dossiers.
SealCheck check_seals(store::Store& store, const std::filesystem::path& folder, const Ed25519Public& key,
                      const std::optional<SealedHead>& kept = std::nullopt);

}  // namespace motcua::run
