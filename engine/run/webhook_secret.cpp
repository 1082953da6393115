#include "engine/run/webhook_secret.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "engine/run/seal.h"

namespace motcua::run {
namespace {

struct FreeEd25519 {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Ed25519Key = std::unique_ptr<EVP_PKEY, FreeEd25519>;

const std::uint8_t* bytes_in(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

std::string base64(std::span<const std::uint8_t> bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // OpenSSL ends it with a zero
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

Ed25519Key ed25519_of(const WebhookSecret& secret) {
  Ed25519Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.seed().data(), 32));
  if (!key) throw std::runtime_error("OpenSSL could not take an Ed25519 key");
  return key;
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

std::string ed25519_signature(const WebhookSecret& secret, std::string_view content) {
  const Ed25519Key key = ed25519_of(secret);
  const std::unique_ptr<EVP_MD_CTX, FreeEd25519> context(EVP_MD_CTX_new());
  std::array<std::uint8_t, 64> signature{};
  std::size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, bytes_in(content), content.size()) != 1) {
    throw std::runtime_error("OpenSSL could not sign");
  }
  return "v1a," + base64(signature);
}

}  // namespace

WebhookSecret make_webhook_secret() {
  WebhookSecret secret;
  random_bytes(secret.bytes);  // never from the seedable port
  return secret;
}

// The seal of personal records serves here too: it is bound to an id and a number, and ids of subscriptions
// are none of dossiers.
std::string seal_secret(const Keyring& keyring, const core::Uuid& webhook, std::uint32_t generation,
                        const WebhookSecret& secret) {
  const Fragment fragment{
      core::TextRecord::contact,
      std::string(reinterpret_cast<const char*>(secret.bytes.data()), secret.bytes.size())};
  return seal(keyring, webhook, generation, std::span(&fragment, 1));
}

std::optional<WebhookSecret> open_secret(const Keyring& keyring, const core::Uuid& webhook,
                                         std::uint32_t generation, std::string_view sealed) {
  const auto fragments = unseal(keyring, webhook, generation, sealed);
  WebhookSecret secret;
  if (!fragments || fragments->size() != 1 || fragments->front().json.size() != secret.bytes.size())
    return std::nullopt;
  std::copy_n(bytes_in(fragments->front().json), secret.bytes.size(), secret.bytes.begin());
  return secret;
}

std::string shown_secret(const WebhookSecret& secret) { return "whsec_" + base64(secret.hmac_key()); }

std::string public_key(const WebhookSecret& secret) {
  std::array<std::uint8_t, 32> bytes{};
  std::size_t size = bytes.size();
  if (EVP_PKEY_get_raw_public_key(ed25519_of(secret).get(), bytes.data(), &size) != 1)
    throw std::runtime_error("OpenSSL could not derive a public key");
  return "whpk_" + base64(bytes);
}

std::string signatures(std::span<const WebhookSecret> secrets, bool ed25519, std::string_view id,
                       std::string_view timestamp, std::string_view body) {
  std::string content(id);
  content.append(".").append(timestamp).append(".").append(body);
  std::string all;
  for (const WebhookSecret& secret : secrets) {
    all.append(all.empty() ? "" : " ").append(hmac_signature(secret, content));
    if (ed25519) all.append(" ").append(ed25519_signature(secret, content));
  }
  return all;
}

}  // namespace motcua::run
