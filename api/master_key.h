#pragma once

#include "api/config.h"

namespace motcua::api {

// `motcua rotate-master-key`: lays a new master key beside the one in use. Where nobody serves the database
// it takes the place at once; a serving process takes it over at SIGHUP. The exit status.
int rotate_master_key(const ServerConfig& config, bool sandbox);

}  // namespace motcua::api
