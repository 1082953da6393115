#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/core/value.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace motcua::run {

// How somebody else's signatures are made: RFC 7518 sections 3.3 and 3.4, RFC 8037. Nothing symmetric, and
// never "none".
enum class SigningAlgorithm { rs256, es256, eddsa };

// A public key, by OpenSSL. Its kind alone says how it signs. Any thread.
class PublicKey {
 public:
  // From big-endian numbers or a point; without a key (`good` is false) where they are none, weak (RSA of
  // less than 2048 or more than 8192 bits), even, or not on the curve. The same bytes always get the same
  // answer: whether an RSA modulus is a product of two primes is not tried. To verify, OpenSSL demands
  // besides that the modulus exceeds the exponent.
  static PublicKey rsa(std::string_view modulus, std::string_view exponent);
  static PublicKey p256(std::string_view x, std::string_view y);
  static PublicKey ed25519(std::string_view x);

  bool good() const { return key_ != nullptr; }
  SigningAlgorithm algorithm() const { return algorithm_; }
  // What it was made from: the same for the same key.
  const std::string& bytes() const { return bytes_; }
  // Whether that key signed the message. `signature` as a JWS holds it: of ES256 the two numbers side by
  // side. Requires good().
  bool verifies(std::string_view message, std::string_view signature) const;

 private:
  PublicKey(SigningAlgorithm algorithm, std::shared_ptr<evp_pkey_st> key, std::string bytes)
      : algorithm_(algorithm), key_(std::move(key)), bytes_(std::move(bytes)) {}
  SigningAlgorithm algorithm_;
  std::shared_ptr<evp_pkey_st> key_;
  std::string bytes_;
};

}  // namespace motcua::run

template <>
struct motcua::core::EnumWords<motcua::run::SigningAlgorithm> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"RS256", "ES256", "EdDSA"};
};
