#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/service.h"

// The service looks after its own clocks: what is owed has its row, and what has a row is owed.
namespace motcua::testing {
namespace {

using nlohmann::json;

class SelfAudit : public ::testing::Test {
 protected:
  static ServiceOptions options() {
    ServiceOptions made;
    made.sandbox = "2026-08-10T08:00:00+07:00";
    made.keys = {{"province", "", true}};
    return made;
  }
  void run(const std::string& sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(service_.database().c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    sqlite3_close(db);
  }
  Ended motcua(const std::string& command, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{command, "--config", service_.config_file().string(),
                                   "--sandbox-database"};
    words.insert(words.end(), more.begin(), more.end());
    return run_motcua(words, service_.directory());
  }
  // What /readyz says of the audit once it has ended a pass, or found something.
  std::string told() {
    HttpClient client = service_.client("province");
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < until) {
      const std::string word = client.get("/readyz").json()["audit"];
      if (word != "running") return word;
      std::this_thread::yield();
    }
    return "running";
  }
  RunningService service_{options()};
};

TEST_F(SelfAudit, FindsAClockWithoutItsRowAndARowThatNobodyAskedFor) {
  HttpClient client = service_.client("province");
  for (int i = 0; i < 3; ++i) {
    const json body{{"procedure", "1.004194"},
                    {"channel", "online"},
                    {"receiving_agency", "H32.101"},
                    {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}};
    ASSERT_EQ(client.post("/v1/dossiers", body).status, 201);
  }
  EXPECT_EQ(told(), "sound");
  EXPECT_EQ(motcua("audit").status, 0) << "while it is served";
  ASSERT_EQ(service_.stop(), 0);
  run("DELETE FROM open_clock WHERE dossier = 2");
  run("INSERT INTO timer VALUES(1, 3)");
  run("UPDATE dossier_block SET states = CAST(substr(states, 1, 1) || x'09' || substr(states, 3) AS BLOB)");
  const Ended found = motcua("audit");
  EXPECT_EQ(found.status, 1);
  EXPECT_NE(found.out.find("1 without their row, 2 rows astray"), std::string::npos) << found.out;
  EXPECT_NE(found.out.find(": a clock that is owed has no row"), std::string::npos) << found.out;
  for (int n = 0; n < 2; ++n) {
    const Ended looked = motcua("rebuild", {"--check"});
    EXPECT_EQ(looked.status, 1) << "looking changes nothing";
    EXPECT_NE(looked.out.find(" open_clock"), std::string::npos) << looked.out;
  }
  service_.restart();
  EXPECT_EQ(told(), "faulty");
  EXPECT_EQ(service_.client("province").get("/readyz").status, 200);
  ASSERT_EQ(service_.stop(), 0);
  motcua("rebuild");  // answers 1, as it found what differed
  EXPECT_EQ(motcua("audit").status, 0);
}

}  // namespace
}  // namespace motcua::testing
