#include "engine/store/sqlite_store.h"

#include <optional>

#include "engine/store/sqlite_backup.h"
#include "engine/store/sqlite_files.h"
#include "engine/store/sqlite_lock.h"
#include "engine/store/sqlite_log.h"
#include "engine/store/sqlite_personal.h"
#include "engine/store/sqlite_publications.h"
#include "engine/store/sqlite_reader.h"
#include "engine/store/sqlite_schema.h"
#include "engine/store/sqlite_tallies.h"
#include "engine/store/sqlite_webhooks.h"
#include "engine/store/sqlite_writer.h"

namespace motcua::store {
namespace {

using namespace sqlite;

// Another writer, in a test, holds the database for one group.
constexpr int kWriterWaitMs = 10'000;

// SQLite counts all memory under one lock unless told otherwise before its first use.
void configure_once() {
  static const int result = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(result);
}

std::unique_ptr<LockFile> lock_for(const SqliteOptions& options) {
  if (!options.lock || options.read_only) return nullptr;
  return std::make_unique<LockFile>(options.path + ".lock");
}

const std::string& made_file(const SqliteOptions& options) {
  if (options.create && !options.read_only) make_owned_file(options.path);
  return options.path;
}

void set_up(Connection& connection, const SqliteOptions& options) {
  connection.run("PRAGMA synchronous = FULL");
  connection.run("PRAGMA foreign_keys = ON");
  connection.run("PRAGMA wal_autocheckpoint = 0");
  connection.run("PRAGMA temp_store = FILE");
  connection.run("PRAGMA secure_delete = ON");  // zeroes what is deleted, also pages that become free
  connection.run("PRAGMA cache_size = -" + std::to_string(options.writer_cache_kib));
}

// After a failed sync nobody knows what the log holds, and SQLite looks at it anew only when no other process
// has the database open: what is damaged must be neither believed nor copied into the database. Requires a
// connection that has read nothing since forget_unwritten_log().
void check_log(Connection& connection) {
  try {
    connection.run("SELECT 1 FROM sqlite_schema LIMIT 1");
  } catch (const StoreError&) {
    if (!has_log(connection)) throw;
    // It is open now, which is all that was wanted: what is wrong is found below, or told to who reads next.
  }
  if (!has_log(connection)) return;
  LogView log(connection);
  log.sync();
  try {
    log.frames({}, log.index().end);
  } catch (const StoreError& error) {
    throw StoreError(std::string(error.what()) +
                     ": stop every other process that reads this database, and start again");
  }
}

class SqliteStore : public Store {
 public:
  explicit SqliteStore(const SqliteOptions& options)
      : options_(options),
        lock_(lock_for(options)),
        connection_(made_file(options), SQLITE_OPEN_READWRITE, writing_vfs()) {
    sqlite3_busy_timeout(connection_.get(), kWriterWaitMs);
    connection_.keep_log();  // unless all ends well
    forget_unwritten_log(connection_);
    if (options.lock && !options.read_only) check_log(connection_);
    prepare_schema(connection_, options);
    set_up(connection_, options);
    epoch_ = epoch_of(connection_, !options.read_only);
    if (!options.read_only) {
      // What a process that was killed wrote may stand in the WAL unsynced, and would be read from now on.
      connection_.run("PRAGMA wal_checkpoint(PASSIVE)");
      fill_tallies(connection_);
      kept_ = std::make_shared<KeptCounts>();
    }
    log_ = std::make_shared<LogSync>(connection_,
                                     options.read_only ? LogSync::Of::elsewhere : LogSync::Of::own_writer,
                                     connection_.number("SELECT max(position) FROM event"));
    if (!options.read_only) {
      writer_.emplace(options, connection_, *kept_, *log_);
      writer_->file_duties();
    }
    readers_ = std::make_shared<ReaderPool>(options, kept_, log_);
    personal_.emplace(options, log_, writer_ ? &*writer_ : nullptr);
    webhooks_.emplace(options, log_, [this](std::span<const WebhookWrite> writes, const Outcome* outcome) {
      return writer().write_webhooks(writes, outcome);
    });
    publications_.emplace(options, log_,
                          [this](std::span<const PublicationWrite> writes, const Outcome* outcome) {
                            return writer().write_publications(writes, outcome);
                          });
  }

  ~SqliteStore() override {
    const bool is_whole = log_->close();
    connection_.keep_log(!is_whole || options_.read_only);
  }

  std::vector<Loaded> load(std::span<const Wanted> wanted) override { return writer().load(wanted); }
  std::vector<Committed> commit(std::span<const Write> writes,
                                std::span<const WebhookWrite> beside) override {
    return writer().commit(writes, beside);
  }
  void sync() override { log_->sync(); }
  std::unique_ptr<Reader> reader() override { return readers_->take(); }
  Verdict draw(const CodeBlockDraw& draw) override { return writer().draw(draw); }
  Verdict give_back(const CodeBlockReturn& back) override { return writer().give_back(back); }
  void read_together(const std::function<void()>& work) override { writer().read_together(work); }
  std::vector<RungMark> rung_marks() override { return writer().alerts().marks(); }
  std::vector<DueRow> due_rows(const core::Code& agency, core::ClockKind kind, const DuePlace& after,
                               core::Instant until, int limit) override {
    return writer().alerts().due_rows(agency, kind, after, until, limit);
  }
  std::optional<core::Instant> next_due(const core::Code& agency, core::ClockKind kind,
                                        core::Instant after) override {
    return writer().alerts().next_due(agency, kind, after);
  }
  std::optional<Stored> by_key(std::int64_t key) override { return writer().by_key(key); }
  std::vector<Alert> alerts_to_review(core::Instant until, int limit) override {
    return writer().alerts().to_review(until, limit);
  }
  std::optional<core::Instant> next_review() override { return writer().alerts().next_review(); }
  std::optional<core::Date> last_digest(const core::Code& agency) override {
    return writer().alerts().last_digest(agency);
  }
  Verdict fire(const Firing& firing, const std::optional<Outcome>& outcome) override {
    return writer().fire(firing, outcome);
  }
  void queue_letters(std::span<const Letter> letters, std::optional<std::int64_t> followed) override {
    writer().queue_letters(letters, followed);
  }
  void record_letters(std::span<const LetterTried> tried, core::Instant queued_before) override {
    writer().record_letters(tried, queued_before);
  }
  void apply(std::span<const DefinitionText> texts, core::Instant at) override { writer().apply(texts, at); }
  std::vector<core::Uuid> run_out_before(core::Instant now, int limit) override {
    return writer().run_out_before(now, limit);
  }
  std::optional<core::Instant> next_run_out() override { return writer().next_run_out(); }
  std::vector<Stored> to_rederive(std::int64_t after_key, int limit) override {
    return writer().to_rederive(after_key, limit);
  }
  std::optional<core::Instant> virtual_now() override { return writer().virtual_now(); }
  void keep_virtual_now(core::Instant now) override { writer().keep_virtual_now(now); }
  std::optional<core::Instant> last_recorded() override { return writer().last_recorded(); }
  void bind_key(const std::string& key_name) override { writer().bind_key(key_name); }
  std::string key_name() override { return key_name_of(connection_); }
  std::string record_keys() override { return record_keys_of(connection_); }
  void bind_record_keys(const std::string& id) override { writer().bind_record_keys(id); }
  std::uint64_t record_keys_end() override {
    return static_cast<std::uint64_t>(RecordKeysEnd(connection_).end());
  }
  std::int64_t epoch() const override { return epoch_; }
  Webhooks& webhooks() override { return *webhooks_; }
  PersonalData& personal() override { return *personal_; }
  Publications& publications() override { return *publications_; }
  using Store::rebuild;
  Rebuilt rebuild(RebuildMode mode) override { return writer().rebuild(mode); }
  void backup(const std::string& path) override { back_up(options_.path, path); }

 private:
  Writer& writer() {
    if (!writer_) throw StoreError(options_.path + " is open for reading only");
    return *writer_;
  }

  const SqliteOptions options_;
  std::unique_ptr<LockFile> lock_;
  Connection connection_;
  std::shared_ptr<KeptCounts> kept_;  // null where nothing is written
  std::shared_ptr<LogSync> log_;
  std::optional<Writer> writer_;
  std::int64_t epoch_ = 0;
  std::shared_ptr<ReaderPool> readers_;
  std::optional<SqliteWebhooks> webhooks_;
  std::optional<SqlitePersonalData> personal_;
  std::optional<SqlitePublications> publications_;
};

}  // namespace

std::unique_ptr<Store> open_sqlite(const SqliteOptions& options) {
  configure_once();
  return std::make_unique<SqliteStore>(options);
}

}  // namespace motcua::store
