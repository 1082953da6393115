#include "engine/run/key_wrap.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <stdexcept>

namespace motcua::run {

KeyWrap::KeyWrap(std::span<const std::uint8_t, kKeySize> by)
    : wrapping_(EVP_CIPHER_CTX_new()), unwrapping_(EVP_CIPHER_CTX_new()) {
  EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-WRAP", nullptr);
  bool done = cipher != nullptr && wrapping_ && unwrapping_;
  if (done) {
    EVP_CIPHER_CTX_set_flags(wrapping_.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    EVP_CIPHER_CTX_set_flags(unwrapping_.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    done = EVP_EncryptInit_ex2(wrapping_.get(), cipher, by.data(), nullptr, nullptr) == 1 &&
           EVP_DecryptInit_ex2(unwrapping_.get(), cipher, by.data(), nullptr, nullptr) == 1;
  }
  EVP_CIPHER_free(cipher);
  if (!done) throw std::runtime_error("OpenSSL could not start the wrap of keys");
}

void KeyWrap::wrap(std::span<const std::uint8_t, kKeySize> key,
                   std::span<std::uint8_t, kWrappedSize> out) const {
  std::array<std::uint8_t, kWrappedSize + 16> bytes;  // as OpenSSL may write a block beyond
  int written = 0;
  if (EVP_EncryptInit_ex2(wrapping_.get(), nullptr, nullptr, nullptr, nullptr) != 1 ||
      EVP_EncryptUpdate(wrapping_.get(), bytes.data(), &written, key.data(), kKeySize) != 1 ||
      written != static_cast<int>(kWrappedSize)) {
    throw std::runtime_error("OpenSSL could not wrap a key");
  }
  std::copy_n(bytes.begin(), kWrappedSize, out.begin());
}

bool KeyWrap::unwrap(std::span<const std::uint8_t, kWrappedSize> wrapped,
                     std::span<std::uint8_t, kKeySize> out) const {
  std::array<std::uint8_t, kWrappedSize + 16> bytes;
  int written = 0;
  const bool right =
      EVP_DecryptInit_ex2(unwrapping_.get(), nullptr, nullptr, nullptr, nullptr) == 1 &&
      EVP_DecryptUpdate(unwrapping_.get(), bytes.data(), &written, wrapped.data(), kWrappedSize) == 1 &&
      written == static_cast<int>(kKeySize);
  if (right) std::copy_n(bytes.begin(), kKeySize, out.begin());
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return right;
}

}  // namespace motcua::run
