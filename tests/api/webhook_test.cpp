#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/api/webhook_case.h"
#include "tests/support/paths.h"

// Subscriptions, and what reaches their receivers.
namespace motcua::testing {
namespace {

using nlohmann::json;

class Webhooks : public WebhookCase {
 protected:
  // Has the receivers' own libraries take what came.
  static int taken_by_libraries(const std::filesystem::path& deliveries) {
    const std::string node = in_tree("tests/node/");
    const std::string line =
        "'" + node + "install.sh' && node '" + node + "webhooks.mjs' '" + deliveries.string() + "'";
    return std::system(line.c_str());
  }
  static json for_libraries(const Received& came, const json& secrets,
                            const json& not_secrets = json::array(),
                            const json& public_keys = json::array()) {
    json headers;
    for (const auto& [name, value] : came.headers) headers[name] = value;
    return {{"headers", headers},
            {"body", came.body},
            {"secrets", secrets},
            {"not_secrets", not_secrets},
            {"public_keys", public_keys}};
  }
};

TEST_F(Webhooks, BringAnEventWithItsIdsAndNothingPersonal) {
  const json webhook = subscribe();
  EXPECT_EQ(webhook["state"], "active");
  EXPECT_TRUE(webhook["secret"].get<std::string>().starts_with("whsec_")) << webhook;
  const std::string dossier = filed();
  const auto came = receiver_.wait_for(1);
  ASSERT_EQ(came.size(), 1U);
  const json body = came[0].json();
  EXPECT_EQ(body["specversion"], "1.0");
  EXPECT_EQ(body["id"], came[0].header("webhook-id"));
  EXPECT_EQ(body["type"], "vn.motcua.dossier.submitted.v1");
  EXPECT_EQ(body["subject"], dossier);
  EXPECT_EQ(body["time"], kWebhookStart);
  const json feed = read("/v1/events")["items"][0];
  EXPECT_EQ(body["id"], feed["id"]);
  const json data{{"dossier", dossier},
                  {"code", read("/v1/dossiers/" + dossier)["code"]},
                  {"version", 1},
                  {"sequence", 1}};
  EXPECT_EQ(body["data"], data);
  const json delivery = delivery_until(webhook, "delivered", 1);
  EXPECT_EQ(delivery["outcome"], "delivered");
  EXPECT_EQ(delivery["status"], 200);
  EXPECT_EQ(delivery["event"], body["id"]);
}

TEST_F(Webhooks, AreTakenByTheLibrariesOfReceiversAlsoWhileSecretsRotate) {
  const json webhook = subscribe({{"ed25519", true}});
  const json old_secret = webhook["secret"];
  std::ofstream lines(service_.directory() / "deliveries.jsonl");
  filed();
  const auto first = receiver_.wait_for(1);
  ASSERT_EQ(first.size(), 1U);
  lines << for_libraries(first[0], json::array({old_secret}), json::array(),
                         json::array({webhook["public_key"]}))
        << '\n';

  const HttpAnswer rotated = client_->post(path_of(webhook, "/rotate-secret"), {{"overlap_seconds", 3600}});
  ASSERT_EQ(rotated.status, 200) << rotated.body;
  const json fresh = rotated.json();
  EXPECT_NE(fresh["secret"], old_secret);
  EXPECT_NE(fresh["public_key"], webhook["public_key"]);
  EXPECT_EQ(fresh["earlier_secret_until"], "2026-08-10T09:00:00+07:00");
  EXPECT_EQ(read(path_of(webhook))["secret"], nullptr);
  // Again within the time of the first, by somebody who has lost the answer.
  const HttpAnswer again = client_->post(path_of(webhook, "/rotate-secret"), {{"overlap_seconds", 1800}});
  ASSERT_EQ(again.status, 200) << again.body;
  const json last = again.json();
  EXPECT_EQ(last["earlier_secret_until"], "2026-08-10T09:00:00+07:00");
  filed();
  const auto second = receiver_.wait_for(2);
  ASSERT_EQ(second.size(), 2U);
  lines << for_libraries(second[1], json::array({old_secret, fresh["secret"], last["secret"]}), json::array(),
                         json::array({webhook["public_key"], fresh["public_key"], last["public_key"]}))
        << '\n';

  ASSERT_TRUE(service_.advance(3600));
  filed();
  const auto third = receiver_.wait_for(3);
  ASSERT_EQ(third.size(), 3U);
  lines << for_libraries(third[2], json::array({last["secret"]}), json::array({old_secret, fresh["secret"]}),
                         json::array({last["public_key"]}))
        << '\n';
  lines.close();
  EXPECT_EQ(taken_by_libraries(service_.directory() / "deliveries.jsonl"), 0);
}

TEST_F(Webhooks, BringOnlyWhatTheirFiltersAndTheScopeOfTheirMakerLetThrough) {
  const auto commune = client("commune");
  const HttpAnswer own = commune->post("/v1/webhooks", {{"url", receiver_.url("/own")}});
  ASSERT_EQ(own.status, 201) << own.body;
  EXPECT_EQ(own.json()["scope"], "000.00.19.H32,001.19.H32,H32.101/*") << "with what was merged into it";
  subscribe({{"types", {"refused"}}}, "/refused");
  subscribe({{"agency", "H32.102"}}, "/agency");
  const std::string first = filed("H32.101");
  const std::string second = filed("H32.102");
  told(first, "refuse", {{"reason", "Sai nơi nhận"}});
  told(second, "refuse", {{"reason", "Sai nơi nhận"}});
  const auto seen = [&](const std::string& path) {
    std::set<std::string> what;
    for (const Received& one : receiver_.wait_for(2, path)) {
      const std::string type = one.json()["type"];
      what.insert((one.json()["subject"] == first ? "first " : "second ") + type.substr(18));
    }
    return what;
  };
  EXPECT_EQ(seen("/own"), (std::set<std::string>{"first submitted.v1", "first refused.v1"}));
  EXPECT_EQ(seen("/refused"), (std::set<std::string>{"first refused.v1", "second refused.v1"}));
  EXPECT_EQ(seen("/agency"), (std::set<std::string>{"second submitted.v1", "second refused.v1"}));
  EXPECT_EQ(receiver_.so_far().size(), 6U);
}

TEST_F(Webhooks, AreSeenByKeysOfTheirScopeAndByTheProvince) {
  const json provincial = subscribe();
  const auto commune = client("commune");
  const auto other = client("other");
  const json own = commune->post("/v1/webhooks", {{"url", receiver_.url()}}).json();
  EXPECT_EQ(commune->get("/v1/webhooks").json()["items"].size(), 1U);
  EXPECT_EQ(other->get("/v1/webhooks").json()["items"].size(), 0U);
  EXPECT_EQ(client_->get("/v1/webhooks").json()["items"].size(), 2U);
  EXPECT_EQ(client_->get(path_of(own)).status, 200);
  for (const std::string& path : {path_of(own), path_of(own, "/deliveries")})
    EXPECT_EQ(other->get(path).status, 404) << path;
  for (const std::string action : {"/pause", "/resume", "/rotate-secret"})
    EXPECT_EQ(other->post(path_of(own, action), json::object()).status, 404) << action;
  EXPECT_EQ(other->request("DELETE", path_of(own)).status, 404);
  EXPECT_EQ(commune->get(path_of(provincial)).status, 404);
}

TEST_F(Webhooks, ThatArePausedSendLaterAndThoseThatAreRemovedNever) {
  const json paused = subscribe(json::object(), "/paused");
  const json removed = subscribe(json::object(), "/removed");
  const json fence = subscribe(json::object(), "/fence");
  EXPECT_EQ(client_->post(path_of(paused, "/pause"), json::object()).json()["state"], "paused");
  EXPECT_EQ(client_->request("DELETE", path_of(removed)).status, 200);
  EXPECT_EQ(client_->get(path_of(removed)).status, 404);
  filed();
  EXPECT_EQ(receiver_.wait_for(1, "/fence").size(), 1U);
  EXPECT_TRUE(receiver_.so_far("/paused").empty());
  EXPECT_EQ(client_->post(path_of(paused, "/resume"), json::object()).json()["state"], "active");
  EXPECT_EQ(receiver_.wait_for(1, "/paused").size(), 1U);
  EXPECT_TRUE(receiver_.so_far("/removed").empty());
}

TEST_F(Webhooks, AreMadeOncePerKeyAndShowTheirSecretOnce) {
  const json body{{"url", receiver_.url()}};
  const HttpAnswer made = client_->post("/v1/webhooks", body, "k1");
  ASSERT_EQ(made.status, 201);
  EXPECT_EQ(made.header("location"), path_of(made.json()));
  kill_and_restart();
  const HttpAnswer again = client_->post("/v1/webhooks", body, "k1");
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.header("idempotency-replayed"), "true");
  EXPECT_EQ(again.json()["id"], made.json()["id"]);
  EXPECT_EQ(again.json()["secret"], nullptr);
  EXPECT_EQ(client_->get("/v1/webhooks").json()["items"].size(), 1U);
  const HttpAnswer other = client_->post("/v1/webhooks", {{"url", receiver_.url("/b")}}, "k1");
  EXPECT_EQ(code(other), "idempotency_key_reused");
  EXPECT_EQ(client_->request("POST", "/v1/webhooks", body.dump()).status, 400);
}

TEST_F(Webhooks, RefuseWhatTheyCannotBeMadeFrom) {
  const auto refused = [&](const json& body) {
    const HttpAnswer answer = client_->post("/v1/webhooks", body);
    EXPECT_EQ(answer.status, 422) << body << answer.body;
    return code(answer);
  };
  EXPECT_EQ(refused({{"url", "hook"}}), "bad_webhook_url");
  EXPECT_EQ(refused({{"url", "http://"}}), "bad_webhook_url");
  EXPECT_EQ(refused({{"url", "https://user:pass@receiver.example/"}}), "bad_webhook_url");
  EXPECT_EQ(refused({{"url", "https://receiver.example/#part"}}), "bad_webhook_url");
  EXPECT_EQ(refused({{"url", "https://receiver.example/a b"}}), "bad_webhook_url");
  EXPECT_EQ(refused({{"url", "file:///etc/passwd"}}), "bad_webhook_url");
  EXPECT_EQ(refused({{"url", "gopher://receiver.example/"}}), "webhook_not_https");
  EXPECT_EQ(refused({{"url", "https://10.0.0.1/"}}), "webhook_address_refused");
  EXPECT_EQ(refused({{"url", "https://receiver.example/" + std::string(2000, 'a')}}), "invalid_request");
  EXPECT_EQ(refused({{"url", receiver_.url()}, {"types", {"late"}}}), "invalid_request");
  EXPECT_EQ(refused({{"url", receiver_.url()}, {"agency", "H99.9"}}), "unknown_agency");
  EXPECT_EQ(refused({{"url", receiver_.url()}, {"filter", "x"}}), "invalid_request");
  EXPECT_EQ(refused(json::object()), "invalid_request");
  const json webhook = subscribe();
  EXPECT_EQ(client_->post(path_of(webhook, "/rotate-secret"), {{"overlap_seconds", -1}}).status, 422);
  EXPECT_EQ(client_->post(path_of(webhook, "/pause"), {{"why", "x"}}).status, 422);
  EXPECT_EQ(code(client_->post(path_of(webhook, "/resume"), json::object())), "webhook_active");
  EXPECT_EQ(client_->get(path_of(webhook, "/deliveries?cursor=00")).status, 400);
}

TEST_F(Webhooks, ForgetWhatIsOverAfterTheDaysOfTheLedger) {
  const json webhook = subscribe();
  filed();
  delivery_until(webhook, "delivered", 1);
  ASSERT_TRUE(service_.advance(29 * 86'400));
  EXPECT_EQ(read(path_of(webhook, "/deliveries"))["items"].size(), 1U);
  ASSERT_TRUE(service_.advance(2 * 86'400));
  read_until(path_of(webhook, "/deliveries"), [](const json& found) {
    const json& items = found["items"];
    // What the passing of time did to the dossier is younger, and stays.
    return std::none_of(items.begin(), items.end(),
                        [](const json& one) { return one["queued_at"] == kWebhookStart; });
  });
}

TEST(ShippedWebhooks, TakeHttpsAddressesOnly) {
  ServiceOptions options;
  options.keys = {{"province", "", true}};
  RunningService service(options);
  HttpClient client = service.client("province");
  const HttpAnswer plain = client.post("/v1/webhooks", {{"url", "http://receiver.example/hook"}});
  EXPECT_EQ(plain.status, 422);
  EXPECT_EQ(plain.json()["code"], "webhook_not_https");
  EXPECT_EQ(client.post("/v1/webhooks", {{"url", "https://receiver.example/hook"}}).status, 201);
}

}  // namespace
}  // namespace motcua::testing
