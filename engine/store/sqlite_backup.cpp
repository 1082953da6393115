#include "engine/store/sqlite_backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_follower.h"
#include "engine/store/sqlite_log.h"
#include "engine/store/store.h"

namespace motcua::store::sqlite {
namespace {

void copy_pages(const std::string& from, const std::string& to) {
  Connection source(from, SQLITE_OPEN_READWRITE);
  source.keep_log();
  forget_unwritten_log(source);
  make_owned_file(to);
  Connection target(to, SQLITE_OPEN_READWRITE);
  target.run("PRAGMA synchronous = FULL");
  sqlite3_backup* copy = sqlite3_backup_init(target.get(), "main", source.get(), "main");
  if (copy == nullptr) throw_failure(target.get(), sqlite3_errcode(target.get()), "cannot copy the database");
  // All pages in one step: one read transaction, so one instant.
  const int stepped = sqlite3_backup_step(copy, -1);
  const int finished = sqlite3_backup_finish(copy);
  if (stepped != SQLITE_DONE) throw_failure(target.get(), stepped, "cannot copy the database");
  if (finished != SQLITE_OK) throw_failure(target.get(), finished, "cannot copy the database");
  LogView(source).sync();  // nothing is in a backup that a power cut could take back here
}

}  // namespace

void sync_directory_of(const std::string& file) {
  const std::filesystem::path path(file);
  const auto parent = path.parent_path().empty() ? std::filesystem::path(".") : path.parent_path();
  const int fd = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  const int error = errno;
  if (fd >= 0) ::close(fd);
  if (!synced) throw StoreError("cannot sync " + parent.string() + ": " + std::strerror(error));
}

void back_up(const std::string& from, const std::string& to) {
  if (std::filesystem::exists(to)) throw StoreError(to + " exists already: name a file that does not");
  const std::string part = to + ".part";
  std::filesystem::remove(part);
  try {
    copy_pages(from, part);
    std::filesystem::rename(part, to);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    throw;
  }
  sync_directory_of(to);
}

void back_up_encrypted(const std::string& from, const std::string& to, const BackupKey& key) {
  if (std::filesystem::exists(to)) throw StoreError(to + " exists already: name a file that does not");
  LogFollower held(from);
  BackupWriter writer(to, key);
  for (std::uint32_t page = 1; page <= held.held().pages; ++page) writer.write(held.page(page));
  writer.finish();
}

}  // namespace motcua::store::sqlite
