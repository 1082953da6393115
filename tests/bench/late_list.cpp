#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "engine/core/canonical_json.h"
#include "engine/run/check.h"
#include "engine/run/late_list_maker.h"
#include "engine/store/sqlite_store.h"

// usage: bench_late_list ROOT DATABASE MASTER_KEY MONTH SCOPE [DRAFTS]
// Makes the list of a month from the rows that are kept for counting, as a draft is made, and from the events
// alone, as before its publication; tells what each took, and whether they are the same document. With DRAFTS
// it makes so many drafts and leaves the events.
namespace {

using motcua::core::kVietnamOffsetMinutes;
using motcua::run::LateListMaker;

struct Usage {
  std::chrono::steady_clock::time_point wall = std::chrono::steady_clock::now();
  double cpu = 0;
  long peak_mb = 0;
};

Usage used() {
  Usage now;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  now.cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  now.peak_mb = usage.ru_maxrss / 1024;
  return now;
}

std::string made(const char* name, LateListMaker& maker, const motcua::run::LateListQuestion& question,
                 LateListMaker::From from) {
  const Usage before = used();
  const motcua::core::LateList list = maker.make(question, from);
  const Usage after = used();
  const motcua::core::LateCounts& counts = list.head.total;
  std::printf("%-6s %8.2f s wall %8.2f s cpu %5ld MB peak; %lld brought forward, %lld received, %lld late\n",
              name, std::chrono::duration<double>(after.wall - before.wall).count(), after.cpu - before.cpu,
              after.peak_mb, static_cast<long long>(counts.brought_forward),
              static_cast<long long>(counts.received),
              static_cast<long long>(counts.late_ended + counts.late_open));
  std::fflush(stdout);
  std::string document = motcua::core::canonical_json(list.head, kVietnamOffsetMinutes);
  for (const auto& agency : list.agencies) {
    document += motcua::core::canonical_json(agency, kVietnamOffsetMinutes);
  }
  return document;
}

}  // namespace

int main(int argc, char** argv) {
  const int drafts = argc == 7 ? std::atoi(argv[6]) : 0;
  if (argc != 6 && drafts < 1) {
    return std::fputs("usage: bench_late_list ROOT DATABASE MASTER_KEY MONTH SCOPE [DRAFTS]\n", stderr), 2;
  }
  const std::filesystem::path root = argv[1];
  const auto checked =
      motcua::run::check_files({root / "config/calendars", root / "config/rulebook.json",
                                root / "config/agencies.json", root / "config/ladders.json",
                                root / "workflows", root / "config/messages.json", root / "config/slips"});
  const auto period = motcua::core::month_period(argv[4], kVietnamOffsetMinutes);
  if (!checked.faults.empty() || !period) {
    return std::fputs("bench_late_list: the definitions have faults, or the month is none\n", stderr), 1;
  }
  motcua::store::SqliteOptions options;
  options.path = argv[2];
  options.create = false;
  const auto store = motcua::store::open_sqlite(options);
  const auto keyring =
      motcua::run::Keyring::open({argv[3], std::string(argv[2]) + ".keys"}, motcua::run::MissingKey::refuse);
  LateListMaker maker(*store, keyring, checked.definitions, {});
  motcua::run::LateListQuestion question;
  question.month = argv[4];
  question.scope.text = argv[5];
  question.cutoff = {store->reader()->journal_end(), period->to};
  for (int draft = 1; draft < drafts; ++draft) made("rows", maker, question, LateListMaker::From::rows);
  const std::string rows = made("rows", maker, question, LateListMaker::From::rows);
  if (drafts > 0) return 0;
  const std::string events = made("events", maker, question, LateListMaker::From::events);
  if (rows != events) return std::fputs("the two documents differ\n", stderr), 1;
}
