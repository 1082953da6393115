#include "engine/store/sqlite_schema.h"

#include <map>
#include <utility>

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

// What a database is made of: its statement, by "trigger name".
using SchemaObjects = std::map<std::string, std::string>;

SchemaObjects objects_of(Connection& connection) {
  SchemaObjects found;
  // SQLite's own tables of statistics hold nothing of ours.
  Statement all(connection,
                "SELECT type || ' ' || name, tbl_name || ': ' || coalesce(sql, '') FROM main.sqlite_schema "
                "WHERE NOT (type = 'table' AND name IN ('sqlite_stat1', 'sqlite_stat4'))");
  Rows rows = all.rows();
  while (rows.next()) found.emplace(rows.text(0), rows.text(1));
  return found;
}

const SchemaObjects& migrated_objects() {
  static const SchemaObjects kObjects = [] {
    Connection connection(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    for (const std::string_view migration : migrations()) connection.run(std::string(migration));
    return objects_of(connection);
  }();
  return kObjects;
}

// A trigger that somebody added would live on in every copy, and do with each write what he wanted; one that
// is gone no longer holds a published list.
void check_objects(Connection& connection, const SqliteOptions& options) {
  const SchemaObjects is = objects_of(connection);
  const SchemaObjects& made = migrated_objects();
  for (const auto& [name, sql] : is) {
    const auto wanted = made.find(name);
    if (wanted == made.end())
      throw StoreError(options.path + " holds what no version of motcua makes: the " + name);
    if (wanted->second != sql)
      throw StoreError(options.path + " was changed by another hand: the " + name + " is another one");
  }
  for (const auto& [name, sql] : made) {
    if (!is.contains(name))
      throw StoreError(options.path + " was changed by another hand: the " + name + " is gone");
  }
}

}  // namespace

void prepare_schema(Connection& connection, const SqliteOptions& options) {
  const auto newest = static_cast<std::int64_t>(migrations().size());
  const bool empty = is_empty(connection);
  if (!empty) check_identity(connection, options);
  if (empty && (options.read_only || !options.create))
    throw StoreError("there is no database in " + options.path);
  if (connection.number("PRAGMA user_version") == newest) return check_objects(connection, options);
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
  check_objects(connection, options);
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
