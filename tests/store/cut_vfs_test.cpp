#include "tests/support/cut_vfs.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace motcua::cut {
namespace {

constexpr int kPartsInA = 3;
constexpr int kPartsInB = 2;
constexpr int kWrongAnswer = 3;  // exit of a child that saw something it should not have

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

Database open_database(const std::string& path) {
  sqlite3* db = nullptr;
  sqlite3_open(path.c_str(), &db);
  sqlite3_busy_timeout(db, 5'000);
  return Database(db);
}

// The result code; the first column of the last row goes to `answer`.
int run(const Database& db, const std::string& sql, std::string* answer = nullptr) {
  const auto keep = [](void* out, int, char** values, char**) {
    if (out != nullptr) *static_cast<std::string*>(out) = values[0] == nullptr ? "" : values[0];
    return 0;
  };
  return sqlite3_exec(db.get(), sql.c_str(), keep, answer, nullptr);
}

std::string ask(const Database& db, const std::string& sql) {
  std::string answer;
  const int result = run(db, sql, &answer);
  return result == SQLITE_OK ? answer : "error " + std::to_string(result);
}

// A directory for one database, gone with the object.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "motcua-cut-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string database() const { return (path_ / "test.db").string(); }

 private:
  std::filesystem::path path_;
};

// Says that a commit returned. A pipe outlives its writer, so a cut takes nothing back.
class Reporter {
 public:
  explicit Reporter(int fd) : fd_(fd) {}
  void committed(std::int32_t number) const {
    if (::write(fd_, &number, sizeof number) != sizeof number) ::_exit(kWrongAnswer);
  }

 private:
  int fd_;
};

struct Outcome {
  int exit_status = -1;
  std::vector<std::int32_t> reported;
};

// Runs `child` in a process of its own until that ends; sends it SIGUSR1 after `signal_after` reports when
// not 0.
Outcome in_child(const std::function<void(const Reporter&)>& child, std::size_t signal_after = 0) {
  int ends[2];
  if (::pipe(ends) != 0) return {};
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::close(ends[0]);
    child(Reporter(ends[1]));
    ::_exit(0);
  }
  ::close(ends[1]);
  Outcome outcome;
  std::int32_t number = 0;
  while (::read(ends[0], &number, sizeof number) == sizeof number) {
    outcome.reported.push_back(number);
    if (outcome.reported.size() == signal_after) ::kill(pid, SIGUSR1);
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  outcome.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

struct Load {
  std::string path;
  std::string journal_mode = "WAL";
  std::string synchronous = "FULL";
  std::uint64_t seed = 1;
  int transactions = 60;
  int cut_at_statement = 0;  // 0: never
};

// The child's work: transaction n writes n's rows to two tables, and touches old rows so that pages all over
// the file change. Its connections use whatever VFS is the default.
class Writer {
 public:
  Writer(const Load& load, const Reporter& reporter) : load_(load), reporter_(reporter), random_(load.seed) {}

  // Calls `tables_made` once other connections have something to read.
  void work(const std::function<void()>& tables_made = [] {}) {
    db_ = open_database(load_.path);
    // A cache of five pages makes SQLite write pages of a transaction before it commits.
    must("PRAGMA journal_mode=" + load_.journal_mode + "; PRAGMA synchronous=" + load_.synchronous +
         "; PRAGMA cache_size=5; PRAGMA wal_autocheckpoint=0");
    must(
        "BEGIN; CREATE TABLE a(n INTEGER, part INTEGER, content TEXT, touched INTEGER, PRIMARY KEY(n, part));"
        "CREATE TABLE b(n INTEGER, part INTEGER, content TEXT); CREATE TABLE last(n INTEGER);"
        "INSERT INTO last VALUES(0); COMMIT");
    reporter_.committed(0);
    tables_made();
    reader_ = open_database(load_.path);
    for (int n = 1; n <= load_.transactions; ++n) {
      write_transaction(n);
      reporter_.committed(n);
      if (ask(reader_, "SELECT n FROM last") != std::to_string(n)) ::_exit(kWrongAnswer);
      maybe_checkpoint();
    }
    reader_.reset();
    db_.reset();
  }

 private:
  void must(const std::string& sql) {
    if (load_.cut_at_statement != 0 && ++statements_ == load_.cut_at_statement) cut_power();
    if (run(db_, sql) != SQLITE_OK) ::_exit(kWrongAnswer);
  }

  void write_transaction(int n) {
    const std::string number = std::to_string(n);
    must("BEGIN IMMEDIATE");
    for (int part = 0; part < kPartsInA; ++part) {
      const auto repeats = std::to_string(1 + random_() % 300);
      must("INSERT INTO a VALUES(" + number + "," + std::to_string(part) + ",replace(hex(zeroblob(" +
           repeats + ")),'00','" + number + ".'),0)");
    }
    must("UPDATE a SET touched=" + number +
         " WHERE n=" + std::to_string(1 + random_() % static_cast<unsigned>(n)));
    for (int part = 0; part < kPartsInB; ++part) {
      must("INSERT INTO b VALUES(" + number + "," + std::to_string(part) + ",'" + number + "')");
    }
    must("UPDATE last SET n=" + number);
    must("COMMIT");
  }

  void maybe_checkpoint() {
    if (load_.journal_mode != "WAL") return;
    const auto dice = random_() % 8;
    if (dice == 0) must("PRAGMA wal_checkpoint(TRUNCATE)");
    if (dice == 1) must("PRAGMA wal_checkpoint(PASSIVE)");
    if (dice == 2) must("PRAGMA wal_checkpoint(RESTART)");
  }

  const Load& load_;
  const Reporter& reporter_;
  std::mt19937_64 random_;
  Database db_;
  Database reader_;
  int statements_ = 0;
};

// What the wreck holds, read with the default VFS. Empty `fault`: sound, and each transaction whole or
// absent.
struct Wreck {
  std::string fault;
  std::int32_t last = -1;  // transactions 0..last are there; -1: not even the tables
};

Wreck inspect(const std::string& path) {
  const Database db = open_database(path);
  Wreck wreck;
  if (const auto sound = ask(db, "PRAGMA integrity_check"); sound != "ok")
    return {"integrity_check: " + sound, -1};
  const auto tables = ask(db, "SELECT count(*) FROM sqlite_schema WHERE type='table'");
  if (tables == "0") return wreck;
  if (tables != "3") return {"half of the tables: " + tables, -1};
  const auto last = ask(db, "SELECT n FROM last");
  if (last.empty() || !std::isdigit(static_cast<unsigned char>(last[0]))) return {"last: " + last, -1};
  wreck.last = std::stoi(last);
  const auto expected = [&](const std::string& sql, int count) {
    const auto answer = ask(db, sql);
    if (answer != std::to_string(count)) wreck.fault += sql + " gave " + answer + "; ";
  };
  expected("SELECT count(*) FROM a", kPartsInA * wreck.last);
  expected("SELECT count(*) FROM b", kPartsInB * wreck.last);
  expected("SELECT count(DISTINCT n) FROM a", wreck.last);
  expected("SELECT count(DISTINCT n) FROM b", wreck.last);
  expected("SELECT count(*) FROM a WHERE n < 1 OR n > (SELECT n FROM last)", 0);
  expected("SELECT count(*) FROM a WHERE replace(content, n || '.', '') <> '' OR content = ''", 0);
  expected("SELECT count(*) FROM b WHERE content <> n OR part NOT IN (0, 1)", 0);
  return wreck;
}

struct Tally {
  int cuts = 0;
  int ended_unharmed = 0;
  int lost = 0;    // cuts after which a reported commit was missing
  int broken = 0;  // cuts after which something was half there
  int kept_unreported = 0;
  std::string first_fault;
};

// One child per seed, cut in a sync or between two statements. Files left are read by a process without the
// VFS.
Tally cut_repeatedly(int rounds, const std::string& journal_mode, const std::string& synchronous) {
  Tally tally;
  for (int round = 1; round <= rounds; ++round) {
    const Folder folder;
    std::mt19937_64 random(static_cast<std::uint64_t>(round) * 7919);
    Load load{folder.database(), journal_mode, synchronous, random(), 60, 0};
    CutPlan plan;
    plan.seed = random();
    if (round % 3 == 0 || synchronous == "OFF") {
      load.cut_at_statement = static_cast<int>(2 + random() % 400);
    } else {
      plan.cut_at_sync = 1 + random() % 80;
    }
    const Outcome outcome = in_child([&](const Reporter& reporter) {
      register_cut_vfs(plan, true);
      Writer(load, reporter).work();
    });
    EXPECT_TRUE(outcome.exit_status == kCutExit || outcome.exit_status == 0) << outcome.exit_status;
    outcome.exit_status == kCutExit ? ++tally.cuts : ++tally.ended_unharmed;
    const Wreck wreck = inspect(folder.database());
    const std::int32_t reported = outcome.reported.empty() ? -1 : outcome.reported.back();
    if (!wreck.fault.empty()) ++tally.broken;
    if (!wreck.fault.empty() && tally.first_fault.empty()) {
      tally.first_fault = "round " + std::to_string(round) + ": " + wreck.fault;
    }
    if (wreck.fault.empty() && wreck.last < reported) ++tally.lost;
    if (wreck.last > reported) ++tally.kept_unreported;
    EXPECT_LE(wreck.last, reported + 1) << "a transaction that was never begun, round " << round;
  }
  std::printf("%s/%s: %d cuts, %d unharmed, %d lost a commit, %d broken, %d kept an unreported one\n",
              journal_mode.c_str(), synchronous.c_str(), tally.cuts, tally.ended_unharmed, tally.lost,
              tally.broken, tally.kept_unreported);
  return tally;
}

TEST(CutPower, LosesNothingAcknowledgedAndLeavesNothingHalfWithWalAndFullSync) {
  const Tally tally = cut_repeatedly(260, "WAL", "FULL");
  EXPECT_GE(tally.cuts, 200);
  EXPECT_EQ(tally.lost, 0);
  EXPECT_EQ(tally.broken, 0) << tally.first_fault;
  EXPECT_GT(tally.kept_unreported, 0) << "no cut fell between a sync and its answer";
}

TEST(CutPower, LosesAcknowledgedCommitsWithoutSync) {
  const Tally tally = cut_repeatedly(30, "WAL", "OFF");
  EXPECT_GE(tally.cuts, 20);
  EXPECT_GE(tally.lost + tally.broken, 10);
  EXPECT_GE(tally.lost, 1);
}

// WAL with NORMAL syncs only at checkpoints: late commits may go, but what is left is whole.
TEST(CutPower, LosesCommitsButBreaksNothingWithNormalSync) {
  const Tally tally = cut_repeatedly(60, "WAL", "NORMAL");
  EXPECT_GE(tally.lost, 1);
  EXPECT_EQ(tally.broken, 0) << tally.first_fault;
}

// SQLite's manual: with FULL, a deleted rollback journal may come back after a power cut and undo the last
// commit.
TEST(CutPower, BringsBackADeletedJournalUnlessItsDirectoryIsSynced) {
  const Tally full = cut_repeatedly(60, "DELETE", "FULL");
  EXPECT_GE(full.lost, 1);
  EXPECT_EQ(full.broken, 0) << full.first_fault;
  const Tally extra = cut_repeatedly(60, "DELETE", "EXTRA");
  EXPECT_EQ(extra.lost, 0);
  EXPECT_EQ(extra.broken, 0) << extra.first_fault;
}

TEST(CutPower, ComesOnASignalToAProcessSetUpByItsEnvironment) {
  const Folder folder;
  const Outcome outcome = in_child(
      [&](const Reporter& reporter) {
        ::setenv("MOTCUA_CUT_SEED", "11", 1);
        register_cut_vfs_from_environment();
        const Load load{folder.database(), "WAL", "FULL", 5, 1'000'000, 0};
        Writer(load, reporter).work();
      },
      20);
  EXPECT_EQ(outcome.exit_status, kCutExit);
  EXPECT_GE(outcome.reported.size(), 20U);
  const Wreck wreck = inspect(folder.database());
  EXPECT_EQ(wreck.fault, "");
  EXPECT_GE(wreck.last, outcome.reported.back());
}

TEST(CutPower, ComesAtTheSyncNamedInTheEnvironment) {
  const Folder folder;
  const Outcome outcome = in_child([&](const Reporter& reporter) {
    ::setenv("MOTCUA_CUT_SEED", "12", 1);
    ::setenv("MOTCUA_CUT_AFTER_SYNCS", "25", 1);
    register_cut_vfs_from_environment();
    const Load load{folder.database(), "WAL", "FULL", 5, 1'000'000, 0};
    Writer(load, reporter).work();
  });
  EXPECT_EQ(outcome.exit_status, kCutExit);
  EXPECT_LE(outcome.reported.size(), 25U);
}

// A reader that must see whole transactions at any instant, and a checkpointer, each on a thread and
// connection of its own.
void work_on_three_threads(const Load& load, const Reporter& reporter) {
  std::atomic<bool> ready = false;
  const auto aside = [&](const std::string& sql, const std::set<std::string>& expected) {
    return std::thread([&load, &ready, sql, expected] {
      ready.wait(false);
      const Database db = open_database(load.path);
      while (ready) {
        if (!expected.contains(ask(db, sql))) ::_exit(kWrongAnswer);
      }
    });
  };
  std::thread reader = aside("SELECT (SELECT count(*) FROM a) - 3 * n FROM last", {"0"});
  // The writer checkpoints too: then this one hears that it is busy.
  std::thread checkpointer = aside("PRAGMA wal_checkpoint(PASSIVE)", {"0", "1"});
  Writer(load, reporter).work([&] {
    ready = true;
    ready.notify_all();
  });
  ready = false;
  reader.join();
  checkpointer.join();
}

TEST(CutPower, LosesNothingWhileOtherThreadsReadAndCheckpoint) {
  for (std::uint64_t round = 1; round <= 20; ++round) {
    const Folder folder;
    CutPlan plan;
    plan.seed = round;
    plan.cut_at_sync = 20 + round * 5;
    const Outcome outcome = in_child([&](const Reporter& reporter) {
      register_cut_vfs(plan, true);
      work_on_three_threads({folder.database(), "WAL", "FULL", round, 1'000'000, 0}, reporter);
    });
    ASSERT_EQ(outcome.exit_status, kCutExit);
    const Wreck wreck = inspect(folder.database());
    EXPECT_EQ(wreck.fault, "");
    EXPECT_GE(wreck.last, outcome.reported.empty() ? -1 : outcome.reported.back());
  }
}

TEST(CutPower, SparesAProcessThatExitsOrdinarily) {
  const Folder folder;
  const Outcome outcome = in_child([&](const Reporter& reporter) {
    register_cut_vfs(1, true);
    const Database db = open_database(folder.database());
    run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; CREATE TABLE t(n); INSERT INTO t VALUES(7)");
    reporter.committed(1);
    std::exit(0);
  });
  EXPECT_EQ(outcome.exit_status, 0);
  EXPECT_EQ(ask(open_database(folder.database()), "SELECT n FROM t"), "7");
}

TEST(CutVfs, HoldsUnsyncedCommitsBackFromOtherProcessesButNotFromOtherConnections) {
  const Folder folder;
  const Outcome outcome = in_child([&](const Reporter& reporter) {
    register_cut_vfs(1, true);
    const Database db = open_database(folder.database());
    run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; CREATE TABLE t(n); INSERT INTO t VALUES(7)");
    const Database other = open_database(folder.database());
    if (ask(other, "SELECT n FROM t") == "7") reporter.committed(7);
    ::_exit(0);
  });
  EXPECT_EQ(outcome.reported, std::vector<std::int32_t>{7});
  EXPECT_EQ(std::filesystem::file_size(folder.database() + "-wal"), 0U);
}

// Prepares a table over the VFS with a fault in it, commits until one fails, and reports the codes in turn.
std::vector<std::int32_t> codes_under(const CutPlan& plan, const std::string& path, int commits) {
  return in_child([&](const Reporter& reporter) {
           register_cut_vfs(plan, true);
           const Database db = open_database(path);
           run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(n, content)");
           for (int n = 0; n < commits; ++n) {
             run(db, "INSERT INTO t VALUES(" + std::to_string(n) + ", zeroblob(3000))");
             reporter.committed(sqlite3_extended_errcode(db.get()));
             run(db, "ROLLBACK");
           }
           cut_power();
         })
      .reported;
}

TEST(CutFault, FailsTheNthSyncOnce) {
  const Folder folder;
  CutPlan plan;
  plan.fail_sync = 12;
  const auto codes = codes_under(plan, folder.database(), 20);
  EXPECT_EQ(std::count(codes.begin(), codes.end(), SQLITE_IOERR_FSYNC), 1);
  EXPECT_EQ(std::count(codes.begin(), codes.end(), SQLITE_OK), 19);
}

TEST(CutFault, FailsTheNthWriteOnce) {
  const Folder folder;
  CutPlan plan;
  plan.fail_write = 30;
  const auto codes = codes_under(plan, folder.database(), 20);
  EXPECT_EQ(std::count(codes.begin(), codes.end(), SQLITE_IOERR_WRITE), 1);
}

TEST(CutFault, AnswersFullOnceTheDiskIsFullAndKeepsWhatWasCommitted) {
  const Folder folder;
  CutPlan plan;
  plan.full_after_bytes = 100'000;
  const auto codes = codes_under(plan, folder.database(), 60);
  const auto first_full = std::find(codes.begin(), codes.end(), SQLITE_FULL);
  ASSERT_NE(first_full, codes.end());
  const auto committed = std::count(codes.begin(), codes.end(), SQLITE_OK);
  EXPECT_GT(committed, 3);
  EXPECT_EQ(ask(open_database(folder.database()), "SELECT count(*) FROM t"), std::to_string(committed));
  EXPECT_LE(std::filesystem::file_size(folder.database()), 100'000U);
}

TEST(CutFault, EndsTheProcessWhenTheEnvironmentHoldsNoNumber) {
  const Outcome outcome = in_child([](const Reporter&) {
    ::setenv("MOTCUA_CUT_SEED", "soon", 1);
    ::close(STDERR_FILENO);
    register_cut_vfs_from_environment();
  });
  EXPECT_EQ(outcome.exit_status, 2);
}

}  // namespace
}  // namespace motcua::cut
