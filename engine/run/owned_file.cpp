#include "engine/run/owned_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "engine/run/keyring.h"

namespace motcua::run {
namespace {

namespace fs = std::filesystem;

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

void sync_folder(const fs::path& folder) {
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0 || ::fsync(opened.get()) != 0) fail_on_file("sync the folder", folder);
}

}  // namespace

void fail_on_file(const std::string& what, const fs::path& file) {
  const std::string reason = std::generic_category().message(errno);
  throw KeyFileError("Could not " + what + " " + file.string() + ": " + reason);
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

bool read_at(int fd, std::span<std::uint8_t> out, std::size_t offset, const fs::path& file) {
  while (!out.empty()) {
    const ssize_t n = ::pread(fd, out.data(), out.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_on_file("read", file);
    if (n == 0) return false;
    out = out.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::size_t>(n);
  }
  return true;
}

void write_at(int fd, std::span<const std::uint8_t> bytes, std::size_t offset, const fs::path& file) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_on_file("write", file);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::size_t>(n);
  }
}

void sync_file(int fd, const fs::path& file) {
  if (::fsync(fd) != 0) fail_on_file("sync", file);
}

void make_folder_of(const fs::path& file) {
  const fs::path folder = folder_of(file);
  if (::mkdir(folder.c_str(), 0700) == 0) return sync_folder(folder_of(folder));
  if (errno != EEXIST) fail_on_file("make the folder", folder);
}

void sync_folder_of(const fs::path& file) { sync_folder(folder_of(file)); }

void remove_drafts(const fs::path& file) {
  constexpr std::size_t kRandom = 7;  // ".XXXXXX"
  const std::string name = file.filename().string() + '.';
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder_of(file), ignored)) {
    const std::string other = entry.path().filename().string();
    if (other.starts_with(name) && other.size() == name.size() - 1 + kRandom) fs::remove(entry.path());
  }
}

Draft::Draft(const fs::path& file) : file_(file), name_(file.string() + ".XXXXXX") {
  fd_ = ::mkostemp(name_.data(), O_CLOEXEC);
  if (fd_ < 0) fail_on_file("make", file);
}

Draft::~Draft() {
  if (fd_ >= 0) ::close(fd_);
  if (!named_) ::unlink(name_.c_str());
}

int Draft::release() {
  const int fd = fd_;
  fd_ = -1;
  return fd;
}

void Draft::replace() {
  sync_file(fd_, file_);
  if (::rename(name_.c_str(), file_.c_str()) != 0) fail_on_file("replace", file_);
  named_ = true;
}

bool Draft::appear() {
  sync_file(fd_, file_);
  const bool linked = ::link(name_.c_str(), file_.c_str()) == 0;
  if (!linked && errno != EEXIST) fail_on_file("make", file_);
  sync_folder_of(file_);
  return linked;
}

}  // namespace motcua::run
