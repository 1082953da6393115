// What it costs to know a person: a token by its signature, and one that is remembered.
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>

#include "api/identity.h"
#include "tests/support/signing_key.h"

namespace motcua::testing {
namespace {

using nlohmann::json;

constexpr const char* kIssuer = "https://id.example.vn";
constexpr std::int64_t kStart = 1'800'000'000;

std::string person_token(const SigningKey& key) {
  return key.token(json{{"iss", kIssuer},
                        {"sub", "u-1"},
                        {"aud", "motcua"},
                        {"employee_code", "H32.101.ct01"},
                        {"iat", kStart},
                        {"exp", kStart + 600},
                        {"jti", "4XBAE7ZI_oDQrV8O9iDk0"},
                        {"scope", "openid dossiers"},
                        {"client_id", "counter"}});
}

api::IdentitySettings settings() {
  api::IdentitySettings made;
  made.rules = {kIssuer, "motcua", "employee_code", std::chrono::seconds(30)};
  return made;
}

void verify(benchmark::State& state, const char* kind) {
  const SigningKey key(kind, "key");
  std::string why;
  const auto keys = api::read_key_set(json{{"keys", {key.jwk()}}}.dump(), why);
  const std::string token = person_token(key);
  for (auto _ : state) {
    const auto made = api::verify_token(token, *keys, settings().rules, core::Instant{kStart * 1000});
    if (!std::holds_alternative<api::Person>(made)) state.SkipWithError("the token is refused");
  }
}
BENCHMARK_CAPTURE(verify, RS256, "RSA");
BENCHMARK_CAPTURE(verify, ES256, "P-256");
BENCHMARK_CAPTURE(verify, EdDSA, "Ed25519");

void recall(benchmark::State& state) {
  const SigningKey key("RSA", "key");
  api::Log log{api::LogSettings{api::LogLevel::error, ""}};
  run::VirtualClock clock{core::Instant{kStart * 1000}};
  const json discovery{{"issuer", kIssuer}, {"jwks_uri", "https://id.example.vn/jwks"}};
  api::Identity identity(
      settings(), clock,
      [&](const std::string& url, const std::function<void(api::Identity::Fetched)>& done) {
        const bool keys = url.ends_with("/jwks");
        done({keys ? json{{"keys", {key.jwk()}}}.dump() : discovery.dump(), ""});
      },
      log);
  identity.look();
  const std::string token = person_token(key);
  for (auto _ : state) {
    if (!std::holds_alternative<api::Person>(identity.check(token))) state.SkipWithError("it is refused");
  }
}
BENCHMARK(recall);

}  // namespace
}  // namespace motcua::testing

BENCHMARK_MAIN();
