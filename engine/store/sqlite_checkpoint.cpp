#include "engine/store/sqlite_checkpoint.h"

#include "engine/store/background.h"

namespace motcua::store::sqlite {
namespace {

// A reader may hold a restart up for this long; then it is tried again after the next commit.
constexpr int kReaderWaitMs = 20;
// What may be left to copy when the writer is held: some milliseconds.
constexpr std::int64_t kLeftMax = 1 << 20;
constexpr int kPassesMax = 16;
constexpr int kFrameHeader = 24;

}  // namespace

Checkpointer::Checkpointer(const SqliteOptions& options, LogSync& log, std::mutex& writing)
    : start_bytes_(options.checkpoint_bytes),
      restart_bytes_(options.wal_bytes_max),
      writing_(writing),
      connection_(options.path, SQLITE_OPEN_READWRITE, writing_vfs()),
      frame_bytes_(connection_.number("PRAGMA page_size") + kFrameHeader) {
  connection_.run("PRAGMA synchronous = FULL");
  connection_.run("PRAGMA wal_autocheckpoint = 0");
  connection_.run("PRAGMA cache_size = -256");
  sqlite3_busy_timeout(connection_.get(), kReaderWaitMs);
  connection_.keep_log();
  log.serve_checkpoints(connection_);
  pace_writes(connection_, Pace::rested);
  thread_ = std::thread([this] { work(); });
}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Checkpointer::note_wal(std::int64_t bytes) {
  wal_bytes_ = bytes;
  if (bytes < start_bytes_) return;
  {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
  }
  wake_.notify_one();
}

std::optional<std::string> Checkpointer::failure() const {
  const std::lock_guard lock(mutex_);
  if (failure_.empty()) return std::nullopt;
  return failure_;
}

void Checkpointer::work() {
  give_way(Background::soon);
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return wanted_ || stopping_; });
    if (stopping_ || !failure_.empty()) return;
    wanted_ = false;
    lock.unlock();
    {
      const std::lock_guard checkpointing(checkpointing_);
      pass();
    }
    lock.lock();
  }
}

void Checkpointer::pass() {
  const std::int64_t length = wal_bytes_;
  const bool outgrown = length >= restart_bytes_;
  // The WAL is full of what was copied already until a writer can start it anew.
  const bool worth_it = length < copied_bytes_ || length - copied_bytes_ >= start_bytes_;
  if (!outgrown && !worth_it) return;
  int code = outgrown ? catch_up() : checkpoint(SQLITE_CHECKPOINT_PASSIVE);
  if (code == SQLITE_OK && outgrown) code = start_anew();
  const int primary = code & 0xff;
  if (primary == SQLITE_OK || primary == SQLITE_BUSY || primary == SQLITE_LOCKED || primary == SQLITE_FULL)
    return;
  const std::lock_guard lock(mutex_);
  failure_ = std::string("a checkpoint failed: ") + sqlite3_errstr(code);
}

int Checkpointer::catch_up() {
  int code = SQLITE_OK;
  bool gaining = true;  // on the writer, while half of the disk's time is his
  for (int pass = 0; pass < kPassesMax && code == SQLITE_OK; ++pass) {
    const std::int64_t before = wal_bytes_ - copied_bytes_;
    const bool endless = wal_bytes_ >= 2 * restart_bytes_;  // before all, the log must not grow without end
    pace_writes(connection_, endless ? Pace::full : gaining ? Pace::rested : Pace::synced);
    code = checkpoint(SQLITE_CHECKPOINT_PASSIVE);
    const std::int64_t left = wal_bytes_ - copied_bytes_;
    if (left < kLeftMax) break;
    gaining = gaining && left < before / 2;
  }
  pace_writes(connection_, Pace::rested);
  return code;
}

int Checkpointer::start_anew() {
  const std::lock_guard held(writing_);
  pace_writes(connection_, Pace::full);
  const int code = checkpoint(SQLITE_CHECKPOINT_RESTART);
  pace_writes(connection_, Pace::rested);
  if (code == SQLITE_OK) wal_bytes_ = copied_bytes_ = 0;
  return code;
}

bool Checkpointer::empty_log() {
  const std::lock_guard checkpointing(checkpointing_);
  const std::lock_guard held(writing_);
  pace_writes(connection_, Pace::full);
  const int code = checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
  pace_writes(connection_, Pace::rested);
  if (code == SQLITE_OK) wal_bytes_ = copied_bytes_ = 0;
  return code == SQLITE_OK;
}

int Checkpointer::checkpoint(int mode) {
  int frames = 0;
  int copied = 0;
  const int code = sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, mode, &frames, &copied);
  if (code == SQLITE_OK && frames > 0) copied_bytes_ = copied * frame_bytes_;
  return code;
}

}  // namespace motcua::store::sqlite
