#include "api/master_key.h"

#include <cstdio>

#include "engine/run/key_file.h"
#include "engine/run/keyring.h"
#include "engine/store/sqlite_store.h"

namespace motcua::api {
namespace {

int refuse(const std::string& why) {
  std::fprintf(stderr, "motcua: %s\n", why.c_str());
  return 1;
}

}  // namespace

int rotate_master_key(const ServerConfig& config, bool sandbox) {
  const run::KeyFiles files = key_files(config);
  if (!files.master_hex.empty())
    return refuse("the master key comes by the environment: it cannot be changed in its file");
  const std::filesystem::path next = run::next_master_file(files.master);
  if (std::filesystem::exists(next)) {
    return refuse(next.string() + " is there already: send SIGHUP to the service, which takes it over");
  }
  store::SqliteOptions options;
  options.path = config.database;
  options.sandbox = sandbox;
  options.create = false;
  try {
    const auto store = store::open_sqlite(options);
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
