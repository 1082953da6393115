#include "tests/support/cut_disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace motcua::cut {
namespace {

constexpr std::int64_t kSector = 512;

[[noreturn]] void give_up(const char* call, const std::string& path) {
  std::fprintf(stderr, "cut: %s %s: %s\n", call, path.c_str(), std::strerror(errno));
  std::abort();
}

std::int64_t size_of(int fd, const std::string& path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) give_up("fstat", path);
  return status.st_size;
}

void write_all(int fd, std::span<const std::byte> bytes, std::int64_t offset, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), offset);
    if (written < 0) give_up("pwrite", path);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += written;
  }
}

std::filesystem::path directory_of(const std::string& path) {
  return std::filesystem::path(path).parent_path();
}

}  // namespace

Fate::Fate(std::mt19937_64& random) : random_(random) {
  constexpr std::array<unsigned, 5> kLoss{0, 10, 50, 90, 100};
  constexpr std::array<unsigned, 3> kTear{0, 10, 50};
  loss_percent_ = kLoss[random_() % kLoss.size()];
  tear_percent_ = kTear[random_() % kTear.size()];
}

bool Fate::chance(unsigned percent) { return random_() % 100 < percent; }

bool Fate::survives() { return !chance(loss_percent_); }

std::vector<Extent> Fate::survivors(std::int64_t offset, std::size_t size) {
  if (!chance(tear_percent_)) return survives() ? std::vector<Extent>{{0, size}} : std::vector<Extent>{};
  if (chance(50)) return {{0, random_() % size}};
  std::vector<Extent> kept;
  for (std::size_t first = 0; first < size;) {
    const auto to_boundary =
        static_cast<std::size_t>(kSector - (offset + static_cast<std::int64_t>(first)) % kSector);
    const std::size_t length = std::min(to_boundary, size - first);
    if (chance(50)) kept.push_back({first, length});
    first += length;
  }
  return kept;
}

HeldFile::HeldFile(std::string path) : path_(std::move(path)) {
  fd_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
  if (fd_ < 0) fd_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) give_up("open", path_);
  size_ = durable_end_ = size_of(fd_, path_);
}

// Closing any descriptor of a file drops every POSIX lock that the process holds on it: this runs only when
// no connection has the file open.
HeldFile::~HeldFile() { ::close(fd_); }

void HeldFile::read_durable(std::span<std::byte> out, std::int64_t offset) const {
  const auto wanted =
      std::clamp<std::int64_t>(durable_end_ - offset, 0, static_cast<std::int64_t>(out.size()));
  std::size_t done = 0;
  while (done < static_cast<std::size_t>(wanted)) {
    const ssize_t got = ::pread(fd_, out.data() + done, static_cast<std::size_t>(wanted) - done,
                                offset + static_cast<std::int64_t>(done));
    if (got < 0) give_up("pread", path_);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(done), out.end(), std::byte{0});
}

std::size_t HeldFile::read(std::span<std::byte> out, std::int64_t offset) const {
  const auto available = std::clamp<std::int64_t>(size_ - offset, 0, static_cast<std::int64_t>(out.size()));
  out = out.first(static_cast<std::size_t>(available));
  for (std::size_t done = 0; done < out.size();) {
    const std::int64_t at = offset + static_cast<std::int64_t>(done);
    const auto inside = static_cast<std::size_t>(at % kBlock);
    const auto part =
        out.subspan(done, std::min(static_cast<std::size_t>(kBlock) - inside, out.size() - done));
    const auto block = blocks_.find(at / kBlock);
    if (block == blocks_.end()) {
      read_durable(part, at);
    } else {
      std::copy_n(block->second.begin() + static_cast<std::ptrdiff_t>(inside), part.size(), part.begin());
    }
    done += part.size();
  }
  return out.size();
}

void HeldFile::overlay(std::span<const std::byte> bytes, std::int64_t offset) {
  while (!bytes.empty()) {
    const std::int64_t number = offset / kBlock;
    const auto inside = static_cast<std::size_t>(offset % kBlock);
    const std::size_t length = std::min(static_cast<std::size_t>(kBlock) - inside, bytes.size());
    const auto [block, added] = blocks_.try_emplace(number);
    if (added) read_durable(block->second, number * kBlock);
    std::copy_n(bytes.begin(), length, block->second.begin() + static_cast<std::ptrdiff_t>(inside));
    bytes = bytes.subspan(length);
    offset += static_cast<std::int64_t>(length);
  }
}

void HeldFile::write(std::span<const std::byte> bytes, std::int64_t offset) {
  if (bytes.empty()) return;
  overlay(bytes, offset);
  size_ = std::max(size_, offset + static_cast<std::int64_t>(bytes.size()));
  pending_.push_back({offset, false, {bytes.begin(), bytes.end()}});
}

void HeldFile::truncate(std::int64_t size) {
  const std::int64_t edge = size / kBlock;
  std::erase_if(blocks_, [&](const auto& block) { return block.first > edge; });
  if (const auto block = blocks_.find(edge); block != blocks_.end()) {
    std::fill(block->second.begin() + size % kBlock, block->second.end(), std::byte{0});
  }
  durable_end_ = std::min(durable_end_, size);
  size_ = size;
  pending_.push_back({size, true, {}});
}

void HeldFile::apply(const Pending& pending) {
  if (!pending.truncates) return write_all(fd_, pending.bytes, pending.offset, path_);
  if (::ftruncate(fd_, pending.offset) != 0) give_up("ftruncate", path_);
}

void HeldFile::flush(std::size_t count) {
  assert(count <= pending_.size());
  const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(count);
  std::for_each(pending_.begin(), end, [&](const Pending& pending) { apply(pending); });
  pending_.erase(pending_.begin(), end);
  if (!pending_.empty()) return;
  blocks_.clear();
  size_ = durable_end_ = size_of(fd_, path_);
}

void HeldFile::settle(Fate& fate) {
  for (const Pending& pending : pending_) {
    if (pending.truncates) {
      if (fate.survives()) apply(pending);
      continue;
    }
    for (const Extent& part : fate.survivors(pending.offset, pending.bytes.size())) {
      write_all(fd_, std::span(pending.bytes).subspan(part.first, part.size),
                pending.offset + static_cast<std::int64_t>(part.first), path_);
    }
  }
  pending_.clear();
}

void HeldFile::restore() {
  std::vector<std::byte> bytes(static_cast<std::size_t>(size_of(fd_, path_)));
  durable_end_ = static_cast<std::int64_t>(bytes.size());
  read_durable(bytes, 0);
  const int fd = ::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) give_up("open", path_);
  ::close(std::exchange(fd_, fd));
  write_all(fd_, bytes, 0, path_);
}

std::shared_ptr<HeldFile> Disk::open(const std::string& path) {
  auto& file = files_[path];
  if (!file) file = std::make_shared<HeldFile>(path);
  return file;
}

std::shared_ptr<HeldFile> Disk::find(const std::string& path) const {
  const auto file = files_.find(path);
  return file == files_.end() ? nullptr : file->second;
}

void Disk::close(std::shared_ptr<HeldFile> file) {
  const auto known = files_.find(file->path());
  const bool current = known != files_.end() && known->second == file;
  file.reset();
  if (current && known->second.use_count() == 1 && known->second->pending() == 0) files_.erase(known);
}

void Disk::note_created(const std::string& path) { old_names_.try_emplace(path, nullptr); }

void Disk::note_deleted(const std::string& path) {
  old_names_.try_emplace(path, open(path));
  files_.erase(path);
}

void Disk::sync(HeldFile& file, std::size_t count) {
  file.flush(std::min(count, file.pending()));
  if (old_names_.contains(file.path())) sync_directory_of(file.path());
}

void Disk::sync_directory_of(const std::string& path) {
  const auto directory = directory_of(path);
  std::erase_if(old_names_, [&](const auto& name) { return directory_of(name.first) == directory; });
}

void Disk::flush_all() {
  for (const auto& [path, file] : files_) file->flush(file->pending());
}

void Disk::cut(Fate& fate) {
  for (const auto& [path, old] : old_names_) {
    if (fate.survives()) continue;
    files_.erase(path);
    if (!old) {
      ::unlink(path.c_str());
    } else {
      old->restore();
      old->settle(fate);
    }
  }
  for (const auto& [path, file] : files_) file->settle(fate);
}

}  // namespace motcua::cut
