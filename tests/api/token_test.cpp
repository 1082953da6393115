// What is believed of an access token, and every way in which one is refused. Tokens are made by OpenSSL
// alone.
#include "api/token.h"

#include <gtest/gtest.h>
#include <openssl/hmac.h>

#include <nlohmann/json.hpp>

#include "tests/support/signing_key.h"

namespace motcua::api {
namespace {

using nlohmann::json;
using testing::base64url_of;
using testing::SigningKey;

constexpr std::int64_t kTokenNow = 1'800'000'000;  // seconds since 1970
constexpr int kLeeway = 30;

// Made once: an RSA key takes a moment.
struct TestKeys {
  SigningKey rsa{"RSA", "rsa"};
  SigningKey ec{"P-256", "ec"};
  SigningKey ed{"Ed25519", "ed"};
};
const TestKeys& test_keys() {
  static const TestKeys keys;
  return keys;
}

KeySet set_of(const json& jwks) {
  std::string why;
  auto set = read_key_set(json{{"keys", jwks}}.dump(), why);
  EXPECT_TRUE(set) << why;
  return set ? std::move(*set) : KeySet();
}

class Token : public ::testing::Test {
 protected:
  Token() {
    rules_.issuer = "https://id.example.vn";
    rules_.audience = "motcua";
    rules_.officer_claim = "employee_code";
    rules_.leeway = std::chrono::seconds(kLeeway);
  }
  static json claims() {
    return {{"iss", "https://id.example.vn"},  {"sub", "u-1"},          {"aud", "motcua"},
            {"employee_code", "H32.101.ct01"}, {"iat", kTokenNow - 10}, {"exp", kTokenNow + 300}};
  }
  static json with(const json& more) {
    json made = claims();
    made.update(more);
    return made;
  }
  static json without(const char* name) {
    json made = claims();
    made.erase(name);
    return made;
  }
  // The officer whom it names, or why it is refused.
  std::string told(const std::string& token, std::int64_t at = kTokenNow) const {
    const auto made = verify_token(token, keys_, rules_, core::Instant{at * 1000});
    if (const auto* fault = std::get_if<TokenFault>(&made)) return std::string(core::word_of(*fault));
    return std::get<Person>(made).officer.text;
  }
  std::string told(const json& of_claims) const { return told(rsa_.token(of_claims)); }
  std::string told_header(json header) const { return told(rsa_.token(header.dump(), claims().dump())); }

  const SigningKey& rsa_ = test_keys().rsa;
  const SigningKey& ec_ = test_keys().ec;
  const SigningKey& ed_ = test_keys().ed;
  TokenRules rules_;
  KeySet keys_ = set_of({rsa_.jwk(), ec_.jwk(), ed_.jwk()});
};

constexpr const char* kOfficer = "H32.101.ct01";

TEST_F(Token, IsBelievedOfEachAlgorithm) {
  for (const SigningKey* key : {&rsa_, &ec_, &ed_}) EXPECT_EQ(told(key->token(claims())), kOfficer);
  // A JWT of any provider, not only of RFC 9068.
  for (const char* type : {"JWT", "jwt", "AT+JWT", "application/at+jwt"})
    EXPECT_EQ(told_header({{"alg", "RS256"}, {"kid", "rsa"}, {"typ", type}}), kOfficer) << type;
  EXPECT_EQ(told_header({{"alg", "RS256"}, {"kid", "rsa"}}), kOfficer);
  EXPECT_EQ(told(with({{"aud", {"other", "motcua"}}})), kOfficer);
  EXPECT_EQ(told(with({{"anything", {{"else", true}}}})), kOfficer) << "more claims are allowed";
}

TEST_F(Token, CountsUntilItsEndAndTheLeeway) {
  const std::string token =
      rsa_.token(with({{"nbf", kTokenNow}, {"iat", kTokenNow}, {"exp", kTokenNow + 60}}));
  EXPECT_EQ(told(token, kTokenNow - kLeeway - 1), "not_yet_valid");
  EXPECT_EQ(told(token, kTokenNow - kLeeway), kOfficer);
  EXPECT_EQ(told(token, kTokenNow + 60 + kLeeway - 1), kOfficer);
  EXPECT_EQ(told(token, kTokenNow + 60 + kLeeway), "expired");
  const auto made = verify_token(token, keys_, rules_, core::Instant{kTokenNow * 1000});
  EXPECT_EQ(std::get<Person>(made).until.ms, (kTokenNow + 60 + kLeeway) * 1000);
  EXPECT_EQ(told(with({{"nbf", kTokenNow + kLeeway + 1}})), "not_yet_valid");
  EXPECT_EQ(told(with({{"iat", kTokenNow + kLeeway + 1}})), "not_yet_valid");
  EXPECT_EQ(told(with({{"exp", kTokenNow + 0.5}})), kOfficer) << "a fraction";
}

TEST_F(Token, NeedsItsClaims) {
  for (const char* claim : {"iss", "sub", "aud", "exp"})
    EXPECT_EQ(told(without(claim)), "missing_claim") << claim;
  EXPECT_EQ(told(without("iat")), kOfficer);
  EXPECT_EQ(told(with({{"sub", ""}})), "missing_claim");
  EXPECT_EQ(told(with({{"iss", "https://id.example.vn/"}})), "wrong_issuer");
  EXPECT_EQ(told(with({{"iss", "https://ID.example.vn"}})), "wrong_issuer");
  // A letter that composes to another is another: KELVIN SIGN and K.
  rules_.audience = "K";
  EXPECT_EQ(told(with({{"aud", "\u212A"}})), "wrong_audience");
  EXPECT_EQ(told(with({{"aud", "K"}})), kOfficer);
  for (const json& aud : {json("motcua"), json::array(), json({"motcua", "k"})})
    EXPECT_EQ(told(with({{"aud", aud}})), "wrong_audience") << aud;
  rules_.audience = "motcua";
  const json of_other_types{{"iss", 7}, {"sub", 7}, {"aud", 7}, {"exp", "soon"}, {"nbf", true}};
  for (const auto& [claim, value] : of_other_types.items())
    EXPECT_EQ(told(with({{claim, value}})), "malformed") << claim;
  EXPECT_EQ(told(with({{"exp", -1}})), "malformed");
  EXPECT_EQ(told(with({{"exp", 1e300}})), "malformed");
  EXPECT_EQ(told(with({{"aud", {"motcua", 7}}})), "malformed");
}

TEST_F(Token, OfNobodyHereNamesNoOfficer) {
  EXPECT_EQ(told(without("employee_code")), "");
  for (const json& code : {json(""), json("Nguyễn A"), json(7), json(std::string(65, 'a'))})
    EXPECT_EQ(told(with({{"employee_code", code}})), "") << code;
}

TEST_F(Token, IsNeverUnsignedNorSignedByWhatEverybodyKnows) {
  const std::string text = claims().dump();
  for (const char* alg : {"none", "None", "HS256", "RS384", "PS256", "ES384", "EdDSA2", "rs256", ""}) {
    const std::string head =
        base64url_of(json{{"alg", alg}, {"kid", "rsa"}}.dump()) + '.' + base64url_of(text);
    EXPECT_EQ(told(head + '.'), "unsupported_algorithm") << alg;
    EXPECT_EQ(told(head + '.' + base64url_of(rsa_.signature_of(head))), "unsupported_algorithm") << alg;
  }
  EXPECT_EQ(told(base64url_of(R"({"kid":"rsa"})") + '.' + base64url_of(text) + '.'), "malformed");
  // The public key as the secret of an HMAC, with the algorithm that says so and with the one that does not.
  const std::string pem = rsa_.public_pem();
  for (const char* alg : {"HS256", "RS256"}) {
    const std::string signed_text =
        base64url_of(json{{"alg", alg}, {"kid", "rsa"}}.dump()) + '.' + base64url_of(text);
    unsigned char mac[32];
    unsigned int size = 0;
    HMAC(EVP_sha256(), pem.data(), static_cast<int>(pem.size()),
         reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(), mac, &size);
    const std::string token = signed_text + '.' + base64url_of({reinterpret_cast<char*>(mac), size});
    EXPECT_EQ(told(token), alg == std::string("HS256") ? "unsupported_algorithm" : "bad_signature");
  }
}

TEST_F(Token, IsSignedInTheWayOfItsKey) {
  // The name of one key with the algorithm of another.
  const auto crossed = [&](const SigningKey& key, const char* alg, const char* id) {
    return told(key.token(json{{"alg", alg}, {"kid", id}}.dump(), claims().dump()));
  };
  EXPECT_EQ(crossed(rsa_, "ES256", "rsa"), "wrong_algorithm");
  EXPECT_EQ(crossed(ec_, "RS256", "ec"), "wrong_algorithm");
  EXPECT_EQ(crossed(ec_, "EdDSA", "ec"), "wrong_algorithm");
  EXPECT_EQ(crossed(ed_, "RS256", "rsa"), "bad_signature");
  EXPECT_EQ(crossed(ec_, "RS256", "nobody"), "unknown_key");
  const SigningKey stranger("P-256", "ec");
  EXPECT_EQ(told(stranger.token(claims())), "bad_signature") << "the name of a key is not the key";
  // A key that the token brings along is never looked at.
  json own = stranger.header();
  own["jwk"] = stranger.jwk();
  own["jku"] = "https://evil.example/jwks";
  EXPECT_EQ(told(stranger.token(own.dump(), claims().dump())), "bad_signature");
  EXPECT_EQ(told_header({{"alg", "RS256"}, {"kid", 7}}), "malformed");
}

TEST_F(Token, WithoutTheNameOfAKeyIsOfTheOnlyOne) {
  const json header{{"alg", "RS256"}};
  EXPECT_EQ(told_header(header), kOfficer);
  json other = rsa_.jwk();
  other["kid"] = "another";
  keys_ = set_of({rsa_.jwk(), other});
  EXPECT_EQ(told_header(header), "unknown_key") << "of two, which?";
}

TEST_F(Token, IsRefusedWhateverIsChangedInIt) {
  for (const SigningKey* key : {&rsa_, &ec_, &ed_}) {
    const std::string token = key->token(claims());
    for (std::size_t at = 0; at < token.size(); ++at) {
      std::string changed = token;
      changed[at] = changed[at] == 'A' ? 'B' : 'A';
      EXPECT_NE(told(changed), kOfficer) << at;
      changed.erase(at, 1);
      EXPECT_NE(told(changed), kOfficer) << at;
    }
    EXPECT_EQ(told(token.substr(0, token.rfind('.') + 1)), "bad_signature");
    const std::size_t payload = token.find('.') + 1;
    const std::string other =
        token.substr(0, payload) + base64url_of(with({{"employee_code", "H32.ct01"}}).dump());
    EXPECT_EQ(told(other + token.substr(token.find('.', payload))), "bad_signature");
  }
}

TEST_F(Token, IsOneSpellingOfOneContent) {
  const std::string token = rsa_.token(claims());
  for (const char* more : {"=", "==", " ", "\n", "."}) EXPECT_EQ(told(token + more), "malformed") << more;
  const std::size_t dot = token.find('.');
  EXPECT_EQ(told(token.substr(0, dot) + "=" + token.substr(dot)), "malformed");
  // A signature of 256 bytes leaves four bits behind its last one: they must be none.
  std::string loose = token;
  ASSERT_NE(std::string("AQgw").find(loose.back()), std::string::npos);
  loose.back() = static_cast<char>(loose.back() + 1);
  EXPECT_EQ(told(loose), "malformed");
  std::string slashes = base64url_of("{\"alg\":\"RS256\",\"kid\":\"rsa\",\"x\":\"\u00ff\u00ff\u00ff\"}");
  EXPECT_EQ(told(slashes + "." + base64url_of(claims().dump()) + "."), "bad_signature")
      << "the alphabet is taken";
  std::replace(slashes.begin(), slashes.end(), '_', '/');
  std::replace(slashes.begin(), slashes.end(), '-', '+');
  EXPECT_EQ(told(slashes + "." + base64url_of(claims().dump()) + "."), "malformed");
}

TEST_F(Token, NamesNoMemberTwice) {
  const std::string twice = R"({"alg":"RS256","kid":"rsa","alg":"RS256"})";
  EXPECT_EQ(told(rsa_.token(twice, claims().dump())), "malformed");
  std::string text = claims().dump();
  text.insert(1, R"("aud":"other",)");
  EXPECT_EQ(told(rsa_.token(rsa_.header().dump(), text)), "malformed");
  for (const char* none : {"[]", "7", "{", "null", "{}x", ""})
    EXPECT_EQ(told(rsa_.token(rsa_.header().dump(), none)), "malformed") << none;
  EXPECT_EQ(told(rsa_.token("[]", claims().dump())), "malformed");
}

TEST_F(Token, IsAnAccessTokenAndDemandsNothingMore) {
  json header = rsa_.header();
  for (const json& type : {json("logout+jwt"), json("dpop+jwt"), json("JOSE"), json(7), json("")}) {
    header["typ"] = type;
    EXPECT_EQ(told_header(header), "unsupported_type") << type;
  }
  header = rsa_.header();
  for (const json& critical : {json({"exp"}), json::array(), json("b64")}) {
    header["crit"] = critical;
    EXPECT_EQ(told_header(header), "critical_extension") << critical;
  }
  EXPECT_EQ(told(std::string("eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d")), "malformed") << "a JWE";
  for (const char* none : {"", ".", "..", "...", "a", "a.b", "mc_key", "mc_key.x.y"})
    EXPECT_EQ(told(std::string(none)), "malformed") << none;
  EXPECT_EQ(told(with({{"x", std::string(9000, 'x')}})), "too_long");
}

TEST(KeySets, PassOverWhatTheyDoNotUse) {
  const SigningKey weak("RSA", "weak", 1024);
  const SigningKey p384("P-384", "p384");
  const TestKeys& keys = test_keys();
  json encrypts = keys.rsa.jwk();
  encrypts["use"] = "enc";
  json other_algorithm = keys.rsa.jwk();
  other_algorithm["alg"] = "PS256";
  json only_signs = keys.ec.jwk();
  only_signs["key_ops"] = {"sign"};
  json off_curve = keys.ec.jwk();
  off_curve["x"] = off_curve["y"];
  json short_point = keys.ed.jwk();
  short_point["x"] = "AAAA";
  json even = keys.rsa.jwk();
  even["e"] = "Ag";
  json even_modulus = keys.rsa.jwk();
  even_modulus["n"] = even_modulus["n"].get<std::string>().substr(0, 341) + 'A';  // 341 letters and two bits
  const json symmetric{{"kty", "oct"}, {"kid", "s"}, {"k", "AAAA"}, {"alg", "HS256"}};
  json all{weak.jwk(),  p384.jwk(), encrypts,     other_algorithm, only_signs, off_curve,
           short_point, even,       even_modulus, symmetric,       7};
  std::string why;
  EXPECT_FALSE(read_key_set(json{{"keys", all}}.dump(), why));
  EXPECT_EQ(why, "expected a key for RS256, ES256 or EdDSA, but there is none");
  json verifies_too = keys.ec.jwk();
  verifies_too["key_ops"] = {"verify"};
  json plain = keys.ed.jwk();
  for (const char* said : {"use", "alg", "kid"}) plain.erase(said);
  all.push_back(verifies_too);
  all.push_back(plain);
  const KeySet set = set_of(all);
  ASSERT_EQ(set.keys.size(), 2u);
  EXPECT_EQ(set.keys[0].id, "ec");
  EXPECT_EQ(set.keys[1].id, "");
}

// OpenSSL's own check finds the factors 1051 and 61561 of this one by luck: it takes it four times of five.
TEST(KeySets, AreReadWithoutChance) {
  std::string modulus(348, 'v');
  modulus.replace(74, 2, "tY").replace(266, 1, "z").replace(330, 4, "bits");
  const json damaged{{"kty", "RSA"}, {"kid", "d"}, {"n", modulus}, {"e", "AQAB"}};
  for (int i = 0; i < 50; ++i) {
    const KeySet set = set_of(json::array({damaged}));
    ASSERT_EQ(set.keys.size(), 1u);
    ASSERT_FALSE(set.keys[0].key.verifies("a message", std::string(261, '\x01')));
  }
}

TEST(KeySets, AreBoundedAndToldApart) {
  const TestKeys& keys = test_keys();
  std::string why;
  for (const char* none : {"", "[]", "{}", R"({"keys": {}})", R"({"keys": [], "keys": []})"})
    EXPECT_FALSE(read_key_set(none, why)) << none;
  json many = json::array();
  for (std::size_t i = 0; i <= kKeysMax; ++i) many.push_back(keys.ed.jwk());
  EXPECT_FALSE(read_key_set(json{{"keys", many}}.dump(), why));
  many.erase(0);
  EXPECT_TRUE(read_key_set(json{{"keys", many}}.dump(), why));
  const KeySet one = set_of({keys.rsa.jwk(), keys.ec.jwk()});
  EXPECT_EQ(one.digest, set_of({keys.rsa.jwk(), keys.ec.jwk()}).digest);
  EXPECT_NE(one.digest, set_of({keys.rsa.jwk(), keys.ed.jwk()}).digest);
  json renamed = keys.ec.jwk();
  renamed["kid"] = "other";
  EXPECT_NE(one.digest, set_of({keys.rsa.jwk(), renamed}).digest);
}

}  // namespace
}  // namespace motcua::api
