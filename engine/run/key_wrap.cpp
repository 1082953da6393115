#include "engine/run/key_wrap.h"

#include <openssl/crypto.h>

#include <stdexcept>

#include "engine/run/random_port.h"

namespace motcua::run {
namespace {

std::array<std::uint8_t, 8> bytes_of_number(std::uint64_t number) {
  std::array<std::uint8_t, 8> bytes;
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return bytes;
}

}  // namespace

KeyWrap::KeyWrap(std::span<const std::uint8_t, kKeySize> by)
    : wrapping_(EVP_CIPHER_CTX_new()), unwrapping_(EVP_CIPHER_CTX_new()) {
  EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  const bool done = cipher != nullptr && wrapping_ && unwrapping_ &&
                    EVP_EncryptInit_ex2(wrapping_.get(), cipher, by.data(), nullptr, nullptr) == 1 &&
                    EVP_DecryptInit_ex2(unwrapping_.get(), cipher, by.data(), nullptr, nullptr) == 1;
  EVP_CIPHER_free(cipher);
  if (!done) throw std::runtime_error("OpenSSL could not start the wrap of keys");
}

void KeyWrap::wrap(std::span<const std::uint8_t, kKeySize> key, std::uint64_t bound,
                   std::span<std::uint8_t, kWrappedSize> out) const {
  const auto place = bytes_of_number(bound);
  std::uint8_t* const nonce = out.data();
  std::uint8_t* const text = nonce + kNonceSize;
  random_bytes({nonce, kNonceSize});
  int written = 0;
  const bool done =
      EVP_EncryptInit_ex2(wrapping_.get(), nullptr, nullptr, nonce, nullptr) == 1 &&
      EVP_EncryptUpdate(wrapping_.get(), nullptr, &written, place.data(), static_cast<int>(place.size())) ==
          1 &&
      EVP_EncryptUpdate(wrapping_.get(), text, &written, key.data(), static_cast<int>(kKeySize)) == 1 &&
      EVP_EncryptFinal_ex(wrapping_.get(), text + kKeySize, &written) == 1 &&
      EVP_CIPHER_CTX_ctrl(wrapping_.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize, text + kKeySize) == 1;
  if (!done) throw std::runtime_error("OpenSSL could not wrap a key");
}

bool KeyWrap::unwrap(std::span<const std::uint8_t, kWrappedSize> wrapped, std::uint64_t bound,
                     std::span<std::uint8_t, kKeySize> out) const {
  const auto place = bytes_of_number(bound);
  const std::uint8_t* const nonce = wrapped.data();
  const std::uint8_t* const text = nonce + kNonceSize;
  std::array<std::uint8_t, kTagSize> tag;
  for (std::size_t i = 0; i < kTagSize; ++i) tag[i] = text[kKeySize + i];
  int written = 0;
  return EVP_DecryptInit_ex2(unwrapping_.get(), nullptr, nullptr, nonce, nullptr) == 1 &&
         EVP_DecryptUpdate(unwrapping_.get(), nullptr, &written, place.data(),
                           static_cast<int>(place.size())) == 1 &&
         EVP_DecryptUpdate(unwrapping_.get(), out.data(), &written, text, static_cast<int>(kKeySize)) == 1 &&
         EVP_CIPHER_CTX_ctrl(unwrapping_.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1 &&
         EVP_DecryptFinal_ex(unwrapping_.get(), out.data() + kKeySize, &written) == 1;
}

}  // namespace motcua::run
