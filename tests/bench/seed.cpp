// Fills a new database with the past of a province, without HTTP: three years of dossiers, every act decided
// by the core at the instant at which it happened, and committed in groups in the order of time.
//
//   bench_seed ROOT DATABASE MASTER_KEY OUT_FOLDER DOSSIERS OPEN SEED [BEGAN_ON UNTIL] [--imported] [--turns]
//
// Three years until now, or the days that are named. With --imported DATABASE is there, with its definitions
// and no dossier (`motcua import-procedures` makes it so), and every procedure is filed that an agency under
// the first one carries out; without it there is none yet, and the files under ROOT are applied. With --turns
// dossiers are also suspended, extended and re-appointed, some of them late, and lateness is apologised for
// and explained.
//
// Writes beside it what the load needs: open.tsv (id, version, state, then the next legal commands as
// word<TAB>body), ids.txt (any dossiers, drawn at random), submit.jsonl (bodies of submissions).

#include <charconv>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <string_view>

#include "engine/run/check.h"
#include "engine/run/system_clock.h"
#include "engine/store/sqlite_store.h"
#include "tests/bench/past.h"

namespace motcua::bench {
namespace {

template <class Number>
bool read_number(const char* text, Number& number) {
  const char* end = text + std::strlen(text);
  return std::from_chars(text, end, number).ptr == end;
}

// The definitions that the database holds, or those of the files, applied to it; null when there are faults,
// or it is not as it has to be.
std::shared_ptr<const run::Definitions> open_definitions(const Options& options, store::Store& store,
                                                         Instant now) {
  if (options.imported) {
    std::vector<run::LoadFault> faults;
    auto reader = store.reader();
    if (reader->counts().dossiers > 0) return nullptr;
    return run::Definitions::compile(reader->definitions(), faults);
  }
  const run::CheckedDefinitions checked = run::check_files(
      {options.root / "config/calendars", options.root / "config/rulebook.json",
       options.root / "config/agencies.json", options.root / "config/ladders.json",
       options.root / "workflows", options.root / "config/messages.json", options.root / "config/slips"});
  if (!checked.faults.empty()) return nullptr;
  store.apply(checked.texts, now);
  return checked.definitions;
}

int seed(const Options& options) {
  if (std::filesystem::exists(options.database) != options.imported) {
    std::cerr << "bench_seed: with --imported there must be a database, and else none\n";
    return 1;
  }
  run::Keyring keyring =
      run::Keyring::open({options.master_key, options.database.string() + ".keys"}, run::MissingKey::make);
  store::SqliteOptions database;
  database.path = options.database;
  const auto store = store::open_sqlite(database);
  keyring.bind(*store);
  run::SystemClock clock;
  const Instant now =
      options.until ? core::midnight(*options.until, core::kVietnamOffsetMinutes) : clock.now();
  const auto definitions = open_definitions(options, *store, now);
  if (!definitions) {
    std::cerr << "bench_seed: the definitions have faults, or the database holds dossiers already\n";
    return 1;
  }
  Past past(options, *definitions, keyring, *store, now);
  past.live();
  return past.tell() || !options.turns ? 0 : 1;
}

}  // namespace
}  // namespace motcua::bench

int main(int argc, char** argv) {
  motcua::bench::Options options;
  while (argc > 1 && std::string_view(argv[argc - 1]).starts_with("--")) {
    const std::string_view flag = argv[--argc];
    options.imported = options.imported || flag == "--imported";
    options.turns = options.turns || flag == "--turns";
    if (flag != "--imported" && flag != "--turns") argc = 0;
  }
  const bool dated = argc == 10;
  if (dated) {
    options.began_on = motcua::core::parse_date(argv[8]).value_or(motcua::core::Date());
    options.until = motcua::core::parse_date(argv[9]);
  }
  const bool read = (argc == 8 || (dated && options.until && options.began_on < *options.until)) &&
                    motcua::bench::read_number(argv[5], options.dossiers) &&
                    motcua::bench::read_number(argv[6], options.open) &&
                    motcua::bench::read_number(argv[7], options.seed) && options.open <= options.dossiers;
  if (!read) {
    std::cerr << "usage: bench_seed ROOT DATABASE MASTER_KEY OUT_FOLDER DOSSIERS OPEN SEED [BEGAN_ON UNTIL] "
                 "[--imported] [--turns]\n";
    return 2;
  }
  options.root = argv[1];
  options.database = argv[2];
  options.master_key = argv[3];
  options.out = argv[4];
  return motcua::bench::seed(options);
}
