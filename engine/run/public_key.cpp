#include "engine/run/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <cstdint>
#include <tuple>

namespace motcua::run {
namespace {

constexpr int kRsaBitsMin = 2048;
constexpr int kRsaBitsMax = 8192;
constexpr std::size_t kP256Bytes = 32;

struct FreeOpenssl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeOpenssl>;

const std::uint8_t* octets(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

Owned<BIGNUM> number_of(std::string_view big_endian) {
  return Owned<BIGNUM>(BN_bin2bn(octets(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

// Null when it is none. OpenSSL checks that a point lies on its curve, and of an RSA key nothing.
std::shared_ptr<EVP_PKEY> made_key(const char* kind, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder));
  const Owned<EVP_PKEY_CTX> maker(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* made = nullptr;
  if (!parameters || !maker || EVP_PKEY_fromdata_init(maker.get()) != 1 ||
      EVP_PKEY_fromdata(maker.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  return {made, EVP_PKEY_free};
}

// Judged by its size and oddness alone, and not by EVP_PKEY_public_check: that one looks for factors of the
// modulus from random bases, so it takes a damaged one now and refuses it then. The key set comes from the
// provider over TLS, and what a damaged modulus does not verify is refused anyway.
std::shared_ptr<EVP_PKEY> rsa_key(std::string_view modulus, std::string_view exponent) {
  const Owned<BIGNUM> n = number_of(modulus);
  const Owned<BIGNUM> e = number_of(exponent);
  if (!n || !e || BN_num_bits(n.get()) < kRsaBitsMin || BN_num_bits(n.get()) > kRsaBitsMax) return nullptr;
  if (BN_is_odd(n.get()) == 0 || BN_is_odd(e.get()) == 0 || BN_num_bits(e.get()) < 2 ||
      BN_num_bits(e.get()) > 32)
    return nullptr;
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return nullptr;
  return made_key("RSA", builder.get());
}

std::shared_ptr<EVP_PKEY> p256_key(std::string_view x, std::string_view y) {
  if (x.size() != kP256Bytes || y.size() != kP256Bytes) return nullptr;
  const std::string point = '\x04' + std::string(x) + std::string(y);
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) !=
          1)
    return nullptr;
  return made_key("EC", builder.get());
}

std::shared_ptr<EVP_PKEY> ed25519_key(std::string_view x) {
  if (x.size() != 32) return nullptr;
  return {EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(x), x.size()), EVP_PKEY_free};
}

// ES256: two numbers of 32 bytes each, which OpenSSL wants as DER.
std::string der_of(std::string_view signature) {
  if (signature.size() != 2 * kP256Bytes) return "";
  const Owned<ECDSA_SIG> made(ECDSA_SIG_new());
  Owned<BIGNUM> r = number_of(signature.substr(0, kP256Bytes));
  Owned<BIGNUM> s = number_of(signature.substr(kP256Bytes));
  if (!made || !r || !s || ECDSA_SIG_set0(made.get(), r.get(), s.get()) != 1) return "";
  std::ignore = r.release();
  std::ignore = s.release();
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(made.get(), &der);
  if (size <= 0) return "";
  std::string text(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

}  // namespace

PublicKey PublicKey::rsa(std::string_view modulus, std::string_view exponent) {
  return {SigningAlgorithm::rs256, rsa_key(modulus, exponent), std::string(modulus) + std::string(exponent)};
}

PublicKey PublicKey::p256(std::string_view x, std::string_view y) {
  return {SigningAlgorithm::es256, p256_key(x, y), std::string(x) + std::string(y)};
}

PublicKey PublicKey::ed25519(std::string_view x) {
  return {SigningAlgorithm::eddsa, ed25519_key(x), std::string(x)};
}

bool PublicKey::verifies(std::string_view message, std::string_view signature) const {
  std::string der;
  const char* digest = algorithm_ == SigningAlgorithm::eddsa ? nullptr : "SHA256";
  if (algorithm_ == SigningAlgorithm::es256) {
    der = der_of(signature);
    if (der.empty()) return false;
    signature = der;
  }
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  return context &&
         EVP_DigestVerifyInit_ex(context.get(), nullptr, digest, nullptr, nullptr, key_.get(), nullptr) ==
             1 &&
         EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(message),
                          message.size()) == 1;
}

}  // namespace motcua::run
