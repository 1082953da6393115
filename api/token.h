#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "api/key_set.h"
#include "engine/core/time.h"

namespace motcua::api {

// Why an access token is not believed, in the words that answers and metrics say.
enum class TokenFault {
  too_long,
  malformed,              // three parts of base64url, JSON objects, a claim of another type
  unsupported_algorithm,  // none, a symmetric one, any that is not in the list
  unsupported_type,       // what its header says that it is: neither at+jwt nor JWT
  critical_extension,     // it demands what nobody here understands
  unknown_key,
  wrong_algorithm,  // its key signs by another
  bad_signature,
  missing_claim,  // iss, sub, aud or exp
  wrong_issuer,
  wrong_audience,
  expired,
  not_yet_valid,
};

// What a token must say to be believed.
struct TokenRules {
  std::string issuer;              // iss, byte for byte
  std::string audience;            // among those of aud
  std::string officer_claim;       // which claim is the code of the officer
  std::chrono::seconds leeway{0};  // by how much the clocks of the two machines may differ
};

// Whom a token names.
struct Person {
  core::Code officer;   // empty: the claim is absent or no code, so it is nobody of the organisation
  core::Instant until;  // from then on the token counts no more: its exp, and the leeway
};

inline constexpr std::size_t kTokenBytesMax = 8192;

// Reads an access token: a JWS in its compact form (RFC 7515, 7519, 9068, and the advice of RFC 8725). It is
// signed by one of the keys, in the way of that key, or it is refused before any claim is looked at. Keys and
// addresses that a token brings along are never used. Depends on nothing but what it is given.
std::variant<Person, TokenFault> verify_token(std::string_view token, const KeySet& keys,
                                              const TokenRules& rules, core::Instant now);

}  // namespace motcua::api

template <>
struct motcua::core::EnumWords<motcua::api::TokenFault> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {
      "too_long",       "malformed",       "unsupported_algorithm", "unsupported_type", "critical_extension",
      "unknown_key",    "wrong_algorithm", "bad_signature",         "missing_claim",    "wrong_issuer",
      "wrong_audience", "expired",         "not_yet_valid"};
};
