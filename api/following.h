#pragma once

#include <optional>

#include "api/backup.h"

namespace motcua::api {

// Follows a database into a folder until SIGTERM or SIGINT; SIGHUP has the base renewed. Says what it does on
// standard output, and troubles, which it tries to get over, on standard error; FOLDER/status holds how it
// stands, as JSON. Gives an exit status.
int follow(const ServerConfig& config, const BackupOptions& options, std::int64_t epoch,
           const std::optional<store::BackupKey>& key);

}  // namespace motcua::api
