#include "engine/run/webhook_secret.h"

#include <openssl/hmac.h>

#include <algorithm>
#include <stdexcept>

#include "engine/run/ed25519.h"
#include "engine/run/seal.h"

namespace motcua::run {
namespace {

const std::uint8_t* bytes_in(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

std::string hmac_signature(const WebhookSecret& secret, std::string_view content) {
  std::array<std::uint8_t, 32> digest{};
  unsigned int size = 0;
  const auto key = secret.hmac_key();
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_in(content), content.size(),
           digest.data(), &size) == nullptr) {
    throw std::runtime_error("OpenSSL could not make an HMAC");
  }
  return "v1," + base64(digest);
}

}  // namespace

WebhookSecret make_webhook_secret() {
  WebhookSecret secret;
  random_bytes(secret.bytes);  // never from the seedable port
  return secret;
}

// The seal of personal records serves here too: it is bound to an id and a number, and ids of subscriptions
// are none of dossiers.
std::string seal_secrets(const Keyring& keyring, const core::Uuid& webhook, std::uint32_t generation,
                         std::span<const WebhookSecret> secrets) {
  std::vector<Fragment> fragments;
  for (const WebhookSecret& secret : secrets) {
    const auto* bytes = reinterpret_cast<const char*>(secret.bytes.data());
    fragments.push_back({core::TextRecord::contact, std::string(bytes, secret.bytes.size())});
  }
  return seal(keyring, webhook, generation, fragments);
}

std::vector<WebhookSecret> open_secrets(const Keyring& keyring, const core::Uuid& webhook,
                                        std::uint32_t generation, std::string_view sealed) {
  const auto fragments = unseal(keyring, webhook, generation, sealed);
  std::vector<WebhookSecret> secrets;
  if (!fragments) return secrets;
  for (const Fragment& fragment : *fragments) {
    WebhookSecret& secret = secrets.emplace_back();
    if (fragment.json.size() != secret.bytes.size()) return {};
    std::copy_n(bytes_in(fragment.json), secret.bytes.size(), secret.bytes.begin());
  }
  return secrets;
}

std::string shown_secret(const WebhookSecret& secret) { return "whsec_" + base64(secret.hmac_key()); }

std::string public_key(const WebhookSecret& secret) {
  return "whpk_" + base64(ed25519_public(secret.seed()));
}

std::string signatures(std::span<const WebhookSecret> secrets, bool ed25519, std::string_view id,
                       std::string_view timestamp, std::string_view body) {
  std::string content(id);
  content.append(".").append(timestamp).append(".").append(body);
  std::string all;
  for (const WebhookSecret& secret : secrets) {
    all.append(all.empty() ? "" : " ").append(hmac_signature(secret, content));
    if (ed25519) all.append(" v1a,").append(base64(ed25519_sign(secret.seed(), content)));
  }
  return all;
}

}  // namespace motcua::run
