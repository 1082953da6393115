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

// While the disk does not take what the writer has in hand, nobody behind it waits for longer than is
// promised.
TEST(WaitingCommands, AreRefusedAndToldToComeAgain) {
  ServiceOptions options;
  options.configure = [](json& config) { config["limits"]["queue_wait_ms"] = kWaitMs; };
  const RunningService service(options);
  HttpClient client = service.client();
  sqlite3* held = nullptr;
  ASSERT_EQ(sqlite3_open(service.database().c_str(), &held), SQLITE_OK);
  sqlite3_busy_timeout(held, 20'000);
  ASSERT_EQ(sqlite3_exec(held, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  std::list<HttpAnswer> answers;
  std::list<std::thread> callers;
  const auto file_another = [&] {
    HttpAnswer& answer = answers.emplace_back();
    callers.emplace_back([&service, &answer] {
      answer = service.client().post("/v1/dossiers", {{"procedure", "1.004194"},
                                                      {"channel", "online"},
                                                      {"receiving_agency", "H32.101"},
                                                      {"owner", {{"kind", "citizen"}, {"name", "A"}}}});
    });
  };
  const auto one_waits = [&] {
    return client.get("/metrics").body.find("\nmotcua_queue_depth 0\n") == std::string::npos;
  };
  // Who is seen waiting twice, with nobody filing between, waits behind the writer and not for it to wake.
  const auto one_waited = [&] {
    if (!one_waits()) return false;
    const auto since = Steady::now();
    while (Steady::now() <= since + std::chrono::milliseconds(kWaitMs)) std::this_thread::yield();
    return one_waits();
  };
  const auto until = Steady::now() + std::chrono::seconds(8);
  while (!one_waited() && Steady::now() < until) file_another();
  ASSERT_EQ(sqlite3_exec(held, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(held);
  for (std::thread& caller : callers) caller.join();
  int refused = 0;
  for (const HttpAnswer& answer : answers) {
    if (answer.status == 201) continue;
    ++refused;
    EXPECT_EQ(answer.status, 503) << answer.body;
    EXPECT_EQ(answer.json()["code"], "queue_full") << answer.body;
    EXPECT_EQ(answer.header("retry-after"), "1");
  }
  EXPECT_GE(refused, 1);
  EXPECT_LT(static_cast<std::size_t>(refused), answers.size()) << "what was in hand is written";
  EXPECT_EQ(client.get("/v1/dossiers").json()["items"].size(),
            answers.size() - static_cast<std::size_t>(refused));
  EXPECT_NE(
      client.get("/metrics").body.find("\nmotcua_commands_refused_busy_total " + std::to_string(refused)),
      std::string::npos);
}

}  // namespace
}  // namespace motcua::testing
