#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/run/public_key.h"

namespace motcua::api {

// A key of the identity provider: it says how it signs, no token chooses.
struct ProviderKey {
  std::string id;  // "kid"; empty: it has none
  run::PublicKey key;
};

// The keys that a provider signs with now.
struct KeySet {
  std::vector<ProviderKey> keys;
  std::array<std::uint8_t, 32> digest{};  // the same for the same keys

  // Whether there is a key of that name, whatever it signs by.
  bool has(std::string_view id) const;
  // The key that a token names; where it names none, the only one of that algorithm. Null: there is none.
  const run::PublicKey* find(const std::optional<std::string>& id, run::SigningAlgorithm algorithm) const;
};

// More keys than this are no key set of a provider.
inline constexpr std::size_t kKeysMax = 64;

// Reads a JWK Set (RFC 7517). Keys that are not for checking signatures, of other kinds, or weak ones (RSA of
// less than 2048 or more than 8192 bits, points that do not lie on P-256) are passed over. Nothing, with the
// reason in `why`, when the text is none, names a member twice, or has no key that can be used.
std::optional<KeySet> read_key_set(std::string_view json, std::string& why);

}  // namespace motcua::api
