#include "engine/run/ed25519.h"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace motcua::run {
namespace {

struct FreeEd25519 {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Ed25519Key = std::unique_ptr<EVP_PKEY, FreeEd25519>;
using Ed25519Context = std::unique_ptr<EVP_MD_CTX, FreeEd25519>;

const std::uint8_t* signed_bytes(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

Ed25519Key private_key(Ed25519Seed seed) {
  Ed25519Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  if (!key) throw std::runtime_error("OpenSSL could not take an Ed25519 key");
  return key;
}

}  // namespace

Ed25519Signature ed25519_sign(Ed25519Seed seed, std::string_view message) {
  const Ed25519Key key = private_key(seed);
  const Ed25519Context context(EVP_MD_CTX_new());
  Ed25519Signature signature{};
  std::size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, signed_bytes(message), message.size()) != 1) {
    throw std::runtime_error("OpenSSL could not sign");
  }
  return signature;
}

Ed25519Public ed25519_public(Ed25519Seed seed) {
  Ed25519Public bytes{};
  std::size_t size = bytes.size();
  if (EVP_PKEY_get_raw_public_key(private_key(seed).get(), bytes.data(), &size) != 1) {
    throw std::runtime_error("OpenSSL could not derive a public key");
  }
  return bytes;
}

bool ed25519_verifies(const Ed25519Public& bytes, std::string_view message,
                      const Ed25519Signature& signature) {
  const Ed25519Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes.data(), bytes.size()));
  const Ed25519Context context(EVP_MD_CTX_new());
  return key && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), signed_bytes(message),
                          message.size()) == 1;
}

std::string base64(std::span<const std::uint8_t> bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // OpenSSL ends it with a zero
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), signed_bytes(text),
                                     static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  // One spelling for one content.
  const std::string again = base64({signed_bytes(bytes), bytes.size()});
  return again == text ? std::optional(std::move(bytes)) : std::nullopt;
}

}  // namespace motcua::run
