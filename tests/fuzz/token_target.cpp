// t: a token as it is. c: claims, h: a header, which are signed here, as no fuzzer can. k: a key set.
#include <nlohmann/json.hpp>

#include "api/base64url.h"
#include "api/token.h"
#include "tests/fuzz/targets.h"
#include "tests/support/signing_key.h"

namespace motcua::fuzz {
namespace {

constexpr std::int64_t kTokenNowMs = 1'800'000'000'000;
const char* const kTokenClaims =
    R"({"iss":"https://id.example.vn","sub":"u","aud":"motcua","employee_code":"H32.1","exp":1800000300})";

struct TokenWorld {
  testing::SigningKey key{"Ed25519", "ed"};
  std::string header = key.header().dump();
  api::KeySet keys;
  api::TokenRules rules;

  TokenWorld() {
    std::string why;
    keys = api::read_key_set(nlohmann::json{{"keys", {key.jwk()}}}.dump(), why).value();
    rules = {"https://id.example.vn", "motcua", "employee_code", std::chrono::seconds(30)};
  }
};

void try_token(const TokenWorld& world, std::string_view token) {
  const auto made = api::verify_token(token, world.keys, world.rules, core::Instant{kTokenNowMs});
  if (const auto* fault = std::get_if<api::TokenFault>(&made)) {
    expect((token.size() <= api::kTokenBytesMax) == (*fault != api::TokenFault::too_long),
           "too_long is said of what is too long");
    return;
  }
  const auto& person = std::get<api::Person>(made);
  expect(person.officer.empty() || core::is_code(person.officer.text), "an officer is a code");
  expect(person.until.ms > kTokenNowMs, "a token that is believed has not ended");
}

void try_key_set(std::string_view text) {
  std::string why;
  const auto set = api::read_key_set(text, why);
  if (!set) {
    expect(!why.empty(), "a refused key set has its reason");
    return;
  }
  expect(!set->keys.empty() && set->keys.size() <= api::kKeysMax, "a key set has a bounded number of keys");
  for (const api::ProviderKey& key : set->keys) expect(key.key.good(), "a key that is kept can be used");
  const auto again = api::read_key_set(text, why);
  expect(again && again->digest == set->digest, "the same text is the same key set");
}

}  // namespace

void fuzz_token(std::string_view input) {
  static const TokenWorld world;
  if (input.empty()) return;
  const std::string rest(input.substr(1));
  switch (input.front()) {
    case 't':
      try_token(world, rest);
      if (const auto bytes = api::from_base64url(rest)) {
        const std::span<const std::uint8_t> content(reinterpret_cast<const std::uint8_t*>(bytes->data()),
                                                    bytes->size());
        expect(api::base64url(content) == rest, "base64url has one spelling for one content");
      }
      return;
    case 'c':
      return try_token(world, world.key.token(world.header, rest));
    case 'h':
      return try_token(world, world.key.token(rest, kTokenClaims));
    case 'k':
      return try_key_set(rest);
    default:
      return;
  }
}

}  // namespace motcua::fuzz
