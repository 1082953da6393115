#include <cstdio>
#include <filesystem>
#include <vector>

#include "api/backup.h"
#include "api/restore.h"
#include "engine/run/seal_check.h"
#include "engine/run/vault_copy.h"
#include "engine/store/digest.h"
#include "engine/store/follow_dir.h"
#include "engine/store/sqlite_store.h"

namespace motcua::api {
namespace {

namespace fs = std::filesystem;

int refuse_export(const std::string& why) {
  std::fprintf(stderr, "motcua: %s\n", why.c_str());
  return 1;
}

// A file that goes when it is no longer looked at.
struct PassingDatabase {
  explicit PassingDatabase(std::string path) : file(std::move(path)) { remove(); }
  ~PassingDatabase() { remove(); }
  PassingDatabase(const PassingDatabase&) = delete;
  PassingDatabase& operator=(const PassingDatabase&) = delete;
  void remove() const {
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(file + suffix, ignored);
  }
  const std::string file;
};

// What is wrong with the copy of the keys in a followed folder; each is tried where the master key is at
// hand.
std::string fault_of_copied_keys(store::Store& store, const ExportCheck& wanted) {
  const fs::path keys = fs::path(wanted.folder) / "keys";
  const std::string known = store.record_keys();
  if (known.empty() && !fs::exists(keys)) return {};
  const auto told = run::look_at_vault(keys);
  if (!told) return keys.string() + ", the copy of what opens the typed texts, is missing or damaged";
  if (!known.empty() && store::hex(told->id) != known) return keys.string() + " is of another database";
  try {
    run::KeyFiles files = wanted.key_files;
    files.records = keys;
    if (!wanted.has_master) return told->places < store.record_keys_end() ? keys.string() + " was cut" : "";
    const auto keyring = run::Keyring::open(files, run::MissingKey::refuse);
    const run::Vault& vault = keyring.vault();
    if (vault.size() < store.record_keys_end()) return keys.string() + " was cut";
    const auto damaged = vault.first_damaged();
    return damaged ? "key " + std::to_string(*damaged) + " of " + keys.string() + " is damaged"
                   : std::string();
  } catch (const run::KeyFileError& error) {
    return error.what();
  }
}

}  // namespace

int verify_export(const ServerConfig& config, const ExportCheck& wanted, const run::Ed25519Public& key,
                  const std::optional<run::SealedHead>& kept) {
  if (!store::is_follow_dir(wanted.folder))
    return refuse_export(wanted.folder + " is no folder of `motcua backup --follow`");
  const PassingDatabase passing(config.database.string() + ".verifying");
  const auto back =
      store::bring_back(wanted.folder, read_backup_key(wanted.key_file), fs::path(passing.file));
  run::SealCheck check;
  std::vector<std::string> faults;
  if (!back.broken.empty()) faults.push_back(back.broken);
  {
    const auto store = open_to_read(passing.file, wanted.sandbox);
    check = run::check_seals(*store, fs::path(wanted.folder) / "seals", key, kept);
    const std::string keys = fault_of_copied_keys(*store, wanted);
    if (!keys.empty()) faults.push_back(keys);
  }
  std::printf("%lld events are as they were sealed by %llu heads; %lld after them are not sealed yet\n",
              static_cast<long long>(check.sealed), static_cast<unsigned long long>(check.heads),
              static_cast<long long>(check.unsealed));
  if (!check.fault.empty()) faults.push_back(check.fault);
  if (check.fault.empty() && check.heads == 0 && check.unsealed > 0)
    faults.push_back("nothing of this journal is sealed in " + wanted.folder);
  for (const std::string& fault : faults) refuse_export(fault);
  return faults.empty() ? 0 : 1;
}

}  // namespace motcua::api
