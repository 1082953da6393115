#include "api/token.h"

#include <charconv>
#include <cmath>

#include "api/base64url.h"
#include "api/json/reader.h"
#include "api/net/http.h"

namespace motcua::api {
namespace {

constexpr int kTokenDepth = 16;
constexpr std::size_t kClaimMax = 1024;
constexpr std::size_t kAudiencesMax = 64;
// Seconds since 1970 beyond which no time is meant: the year 9999.
constexpr double kSecondsMax = 253'402'300'799.0;

// The three parts between two dots, still in base64url.
struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;  // what the signature is of
};

std::optional<Parts> parts_of(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
    return std::nullopt;  // a JWE has five
  }
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
               token.substr(0, second)};
}

std::optional<JsonBody> json_of(std::string_view part) {
  const auto text = from_base64url(part);
  Unreadable ignored;
  return text ? JsonBody::parse(*text, kTokenDepth, ignored) : std::nullopt;
}

// "application/" before it may be left out (RFC 7515 section 4.1.9); letters count in either case.
bool is_access_token_type(std::string_view type) {
  constexpr std::string_view kApplication = "application/";
  if (net::is_word(type.substr(0, kApplication.size()), kApplication))
    type.remove_prefix(kApplication.size());
  return net::is_word(type, "at+jwt") || net::is_word(type, "jwt");
}

// The key and the way in which the header says that the token is signed.
std::variant<const run::PublicKey*, TokenFault> key_of(JsonObject& header, const KeySet& keys) {
  const auto word = header.exact("alg", Presence::required, kClaimMax);
  if (!word) return TokenFault::malformed;
  const auto algorithm = core::enum_of<run::SigningAlgorithm>(*word);
  if (!algorithm) return TokenFault::unsupported_algorithm;
  if (header.has("crit")) return TokenFault::critical_extension;
  if (header.has("typ")) {
    const auto type = header.exact("typ", Presence::required, kClaimMax);
    if (!type || !is_access_token_type(*type)) return TokenFault::unsupported_type;
  }
  std::optional<std::string> id;
  if (header.has("kid")) {
    id = header.exact("kid", Presence::required, kClaimMax);
    if (!id) return TokenFault::malformed;
  }
  const run::PublicKey* key = keys.find(id, *algorithm);
  if (key == nullptr) return id && keys.has(*id) ? TokenFault::wrong_algorithm : TokenFault::unknown_key;
  return key;
}

// A NumericDate, which may have a fraction.
std::variant<core::Instant, TokenFault> time_of(JsonObject& claims, std::string_view name) {
  const auto text = claims.raw(name, Presence::optional);
  if (!text) return TokenFault::missing_claim;
  double seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (error != std::errc() || end != text->data() + text->size()) return TokenFault::malformed;
  if (seconds < 0 || seconds > kSecondsMax) return TokenFault::malformed;
  return core::Instant{static_cast<std::int64_t>(std::floor(seconds * 1000))};
}

std::optional<TokenFault> check_audience(JsonObject& claims, const std::string& wanted) {
  if (!claims.has("aud")) return TokenFault::missing_claim;
  if (const auto one = claims.exact("aud", Presence::optional, kClaimMax))
    return *one == wanted ? std::nullopt : std::optional(TokenFault::wrong_audience);
  auto list = claims.array("aud", Presence::optional, kAudiencesMax);
  if (!list) return TokenFault::malformed;
  bool found = false;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto one = list->exact(i, kClaimMax);
    if (!one) return TokenFault::malformed;
    found = found || *one == wanted;
  }
  return found ? std::nullopt : std::optional(TokenFault::wrong_audience);
}

std::optional<TokenFault> check_parties(JsonObject& claims, const TokenRules& rules) {
  if (!claims.has("iss") || !claims.has("sub")) return TokenFault::missing_claim;
  const auto issuer = claims.exact("iss", Presence::required, kClaimMax);
  const auto subject = claims.exact("sub", Presence::required, kClaimMax);
  if (!issuer || !subject) return TokenFault::malformed;
  if (subject->empty()) return TokenFault::missing_claim;
  if (*issuer != rules.issuer) return TokenFault::wrong_issuer;
  return check_audience(claims, rules.audience);
}

// When the token ends; it has begun by now.
std::variant<core::Instant, TokenFault> check_times(JsonObject& claims, std::chrono::seconds leeway,
                                                    core::Instant now) {
  const core::ClockTime slack{std::chrono::milliseconds(leeway).count()};
  for (const char* beginning : {"nbf", "iat"}) {
    if (!claims.has(beginning)) continue;
    const auto from = time_of(claims, beginning);
    if (const auto* fault = std::get_if<TokenFault>(&from)) return *fault;
    if (now + slack < std::get<core::Instant>(from)) return TokenFault::not_yet_valid;
  }
  const auto expires = time_of(claims, "exp");
  if (const auto* fault = std::get_if<TokenFault>(&expires)) return *fault;
  const core::Instant until = std::get<core::Instant>(expires) + slack;
  if (now >= until) return TokenFault::expired;
  return until;
}

}  // namespace

std::variant<Person, TokenFault> verify_token(std::string_view token, const KeySet& keys,
                                              const TokenRules& rules, core::Instant now) {
  if (token.size() > kTokenBytesMax) return TokenFault::too_long;
  const auto parts = parts_of(token);
  auto head = parts ? json_of(parts->header) : std::nullopt;
  auto header = head ? head->root() : std::nullopt;
  if (!header) return TokenFault::malformed;
  const auto key = key_of(*header, keys);
  if (const auto* fault = std::get_if<TokenFault>(&key)) return *fault;
  const auto signature = from_base64url(parts->signature);
  if (!signature) return TokenFault::malformed;
  if (!std::get<const run::PublicKey*>(key)->verifies(parts->signed_text, *signature))
    return TokenFault::bad_signature;
  auto body = json_of(parts->payload);
  auto claims = body ? body->root() : std::nullopt;
  if (!claims) return TokenFault::malformed;
  if (const auto fault = check_parties(*claims, rules)) return *fault;
  const auto until = check_times(*claims, rules.leeway, now);
  if (const auto* fault = std::get_if<TokenFault>(&until)) return *fault;
  const auto officer = claims->exact(rules.officer_claim, Presence::optional, kClaimMax);
  return Person{officer && core::is_code(*officer) ? core::Code(*officer) : core::Code(),
                std::get<core::Instant>(until)};
}

}  // namespace motcua::api
