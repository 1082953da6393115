#include "api/restore.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <vector>

#include "api/backup.h"
#include "api/kept_head.h"
#include "engine/run/auditor.h"
#include "engine/run/erasures.h"
#include "engine/run/keyring.h"
#include "engine/run/random_port.h"
#include "engine/run/seal_check.h"
#include "engine/run/seal_epochs.h"
#include "engine/run/system_clock.h"
#include "engine/run/text_check.h"
#include "engine/run/vault_copy.h"
#include "engine/store/digest.h"
#include "engine/store/follow_dir.h"
#include "engine/store/sqlite_restore.h"
#include "engine/store/sqlite_store.h"

namespace motcua::api {
namespace {

namespace fs = std::filesystem;

// A number belongs to the day of receipt, which may lie before the day of entry, also over long holidays.
constexpr int kDaysBack = 45;
constexpr int kDaysAhead = 2;  // codes are drawn for tomorrow

int refuse_restore(const std::string& why) {
  std::fprintf(stderr, "motcua: %s\n", why.c_str());
  return 1;
}

std::string in_words(core::Instant at) { return core::format_instant(at, core::kVietnamOffsetMinutes); }

// What a restored database has, and what is known to be missing of it.
struct RestoredJournal {
  std::int64_t epoch = 0;
  std::int64_t journal_end = 0;
  std::optional<core::Instant> recorded_until;
  run::SealCheck seals;
  std::optional<std::int64_t> missing;  // events that are known to be lost
  std::string definitions;              // why they cannot be used; empty: they can
  std::uint64_t keys_end = 0;           // records were sealed by keys up to that one
  std::vector<std::string> losses;      // in words; empty: the journal is whole as far as it was sealed
};

// A backup is one whole file; a file with a log beside it was copied from under a process, and may lack what
// the log has.
void bring_file(const fs::path& source, const std::optional<store::BackupKey>& key, const fs::path& to) {
  if (!fs::is_regular_file(source)) throw store::StoreError(source.string() + " is no file");
  std::error_code none;
  const auto log = fs::file_size(source.string() + "-wal", none);
  if (!none && log > 0)
    throw store::StoreError(source.string() + " has a log beside it: make backups with `motcua backup`");
  store::BackupReader reader(source, key);
  store::copy_backup(reader, to);
}

bool has_heads(const fs::path& folder, std::int64_t epoch) {
  std::error_code none;
  return fs::file_size(run::SealLog::heads_file(folder, epoch), none) > 0 && !none;
}

fs::path copy_of_keys(const RestoreOptions& options) {
  return store::is_follow_dir(options.source) ? fs::path(options.source) / "keys"
                                              : fs::path(options.source + ".keys");
}

// Those of the installation, where they outlived the database: they know what was erased since. Else those of
// the backup, as they were then.
run::Keyring open_keys(const ServerConfig& config, const RestoreOptions& options) {
  const run::KeyFiles files = key_files(config);
  const fs::path copy = copy_of_keys(options);
  if (!fs::exists(files.records) && fs::exists(copy)) {
    const auto told = run::look_at_vault(copy);
    if (!told) throw run::KeyFileError(copy.string() + " is no file of keys");
    run::copy_vault(copy, files.records, 0);
    std::printf("%s stands in the place of the lost file of keys, %s\n", copy.c_str(), files.records.c_str());
  }
  return run::Keyring::open(files, run::MissingKey::refuse);
}

class RestoreRun {
 public:
  RestoreRun(const ServerConfig& config, const RestoreOptions& options)
      : config_(config), options_(options), keyring_(open_keys(config, options)), restoring_(of_database()) {}

  int run() {
    bring();
    restoring_.check(options_.source, store::hex(keyring_.id()));
    look();
    if (!found_.seals.fault.empty()) return refuse_restore(options_.source + ": " + found_.seals.fault);
    if (!found_.definitions.empty()) return refuse_restore(options_.source + ": " + found_.definitions);
    say_what_it_holds();
    if (!found_.losses.empty() && !options_.accept_loss) return refuse_loss();
    restoring_.begin_epoch(mark());
    apply_erasure_ledger();
    run::note_restore(seals_folder(config_), new_epoch_, keyring_);
    const run::AuditResult audit = audited();
    restoring_.put_in_place();
    say_what_was_done(audit);
    if (audit.sound()) return 0;
    return refuse_restore(
        "rows of clocks, timers and late ends are not as their dossiers say: run `motcua rebuild` before it "
        "is served");
  }

 private:
  store::SqliteOptions of_database() const {
    if (config_.database.has_parent_path()) fs::create_directories(config_.database.parent_path());
    store::SqliteOptions options;
    options.path = config_.database;
    options.sandbox = options_.sandbox;
    return options;
  }

  void bring() {
    const auto key = read_backup_key(options_.key_file);
    if (!store::is_follow_dir(options_.source)) return bring_file(options_.source, key, restoring_.file());
    followed_ = store::bring_back(options_.source, key, restoring_.file());
  }

  // Every event is hashed anew and held against the one before it, and against the seals where there are any.
  void look() {
    const auto store = open_to_read(restoring_.file(), options_.sandbox);
    found_.epoch = store->epoch();
    found_.journal_end = store->reader()->journal_end();
    const auto at_end = store->reader()->journal(
        {store::Scope::everything(), {}, {}, std::max<std::int64_t>(found_.journal_end - 1, 0), 1});
    if (!at_end.events.empty()) found_.recorded_until = at_end.events.front().event.recorded_at;
    // The seals that outlived the database tell what was recorded; those of a followed folder are no younger
    // than what lies beside them.
    fs::path seals = seals_folder(config_);
    const bool outlived = has_heads(seals, found_.epoch);
    if (!outlived && followed_) seals = fs::path(options_.source) / "seals";
    found_.seals = run::check_seals(*store, seals, run::ed25519_public(keyring_.signature_seed()),
                                    std::nullopt, run::ShortJournal::is_counted);
    const auto kept = kept_size();
    found_.keys_end = store->record_keys_end();
    look_at_definitions(*store);
    if (outlived) found_.missing = found_.seals.missing;
    if (kept) found_.missing = std::max(found_.missing.value_or(0), *kept - found_.journal_end);
    note_losses();
  }

  // A service compiles them all before it answers anything.
  void look_at_definitions(store::Store& store) {
    const auto texts = store.reader()->definitions();
    const auto is_procedure = [](const store::DefinitionText& text) {
      return text.kind == store::DefinitionKind::procedure;
    };
    if (std::none_of(texts.begin(), texts.end(), is_procedure))
      std::printf("%s holds no procedures: none were applied to it\n", options_.source.c_str());
    std::vector<run::LoadFault> faults;
    if (texts.empty() || run::Definitions::compile(texts, faults)) return;
    const run::LoadFault& first = faults.front();
    found_.definitions =
        "the definition " + first.file + " cannot be used: " + first.pointer + ' ' + first.detail;
  }

  std::optional<std::int64_t> kept_size() const {
    if (options_.kept_head.empty()) return std::nullopt;
    std::string fault;
    const auto head = read_kept_head(options_.kept_head, fault);
    if (!head) throw store::StoreError(fault);
    if (!head->signed_by(run::ed25519_public(keyring_.signature_seed())))
      throw store::StoreError(options_.kept_head + " is not signed by this installation's key");
    if (head->epoch != found_.epoch) throw store::StoreError(options_.kept_head + " is of another epoch");
    return static_cast<std::int64_t>(head->size);
  }

  void note_losses() {
    note_lost_keys();
    note_lost_erasures();
    for (const std::string& lost : found_.seals.lost) found_.losses.push_back(lost);
    if (followed_ && !followed_->broken.empty()) found_.losses.push_back(followed_->broken);
    if (!found_.missing) {
      found_.losses.push_back("no seals of this journal are at hand (" + seals_folder(config_).string() +
                              ", or --head) that would show how far it went");
    } else if (*found_.missing > 0) {
      std::string text = std::to_string(*found_.missing) + " events behind it are missing, which were sealed";
      if (found_.seals.missing > 0) text += " up to " + in_words(found_.seals.sealed_at);
      found_.losses.push_back(text);
    }
  }

  // A line that was cut was of an erasure that was not done yet: it is decided in the journal.
  void note_lost_erasures() {
    using Ledger = run::ErasureLedger;
    const std::size_t cut = Ledger(erasures_file(config_), Ledger::StrangeEnd::left_out).left_out();
    if (cut == 0) return;
    try {
      Ledger(erasures_file(config_), Ledger::StrangeEnd::refused);
      std::printf("the last line of %s, which was cut, is left out\n", erasures_file(config_).c_str());
    } catch (const run::LedgerError& error) {
      found_.losses.push_back(error.what());
    }
  }

  // Older keys than the database's: places of theirs would be given twice.
  void note_lost_keys() {
    const fs::path keys = key_files(config_).records;
    const std::uint64_t held = keyring_.vault().size();
    // A copy never has more than what it was made of; a database of before it was kept has no end of keys.
    const fs::path copy = copy_of_keys(options_);
    const auto copied = run::look_at_vault(copy);
    const bool copy_has_more =
        copied && copied->id == keyring_.vault().id() && copied->places > keyring_.vault().size();
    if (held >= found_.keys_end && !copy_has_more) return;
    std::string text = keys.string() + " ends with key " + std::to_string(held);
    if (held < found_.keys_end)
      text += ", and records were sealed by keys up to " + std::to_string(found_.keys_end);
    if (copy_has_more)
      text += " (" + copy.string() + " has more: move " + keys.string() + " away, and it takes its place)";
    found_.losses.push_back(text);
  }

  void say_what_it_holds() const {
    std::printf("%s ends with event %lld", options_.source.c_str(),
                static_cast<long long>(found_.journal_end));
    if (found_.recorded_until) std::printf(", recorded at %s", in_words(*found_.recorded_until).c_str());
    std::printf("; every event is what was written, %lld of them as they were sealed\n",
                static_cast<long long>(found_.seals.sealed));
    if (found_.seals.surplus > 0)
      std::printf(
          "%lld entries lie behind the last head of its seals: a power cut came before the next one was "
          "written, or heads were taken away\n",
          static_cast<long long>(found_.seals.surplus));
  }

  int refuse_loss() const {
    std::string why = "the journal is not known to be whole";
    for (const std::string& loss : found_.losses) why += "; " + loss;
    return refuse_restore(why + ". Nothing was changed: --accept-loss goes on without them");
  }

  store::RestoreMark mark() {
    const core::Instant last = found_.recorded_until.value_or(core::Instant{});
    // A sandbox's clock stands where its last event left it.
    const bool virtual_time = options_.sandbox && found_.recorded_until;
    const core::Instant now = virtual_time ? last : run::SystemClock(last).now();
    run::SystemRandom random;
    store::RestoreMark mark;
    mark.at = now;
    mark.event_id = random.uuid_v7(now);
    mark.body.source = core::Code(followed_ ? "followed" : "backup");
    mark.body.journal_end = found_.journal_end;
    mark.body.recorded_until = found_.recorded_until;
    mark.body.missing_events = found_.missing;
    mark.body.number_jump = options_.number_jump;
    const core::Date from =
        core::local_date(found_.recorded_until.value_or(now), core::kVietnamOffsetMinutes);
    mark.numbers_from = from + -kDaysBack;
    mark.numbers_until = core::local_date(now, core::kVietnamOffsetMinutes) + kDaysAhead;
    return mark;
  }

  // What persons had erased since the copy was made must not come back. The ledger of erasures is applied to
  // restoring_.file() here: the database stands under its new epoch, and was neither audited nor put in
  // place.
  void apply_erasure_ledger() {
    store::SqliteOptions options = of_database();
    options.path = restoring_.file();
    options.create = false;
    options.lock = false;  // this has that of the database
    const auto store = store::open_sqlite(options);
    new_epoch_ = store->epoch();
    const std::uint64_t lacked = keyring_.bind(*store, run::Keyring::OldKeys::passed_over);
    if (lacked > 0)
      std::printf("accepted: what was sealed by %llu keys is not opened any more\n",
                  static_cast<unsigned long long>(lacked));
    // Also a strange end is accepted with --accept-loss: note_lost_erasures told of it.
    run::ErasureLedger ledger(erasures_file(config_), run::ErasureLedger::StrangeEnd::left_out);
    // Where the ledger was lost and the file of keys was not, that one tells. The ground is not known any
    // more.
    std::vector<run::ErasureLedger::Entry> untold;
    for (const core::Uuid& dossier : run::dossiers_without_keys(*store, keyring_))
      untold.push_back({dossier, mark().at, core::ErasureGround::retention_over});
    ledger.add(untold);
    if (!untold.empty())
      std::printf("%zu dossiers are erased whose keys were destroyed, of which no ledger tells\n",
                  untold.size());
    if (ledger.entries().empty()) return;
    std::unique_ptr<run::Clock> clock =
        std::make_unique<run::SystemClock>(store->last_recorded().value_or(core::Instant{}));
    if (const auto now = store->virtual_now()) clock = std::make_unique<run::VirtualClock>(*now);
    run::SystemRandom random;
    std::string failure;
    run::Engine engine(*store, *clock, random, keyring_, {std::chrono::minutes(10)},
                       [&](const std::string& why) { failure = why; });
    const std::size_t repeated = run::repeat_erasures(engine, *store, ledger);
    run::destroy_erased(*store, engine, *clock, keyring_, ledger, [](const core::Uuid&) {});
    engine.stop();
    if (!failure.empty()) throw store::StoreError(failure);
    if (repeated > 0) std::printf("%zu dossiers were erased again, as the ledger says\n", repeated);
  }

  // Opened as a service would: so a database of an older version has the rows that it lacked.
  run::AuditResult audited() const {
    store::SqliteOptions options = of_database();
    options.path = restoring_.file();
    options.create = false;
    options.lock = false;  // this has that of the database
    const auto store = store::open_sqlite(options);
    say_of_texts(run::check_texts(*store, &keyring_));
    return run::audit_whole(*store);
  }

  static void say_of_texts(const run::TextCheck& texts) {
    const std::int64_t lost = texts.missing + texts.damaged;
    std::printf("%lld texts that people typed were opened; %lld more cannot be\n",
                static_cast<long long>(texts.looked - lost), static_cast<long long>(lost));
    for (const std::string& one : texts.first) std::printf("%s\n", one.c_str());
  }

  void say_what_was_done(const run::AuditResult& audit) const {
    std::printf("%lld dossiers, clocks and timers were looked at: %lld without their row, %lld rows astray\n",
                static_cast<long long>(audit.looked), static_cast<long long>(audit.unarmed),
                static_cast<long long>(audit.astray));
    for (const std::string& month : audit.late_months) {
      std::printf("rows of late ends of %s are not those that were written\n", month.c_str());
    }
    for (const std::string& one : audit.first) std::printf("%s\n", one.c_str());
    for (const std::string& loss : found_.losses) std::printf("accepted: %s\n", loss.c_str());
    std::printf(
        "%s stands as %s left it, under a new epoch; codes go on %lld numbers further, and whoever follows "
        "the "
        "events by a cursor is told that it is gone (410). It may be served.\n",
        config_.database.c_str(), options_.source.c_str(), static_cast<long long>(options_.number_jump));
  }

  const ServerConfig& config_;
  const RestoreOptions& options_;
  run::Keyring keyring_;
  store::Restoring restoring_;
  std::optional<store::FollowedBack> followed_;
  RestoredJournal found_;
  std::int64_t new_epoch_ = 0;
};

}  // namespace

std::unique_ptr<store::Store> open_to_read(const std::filesystem::path& file, bool sandbox) {
  store::SqliteOptions options;
  options.path = file;
  options.sandbox = sandbox;
  options.create = false;
  options.read_only = true;
  return store::open_sqlite(options);
}

int restore(const ServerConfig& config, const RestoreOptions& options) {
  return RestoreRun(config, options).run();
}

}  // namespace motcua::api
