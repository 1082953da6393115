#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/store/backup_file.h"
#include "engine/store/sqlite_follower.h"
#include "engine/store/sqlite_lock.h"

namespace motcua::store {

// What a file of a followed backup begins with, as lines of text.
struct PagesHead {
  bool base = false;         // all pages; else those that changed since the file before
  std::uint32_t number = 0;  // of a base: of the segment behind which it was begun
  std::int64_t epoch = 0;
  std::string follows;  // the digest of the segment before, in hexadecimal; zeros: none came before
  sqlite::Standing standing;
};

class PagesFileWriter;

// A folder into which a database is followed:
//   followed              whose it is
//   base-0000000007       every page, begun behind segment 7; stands once it is whole
//   segment-0000000008    the pages that changed from one commit to a later one
//   seals                 heads and entries of the journal's seals, as they lie beside the database
// Each file holds its head, then pages (number, big-endian, and content), then 0, the number of the segment
// from which on a base is one commit's, and SHA-256 over all that. A base may be copied while segments go on.
// A segment names the digest of the one before it. One process at a time writes.
class FollowDir {
 public:
  // Makes the folder of a database, or takes it up again. Throws StoreLocked where another process follows
  // into it, and StoreError where it is of another epoch or key, or of something else.
  FollowDir(std::filesystem::path folder, std::int64_t epoch, const std::optional<BackupKey>& key);
  ~FollowDir();

  // Up to which commit there is all that a database needs; nothing: there is no base, or something is
  // missing.
  const std::optional<sqlite::Standing>& last() const { return last_; }
  std::uint32_t number() const { return number_; }                // of the last segment
  std::uint64_t segment_bytes() const { return segment_bytes_; }  // since the newest base
  std::uint64_t base_bytes() const { return base_bytes_; }

  // The next segment does not follow the last one: only a base that is begun now goes with it.
  void leave_gap();
  void add_segment(const sqlite::LogFollower::Step& step, const sqlite::LogFollower::PageOf& page);

  // Copies a base in slices; segments may be added in between.
  void begin_base(const sqlite::LogFollower& from);
  bool making_base() const { return base_ != nullptr; }
  // Copies at most so many pages more of what is held. True: it is done, and what came before it is gone.
  bool continue_base(sqlite::LogFollower& from, std::uint32_t pages);
  void drop_base();

 private:
  void take_up();
  void prune();
  std::filesystem::path base_file(std::uint32_t number) const;
  std::filesystem::path segment_file(std::uint32_t number) const;

  const std::filesystem::path folder_;
  const std::int64_t epoch_;
  const std::optional<BackupKey> key_;
  std::unique_ptr<sqlite::LockFile> lock_;
  std::optional<sqlite::Standing> last_;
  std::string digest_;        // of the last segment
  std::uint32_t number_ = 0;  // likewise; of a gap, one more
  std::optional<std::uint32_t> newest_base_;
  std::uint64_t segment_bytes_ = 0;
  std::uint64_t base_bytes_ = 0;
  std::unique_ptr<PagesFileWriter> base_;
  std::uint32_t base_number_ = 0;
  std::uint32_t next_page_ = 1;
};

// What came out of a followed folder.
struct FollowedBack {
  sqlite::Standing standing;
  std::uint32_t segments = 0;  // that were put on the base
  // Why what came after could not be put on it, with the first event that is not there; empty: all of it was.
  std::string broken;
};
bool is_follow_dir(const std::filesystem::path& folder);
// Makes the database as of the last commit that was followed, in a file in the clear that must not exist.
// Throws BackupDamaged where nothing whole can be made; the file is then gone.
FollowedBack bring_back(const std::filesystem::path& folder, const std::optional<BackupKey>& key,
                        const std::filesystem::path& to);

}  // namespace motcua::store
