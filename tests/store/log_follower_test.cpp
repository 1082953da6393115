#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <thread>

#include "engine/store/follow_dir.h"
#include "engine/store/sqlite_follower.h"

// Following the pages of a database that is written, checkpointed and truncated meanwhile: what is followed
// is always one commit of it, to the byte.
namespace motcua::store::sqlite {
namespace {

namespace fs = std::filesystem;

// Writes as a service does, in sums that tell whether a commit is seen whole.
class WildWriter {
 public:
  explicit WildWriter(const std::string& path)
      : connection_(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE), copier_(path, SQLITE_OPEN_READWRITE) {
    sqlite3_busy_timeout(copier_.get(), 1);
    connection_.run("PRAGMA journal_mode = WAL");
    connection_.run("PRAGMA wal_autocheckpoint = 0");
    connection_.run("PRAGMA cache_size = 20");  // uncommitted pages go to the log, too
    connection_.run("CREATE TABLE event(position INTEGER PRIMARY KEY, recorded_at INTEGER, body BLOB)");
    connection_.run("CREATE TABLE meta(name TEXT PRIMARY KEY, value ANY)");
    connection_.run("INSERT INTO meta VALUES('epoch', 7)");
    copier_.number("SELECT count(*) FROM meta");  // before its first read it knows of no log
  }
  void write() {
    const bool keeps = random_() % 8 != 0;
    connection_.run("BEGIN IMMEDIATE");
    const auto rows = 1 + random_() % 40;
    for (unsigned i = 0; i < rows; ++i) {
      connection_.run("INSERT INTO event(recorded_at, body) VALUES(1, randomblob(" +
                      std::to_string(random_() % 3000) + "))");
    }
    const std::string late = " WHERE position > (SELECT max(position) FROM event) - 400 AND position % ";
    connection_.run("UPDATE event SET body = randomblob(100)" + late +
                    "50 = " + std::to_string(random_() % 50));
    if (random_() % 16 == 0) connection_.run("DELETE FROM event" + late + "3 = 0");
    connection_.run(keeps ? "COMMIT" : "ROLLBACK");
  }
  // As a checkpoint of the service: gives way, or starts the log anew where nobody needs it.
  int copy_back() {
    static constexpr int kModes[] = {SQLITE_CHECKPOINT_PASSIVE, SQLITE_CHECKPOINT_RESTART,
                                     SQLITE_CHECKPOINT_TRUNCATE};
    return sqlite3_wal_checkpoint_v2(copier_.get(), nullptr, kModes[random_() % 3], nullptr, nullptr);
  }
  std::mt19937 random_{11};

 private:
  Connection connection_, copier_;
};

class LogFollowing : public ::testing::Test {
 protected:
  LogFollowing() : folder_(fs::temp_directory_path() / ("motcua-follow-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~LogFollowing() override { fs::remove_all(folder_); }
  std::string path(const char* name) const { return (folder_ / name).string(); }

  using Pages = std::map<std::uint32_t, std::string>;
  static void take(LogFollower& follower, Pages& pages) {
    follower.advance([&](const LogFollower::Step& step, const LogFollower::PageOf& page) {
      for (const auto& [number, frame] : step.pages) pages[number] = page(frame);
      pages.erase(pages.upper_bound(step.now.pages), pages.end());
    });
  }
  const fs::path folder_;
};

TEST_F(LogFollowing, HasEveryPageOfACommitWhateverBecomesOfTheLog) {
  WildWriter writer(path("live"));
  LogFollower follower(path("live"));
  Pages pages;
  for (std::uint32_t page = 1; page <= follower.held().pages; ++page) pages[page] = follower.page(page);
  int started_anew = 0;
  auto salts = follower.held().place.salts;
  std::mt19937 order(5);
  for (int round = 0; round < 3'000; ++round) {
    const auto turn = order() % 3;
    if (turn == 0) writer.write();
    if (turn == 1) writer.copy_back();
    if (turn == 2) take(follower, pages);
    if (follower.held().place.salts != salts) ++started_anew;
    salts = follower.held().place.salts;
    if (round % 100 != 99) continue;
    take(follower, pages);
    ASSERT_EQ(pages.rbegin()->first, follower.held().pages);
    for (std::uint32_t page = 1; page <= follower.held().pages; ++page) {
      ASSERT_EQ(pages[page], follower.page(page)) << "page " << page << " in round " << round;
    }
  }
  EXPECT_GT(started_anew, 20);  // else this shows nothing
}

// The writer on a thread of its own, a base that is copied while segments go on, and a follower that is cut
// and goes on: what is put together is what SQLite finds in the database.
TEST_F(LogFollowing, BringsBackWhatTheDatabaseHeldBesideAWriterThatDoesNotWait) {
  WildWriter writer(path("live"));
  for (int i = 0; i < 200; ++i) writer.write();
  std::atomic<bool> stop = false;
  std::thread beside([&] {
    for (int i = 0; !stop; ++i) {
      writer.write();
      if (i % 5 == 0) writer.copy_back();
    }
  });
  const auto add = [](FollowDir& dir, LogFollower& follower) {
    follower.advance([&](const auto& step, const auto& page) { dir.add_segment(step, page); });
  };
  int went_on = 0;
  for (int cut = 0; cut < 10; ++cut) {
    FollowDir dir(folder_ / "dir", 7, std::nullopt);
    LogFollower follower(path("live"));
    const bool goes_on = dir.last() && follower.goes_on_from(dir.last()->place);
    went_on += goes_on ? 1 : 0;
    if (!goes_on) {
      dir.leave_gap();
      dir.begin_base(follower);
    }
    for (int round = 0; round < 15 || dir.making_base(); ++round) {
      add(dir, follower);
      if (dir.making_base()) dir.continue_base(follower, 40);
    }
    if (cut == 9) {
      stop = true;
      beside.join();
      add(dir, follower);
      EXPECT_TRUE(dir.last().has_value());
    }
  }
  RecordProperty("went_on", went_on);
  const FollowedBack back = bring_back(folder_ / "dir", std::nullopt, path("back"));
  EXPECT_EQ(back.broken, "");
  Connection both(path("back"), SQLITE_OPEN_READWRITE);
  {
    Statement check(both, "PRAGMA integrity_check");
    Rows rows = check.rows();
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.text(0), "ok");
  }
  both.run("ATTACH '" + path("live") + "' AS live");
  EXPECT_GT(both.number("SELECT count(*) FROM main.event"), 0);
  EXPECT_EQ(both.number("SELECT count(*) FROM main.event"), both.number("SELECT count(*) FROM live.event"));
  EXPECT_EQ(both.number("SELECT count(*) FROM (SELECT * FROM main.event EXCEPT SELECT * FROM live.event)"),
            0);
  EXPECT_EQ(back.standing.journal_end, both.number("SELECT max(position) FROM live.event"));
}

// A service copies back beside its writer, as far as readers let it, then holds the writer and waits a little
// for them, to start the log anew: a follower that looks whether it is waited for lets it.
TEST_F(LogFollowing, LetsTheLogStartAnewWithinTheTimeThatACheckpointWaits) {
  WildWriter writer(path("live"));
  LogFollower follower(path("live"));
  Pages pages;
  writer.write();
  std::atomic<bool> done = false;
  std::atomic<int> started_anew = 0;
  std::thread beside([&] {
    Connection copier(path("live"), SQLITE_OPEN_READWRITE);
    sqlite3_busy_timeout(copier.get(), 1'000);
    copier.number("SELECT count(*) FROM event");
    for (int i = 0; i < 20; ++i) {
      for (int j = 0; j < 20; ++j) writer.write();
      sqlite3_wal_checkpoint_v2(copier.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
      const int code =
          sqlite3_wal_checkpoint_v2(copier.get(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
      started_anew += code == SQLITE_OK ? 1 : 0;
    }
    done = true;
  });
  while (!done) {
    if (follower.is_waited_for()) take(follower, pages);
  }
  beside.join();
  EXPECT_EQ(started_anew, 20);
}

TEST_F(LogFollowing, TellsWhichSegmentIsNotWhatWasWrittenAndKeepsWhatCameBefore) {
  WildWriter writer(path("live"));
  BackupKey key{};
  key.fill(3);
  LogFollower follower(path("live"));
  std::int64_t end_of_two = 0;
  {
    FollowDir dir(folder_ / "dir", 7, key);
    dir.begin_base(follower);
    while (!dir.continue_base(follower, 100)) continue;
    while (dir.number() < 4) {
      writer.write();  // some are rolled back
      follower.advance([&](const auto& step, const auto& page) { dir.add_segment(step, page); });
      if (dir.number() == 2) end_of_two = follower.held().journal_end;
    }
    EXPECT_THROW(FollowDir(folder_ / "dir", 7, key), StoreLocked);
  }
  EXPECT_THROW(FollowDir(folder_ / "dir", 9, key), StoreError);
  EXPECT_THROW(FollowDir(folder_ / "dir", 7, std::nullopt), StoreError);
  const fs::path third = folder_ / "dir" / "segment-0000000003";
  const auto expect_end = [&](const std::string& why) {
    fs::remove(path("back"));
    const FollowedBack back = bring_back(folder_ / "dir", key, path("back"));
    EXPECT_EQ(back.segments, 2U);
    EXPECT_EQ(back.standing.journal_end, end_of_two);
    EXPECT_NE(back.broken.find("segment-0000000003 " + why), std::string::npos) << back.broken;
    EXPECT_NE(back.broken.find("is " + std::to_string(end_of_two + 1)), std::string::npos) << back.broken;
  };
  const fs::path kept = folder_ / "kept";
  fs::copy_file(third, kept);
  fs::copy_file(folder_ / "dir" / "segment-0000000004", third, fs::copy_options::overwrite_existing);
  expect_end("does not follow");
  fs::remove(third);
  expect_end("is missing");
  fs::copy_file(kept, third);
  fs::resize_file(third, fs::file_size(third) - 1);
  expect_end("is damaged or cut off");
  fs::copy_file(kept, third, fs::copy_options::overwrite_existing);
  EXPECT_EQ(bring_back(folder_ / "dir", key, path("whole")).broken, "");
  key[0] ^= 1;
  EXPECT_THROW(bring_back(folder_ / "dir", key, path("none")), BackupDamaged);
  EXPECT_FALSE(fs::exists(path("none")));
}

}  // namespace
}  // namespace motcua::store::sqlite
