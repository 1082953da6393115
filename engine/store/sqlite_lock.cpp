#include "engine/store/sqlite_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/store/store.h"

namespace motcua::store::sqlite {
namespace {

std::string holder_in(int fd) {
  char text[32] = {};
  const ssize_t length = ::pread(fd, text, sizeof text - 1, 0);
  std::string holder(text, length > 0 ? static_cast<std::size_t>(length) : 0);
  while (!holder.empty() && holder.back() == '\n') holder.pop_back();
  return holder.empty() ? "unknown" : holder;
}

}  // namespace

LockFile::LockFile(const std::string& path) {
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (fd_ < 0) throw StoreError("cannot open " + path + ": " + std::strerror(errno));
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    const std::string holder = holder_in(fd_);
    ::close(fd_);
    throw StoreLocked("the database is already served by process " + holder);
  }
  const std::string own = std::to_string(::getpid()) + "\n";
  // The number is for people only: where it cannot be written, the lock holds all the same.
  if (::ftruncate(fd_, 0) == 0 && ::pwrite(fd_, own.data(), own.size(), 0) < 0) return;
}

LockFile::~LockFile() { ::close(fd_); }

}  // namespace motcua::store::sqlite
