#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "engine/store/sqlite_db.h"

namespace motcua::store::sqlite {

// A place in the write-ahead log: behind `frame`, with the salts of the log's generation and the running
// checksum there, which covers all frames before.
struct LogPlace {
  std::array<std::uint32_t, 2> salts{};
  std::uint32_t frame = 0;
  std::array<std::uint32_t, 2> sums{};
  bool operator==(const LogPlace&) const = default;
};

// Before the page of each frame, in bytes.
inline constexpr std::int64_t kFrameHead = 24;

// Which frame holds the newest content of a page.
using PageFrames = std::map<std::uint32_t, std::uint32_t>;

// What a failed sync left in the system's memory alone looks as if it were on the disk, and a second sync
// finds nothing to do: it is forgotten, so that what is read from now on comes from the disk. To be called by
// who opens a database, before it reads. Throws StoreFailed where the disk fails.
void forget_unwritten_log(Connection& connection);

// Whether the connection, which has read, found a log beside its database.
bool has_log(Connection& connection);

// The log and the pages of a database as they lie in its files, read beside SQLite by the format that SQLite
// documents (sqlite.org/fileformat2, sqlite.org/walformat). It goes through the file handles of a connection:
// opening and closing a database file by oneself takes away the locks of the whole process. What it reads
// stays only while a read transaction holds it. One thread.
class LogView {
 public:
  // Borrows a connection that has read in this log.
  explicit LogView(Connection& connection);

  struct Index {
    LogPlace end;              // of what was committed
    std::uint32_t copied = 0;  // frames that were written back into the database
    std::uint32_t page_size = 0;
  };
  // As it stands now. Throws StoreError where it cannot be read.
  Index index();
  // Everything up to there is on the disk: a commit is seen before it is. Throws StoreError where it fails.
  void sync();
  // The frame of each page that the frames behind `from` up to `end` hold, each checked. Throws StoreError
  // where they are not one chain. Of one generation.
  PageFrames frames(const LogPlace& from, const LogPlace& end);
  std::string page_in_log(std::uint32_t frame);
  std::string page_in_database(std::uint32_t page);
  // Whether the log still holds the frames up to a place of old.
  bool holds(const LogPlace& place, const LogPlace& end);

 private:
  LogPlace beginning(const LogPlace& end);
  void read(sqlite3_file* file, std::int64_t at, std::string& into, std::size_t size);

  sqlite3_file* database_ = nullptr;
  sqlite3_file* log_ = nullptr;
  std::uint32_t page_size_ = 0;
  bool big_endian_ = false;  // the words that are summed
};

}  // namespace motcua::store::sqlite
