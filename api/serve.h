#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "api/config.h"
#include "engine/core/time.h"

namespace motcua::api {

struct ServeOptions {
  std::filesystem::path config_file;
  ServerConfig config;
  bool sandbox = false;
  std::optional<core::Instant> sandbox_start;  // of a new sandbox; default 2020-01-01T00:00:00+07:00
};

// Serves until SIGTERM or SIGINT; the process's exit status. SIGHUP takes over keys, definitions,
// certificates and the log file, all or nothing. Says on standard error in one line why it cannot.
int serve(const ServeOptions& options);

}  // namespace motcua::api
