#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/event_client.h"
#include "tests/support/monthly_list.h"

// Putting a backup in the place of a lost database.
namespace motcua::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

class Restore : public ::testing::Test {
 protected:
  static ServiceOptions options() {
    ServiceOptions made;
    made.sandbox = "2026-08-10T08:00:00+07:00";
    made.keys = {{"province", "", true}};
    return made;
  }
  std::string filed() {
    return service_.client()
        .post("/v1/dossiers", {{"procedure", "1.004194"},
                               {"channel", "online"},
                               {"receiving_agency", "H32.101"},
                               {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}})
        .json()
        .value("id", "none");
  }
  Ended motcua(std::vector<std::string> words) {
    for (const char* more : {"--sandbox-database", "--config"}) words.push_back(more);
    words.push_back(service_.config_file().string());
    return run_motcua(words, service_.directory());
  }
  Ended restored(const fs::path& from) { return motcua({"restore", from.string(), "--accept-loss"}); }
  void expect_refused(const Ended& ended, const std::string& why) {
    EXPECT_EQ(ended.status, 1);
    EXPECT_NE(ended.error.find(why), std::string::npos) << ended.error;
  }
  void move_database_away() {
    for (const char* suffix : {"", "-wal", "-shm"}) {
      const fs::path file = service_.database().string() + suffix;
      if (fs::exists(file)) fs::rename(file, file.string() + ".away");
    }
  }

  RunningService service_{options()};
  const fs::path backup_ = service_.directory() / "backup.db";
};

TEST_F(Restore, BringsTheBackupBackAndTellsOldCursorsThatTheyAreGone) {
  const std::string kept = filed();
  ASSERT_EQ(motcua({"backup", backup_.string()}).status, 0);
  for (const fs::path& file : {service_.database(), backup_}) {
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write) << file;
  }
  const std::string lost = filed();
  const std::string cursor = service_.client().get("/v1/events").json().at("next_cursor");
  expect_refused(restored(backup_), "already served");
  ASSERT_EQ(service_.stop(), 0);
  expect_refused(restored(backup_), "is there: move it away");
  move_database_away();
  const Ended done = restored(backup_);
  ASSERT_EQ(done.status, 0) << done.error;
  EXPECT_FALSE(fs::exists(service_.database().string() + ".restoring"));
  service_.restart();

  HttpClient client = service_.client();
  EXPECT_EQ(client.get("/v1/dossiers/" + kept).status, 200);
  EXPECT_EQ(client.get("/v1/dossiers/" + lost).status, 404);
  for (const char* path : {"/v1/events?after=", "/v1/events/stream?after="}) {
    const HttpAnswer gone = client.get(path + cursor);
    EXPECT_EQ(gone.status, 410) << gone.body;
    EXPECT_EQ(gone.json()["code"], "cursor_gone");
    std::string garbled = cursor;
    garbled[3] = garbled[3] == '0' ? '1' : '0';
    EXPECT_EQ(client.get(path + garbled).json()["code"], "bad_cursor");
  }
  EXPECT_EQ(client.request("GET", "/v1/events/stream", {}, {{"Last-Event-ID", cursor}}).status, 410);
  // A new one goes on, also over a start that is no restore.
  const std::string fresh = client.get("/v1/events").json().at("next_cursor");
  ASSERT_EQ(service_.stop(), 0);
  service_.restart();
  EXPECT_EQ(service_.client().get("/v1/events?after=" + fresh).status, 200);
  filed();
  EXPECT_EQ(service_.client().get("/v1/events?after=" + fresh).json().at("items").size(), 1U);
}

TEST_F(Restore, GivesNoNumberOfAListAgainThatMayHaveBeenPublished) {
  const auto number_of_list = [&](const char* month) {
    HttpClient client = service_.client();
    const HttpAnswer opened = client.post("/v1/publications", {{"month", month}, {"officer", kPublisher}});
    EXPECT_EQ(opened.status, 202) << opened.body;
    const std::string list = opened.json().value("id", "none");
    const json draft = list_in_state(client, list, "draft");
    EXPECT_EQ(say_of_list(client, list, "discard").status, 200);
    return draft.value("number", 0);
  };
  const auto go_to = [&](const char* day) {
    service_.set_clock(std::string(day) + "T08:00:00+07:00");
    filed();
  };
  filed();
  go_to("2026-09-08");
  EXPECT_EQ(number_of_list("2026-08"), 1);
  for (const int least : {100, 200}) {
    const fs::path backup = backup_.string() + std::to_string(least);
    ASSERT_EQ(motcua({"backup", backup.string()}).status, 0);
    ASSERT_EQ(service_.stop(), 0);
    move_database_away();
    ASSERT_EQ(restored(backup).status, 0);
    service_.restart();
    EXPECT_EQ(number_of_list("2026-08"), least + 1);
    EXPECT_EQ(number_of_list("2026-08"), least + 2);
  }
  go_to("2026-10-07");
  EXPECT_EQ(number_of_list("2026-09"), 1) << "that month was not over at the restore";
}

// The seals of every epoch stay where they are; those that a second restore goes on without are named first.
TEST_F(Restore, MayComeTwiceFromOneBackupAndTellsWhichSealsAreGivenUp) {
  const std::string kept = filed();
  ASSERT_EQ(motcua({"backup", backup_.string()}).status, 0);
  for (int n = 0; n < 2; ++n) {
    filed();
    ASSERT_EQ(service_.stop(), 0);
    move_database_away();
    if (n == 1) expect_refused(motcua({"restore", backup_.string()}), "the journal does not come from them");
    const Ended done = restored(backup_);
    ASSERT_EQ(done.status, 0) << done.error;
    ASSERT_EQ(motcua({"verify-journal"}).error,
              "motcua: nothing of this journal is sealed in " + service_.database().string() + ".seals\n");
    service_.restart();
    EXPECT_EQ(service_.client().get("/v1/dossiers/" + kept).status, 200);
  }
  ASSERT_EQ(service_.stop(), 0);
  const Ended sound = motcua({"verify-journal"});
  EXPECT_EQ(sound.status, 0) << sound.error;
  service_.restart();
}

TEST_F(Restore, RefusesALedgerThatEndsInNoLineAndKeysThatAreOlderThanTheirCopy) {
  filed();
  ASSERT_EQ(motcua({"backup", backup_.string()}).status, 0);
  ASSERT_EQ(service_.stop(), 0);
  move_database_away();
  const fs::path ledger = service_.database().string() + ".erasures";
  std::ofstream(ledger) << "hello";
  expect_refused(motcua({"restore", backup_.string()}), "is no line that was cut");
  fs::remove(ledger);
  const fs::path keys = service_.database().string() + ".keys";
  fs::resize_file(keys, 128);
  expect_refused(motcua({"restore", backup_.string()}), "backup.db.keys has more");
  fs::remove(keys);
  EXPECT_EQ(motcua({"restore", backup_.string(), "--accept-loss"}).status, 0);
}

TEST_F(Restore, RefusesWhatIsNoBackupOfOurs) {
  filed();
  ASSERT_EQ(motcua({"backup", backup_.string()}).status, 0);
  ASSERT_EQ(service_.stop(), 0);
  move_database_away();
  const fs::path odd = service_.directory() / "odd.db";
  expect_refused(restored(odd), "is no file");
  std::ofstream(odd)
      << "not a database, and longer than the hundred bytes of a header that it would need to be "
         "taken for one at all";
  expect_refused(restored(odd), "not a database");
  std::ofstream(odd, std::ios::trunc).close();
  expect_refused(restored(odd), "there is no database in");
  fs::copy_file(backup_, odd, fs::copy_options::overwrite_existing);
  std::ofstream(odd.string() + "-wal") << "frames";
  expect_refused(restored(odd), "has a log beside it");
  fs::remove(odd.string() + "-wal");
  {
    // Half of its pages are gone.
    std::fstream file(odd, std::ios::in | std::ios::out | std::ios::binary);
    const auto size = static_cast<std::streamoff>(fs::file_size(odd));
    file.seekp(size / 2);
    file << std::string(static_cast<std::size_t>(size / 2), '\x5a');
  }
  expect_refused(restored(odd), "odd.db");
  // A sandbox does not become a real database.
  const Ended real = run_motcua({"restore", backup_.string(), "--config", service_.config_file().string()},
                                service_.directory());
  expect_refused(real, "is a sandbox");
  const fs::path key = service_.directory() / "master.key";
  fs::rename(key, service_.directory() / "right.key");
  EXPECT_EQ(restored(backup_).status, 1);
  {
    std::ofstream other(key, std::ios::binary);
    other << std::string(32, 'k');
  }
  fs::permissions(key, fs::perms::owner_read | fs::perms::owner_write);
  expect_refused(restored(backup_), "another master key");
  fs::rename(service_.directory() / "right.key", key);
  EXPECT_FALSE(fs::exists(service_.database()));
  EXPECT_FALSE(fs::exists(service_.database().string() + ".restoring"));
  // A log that was left behind would be read as the log of the backup.
  std::ofstream(service_.database().string() + "-wal") << "frames";
  expect_refused(restored(backup_), "-wal is there");
  fs::remove(service_.database().string() + "-wal");
  EXPECT_EQ(restored(backup_).status, 0);
}

}  // namespace
}  // namespace motcua::testing
