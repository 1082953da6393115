#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "engine/store/sqlite_log.h"
#include "engine/store/store.h"

namespace motcua::store::sqlite {

// What a database says of itself at one commit.
struct Standing {
  LogPlace place;
  std::uint32_t page_size = 0;
  std::uint32_t pages = 0;
  std::int64_t epoch = 0;
  std::int64_t journal_end = 0;
  core::Instant recorded_at;  // of the last event
};

// Follows the pages of a database that another process writes, commit by commit, and misses none: it always
// holds a read transaction, and takes the next before it ends the one before. While one is held that needs
// the log, SQLite cannot start the log anew; one that finds all of the log in the database lets it be
// started anew once, at the very place that is held, as the database itself is not written to meanwhile. So
// between two snapshots lie either the frames behind the first, or all those of the next generation. What is
// followed was synced: the index of the log moves on after the sync. One thread.
class LogFollower {
 public:
  // Holds the present. Throws StoreError for a file that is no such database.
  explicit LogFollower(const std::string& path);
  ~LogFollower();
  LogFollower(const LogFollower&) = delete;
  LogFollower& operator=(const LogFollower&) = delete;

  const Standing& held() const;
  // Whether the log still has all that came after a place of old, up to what is held; then it goes on there.
  bool goes_on_from(const LogPlace& place);
  // A page as it was at the held commit.
  std::string page(std::uint32_t number);

  struct Step {
    Standing now;
    const PageFrames& pages;  // that changed since
  };
  using PageOf = std::function<std::string(std::uint32_t frame)>;
  // Takes what was committed since to `ship`, and holds the newer commit when it returns. When it throws, all
  // is as it was. False: nothing came.
  bool advance(const std::function<void(const Step& step, const PageOf& page)>& ship);
  // How long the log is, in bytes.
  std::int64_t log_bytes() const;
  // Whether the process that copies the log back has come as far as this one lets it.
  bool is_waited_for() const;

 private:
  struct Snapshot;
  std::unique_ptr<Snapshot> held_;
  std::unique_ptr<Snapshot> next_;  // not in a transaction
  LogPlace from_;                   // shipped up to here; of the held commit, or behind it after goes_on_from
  LogPlace known_;                  // up to which newest_ knows the log
  PageFrames newest_;
};

}  // namespace motcua::store::sqlite
