#pragma once

#include <string>

#include "api/config.h"
#include "api/net/server.h"

namespace motcua::api {

// Prints where the service is, and commands to try; `token` is that of the first key, where it was made now.
void print_welcome(const ServerConfig& config, const net::Server& server, const std::string& token);

}  // namespace motcua::api
