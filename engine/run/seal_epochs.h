#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/run/keyring.h"
#include "engine/run/seal_log.h"
#include "engine/store/store.h"

namespace motcua::run {

// A restore begins an epoch, and the seals of the one before stay where they lie: the journal still begins
// with what they sealed, up to the event where the restore took it up. Which epoch led to which is told by
// the journal's own events (JournalRestored), in a chain that ends with the epoch of the database: so whoever
// gives a journal that was cut another epoch is found by the seals of the old one. Such an event is no proof
// that sealed events were lost by a restore and not by somebody's hand: that is what a restore leaves signed
// beside the seals (`restored-EPOCH`).

// Seals of an epoch that the journal comes from.
struct EarlierSeals {
  SealedHead last;
  std::int64_t until = 0;  // the journal is what they sealed up to this event
};
struct SealedEpochs {
  std::vector<EarlierSeals> earlier;
  // What was sealed and is not in this journal, though no restore says so; in words.
  std::vector<std::string> lost;
};

// Looks at the seals of all epochs in the folder that are signed by `key`; work in proportion to restores.
// Throws SealError where the journal does not come to the epoch of its database, or a file cannot be read.
SealedEpochs look_at_epochs(store::Store& store, const std::filesystem::path& folder,
                            const Ed25519Public& key);
// Throws SealError when something was lost, or the last event that each epoch sealed is another now.
void refuse_other_epochs(store::Store& store, const std::filesystem::path& folder, const Ed25519Public& key);

// A restore that begins `epoch` knows of all the seals in the folder, and goes on without what they seal and
// the journal lacks. On the disk before this returns. Throws SealError.
void note_restore(const std::filesystem::path& folder, std::int64_t epoch, const Keyring& keyring);

// Why the access log is not the one that was sealed; empty: it begins with it.
std::string fault_of_access(store::Store& store, const store::AccessMark& sealed);

}  // namespace motcua::run
