#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_files.h"
#include "engine/store/sqlite_store.h"

namespace motcua::store::sqlite {

// Copies the WAL back into the database, on a thread and a connection of its own: inside a commit it would
// more than halve the rate. Beside the writer as a rule, and giving way to it; only when the WAL has outgrown
// its limit is the writer held, for the little that came in since the last pass, so that the WAL starts anew.
class Checkpointer {
 public:
  // `writing` is held by the writer during each transaction.
  Checkpointer(const SqliteOptions& options, LogSync& log, std::mutex& writing);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // After each commit: the length of the WAL. Any thread.
  void note_wal(std::int64_t bytes);
  // Copies all of the WAL back and cuts it to nothing, so that nothing older stands in it. False while a
  // reader still reads of it. By the writer's thread, outside a transaction.
  bool empty_log();
  // Why a pass failed; from then on nothing may be written. Any thread.
  std::optional<std::string> failure() const;

 private:
  void work();
  void pass();
  // Copies beside the writer until little is left, for some passes at most. The result code, as of the next
  // two.
  int catch_up();
  int start_anew();
  int checkpoint(int mode);

  const std::int64_t start_bytes_;
  const std::int64_t restart_bytes_;
  std::mutex& writing_;
  std::mutex checkpointing_;  // the connection
  Connection connection_;
  const std::int64_t frame_bytes_;
  std::atomic<std::int64_t> wal_bytes_ = 0;
  std::int64_t copied_bytes_ = 0;  // of the WAL, by the last pass
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool wanted_ = false;
  bool stopping_ = false;
  std::string failure_;
  std::thread thread_;
};

}  // namespace motcua::store::sqlite
