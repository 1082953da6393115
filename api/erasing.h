#pragma once

#include <memory>

#include "api/config.h"
#include "api/log.h"
#include "engine/run/erasures.h"

namespace motcua::api {

// Erases again what the ledger says was erased, where an older copy of the database brought it back, and
// begins to destroy what is decided. Before anybody is served. All is borrowed. Throws run::LedgerError.
std::unique_ptr<run::Eraser> start_eraser(const ServerConfig& config, store::Store& store,
                                          run::Engine& engine, run::Clock& clock, const run::Keyring& keyring,
                                          Log& log);

}  // namespace motcua::api
