#include "engine/run/key_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>
#include <vector>

#include "engine/run/keyring.h"
#include "engine/run/random_port.h"

namespace motcua::run {
namespace {

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& file) {
  const std::string reason = std::generic_category().message(errno);
  throw KeyFileError("Could not " + what + " " + file.string() + ": " + reason);
}

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

void write_whole(int fd, std::span<const std::uint8_t> bytes, const std::filesystem::path& file) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("write", file);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  if (::fsync(fd) != 0) fail("sync", file);
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

void sync_folder(const std::filesystem::path& folder) {
  const File opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.fd() < 0 || ::fsync(opened.fd()) != 0) fail("sync the folder", folder);
}

void make_folder(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) return sync_folder(folder_of(folder));
  if (errno != EEXIST) fail("make the folder", folder);
}

}  // namespace

bool read_key_file(const std::filesystem::path& file, std::span<std::uint8_t> key) {
  const File opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (opened.fd() < 0) {
    if (errno == ENOENT) return false;
    fail("open", file);
  }
  struct stat about {};
  if (::fstat(opened.fd(), &about) != 0) fail("look at", file);
  if (!S_ISREG(about.st_mode))
    throw KeyFileError("Expected a key in " + file.string() + ", but it is no file");
  if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw KeyFileError("Expected " + file.string() +
                       " to be closed to all but its owner, but others may use it: chmod 600");
  }
  if (about.st_size != static_cast<off_t>(key.size())) {
    throw KeyFileError("Expected a key of " + std::to_string(key.size()) + " bytes in " + file.string() +
                       ", but it has " + std::to_string(about.st_size));
  }
  for (std::size_t done = 0; done < key.size();) {
    const ssize_t n = ::read(opened.fd(), key.data() + done, key.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("read", file);
    if (n == 0) throw KeyFileError("The key file " + file.string() + " was cut while it was read");
    done += static_cast<std::size_t>(n);
  }
  return true;
}

void make_key_file(const std::filesystem::path& file, std::size_t size) {
  const std::filesystem::path folder = folder_of(file);
  make_folder(folder);
  std::vector<std::uint8_t> key(size);
  random_bytes(key);
  // Written beside, then linked under its name: nobody ever reads half a key, and of two processes one wins.
  std::string draft = file.string() + ".XXXXXX";
  {
    const File opened(::mkostemp(draft.data(), O_CLOEXEC));
    if (opened.fd() < 0) fail("make", file);
    try {
      write_whole(opened.fd(), key, file);
    } catch (...) {
      ::unlink(draft.c_str());
      throw;
    }
  }
  OPENSSL_cleanse(key.data(), key.size());
  const bool linked = ::link(draft.c_str(), file.c_str()) == 0 || errno == EEXIST;
  const int reason = errno;
  ::unlink(draft.c_str());
  errno = reason;
  if (!linked) fail("make", file);
  sync_folder(folder);
}

}  // namespace motcua::run
