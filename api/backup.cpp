#include "api/backup.h"

#include <cstdio>
#include <filesystem>

#include "api/following.h"
#include "engine/run/key_file.h"
#include "engine/run/system_clock.h"
#include "engine/run/vault_copy.h"
#include "engine/store/sqlite_backup.h"
#include "engine/store/sqlite_store.h"

namespace motcua::api {
namespace {

int refuse_backup(const std::string& why) {
  std::fprintf(stderr, "motcua: %s\n", why.c_str());
  return 1;
}

// After the database: so each of its records has its key in the copy. What was erased must not live on in old
// copies, which go now.
void copy_record_keys(const ServerConfig& config, const std::string& target) {
  const std::filesystem::path keys = key_files(config).records;
  const std::int64_t now = run::SystemClock(core::Instant{}).now().ms;
  if (std::filesystem::exists(keys)) run::copy_vault(keys, target + ".keys", now);
  const std::filesystem::path parent = std::filesystem::path(target).parent_path();
  for (const auto& gone : run::forget_old_copies(parent.empty() ? "." : parent, now)) {
    std::printf("%s was older than %d days and is removed: what was erased since must not stay in it\n",
                gone.c_str(), static_cast<int>(run::kKeyCopyDaysMax));
  }
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
  for (const std::string& target : {options.target, options.target + ".keys"}) {
    if (std::filesystem::exists(target)) return refuse_backup(target + " exists already");
  }
  if (key) {
    store::sqlite::back_up_encrypted(config.database, options.target, *key);
  } else {
    store->backup(options.target);
  }
  copy_record_keys(config, options.target);
  std::printf(
      "%s is a consistent copy%s; keep it with %s.keys and the master key: they open what people typed\n",
      options.target.c_str(), key ? ", encrypted" : "", options.target.c_str());
  return 0;
}

}  // namespace motcua::api
