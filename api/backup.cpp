#include "api/backup.h"

#include <cstdio>
#include <filesystem>

#include "api/following.h"
#include "engine/run/key_file.h"
#include "engine/store/sqlite_backup.h"
#include "engine/store/sqlite_store.h"

namespace motcua::api {
namespace {

int refuse_backup(const std::string& why) {
  std::fprintf(stderr, "motcua: %s\n", why.c_str());
  return 1;
}

}  // namespace

std::optional<store::BackupKey> read_backup_key(const std::string& file) {
  if (file.empty()) return std::nullopt;
  store::BackupKey key{};
  if (!run::read_key_file(file, key))
    throw store::StoreError("there is no key in " + file + ": make one with `motcua backup-key`");
  return key;
}

int make_backup_key(const std::string& file) {
  if (std::filesystem::exists(std::filesystem::symlink_status(file)))
    return refuse_backup(file + " exists already");
  run::make_key_file(file, std::tuple_size_v<store::BackupKey>);
  std::printf(
      "%s opens the backups that are encrypted to it: keep a copy away from them, and from the master key\n",
      file.c_str());
  return 0;
}

int back_up(const ServerConfig& config, const BackupOptions& options) {
  const auto key = read_backup_key(options.key_file);
  // Refuses what is not ours, of the other kind, or of another version.
  store::SqliteOptions of_store;
  of_store.path = config.database;
  of_store.sandbox = options.sandbox;
  of_store.create = false;
  of_store.read_only = true;
  of_store.lock = false;
  auto store = store::open_sqlite(of_store);
  const std::int64_t epoch = store->epoch();
  if (options.follow) {
    store.reset();
    return follow(config, options, epoch, key);
  }
  if (std::filesystem::exists(options.target)) return refuse_backup(options.target + " exists already");
  if (key) {
    store::sqlite::back_up_encrypted(config.database, options.target, *key);
  } else {
    store->backup(options.target);
  }
  std::printf("%s is a consistent copy%s; keep %s with it: it opens what people typed\n",
              options.target.c_str(), key ? ", encrypted" : "", config.master_key_file.c_str());
  return 0;
}

}  // namespace motcua::api
