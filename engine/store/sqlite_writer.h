#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/store/sqlite_alerts.h"
#include "engine/store/sqlite_answers.h"
#include "engine/store/sqlite_checkpoint.h"
#include "engine/store/sqlite_code_blocks.h"
#include "engine/store/sqlite_counts.h"
#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_dossiers.h"
#include "engine/store/sqlite_events.h"
#include "engine/store/sqlite_files.h"
#include "engine/store/sqlite_mail.h"
#include "engine/store/sqlite_personal.h"
#include "engine/store/sqlite_publications.h"
#include "engine/store/sqlite_store.h"
#include "engine/store/sqlite_stored.h"
#include "engine/store/sqlite_tallies.h"
#include "engine/store/sqlite_webhooks.h"
#include "engine/store/sqlite_words.h"

namespace motcua::store::sqlite {

// Rows that are old go a few at a time, this many beside what a group adds.
constexpr int kPrunedMin = 16;

// The writing side of a database: what Store promises of load, commit and the other writes. One thread at a
// time. Requires a connection that prepare_schema has been through.
class Writer {
 public:
  // `kept` is borrowed, for what is counted on the way.
  Writer(const SqliteOptions& options, Connection& connection, KeptCounts& kept, LogSync& log);
  std::vector<Loaded> load(std::span<const Wanted> wanted);
  std::vector<Committed> commit(std::span<const Write> writes, std::span<const WebhookWrite> beside);
  Verdict draw(const CodeBlockDraw& draw);
  Verdict give_back(const CodeBlockReturn& back);
  Alerts& alerts() { return alerts_; }
  void read_together(const std::function<void()>& work);
  std::optional<Stored> by_key(std::int64_t key);
  Verdict fire(const Firing& firing, const std::optional<Outcome>& outcome);
  void queue_letters(std::span<const Letter> letters, std::optional<std::int64_t> followed);
  void record_letters(std::span<const LetterTried> tried, core::Instant queued_before);
  Verdict write_webhooks(std::span<const WebhookWrite> writes, const Outcome* outcome);
  Verdict write_publications(std::span<const PublicationWrite> writes, const Outcome* outcome);
  void write_personal(const std::function<void(PersonalWriter&)>& work);
  bool is_erased(const core::Uuid& dossier) { return personal_.is_erased(dossier); }
  // False while a reader stands in the way.
  bool empty_log() { return checkpointer_->empty_log(); }
  void apply(std::span<const DefinitionText> texts, core::Instant at);
  std::vector<core::Uuid> run_out_before(core::Instant now, int limit);
  std::optional<core::Instant> next_run_out();
  std::vector<Stored> to_rederive(std::int64_t after_key, int limit);
  std::optional<core::Instant> virtual_now();
  void keep_virtual_now(core::Instant now);
  std::optional<core::Instant> last_recorded();
  void bind_key(const std::string& key_name);
  void bind_record_keys(const std::string& id);
  Rebuilt rebuild(RebuildMode mode);
  // Once for a database of before they were kept, in bounded transactions: the rows of DutyFiler.
  void file_duties();

 private:
  struct DefinitionStatements;
  // One transaction, that is on the disk at once or with the next LogSync::sync(). A full disk undoes it and
  // leaves the writer usable; any other failure ends its use.
  enum class OnDisk { at_once, with_next_sync };
  void write(const std::function<void()>& work, OnDisk on_disk = OnDisk::at_once);
  // Before the first work: the open clocks that the database came with.
  void count_found();
  Loaded load_one(const Wanted& wanted);
  Committed write_one(const Write& one);
  Committed write_free(const Write& one, const std::optional<Present>& present);
  std::optional<Present> find(const Write& one);
  Committed write_answer(const Write& one);
  std::optional<Verdict> obstacle(const Write& one, const std::optional<Present>& present);
  // The last number given by a counter, or so taken (Restoring::begin_epoch). `key` is day first.
  std::int64_t last_number(const std::string& key);
  bool counter_stands(const CounterMove& move);
  void prune_answers(std::span<const Write> writes);
  static int on_wal(void* self, sqlite3* db, const char* name, int frames);

  const core::ClockTime answers_kept_;
  const bool sandbox_;
  Connection& connection_;
  KeptCounts& kept_;
  LogSync& log_;
  std::mutex writing_;
  Words words_;
  StoredReader stored_;
  DossierWriter dossiers_;
  EventWriter events_;
  TallyWriter tallies_;
  Answers answers_;
  CodeBlocks blocks_;
  Alerts alerts_;
  MailTables mail_;
  WebhookWriter webhooks_;
  PublicationWriter publications_;
  PersonalWriter personal_;
  Statement begin_, commit_;
  Statement counter_, set_counter_;
  Statement run_out_, next_run_out_, to_rederive_;
  Statement newest_definition_, known_definition_, add_definition_, move_definition_;
  Statement read_meta_, write_meta_;
  std::map<std::string, std::int64_t> counters_;  // moved by this group so far, written at its end
  std::int64_t next_key_ = 0;
  std::int64_t next_position_ = 0;
  std::int64_t frame_bytes_ = 0;
  bool failed_ = false;
  std::optional<Checkpointer> checkpointer_;  // last: its thread ends before what it borrows
};

}  // namespace motcua::store::sqlite
