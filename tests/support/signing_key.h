#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace motcua::testing {

// A private key of a test that signs tokens, by OpenSSL alone: nothing of it is code that is tested.
class SigningKey {
 public:
  // "RSA", with its bits; "P-256", "P-384" or "Ed25519".
  explicit SigningKey(std::string kind, std::string id, int bits = 2048);

  const std::string& id() const { return id_; }
  std::string algorithm() const;                          // "RS256", "ES256", "ES384", "EdDSA"
  nlohmann::json jwk() const;                             // the public half, with "kid", "alg" and "use"
  std::string public_pem() const;                         // the same as PEM
  std::string signature_of(std::string_view text) const;  // as a JWS holds it
  // A token with this header and these claims, as they are.
  std::string token(const std::string& header, const std::string& claims) const;
  // With the header that belongs to it.
  std::string token(const nlohmann::json& claims) const;
  nlohmann::json header() const;

 private:
  std::string kind_;
  std::string id_;
  std::shared_ptr<evp_pkey_st> key_;
};

std::string base64url_of(std::string_view bytes);

}  // namespace motcua::testing
