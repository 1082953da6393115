// Fills a new database with the past of a province, without HTTP: three years of dossiers, every act decided
// by the core at the instant at which it happened, and committed in groups in the order of time.
//
//   bench_seed ROOT DATABASE MASTER_KEY OUT_FOLDER DOSSIERS OPEN SEED
//
// Writes beside it what the load needs: open.tsv (id, version, state, then the next legal commands as
// word<TAB>body), ids.txt (any dossiers, drawn at random), submit.jsonl (bodies of submissions).

#include <charconv>
#include <cstring>
#include <filesystem>
#include <iostream>

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

int seed(const Options& options) {
  const run::CheckedDefinitions checked = run::check_files(
      {options.root / "config/calendars", options.root / "config/rulebook.json",
       options.root / "config/agencies.json", options.root / "config/ladders.json",
       options.root / "workflows", options.root / "config/messages.json", options.root / "config/slips"});
  if (!checked.faults.empty() || std::filesystem::exists(options.database)) {
    std::cerr << "bench_seed: the definitions have faults, or there is a database already\n";
    return 1;
  }
  const run::Keyring keyring = run::Keyring::open(options.master_key, run::MissingKey::make);
  store::SqliteOptions database;
  database.path = options.database;
  const auto store = store::open_sqlite(database);
  run::SystemClock clock;
  const Instant now = clock.now();
  store->apply(checked.texts, now);
  Past past(options, *checked.definitions, keyring, *store, now);
  past.live();
  past.write_lists();
  return 0;
}

}  // namespace
}  // namespace motcua::bench

int main(int argc, char** argv) {
  motcua::bench::Options options;
  const bool read = argc == 8 && motcua::bench::read_number(argv[5], options.dossiers) &&
                    motcua::bench::read_number(argv[6], options.open) &&
                    motcua::bench::read_number(argv[7], options.seed) && options.open <= options.dossiers;
  if (!read) {
    std::cerr << "usage: bench_seed ROOT DATABASE MASTER_KEY OUT_FOLDER DOSSIERS OPEN SEED\n";
    return 2;
  }
  options.root = argv[1];
  options.database = argv[2];
  options.master_key = argv[3];
  options.out = argv[4];
  return motcua::bench::seed(options);
}
