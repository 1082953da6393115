#pragma once

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace motcua::run {

// Keys wrapped by another key: AES-256-GCM under a random nonce, bound to a number. OpenSSL's own wrap of
// keys (RFC 3394) does without the processor's AES and takes five times as long. One thread at a time.
class KeyWrap {
 public:
  static constexpr std::size_t kKeySize = 32;
  static constexpr std::size_t kNonceSize = 12;
  static constexpr std::size_t kTagSize = 16;
  static constexpr std::size_t kWrappedSize = kNonceSize + kKeySize + kTagSize;
  explicit KeyWrap(std::span<const std::uint8_t, kKeySize> by);

  void wrap(std::span<const std::uint8_t, kKeySize> key, std::uint64_t bound,
            std::span<std::uint8_t, kWrappedSize> out) const;
  // False when any bit was changed, it is bound to another number, or another key wrapped it; `out` is then
  // of no use.
  bool unwrap(std::span<const std::uint8_t, kWrappedSize> wrapped, std::uint64_t bound,
              std::span<std::uint8_t, kKeySize> out) const;

 private:
  struct Freed {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  using Context = std::unique_ptr<EVP_CIPHER_CTX, Freed>;
  Context wrapping_, unwrapping_;
};

}  // namespace motcua::run
