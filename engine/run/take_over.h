#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/core/take_over.h"
#include "engine/run/clock.h"
#include "engine/run/definitions.h"
#include "engine/run/keyring.h"
#include "engine/run/random_port.h"
#include "engine/run/seal.h"
#include "engine/store/store.h"

namespace motcua::run {

// One row of an old system's export.
struct OldRow {
  std::size_t line = 0;
  core::OldDossier old;
  std::vector<Fragment> fragments;  // what was typed
  std::vector<std::uint64_t> search_tokens;
  core::Faults faults;  // found while it was read: it is not tried
};

enum class RowFate { imported, known, refused };

struct RowResult {
  std::size_t line = 0;
  RowFate fate = RowFate::refused;
  core::Code code;
  core::Uuid dossier;   // of an imported row
  core::Faults faults;  // of a refused one
  bool untimed = false;
  std::optional<core::Instant> promised;
  std::optional<core::Instant> recomputed;
  std::optional<core::WorkingTime> difference;
  // When the time given to the citizen was over before the import: the system stops the dossier as of then.
  std::optional<core::Instant> wait_over;
};

// Takes rows over into a store that nobody else writes. A row that is there already, by its source and
// reference or by its code, is left alone, so a second run changes nothing.
class TakeOver {
 public:
  // All are borrowed.
  TakeOver(store::Store& store, const Definitions& definitions, Clock& clock, Random& random,
           const Keyring& keyring);
  // One transaction; a result for each row, in order. Throws store::StoreError: then none of them is in.
  std::vector<RowResult> take(std::span<OldRow> rows);

 private:
  struct Prepared {
    RowResult result;
    std::optional<store::Write> write;
  };
  Prepared prepare(OldRow& row, const store::Loaded& loaded);
  // The line that said the same dossier before in this run, and the member by which it did; 0 when none did.
  struct Seen {
    std::size_t line = 0;
    const char* pointer = "#/code";
  };
  Seen seen_before(const OldRow& row);

  store::Store& store_;
  const Definitions& definitions_;
  Clock& clock_;
  Random& random_;
  const Keyring& keyring_;
  core::Uuid run_id_;
  std::unordered_map<std::string, std::size_t> seen_;  // code, or source and reference; its line
};

}  // namespace motcua::run
