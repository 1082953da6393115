#include "tests/support/identity_provider.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

namespace motcua::testing {
namespace {

using nlohmann::json;

std::int64_t seconds_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

IdentityProvider::IdentityProvider() {
  rotate();
  receiver_.answer([this](const Received& request) { return said(request.path); });
}

void IdentityProvider::rotate() {
  const auto made = std::make_shared<const SigningKey>("P-256", "key-" + std::to_string(++rotations_));
  const std::lock_guard lock(mutex_);
  key_ = made;
}

ReceiverSays IdentityProvider::said(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (path == "/.well-known/openid-configuration") {
    return {200, {}, json{{"issuer", issuer()}, {"jwks_uri", receiver_.url("/jwks")}}.dump()};
  }
  if (path == "/jwks") return {200, {}, json{{"keys", {key_->jwk()}}}.dump()};
  return {404};
}

json IdentityProvider::settings() const {
  return {{"issuer", issuer()},    {"audience", "motcua"}, {"officer_claim", "sub"}, {"leeway_seconds", 5},
          {"refresh_seconds", 10}, {"keep_seconds", 60},   {"ca_file", nullptr}};
}

std::string IdentityProvider::token(const std::string& officer, const json& more) const {
  const std::int64_t now = seconds_now();
  json claims{{"iss", issuer()}, {"aud", "motcua"}, {"sub", officer}, {"iat", now}, {"exp", now + 600}};
  claims.update(more);
  return key_->token(claims);
}

std::string IdentityProvider::token(const std::string& officer) const {
  return token(officer, json::object());
}

bool knows_people(HttpClient& client) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < until) {
    if (client.get("/readyz").json().value("identity", "") == "ready") return true;
    std::this_thread::yield();
  }
  return false;
}

}  // namespace motcua::testing
