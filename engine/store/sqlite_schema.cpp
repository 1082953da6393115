#include "engine/store/sqlite_schema.h"

namespace motcua::store::sqlite {
namespace {

// Written into the file's header, where `file` and other programs see it.
constexpr std::int64_t kRealId = 0x4d544351;     // "MTCQ"
constexpr std::int64_t kSandboxId = 0x4d544353;  // "MTCS"

// Nothing was ever put in, also when an earlier start was cut before its first commit.
bool is_empty(Connection& connection) {
  return connection.number("PRAGMA application_id") == 0 &&
         connection.number("SELECT count(*) FROM sqlite_schema") == 0;
}

void check_identity(Connection& connection, const SqliteOptions& options) {
  const std::int64_t id = connection.number("PRAGMA application_id");
  const std::int64_t expected = options.sandbox ? kSandboxId : kRealId;
  if (id == expected) return;
  if (id == kSandboxId)
    throw StoreError(options.path + " is a sandbox: it cannot be served as a real database");
  if (id == kRealId) throw StoreError(options.path + " is a real database: it cannot be served as a sandbox");
  throw StoreError(options.path + " is not a database of motcua");
}

}  // namespace

void prepare_schema(Connection& connection, const SqliteOptions& options) {
  const auto newest = static_cast<std::int64_t>(migrations().size());
  const bool empty = is_empty(connection);
  if (!empty) check_identity(connection, options);
  if (empty && (options.read_only || !options.create))
    throw StoreError("there is no database in " + options.path);
  if (connection.number("PRAGMA user_version") == newest) return;
  if (connection.number("PRAGMA user_version") > newest) {
    throw StoreError(options.path + " was written by a newer version of motcua: update the program");
  }
  if (options.read_only)
    throw StoreError(options.path + " is of an older version: it must be served once first");
  if (empty) {
    connection.run("PRAGMA page_size = " + std::to_string(options.page_size));
    connection.run("PRAGMA journal_mode = WAL");
  }
  Transaction transaction(connection, "BEGIN IMMEDIATE");
  // Another writer may have been first.
  for (auto at = connection.number("PRAGMA user_version"); at < newest; ++at) {
    connection.run(std::string(migrations()[static_cast<std::size_t>(at)]));
  }
  connection.run("PRAGMA user_version = " + std::to_string(newest));
  connection.run("PRAGMA application_id = " + std::to_string(options.sandbox ? kSandboxId : kRealId));
  transaction.commit();
}

std::int64_t epoch_of(Connection& connection, bool make) {
  const std::string ask = "SELECT value FROM meta WHERE name = 'epoch'";
  const std::int64_t known = connection.number(ask);
  if (known != 0 || !make) return known;
  // Another writer may be first: then its epoch stands.
  connection.run("INSERT INTO meta SELECT 'epoch', random() | 1 WHERE true ON CONFLICT DO NOTHING");
  return connection.number(ask);
}

void renew_epoch(Connection& connection) {
  connection.run("INSERT OR REPLACE INTO meta VALUES('epoch', random() | 1)");
}

}  // namespace motcua::store::sqlite
