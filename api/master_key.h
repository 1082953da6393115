#pragma once

#include <memory>

#include "api/config.h"
#include "engine/run/keyring.h"
#include "engine/store/store.h"

namespace motcua::api {

// The keys of a database that this process owns, bound to it. They are made where nothing was ever sealed in
// it, also when `motcua apply` made the database and nobody has served it yet: there a new key locks nothing
// away. Throws run::KeyFileError where keys are owed and missing, and what Keyring::bind throws.
std::unique_ptr<run::Keyring> open_keyring(const ServerConfig& config, store::Store& store);

// `motcua rotate-master-key`: lays a new master key beside the one in use. Where nobody serves the database
// it takes the place at once; a serving process takes it over at SIGHUP. The exit status.
int rotate_master_key(const ServerConfig& config, bool sandbox);

}  // namespace motcua::api
