#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/run/keyring.h"
#include "engine/store/digest.h"
#include "tests/support/eventually.h"
#include "tests/support/service.h"

// What a process says and does before it serves, or in place of it.
namespace motcua::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// A service that was never started: its configuration, and nothing else.
class BeforeAnyRun : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(service_.stop(), 0);
    for (const fs::directory_entry& entry : fs::directory_iterator(service_.directory())) {
      if (entry.path() != service_.config_file()) fs::remove_all(entry.path());
    }
  }
  Ended motcua(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin() + 1, {"--config", service_.config_file()});
    return run_motcua(arguments, service_.directory());
  }
  run::Keyring::Key make_master_key() const {
    run::Keyring::Key key;
    key.fill('k');
    std::ofstream(file("master.key"), std::ios::binary) << std::string(key.begin(), key.end());
    fs::permissions(file("master.key"), fs::perms::owner_read | fs::perms::owner_write);
    return key;
  }
  fs::path file(const char* name) const { return service_.directory() / name; }
  RunningService service_{[] {
    ServiceOptions options;
    options.sandbox.reset();
    return options;
  }()};
};

// A province applies its definitions and its catalogue first, and serves then.
TEST_F(BeforeAnyRun, DefinitionsMayBeAppliedAndTheKeysAreMadeWhenItIsServed) {
  ASSERT_EQ(motcua({"apply"}).status, 0);
  ASSERT_FALSE(fs::exists(file("master.key")));
  service_.restart();
  struct stat about {};
  ASSERT_EQ(::stat(file("master.key").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  HttpClient client = service_.client();
  const json body{{"procedure", "2.000908"},
                  {"channel", "direct"},
                  {"receiving_agency", "H32.1"},
                  {"owner", {{"kind", "citizen"}, {"name", "Nguyễn Văn A"}}}};
  EXPECT_EQ(client.post("/v1/dossiers", body).status, 201);
  ASSERT_EQ(service_.stop(), 0);
  service_.restart();
  EXPECT_EQ(service_.client().get("/v1/dossiers").json()["items"].size(), 1u);
}

TEST_F(BeforeAnyRun, ApplyMakesTheFolderOfTheDatabase) {
  ASSERT_EQ(motcua({"apply", "--database", "not/there/motcua.db"}).status, 0);
  EXPECT_TRUE(fs::exists(file("not/there/motcua.db")));
}

TEST_F(BeforeAnyRun, ACatalogueThatCannotBeReadToItsEndIsSaid) {
  const Ended refused = motcua({"import-procedures", service_.directory().string()});
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.error.find("was not read to its end"), std::string::npos) << refused.error;
}

// From its first run on a database is bound to its keys, also while nobody has filed anything: others beside
// it are never made, by whoever opens it.
TEST_F(BeforeAnyRun, KeysThatAreGoneAfterItAreNotReplaced) {
  service_.restart();
  ASSERT_EQ(service_.stop(), 0);
  fs::rename(file("master.key"), file("away.key"));
  const Ended served = motcua({"serve"});
  EXPECT_NE(served.error.find("Expected the master key in "), std::string::npos) << served.error;
  std::ofstream(file("old.jsonl")) << "{}\n";
  const Ended imported = motcua({"import-dossiers", file("old.jsonl").string()});
  EXPECT_NE(imported.error.find("Expected the master key in "), std::string::npos) << imported.error;
  EXPECT_FALSE(fs::exists(file("master.key")));
}

// A database of before there was a file of keys, in which nobody had filed anything; and one whose first
// start was cut while that file was made.
TEST_F(BeforeAnyRun, ABoundDatabaseWithoutAFileOfKeysGetsTheOneThatItIsBoundTo) {
  ASSERT_EQ(motcua({"apply"}).status, 0);
  const run::Keyring::Key master = make_master_key();
  const std::string bind = "INSERT INTO meta VALUES('key_name', '" +
                           store::hex(run::Keyring(std::span<const std::uint8_t, 32>(master)).id()) + "')";
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(service_.database().c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, bind.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
  for (int n = 0; n < 2; ++n) {
    service_.restart();
    EXPECT_EQ(service_.client().get("/v1/dossiers").status, 200);
    ASSERT_EQ(service_.stop(), 0);
  }
}

TEST_F(BeforeAnyRun, AFileOfKeysThatCannotBeMadeLeavesTheDatabaseToTheNextOne) {
  ASSERT_EQ(motcua({"apply"}).status, 0);
  make_master_key();
  std::ifstream in(service_.config_file());
  const json config = json::parse(in);
  json wrong = config;
  wrong["record_keys"] = file("master.key") / "none";
  std::ofstream(service_.config_file()) << wrong.dump();
  const Ended failed = motcua({"rotate-master-key"});
  EXPECT_EQ(failed.status, 1);
  EXPECT_NE(failed.error.find("Could not make"), std::string::npos) << failed.error;
  fs::remove(file("master.key"));
  std::ofstream(service_.config_file()) << config.dump();
  service_.restart();
  EXPECT_EQ(service_.client().get("/v1/dossiers").status, 200);
}

TEST_F(BeforeAnyRun, TheFirstKeyIsShownAlsoWhenThePortIsTaken) {
  RunningService other;
  const Ended refused = motcua({"serve", "--listen", "127.0.0.1:" + std::to_string(other.port())});
  EXPECT_NE(refused.status, 0);
  EXPECT_NE(refused.error.find("cannot listen on 127.0.0.1:"), std::string::npos) << refused.error;
  EXPECT_EQ(std::count(refused.error.begin(), refused.error.end(), '\n'), 1) << refused.error;
  const std::size_t at = refused.out.find("export KEY=");
  ASSERT_NE(at, std::string::npos) << refused.out;
  const std::size_t from = at + std::string_view("export KEY=").size();
  const std::string token = refused.out.substr(from, refused.out.find('\n', from) - from);
  service_.restart();
  EXPECT_EQ(HttpClient(service_.port(), token).get("/v1/dossiers").status, 200);
}

TEST(SecondProcess, OnTheDatabaseIsTurnedAway) {
  RunningService service;
  const Ended second =
      run_motcua({"serve", "--config", service.config_file(), "--sandbox", "--listen", "127.0.0.1:0"},
                 service.directory());
  EXPECT_NE(second.status, 0);
  EXPECT_EQ(second.out, "");
  EXPECT_NE(second.error.find("motcua: "), std::string::npos) << second.error;
  EXPECT_EQ(std::count(second.error.begin(), second.error.end(), '\n'), 1) << second.error;
  EXPECT_EQ(service.client().get("/readyz").status, 200);
}

// Whoever applies definitions or renews a certificate does not know that the service is about to end.
TEST(Stop, IsNotCutShortByAReloadThatComesTooLate) {
  RunningService service;
  ::kill(service.pid(), SIGTERM);
  const auto is_closed = [&] {
    try {
      return service.client().get("/healthz").status == 0;
    } catch (const std::exception&) {
      return true;
    }
  };
  ASSERT_TRUE(eventually(is_closed));
  siginfo_t ended{};
  while (::waitid(P_PID, static_cast<id_t>(service.pid()), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         ended.si_pid == 0) {
    ::kill(service.pid(), SIGHUP);
  }
  EXPECT_EQ(service.wait(), 0);
}

TEST(Sandbox, NeverOpensAsARealDatabaseNorTheOtherWayRound) {
  for (const bool sandbox : {true, false}) {
    ServiceOptions options;
    if (!sandbox) options.sandbox.reset();
    RunningService service(options);
    ASSERT_EQ(service.stop(), 0);
    std::vector<std::string> arguments{"serve", "--config", service.config_file()};
    if (!sandbox) arguments.push_back("--sandbox");
    const Ended other = run_motcua(arguments, service.directory());
    EXPECT_NE(other.status, 0);
    EXPECT_NE(other.error.find("sandbox"), std::string::npos) << other.error;
  }
}

TEST(FirstRun, PrintsACommandThatWorksWithTheKeyItMade) {
  RunningService service;
  EXPECT_TRUE(service.token().starts_with("mc_"));
  // What follows -d '…' of the last command is a dossier to submit.
  const std::string& text = service.welcome();
  const std::size_t from = text.rfind("-d '{");
  ASSERT_NE(from, std::string::npos) << text;
  const json body = json::parse(text.substr(from + 4, text.rfind('\'') - from - 4), nullptr, false);
  HttpClient client = service.client();
  EXPECT_EQ(client.post("/v1/dossiers", body).status, 201) << client.post("/v1/dossiers", body).body;
  const std::string token = service.token();
  ASSERT_EQ(service.stop(), 0);
  service.restart();
  EXPECT_EQ(service.token(), token);
  EXPECT_EQ(service.client().get("/v1/dossiers").json()["items"].size(), 1);
}

}  // namespace
}  // namespace motcua::testing
