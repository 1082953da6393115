#include "engine/store/sqlite_follower.h"

#include <optional>

#include "engine/store/sqlite_schema.h"

namespace motcua::store::sqlite {
namespace {

constexpr int kInstantTries = 10'000;
constexpr int kFollowerWaitMs = 2'000;

}  // namespace

// A connection with a read transaction, of which the place in the log is known exactly.
struct LogFollower::Snapshot {
  explicit Snapshot(const std::string& path) : connection(path, SQLITE_OPEN_READWRITE) {
    sqlite3_busy_timeout(connection.get(), kFollowerWaitMs);
    connection.keep_log();
    forget_unwritten_log(connection);
    connection.run("PRAGMA cache_size = -256");
    touch();
    view.emplace(connection);
  }

  void touch() { connection.number("SELECT count(*) FROM sqlite_schema"); }

  // Commits come a fraction of a millisecond apart at most, and this takes less: so two readings of the index
  // with the beginning in between agree after a few tries.
  void begin() {
    for (int tried = 0; tried < kInstantTries; ++tried) {
      touch();
      const LogView::Index before = view->index();
      connection.run("BEGIN");
      touch();
      const LogView::Index after = view->index();
      const bool was_copied = before.copied == before.end.frame;
      const bool is_copied = after.copied == after.end.frame;
      if (before.end == after.end && was_copied == is_copied) {
        in_database = is_copied;
        view->sync();  // nothing is followed that a power cut could take back here
        read_standing(after);
        return;
      }
      connection.run("ROLLBACK");
    }
    throw StoreError("the database is written to too fast to find one commit of it");
  }
  void end() {
    if (connection.in_transaction()) connection.run("ROLLBACK");
  }

  void read_standing(const LogView::Index& index) {
    standing = {};
    standing.place = index.end;
    standing.page_size = index.page_size;
    standing.pages = static_cast<std::uint32_t>(connection.number("PRAGMA page_count"));
    standing.epoch = epoch_of(connection, false);
    Statement last(connection, "SELECT position, recorded_at FROM event ORDER BY position DESC LIMIT 1");
    Rows rows = last.rows();
    if (!rows.next()) return;
    standing.journal_end = rows.integer(0);
    standing.recorded_at.ms = rows.integer(1);
  }

  Connection connection;
  std::optional<LogView> view;
  Standing standing;
  bool in_database = false;  // everything: the log is not needed, and may be started anew
};

LogFollower::LogFollower(const std::string& path)
    : held_(std::make_unique<Snapshot>(path)), next_(std::make_unique<Snapshot>(path)) {
  held_->begin();
  from_ = held_->standing.place;
}

LogFollower::~LogFollower() = default;

const Standing& LogFollower::held() const { return held_->standing; }

bool LogFollower::goes_on_from(const LogPlace& place) {
  // Where the log is not needed any more, it may be written over while it is read.
  const LogPlace& end = held_->standing.place;
  if (held_->in_database ? place != end : !held_->view->holds(place, end)) return false;
  from_ = place;
  return true;
}

std::string LogFollower::page(std::uint32_t number) {
  if (held_->in_database) return held_->view->page_in_database(number);
  const LogPlace& place = held_->standing.place;
  if (known_.salts != place.salts) newest_.clear();
  if (known_ != place) {
    for (const auto& [page, frame] : held_->view->frames(known_, place)) newest_[page] = frame;
    known_ = place;
  }
  const auto found = newest_.find(number);
  if (found == newest_.end()) return held_->view->page_in_database(number);
  return held_->view->page_in_log(found->second);
}

bool LogFollower::advance(const std::function<void(const Step& step, const PageOf& page)>& ship) {
  next_->begin();
  try {
    const Standing& now = next_->standing;
    if (now.place.salts != held_->standing.place.salts && !held_->in_database)
      throw StoreError("the log was started anew although it was held");
    const PageFrames changed = next_->view->frames(from_, now.place);
    if (!changed.empty()) {
      const PageOf page_of = [this](std::uint32_t frame) { return next_->view->page_in_log(frame); };
      ship({now, changed}, page_of);
    }
    from_ = now.place;
    std::swap(held_, next_);
    next_->end();
    return !changed.empty();
  } catch (...) {
    next_->end();
    throw;
  }
}

std::int64_t LogFollower::log_bytes() const {
  return static_cast<std::int64_t>(held_->view->index().end.frame) * (held_->standing.page_size + kFrameHead);
}

bool LogFollower::is_waited_for() const {
  const LogView::Index index = held_->view->index();
  const LogPlace& place = held_->standing.place;
  if (index.end == place && held_->in_database) return false;
  return index.copied >= place.frame || index.end.salts != place.salts;
}

}  // namespace motcua::store::sqlite
