#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "tests/support/receiver.h"
#include "tests/support/service.h"

namespace motcua::testing {

inline constexpr const char* kWebhookStart = "2026-08-10T08:00:00+07:00";

// A sandbox whose webhooks may reach this machine, and a receiver.
class WebhookCase : public ::testing::Test {
 protected:
  // `change` changes the member webhooks of the configuration, where it is given.
  explicit WebhookCase(std::function<void(nlohmann::json&)> change = {});

  std::unique_ptr<HttpClient> client(const std::string& key);
  void kill_and_restart();
  nlohmann::json subscribe();
  nlohmann::json subscribe(const nlohmann::json& more, const std::string& path = "/hook");
  // Submits online, and answers the id.
  std::string filed(const std::string& agency = "H32.101");
  void told(const std::string& dossier, const std::string& word, const nlohmann::json& body);
  static std::string path_of(const nlohmann::json& webhook, const std::string& rest = {});
  nlohmann::json read(const std::string& path);
  // What stands at the path once it is as wanted, or after twenty seconds.
  nlohmann::json read_until(const std::string& path,
                            const std::function<bool(const nlohmann::json&)>& wanted);
  // The only delivery of the subscription, once it is in that state after that many attempts.
  nlohmann::json delivery_until(const nlohmann::json& webhook, const std::string& state, int attempts);
  nlohmann::json webhook_until(const nlohmann::json& webhook, const std::string& member,
                               const nlohmann::json& value);
  static std::string code(const HttpAnswer& answer);

  Receiver receiver_;
  RunningService service_;
  std::unique_ptr<HttpClient> client_;  // of the province
};

}  // namespace motcua::testing
