// What it costs to find the dossiers of a month: from the rows that are kept for counting, and from the
// events alone. Both must agree. usage: bench_population DATABASE MONTH (of a sandbox: --sandbox before them)

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>

#include "engine/core/acceptance_rate.h"
#include "engine/core/late_list_builder.h"
#include "engine/run/population.h"
#include "engine/store/sqlite_store.h"

namespace {

struct Found {
  std::map<std::int64_t, motcua::core::Tally> tallies;
  std::size_t opened = 0;
  double wall = 0;
  double cpu = 0;
};

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

template <class Way>
Found found_by(const char* name, const Way& way) {
  Found found;
  const auto begun = std::chrono::steady_clock::now();
  const double cpu = cpu_seconds();
  way([&](std::int64_t key, const motcua::core::Tally& tally, const motcua::core::Dossier* dossier) {
    found.tallies.insert_or_assign(key, tally);
    found.opened += dossier == nullptr ? 0 : 1;
  });
  found.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  found.cpu = cpu_seconds() - cpu;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("%-7s %9zu dossiers %9zu opened %8.2f s wall %8.2f s cpu %6ld MB peak\n", name,
              found.tallies.size(), found.opened, found.wall, found.cpu, usage.ru_maxrss / 1024);
  std::fflush(stdout);
  return found;
}

}  // namespace

int main(int argc, char** argv) {
  motcua::store::SqliteOptions options;
  options.create = false;
  int at = 1;
  if (at < argc && std::strcmp(argv[at], "--sandbox") == 0) options.sandbox = true, ++at;
  if (argc - at != 2) return std::fputs("usage: bench_population [--sandbox] DATABASE MONTH\n", stderr), 2;
  options.path = argv[at];
  const auto period = motcua::core::month_period(argv[at + 1], motcua::core::kVietnamOffsetMinutes);
  if (!period) return std::fputs("bench_population: the month is written like 2026-10\n", stderr), 2;
  const auto store = motcua::store::open_sqlite(options);
  const motcua::run::Cutoff cutoff{store->reader()->journal_end(), period->to};
  motcua::run::Population population(*store, period->from - motcua::core::kAcceptanceReach, period->to,
                                     cutoff);
  const Found rows = found_by("rows", [&](const auto& take) { population.of_rows(take); });
  const Found events = found_by("events", [&](const auto& take) { population.of_events(take); });
  if (rows.tallies != events.tallies) return std::fputs("the two ways differ\n", stderr), 1;
}
