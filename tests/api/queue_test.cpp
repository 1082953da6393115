#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <list>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/service.h"

namespace motcua::testing {
namespace {

using nlohmann::json;
using Steady = std::chrono::steady_clock;

constexpr int kWaitMs = 50;

ServiceOptions patient_for(int milliseconds) {
  ServiceOptions options;
  options.configure = [=](json& config) { config["limits"]["queue_wait_ms"] = milliseconds; };
  return options;
}

// The disk does not take what the writer has in hand while somebody else holds the database.
class WaitingCommands : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(file(client_).status, 201) << "the writer has begun";
    ASSERT_EQ(sqlite3_open(service_.database().c_str(), &held_), SQLITE_OK);
    sqlite3_busy_timeout(held_, 20'000);
  }
  void TearDown() override { sqlite3_close(held_); }

  void run(const char* sql) { ASSERT_EQ(sqlite3_exec(held_, sql, nullptr, nullptr, nullptr), SQLITE_OK); }
  static void wait_out() {
    const auto since = Steady::now();
    while (Steady::now() <= since + std::chrono::milliseconds(kWaitMs)) std::this_thread::yield();
  }
  template <class Ask>
  HttpAnswer& ask_aside(Ask ask) {
    HttpAnswer& answer = answers_.emplace_back();
    callers_.emplace_back([this, &answer, ask] { answer = ask(service_.client()); });
    return answer;
  }
  static HttpAnswer file(HttpClient& client) {
    return client.post("/v1/dossiers", {{"procedure", "1.004194"},
                                        {"channel", "online"},
                                        {"receiving_agency", "H32.101"},
                                        {"owner", {{"kind", "citizen"}, {"name", "A"}}}});
  }
  void file_aside() {
    ask_aside([](HttpClient&& client) { return file(client); });
  }
  bool somebody_waits() {
    return client_.get("/metrics").body.find("\nmotcua_queue_depth 0\n") == std::string::npos;
  }
  // Files until somebody is seen waiting twice with nobody filing between: behind the writer, and not for it
  // to wake.
  void hold() {
    run("BEGIN IMMEDIATE");
    const auto until = Steady::now() + std::chrono::seconds(8);
    bool held_up = false;
    while (!held_up && Steady::now() < until) {
      file_aside();
      if (!somebody_waits()) continue;
      wait_out();
      held_up = somebody_waits();
    }
    ASSERT_TRUE(held_up);
  }
  void let_go() {
    run("ROLLBACK");
    for (std::thread& caller : callers_) caller.join();
    callers_.clear();
  }
  static void expect_come_again(const HttpAnswer& answer) {
    EXPECT_EQ(answer.status, 503) << answer.body;
    EXPECT_EQ(answer.json()["code"], "queue_full") << answer.body;
    EXPECT_EQ(answer.header("retry-after"), "1");
  }

  const RunningService service_{patient_for(kWaitMs)};
  HttpClient client_{service_.client()};
  sqlite3* held_ = nullptr;
  std::list<HttpAnswer> answers_;
  std::list<std::thread> callers_;
};

TEST_F(WaitingCommands, AreRefusedAndToldToComeAgain) {
  hold();
  let_go();
  std::size_t refused = 0;
  for (const HttpAnswer& answer : answers_) {
    if (answer.status == 201) continue;
    ++refused;
    expect_come_again(answer);
  }
  EXPECT_GE(refused, 1u);
  const std::size_t written = 1 + answers_.size() - refused;
  EXPECT_EQ(client_.get("/v1/dossiers?limit=200").json()["items"].size(), written);
  EXPECT_NE(
      client_.get("/metrics").body.find("\nmotcua_commands_refused_busy_total " + std::to_string(refused)),
      std::string::npos);
}

// A search for a person waits for its entry in the access log.
TEST_F(WaitingCommands, AreSearchesToo) {
  for (int tried = 0; tried < 5; ++tried) {
    hold();
    const HttpAnswer& found = ask_aside([](HttpClient&& client) { return client.get("/v1/dossiers?q=a"); });
    for (int i = 0; i < 4; ++i) wait_out();
    let_go();
    if (found.status == 200) continue;  // it came when the disk was free again
    return expect_come_again(found);
  }
  FAIL() << "none was refused";
}

}  // namespace
}  // namespace motcua::testing
