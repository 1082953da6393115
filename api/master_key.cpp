#include "api/master_key.h"

#include <cstdio>
#include <cstdlib>

#include "engine/run/key_file.h"
#include "engine/store/sqlite_store.h"

namespace motcua::api {
namespace {

int refuse(const std::string& why) {
  std::fprintf(stderr, "motcua: %s\n", why.c_str());
  return 1;
}

std::unique_ptr<store::Store> open_alone(const ServerConfig& config, bool sandbox) {
  store::SqliteOptions options;
  options.path = config.database;
  options.sandbox = sandbox;
  options.create = false;
  return store::open_sqlite(options);
}

int change_in_environment(const ServerConfig& config, const run::KeyFiles& files, bool sandbox) {
  const char* const next = std::getenv("MOTCUA_MASTER_KEY_NEXT");
  if (next == nullptr) {
    return refuse(
        "the master key comes by the environment: stop the service, set MOTCUA_MASTER_KEY_NEXT to 64 new "
        "hexadecimal digits, and run this again");
  }
  try {
    const auto store = open_alone(config, sandbox);
    run::Keyring keyring = run::Keyring::open(files, run::MissingKey::refuse);
    keyring.bind(*store);
    keyring.change_master(next);
  } catch (const store::StoreLocked&) {
    return refuse("the database is in use: stop the service first, as its environment cannot change");
  }
  std::printf("the keys are wrapped by MOTCUA_MASTER_KEY_NEXT: from now on it is MOTCUA_MASTER_KEY\n");
  return 0;
}

}  // namespace

std::unique_ptr<run::Keyring> open_keyring(const ServerConfig& config, store::Store& store) {
  // A database of before there was a file of keys is bound to the master key itself, and one that was cut
  // while that file was made, too: new keys would be others. The first ones did not say by which key.
  const bool sealed = !store.key_name().empty() || store.reader()->counts().dossiers > 0;
  std::unique_ptr<run::Keyring> keyring(new run::Keyring(
      run::Keyring::open(key_files(config), sealed ? run::MissingKey::refuse : run::MissingKey::make)));
  keyring->bind(store);
  return keyring;
}

int rotate_master_key(const ServerConfig& config, bool sandbox) {
  const run::KeyFiles files = key_files(config);
  if (!files.master_hex.empty()) return change_in_environment(config, files, sandbox);
  const std::filesystem::path next = run::next_master_file(files.master);
  if (std::filesystem::exists(next)) {
    return refuse(next.string() + " is there already: send SIGHUP to the service, which takes it over");
  }
  try {
    const auto store = open_alone(config, sandbox);
    run::Keyring keyring = run::Keyring::open(files, run::MissingKey::refuse);
    keyring.bind(*store);
    run::make_key_file(next, run::Keyring::kKeySize);
    keyring.take_next_master();
    std::printf("%s is another key now; the old one opens nothing any more\n", files.master.c_str());
  } catch (const store::StoreLocked&) {
    run::make_key_file(next, run::Keyring::kKeySize);
    std::printf(
        "%s is made: send SIGHUP to the service, which wraps all keys by it and puts it in the place of %s\n",
        next.c_str(), files.master.c_str());
  }
  return 0;
}

}  // namespace motcua::api
