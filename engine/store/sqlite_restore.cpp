#include "engine/store/sqlite_restore.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "engine/store/sqlite_backup.h"
#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_schema.h"

namespace motcua::store::sqlite {
namespace {

namespace fs = std::filesystem;

void refuse_what_is_in_the_way(const std::string& path) {
  // A log without its database would be taken for the log of the one that comes.
  for (const std::string& file : {path, path + "-wal", path + "-shm"}) {
    if (fs::exists(fs::symlink_status(file))) {
      throw StoreError(file + " is there: move it away, with " + path + "-wal and " + path +
                       "-shm, before a backup takes its place");
    }
  }
}

// A backup is one whole file; a file with a log beside it was copied from under a process, and may lack what
// the log has.
void refuse_unfinished(const std::string& backup) {
  if (!fs::is_regular_file(backup)) throw StoreError(backup + " is no file");
  std::error_code none;
  const auto log = fs::file_size(backup + "-wal", none);
  if (!none && log > 0) throw StoreError(backup + " has a log beside it: make backups with `motcua backup`");
}

void check_whole(Connection& connection, const std::string& backup) {
  Statement check(connection, "PRAGMA integrity_check(1)");
  Rows rows = check.rows();
  const bool answered = rows.next();
  if (answered && rows.text(0) == "ok") return;
  throw StoreError(backup + " is damaged: " + std::string(answered ? rows.text(0) : "it does not answer"));
}

void check_key(Connection& connection, const std::string& backup, const std::string& key_name) {
  Statement known(connection, "SELECT value FROM meta WHERE name = 'key_name'");
  Rows rows = known.rows();
  if (rows.next() && rows.text(0) != key_name)
    throw StoreError(backup + " was sealed by another master key: put that one beside it first");
}

// In the log's place the database gets everything, so that the file may be renamed alone.
void renew(const SqliteOptions& options, const std::string& part, const std::string& backup,
           const std::string& key_name) {
  SqliteOptions of_part = options;
  of_part.path = backup;  // as faults name it
  of_part.create = false;
  Connection connection(part, SQLITE_OPEN_READWRITE);
  connection.run("PRAGMA synchronous = FULL");
  check_whole(connection, backup);
  prepare_schema(connection, of_part);
  check_key(connection, backup, key_name);
  renew_epoch(connection);
  if (connection.number("PRAGMA wal_checkpoint(TRUNCATE)") != 0)
    throw StoreError("cannot write the log of " + part + " back");
}

void sync_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  const int error = errno;
  if (fd >= 0) ::close(fd);
  if (!synced) throw StoreError("cannot sync " + path + ": " + std::strerror(error));
}

void remove_part(const std::string& part) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(part + suffix, ignored);
}

}  // namespace

void put_in_place(const SqliteOptions& options, const std::string& backup, const std::string& key_name) {
  refuse_what_is_in_the_way(options.path);
  refuse_unfinished(backup);
  const std::string part = options.path + ".restoring";
  remove_part(part);  // of a restore that was cut
  try {
    std::error_code failed;
    if (!fs::copy_file(backup, part, failed))
      throw StoreError("cannot copy " + backup + " to " + part + ": " + failed.message());
    fs::permissions(part, fs::perms::owner_read | fs::perms::owner_write, fs::perm_options::add);
    renew(options, part, backup, key_name);
    sync_file(part);
    fs::rename(part, options.path);
  } catch (...) {
    remove_part(part);
    throw;
  }
  sync_directory_of(options.path);
}

}  // namespace motcua::store::sqlite
