#include "tests/support/cut_vfs.h"

#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "tests/support/cut_disk.h"

namespace motcua::cut {
namespace {

// Everything the VFS knows, under one lock: a cut stops all threads at one instant.
struct Machine {
  std::mutex mutex;
  CutPlan plan;
  std::mt19937_64 random;
  Disk disk;
  std::uint64_t syncs = 0;
  std::uint64_t writes = 0;
  std::int64_t grown_bytes = 0;
  sqlite3_vfs* real = nullptr;
};

// Never destroyed: threads of the process may still write while it exits.
Machine& machine() {
  static auto* const kept = new Machine;
  return *kept;
}

// What SQLite holds for an open file; the real file's own memory follows it.
struct CutFile {
  sqlite3_file base;  // first: SQLite sees only this
  sqlite3_file* real;
  std::shared_ptr<HeldFile> held;  // null for temporary files, which are passed through
};

CutFile& cut_file(sqlite3_file* file) { return *reinterpret_cast<CutFile*>(file); }
sqlite3_file* real_file(sqlite3_file* file) { return cut_file(file).real; }

// Requires the lock, which is never given back.
[[noreturn]] void cut_locked(Machine& m) {
  Fate fate(m.random);
  m.disk.cut(fate);
  ::_exit(kCutExit);
}

[[noreturn]] void cut_at_sync(Machine& m, HeldFile& held) {
  switch (m.plan.sync_off ? 0 : m.random() % 3) {
    case 0:
      break;
    case 1:
      held.flush(m.random() % (held.pending() + 1));
      break;
    case 2:
      m.disk.sync(held);
      break;
  }
  cut_locked(m);
}

// One byte through a FIFO; waits for the other end.
char pass_through(const std::string& fifo, int direction) {
  char byte = 'g';
  const int fd = ::open(fifo.c_str(), direction | O_CLOEXEC);
  const ssize_t passed = direction == O_WRONLY ? ::write(fd, &byte, 1) : ::read(fd, &byte, 1);
  if (fd < 0 || passed != 1) {
    std::fprintf(stderr, "cut: nobody is at the gate %s\n", fifo.c_str());
    std::abort();
  }
  ::close(fd);
  return byte;
}

// What is to become of a sync, by whoever stands at the gate. One sync at a time stands there.
char ask_at_gate(const std::string& gate) {
  static std::mutex turn;
  const std::lock_guard lock(turn);
  if (gate.empty() || ::access(gate.c_str(), F_OK) != 0) return 'g';
  pass_through(gate, O_WRONLY);
  return pass_through(gate + ".answer", O_RDONLY);
}

bool has_room(const Machine& m, std::int64_t growth) {
  if (growth <= 0) return true;
  if (m.plan.full_after_bytes && m.grown_bytes + growth > *m.plan.full_after_bytes) return false;
  return m.plan.full_while.empty() || ::access(m.plan.full_while.c_str(), F_OK) != 0;
}

int file_close(sqlite3_file* file) {
  Machine& m = machine();
  const std::lock_guard lock(m.mutex);
  CutFile& cut = cut_file(file);
  const int result = cut.real->pMethods->xClose(cut.real);
  if (cut.held) m.disk.close(std::move(cut.held));
  cut.~CutFile();
  return result;
}

int file_read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
  CutFile& cut = cut_file(file);
  if (!cut.held) return cut.real->pMethods->xRead(cut.real, out, size, offset);
  const std::span bytes(static_cast<std::byte*>(out), static_cast<std::size_t>(size));
  const std::lock_guard lock(machine().mutex);
  const std::size_t got = cut.held->read(bytes, offset);
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(got), bytes.end(), std::byte{0});
  return got == bytes.size() ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int file_write(sqlite3_file* file, const void* in, int size, sqlite3_int64 offset) {
  CutFile& cut = cut_file(file);
  if (!cut.held) return cut.real->pMethods->xWrite(cut.real, in, size, offset);
  Machine& m = machine();
  const std::lock_guard lock(m.mutex);
  if (++m.writes == m.plan.fail_write) return SQLITE_IOERR_WRITE;
  const std::int64_t growth = std::max<std::int64_t>(0, offset + size - cut.held->size());
  if (!has_room(m, growth)) return SQLITE_FULL;
  m.grown_bytes += growth;
  cut.held->write({static_cast<const std::byte*>(in), static_cast<std::size_t>(size)}, offset);
  return SQLITE_OK;
}

int file_truncate(sqlite3_file* file, sqlite3_int64 size) {
  CutFile& cut = cut_file(file);
  if (!cut.held) return cut.real->pMethods->xTruncate(cut.real, size);
  Machine& m = machine();
  const std::lock_guard lock(m.mutex);
  m.grown_bytes += size - cut.held->size();
  cut.held->truncate(size);
  return SQLITE_OK;
}

int file_sync(sqlite3_file* file, int flags) {
  CutFile& cut = cut_file(file);
  if (!cut.held) return cut.real->pMethods->xSync(cut.real, flags);
  Machine& m = machine();
  std::unique_lock lock(m.mutex);
  const std::uint64_t number = ++m.syncs;
  const std::size_t covered = cut.held->pending();
  lock.unlock();
  const char answer = ask_at_gate(m.plan.gate);  // others read and write meanwhile
  lock.lock();
  if (number == m.plan.fail_sync || answer == 'f') {
    Fate fate(m.random);
    cut.held->settle(fate);
    return SQLITE_IOERR_FSYNC;
  }
  if (number == m.plan.cut_at_sync || answer == 'c') cut_at_sync(m, *cut.held);
  if (m.plan.sync_off) return SQLITE_OK;
  // The real disk is not synced: only this process is ever cut, and its page cache stays.
  m.disk.sync(*cut.held, covered);
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  CutFile& cut = cut_file(file);
  if (!cut.held) return cut.real->pMethods->xFileSize(cut.real, size);
  const std::lock_guard lock(machine().mutex);
  *size = cut.held->size();
  return SQLITE_OK;
}

int file_control(sqlite3_file* file, int operation, void* argument) {
  CutFile& cut = cut_file(file);
  if (operation == SQLITE_FCNTL_VFSNAME) {
    *static_cast<char**>(argument) = sqlite3_mprintf("cut/%s", machine().real->zName);
    return SQLITE_OK;
  }
  // Each of these would have the real file grow, or be read behind the pending writes.
  const bool reaches_around = operation == SQLITE_FCNTL_SIZE_HINT || operation == SQLITE_FCNTL_CHUNK_SIZE ||
                              operation == SQLITE_FCNTL_MMAP_SIZE;
  if (cut.held && reaches_around) return SQLITE_NOTFOUND;
  return cut.real->pMethods->xFileControl(cut.real, operation, argument);
}

int file_characteristics(sqlite3_file* file) {
  sqlite3_file* const real = real_file(file);
  // A torn write leaves the bytes beside it alone, and that is all this disk promises.
  return real->pMethods->xDeviceCharacteristics(real) & SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

// Hands a call on to the real file, under the same method.
template <auto Method, typename... Arguments>
auto forward(sqlite3_file* file, Arguments... arguments) {
  sqlite3_file* const real = real_file(file);
  return (real->pMethods->*Method)(real, arguments...);
}

// Version 2 has no memory mapping: a mapped page would not show what is pending.
const sqlite3_io_methods kFileMethods = {
    2,
    file_close,
    file_read,
    file_write,
    file_truncate,
    file_sync,
    file_size,
    forward<&sqlite3_io_methods::xLock, int>,
    forward<&sqlite3_io_methods::xUnlock, int>,
    forward<&sqlite3_io_methods::xCheckReservedLock, int*>,
    file_control,
    forward<&sqlite3_io_methods::xSectorSize>,
    file_characteristics,
    forward<&sqlite3_io_methods::xShmMap, int, int, int, void volatile**>,
    forward<&sqlite3_io_methods::xShmLock, int, int, int>,
    forward<&sqlite3_io_methods::xShmBarrier>,
    forward<&sqlite3_io_methods::xShmUnmap, int>,
    nullptr,
    nullptr,
};

int vfs_open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* flags_out) {
  Machine& m = machine();
  const std::lock_guard lock(m.mutex);
  auto* const real = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(CutFile));
  const bool held = path != nullptr && (flags & SQLITE_OPEN_DELETEONCLOSE) == 0;
  const bool existed = held && ::access(path, F_OK) == 0;
  file->pMethods = nullptr;  // SQLite closes only what has methods
  real->pMethods = nullptr;
  const int result = m.real->xOpen(m.real, path, real, flags, flags_out);
  if (result != SQLITE_OK) return result;
  auto* const cut = new (file) CutFile{{&kFileMethods}, real, nullptr};
  if (!held) return SQLITE_OK;
  if (!existed) m.disk.note_created(path);
  cut->held = m.disk.open(path);
  return SQLITE_OK;
}

int vfs_delete(sqlite3_vfs*, const char* path, int sync_directory) {
  Machine& m = machine();
  const std::lock_guard lock(m.mutex);
  if (::access(path, F_OK) == 0) {
    m.grown_bytes -= m.disk.open(path)->size();
    m.disk.note_deleted(path);
  }
  const int result = m.real->xDelete(m.real, path, 0);
  if (sync_directory != 0) m.disk.sync_directory_of(path);
  return result;
}

int vfs_access(sqlite3_vfs*, const char* path, int flags, int* result) {
  Machine& m = machine();
  const std::lock_guard lock(m.mutex);
  // To SQLite an empty file does not exist, and a file may be empty on the disk alone.
  if (const auto held = m.disk.find(path); held && flags == SQLITE_ACCESS_EXISTS) {
    *result = held->size() > 0 ? 1 : 0;
    return SQLITE_OK;
  }
  return m.real->xAccess(m.real, path, flags, result);
}

std::optional<std::uint64_t> number_from_environment(const char* name) {
  const char* const text = std::getenv(name);
  if (text == nullptr) return std::nullopt;
  std::uint64_t value = 0;
  const char* const end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, value);
  if (error == std::errc{} && stop == end) return value;
  std::fprintf(stderr, "Expected %s to be a whole number, but it is \"%s\".\n", name, text);
  std::_Exit(2);
}

std::string text_from_environment(const char* name) {
  const char* const text = std::getenv(name);
  return text == nullptr ? "" : text;
}

// A handler may do next to nothing; a thread of its own waits for its word and takes the lock.
sem_t cut_requested;

void cut_on_signal() {
  ::sem_init(&cut_requested, 0, 0);
  // This thread comes before main(), which leaves signals to a thread of its own: none may end the process
  // here.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread([] {
    while (::sem_wait(&cut_requested) != 0) {
    }
    cut_power();
  }).detach();
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  struct sigaction action {};
  action.sa_handler = [](int) { ::sem_post(&cut_requested); };
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGUSR1, &action, nullptr);
}

}  // namespace

void register_cut_vfs(const CutPlan& plan, bool make_default) {
  Machine& m = machine();
  assert(m.real == nullptr);
  sqlite3_initialize();
  m.plan = plan;
  m.random.seed(plan.seed);
  m.real = sqlite3_vfs_find(nullptr);
  // The copy keeps pAppData and every method that does not touch the content of a file.
  static sqlite3_vfs vfs = *m.real;
  vfs.zName = "cut";
  vfs.szOsFile = static_cast<int>(sizeof(CutFile)) + m.real->szOsFile;
  vfs.xOpen = vfs_open;
  vfs.xDelete = vfs_delete;
  vfs.xAccess = vfs_access;
  sqlite3_vfs_register(&vfs, make_default ? 1 : 0);
  std::atexit([] {
    const std::lock_guard lock(machine().mutex);
    machine().disk.flush_all();
  });
}

void register_cut_vfs(std::uint64_t seed, bool make_default) {
  CutPlan plan;
  plan.seed = seed;
  register_cut_vfs(plan, make_default);
}

void register_cut_vfs_from_environment() {
  const auto seed = number_from_environment("MOTCUA_CUT_SEED");
  if (!seed) return;
  CutPlan plan;
  plan.seed = *seed;
  plan.cut_at_sync = number_from_environment("MOTCUA_CUT_AFTER_SYNCS").value_or(0);
  plan.fail_sync = number_from_environment("MOTCUA_CUT_FAIL_SYNC").value_or(0);
  plan.fail_write = number_from_environment("MOTCUA_CUT_FAIL_WRITE").value_or(0);
  plan.full_after_bytes = number_from_environment("MOTCUA_CUT_FULL_AFTER_BYTES");
  plan.full_while = text_from_environment("MOTCUA_CUT_FULL_WHILE");
  plan.sync_off = number_from_environment("MOTCUA_CUT_SYNC_OFF").value_or(0) != 0;
  plan.gate = text_from_environment("MOTCUA_CUT_GATE");
  register_cut_vfs(plan, true);
  cut_on_signal();
}

void cut_power() {
  Machine& m = machine();
  m.mutex.lock();
  cut_locked(m);
}

}  // namespace motcua::cut
