#include "engine/store/sqlite_snapshot.h"

#include "engine/store/store.h"

namespace motcua::store::sqlite {
namespace {

// A reader meets a lock only in the instant in which the WAL starts anew or is recovered.
constexpr int kReaderWaitMs = 1'000;

}  // namespace

Snapshot::Snapshot(Connection& connection, std::shared_ptr<LogSync> log)
    : log_(std::move(log)),
      connection_(connection),
      begin_(connection, "BEGIN"),
      pin_(connection, "SELECT 1 FROM meta LIMIT 1"),
      end_(connection, "COMMIT") {
  connection.run("PRAGMA query_only = ON");
  connection.keep_log();
  sqlite3_busy_timeout(connection.get(), kReaderWaitMs);
}

void Snapshot::begin() {
  if (state_ == State::on_disk) return;
  try {
    begin_for_dossier();
    pin_.rows().next();  // from here on it stands still
    log_->sync();
  } catch (...) {
    end();
    throw;
  }
  state_ = State::on_disk;
}

void Snapshot::begin_for_dossier() {
  if (state_ != State::none) return;
  begin_.run();
  state_ = State::begun;
}

void Snapshot::sync_event(std::int64_t position) {
  if (state_ == State::begun) log_->sync_event(position);
}

void Snapshot::end() {
  if (state_ == State::none) return;
  state_ = State::none;
  try {
    end_.run();
  } catch (const StoreError&) {
    sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

SharedReads::SharedReads(const std::string& path, std::shared_ptr<LogSync> log)
    // A WAL database must be opened for writing even by those who only read; query_only keeps them to it.
    : connection_(path, SQLITE_OPEN_READWRITE), snapshot_(connection_, std::move(log)) {}

SharedReads::Call::Call(SharedReads& reads) : reads_(reads), lock_(reads.mutex_) {
  reads_.connection_.begin_call();
  reads_.snapshot_.begin();
}

}  // namespace motcua::store::sqlite
