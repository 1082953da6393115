#include "engine/store/sqlite_files.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <vector>

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
    after_writing<&Methods::xSync, int>,
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
  File& file = *new (base) File{
      {&kMethods}, real, (flags & SQLITE_OPEN_WAL) != 0 ? Use::log : Use::other, {}, 0, Pace::full, 0};
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

}  // namespace motcua::store::sqlite
