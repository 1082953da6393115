#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <functional>
#include <optional>
#include <set>
#include <string_view>

#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_store.h"
#include "tests/conformance/database.h"
#include "tests/conformance/histories.h"
#include "tests/support/cut_vfs.h"

// The SQLite store on a disk that loses power, fails, or is full.
namespace motcua::test {
namespace {

using store::StoreError;
using store::StoreFull;
using store::Write;

// Codes that a child reports beside the count of groups whose commit returned.
constexpr std::int32_t kSawFull = -1;
constexpr std::int32_t kSawFailure = -2;
constexpr std::int32_t kReadAfterwards = -3;
constexpr std::int32_t kRefusedAfterwards = -4;
constexpr std::int32_t kUnreadAfterwards = -5;
constexpr std::int32_t kRefusedOtherwise = -6;
constexpr std::int32_t kAhead = 3;  // groups that are committed before they are made sure together

// With an even seed cuts meet checkpoints and fresh starts of the WAL, too. A checkpoint syncs what nobody
// else has synced, so with an odd one there are none.
store::SqliteOptions options_of(const std::string& path, std::uint64_t seed = 0) {
  store::SqliteOptions options;
  options.path = path;
  if (seed % 2 == 1) return options;
  options.checkpoint_bytes = 64 << 10;
  options.wal_bytes_max = 256 << 10;
  return options;
}

// Parent and child make the same groups from the same seed.
std::vector<Write> next_group(Histories& histories) {
  std::vector<Write> group;
  std::set<core::Uuid> in_group;
  for (std::uint64_t n = 1 + histories.random(20); n > 0; --n) {
    Write write = histories.next();
    if (in_group.insert(write.after.id).second) group.push_back(std::move(write));
  }
  for (const Write& write : group) histories.took(write, {store::Verdict::committed, {}});
  return group;
}

// Beside the first group a subscription is made, and beside each its place moves on by one event.
std::vector<store::WebhookWrite> beside(std::int32_t group) {
  std::vector<store::WebhookWrite> writes;
  if (group == 1) {
    store::Webhook made;
    made.id = uuid_of(8, 1);
    made.secret = "sealed";
    writes.push_back(store::AddWebhook{made});
  }
  store::Delivery delivery;
  delivery.event = uuid_of(7, static_cast<std::uint64_t>(group));
  delivery.dossier = uuid_of(6, static_cast<std::uint64_t>(group % 5));
  writes.push_back(store::Enqueue{1, group - 1, group, {delivery}});
  return writes;
}

void report(int fd, std::int32_t code) {
  if (::write(fd, &code, sizeof code) != sizeof code) ::_exit(1);
}

// Everything that was committed is on the disk: by a sync, or because it is read, in each of the ways that a
// store has of reading.
void make_sure(store::Store& store, std::int32_t way, const core::Uuid& dossier) {
  const auto everything = store::Scope::everything();
  switch (way % 6) {
    case 0:
      return store.sync();
    case 1:
      store.reader()->find(everything, dossier);
      return;
    case 2:
      store.reader()->history(everything, dossier, 0, 1'000);
      return;
    case 3:
      store.reader()->journal_end();
      return;
    case 4:
      store.webhooks().all();
      return;
    case 5:
      store.personal().count_to_erase();
      return;
  }
}

// Commits groups until one fails, or cuts the power itself after the last: what was told then before it was
// on the disk is lost. Of a few groups one after the other only the last is made sure.
void write_groups(const std::string& path, std::uint64_t seed, std::int32_t groups, int fd) {
  const auto store = store::open_sqlite(options_of(path, seed));
  Histories histories(seed);
  core::Uuid first;
  for (std::int32_t n = 1; n <= groups; ++n) {
    const std::vector<Write> group = next_group(histories);
    if (n == 1) first = group[0].after.id;
    try {
      store->commit(group, beside(n));
      if (n % kAhead != 0) continue;
      make_sure(*store, n / kAhead, group.back().after.id);
    } catch (const StoreFull&) {
      report(fd, kSawFull);
      if (store->reader()->find(store::Scope::everything(), first)) report(fd, kReadAfterwards);
      return;
    } catch (const StoreError&) {
      report(fd, kSawFailure);
      try {
        store->commit(next_group(histories), beside(n + 1));
      } catch (const StoreError&) {
        report(fd, kRefusedAfterwards);
      }
      cut::cut_power();
    }
    report(fd, n);
  }
  cut::cut_power();
}

struct Ending {
  int status = 0;
  std::vector<std::int32_t> reports;
  std::int32_t acknowledged() const {
    std::int32_t last = 0;
    for (const std::int32_t one : reports) last = std::max(last, one);
    return last;
  }
  bool saw(std::int32_t code) const {
    return std::find(reports.begin(), reports.end(), code) != reports.end();
  }
};

Ending run_child(const cut::CutPlan& plan, const std::function<void(int fd)>& work) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::close(ends[0]);
    cut::register_cut_vfs(plan, true);
    try {
      work(ends[1]);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "the child ended: %s\n", error.what());
      ::_exit(1);
    }
    ::_exit(0);
  }
  ::close(ends[1]);
  Ending ending;
  for (std::int32_t code = 0; ::read(ends[0], &code, sizeof code) == sizeof code;)
    ending.reports.push_back(code);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  ending.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ending;
}

Ending run_child(const cut::CutPlan& plan, const std::string& path, std::int32_t groups) {
  return run_child(plan, [&](int fd) { write_groups(path, plan.seed, groups, fd); });
}

// True when the database holds exactly these stories.
bool holds(store::Store& store, const std::vector<Story>& stories) {
  const auto reader = store.reader();
  if (reader->counts().dossiers != static_cast<std::int64_t>(stories.size())) return false;
  for (const Story& story : stories) {
    const auto found = reader->find(store::Scope::everything(), story.dossier.id);
    if (!found || found->dossier != story.dossier) return false;
    if (reader->history(store::Scope::everything(), story.dossier.id, 0, 1'000).size() != story.events.size())
      return false;
  }
  return true;
}

// True when exactly what stood beside so many groups was written.
bool holds_beside(store::Store& store, std::int32_t groups) {
  const auto all = store.webhooks().all();
  if (all.empty()) return groups == 0;
  return all[0].position == groups && all[0].pending == groups;
}

// Everything acknowledged is there, each group after it wholly or not at all, and what is derived agrees.
void inspect(const std::string& path, std::uint64_t seed, std::int32_t acknowledged) {
  const auto store = store::open_sqlite(options_of(path));
  Histories histories(seed);
  for (std::int32_t n = 0; n < acknowledged; ++n) next_group(histories);
  std::int32_t there = acknowledged;
  bool whole = holds(*store, histories.stories);
  // One more, where a write that was refused after a failed sync had gone into the file.
  for (; !whole && there <= acknowledged + kAhead; ++there) {
    next_group(histories);
    whole = holds(*store, histories.stories);
  }
  EXPECT_TRUE(holds_beside(*store, there));
  EXPECT_TRUE(whole) << "seed " << seed << " after " << acknowledged << " groups";
  EXPECT_EQ(store->rebuild(), 0);
}

TEST(SqliteCut, LosesNothingAcknowledgedAndKeepsNothingHalf) {
  const std::uint64_t rounds = short_run() ? 5 : 40;
  std::int32_t all = 0;
  for (std::uint64_t round = 1; round <= rounds; ++round) {
    const Folder folder;
    cut::CutPlan plan;
    plan.seed = round;
    const bool between_syncs = round % 3 == 0;
    if (!between_syncs) plan.cut_at_sync = 3 + 3 * round;
    const auto groups = static_cast<std::int32_t>(between_syncs ? round : 200);
    const Ending ending = run_child(plan, folder.file("test.db"), groups);
    ASSERT_EQ(ending.status, cut::kCutExit);
    if (std::filesystem::exists(folder.file("test.db")))
      inspect(folder.file("test.db"), round, ending.acknowledged());
    all += ending.acknowledged();
  }
  EXPECT_GE(all, static_cast<std::int32_t>(rounds));
}

TEST(SqliteFault, RefusesEveryWriteAfterASyncFailed) {
  for (std::uint64_t round = 1; round <= (short_run() ? 3U : 15U); ++round) {
    const Folder folder;
    cut::CutPlan plan;
    plan.seed = 100 + round;
    plan.fail_sync = 12 + 3 * round;
    const Ending ending = run_child(plan, folder.file("test.db"), 10'000);
    EXPECT_TRUE(ending.saw(kSawFailure));
    EXPECT_TRUE(ending.saw(kRefusedAfterwards));
    inspect(folder.file("test.db"), plan.seed, ending.acknowledged());
  }
}

// After a failed sync the store is closed in good order, and opened again while somebody else still reads.
// (This disk shows what it lost until the next sync; a system's memory would until it forgets it.)
void start_after_failure(const std::string& path, std::uint64_t seed, int fd) {
  std::optional<store::sqlite::Connection> other;
  {
    const auto store = store::open_sqlite(options_of(path, seed));
    Histories histories(seed);
    std::int32_t acknowledged = 0;
    try {
      while (true) {
        store->commit(next_group(histories), beside(acknowledged + 1));
        store->sync();
        report(fd, ++acknowledged);
        if (other) continue;
        other.emplace(path, SQLITE_OPEN_READWRITE);
        other->run("BEGIN");
        other->number("SELECT count(*) FROM event");
      }
    } catch (const StoreError&) {
      report(fd, kSawFailure);
    }
    try {
      store->reader()->journal_end();
    } catch (const store::StoreFailed&) {
      report(fd, kUnreadAfterwards);
    }
  }
  try {
    store::open_sqlite(options_of(path, seed));
  } catch (const StoreError& error) {
    report(fd, std::string_view(error.what()).find("stop every other process") != std::string_view::npos
                   ? kRefusedAfterwards
                   : kRefusedOtherwise);
  }
  cut::cut_power();
}

TEST(SqliteFault, StartsOnADamagedLogOnlyWhereNobodyElseReadsIt) {
  int refused = 0;
  for (std::uint64_t round = 1; round <= (short_run() ? 6U : 20U); ++round) {
    const Folder folder;
    cut::CutPlan plan;
    plan.seed = 401 + 2 * round;  // without checkpoints: every sync is one of the log
    plan.fail_sync = 15 + 2 * round;
    const std::string path = folder.file("test.db");
    const Ending ending = run_child(plan, [&](int fd) { start_after_failure(path, plan.seed, fd); });
    EXPECT_EQ(ending.status, cut::kCutExit);
    EXPECT_TRUE(ending.saw(kSawFailure));
    EXPECT_TRUE(ending.saw(kUnreadAfterwards));
    EXPECT_FALSE(ending.saw(kRefusedOtherwise));
    refused += ending.saw(kRefusedAfterwards) ? 1 : 0;
    inspect(path, plan.seed, ending.acknowledged());
  }
  EXPECT_GT(refused, 0);
}

TEST(SqliteFault, ReadsOnWhenTheDiskIsFullAndKeepsWhatWasAcknowledged) {
  for (std::uint64_t round = 1; round <= (short_run() ? 2U : 8U); ++round) {
    const Folder folder;
    cut::CutPlan plan;
    plan.seed = 200 + round;
    plan.full_after_bytes = 600'000 + 37'000 * static_cast<std::int64_t>(round);
    const Ending ending = run_child(plan, folder.file("test.db"), 10'000);
    EXPECT_TRUE(ending.saw(kSawFull));
    EXPECT_TRUE(ending.saw(kReadAfterwards));
    EXPECT_FALSE(ending.saw(kSawFailure));
    inspect(folder.file("test.db"), plan.seed, ending.acknowledged());
  }
}

// Fills the disk under a group, makes room, writes something small, and then the group, which somebody looks
// at.
void write_after_full(const std::string& path, std::uint64_t seed, const std::string& full, int fd) {
  const auto store = store::open_sqlite(options_of(path, seed));
  Histories histories(seed);
  std::int32_t groups = 0;
  std::vector<Write> group;
  std::ofstream(full).put('1');
  try {
    while (true) {
      group = next_group(histories);
      store->commit(group, beside(groups + 1));
      ++groups;
    }
  } catch (const StoreFull&) {
  }
  report(fd, kSawFull);
  std::filesystem::remove(full);
  store::Webhook another;
  another.id = uuid_of(8, 2);
  another.secret = "sealed";
  store->webhooks().write(std::vector<store::WebhookWrite>{store::AddWebhook{another}}, nullptr);
  store->commit(group, beside(groups + 1));
  for (const Write& write : group) {
    if (store->reader()->find(store::Scope::everything(), write.after.id)) report(fd, groups + 1);
  }
  cut::cut_power();
}

TEST(SqliteFault, ShowsNothingThatACutTakesBackAfterTheDiskWasFull) {
  for (std::uint64_t round = 1; round <= (short_run() ? 4U : 20U); ++round) {
    const Folder folder;
    cut::CutPlan plan;
    plan.seed = 300 + round;
    plan.full_while = folder.file("full");
    const Ending ending = run_child(
        plan, [&](int fd) { write_after_full(folder.file("test.db"), plan.seed, plan.full_while, fd); });
    ASSERT_EQ(ending.status, cut::kCutExit);
    EXPECT_TRUE(ending.saw(kSawFull));
    EXPECT_GT(ending.acknowledged(), 1);
    inspect(folder.file("test.db"), plan.seed, ending.acknowledged());
  }
}

}  // namespace
}  // namespace motcua::test
