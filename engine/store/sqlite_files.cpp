#include "engine/store/sqlite_files.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/store/store.h"

namespace motcua::store::sqlite {
namespace {

constexpr std::size_t kGatheredMax = 1 << 20;
constexpr std::size_t kWrittenMax = 1 << 16;  // SQLite's own file takes fewer than 2^17 bytes in a call
constexpr int kPagesPerSync = 64;
constexpr int kSetPace = 104618;  // an operation of our own, beside those of SQLite

enum class Use { other, log };

// What SQLite holds for an open file; the real file's own memory follows it.
struct File {
  sqlite3_file base;  // first: SQLite sees only this
  sqlite3_file* real;
  Use use;
  std::vector<char> gathered;
  sqlite3_int64 gathered_at;  // where in the file it begins
  Pace pace;
  int pages_unsynced;
  LogSync* syncs;   // who makes the syncs of this log; null: it does itself
  bool commits;     // they are of commits, not of checkpoints
  bool has_header;  // was written since the last sync
};

// A VFS of ours, with the one below it. As many as there were defaults: one, but for tests.
struct Vfs {
  sqlite3_vfs base;  // first: SQLite sees only this
  sqlite3_vfs* below;
  std::string name;
};

File& file_of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }

int write_gathered(File& file) {
  int result = SQLITE_OK;
  for (std::size_t done = 0; done < file.gathered.size() && result == SQLITE_OK; done += kWrittenMax) {
    const std::size_t size = std::min(kWrittenMax, file.gathered.size() - done);
    result = file.real->pMethods->xWrite(file.real, file.gathered.data() + done, static_cast<int>(size),
                                         file.gathered_at + static_cast<sqlite3_int64>(done));
  }
  file.gathered.clear();
  return result;
}

int gather(File& file, const char* bytes, int size, sqlite3_int64 offset) {
  const auto held = static_cast<sqlite3_int64>(file.gathered.size());
  const bool follows = held == 0 || offset == file.gathered_at + held;
  if (!follows || file.gathered.size() + static_cast<std::size_t>(size) > file.gathered.capacity()) {
    if (const int result = write_gathered(file); result != SQLITE_OK) return result;
  }
  if (file.gathered.empty()) file.gathered_at = offset;
  if (offset == 0) file.has_header = true;
  file.gathered.insert(file.gathered.end(), bytes, bytes + size);
  return SQLITE_OK;
}

// Rests, if so paced, as long as the sync took: half of the disk's time, however slow it is.
int sync_in_pace(File& file) {
  file.pages_unsynced = 0;
  const auto began = std::chrono::steady_clock::now();
  const int result = file.real->pMethods->xSync(file.real, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
  if (file.pace == Pace::rested) std::this_thread::sleep_for(std::chrono::steady_clock::now() - began);
  return result;
}

int write_file(sqlite3_file* base, const void* bytes, int size, sqlite3_int64 offset) {
  File& file = file_of(base);
  if (file.use == Use::log) return gather(file, static_cast<const char*>(bytes), size, offset);
  const int result = file.real->pMethods->xWrite(file.real, bytes, size, offset);
  if (result != SQLITE_OK || file.pace == Pace::full || ++file.pages_unsynced < kPagesPerSync) return result;
  return sync_in_pace(file);
}

int close_file(sqlite3_file* base) {
  File& file = file_of(base);
  const int written = write_gathered(file);
  const int closed = file.real->pMethods->xClose(file.real);
  file.~File();
  return written != SQLITE_OK ? written : closed;
}

int sync_file(sqlite3_file* base, int flags) {
  File& file = file_of(base);
  if (file.syncs != nullptr && file.syncs->failed()) return SQLITE_IOERR_FSYNC;
  if (const int result = write_gathered(file); result != SQLITE_OK) return result;
  const bool with_header = std::exchange(file.has_header, false);
  if (file.syncs != nullptr) {
    return file.commits ? file.syncs->at_commit(with_header) : file.syncs->at_checkpoint();
  }
  return file.real->pMethods->xSync(file.real, flags);
}

// Hands a call on to the real file, under the same method, once what was gathered has been written.
template <auto Method, typename... Arguments>
int after_writing(sqlite3_file* base, Arguments... arguments) {
  File& file = file_of(base);
  if (const int result = write_gathered(file); result != SQLITE_OK) return result;
  return (file.real->pMethods->*Method)(file.real, arguments...);
}

// The same for a call that has nothing to do with what a file holds.
template <auto Method, typename... Arguments>
auto forward(sqlite3_file* base, Arguments... arguments) {
  sqlite3_file* const real = file_of(base).real;
  return (real->pMethods->*Method)(real, arguments...);
}

int control_file(sqlite3_file* base, int operation, void* argument) {
  File& file = file_of(base);
  if (operation == kSetPace) {
    file.pace = *static_cast<Pace*>(argument);
    return SQLITE_OK;
  }
  return after_writing<&sqlite3_io_methods::xFileControl>(base, operation, argument);
}

using Methods = sqlite3_io_methods;

// Version 2 has no memory mapping.
const Methods kMethods = {
    2,
    close_file,
    after_writing<&Methods::xRead, void*, int, sqlite3_int64>,
    write_file,
    after_writing<&Methods::xTruncate, sqlite3_int64>,
    sync_file,
    after_writing<&Methods::xFileSize, sqlite3_int64*>,
    forward<&Methods::xLock, int>,
    forward<&Methods::xUnlock, int>,
    forward<&Methods::xCheckReservedLock, int*>,
    control_file,
    forward<&Methods::xSectorSize>,
    forward<&Methods::xDeviceCharacteristics>,
    forward<&Methods::xShmMap, int, int, int, void volatile**>,
    forward<&Methods::xShmLock, int, int, int>,
    forward<&Methods::xShmBarrier>,
    forward<&Methods::xShmUnmap, int>,
    nullptr,
    nullptr,
};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* base, int flags, int* flags_out) {
  auto* const real = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(base) + sizeof(File));
  base->pMethods = nullptr;  // SQLite closes only what has methods
  real->pMethods = nullptr;
  sqlite3_vfs* const below = reinterpret_cast<Vfs*>(vfs)->below;
  const int result = below->xOpen(below, path, real, flags, flags_out);
  if (result != SQLITE_OK) return result;
  File& file = *new (base) File{{&kMethods}, real,    (flags & SQLITE_OPEN_WAL) != 0 ? Use::log : Use::other,
                                {},          0,       Pace::full,
                                0,           nullptr, false,
                                false};
  // More than a page of any size, and never more than this: nothing is allocated later.
  if (file.use == Use::log) file.gathered.reserve(kGatheredMax);
  return SQLITE_OK;
}

Vfs* vfs_over(sqlite3_vfs* below) {
  // The copy keeps every method that does not open a file, and what they need.
  auto* const made = new Vfs{*below, below, std::string("motcua/") + below->zName};
  made->base.zName = made->name.c_str();
  made->base.szOsFile = static_cast<int>(sizeof(File)) + below->szOsFile;
  made->base.xOpen = open_file;
  sqlite3_vfs_register(&made->base, 0);
  return made;
}

}  // namespace

const char* writing_vfs() {
  // Never destroyed: SQLite keeps what is registered.
  static auto& known = *new std::map<sqlite3_vfs*, Vfs*>;
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  sqlite3_vfs* const below = sqlite3_vfs_find(nullptr);
  Vfs*& ours = known[below];
  if (ours == nullptr) ours = vfs_over(below);
  return ours->name.c_str();
}

void pace_writes(Connection& connection, Pace pace) {
  sqlite3_file_control(connection.get(), "main", kSetPace, &pace);
}

namespace {

// Null where the connection has none of ours.
sqlite3_file* log_of(Connection& connection) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(connection.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
  const bool is_log = file != nullptr && file->pMethods == &kMethods && file_of(file).use == Use::log;
  return is_log ? file : nullptr;
}

}  // namespace

LogSync::LogSync(Connection& connection, Of of, std::int64_t position)
    : of_(of), position_(position), written_position_(position), synced_position_(position) {
  sqlite3_file* const log = log_of(connection);
  if (of == Of::elsewhere) {
    if (log != nullptr) view_.emplace(connection);
    return;
  }
  if (log == nullptr) throw StoreError("the database has no write-ahead log");
  log_ = log;
  if (sync_locked() != SQLITE_OK) throw StoreFailed("the log cannot be synced");
  file_of(log_).syncs = this;
  file_of(log_).commits = true;
}

void LogSync::serve_checkpoints(Connection& connection) {
  sqlite3_file* const log = log_of(connection);
  if (log == nullptr) throw StoreError("the database has no write-ahead log");
  file_of(log).syncs = this;
}

int LogSync::at_checkpoint() {
  const std::lock_guard lock(mutex_);
  return sync_locked();
}

// Pages are in the file before they are counted here: a sync that begins after a count was read has them.
int LogSync::at_commit(bool with_header) {
  if (with_header) {
    const std::lock_guard lock(mutex_);
    return sync_locked();
  }
  written_position_.store(position_, std::memory_order_release);
  written_.fetch_add(1, std::memory_order_acq_rel);
  return SQLITE_OK;
}

int LogSync::sync_locked() {
  if (failure_ != SQLITE_OK || log_ == nullptr) return failure_;
  const std::int64_t position = written_position_.load(std::memory_order_acquire);
  const std::uint64_t written = written_.load(std::memory_order_acquire);
  sqlite3_file* const real = file_of(log_).real;
  failure_ = real->pMethods->xSync(real, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
  if (failure_ != SQLITE_OK) return failure_;
  synced_position_.store(position, std::memory_order_release);
  synced_.store(written, std::memory_order_release);
  return SQLITE_OK;
}

void LogSync::sync() {
  if (of_ == Of::elsewhere) return sync_elsewhere();
  const std::uint64_t seen = written_.load(std::memory_order_acquire);
  const auto is_there = [&] { return synced_.load(std::memory_order_acquire) >= seen; };
  if (is_there()) return;
  const std::lock_guard lock(mutex_);
  if (is_there()) return;  // somebody else's sync had it
  if (const int code = sync_locked(); code != SQLITE_OK)
    throw StoreFailed(std::string("the log cannot be synced: ") + sqlite3_errstr(code));
}

void LogSync::sync_elsewhere() {
  const std::lock_guard lock(mutex_);
  if (!view_) return;
  const LogPlace end = view_->index().end;
  if (failed()) throw StoreFailed("the log cannot be synced");
  if (end == synced_end_) return;
  failure_ = SQLITE_IOERR_FSYNC;  // until it has been done
  view_->sync();
  failure_ = SQLITE_OK;
  synced_end_ = end;
}

bool LogSync::close() {
  const std::lock_guard lock(mutex_);
  sync_locked();
  if (log_ != nullptr) file_of(log_).syncs = nullptr;
  log_ = nullptr;
  view_.reset();
  return failure_ == SQLITE_OK;
}

}  // namespace motcua::store::sqlite
