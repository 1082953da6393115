#pragma once

#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tests/support/receiver.h"
#include "tests/support/signing_key.h"

namespace motcua::testing {

// What a service needs of an identity provider: its discovery and its keys over HTTP, and tokens by the key
// that it signs with now. The real one is tests/node/provider.mjs; this one also says what a real one never
// would.
class IdentityProvider {
 public:
  IdentityProvider();

  std::string issuer() const { return receiver_.url(""); }
  // `identity` of a configuration: the officer is the claim sub, keys are fetched every ten seconds.
  nlohmann::json settings() const;
  // A token of that officer; members of `more` replace the claims.
  std::string token(const std::string& officer, const nlohmann::json& more) const;
  std::string token(const std::string& officer) const;
  const SigningKey& key() const { return *key_; }
  // From now on another key signs, and is the only one.
  void rotate();
  void answer(Receiver::Answer answer) { receiver_.answer(std::move(answer)); }
  std::size_t asked() { return receiver_.so_far("/jwks").size(); }

 private:
  ReceiverSays said(const std::string& path);

  std::mutex mutex_;
  std::shared_ptr<const SigningKey> key_;
  int rotations_ = 0;
  Receiver receiver_;
};

// Waits until the service says that people are known.
bool knows_people(HttpClient& client);

}  // namespace motcua::testing
