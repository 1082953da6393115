#pragma once

#include "engine/run/seal_log.h"

namespace motcua::run {

struct SealCheck {
  std::uint64_t heads = 0;
  std::int64_t sealed = 0;    // events that are what was sealed
  std::int64_t unsealed = 0;  // events after the last head, whole in themselves
  std::int64_t surplus = 0;   // entries behind the last head
  std::int64_t missing = 0;   // events that were sealed, or about to be, behind the end of the journal
  core::Instant sealed_at;    // the last head; with `heads`
  std::string fault;          // the first that is wrong, and where; empty: nothing is
  // With ShortJournal::is_counted: what else was sealed and is not there, in words.
  std::vector<std::string> lost;
  std::optional<store::AccessMark> access;  // how far the last head sealed the access log
};

// What it is that the journal ends before its seals do.
enum class ShortJournal { is_fault, is_counted };

// Holds a whole journal against its seals: every head is signed by `key` and follows the one before it, the
// entries are those of the heads, and every event is the entry at its place, is what its hash says, and
// follows the one before it in its dossier; so are those that earlier epochs sealed (seal_epochs.h). Each
// dossier is what its events make of it, and the access log is whole and begins with what was sealed. `kept`
// is a head that somebody fetched earlier: the journal must begin with what it sealed, so whoever rewrites
// database and seals together is found. Work in proportion to the journal, memory to its dossiers.
SealCheck check_seals(store::Store& store, const std::filesystem::path& folder, const Ed25519Public& key,
                      const std::optional<SealedHead>& kept = std::nullopt,
                      ShortJournal short_journal = ShortJournal::is_fault);

}  // namespace motcua::run
