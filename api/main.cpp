#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

#include "api/backup.h"
#include "api/definition_difference.h"
#include "api/import_dossiers.h"
#include "api/kept_head.h"
#include "api/late_export.h"
#include "api/master_key.h"
#include "api/openapi.h"
#include "api/procedure_difference.h"
#include "api/restore.h"
#include "api/serve.h"
#include "api/tls_keeper.h"
#include "api/verify.h"
#include "engine/core/workflow_drawing.h"
#include "engine/run/auditor.h"
#include "engine/run/catalogue.h"
#include "engine/run/check.h"
#include "engine/run/procedure_loader.h"
#include "engine/run/seal_check.h"
#include "engine/run/seal_epochs.h"
#include "engine/run/system_clock.h"
#include "engine/run/text_check.h"
#include "engine/store/digest.h"
#include "engine/store/sqlite_store.h"

namespace {

using namespace motcua;

constexpr const char* kVersion = MOTCUA_VERSION;

// Of an option: a variable of a shell that is not set would switch a check off.
std::string not_empty(const std::string& text) { return text.empty() ? "is empty" : ""; }

int complain(const std::string& why) {
  std::fprintf(stderr, "motcua: %s\n", why.c_str());
  return 1;
}

int print(const std::vector<run::LoadFault>& faults) {
  for (const run::LoadFault& fault : faults) {
    std::printf("%s %s: %s\n", fault.file.c_str(), fault.pointer.c_str(), fault.detail.c_str());
  }
  return faults.empty() ? 0 : 1;
}

run::DefinitionPaths paths_of(const api::ServerConfig& config) {
  return {config.calendars,  config.rulebook, config.agencies, config.ladders,
          config.procedures, config.messages, config.slips};
}

// What every subcommand may be told.
struct Common {
  std::string config_file = "config/server.json";
  std::string database;
  bool sandbox = false;

  std::optional<api::ServerConfig> load() const {
    std::vector<run::LoadFault> faults;
    auto config = api::load_config(config_file, faults);
    print(faults);
    if (config && !database.empty()) config->database = database;
    return config;
  }
  std::unique_ptr<store::Store> open(const api::ServerConfig& config, bool create,
                                     bool read_only = false) const {
    if (create && config.database.has_parent_path())
      std::filesystem::create_directories(config.database.parent_path());
    store::SqliteOptions options;
    options.path = config.database;
    options.sandbox = sandbox;
    options.create = create;
    options.read_only = read_only;
    options.lock = !read_only;
    return store::open_sqlite(options);
  }
};

// Whether the files of TLS can be used together.
void check_tls(const std::string& file, const api::TlsSettings& tls, std::vector<run::LoadFault>& faults) {
  try {
    api::TlsKeeper{tls};
  } catch (const std::exception& error) {
    faults.push_back({file, "/tls", error.what()});
  }
}

// `motcua check [FOLDER]`: everything that is wrong, at once.
int check(const Common& common, const std::string& procedures) {
  std::vector<run::LoadFault> faults;
  auto config = api::load_config(common.config_file, faults);
  if (config) {
    if (!procedures.empty()) config->procedures = procedures;
    api::load_callers(*config, faults, api::NoKeysYet::fine);
    if (config->listen.tls) check_tls(common.config_file, *config->listen.tls, faults);
    const run::CheckedDefinitions checked = run::check_files(paths_of(*config));
    faults.insert(faults.end(), checked.faults.begin(), checked.faults.end());
    if (checked.definitions && !checked.definitions->calendar(core::Code(config->default_calendar))) {
      faults.push_back(
          {common.config_file, "/default_calendar", "Expected the id of a calendar, but there is none"});
    }
    if (faults.empty()) std::printf("%zu definitions are without fault\n", checked.texts.size());
  }
  if (print(faults) == 0) return 0;
  std::printf("%zu faults\n", faults.size());
  return 1;
}

// The instant by the clock of the database: a sandbox's own, which stands still between calls.
core::Instant now_of(store::Store& store) {
  if (const auto now = store.virtual_now()) return *now;
  return run::SystemClock(store.last_recorded().value_or(core::Instant{})).now();
}

// Puts definitions into a database that nobody serves.
int put(const Common& common, const api::ServerConfig& config, std::vector<store::DefinitionText> texts) {
  const auto store = common.open(config, true);
  std::vector<store::DefinitionText> all = store->reader()->definitions();
  const std::string difference = api::definition_difference(all, texts);
  if (difference.empty()) {
    std::puts("everything is applied already");
    return 0;
  }
  all.insert(all.end(), texts.begin(), texts.end());
  std::vector<run::LoadFault> faults;
  if (!run::Definitions::compile(all, faults)) return print(faults);
  store->apply(texts, now_of(*store));
  std::fputs(difference.c_str(), stdout);
  std::puts("applied; dates that rested on less are derived again when the database is served");
  return 0;
}

// The process that serves the database, by its lock file; 0 when there is none.
int serving_process(const api::ServerConfig& config) {
  std::ifstream lock(config.database.string() + ".lock");
  int process = 0;
  lock >> process;
  return lock ? process : 0;
}

int apply(const Common& common) {
  const auto config = common.load();
  if (!config) return 1;
  run::CheckedDefinitions checked = run::check_files(paths_of(*config));
  if (!checked.faults.empty()) return print(checked.faults);
  try {
    return put(common, *config, std::move(checked.texts));
  } catch (const store::StoreLocked&) {
    // The process that serves the database is its only writer: it reads the files itself.
    const int process = serving_process(*config);
    if (process <= 0 || kill(process, SIGHUP) != 0) {
      return complain("the database is in use, but by no process found");
    }
    std::printf(
        "process %d serves this database and was told to apply the files; its log says what became of it\n",
        process);
    return 0;
  }
}

int confirm_clock(const Common& common) {
  const auto config = common.load();
  if (!config) return 1;
  const int process = serving_process(*config);
  if (process <= 0 || kill(process, SIGRTMIN) != 0) return complain("no process serves this database");
  std::printf("process %d was told that its wall clock is right\n", process);
  return 0;
}

int import_procedures(const Common& common, const std::string& file) {
  const auto config = common.load();
  if (!config) return 1;
  std::ifstream in(file, std::ios::binary);
  if (!in) return complain("cannot read " + file);
  std::string lines;
  for (std::string line; std::getline(in, line);) lines += line + '\n';
  if (in.bad()) return complain(file + " was not read to its end");
  std::vector<run::LoadFault> faults;
  const auto own = run::read_definitions(paths_of(*config), faults);
  if (!faults.empty()) return print(faults);
  const auto is_applied = [&](const std::string& code) {
    for (const store::DefinitionText& text : own) {
      if (text.kind == store::DefinitionKind::procedure && text.key == code) return true;
    }
    return false;
  };
  run::CatalogueImport import = run::import_catalogue(lines, is_applied);
  std::fputs(run::to_text(import).c_str(), stdout);
  std::vector<store::DefinitionText> texts = own;
  texts.insert(texts.end(), import.texts.begin(), import.texts.end());
  const auto store = common.open(*config, true);
  std::vector<store::DefinitionText> all = store->reader()->definitions();
  all.insert(all.end(), texts.begin(), texts.end());
  if (!run::Definitions::compile(all, faults)) return print(faults);
  store->apply(texts, now_of(*store));
  std::printf("%zu procedures are in %s\n", import.texts.size(), config->database.c_str());
  return 0;
}

// Takes dossiers of an old system over, as the only process that writes the database.
int import_dossiers(const Common& common, const api::ImportOptions& options) {
  const auto config = common.load();
  if (!config) return 1;
  std::unique_ptr<store::Store> store;
  try {
    store = common.open(*config, false);
  } catch (const store::StoreLocked&) {
    return complain("the database is in use: stop the service, take the dossiers over, and start it again");
  }
  std::vector<run::LoadFault> faults;
  const auto definitions = run::Definitions::compile(store->reader()->definitions(), faults);
  if (!definitions) return complain("the database holds no definitions: run `motcua apply` first");
  const auto keyring = api::open_keyring(*config, *store);
  std::unique_ptr<run::Clock> clock;
  if (const auto now = store->virtual_now()) {
    clock = std::make_unique<run::VirtualClock>(*now);
  } else {
    clock = std::make_unique<run::SystemClock>(store->last_recorded().value_or(core::Instant{}));
  }
  run::SystemRandom random;
  run::TakeOver take_over(*store, *definitions, *clock, random, *keyring);
  return api::import_dossiers(take_over, *definitions, *keyring, options);
}

// What the last head of the seals says of the access log. The heads are believed without their key too, which
// verify-journal asks for: who can write them is held by nothing here.
std::string fault_of_access_log(store::Store& store, const api::ServerConfig& config) {
  if (const auto broken = store.personal().broken_access())
    return "entry " + std::to_string(*broken) + " of the access log is not the one that was written";
  const auto heads = run::SealLog::heads_file(api::seals_folder(config), store.epoch());
  if (!std::filesystem::exists(heads)) return {};
  const auto last = run::SealLog::last_head(heads);
  return last && last->head.access ? run::fault_of_access(store, *last->head.access) : std::string();
}

// The texts are opened where the keys are at hand.
int audit_texts(store::Store& store, const api::ServerConfig& config) {
  std::unique_ptr<run::Keyring> keyring;
  try {
    keyring.reset(new run::Keyring(run::Keyring::open(api::key_files(config), run::MissingKey::refuse)));
  } catch (const run::KeyFileError& error) {
    std::printf("what people typed was not opened: %s\n", error.what());
  }
  const run::TextCheck texts = run::check_texts(store, keyring.get());
  std::printf("%lld texts that people typed: %lld are not there, %lld do not open or are others\n",
              static_cast<long long>(texts.looked), static_cast<long long>(texts.missing),
              static_cast<long long>(texts.damaged));
  for (const std::string& one : texts.first) std::puts(one.c_str());
  return texts.missing + texts.damaged == 0 ? 0 : 1;
}

int audit(const Common& common) {
  const auto config = common.load();
  if (!config) return 1;
  const auto store = common.open(*config, false, true);
  const run::AuditResult found = run::audit_whole(*store);
  std::printf("%lld dossiers, clocks and timers looked at: %lld without their row, %lld rows astray\n",
              static_cast<long long>(found.looked), static_cast<long long>(found.unarmed),
              static_cast<long long>(found.astray));
  for (const std::string& one : found.first) std::puts(one.c_str());
  for (const std::string& month : found.late_months) {
    std::printf("rows of late ends of %s are not those that were written\n", month.c_str());
  }
  const int texts = audit_texts(*store, *config);
  const std::string fault = fault_of_access_log(*store, *config);
  if (!fault.empty()) std::puts(fault.c_str());
  if (found.sound()) return fault.empty() ? texts : 1;
  std::puts("run `motcua rebuild` while nobody serves the database");
  return 1;
}

// With the public key, or the master key that it is made of.
int verify_journal(const Common& common, const std::string& head_file, const std::string& public_key,
                   api::ExportCheck exported) {
  const auto config = common.load();
  if (!config) return 1;
  std::optional<run::SealedHead> kept;
  if (!head_file.empty()) {
    std::string fault;
    kept = api::read_kept_head(head_file, fault);
    if (!kept) return complain(fault);
  }
  std::optional<run::Ed25519Public> key = api::read_public_key(public_key);
  if (!public_key.empty() && !key)
    return complain("expected --key as 32 bytes in Base64, but it is " + public_key);
  if (!key) {
    run::KeyFiles files = api::key_files(*config);
    const bool lost = !std::filesystem::exists(files.records);
    if (lost && !exported.folder.empty()) files.records = std::filesystem::path(exported.folder) / "keys";
    const auto keyring = run::Keyring::open(files, run::MissingKey::refuse);
    key = run::ed25519_public(keyring.signature_seed());
  }
  exported.sandbox = common.sandbox;
  exported.key_files = api::key_files(*config);
  exported.has_master = public_key.empty();
  if (!exported.folder.empty()) return api::verify_export(*config, exported, *key, kept);
  const auto store = common.open(*config, false, true);
  const run::SealCheck check = run::check_seals(*store, api::seals_folder(*config), *key, kept);
  std::printf("%lld events are as they were sealed by %llu heads; %lld after them are not sealed yet\n",
              static_cast<long long>(check.sealed), static_cast<unsigned long long>(check.heads),
              static_cast<long long>(check.unsealed));
  if (check.fault.empty() && check.heads == 0 && check.unsealed > 0) {
    return complain("nothing of this journal is sealed in " + api::seals_folder(*config).string());
  }
  return check.fault.empty() ? 0 : complain(check.fault);
}

int rebuild(const Common& common, bool look_only) {
  const auto config = common.load();
  if (!config) return 1;
  const store::Rebuilt made =
      common.open(*config, false)
          ->rebuild(look_only ? store::RebuildMode::look_only : store::RebuildMode::put_right);
  std::printf(look_only ? "held against the events; %lld dossiers differ\n"
                        : "made anew from the events; %lld dossiers differed\n",
              static_cast<long long>(made.differed));
  for (const store::Rebuilt::Dossier& one : made.first) {
    std::string tables;
    for (const std::string& table : one.tables) tables += ' ' + table;
    std::printf("dossier %s:%s\n", core::to_string(one.id).c_str(), tables.c_str());
  }
  if (made.differed > static_cast<std::int64_t>(made.first.size()))
    std::puts("and others: these are the first");
  return made.differed == 0 ? 0 : 1;
}

// The text of a procedure: of a file, or of a version in the database, "1.004194@5f4e3d2c1b0a", of which the
// first digits are enough.
std::optional<std::string> procedure_text(const Common& common, const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  if (in) {
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  const std::size_t at = name.find('@');
  if (at == std::string::npos) {
    complain("cannot read " + name);
    return std::nullopt;
  }
  const auto config = common.load();
  if (!config) return std::nullopt;
  const auto store = common.open(*config, false, true);
  std::vector<std::string> found;
  for (store::DefinitionText& text : store->reader()->definitions()) {
    if (text.kind != store::DefinitionKind::procedure || text.key != name.substr(0, at)) continue;
    if (text.version.starts_with(name.substr(at + 1))) found.push_back(std::move(text.text));
  }
  if (found.size() == 1) return std::move(found.front());
  complain("expected one version in the database for " + name + ", but there are " +
           std::to_string(found.size()));
  return std::nullopt;
}

int draw(const Common& common, const std::string& name) {
  const auto text = procedure_text(common, name);
  if (!text) return 1;
  std::vector<run::LoadFault> faults;
  const auto procedure = run::load_procedure(*text, name, faults);
  if (!procedure) {
    for (const run::LoadFault& fault : faults) complain(fault.pointer + ": " + fault.detail);
    return 1;
  }
  std::fputs(core::draw_workflow(*procedure).c_str(), stdout);
  return 0;
}

int diff(const Common& common, const std::string& left, const std::string& right) {
  const auto a = procedure_text(common, left);
  const auto b = procedure_text(common, right);
  if (!a || !b) return 1;
  const auto difference = api::procedure_difference(*a, *b);
  if (!difference) return complain("expected two procedures, but one is not JSON");
  std::fputs(difference->empty() ? "they say the same\n" : difference->c_str(), stdout);
  return 0;
}

int export_publication(const Common& common, const std::string& month, const std::string& agency,
                       int number) {
  const auto config = common.load();
  if (!config) return 1;
  const auto store = common.open(*config, false, true);
  const run::Keyring keyring = run::Keyring::open(api::key_files(*config), run::MissingKey::refuse);
  std::vector<run::LoadFault> faults;
  const auto definitions = run::Definitions::compile(store->reader()->definitions(), faults);
  if (!definitions) return print(faults);
  store::PublicationQuery query;
  query.month = month;
  query.scope = core::Code(agency.empty() ? config->publications.scope : agency);
  query.state = store::PublicationState::published;
  for (const store::Publication& list : store->publications().page(query)) {
    if (number != 0 && number != list.number) continue;
    const api::LateExport exported(*store, keyring, definitions, list);
    std::puts(exported.head_line().c_str());
    for (std::size_t i = 0; i < exported.dossiers(); ++i) std::puts(exported.dossier_line(i).c_str());
    return 0;
  }
  return complain("expected a month whose list is published, but " + month + " has none for " +
                  query.scope.text);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "motcua runs administrative procedures: it takes dossiers in over HTTP, runs their legal clocks in "
      "working\n"
      "time, and says what is late, since when, and why that date.\n\n"
      "  motcua check                         what is wrong in config/ and workflows/, all at once\n"
      "  motcua serve                         serve the database that config/server.json names\n"
      "  motcua serve --sandbox --database F  the same with a virtual clock, for trying out\n"
      "  motcua import-procedures FILE        take over a catalogue of procedures (JSON lines)\n"
      "  motcua import-dossiers FILE          take over the dossiers of an old system (JSON lines)\n"};
  app.require_subcommand(1);
  Common common;
  const auto add_common = [&](CLI::App* command) {
    command->add_option("--config", common.config_file, "the configuration file")->capture_default_str();
    command->add_option("--database", common.database, "the SQLite file, in place of the configured one");
    command->add_flag("--sandbox-database", common.sandbox, "the database is a sandbox's");
  };

  api::ServeOptions serve_options;
  std::string listen;
  std::string sandbox;
  CLI::App* serve = app.add_subcommand("serve", "Serve a database over HTTP until SIGTERM");
  add_common(serve);
  serve->add_option("--listen", listen, "address:port in place of the configured one");
  auto* sandbox_option =
      serve
          ->add_option("--sandbox", sandbox,
                       "virtual clock: that of a new database starts at this instant (default "
                       "2020-01-01T00:00:00+07:00), any other goes on where it stood")
          ->expected(0, 1);

  CLI::App* check_command =
      app.add_subcommand("check", "Report every fault of configuration and definitions");
  std::string folder;
  add_common(check_command);
  check_command->add_option("folder", folder, "another folder of procedures");

  CLI::App* apply_command = app.add_subcommand(
      "apply",
      "Put changed definitions into the database as new versions; a serving process is told to do it");
  add_common(apply_command);

  CLI::App* import =
      app.add_subcommand("import-procedures", "Read a catalogue of procedures, one JSON object a line");
  std::string catalogue;
  add_common(import);
  import->add_option("file", catalogue, "the catalogue")->required();

  CLI::App* import_old = app.add_subcommand("import-dossiers",
                                            "Take over dossiers of an old system, one JSON object a line "
                                            "(config/import.schema.json), with their codes,\n"
                                            "instants and dates as promised; a row that is there already is "
                                            "left alone. Nobody may serve meanwhile.");
  api::ImportOptions import_options;
  std::string ended_since;
  add_common(import_old);
  import_old->add_option("file", import_options.file, "the export")->required();
  import_old->add_option("--ended-since", ended_since, "pass over what ended before this date, YYYY-MM-DD");
  import_old->add_option("--json", import_options.report,
                         "write the rows that cannot be used, and the dates that differ, to this file");

  CLI::App* rebuild_command =
      app.add_subcommand("rebuild", "Make all derived tables anew from the events, and compare");
  add_common(rebuild_command);
  bool rebuild_check = false;
  rebuild_command->add_flag("--check", rebuild_check,
                            "change nothing, only tell which dossiers differ, and where");

  CLI::App* audit_command =
      app.add_subcommand("audit",
                         "Hold the rows of clocks, timers and late ends against what they were made of, what "
                         "people typed against the events, and the access log against itself and the seals, "
                         "also while they are served");
  add_common(audit_command);

  CLI::App* verify_journal_command =
      app.add_subcommand("verify-journal",
                         "Hold every event against the signed seals of the journal, also while it is served; "
                         "names the first that "
                         "is wrong");
  add_common(verify_journal_command);
  std::string kept_head;
  std::string journal_key;
  verify_journal_command->add_option(
      "--head", kept_head,
      "an earlier answer of /v1/journal/head, kept elsewhere: the journal must "
      "begin with what it sealed");
  verify_journal_command
      ->add_option("--key", journal_key,
                   "the public key, as it is known from elsewhere; else the master key is read")
      ->check(not_empty);
  api::ExportCheck export_check;
  verify_journal_command->add_option(
      "--export", export_check.folder,
      "a folder of `motcua backup --follow`, in place of the database; it is put "
      "together beside the configured one, in the clear, and goes again");
  verify_journal_command->add_option("--decrypt", export_check.key_file,
                                     "the key that the folder is encrypted to");

  CLI::App* backup_key_command = app.add_subcommand(
      "backup-key", "Make a key for encrypted backups; it is not the master key, and opens nothing else");
  std::string new_key;
  backup_key_command->add_option("file", new_key, "the file of the key; must not exist")->required();

  CLI::App* backup_command = app.add_subcommand(
      "backup",
      "Copy a database consistently, also while it is served: once, or with --follow until SIGTERM, so that "
      "seconds are lost with its disk");
  api::BackupOptions backup_options;
  std::string followed_into;
  add_common(backup_command);
  auto* backup_target =
      backup_command->add_option("target", backup_options.target, "the copy; must not exist");
  auto* follow_option =
      backup_command
          ->add_option(
              "--follow", followed_into,
              "a folder, on another disk: a base, then whatever is committed; SIGHUP renews the base")
          ->excludes(backup_target);
  backup_command->add_option("--every", backup_options.every_seconds, "seconds between two looks")
      ->needs(follow_option)
      ->check(CLI::Range(1, 10))
      ->capture_default_str();
  backup_command->add_option("--renew-hours", backup_options.renew_hours, "so old a base may become")
      ->needs(follow_option)
      ->check(CLI::Range(1, 24 * 366))
      ->capture_default_str();
  backup_command->add_option("--encrypt-to", backup_options.key_file, "a key that `motcua backup-key` made");

  CLI::App* restore_command = app.add_subcommand(
      "restore",
      "Put a backup in the place of the configured database, which must have been moved away; cursors of the "
      "event feed made before get 410");
  api::RestoreOptions restore_options;
  add_common(restore_command);
  restore_command
      ->add_option("backup", restore_options.source,
                   "what `motcua backup` made, a file or a folder; it stays")
      ->required();
  restore_command->add_option("--decrypt", restore_options.key_file, "the key that it is encrypted to");
  restore_command->add_option("--head", restore_options.kept_head,
                              "an answer of /v1/journal/head, kept elsewhere: so far the journal went");
  restore_command->add_flag("--accept-loss", restore_options.accept_loss,
                            "also where events are missing, or may be");
  restore_command
      ->add_option("--number-jump", restore_options.number_jump,
                   "so far on codes are numbered, as those after the backup may have been printed")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000}))
      ->capture_default_str();

  CLI::App* rotate_command = app.add_subcommand(
      "rotate-master-key", "Make another master key; a serving process takes it over at SIGHUP");
  add_common(rotate_command);

  CLI::App* draw_command = app.add_subcommand("draw", "Print the workflow of a procedure as an SVG picture");
  std::string drawn;
  add_common(draw_command);
  draw_command->add_option("procedure", drawn, "a file, or CODE@VERSION of the database")->required();

  CLI::App* diff_command = app.add_subcommand("diff", "Show two versions of a procedure side by side");
  std::string left;
  std::string right;
  add_common(diff_command);
  diff_command->add_option("left", left, "a file, or CODE@VERSION of the database")->required();
  diff_command->add_option("right", right, "likewise")->required();

  CLI::App* verify = app.add_subcommand(
      "verify",
      "With a file, whether a published list (list.json) is what was signed, which needs no database and no "
      "network; without one the same as verify-journal");
  std::string list_file;
  std::string trusted_key;
  add_common(verify);
  verify->add_option("file", list_file, "the file");
  verify->add_option("--head", kept_head, "as of verify-journal");
  verify->add_option("--export", export_check.folder, "as of verify-journal");
  verify->add_option("--decrypt", export_check.key_file, "as of verify-journal");
  verify->add_option("--key", trusted_key, "the public key, as it is known from elsewhere")->check(not_empty);

  CLI::App* export_list = app.add_subcommand(
      "export-publication",
      "Print what a third party needs to count a published list again: its events, without people");
  add_common(export_list);
  std::string list_month;
  std::string list_agency;
  int list_number = 0;
  export_list->add_option("month", list_month, "as in 2026-10")->required();
  export_list->add_option("--agency", list_agency, "the list's agency, in place of the configured one");
  export_list->add_option("--number", list_number, "of the lists of that month; the newest unless said");

  CLI::App* recompute = app.add_subcommand(
      "recompute", "Count a published list again from an export; needs no database and no network");
  std::string exported;
  std::string published;
  recompute->add_option("export", exported, "what export-publication printed, or the public pages of it")
      ->required();
  recompute->add_option("--against", published, "hold it against this list.json, in place of printing it");

  CLI::App* confirm = app.add_subcommand(
      "confirm-clock", "After a jump of the wall clock (clock_unsound): say that it is right now");
  add_common(confirm);

  CLI::App* version = app.add_subcommand("version", "Print the version");
  CLI::App* openapi = app.add_subcommand("openapi", "Print the OpenAPI document that this program serves");
  CLI11_PARSE(app, argc, argv);

  try {
    if (*version) return std::printf("motcua %s\n", kVersion) > 0 ? 0 : 1;
    if (*openapi) {
      std::cout << api::openapi_document();
      return 0;
    }
    if (*check_command) return check(common, folder);
    if (*apply_command) return apply(common);
    if (*confirm) return confirm_clock(common);
    if (*draw_command) return draw(common, drawn);
    if (*diff_command) return diff(common, left, right);
    if (*import) return import_procedures(common, catalogue);
    if (*import_old) {
      if (!ended_since.empty()) {
        import_options.ended_since = core::parse_date(ended_since);
        if (!import_options.ended_since)
          return complain("expected --ended-since 2026-01-01, but it is " + ended_since);
      }
      return import_dossiers(common, import_options);
    }
    if (*rebuild_command) return rebuild(common, rebuild_check);
    if (*verify_journal_command) return verify_journal(common, kept_head, journal_key, export_check);
    if (*backup_key_command) return api::make_backup_key(new_key);
    if (*audit_command) return audit(common);
    if (*backup_command || *restore_command) {
      const auto config = common.load();
      if (!config) return 1;
      backup_options.sandbox = restore_options.sandbox = common.sandbox;
      backup_options.follow = !followed_into.empty();
      if (backup_options.follow) backup_options.target = followed_into;
      if (*restore_command) return api::restore(*config, restore_options);
      if (backup_options.target.empty()) return complain("expected a target, or --follow and a folder");
      return api::back_up(*config, backup_options);
    }
    if (*rotate_command) {
      const auto config = common.load();
      return config ? api::rotate_master_key(*config, common.sandbox) : 1;
    }
    if (*verify && list_file.empty()) return verify_journal(common, kept_head, trusted_key, export_check);
    if (*verify) return api::verify_list(list_file, trusted_key);
    if (*recompute) return api::recompute_list(exported, published);
    if (*export_list) return export_publication(common, list_month, list_agency, list_number);
    auto config = common.load();
    if (!config) return 1;
    if (!listen.empty()) {
      config->listen.plain = api::listen_address(listen);
      if (!config->listen.plain) return complain("expected --listen address:port, but it is " + listen);
      const std::string why = api::why_not_plain(*config->listen.plain);
      if (!why.empty()) return complain("--listen: " + why);
    }
    serve_options.config_file = common.config_file;
    serve_options.config = *config;
    serve_options.sandbox = sandbox_option->count() > 0;
    if (!sandbox.empty()) {
      serve_options.sandbox_start = core::parse_instant(sandbox);
      if (!serve_options.sandbox_start)
        return complain("expected --sandbox=2026-08-21T07:00:00+07:00, but it is " + sandbox);
    }
    return api::serve(serve_options);
  } catch (const std::exception& error) {
    return complain(error.what());
  }
}
