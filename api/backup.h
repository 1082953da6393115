#pragma once

#include <optional>
#include <string>

#include "api/config.h"
#include "engine/store/backup_file.h"

namespace motcua::api {

struct BackupOptions {
  std::string target;    // a file that does not exist, or the folder to follow into
  std::string key_file;  // empty: in the clear
  bool follow = false;
  int every_seconds = 2;  // so often at least a followed copy takes up what was committed
  int renew_hours = 24;   // so old a base may be
  bool sandbox = false;
};

// The commands of copying a database that may be served meanwhile. Each gives an exit status, and says on
// standard error why it is not 0.
int make_backup_key(const std::string& file);
int back_up(const ServerConfig& config, const BackupOptions& options);

// The key in a file; nothing for an empty name. Throws store::StoreError where there is none, and
// run::KeyFileError.
std::optional<store::BackupKey> read_backup_key(const std::string& file);

}  // namespace motcua::api
