#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/store/sqlite_alerts.h"
#include "engine/store/sqlite_audit.h"
#include "engine/store/sqlite_code_blocks.h"
#include "engine/store/sqlite_counts.h"
#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_journal.h"
#include "engine/store/sqlite_lists.h"
#include "engine/store/sqlite_mail.h"
#include "engine/store/sqlite_search.h"
#include "engine/store/sqlite_snapshot.h"
#include "engine/store/sqlite_store.h"
#include "engine/store/sqlite_stored.h"
#include "engine/store/sqlite_tallies.h"
#include "engine/store/sqlite_words.h"
#include "engine/store/store.h"

namespace motcua::store::sqlite {

// One read-only connection with its statements.
class SqliteReader : public Reader {
 public:
  // `kept` is the writer's of this process; null where there is none.
  SqliteReader(const SqliteOptions& options, std::shared_ptr<const KeptCounts> kept,
               std::shared_ptr<LogSync> log);
  std::optional<Stored> find(const Scope& scope, const DossierName& name) override;
  std::vector<StoredEvent> history(const Scope& scope, const core::Uuid& dossier, std::uint32_t after_version,
                                   int limit) override;
  std::string sealed(const Scope& scope, const core::Uuid& dossier, std::uint32_t version) override;
  std::vector<ListItem> list(const ListQuery& query) override;
  std::vector<Stored> dossiers(const DossierQuery& query) override;
  JournalPage journal(const JournalQuery& query) override;
  std::int64_t journal_end() override;
  std::vector<DefinitionText> definitions() override;
  OpenCounts counts() override;
  std::vector<CodeBlock> code_blocks(const CodeBlockQuery& query) override;
  std::optional<CodeBlockState> code_block(const core::Uuid& id) override;
  AlertPage alerts(const AlertQuery& query) override;
  std::optional<Alert> alert(const core::Uuid& id) override;
  std::vector<KeptAct> alert_acts(const core::Uuid& id) override;
  std::vector<Digest> digests(const Scope& scope, const core::Code& agency, core::Date on) override;
  AuditSlice audit(const AuditPlace& place, int limit) override;
  std::optional<std::int64_t> mail_followed() override;
  std::vector<Letter> letters_due(core::Instant now, int limit) override;
  std::vector<LetterHistory> letters_of(const Scope& scope, const core::Uuid& dossier, std::uint32_t first,
                                        std::uint32_t last) override;
  Counting& counting() override;
  bool alive() override;
  // Ends the read transaction, for the next user: what the last one was shown is no longer known.
  void end();

 private:
  // Before each call.
  void begin_call();
  // A dossier that this user was shown: who takes part in one never changes, so its parts need no second
  // look.
  struct Shown {
    core::Uuid id;
    std::int64_t key = 0;
    Scope scope;
  };
  // Begins a call that reads nothing but this dossier.
  std::optional<Held> held(const Scope& scope, const DossierName& name);

  const std::string path_;
  const std::shared_ptr<const KeptCounts> kept_;
  Connection connection_;
  Snapshot snapshot_;
  Words words_;
  StoredReader stored_;
  Lists lists_;
  Search search_;
  CodeBlocks blocks_;
  MailTables mail_;
  Journal journal_;
  Alerts alerts_;
  Audit audit_;
  Tallies tallies_;
  std::optional<Shown> shown_;
  Statement alive_, definitions_, oldest_due_, dossiers_;
};

// Readers that wait for their next user; shared by those that are out.
class ReaderPool : public std::enable_shared_from_this<ReaderPool> {
 public:
  ReaderPool(SqliteOptions options, std::shared_ptr<const KeptCounts> kept, std::shared_ptr<LogSync> log)
      : options_(std::move(options)), kept_(std::move(kept)), log_(std::move(log)) {}
  // Any thread.
  std::unique_ptr<Reader> take();
  void put_back(std::unique_ptr<SqliteReader> reader);

 private:
  const SqliteOptions options_;
  const std::shared_ptr<const KeptCounts> kept_;
  const std::shared_ptr<LogSync> log_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<SqliteReader>> idle_;
};

}  // namespace motcua::store::sqlite
