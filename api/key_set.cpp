#include "api/key_set.h"

#include <algorithm>

#include "api/base64url.h"
#include "api/json/reader.h"
#include "engine/store/digest.h"

namespace motcua::api {
namespace {

constexpr int kJwksDepth = 8;
constexpr std::size_t kKeyIdMax = 256;
constexpr std::size_t kNumberMax = 2048;  // letters of base64url; 8192 bits are 1366

// A member of a JWK that is a number or a point; empty when it is absent or none.
std::string bytes_of(JsonObject& in, std::string_view name) {
  const auto text = in.exact(name, Presence::optional, kNumberMax);
  return text ? from_base64url(*text).value_or("") : "";
}

std::string member_of(JsonObject& in, std::string_view name) {
  return in.exact(name, Presence::optional, kKeyIdMax).value_or("");
}

// Whether the key says of itself that it checks signatures, or nothing.
bool is_for_signatures(JsonObject& in) {
  if (in.has("use") && member_of(in, "use") != "sig") return false;
  if (!in.has("key_ops")) return true;
  auto operations = in.array("key_ops", Presence::optional, 16);
  for (std::size_t i = 0; operations && i < operations->size(); ++i) {
    if (operations->exact(i, kKeyIdMax) == "verify") return true;
  }
  return false;
}

// Nothing for a key that is not used here.
std::optional<ProviderKey> read_provider_key(JsonObject& in) {
  const std::string id = member_of(in, "kid");
  if ((in.has("kid") && id.empty()) || !is_for_signatures(in)) return std::nullopt;
  const std::string kind = member_of(in, "kty");
  const std::string curve = member_of(in, "crv");
  std::optional<run::PublicKey> key;
  if (kind == "RSA") key = run::PublicKey::rsa(bytes_of(in, "n"), bytes_of(in, "e"));
  if (kind == "EC" && curve == "P-256") key = run::PublicKey::p256(bytes_of(in, "x"), bytes_of(in, "y"));
  if (kind == "OKP" && curve == "Ed25519") key = run::PublicKey::ed25519(bytes_of(in, "x"));
  if (!key || !key->good()) return std::nullopt;
  if (in.has("alg") && member_of(in, "alg") != core::word_of(key->algorithm())) return std::nullopt;
  return ProviderKey{id, std::move(*key)};
}

// What tells one set from another: each key with what it is called.
std::string told_apart(const ProviderKey& one) { return store::sha256_hex(one.id + '\n' + one.key.bytes()); }

}  // namespace

bool KeySet::has(std::string_view id) const {
  return std::any_of(keys.begin(), keys.end(), [&](const ProviderKey& one) { return one.id == id; });
}

const run::PublicKey* KeySet::find(const std::optional<std::string>& id,
                                   run::SigningAlgorithm algorithm) const {
  const run::PublicKey* found = nullptr;
  for (const ProviderKey& one : keys) {
    if (one.key.algorithm() != algorithm || (id && one.id != *id)) continue;
    if (id) return &one.key;
    if (found != nullptr) return nullptr;
    found = &one.key;
  }
  return found;
}

std::optional<KeySet> read_key_set(std::string_view json, std::string& why) {
  Unreadable unreadable;
  auto body = JsonBody::parse(json, kJwksDepth, unreadable);
  auto root = body ? body->root() : std::nullopt;
  auto list = root ? root->array("keys", Presence::required, kKeysMax) : std::nullopt;
  if (!list) {
    why = body ? "expected a JWK Set of at most " + std::to_string(kKeysMax) + " keys" : unreadable.detail;
    return std::nullopt;
  }
  KeySet made;
  std::string all;
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto one = list->object(i);
    auto key = one ? read_provider_key(*one) : std::nullopt;
    if (!key) continue;
    all += told_apart(*key);
    made.keys.push_back(std::move(*key));
  }
  if (made.keys.empty()) {
    why = "expected a key for RS256, ES256 or EdDSA, but there is none";
    return std::nullopt;
  }
  made.digest = store::sha256(all);
  return made;
}

}  // namespace motcua::api
