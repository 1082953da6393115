#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "api/config.h"
#include "engine/run/keyring.h"
#include "engine/run/seal_log.h"
#include "engine/store/store.h"

namespace motcua::api {

// A copy or a database, to be looked at only. Throws store::StoreError.
std::unique_ptr<store::Store> open_to_read(const std::filesystem::path& file, bool sandbox);

struct RestoreOptions {
  std::string source;     // a file of `motcua backup`, or a folder of `motcua backup --follow`
  std::string key_file;   // of an encrypted one
  std::string kept_head;  // an answer of /v1/journal/head that was kept elsewhere; empty: none
  bool accept_loss = false;
  std::int64_t number_jump = 100'000;
  bool sandbox = false;
};

// Puts a copy in the place of a lost database; gives an exit status, and says on standard error why it is not
// 0. Then nothing has changed, and it may be run again.
int restore(const ServerConfig& config, const RestoreOptions& options);

// Holds a followed folder against the seals in it, without the database: as `motcua verify-journal`.
struct ExportCheck {
  std::string folder;
  std::string key_file;
  bool sandbox = false;
  run::KeyFiles key_files;  // with the master key, which opens the copied keys
  bool has_master = false;
};
int verify_export(const ServerConfig& config, const ExportCheck& check, const run::Ed25519Public& key,
                  const std::optional<run::SealedHead>& kept);

}  // namespace motcua::api
