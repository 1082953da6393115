#include <signal.h>
#include <sqlite3.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/api/webhook_case.h"

// Subscriptions that end, and makers that lose their rights, while something is under way.
namespace motcua::testing {
namespace {

using nlohmann::json;

class ChangedWebhooks : public WebhookCase {
 protected:
  ChangedWebhooks() : WebhookCase([](json& webhooks) { webhooks["attempt_timeout_ms"] = 10'000; }) {}

  // Whether a subscription that was removed has its rows still.
  bool has_removed() {
    sqlite3* db = nullptr;
    EXPECT_EQ(sqlite3_open(service_.database().c_str(), &db), SQLITE_OK);
    int rows = 0;
    const auto count = [](void* to, int, char** values, char**) {
      *static_cast<int*>(to) = std::stoi(values[0]);
      return 0;
    };
    sqlite3_exec(db, "SELECT count(*) FROM webhook WHERE removed = 1", count, &rows, nullptr);
    sqlite3_close(db);
    return rows != 0;
  }
  void write_keys(const std::vector<ServiceKey>& keys) {
    json all = json::array();
    for (const ServiceKey& key : keys) all.push_back(key_json(key));
    std::ofstream(service_.directory() / "keys.json") << json{{"keys", all}};
    ASSERT_EQ(::kill(service_.pid(), SIGHUP), 0);
  }
};

// Their rows have numbers that are given again: what the first was sent is no news of the second.
TEST_F(ChangedWebhooks, ThatAreRemovedWhileTheySendLeaveTheNextItsEvents) {
  receiver_.answer([](const Received& came) {
    ReceiverSays says;
    says.never = came.path == "/old";
    return says;
  });
  const json old = subscribe(json::object(), "/old");
  filed();
  ASSERT_EQ(receiver_.wait_for(1, "/old").size(), 1U);
  ASSERT_EQ(client_->request("DELETE", path_of(old)).status, 200);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(8);
  while (has_removed() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  ASSERT_FALSE(has_removed());
  const json fresh = subscribe(json::object(), "/new");
  const std::string dossier = filed();
  const auto came = receiver_.wait_for(1, "/new");
  ASSERT_EQ(came.size(), 1U);
  EXPECT_EQ(came[0].json()["subject"], dossier);
  EXPECT_EQ(delivery_until(fresh, "delivered", 1)["status"], 200);
  EXPECT_EQ(webhook_until(fresh, "pending", 0)["dead_in_row"], 0);
}

TEST_F(ChangedWebhooks, SendNothingMoreOfWhatWaitsOnceTheirMakerMayKeepNone) {
  const ServiceKey province{"province", "", true};
  const ServiceKey commune{"commune", "H32.101", true};
  receiver_.answer([](const Received&) { return ReceiverSays{500}; });
  const HttpAnswer made = client("commune")->post("/v1/webhooks", {{"url", receiver_.url("/commune")}});
  ASSERT_EQ(made.status, 201) << made.body;
  const json fence = subscribe(json::object(), "/fence");
  filed();
  delivery_until(made.json(), "pending", 1);
  delivery_until(fence, "pending", 1);
  write_keys({province});
  read_until("/readyz", [&](const json&) { return client("commune")->get("/v1/webhooks").status == 401; });
  receiver_.answer([](const Received&) { return ReceiverSays{200}; });
  ASSERT_TRUE(service_.advance(3600));
  ASSERT_EQ(receiver_.wait_for(2, "/fence").size(), 2U);
  delivery_until(fence, "delivered", 2);
  EXPECT_EQ(receiver_.so_far("/commune").size(), 1U);
  write_keys({province, commune});
  EXPECT_EQ(receiver_.wait_for(2, "/commune").size(), 2U) << "it waited, and is not lost";
}

TEST_F(ChangedWebhooks, TellNothingMoreOfDossiersThatTheirMakerNoLongerSees) {
  const ServiceKey province{"province", "", true};
  receiver_.answer([](const Received&) { return ReceiverSays{500}; });
  const HttpAnswer made = client("commune")->post("/v1/webhooks", {{"url", receiver_.url("/commune")}});
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string before = filed("H32.101");
  delivery_until(made.json(), "pending", 1);
  write_keys({province, {"commune", "H32.102", true}});
  read_until("/readyz",
             [&](const json&) { return client("commune")->get("/v1/dossiers/" + before).status == 404; });
  receiver_.answer([](const Received&) { return ReceiverSays{200}; });
  ASSERT_TRUE(service_.advance(3600));
  const json withheld = delivery_until(made.json(), "dead", 2);
  EXPECT_EQ(withheld["outcome"], "withheld");
  EXPECT_EQ(withheld["status"], nullptr);
  EXPECT_EQ(receiver_.so_far("/commune").size(), 1U) << "the attempt of before";
  EXPECT_EQ(webhook_until(made.json(), "pending", 0)["dead_in_row"], 0) << "its receiver is not to blame";
  // It stands in no way of what its maker sees now, and is sent once it sees that dossier again.
  const std::string after = filed("H32.102");
  ASSERT_EQ(receiver_.wait_for(2, "/commune").size(), 2U);
  EXPECT_EQ(receiver_.so_far("/commune")[1].json()["subject"], after);
  write_keys({province, {"commune", "H32.101", true}});
  read_until("/readyz",
             [&](const json&) { return client("commune")->get("/v1/dossiers/" + before).status == 200; });
  const std::string again = path_of(made.json(), "/deliveries/" + withheld["event"].get<std::string>());
  ASSERT_EQ(client("commune")->post(again + "/redeliver", json::object()).status, 200);
  ASSERT_EQ(receiver_.wait_for(3, "/commune").size(), 3U);
  EXPECT_EQ(receiver_.so_far("/commune")[2].json()["subject"], before);
}

}  // namespace
}  // namespace motcua::testing
