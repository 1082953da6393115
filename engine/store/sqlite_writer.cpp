#include "engine/store/sqlite_writer.h"

#include <algorithm>
#include <cassert>
#include <stdexcept>

#include "engine/store/sqlite_rebuild.h"

namespace motcua::store::sqlite {
namespace {

constexpr int kFrameHeader = 24;
constexpr std::string_view kVirtualNow = "virtual_now";
constexpr std::string_view kKeyName = "key_name";
constexpr std::string_view kRecordKeys = "record_keys";

// A sealed record is kept beside the event of its version: without one it would be lost, and nobody told.
void refuse_lost_texts(const Write& one) {
  const bool kept =
      one.sealed.empty() || std::any_of(one.events.begin(), one.events.end(), [&](const core::Event& event) {
        return event.version == one.sealed_version;
      });
  if (!kept) throw std::logic_error("a sealed record has no event of its version");
  for (const Write& other : one.along) refuse_lost_texts(other);
}

}  // namespace

Writer::Writer(const SqliteOptions& options, Connection& connection, KeptCounts& kept, LogSync& log)
    : answers_kept_(options.answers_kept),
      sandbox_(options.sandbox),
      connection_(connection),
      kept_(kept),
      log_(log),
      words_(connection),
      stored_(connection, words_),
      dossiers_(connection, words_),
      events_(connection, words_),
      tallies_(connection, words_),
      answers_(connection),
      blocks_(connection),
      alerts_(connection, words_),
      mail_(connection),
      webhooks_(connection),
      publications_(connection),
      personal_(connection, words_),
      begin_(connection, "BEGIN IMMEDIATE"),
      commit_(connection, "COMMIT"),
      counter_(connection, "SELECT value FROM counter WHERE key = ?1"),
      set_counter_(connection, "INSERT OR REPLACE INTO counter VALUES(?1, ?2)"),
      run_out_(connection,
               "SELECT d.id FROM timer t JOIN dossier d ON d.key = t.dossier WHERE t.at < ?1 ORDER BY t.at, "
               "t.dossier "
               "LIMIT ?2"),
      next_run_out_(connection, "SELECT at FROM timer ORDER BY at LIMIT 1"),
      to_rederive_(connection, "SELECT dossier FROM rederive WHERE dossier > ?1 ORDER BY dossier LIMIT ?2"),
      newest_definition_(
          connection, "SELECT sha256 FROM definition WHERE kind = ?1 AND key = ?2 ORDER BY seq DESC LIMIT 1"),
      known_definition_(connection,
                        "SELECT seq FROM definition WHERE kind = ?1 AND key = ?2 AND sha256 = ?3"),
      add_definition_(
          connection,
          "INSERT INTO definition(kind, key, version, sha256, text, applied_at) VALUES(?1, ?2, ?3, ?4, ?5, "
          "?6)"),
      move_definition_(
          connection,
          "UPDATE definition SET seq = (SELECT max(seq) FROM definition) + 1, applied_at = ?2 WHERE seq = "
          "?1"),
      read_meta_(connection, "SELECT value FROM meta WHERE name = ?1"),
      write_meta_(connection, "INSERT OR REPLACE INTO meta VALUES(?1, ?2)"),
      frame_bytes_(connection.number("PRAGMA page_size") + kFrameHeader) {
  sqlite3_wal_hook(connection_.get(), on_wal, this);
  checkpointer_.emplace(options, log, writing_);
}

int Writer::on_wal(void* self, sqlite3* db, const char*, int frames) {
  auto* writer = static_cast<Writer*>(self);
  // The count of frames starts anew with the log; this one is of pages that were written, since it was asked.
  int pages = 0;
  int highest = 0;
  if (sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_WRITE, &pages, &highest, 1) == SQLITE_OK) {
    writer->kept_.wal_pages.fetch_add(static_cast<std::uint64_t>(pages), std::memory_order_relaxed);
  }
  if (writer->checkpointer_) writer->checkpointer_->note_wal(frames * writer->frame_bytes_);
  return SQLITE_OK;
}

void Writer::write(const std::function<void()>& work, OnDisk on_disk) {
  if (failed_ || log_.failed()) throw StoreError("a write failed before: the process must end");
  if (const auto failure = checkpointer_->failure()) throw StoreError(*failure);
  const auto undo = [this] {
    if (connection_.in_transaction()) sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    words_.forget();
    answers_.rolled_back();
    dossiers_.drop_group();
    tallies_.drop_group();
    counters_.clear();
    log_.drop_position();
  };
  const std::lock_guard lock(writing_);
  try {
    begin_.run();
    work();
    commit_.run();
    answers_.committed();
    if (on_disk == OnDisk::at_once) log_.sync();
  } catch (const StoreFull&) {
    undo();
    throw;
  } catch (...) {
    failed_ = true;
    undo();
    throw;
  }
}

void Writer::count_found() {
  if (!kept_.known.load(std::memory_order_relaxed)) kept_.set(count_open(connection_));
}

std::vector<Loaded> Writer::load(std::span<const Wanted> wanted) {
  std::vector<Loaded> loaded;
  loaded.reserve(wanted.size());
  Transaction transaction(connection_, "BEGIN");
  count_found();
  answers_.catch_up();
  for (const Wanted& one : wanted) loaded.push_back(load_one(one));
  return loaded;
}

Loaded Writer::load_one(const Wanted& wanted) {
  Loaded loaded;
  if (wanted.dossier) {
    if (auto held = stored_.by_name(*wanted.dossier)) loaded.dossier = std::move(held->stored);
  }
  if (!wanted.counter.empty()) loaded.counter = last_number(day_first(wanted.counter));
  if (wanted.idempotency_key) loaded.outcome = answers_.find(*wanted.idempotency_key);
  if (wanted.external_ref) {
    loaded.external_ref_holder = dossiers_.holder_of((*wanted.external_ref)[0], (*wanted.external_ref)[1]);
  }
  if (!wanted.code.empty()) loaded.drawn = blocks_.find(wanted.code);
  return loaded;
}

std::vector<Committed> Writer::commit(std::span<const Write> writes, std::span<const WebhookWrite> beside) {
  for (const Write& one : writes) refuse_lost_texts(one);
  count_found();
  std::vector<Committed> results;
  const auto work = [&] {
    results.reserve(writes.size());
    answers_.catch_up();
    next_key_ = dossiers_.last_key() + 1;
    next_position_ = events_.last_position() + 1;
    for (const Write& one : writes) results.push_back(write_one(one));
    dossiers_.finish_group();
    tallies_.finish_group();
    for (const auto& [key, value] : counters_) set_counter_.run(key, value);
    counters_.clear();
    webhooks_.apply(beside);
    prune_answers(writes);
    log_.note_position(next_position_ - 1);
  };
  write(work, OnDisk::with_next_sync);
  kept_.add(dossiers_.take_open_change());
  return results;
}

std::int64_t Writer::last_number(const std::string& key) {
  std::int64_t number = 0;
  for (const std::string_view one : {std::string_view(key), std::string_view(key).substr(0, key.find('-'))}) {
    Rows rows = counter_.rows(one);
    if (rows.next()) number = std::max(number, rows.integer(0));
  }
  return number;
}

bool Writer::counter_stands(const CounterMove& move) {
  const std::string key = day_first(move.key);
  if (const auto moved = counters_.find(key); moved != counters_.end()) return moved->second == move.from;
  return last_number(key) == move.from;
}

// Why a write may not be done; nothing when all of it may.
std::optional<Verdict> Writer::obstacle(const Write& one, const std::optional<Present>& present) {
  if (one.outcome && answers_.find(one.outcome->key)) return Verdict::key_taken;
  if (one.events.empty()) return std::nullopt;
  const bool is_new = !one.before || one.before->dossier.version == 0;
  const core::Dossier& after = one.after;
  if (is_new != !present) return Verdict::version_conflict;
  if (present && present->version != one.before->dossier.version) return Verdict::version_conflict;
  if (is_new && !after.external_ref.empty() && dossiers_.holder_of(after.source, after.external_ref)) {
    return Verdict::duplicate;
  }
  if (one.counter && !counter_stands(*one.counter)) return Verdict::version_conflict;
  if (one.drawn_code) {
    const auto drawn = blocks_.find(after.code);
    if (!drawn || drawn->voided) return Verdict::version_conflict;
  }
  const bool takes_code = !after.code.empty() && (is_new || one.before->dossier.code != after.code);
  if (takes_code && !dossiers_.code_is_free(after.code)) return Verdict::code_taken;
  return std::nullopt;
}

Committed Writer::write_answer(const Write& one) {
  if (one.outcome) answers_.add(*one.outcome);
  return {};
}

std::optional<Present> Writer::find(const Write& one) {
  return one.events.empty() ? std::nullopt : dossiers_.find(one.after.id);
}

Committed Writer::write_one(const Write& one) {
  const std::optional<Present> present = find(one);
  if (const auto verdict = obstacle(one, present)) return {*verdict};
  for (const Write& other : one.along) {
    if (const auto verdict = obstacle(other, find(other))) return {*verdict};
  }
  Committed result = write_free(one, present);
  for (const Write& other : one.along) write_free(other, find(other));
  return result;
}

// What nothing stands in the way of.
Committed Writer::write_free(const Write& one, const std::optional<Present>& present) {
  if (one.events.empty()) return write_answer(one);
  assert(one.events.back().version == one.after.version);
  assert(one.events.front().version == (present ? present->version : 0) + 1);

  const Link previous = present ? present->last : Link{};
  const std::vector<LinkedEvent> linked = link_events(previous, one.events, next_position_);
  const Link last = linked.back().link;
  const std::int64_t key = present ? present->key : next_key_++;
  next_position_ = last.position + 1;
  if (present) {
    dossiers_.update(key, one.before->dossier, one.after, last);
  } else {
    dossiers_.insert(key, one.after, last);
  }
  for (const LinkedEvent& event : linked) {
    events_.add(key, event);
    if (const auto* erased = std::get_if<core::DossierErased>(&event.event->body))
      personal_.erase(key, event.event->recorded_at, erased->ground);
    const bool sealed_here = event.event->version == one.sealed_version;
    if (sealed_here && !one.sealed.empty()) events_.keep_sealed(key, one.sealed_version, one.sealed);
  }
  tallies_.note(key, present ? one.before->dossier : core::Dossier{}, one.after, linked);
  dossiers_.add_tokens(key, one.search_tokens);
  if (one.counter) counters_[day_first(one.counter->key)] = one.counter->to;
  for (const Alert& alert : one.alerts) {
    alerts_.add(alert, key);
    mail_.add_for(alert);
  }
  if (one.outcome) answers_.add(*one.outcome);
  return {Verdict::committed, key, last.hash};
}

// As many old answers go as new ones come, and some more: a bounded slice, that never falls behind.
void Writer::prune_answers(std::span<const Write> writes) {
  core::Instant newest;
  for (const Write& one : writes) {
    if (one.outcome) newest = std::max(newest, one.outcome->answered_at);
  }
  if (newest == core::Instant{}) return;
  answers_.prune(newest - answers_kept_, kPrunedMin + 2 * static_cast<int>(writes.size()));
}

void Writer::apply(std::span<const DefinitionText> texts, core::Instant at) {
  write([&] {
    for (const DefinitionText& text : texts) {
      const int kind = static_cast<int>(text.kind);
      {
        Rows newest = newest_definition_.rows(kind, text.key);
        if (newest.next() && newest.text(0) == text.sha256) continue;
      }
      std::int64_t seq = 0;
      {
        Rows known = known_definition_.rows(kind, text.key, text.sha256);
        if (known.next()) seq = known.integer(0);
      }
      if (seq != 0) {
        move_definition_.run(seq, at.ms);
      } else {
        add_definition_.run(kind, text.key, text.version, text.sha256, text.text, at.ms);
      }
    }
  });
}

std::vector<core::Uuid> Writer::run_out_before(core::Instant now, int limit) {
  std::vector<core::Uuid> ids;
  Rows rows = run_out_.rows(now.ms, limit);
  while (rows.next()) rows.copy(0, ids.emplace_back().bytes);
  return ids;
}

std::optional<core::Instant> Writer::next_run_out() {
  Rows rows = next_run_out_.rows();
  if (!rows.next()) return std::nullopt;
  return core::Instant{rows.integer(0)};
}

std::vector<Stored> Writer::to_rederive(std::int64_t after_key, int limit) {
  std::vector<Stored> found;
  Transaction transaction(connection_, "BEGIN");
  Rows rows = to_rederive_.rows(after_key, limit);
  while (rows.next()) {
    if (auto held = stored_.by_key(rows.integer(0))) found.push_back(std::move(held->stored));
  }
  return found;
}

std::optional<core::Instant> Writer::virtual_now() {
  if (!sandbox_) return std::nullopt;
  Rows rows = read_meta_.rows(kVirtualNow);
  if (!rows.next()) return std::nullopt;
  return core::Instant{rows.integer(0)};
}

void Writer::keep_virtual_now(core::Instant now) {
  if (!sandbox_) throw std::logic_error("a real database has no virtual clock");
  write([&] { write_meta_.run(kVirtualNow, now.ms); });
}

std::optional<core::Instant> Writer::last_recorded() {
  Statement newest(connection_, "SELECT recorded_at FROM event ORDER BY position DESC LIMIT 1");
  Rows rows = newest.rows();
  if (!rows.next()) return std::nullopt;
  return core::Instant{rows.integer(0)};
}

void Writer::bind_key(const std::string& key_name) {
  {
    Rows rows = read_meta_.rows(kKeyName);
    if (rows.next()) {
      if (rows.text(0) == key_name) return;
      throw StoreError("the master key is not the one by which this database was sealed");
    }
  }
  write([&] { write_meta_.run(kKeyName, key_name); });
}

void Writer::bind_record_keys(const std::string& id) {
  const std::string known = record_keys_of(connection_);
  if (known == id) return;
  if (!known.empty())
    throw StoreError("the file of record keys is not the one by which this database was sealed");
  write([&] { write_meta_.run(kRecordKeys, id); });
}

Rebuilt Writer::rebuild(RebuildMode mode) {
  Rebuilt rebuilt;
  write([&] { rebuilt = rebuild_derived(connection_, words_, mode); });
  kept_.set(count_open(connection_));
  return rebuilt;
}

}  // namespace motcua::store::sqlite
