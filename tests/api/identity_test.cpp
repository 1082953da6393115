// How the keys of the identity provider are kept: by age, by need, and never at the pace of who asks.
#include "api/identity.h"

#include <gtest/gtest.h>

#include <deque>
#include <nlohmann/json.hpp>

#include "tests/support/signing_key.h"

namespace motcua::api {
namespace {

using nlohmann::json;
using testing::SigningKey;

constexpr const char* kIssuer = "https://id.example.vn/province";
constexpr std::int64_t kStart = 1'800'000'000;

class KeptKeys : public ::testing::Test {
 protected:
  static IdentitySettings settings() {
    IdentitySettings made;
    made.rules = {kIssuer, "motcua", "sub", std::chrono::seconds(0)};
    made.refresh = std::chrono::seconds(300);
    made.keep = std::chrono::seconds(3600);
    return made;
  }
  struct Asked {
    std::string url;
    std::function<void(Identity::Fetched)> done;
  };
  // Answers the oldest request that is under way.
  void answer(const Identity::Fetched& fetched) {
    ASSERT_FALSE(asked_.empty());
    const Asked one = asked_.front();
    asked_.pop_front();
    one.done(fetched);
  }
  static json discovery() {
    return {{"issuer", kIssuer},
            {"jwks_uri", "https://keys.example.vn/jwks"},
            {"response_types_supported", {"code"}}};
  }
  void provide(const std::vector<const SigningKey*>& keys) {
    answer({discovery().dump(), ""});
    json all = json::array();
    for (const SigningKey* key : keys) all.push_back(key->jwk());
    answer({json{{"keys", all}}.dump(), ""});
  }
  std::string token_by(const SigningKey& key, int seconds = 100'000) {
    const std::int64_t now = clock_.now().ms / 1000;
    return key.token(
        {{"iss", kIssuer}, {"aud", "motcua"}, {"sub", "H32.ct01"}, {"iat", now}, {"exp", now + seconds}});
  }
  std::string told(const std::string& token) {
    const Identity::Checked checked = identity_.check(token);
    if (std::holds_alternative<Identity::NoKeys>(checked)) return "no_keys";
    if (const auto* fault = std::get_if<TokenFault>(&checked)) return std::string(core::word_of(*fault));
    return std::get<Person>(checked).officer.text;
  }
  void pass(int seconds) { clock_.advance(core::ClockTime{seconds * 1000}); }

  const SigningKey first_{"P-256", "first"};
  const SigningKey second_{"Ed25519", "second"};
  run::VirtualClock clock_{core::Instant{kStart * 1000}};
  Log log_{LogSettings{LogLevel::error, ""}};
  std::deque<Asked> asked_;
  Identity identity_{settings(), clock_,
                     [this](const std::string& url, std::function<void(Identity::Fetched)> done) {
                       asked_.push_back({url, std::move(done)});
                     },
                     log_};
};

TEST_F(KeptKeys, AreFoundByDiscovery) {
  EXPECT_EQ(told(token_by(first_)), "no_keys");
  EXPECT_EQ(identity_.state(), Identity::State::unavailable);
  ASSERT_EQ(asked_.size(), 1u);
  EXPECT_EQ(asked_[0].url, "https://id.example.vn/province/.well-known/openid-configuration");
  answer({discovery().dump(), ""});
  ASSERT_EQ(asked_.size(), 1u);
  EXPECT_EQ(asked_[0].url, "https://keys.example.vn/jwks");
  answer({json{{"keys", {first_.jwk()}}}.dump(), ""});
  EXPECT_EQ(told(token_by(first_)), "H32.ct01");
  EXPECT_EQ(identity_.state(), Identity::State::ready);
}

TEST_F(KeptKeys, AreTakenOfNoOtherIssuerAndOfNoAddressInTheClear) {
  json wrong = discovery();
  wrong["issuer"] = "https://id.example.vn/province/";
  json clear = discovery();
  clear["jwks_uri"] = "http://keys.example.vn/jwks";
  json none = discovery();
  none.erase("jwks_uri");
  json file = discovery();
  file["jwks_uri"] = "file:///etc/passwd";
  for (const std::string& document :
       {wrong.dump(), clear.dump(), none.dump(), file.dump(), std::string("<html>"), std::string("[]")}) {
    identity_.look();
    answer({document, ""});
    EXPECT_TRUE(asked_.empty()) << document;
    pass(5);
  }
  EXPECT_EQ(identity_.counts().fetches_failed, 6u);
  EXPECT_EQ(told(token_by(first_)), "no_keys");
}

TEST_F(KeptKeys, AreFetchedAnewByAge) {
  identity_.look();
  provide({&first_});
  pass(299);
  identity_.look();
  EXPECT_TRUE(asked_.empty());
  pass(1);
  identity_.look();
  identity_.look();
  ASSERT_EQ(asked_.size(), 1u) << "one at a time";
  const std::string token = token_by(first_);
  EXPECT_EQ(told(token), "H32.ct01");
  provide({&second_});
  EXPECT_EQ(told(token_by(second_)), "H32.ct01");
  EXPECT_EQ(told(token), "unknown_key") << "remembered, but its key is gone";
}

TEST_F(KeptKeys, AreNoLeverOnTheProvider) {
  identity_.look();
  provide({&first_});
  // Somebody names keys that there never were, as fast as he can.
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(told(token_by(SigningKey("Ed25519", "k" + std::to_string(i)))), "unknown_key");
  }
  EXPECT_TRUE(asked_.empty()) << "they were fetched a moment ago";
  pass(5);
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(told(token_by(second_)), "no_keys") << "who knows, until it is fetched";
  EXPECT_EQ(asked_.size(), 1u);
  EXPECT_EQ(told(token_by(first_)), "H32.ct01") << "nobody else is held up";
  provide({&first_});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(told(token_by(second_)), "unknown_key");
  EXPECT_TRUE(asked_.empty());
  for (int second = 0; second < 60; ++second) {
    told(token_by(second_));
    pass(1);
    if (!asked_.empty()) provide({&first_});
  }
  EXPECT_LE(identity_.counts().fetched, 2u + 12u);
}

TEST_F(KeptKeys, CountOnWhileTheProviderIsAwayAndNotForEver) {
  identity_.look();
  provide({&first_});
  pass(300);
  identity_.look();
  answer({"", "the provider is not reached"});
  EXPECT_EQ(identity_.state(), Identity::State::stale);
  EXPECT_EQ(told(token_by(first_)), "H32.ct01");
  identity_.look();
  EXPECT_TRUE(asked_.empty());
  pass(5);
  identity_.look();
  answer({discovery().dump(), ""});
  answer({R"({"keys": []})", ""});
  EXPECT_EQ(told(token_by(first_)), "H32.ct01") << "nonsense takes nothing away";
  pass(3600 - 305 - 1);
  EXPECT_EQ(told(token_by(first_)), "H32.ct01");
  const std::string remembered = token_by(first_);
  EXPECT_EQ(told(remembered), "H32.ct01");
  pass(1);
  EXPECT_EQ(told(remembered), "no_keys");
  EXPECT_EQ(identity_.state(), Identity::State::unavailable);
  provide({&first_});
  EXPECT_EQ(told(remembered), "H32.ct01");
  EXPECT_EQ(identity_.state(), Identity::State::ready);
}

TEST_F(KeptKeys, VerifyATokenOnceUntilItEndsOrTheyChange) {
  identity_.look();
  provide({&first_});
  const std::string token = token_by(first_, 1000);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(told(token), "H32.ct01");
  EXPECT_EQ(identity_.counts().verified, 1u);
  EXPECT_EQ(identity_.counts().recalled, 9u);
  pass(300);
  identity_.look();
  provide({&first_});  // the same
  EXPECT_EQ(told(token), "H32.ct01");
  EXPECT_EQ(identity_.counts().verified, 1u);
  pass(300);
  identity_.look();
  provide({&first_, &second_});
  EXPECT_EQ(told(token), "H32.ct01");
  EXPECT_EQ(identity_.counts().verified, 2u);
  pass(399);
  EXPECT_EQ(told(token), "H32.ct01");
  pass(1);
  EXPECT_EQ(told(token), "expired");
}

TEST(TokenCaches, ForgetTheOldestHalf) {
  TokenCache cache;
  const auto digest = [](std::size_t number) {
    TokenCache::Digest made{};
    std::memcpy(made.data(), &number, sizeof number);
    return made;
  };
  const core::Instant now{0};
  for (std::size_t i = 0; i < 5 * TokenCache::kHalf; ++i) {
    cache.add(digest(i), {core::Code("A"), core::Instant{10}});
    EXPECT_TRUE(cache.find(digest(0), now)) << "what is asked for stays";
    ASSERT_LE(cache.size(), 2 * TokenCache::kHalf + 1);
  }
  EXPECT_FALSE(cache.find(digest(1), now));
  EXPECT_FALSE(cache.find(digest(0), core::Instant{10})) << "its end";
}

}  // namespace
}  // namespace motcua::api
