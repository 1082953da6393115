#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace motcua::run {

// Files of secrets. Every failure is a KeyFileError that names the file.

// Throws what errno says.
[[noreturn]] void fail_on_file(const std::string& what, const std::filesystem::path& file);

// A descriptor that is closed with its owner.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();
  int get() const { return fd_; }
  int release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }

 private:
  int fd_;
};

// False when the file ends before all of it was read.
bool read_at(int fd, std::span<std::uint8_t> out, std::size_t offset, const std::filesystem::path& file);
void write_at(int fd, std::span<const std::uint8_t> bytes, std::size_t offset,
              const std::filesystem::path& file);
void sync_file(int fd, const std::filesystem::path& file);
// The folder of a file, with mode 0700, where it is missing.
void make_folder_of(const std::filesystem::path& file);
// After a file got its name: it has it on the disk too.
void sync_folder_of(const std::filesystem::path& file);

// Removes what a process that was killed left of its drafts of a file. Nobody may write it meanwhile.
void remove_drafts(const std::filesystem::path& file);

// A file with mode 0600 that is written whole beside its name, and then gets it. Gone again unless it got it.
class Draft {
 public:
  explicit Draft(const std::filesystem::path& file);
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft();
  int fd() const { return fd_; }
  int release();
  // In place of what has the name; sync_folder_of keeps the name, too.
  void replace();
  // Under the name, where nothing has it yet; false when something does.
  bool appear();

 private:
  std::filesystem::path file_;
  std::string name_;
  int fd_ = -1;
  bool named_ = false;
};

}  // namespace motcua::run
