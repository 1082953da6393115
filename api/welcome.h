#pragma once

#include <filesystem>
#include <string>

#include "api/config.h"
#include "api/net/server.h"

namespace motcua::api {

// Prints the token of the first key, which was made now and is kept nowhere.
void print_first_key(const std::string& token);
// Prints where the keys are that were made before.
void print_where_keys_are(const std::filesystem::path& keys_file);
// Prints where the service is, and commands to try.
void print_welcome(const ServerConfig& config, const net::Server& server);

}  // namespace motcua::api
