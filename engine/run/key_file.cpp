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
#include "engine/run/owned_file.h"
#include "engine/run/random_port.h"

namespace motcua::run {
bool read_key_file(const std::filesystem::path& file, std::span<std::uint8_t> key) {
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (opened.get() < 0) {
    if (errno == ENOENT) return false;
    fail_on_file("open", file);
  }
  struct stat about {};
  if (::fstat(opened.get(), &about) != 0) fail_on_file("look at", file);
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
  if (!read_at(opened.get(), key, 0, file))
    throw KeyFileError("The key file " + file.string() + " was cut while it was read");
  return true;
}

void make_key_file(const std::filesystem::path& file, std::size_t size) {
  make_folder_of(file);
  std::vector<std::uint8_t> key(size);
  random_bytes(key);
  // Written beside, then linked under its name: nobody ever reads half a key, and of two processes one wins.
  Draft draft(file);
  write_at(draft.fd(), key, 0, file);
  OPENSSL_cleanse(key.data(), key.size());
  draft.appear();
}

}  // namespace motcua::run
