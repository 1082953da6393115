#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>

#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_log.h"

namespace motcua::store::sqlite {

// The name of a SQLite VFS for the connections that write: the default one, but for how files are written.
//
// What goes to the log is gathered and written in few calls before the sync of the commit: SQLite itself
// writes each page in two, which was a sixth of what a submission cost. Nothing that was gathered can be
// missed: readers learn of pages only after that sync, and every other use of the log writes first what was
// gathered. It needs synchronous=FULL. A write that fails then shows as a failure of the sync, and is as
// fatal there. The sync itself may be made later (LogSync).
//
// What goes to the database, by a checkpoint, can be paced (see below).
//
// Any thread. It stands over the VFS that is the default at the call.
const char* writing_vfs();

// How a connection writes to its database: as fast as it can, and synced when SQLite asks; or synced every
// few pages, as one sync of thousands of pages would keep the commits' own syncs waiting for a tenth of a
// second; or that, with a rest after each sync, which leaves half of the disk's time to others.
enum class Pace : int { full, synced, rested };

// Pace::full at first. Requires a connection opened with writing_vfs().
void pace_writes(Connection& connection, Pace pace);

// The syncs of a log, made apart from the commits: a commit returns, and is seen by every reader, once its
// pages are in the file; what was seen may be told to nobody before sync() has returned. So the writer goes
// on while the disk works, and one sync serves everybody who waits. Any thread, but for what is said to be
// the writer's.
class LogSync {
 public:
  // Whose log it is: of the store's own writer, which knows what is owed to the disk; or of one in another
  // process, where a sync() is needed whenever the log has moved on.
  enum class Of { own_writer, elsewhere };
  // The connection must have been opened with writing_vfs(), and outlive close(). What is committed already,
  // up to the event at `position`, is synced here: a process that was killed may have left it unsynced.
  LogSync(Connection& connection, Of of, std::int64_t position);
  ~LogSync() { static_cast<void>(close()); }

  // Everything that anybody saw before is on the disk. Throws StoreFailed when the disk failed, and from then
  // on always: a failed sync is never tried again.
  void sync();
  // The same of all that is known of a dossier whose last event is the one at `position`.
  void sync_event(std::int64_t position) {
    if (of_ == Of::elsewhere || position > synced_position_.load(std::memory_order_acquire)) sync();
  }
  // By the writer, before a commit: the last event that there will be with it; and when it came to nothing.
  void note_position(std::int64_t position) { position_ = position; }
  void drop_position() { position_ = written_position_; }
  // Makes the syncs that a checkpoint by this connection asks for, too: once one has failed, nobody knows
  // what the log holds, and none of it may be copied into the database.
  void serve_checkpoints(Connection& connection);
  // What SQLite takes for the sync of the log (see sqlite_files.cpp): of a commit, with a new header or
  // without (that must be on the disk before any page behind it), and of a checkpoint.
  int at_commit(bool with_header);
  int at_checkpoint();
  // Once a sync has failed nothing more may be written.
  bool failed() const { return failure_ != SQLITE_OK; }
  // The last sync; from now on there is nothing to do. False when the disk failed: then nobody may
  // checkpoint.
  bool close();

 private:
  int sync_locked();
  void sync_elsewhere();

  const Of of_;
  sqlite3_file* log_ = nullptr;  // of the writer; null: there is none, or no longer
  std::mutex mutex_;
  std::optional<LogView> view_;  // of a writer elsewhere
  LogPlace synced_end_;
  std::atomic<int> failure_ = 0;  // SQLITE_OK, or why the disk failed
  std::int64_t position_ = 0;
  std::atomic<std::int64_t> written_position_;
  std::atomic<std::int64_t> synced_position_;
  std::atomic<std::uint64_t> written_ = 0;
  std::atomic<std::uint64_t> synced_ = 0;
};

}  // namespace motcua::store::sqlite
