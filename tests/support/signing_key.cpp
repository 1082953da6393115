#include "tests/support/signing_key.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

namespace motcua::testing {
namespace {

using nlohmann::json;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string big_endian(const BIGNUM* number, int size) {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), size);
  return bytes;
}

std::string number_in(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  const std::string bytes = big_endian(number, BN_num_bytes(number));
  BN_free(number);
  return bytes;
}

// r and s side by side, from DER.
std::string side_by_side(const std::string& der, int each) {
  const unsigned char* at = raw(der);
  ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
  const std::string both =
      big_endian(ECDSA_SIG_get0_r(signature), each) + big_endian(ECDSA_SIG_get0_s(signature), each);
  ECDSA_SIG_free(signature);
  return both;
}

}  // namespace

std::string base64url_of(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  text.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                                       raw(bytes), static_cast<int>(bytes.size()))));
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  while (text.ends_with('=')) text.pop_back();
  return text;
}

SigningKey::SigningKey(std::string kind, std::string id, int bits)
    : kind_(std::move(kind)), id_(std::move(id)) {
  EVP_PKEY* made = kind_ == "RSA"       ? EVP_RSA_gen(static_cast<unsigned>(bits))
                   : kind_ == "Ed25519" ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")
                                        : EVP_EC_gen(kind_.c_str());
  if (made == nullptr) throw std::runtime_error("OpenSSL could not make a key of " + kind_);
  key_.reset(made, EVP_PKEY_free);
}

std::string SigningKey::algorithm() const {
  return kind_ == "RSA" ? "RS256" : kind_ == "Ed25519" ? "EdDSA" : kind_ == "P-256" ? "ES256" : "ES384";
}

json SigningKey::jwk() const {
  json made{{"kid", id_}, {"alg", algorithm()}, {"use", "sig"}};
  if (kind_ == "RSA") {
    made.update({{"kty", "RSA"},
                 {"n", base64url_of(number_in(key_.get(), OSSL_PKEY_PARAM_RSA_N))},
                 {"e", base64url_of(number_in(key_.get(), OSSL_PKEY_PARAM_RSA_E))}});
    return made;
  }
  unsigned char bytes[256];
  std::size_t size = sizeof bytes;
  if (kind_ == "Ed25519") {
    EVP_PKEY_get_raw_public_key(key_.get(), bytes, &size);
    made.update(
        {{"kty", "OKP"}, {"crv", kind_}, {"x", base64url_of({reinterpret_cast<char*>(bytes), size})}});
    return made;
  }
  EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, bytes, sizeof bytes, &size);
  const std::string_view point(reinterpret_cast<char*>(bytes) + 1, size - 1);
  made.update({{"kty", "EC"},
               {"crv", kind_},
               {"x", base64url_of(point.substr(0, point.size() / 2))},
               {"y", base64url_of(point.substr(point.size() / 2))}});
  return made;
}

std::string SigningKey::public_pem() const {
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(memory, key_.get());
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory, &bytes);
  const std::string text(bytes, static_cast<std::size_t>(size));
  BIO_free(memory);
  return text;
}

std::string SigningKey::signature_of(std::string_view text) const {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const EVP_MD* digest = kind_ == "Ed25519" ? nullptr : kind_ == "P-384" ? EVP_sha384() : EVP_sha256();
  std::string signature(2048, '\0');
  std::size_t size = signature.size();
  const bool done = EVP_DigestSignInit(context, nullptr, digest, nullptr, key_.get()) == 1 &&
                    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                                   raw(text), text.size()) == 1;
  EVP_MD_CTX_free(context);
  if (!done) throw std::runtime_error("OpenSSL could not sign by " + kind_);
  signature.resize(size);
  if (kind_.starts_with("P-")) return side_by_side(signature, kind_ == "P-256" ? 32 : 48);
  return signature;
}

std::string SigningKey::token(const std::string& header, const std::string& claims) const {
  const std::string text = base64url_of(header) + '.' + base64url_of(claims);
  return text + '.' + base64url_of(signature_of(text));
}

json SigningKey::header() const { return {{"alg", algorithm()}, {"typ", "at+jwt"}, {"kid", id_}}; }

std::string SigningKey::token(const json& claims) const { return token(header().dump(), claims.dump()); }

}  // namespace motcua::testing
