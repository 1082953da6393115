#include "engine/store/sqlite_reader.h"

#include <filesystem>

#include "engine/core/listing.h"
#include "engine/store/sqlite_rows.h"

namespace motcua::store::sqlite {
namespace {

// A reader while it is out.
class LentReader : public Reader {
 public:
  LentReader(std::shared_ptr<ReaderPool> pool, std::unique_ptr<SqliteReader> reader)
      : pool_(std::move(pool)), reader_(std::move(reader)) {}
  ~LentReader() override { pool_->put_back(std::move(reader_)); }

  std::optional<Stored> find(const Scope& scope, const DossierName& name) override {
    return reader_->find(scope, name);
  }
  std::vector<StoredEvent> history(const Scope& scope, const core::Uuid& dossier, std::uint32_t after_version,
                                   int limit) override {
    return reader_->history(scope, dossier, after_version, limit);
  }
  std::string sealed(const Scope& scope, const core::Uuid& dossier, std::uint32_t version) override {
    return reader_->sealed(scope, dossier, version);
  }
  std::vector<ListItem> list(const ListQuery& query) override { return reader_->list(query); }
  std::vector<Stored> dossiers(const DossierQuery& query) override { return reader_->dossiers(query); }
  JournalPage journal(const JournalQuery& query) override { return reader_->journal(query); }
  std::int64_t journal_end() override { return reader_->journal_end(); }
  std::vector<DefinitionText> definitions() override { return reader_->definitions(); }
  OpenCounts counts() override { return reader_->counts(); }
  std::vector<CodeBlock> code_blocks(const CodeBlockQuery& query) override {
    return reader_->code_blocks(query);
  }
  std::optional<CodeBlockState> code_block(const core::Uuid& id) override { return reader_->code_block(id); }
  AlertPage alerts(const AlertQuery& query) override { return reader_->alerts(query); }
  std::optional<Alert> alert(const core::Uuid& id) override { return reader_->alert(id); }
  std::vector<KeptAct> alert_acts(const core::Uuid& id) override { return reader_->alert_acts(id); }
  std::vector<Digest> digests(const Scope& scope, const core::Code& agency, core::Date on) override {
    return reader_->digests(scope, agency, on);
  }
  AuditSlice audit(const AuditPlace& place, int limit) override { return reader_->audit(place, limit); }
  std::optional<std::int64_t> mail_followed() override { return reader_->mail_followed(); }
  std::vector<Letter> letters_due(core::Instant now, int limit) override {
    return reader_->letters_due(now, limit);
  }
  std::vector<LetterHistory> letters_of(const Scope& scope, const core::Uuid& dossier, std::uint32_t first,
                                        std::uint32_t last) override {
    return reader_->letters_of(scope, dossier, first, last);
  }
  Counting& counting() override { return reader_->counting(); }
  bool alive() override { return reader_->alive(); }

 private:
  std::shared_ptr<ReaderPool> pool_;
  std::unique_ptr<SqliteReader> reader_;
};

}  // namespace

SqliteReader::SqliteReader(const SqliteOptions& options, std::shared_ptr<const KeptCounts> kept,
                           std::shared_ptr<LogSync> log)
    : path_(options.path),
      kept_(std::move(kept)),
      // A WAL database must be opened for writing even by those who only read; query_only keeps them to it.
      connection_(options.path, SQLITE_OPEN_READWRITE),
      snapshot_(connection_, std::move(log)),
      words_(connection_),
      stored_(connection_, words_),
      lists_(connection_, words_),
      search_(connection_, words_, stored_, options.sorted_rows_max),
      blocks_(connection_),
      mail_(connection_),
      journal_(connection_, words_, stored_.events()),
      alerts_(connection_, words_),
      audit_(connection_, words_, stored_),
      tallies_(connection_, words_, stored_),
      alive_(connection_, "SELECT count(*) FROM meta"),
      definitions_(connection_,
                   "SELECT kind, key, version, sha256, text, applied_at FROM definition ORDER BY seq"),
      oldest_due_(connection_,
                  "SELECT due FROM open_clock WHERE view = ?1 AND kind = ?2 AND due < ?3 AND role & 3 <> ?4 "
                  "ORDER BY due LIMIT 1"),
      dossiers_(connection_, "SELECT max(key) FROM dossier WHERE key > 0") {
  connection_.run("PRAGMA cache_size = -" + std::to_string(options.reader_cache_kib));
  connection_.limit_work(options.read_steps_max);
}

void SqliteReader::begin_call() {
  connection_.begin_call();
  snapshot_.begin();
}

void SqliteReader::end() {
  shown_.reset();
  snapshot_.end();
}

std::optional<Held> SqliteReader::held(const Scope& scope, const DossierName& name) {
  connection_.begin_call();
  snapshot_.begin_for_dossier();
  auto found = stored_.by_name(name);
  if (!found) return std::nullopt;  // nor was it there before: dossiers stay
  snapshot_.sync_event(found->last_event);
  if (!scope.shows(found->stored.dossier)) found.reset();
  if (found) shown_ = Shown{found->stored.dossier.id, found->stored.key, scope};
  return found;
}

std::optional<Stored> SqliteReader::find(const Scope& scope, const DossierName& name) {
  auto found = held(scope, name);
  if (!found) return std::nullopt;
  return std::move(found->stored);
}

std::vector<StoredEvent> SqliteReader::history(const Scope& scope, const core::Uuid& dossier,
                                               std::uint32_t after_version, int limit) {
  const auto found = held(scope, dossier);
  if (!found) return {};
  return stored_.events().read(found->last_event, dossier, after_version, limit);
}

std::string SqliteReader::sealed(const Scope& scope, const core::Uuid& dossier, std::uint32_t version) {
  connection_.begin_call();
  const bool known = shown_ && shown_->id == dossier && shown_->scope == scope;
  if (!known && !held(scope, dossier)) return {};
  return stored_.events().sealed(shown_->key, version);
}

std::vector<ListItem> SqliteReader::list(const ListQuery& query) {
  begin_call();
  const std::vector<ListPlace> places = lists_.page(query);
  std::vector<ListItem> items;
  items.reserve(places.size());  // moving dossiers as it grows was a twentieth of a page
  for (const ListPlace& place : places) {
    auto found = stored_.by_key(place.key);
    if (!found) throw StoreError("the database is damaged: a list names a dossier that is not there");
    ListItem& item = items.emplace_back();
    item.stored = std::move(found->stored);
    item.kind = static_cast<core::ClockKind>(place.kind);
    if (place.due < core::kDuePending) item.due_at = core::Instant{place.due};
    item.mark = {place.due, place.key, static_cast<std::uint8_t>(place.kind)};
  }
  return items;
}

std::vector<Stored> SqliteReader::dossiers(const DossierQuery& query) {
  begin_call();
  std::vector<Stored> found;
  for (const std::int64_t key : search_.page(query)) found.push_back(std::move(stored_.by_key(key)->stored));
  return found;
}

JournalPage SqliteReader::journal(const JournalQuery& query) {
  begin_call();
  return journal_.page(query);
}

std::int64_t SqliteReader::journal_end() {
  begin_call();
  return journal_.last();
}

std::vector<DefinitionText> SqliteReader::definitions() {
  begin_call();
  std::vector<DefinitionText> texts;
  Rows rows = definitions_.rows();
  while (rows.next()) {
    texts.push_back({static_cast<DefinitionKind>(rows.integer(0)), std::string(rows.text(1)),
                     std::string(rows.text(2)), std::string(rows.text(3)), std::string(rows.text(4)),
                     core::Instant{rows.integer(5)}});
  }
  return texts;
}

OpenCounts SqliteReader::counts() {
  OpenCounts counts;
  const bool known = kept_ && kept_->known.load(std::memory_order_acquire);
  if (known) counts.open = kept_->open_now();
  begin_call();
  if (!known) counts.open = count_open(connection_);
  if (kept_) counts.wal_pages = kept_->wal_pages.load(std::memory_order_relaxed);
  // The first row of each agency and kind: as many look-ups as there are of these, whatever is open.
  for (const std::int64_t agency : words_.agencies()) {
    for (int kind = 0; kind < core::kClockKinds; ++kind) {
      Rows first = oldest_due_.rows(owing_view(agency), kind, core::kDuePending,
                                    static_cast<int>(core::ListRole::late_only));
      if (!first.next()) continue;
      const core::Instant due{first.integer(0)};
      auto& oldest = counts.oldest_due[static_cast<std::size_t>(kind)];
      if (!oldest || due < *oldest) oldest = due;
    }
  }
  Rows rows = dossiers_.rows();
  if (rows.next()) counts.dossiers = rows.integer(0);
  std::error_code none;
  const auto bytes = std::filesystem::file_size(path_ + "-wal", none);
  counts.wal_bytes = none ? 0 : static_cast<std::int64_t>(bytes);
  return counts;
}

std::vector<CodeBlock> SqliteReader::code_blocks(const CodeBlockQuery& query) {
  begin_call();
  return blocks_.page(query);
}

std::optional<CodeBlockState> SqliteReader::code_block(const core::Uuid& id) {
  begin_call();
  return blocks_.state(id);
}

AlertPage SqliteReader::alerts(const AlertQuery& query) {
  begin_call();
  return alerts_.page(query);
}

std::optional<Alert> SqliteReader::alert(const core::Uuid& id) {
  begin_call();
  return alerts_.find(id);
}

std::vector<KeptAct> SqliteReader::alert_acts(const core::Uuid& id) {
  begin_call();
  return alerts_.acts(id);
}

std::vector<Digest> SqliteReader::digests(const Scope& scope, const core::Code& agency, core::Date on) {
  begin_call();
  return alerts_.digests(scope, agency, on);
}

AuditSlice SqliteReader::audit(const AuditPlace& place, int limit) {
  begin_call();
  return audit_.slice(place, limit);
}

std::optional<std::int64_t> SqliteReader::mail_followed() {
  begin_call();
  return mail_.followed();
}

std::vector<Letter> SqliteReader::letters_due(core::Instant now, int limit) {
  begin_call();
  return mail_.due(now, limit);
}

std::vector<LetterHistory> SqliteReader::letters_of(const Scope& scope, const core::Uuid& dossier,
                                                    std::uint32_t first, std::uint32_t last) {
  begin_call();
  if (!held(scope, dossier)) return {};
  return mail_.of(dossier, first, last);
}

Counting& SqliteReader::counting() {
  begin_call();
  return tallies_;
}

bool SqliteReader::alive() {
  try {
    connection_.begin_call();
    snapshot_.begin_for_dossier();
    return alive_.rows().next();
  } catch (const StoreError&) {
    return false;
  }
}

std::unique_ptr<Reader> ReaderPool::take() {
  std::unique_ptr<SqliteReader> reader;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      reader = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!reader) reader = std::make_unique<SqliteReader>(options_, kept_, log_);
  return std::make_unique<LentReader>(shared_from_this(), std::move(reader));
}

void ReaderPool::put_back(std::unique_ptr<SqliteReader> reader) {
  reader->end();
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(reader));
}

}  // namespace motcua::store::sqlite
