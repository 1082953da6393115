#pragma once

#include <filesystem>
#include <optional>

#include "engine/run/take_over.h"

namespace motcua::api {

struct ImportOptions {
  std::filesystem::path file;             // JSON lines, config/import.schema.json
  std::optional<core::Date> ended_since;  // what ended before is passed over
  std::filesystem::path report;           // JSON; empty: none
};

// `motcua import-dossiers`: takes an export over, in groups, and prints what became of it. The exit status: 0
// when every row is in the database afterwards, 1 when some could not be used or a file could not be read.
// Throws store::StoreError: groups before it are in, and a second run goes on behind them.
int import_dossiers(run::TakeOver& take_over, const run::Definitions& definitions,
                    const run::Keyring& keyring, const ImportOptions& options);

}  // namespace motcua::api
