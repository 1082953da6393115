#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "engine/core/event.h"
#include "engine/core/listing.h"
#include "engine/core/reach.h"
#include "engine/store/alert.h"
#include "engine/store/audit.h"
#include "engine/store/code_block.h"
#include "engine/store/counting.h"
#include "engine/store/definition.h"
#include "engine/store/mail.h"
#include "engine/store/personal.h"
#include "engine/store/publications.h"
#include "engine/store/webhooks.h"

namespace motcua::store {

using Hash = std::array<std::uint8_t, 32>;

// The database did not do what it must: disk, lock, corruption. After one from commit() nothing is known of
// what was written, and the process must end: a failed sync is never retried.
struct StoreError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
// The disk did not take what was committed: the process is about to end.
struct StoreFailed : StoreError {
  using StoreError::StoreError;
};
// There was no room to write. Nothing of the call was done; reads go on, and the next write may be tried.
struct StoreFull : StoreError {
  using StoreError::StoreError;
};
// Another process holds the database.
struct StoreLocked : StoreError {
  using StoreError::StoreError;
};
// A read was cut because it worked for too long; the reader may be used again.
struct ReadTooLong : StoreError {
  using StoreError::StoreError;
};

// The dossiers that a reader may see.
using Scope = core::Reach;

// A dossier as stored, with what a writer needs to go on from it.
struct Stored {
  std::int64_t key = 0;
  core::Dossier dossier;
  Hash head{};  // of its last event
};

// Which dossier a caller means: by id, or by code.
using DossierName = std::variant<core::Uuid, core::Code>;

// What is kept of an answered request: never a body, a replay is rendered from history.
struct Outcome {
  std::array<std::uint8_t, 16> key{};          // digest of caller and Idempotency-Key
  std::array<std::uint8_t, 16> fingerprint{};  // digest of method, target and body
  core::Instant answered_at;
  std::uint16_t status = 0;
  core::Uuid dossier;         // nil for a rejection without one
  std::uint32_t version = 0;  // of the dossier as answered
  core::Code rejection;       // empty when accepted
};

// What a writer asks for before it decides; each part may be absent.
struct Wanted {
  std::optional<DossierName> dossier;
  std::string counter;  // numbering_key
  std::optional<std::array<std::uint8_t, 16>> idempotency_key;
  std::optional<std::array<core::Code, 2>> external_ref;  // source, reference
  core::Code code{};                                      // that a submission brings; empty: none
};
struct Loaded {
  std::optional<Stored> dossier;
  std::int64_t counter = 0;  // the last number given
  std::optional<Outcome> outcome;
  std::optional<core::Uuid> external_ref_holder;
  std::optional<DrawnCode> drawn;  // the code, where it is one of a block
};

struct CounterMove {
  std::string key;
  std::int64_t from = 0;  // the number it was decided on
  std::int64_t to = 0;
};

// One command's effect, all or nothing. `events` is empty for a rejection of which only the outcome is kept.
struct Write {
  std::optional<Stored> before;  // nothing: a new dossier
  core::Dossier after;
  std::vector<core::Event> events;
  std::string sealed;                // personal record; empty: none
  std::uint32_t sealed_version = 0;  // the version under which it is kept: of one of the events
  std::vector<std::uint64_t> search_tokens;
  std::optional<CounterMove> counter;
  std::optional<Outcome> outcome;
  std::vector<Alert> alerts{};  // fired by what is written
  bool drawn_code = false;      // the new dossier's code is one of a block, and was not void
  std::vector<Write> along{};   // on other dossiers: written with this one, or none of them is
};

// A block is drawn: its codes, in order, and the counter behind them.
struct CodeBlockDraw {
  CodeBlock block;  // without a key
  std::vector<core::Code> codes;
  CounterMove counter;
  std::optional<Outcome> outcome;
};
// Codes of a block go back unused, and are void from then on; `whole`: the block is over.
struct CodeBlockReturn {
  core::Uuid block;
  std::vector<core::Code> codes;
  bool whole = false;
  core::Instant at;
  std::optional<Outcome> outcome;
};

enum class Verdict {
  committed,
  version_conflict,  // the dossier, the counter or a code of a block has moved on: decide again
  key_taken,         // the idempotency key was used meanwhile
  duplicate,         // the external reference belongs to another dossier
  code_taken,        // the code belongs to another dossier
};
struct Committed {
  Verdict verdict = Verdict::committed;
  // When committed: of the dossier, and of its last event.
  std::int64_t key = 0;
  Hash head{};
};

// Keyset pages. A mark is the place after which the next page begins.
struct Mark {
  std::int64_t due = std::numeric_limits<std::int64_t>::min();
  std::int64_t key = 0;
  std::uint8_t kind = 0;
};
// Who owes what lateness brings (core::duty_done). Its own due follows from the missed one by a calendar that
// a store does not know: the caller says which missed dues count, `after` < due <= `until`.
struct DutyQuery {
  struct Missed {
    core::Instant after;
    core::Instant until;
    bool operator==(const Missed&) const = default;
  };
  core::ClockKind duty = core::ClockKind::explanation;
  Missed missed;
  std::map<core::Code, Missed> by_agency;  // those of another calendar
};
struct ListQuery {
  enum class List { late, due_soon, untimed };
  List list = List::late;
  Scope scope;
  core::Instant at;
  core::Instant until;                 // due_soon: due in (at, until]
  core::Code agency;                   // empty: any
  core::Code procedure;                // empty: any
  std::vector<core::ClockKind> kinds;  // at least one; explanation and apology only by `duty`
  std::optional<DutyQuery> duty;       // the list is this, of the present, and `kinds` names it alone
  std::optional<Mark> after;
  int limit = 50;
};
struct ListItem {
  Stored stored;
  core::ClockKind kind = core::ClockKind::settlement;
  std::optional<core::Instant> due_at;  // late: since when
  Mark mark;
};

struct DossierQuery {
  Scope scope;
  std::vector<core::DossierState> states;  // empty: any
  core::Code agency;                       // receiving or competent
  core::Code procedure;
  std::optional<core::Channel> channel;
  std::optional<core::Instant> received_from;
  std::optional<core::Instant> received_before;
  std::vector<std::uint64_t> tokens;  // all of them
  core::StandingQuery standing;
  std::optional<std::int64_t> before_key;  // newest first
  int limit = 50;
};

struct StoredEvent {
  std::int64_t position = 0;
  core::Event event;
  Hash prev_hash{};
  Hash hash{};
};

// Events in the order in which they were written, from any dossier.
struct JournalQuery {
  Scope scope;
  core::Code agency;               // takes part in the dossier; empty: any
  std::vector<std::string> types;  // "dossier.accepted"; empty: any
  std::int64_t after = 0;          // a position
  int limit = 50;
};
struct JournalPage {
  std::vector<StoredEvent> events;
  std::int64_t last = 0;  // the position up to which was looked: the next page goes on after it
  bool more = false;      // the journal may go on behind it
};

// For metrics. What is open is counted by the writer as it writes, and for a store that only reads on demand.
struct OpenCounts {
  std::array<std::int64_t, core::kClockKinds> open{};
  std::array<std::optional<core::Instant>, core::kClockKinds> oldest_due;
  std::int64_t dossiers = 0;
  std::int64_t wal_bytes = 0;
  std::uint64_t wal_pages = 0;  // written to the log since this process opened the store
};

// Reads of one thread at a time, in one read transaction: from the first call, which sees every write
// acknowledged before it, to the destruction. Take one for a request, and let it go before waiting for
// anything: while it is there, the log cannot start anew.
class Reader {
 public:
  virtual ~Reader() = default;
  // Nothing when there is none, or when the scope does not show it.
  virtual std::optional<Stored> find(const Scope& scope, const DossierName& name) = 0;
  // Events with version > after_version, in order.
  virtual std::vector<StoredEvent> history(const Scope& scope, const core::Uuid& dossier,
                                           std::uint32_t after_version, int limit) = 0;
  // The sealed record of one version; empty when there is none.
  virtual std::string sealed(const Scope& scope, const core::Uuid& dossier, std::uint32_t version) = 0;
  virtual std::vector<ListItem> list(const ListQuery& query) = 0;
  virtual std::vector<Stored> dossiers(const DossierQuery& query) = 0;
  // Looks at a bounded number of events: a page may be empty, and more may follow.
  virtual JournalPage journal(const JournalQuery& query) = 0;
  virtual std::int64_t journal_end() = 0;                 // the position of the last event; 0: none
  virtual std::vector<DefinitionText> definitions() = 0;  // in order of application
  virtual OpenCounts counts() = 0;
  virtual std::vector<CodeBlock> code_blocks(const CodeBlockQuery& query) = 0;
  virtual std::optional<CodeBlockState> code_block(const core::Uuid& id) = 0;
  virtual AlertPage alerts(const AlertQuery& query) = 0;
  virtual std::optional<Alert> alert(const core::Uuid& id) = 0;  // of any scope: ask for its dossier
  virtual std::vector<KeptAct> alert_acts(const core::Uuid& id) = 0;
  // The digests of a day: of one agency where a scope or an agency names it.
  virtual std::vector<Digest> digests(const Scope& scope, const core::Code& agency, core::Date on) = 0;
  // Holds the rows of clocks against the dossiers, from that place on.
  virtual AuditSlice audit(const AuditPlace& place, int limit) = 0;
  // The position up to which the journal was followed for letters; nothing: it never was.
  virtual std::optional<std::int64_t> mail_followed() = 0;
  // Letters that wait and may be tried by then, the longest due first.
  virtual std::vector<Letter> letters_due(core::Instant now, int limit) = 0;
  // The letters about the versions first to last of a dossier, with their ledgers.
  virtual std::vector<LetterHistory> letters_of(const Scope& scope, const core::Uuid& dossier,
                                                std::uint32_t first, std::uint32_t last) = 0;
  // For lists and reports over a period. Ask for it anew before each call: the bound on a read's work is a
  // call's.
  virtual Counting& counting() = 0;
  // True when the database answers.
  virtual bool alive() = 0;
};

// What a rebuild found otherwise than the events say: dossiers, and the first of them by name.
enum class RebuildMode { put_right, look_only };
struct Rebuilt {
  std::int64_t differed = 0;
  struct Dossier {
    core::Uuid id;  // nil: rows of a dossier that is none
    std::vector<std::string> tables;
  };
  std::vector<Dossier> first;
};

// One database. Thread rules: load, commit and the other writes by one thread at a time (the engine's
// writer); reader() and sync() by any. What a reader shows is on the disk, and so is every write but those of
// commit(); what load() shows may not be: who tells anybody of it calls sync() first.
class Store {
 public:
  virtual ~Store() = default;
  virtual std::vector<Loaded> load(std::span<const Wanted> wanted) = 0;
  // All writes in one transaction, in order; each is checked whole before it writes. It is on the disk when
  // sync() has returned, which nobody is told of before: another group may be committed meanwhile. Later
  // writes of the group may build on `after` of earlier ones. Throws StoreError when the commit failed, and
  // std::logic_error, before anything is written, for a sealed record of a version that its write has no
  // event of: it would be lost in silence. `beside` is written in the same transaction, whatever becomes of
  // each write.
  virtual std::vector<Committed> commit(std::span<const Write> writes,
                                        std::span<const WebhookWrite> beside = {}) = 0;
  // Every commit that returned before is on the disk. Throws StoreFailed, and from then on always.
  virtual void sync() = 0;
  virtual std::unique_ptr<Reader> reader() = 0;

  // One transaction each. code_taken: a dossier, or another block, has one of the codes. version_conflict: of
  // a return, when a code is void or used already, or the block is none or over.
  virtual Verdict draw(const CodeBlockDraw& draw) = 0;
  virtual Verdict give_back(const CodeBlockReturn& back) = 0;

  // What `work` reads by what follows here is one transaction; each read alone is one of its
  // own, with locks of the file to take. Nothing may be written in it.
  virtual void read_together(const std::function<void()>& work) = 0;

  // What the ticker needs to know, by the writer's own thread.
  virtual std::vector<RungMark> rung_marks() = 0;
  // Clocks of this kind that the agency owes behind `after` and due by `until`, in order.
  virtual std::vector<DueRow> due_rows(const core::Code& agency, core::ClockKind kind, const DuePlace& after,
                                       core::Instant until, int limit) = 0;
  // The first due after that one.
  virtual std::optional<core::Instant> next_due(const core::Code& agency, core::ClockKind kind,
                                                core::Instant after) = 0;
  virtual std::optional<Stored> by_key(std::int64_t key) = 0;
  // Alerts whose review has come, oldest first, and the next instant of one.
  virtual std::vector<Alert> alerts_to_review(core::Instant until, int limit) = 0;
  virtual std::optional<core::Instant> next_review() = 0;
  virtual std::optional<core::Date> last_digest(const core::Code& agency) = 0;
  // One transaction. The outcome is of a person's act; key_taken: it was answered before. version_conflict:
  // an alert is no longer in the state that an act was decided on, and nothing is done.
  virtual Verdict fire(const Firing& firing, const std::optional<Outcome>& outcome) = 0;
  // One transaction each, of a bounded batch. Letters are queued together with the place up to which the
  // journal was followed for them; nothing: the place is forgotten.
  virtual void queue_letters(std::span<const Letter> letters, std::optional<std::int64_t> followed) = 0;
  // Adds each attempt to its ledger, and moves its letter on. Old letters that are over go.
  virtual void record_letters(std::span<const LetterTried> tried, core::Instant queued_before) = 0;

  // Adds definitions that are not known by their hash, in one transaction, and makes each the newest of its
  // key.
  virtual void apply(std::span<const DefinitionText> texts, core::Instant at) = 0;
  // Dossiers whose system clock ran out strictly before `now`, oldest first; and the next instant at which
  // one will.
  virtual std::vector<core::Uuid> run_out_before(core::Instant now, int limit) = 0;
  virtual std::optional<core::Instant> next_run_out() = 0;
  // Dossiers whose running clocks hold a pending or provisional date, keyset by key.
  virtual std::vector<Stored> to_rederive(std::int64_t after_key, int limit) = 0;

  // The sandbox's clock, kept in the database; nothing in a real database.
  virtual std::optional<core::Instant> virtual_now() = 0;
  virtual void keep_virtual_now(core::Instant now) = 0;

  // recorded_at of the newest event: no clock may run behind it.
  virtual std::optional<core::Instant> last_recorded() = 0;
  // Remembers by which key typed texts are sealed here (its name, not the key). Throws StoreError for another
  // one: what was sealed before could never be opened again.
  virtual void bind_key(const std::string& key_name) = 0;
  // That name; empty: nothing was ever sealed here.
  virtual std::string key_name() = 0;
  // The same of the file with the keys of the sealed records, by its id; empty: none is known yet.
  virtual std::string record_keys() = 0;
  virtual void bind_record_keys(const std::string& id) = 0;
  // Behind the last place of that file by whose key a record here was sealed: kept with the record, so that a
  // file of keys that ends before it is known to be an older one. 0: no record was written since it is kept.
  virtual std::uint64_t record_keys_end() = 0;

  // Drawn when the database is made, and again by a restore: a place in the journal that was told under
  // another epoch may now be that of another event. 0: a database that was never opened for writing since
  // epochs came. Any thread.
  virtual std::int64_t epoch() const = 0;
  // Subscriptions and their deliveries; lives as long as the store.
  virtual Webhooks& webhooks() = 0;
  // Who read what persons typed, and erasures; lives as long as the store.
  virtual PersonalData& personal() = 0;
  // Monthly lists; lives as long as the store.
  virtual Publications& publications() = 0;

  // Makes the derived tables anew from the events, or only looks what would change.
  virtual Rebuilt rebuild(RebuildMode mode) = 0;
  // The count of dossiers that differed.
  std::int64_t rebuild() { return rebuild(RebuildMode::put_right).differed; }
  // A consistent copy while others write.
  virtual void backup(const std::string& path) = 0;
};

}  // namespace motcua::store
