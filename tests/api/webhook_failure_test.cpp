#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "tests/api/webhook_case.h"

// Receivers that fail, each in its way.
namespace motcua::testing {
namespace {

using nlohmann::json;

constexpr int kHourSeconds = 3600;

class FailingReceiver : public WebhookCase {
 protected:
  FailingReceiver()
      : WebhookCase([](json& webhooks) {
          webhooks["attempts"] = 2;
          webhooks["first_wait_seconds"] = 60;
          webhooks["give_up_after"] = 3;
        }) {}

  void always(const ReceiverSays& says) {
    receiver_.answer([says](const Received&) { return says; });
  }
  static std::string event_of(const Received& came) { return came.header("webhook-id"); }
};

TEST_F(FailingReceiver, IsTriedAgainAndOnlyThenTheNextEventOfTheDossier) {
  int calls = 0;
  receiver_.answer([&](const Received&) { return ReceiverSays{++calls == 1 ? 500 : 200}; });
  const json webhook = subscribe();
  const std::string dossier = filed();
  const json first = delivery_until(webhook, "pending", 1);
  EXPECT_EQ(first["outcome"], "refused");
  EXPECT_EQ(first["status"], 500);
  told(dossier, "refuse", {{"reason", "Sai nơi nhận"}});
  ASSERT_TRUE(service_.advance(100));  // a minute, and a fifth more
  const auto came = receiver_.wait_for(3);
  ASSERT_EQ(came.size(), 3U);
  EXPECT_EQ(event_of(came[0]), event_of(came[1]));
  EXPECT_EQ(came[0].body, came[1].body);
  EXPECT_EQ(came[1].json()["data"]["sequence"], 1);
  EXPECT_EQ(came[2].json()["data"]["sequence"], 2);
  EXPECT_EQ(came[2].json()["type"], "vn.motcua.dossier.refused.v1");
  const json ledger = read(path_of(webhook, "/deliveries/" + event_of(came[1])))["ledger"];
  ASSERT_EQ(ledger.size(), 2U) << ledger;
  EXPECT_EQ(ledger[0]["number"], 2);
  EXPECT_EQ(ledger[1]["status"], 500);
}

TEST_F(FailingReceiver, IsNotFollowedToWhereItRedirects) {
  always({302, {{"Location", receiver_.url("/elsewhere")}}, {}});
  const json webhook = subscribe();
  filed();
  const json delivery = delivery_until(webhook, "pending", 1);
  EXPECT_EQ(delivery["outcome"], "redirected");
  EXPECT_EQ(delivery["status"], 302);
  EXPECT_TRUE(receiver_.so_far("/elsewhere").empty());
}

TEST_F(FailingReceiver, ThatNeverAnswersIsCut) {
  ReceiverSays silent;
  silent.never = true;
  always(silent);
  const json webhook = subscribe();
  filed();
  const json delivery = delivery_until(webhook, "pending", 1);
  EXPECT_EQ(delivery["outcome"], "timed_out");
  EXPECT_EQ(delivery["status"], nullptr);
}

TEST_F(FailingReceiver, ThatAnswersByteByByteIsCut) {
  ReceiverSays slow;
  slow.byte_by_byte = true;
  always(slow);
  const json webhook = subscribe();
  filed();
  EXPECT_EQ(delivery_until(webhook, "pending", 1)["outcome"], "timed_out");
}

TEST_F(FailingReceiver, ThatAnswersFarTooMuchIsBelievedByItsStatus) {
  always({200, {}, std::string(500'000, 'x')});
  const json webhook = subscribe();
  filed();
  EXPECT_EQ(delivery_until(webhook, "delivered", 1)["status"], 200);
}

TEST_F(FailingReceiver, ThatIsGoneDisablesItsSubscriptionAndLosesNothing) {
  always({410});
  const json webhook = subscribe();
  filed();
  EXPECT_EQ(webhook_until(webhook, "state", "disabled")["pending"], 1);
  EXPECT_EQ(delivery_until(webhook, "pending", 1)["outcome"], "gone");
  filed();
  always({200});
  EXPECT_EQ(client_->post(path_of(webhook, "/resume"), json::object()).status, 200);
  EXPECT_EQ(receiver_.wait_for(3).size(), 3U);
  webhook_until(webhook, "pending", 0);
}

TEST_F(FailingReceiver, IsLeftAloneForAsLongAsItAsks) {
  always({503, {{"Retry-After", "7200"}}, {}});
  const json webhook = subscribe();
  filed();
  const json delivery = delivery_until(webhook, "pending", 1);
  EXPECT_EQ(delivery["next_attempt_at"], "2026-08-10T10:00:00+07:00");
  EXPECT_EQ(read(path_of(webhook))["not_before"], "2026-08-10T10:00:00+07:00");
  always({200});
  ASSERT_TRUE(service_.advance(kHourSeconds));
  subscribe(json::object(), "/other");
  filed();  // for both
  EXPECT_EQ(receiver_.wait_for(1, "/other").size(), 1U);
  EXPECT_EQ(receiver_.so_far("/hook").size(), 1U);
  ASSERT_TRUE(service_.advance(kHourSeconds));
  EXPECT_EQ(receiver_.wait_for(3, "/hook").size(), 3U);
}

TEST_F(FailingReceiver, LetsADeliveryDieTheNextGoOnAndTheHoleShow) {
  std::string refused;
  receiver_.answer([&](const Received& came) {
    if (refused.empty()) refused = event_of(came);
    return ReceiverSays{event_of(came) == refused ? 500 : 200};
  });
  const json webhook = subscribe();
  const std::string dossier = filed();
  delivery_until(webhook, "pending", 1);
  told(dossier, "refuse", {{"reason", "Sai nơi nhận"}});
  ASSERT_TRUE(service_.advance(100));
  const auto came = receiver_.wait_for(3);
  ASSERT_EQ(came.size(), 3U);
  EXPECT_EQ(came[2].json()["data"]["sequence"], 2);
  const json dead = read(path_of(webhook, "/deliveries?state=dead"))["items"];
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0]["event"], refused);
  EXPECT_EQ(dead[0]["attempts"], 2);

  refused = "nothing";
  const std::string again = path_of(webhook, "/deliveries/" + event_of(came[0]) + "/redeliver");
  const HttpAnswer answer = client_->post(again, json::object());
  EXPECT_EQ(answer.status, 200) << answer.body;
  const auto more = receiver_.wait_for(4);
  ASSERT_EQ(more.size(), 4U);
  EXPECT_EQ(event_of(more[3]), event_of(came[0]));
  EXPECT_EQ(more[3].json()["data"]["sequence"], 1);
  webhook_until(webhook, "pending", 0);
  EXPECT_EQ(read(path_of(webhook, "/deliveries?state=dead"))["items"].size(), 0U);
}

TEST_F(FailingReceiver, IsGivenUpWhenDeliveriesKeepDyingAndRedeliversAllLater) {
  always({500});
  const json webhook = subscribe();
  for (int i = 0; i < 3; ++i) filed();
  read_until(path_of(webhook, "/deliveries"), [](const json& found) {
    return found["items"].size() == 3 && found["items"][0]["attempts"] == 1 &&
           found["items"][1]["attempts"] == 1 && found["items"][2]["attempts"] == 1;
  });
  ASSERT_TRUE(service_.advance(100));
  webhook_until(webhook, "state", "given_up");
  // The line of the log comes behind the commit.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  const auto logged = [&] { return service_.log().find("webhook_given_up") != std::string::npos; };
  while (!logged() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  EXPECT_TRUE(logged());
  const std::string metrics = client_->get("/metrics").body;
  EXPECT_NE(metrics.find("motcua_webhooks{state=\"given_up\"} 1\n"), std::string::npos) << metrics;
  EXPECT_NE(metrics.find("motcua_webhooks_turned_off_total{state=\"given_up\"} 1\n"), std::string::npos);
  EXPECT_NE(metrics.find("motcua_webhook_attempts_total{outcome=\"refused\"} 6\n"), std::string::npos);

  // Whoever keeps it is warned until it is resumed, and nobody else.
  const json warned = read("/v1/alerts?limit=1")["subscriptions"];
  ASSERT_EQ(warned.size(), 1U) << warned;
  EXPECT_EQ(warned[0]["webhook"], webhook["id"]);
  EXPECT_EQ(warned[0]["state"], "given_up");
  EXPECT_EQ(warned[0]["severity"], "urgent");
  EXPECT_EQ(client("commune")->get("/v1/alerts").json()["subscriptions"].size(), 0U);

  always({200});
  EXPECT_EQ(client_->post(path_of(webhook, "/resume"), json::object()).status, 200);
  EXPECT_EQ(read("/v1/alerts")["subscriptions"].size(), 0U);
  const HttpAnswer all = client_->post(path_of(webhook, "/redeliver"), {{"since", kWebhookStart}});
  EXPECT_EQ(all.json()["redelivered"], 3) << all.body;
  EXPECT_EQ(all.json()["more"], false);
  EXPECT_EQ(receiver_.wait_for(9).size(), 9U);
  webhook_until(webhook, "pending", 0);
}

// What cannot even be tried rests with its subscription, a second each time, and holds no other up.
TEST_F(FailingReceiver, WhoseSecretDoesNotOpenRestsAlone) {
  std::string id = subscribe(json::object(), "/broken")["id"];
  subscribe(json::object(), "/whole");
  id.erase(std::remove(id.begin(), id.end(), '-'), id.end());
  const std::string its = " WHERE hex(id) = upper('" + id + "')";
  const auto changed = [&](const std::string& sql) {
    EXPECT_EQ(service_.stop(), 0);
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(service_.database().c_str(), &database), SQLITE_OK);
    std::string found;
    const auto keep = [](void* to, int, char** values, char**) {
      *static_cast<std::string*>(to) = values[0];
      return 0;
    };
    EXPECT_EQ(
        sqlite3_exec(database, ("SELECT hex(secret) FROM webhook" + its).c_str(), keep, &found, nullptr),
        SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    EXPECT_EQ(sqlite3_changes(database), 1);
    sqlite3_close(database);
    service_.restart();
    client_ = client("province");
    return found;
  };
  const std::string secret = changed("UPDATE webhook SET secret = zeroblob(length(secret))" + its);
  const auto began = std::chrono::steady_clock::now();
  constexpr std::size_t kEvents = 20;
  for (std::size_t n = 1; n <= kEvents; ++n) {
    filed();
    ASSERT_EQ(receiver_.wait_for(n, "/whole").size(), n) << service_.log();
  }
  const std::string log = service_.log();
  int told = 0;
  const std::string_view why = "the secret of a subscription cannot be opened";
  for (std::size_t at = log.find(why); at != std::string::npos; at = log.find(why, at + 1)) ++told;
  EXPECT_GE(told, 1);
  EXPECT_LE(
      told,
      2 + std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began).count())
      << "it rests a second";
  EXPECT_TRUE(receiver_.so_far("/broken").empty());
  changed("UPDATE webhook SET secret = x'" + secret + "'" + its);
  EXPECT_EQ(receiver_.wait_for(kEvents, "/broken").size(), kEvents) << "nothing of it was lost";
}

// The name is resolved, and what it resolves to is looked at before anything is sent.
TEST(InternalReceiver, IsNotReachedByANameThatLeadsThere) {
  Receiver receiver;
  ServiceOptions options;
  options.keys = {{"province", "", true}};
  options.configure = [](json& config) { config["webhooks"]["allow_http"] = true; };
  RunningService service(options);
  HttpClient client = service.client("province");
  const std::string port = receiver.url("").substr(receiver.url("").rfind(':'));
  for (const std::string host : {"127.0.0.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]",
                                 "10.1.2.3", "169.254.169.254", "[fd00::1]", "[64:ff9b::7f00:1]"}) {
    const HttpAnswer refused = client.post("/v1/webhooks", {{"url", "http://" + host + port + "/hook"}});
    EXPECT_EQ(refused.status, 422) << host;
    EXPECT_EQ(refused.json()["code"], "webhook_address_refused") << host;
  }
  const HttpAnswer made = client.post("/v1/webhooks", {{"url", receiver.url("/hook", "localhost")}});
  ASSERT_EQ(made.status, 201) << made.body;
  ASSERT_EQ(client
                .post("/v1/dossiers", {{"procedure", "1.004194"},
                                       {"channel", "online"},
                                       {"receiving_agency", "H32.101"},
                                       {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}})
                .status,
            201);
  const std::string path = "/v1/webhooks/" + made.json()["id"].get<std::string>() + "/deliveries";
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  json items;
  do {
    items = client.get(path).json()["items"];
  } while ((items.empty() || items[0]["attempts"] == 0) && std::chrono::steady_clock::now() < deadline);
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0]["outcome"], "address_refused");
  EXPECT_TRUE(receiver.so_far().empty());
}

}  // namespace
}  // namespace motcua::testing
