#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "tests/support/receiver.h"
#include "tests/support/service.h"

namespace motcua::testing {

inline constexpr const char* kWebhookStart = "2026-08-10T08:00:00+07:00";

// A sandbox whose webhooks may reach this machine, and a receiver.
class WebhookCase : public ::testing::Test {
 protected:
  using json = nlohmann::json;

  explicit WebhookCase(const json& settings = json::object())
      : service_(options(settings)), client_(service_.client("province")) {}

  static ServiceOptions options(const json& settings) {
    ServiceOptions made;
    made.sandbox = kWebhookStart;
    made.keys = {{"province", "", true}, {"commune", "H32.101", true}, {"other", "H32.102", true}};
    made.configure = [settings](json& config) {
      json& webhooks = config["webhooks"];
      webhooks["allow_http"] = true;
      webhooks["allow_networks"] = {"127.0.0.0/8"};
      webhooks["attempt_timeout_ms"] = 1'500;
      webhooks.update(settings);
    };
    return made;
  }

  json subscribe(const json& more = json::object(), const std::string& path = "/hook") {
    json body{{"url", receiver_.url(path)}};
    body.update(more);
    const HttpAnswer answer = client_.post("/v1/webhooks", body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json();
  }
  std::string filed(const std::string& agency = "H32.101") {
    const HttpAnswer answer =
        client_.post("/v1/dossiers", {{"procedure", "1.004194"},
                                      {"channel", "online"},
                                      {"receiving_agency", agency},
                                      {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}});
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json().value("id", "none");
  }
  void told(const std::string& dossier, const std::string& word, const json& body = json::object()) {
    const HttpAnswer answer = client_.post("/v1/dossiers/" + dossier + '/' + word, body);
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
  static std::string path_of(const json& webhook, const std::string& rest = {}) {
    return "/v1/webhooks/" + webhook["id"].get<std::string>() + rest;
  }
  json read(const std::string& path) { return client_.get(path).json(); }
  // What stands at the path once it is as wanted, or after twenty seconds.
  template <class Wanted>
  json read_until(const std::string& path, Wanted wanted) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (true) {
      json found = read(path);
      if (wanted(found)) return found;
      if (std::chrono::steady_clock::now() > deadline) {
        ADD_FAILURE() << path << " never came to be as wanted: " << found;
        return found;
      }
    }
  }
  // The only delivery of the subscription, once it is in that state after that many attempts.
  json delivery_until(const json& webhook, const std::string& state, int attempts) {
    const json page = read_until(path_of(webhook, "/deliveries"), [&](const json& found) {
      return found["items"].size() == 1 && found["items"][0]["state"] == state &&
             found["items"][0]["attempts"] == attempts;
    });
    return page["items"].empty() ? json() : page["items"][0];
  }
  static std::string code(const HttpAnswer& answer) { return answer.json().value("code", ""); }

  Receiver receiver_;
  RunningService service_;
  HttpClient client_;
};

}  // namespace motcua::testing
