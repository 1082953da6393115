#include "tests/api/webhook_case.h"

#include <chrono>
#include <nlohmann/json.hpp>

namespace motcua::testing {
namespace {

using nlohmann::json;

ServiceOptions webhook_options(std::function<void(json&)> change) {
  ServiceOptions made;
  made.sandbox = kWebhookStart;
  made.keys = {{"province", "", true}, {"commune", "H32.101", true}, {"other", "H32.102", true}};
  made.configure = [change = std::move(change)](json& config) {
    json& webhooks = config["webhooks"];
    webhooks["allow_http"] = true;
    webhooks["allow_networks"] = {"127.0.0.0/8"};
    webhooks["attempt_timeout_ms"] = 1'500;
    if (change) change(webhooks);
  };
  return made;
}

}  // namespace

WebhookCase::WebhookCase(std::function<void(json&)> change)
    : service_(webhook_options(std::move(change))), client_(client("province")) {}

std::unique_ptr<HttpClient> WebhookCase::client(const std::string& key) {
  return std::make_unique<HttpClient>(service_.port(), token_of(key));
}

void WebhookCase::kill_and_restart() {
  service_.kill9();
  service_.restart();
  client_ = client("province");
}

json WebhookCase::subscribe() { return subscribe(json::object()); }

json WebhookCase::subscribe(const json& more, const std::string& path) {
  json body = json::object();
  body["url"] = receiver_.url(path);
  body.update(more);
  const HttpAnswer answer = client_->post("/v1/webhooks", body);
  EXPECT_EQ(answer.status, 201) << answer.body;
  return answer.json();
}

std::string WebhookCase::filed(const std::string& agency) {
  const HttpAnswer answer =
      client_->post("/v1/dossiers", {{"procedure", "1.004194"},
                                     {"channel", "online"},
                                     {"receiving_agency", agency},
                                     {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}});
  EXPECT_EQ(answer.status, 201) << answer.body;
  return answer.json().value("id", "none");
}

void WebhookCase::told(const std::string& dossier, const std::string& word, const json& body) {
  const HttpAnswer answer = client_->post("/v1/dossiers/" + dossier + '/' + word, body);
  EXPECT_EQ(answer.status, 200) << answer.body;
}

std::string WebhookCase::path_of(const json& webhook, const std::string& rest) {
  return "/v1/webhooks/" + webhook["id"].get<std::string>() + rest;
}

json WebhookCase::read(const std::string& path) { return client_->get(path).json(); }

json WebhookCase::read_until(const std::string& path, const std::function<bool(const json&)>& wanted) {
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

json WebhookCase::delivery_until(const json& webhook, const std::string& state, int attempts) {
  const json page = read_until(path_of(webhook, "/deliveries"), [&](const json& found) {
    const json& items = found["items"];
    return items.size() == 1 && items[0]["state"] == state && items[0]["attempts"] == attempts;
  });
  return page["items"].empty() ? json() : page["items"][0];
}

json WebhookCase::webhook_until(const json& webhook, const std::string& member, const json& value) {
  return read_until(path_of(webhook), [&](const json& found) { return found[member] == value; });
}

std::string WebhookCase::code(const HttpAnswer& answer) { return answer.json().value("code", ""); }

}  // namespace motcua::testing
