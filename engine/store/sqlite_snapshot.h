#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_files.h"

namespace motcua::store::sqlite {

// The read transaction of one connection. A commit is seen before the disk has it: what is read here is told
// to nobody before it is there, so that no power cut takes back what somebody knows. One thread at a time.
class Snapshot {
 public:
  // The connection must outlive it.
  Snapshot(Connection& connection, std::shared_ptr<LogSync> log);
  // Begins it, unless it has begun. Everything that is read from now on is on the disk. Throws StoreError,
  // and has then ended.
  void begin();
  // For who tells nothing, or only of one dossier, which is seldom among what is not on the disk yet: the
  // transaction begins with the first read, and what it shows of a dossier may be told after sync_event().
  void begin_for_dossier();
  // Everything up to the event at `position`, the dossier's last, is on the disk.
  void sync_event(std::int64_t position);
  void end();

 private:
  enum class State { none, begun, on_disk };
  const std::shared_ptr<LogSync> log_;
  State state_ = State::none;
  Connection& connection_;
  Statement begin_, pin_, end_;
};

// A connection that only reads, shared by callers on any thread, as they are few.
class SharedReads {
 public:
  SharedReads(const std::string& path, std::shared_ptr<LogSync> log);
  Connection& connection() { return connection_; }
  operator Connection&() { return connection_; }  // NOLINT: for its statements

  // One call: alone on the connection, with a snapshot that ends with it. To be declared before all rows.
  class Call {
   public:
    explicit Call(SharedReads& reads);
    ~Call() { reads_.snapshot_.end(); }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    SharedReads& reads_;
    const std::lock_guard<std::mutex> lock_;
  };

 private:
  std::mutex mutex_;
  Connection connection_;
  Snapshot snapshot_;
};

}  // namespace motcua::store::sqlite
