#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

// A disk that may lose power: what was written since the last sync lives in memory only, and a cut decides at
// random what of it arrived. Nothing here is thread safe; the VFS above holds one lock, so that a cut sees
// one instant.
namespace motcua::cut {

// Part of one write, in bytes from its start.
struct Extent {
  std::size_t first = 0;
  std::size_t size = 0;
};

// What one cut does to everything that was pending. Each cut has a temper of its own (from sparing all to
// losing all): with one fixed probability, a long list of writes would never be lost whole nor kept whole.
class Fate {
 public:
  explicit Fate(std::mt19937_64& random);
  bool survives();
  // What arrives of a write: all of it, none, or a torn rest (a prefix, or some of its 512-byte sectors).
  std::vector<Extent> survivors(std::int64_t offset, std::size_t size);

 private:
  bool chance(unsigned percent);
  std::mt19937_64& random_;
  unsigned loss_percent_;
  unsigned tear_percent_;
};

// One file as the process sees it (durable bytes with the pending writes over them). Failures of the real
// disk end the process with a message: a harness that goes on after them would prove nothing.
class HeldFile {
 public:
  // The file must exist.
  explicit HeldFile(std::string path);
  ~HeldFile();
  HeldFile(const HeldFile&) = delete;
  HeldFile& operator=(const HeldFile&) = delete;

  const std::string& path() const { return path_; }
  std::int64_t size() const { return size_; }
  std::size_t pending() const { return pending_.size(); }
  // Bytes read: fewer than asked at the end of the file.
  std::size_t read(std::span<std::byte> out, std::int64_t offset) const;
  void write(std::span<const std::byte> bytes, std::int64_t offset);
  void truncate(std::int64_t size);

  // Makes the oldest `count` pending writes durable, in order. Requires count <= pending().
  void flush(std::size_t count);
  // Writes what survives and forgets the rest, while readers go on seeing all of it until the next full
  // flush: what a page cache does after a failed sync, and why a sync must never be tried again.
  void settle(Fate& fate);
  // Brings a deleted file back under its name with its durable bytes. The object stands for the new file
  // afterwards.
  void restore();

 private:
  static constexpr std::int64_t kBlock = 4096;
  using Block = std::array<std::byte, kBlock>;
  struct Pending {
    std::int64_t offset = 0;  // a truncation: the new size
    bool truncates = false;
    std::vector<std::byte> bytes;
  };
  void read_durable(std::span<std::byte> out, std::int64_t offset) const;
  void overlay(std::span<const std::byte> bytes, std::int64_t offset);
  void apply(const Pending& pending);

  std::string path_;
  int fd_ = -1;
  std::int64_t size_ = 0;         // as the process sees it
  std::int64_t durable_end_ = 0;  // durable bytes from here on were truncated away and read as zeros
  std::vector<Pending> pending_;
  std::unordered_map<std::int64_t, Block> blocks_;  // by number: the blocks that differ from the durable ones
};

// All held files of the process, by path, and the names created or deleted since their directory was last
// synced.
class Disk {
 public:
  std::shared_ptr<HeldFile> open(const std::string& path);
  // The open or still pending file of that name; null when there is none.
  std::shared_ptr<HeldFile> find(const std::string& path) const;
  // Forgets the file when this was its last handle and nothing of it is pending.
  void close(std::shared_ptr<HeldFile> file);
  void note_created(const std::string& path);
  // Before the real deletion, so that the old file can come back.
  void note_deleted(const std::string& path);
  // Makes the file durable and, when its name is new, its whole directory: as a journalling file system does.
  void sync(HeldFile& file) { sync(file, file.pending()); }
  // The same of the oldest `count` writes, or of as many as there still are.
  void sync(HeldFile& file, std::size_t count);
  void sync_directory_of(const std::string& path);
  // An ordinary end of the process: the page cache outlives it, so everything arrives.
  void flush_all();
  // Every pending name and write meets its fate. The process must end right after.
  void cut(Fate& fate);

 private:
  std::map<std::string, std::shared_ptr<HeldFile>> files_;
  std::map<std::string, std::shared_ptr<HeldFile>>
      old_names_;  // what the durable directory holds; null: nothing
};

}  // namespace motcua::cut
