#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/durability/harness.h"
#include "tests/durability/load.h"
#include "tests/durability/record.h"
#include "tests/support/cut_vfs.h"
#include "tests/support/paths.h"

// The disk with the database is lost: what a backup, or a folder that followed it, brings back.
namespace motcua::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr int kLostCommands = 1'000;
constexpr std::string_view kRestorable = "can be restored\n";

// What SQLite says to statements, read past the program.
struct Answered {
  std::int64_t value = -1;  // of the last row's first column
  std::string error;
};
Answered asked(const fs::path& database, const std::string& statements) {
  Answered answered;
  sqlite3* db = nullptr;
  sqlite3_open(database.c_str(), &db);
  char* error = nullptr;
  const auto row = [](void* into, int, char** columns, char**) {
    *static_cast<std::int64_t*>(into) = columns[0] == nullptr ? -1 : std::atoll(columns[0]);
    return 0;
  };
  if (sqlite3_exec(db, statements.c_str(), row, &answered.value, &error) != SQLITE_OK) answered.error = error;
  sqlite3_free(error);
  sqlite3_close(db);
  return answered;
}

class LostDisk : public ::testing::Test {
 protected:
  static ServiceOptions options() {
    ServiceOptions options = small_service(motcua_binary());
    options.sandbox.reset();
    return options;
  }
  Ended motcua(std::vector<std::string> words) {
    const bool named = std::find(words.begin(), words.end(), "--config") != words.end();
    if (!named && words.front() != "backup-key")
      words.insert(words.end(), {"--config", service_.config_file().string()});
    return run_motcua(words, service_.directory());
  }
  void must(const std::vector<std::string>& words) {
    const Ended ended = motcua(words);
    ASSERT_EQ(ended.status, 0) << words.front() << ": " << ended.out << ended.error;
  }
  void refuses(const std::vector<std::string>& words, const std::string& why) {
    const Ended ended = motcua(words);
    EXPECT_EQ(ended.status, 1) << ended.out;
    EXPECT_NE(ended.error.find(why), std::string::npos) << ended.error << ended.out;
  }
  struct Filed {
    std::vector<std::string> ids;
    std::set<std::string> codes;
  };
  Filed file(int count) {
    Filed filed;
    HttpClient client = service_.client();
    for (int i = 0; i < count; ++i) {
      Attempt attempt = submission("nguoi" + std::to_string(++filed_), false);
      const HttpAnswer answer = send(client, attempt);
      if (answer.status != 201) {
        ADD_FAILURE() << answer.status << answer.body;
        break;
      }
      filed.ids.push_back(answer.json().value("id", ""));
      const std::string code = answer.json().value("code", "");
      EXPECT_TRUE(filed.codes.insert(code).second) << code;
    }
    return filed;
  }
  void lose_database() {
    for (const char* suffix : {"", "-wal", "-shm", ".keys"})
      fs::remove(service_.database().string() + suffix);
  }
  void lose_seals() { fs::remove_all(service_.database().string() + ".seals"); }
  // And what was typed of it can be opened.
  bool is_there(const std::string& id) {
    HttpClient client = service_.client();
    const std::string path = "/v1/dossiers/" + id;
    return client.get(path).status == 200 && typed_of(client, path)["owner"].is_object();
  }
  std::int64_t journal_end() { return service_.client().get("/v1/journal/head").json().at("journal_end"); }
  // Of a service that was stopped.
  void expect_sound() {
    must({"audit"});
    must({"rebuild"});
  }
  // The one event of a restore, as a follower of the feed sees it.
  json told_of_restore() {
    const json page = service_.client().get("/v1/events?type=journal.restored").json();
    EXPECT_EQ(page["items"].size(), 1U) << page;
    return page["items"].empty() ? json() : page["items"][0];
  }

  std::vector<std::string> follow_words(bool encrypted) const {
    std::vector<std::string> words{
        "backup", "--follow", dir_.string(), "--every", "1", "--config", service_.config_file().string()};
    if (encrypted) words.insert(words.end(), {"--encrypt-to", key_.string()});
    return words;
  }
  std::unique_ptr<RunningProgram> follow(bool encrypted) {
    auto follower =
        std::make_unique<RunningProgram>(follow_words(encrypted), service_.directory(), "follower");
    EXPECT_TRUE(follower->says(kRestorable)) << follower->said() << follower->complained();
    return follower;
  }
  json status() const {
    std::ifstream in(dir_ / "status");
    return json::parse(in, nullptr, false);
  }
  template <class Holds>
  bool wait_until(Holds&& holds) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!holds()) {
      if (std::chrono::steady_clock::now() > until) return false;
    }
    return true;
  }
  bool wait_for_event(std::int64_t position) {
    return wait_until([&] { return status().value("event", std::int64_t{0}) >= position; });
  }

  RunningService service_{options()};
  const fs::path backup_ = service_.directory() / "backup.db";
  const fs::path dir_ = service_.directory() / "followed";
  const fs::path key_ = service_.directory() / "backup.key";
  int filed_ = 0;
};

TEST_F(LostDisk, ABackupOfBeforeAThousandCommandsIsRestoredWithALossThatIsAcceptedAndTold) {
  const Filed kept = file(20);
  const std::int64_t kept_end = journal_end();
  must({"backup", backup_.string()});
  Filed lost = file(kLostCommands);
  const json block = service_.client().post("/v1/code-blocks", {{"agency", "H32.101"}}).json();
  ASSERT_EQ(block["codes"].size(), 100U) << block;
  for (const json& code : block["codes"]) lost.codes.insert(code["code"].get<std::string>());
  const std::int64_t lost_end = journal_end();
  ASSERT_EQ(service_.stop(), 0);  // its end seals what came last
  lose_database();
  refuses({"restore", backup_.string()},
          std::to_string(lost_end - kept_end) + " events behind it are missing, which were sealed");
  EXPECT_FALSE(fs::exists(service_.database()));
  must({"restore", backup_.string(), "--accept-loss"});

  service_.restart();
  for (const std::string& id : kept.ids) EXPECT_TRUE(is_there(id));
  EXPECT_FALSE(is_there(lost.ids.front()));
  EXPECT_FALSE(is_there(lost.ids.back()));
  const Filed anew = file(kLostCommands);
  for (const std::string& code : anew.codes) EXPECT_FALSE(lost.codes.contains(code)) << code;
  const json drawn = service_.client().post("/v1/code-blocks", {{"agency", "H32.101"}}).json();
  ASSERT_EQ(drawn["codes"].size(), 100U) << drawn;
  for (const json& code : drawn["codes"])
    EXPECT_FALSE(lost.codes.contains(code["code"].get<std::string>())) << code;
  const json event = told_of_restore();
  EXPECT_EQ(event["type"], "vn.motcua.journal.restored.v1");
  EXPECT_EQ(event["data"]["cause"], "restore");
  const json& details = event["data"]["details"];
  EXPECT_EQ(details["source"], "backup");
  EXPECT_EQ(details["journal_end"], kept_end);
  EXPECT_EQ(details["missing_events"], lost_end - kept_end);
  EXPECT_NE(details["old_epoch"], details["new_epoch"]);
  // It is in no list, and no dossier.
  EXPECT_EQ(service_.client().get("/v1/dossiers/" + event["subject"].get<std::string>()).status, 404);
  EXPECT_EQ(service_.client().get("/v1/dossiers?count=true&limit=1").json()["count"], 20 + kLostCommands);
  ASSERT_EQ(service_.stop(), 0);
  must({"verify-journal"});  // it is sealed as any other event
  expect_sound();
}

TEST_F(LostDisk, WithoutSealsNobodyKnowsWhatIsMissingUnlessAHeadWasKept) {
  file(3);
  must({"backup", backup_.string()});
  ASSERT_EQ(service_.stop(), 0);
  service_.restart();
  const fs::path head = service_.directory() / "head.json";
  std::ofstream(head) << service_.client().get("/v1/journal/head").body;
  service_.kill9();
  lose_database();
  lose_seals();
  refuses({"restore", backup_.string()}, "no seals of this journal are at hand");
  must({"restore", backup_.string(), "--head", head.string()});
  refuses({"restore", backup_.string()}, "is there: move it away");
  lose_database();
  must({"restore", backup_.string(), "--accept-loss"});
  service_.restart();
  EXPECT_FALSE(told_of_restore()["data"]["details"].contains("missing_events"));
}

TEST_F(LostDisk, AnEncryptedBackupIsRestoredByItsKeyAlone) {
  must({"backup-key", key_.string()});
  refuses({"backup-key", key_.string()}, "exists already");
  const Filed kept = file(5);
  must({"backup", backup_.string(), "--encrypt-to", key_.string()});
  refuses({"backup", backup_.string(), "--encrypt-to", key_.string()}, "exists already");
  const fs::path other = service_.directory() / "other.key";
  must({"backup-key", other.string()});
  ASSERT_EQ(service_.stop(), 0);
  lose_database();
  refuses({"restore", backup_.string()}, "is encrypted");
  refuses({"restore", backup_.string(), "--decrypt", other.string()}, "another key");
  refuses({"restore", backup_.string(), "--decrypt", (service_.directory() / "none").string()}, "no key in");
  const fs::path cut = service_.directory() / "cut.db";
  fs::copy_file(backup_, cut);
  fs::resize_file(cut, 64 + 2 * (65'536 + 16));
  refuses({"restore", cut.string(), "--decrypt", key_.string()}, "is cut off");
  for (const char* left : {"", ".restoring", ".restoring.part"})
    EXPECT_FALSE(fs::exists(service_.database().string() + left)) << left;
  std::ofstream(service_.database().string() + ".restoring") << "of a restore that was cut";
  must({"restore", backup_.string(), "--decrypt", key_.string()});
  service_.restart();
  for (const std::string& id : kept.ids) EXPECT_TRUE(is_there(id));
}

class Followed : public LostDisk, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) must({"backup-key", key_.string()});
  }
  std::vector<std::string> with_key(std::vector<std::string> words) const {
    if (GetParam()) words.insert(words.end(), {"--decrypt", key_.string()});
    return words;
  }
};

// The service and the one who follows it are killed with the disk; what was followed is all there.
TEST_P(Followed, FolderBringsBackEveryCommandThatItHadTakenUp) {
  const Filed before = file(20);
  auto follower = follow(GetParam());
  const Filed since = file(kLostCommands);
  const std::int64_t end = journal_end();
  ASSERT_TRUE(wait_for_event(end)) << status() << follower->complained();
  EXPECT_LE(status().value("behind_seconds", 99), 10);
  EXPECT_EQ(follower->end(SIGKILL), 128 + SIGKILL);
  service_.kill9();
  must(with_key({"verify-journal", "--export", dir_.string()}));
  lose_database();
  must(with_key({"restore", dir_.string()}));

  service_.restart();
  for (const Filed* filed : {&before, &since}) {
    for (const std::string& id : filed->ids) ASSERT_TRUE(is_there(id)) << id;
  }
  EXPECT_EQ(told_of_restore()["data"]["details"]["journal_end"], end);
  EXPECT_EQ(told_of_restore()["data"]["details"]["source"], "followed");
  const Filed anew = file(50);
  for (const std::string& code : anew.codes) EXPECT_FALSE(since.codes.contains(code)) << code;
  ASSERT_EQ(service_.stop(), 0);
  expect_sound();
  refuses(follow_words(GetParam()), "another database, another epoch");
}

TEST_P(Followed, FolderNamesTheFirstEventThatADamagedSegmentTakesAway) {
  file(5);
  auto follower = follow(GetParam());
  const Filed kept = file(5);
  const std::int64_t end = journal_end();
  ASSERT_TRUE(wait_for_event(end));
  const std::uint32_t segment = status().value("segment", 0U);
  const Filed lost = file(5);
  ASSERT_TRUE(wait_for_event(journal_end()));
  const Filed also_lost = file(5);
  ASSERT_TRUE(wait_for_event(journal_end()));
  EXPECT_EQ(follower->end(SIGTERM), 0) << follower->complained();
  EXPECT_NE(follower->said().find("stopped at event"), std::string::npos);
  service_.stop();
  lose_database();
  lose_seals();
  char name[32];
  std::snprintf(name, sizeof name, "segment-%010u", segment + 1);
  const auto flip_in = [&](const char* in, int at) {
    std::fstream file(dir_ / in, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const char byte = static_cast<char>(file.get() ^ 1);
    file.seekp(at);
    file.put(byte);
  };
  const auto flip = [&] { flip_in(name, 5'000); };
  flip();
  const std::string first = "the first event that is not there is " + std::to_string(end + 1);
  refuses(with_key({"verify-journal", "--export", dir_.string()}), first);
  refuses(with_key({"restore", dir_.string()}), first);
  flip();
  must(with_key({"verify-journal", "--export", dir_.string()}));
  flip_in("keys", 128 + 64 + 40);
  refuses(with_key({"verify-journal", "--export", dir_.string()}), "key 1 of " + (dir_ / "keys").string());
  flip_in("keys", 128 + 64 + 40);
  flip();
  must(with_key({"restore", dir_.string(), "--accept-loss"}));
  service_.restart();
  EXPECT_TRUE(is_there(kept.ids.back()));
  EXPECT_FALSE(is_there(lost.ids.front()));
  ASSERT_EQ(service_.stop(), 0);
  expect_sound();
}

INSTANTIATE_TEST_SUITE_P(InTheClearAndEncrypted, Followed, ::testing::Bool());

TEST_F(LostDisk, AFollowerThatWasCutGoesOnWhereItWasAndOneFolderHasOneFollower) {
  file(3);
  auto first = follow(false);
  refuses(follow_words(false), "another process follows into");
  EXPECT_EQ(first->end(SIGKILL), 128 + SIGKILL);
  const Filed between = file(10);
  RunningProgram second(follow_words(false), service_.directory(), "second");
  EXPECT_TRUE(second.says("it goes on behind segment")) << second.said() << second.complained();
  ASSERT_TRUE(wait_for_event(journal_end()));
  // The service may be stopped and started beside it.
  ASSERT_EQ(service_.stop(), 0);
  service_.restart();
  const Filed after = file(10);
  ASSERT_TRUE(wait_for_event(journal_end()));
  ::kill(second.pid(), SIGHUP);
  EXPECT_TRUE(second.says(kRestorable));
  int bases = 0;
  for (const auto& entry : fs::directory_iterator(dir_))
    bases += entry.path().filename().string().starts_with("base-") ? 1 : 0;
  EXPECT_EQ(bases, 1);  // the new one, in the place of the first
  EXPECT_EQ(second.end(SIGTERM), 0);
  EXPECT_EQ(second.complained(), "");
  service_.stop();
  lose_database();
  must({"restore", dir_.string()});
  service_.restart();
  EXPECT_TRUE(is_there(between.ids.back()));
  EXPECT_TRUE(is_there(after.ids.back()));
}

TEST_F(LostDisk, AFullDiskIsToldAndGotOver) {
  file(3);
  auto follower = follow(false);
  rlimit whole{};
  const rlimit full{4'096, RLIM_INFINITY};
  ASSERT_EQ(::prlimit(follower->pid(), RLIMIT_FSIZE, &full, &whole), 0);
  const Filed filed = file(5);
  EXPECT_TRUE(wait_until([&] { return follower->complained().find("cannot write") != std::string::npos; }))
      << follower->complained();
  ASSERT_EQ(::prlimit(follower->pid(), RLIMIT_FSIZE, &whole, nullptr), 0);
  ASSERT_TRUE(wait_for_event(journal_end())) << follower->complained();
  EXPECT_EQ(follower->end(SIGTERM), 0) << follower->complained();
  ASSERT_EQ(service_.stop(), 0);
  lose_database();
  must({"restore", dir_.string()});
  service_.restart();
  EXPECT_TRUE(is_there(filed.ids.back()));
}

TEST_F(LostDisk, AnEventThatWasChangedIsNamedFromTheFolderAloneAndNotRestored) {
  file(5);
  auto follower = follow(false);
  ASSERT_EQ(service_.stop(), 0);
  const Answered changed = asked(service_.database(), "UPDATE event SET occurred_at = 1 WHERE position = 3");
  ASSERT_EQ(changed.error, "");
  const auto segment = status().value("segment", 0);
  ASSERT_TRUE(wait_until([&] { return status().value("segment", 0) > segment; }));
  EXPECT_EQ(follower->end(SIGTERM), 0) << follower->complained();
  lose_database();
  refuses({"verify-journal", "--export", dir_.string()}, "event 3:");
  refuses({"restore", dir_.string(), "--accept-loss"}, "event 3:");
  EXPECT_FALSE(fs::exists(service_.database()));
}

// The machine loses its power, and the follower with it; the folder lies on another disk. Whatever the cut
// left of the database, the folder has no event that is not in it.
TEST(FollowedCut, NothingIsFollowedThatACutOfThePowerTakesBack) {
  const Environment set{{{"MOTCUA_CUT_SEED", "3"}}};
  RunningService service(small_service(cut_binary()));
  const fs::path dir = service.directory() / "followed";
  const fs::path back = service.directory() / "back.db";
  const std::vector<std::string> common{"--sandbox-database", "--config", service.config_file().string()};
  const auto with = [&](std::vector<std::string> words) {
    words.insert(words.end(), common.begin(), common.end());
    return words;
  };
  Ledger ledger;
  Tally tally;
  std::int64_t followed = 0;
  const int rounds = is_short_run() ? 2 : 6;
  int brought = 0;
  for (int round = 1; round <= rounds; ++round) {
    RunningProgram follower(with({"backup", "--follow", dir.string(), "--every", "1"}), service.directory(),
                            "follower" + std::to_string(round));
    ASSERT_TRUE(follower.says("ollow")) << follower.complained();
    LoadPlan plan;
    plan.seed = static_cast<unsigned>(round);
    plan.answers = 1'500;  // longer than a look of the follower
    plan.end = [&] { ::kill(service.pid(), SIGUSR1); };
    run_load(service, plan, ledger, tally);
    EXPECT_EQ(service.wait(), cut::kCutExit);
    EXPECT_EQ(follower.end(SIGKILL), 128 + SIGKILL);
    fs::copy_file(service.database().string() + ".keys", back.string() + ".keys",
                  fs::copy_options::overwrite_existing);
    const Ended restored = run_motcua(
        with({"restore", dir.string(), "--accept-loss", "--database", back.string()}), service.directory());
    if (restored.status == 0) {
      ++brought;
      const DiskCopy cut(service.database());
      const std::string attach = "ATTACH '" + back.string() + "' AS back; ";
      const std::string of_dossiers = "SELECT position, hash FROM back.event WHERE dossier > 0 ";
      EXPECT_EQ(asked(cut.database(), attach + "SELECT count(*) FROM (" + of_dossiers +
                                          "EXCEPT SELECT position, hash FROM main.event)")
                    .value,
                0)
          << "round " << round;
      followed = asked(cut.database(), attach + "SELECT count(*) FROM back.event WHERE dossier > 0").value;
      for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(back.string() + suffix);
    }
    service.restart();
  }
  EXPECT_EQ(brought, rounds);
  EXPECT_GT(followed, 1'500);
  RecordProperty("followed", static_cast<int>(followed));
  EXPECT_TRUE(tally.faults.empty()) << tally.summary();
}

}  // namespace
}  // namespace motcua::testing
