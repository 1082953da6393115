#pragma once

#include "api/identity.h"
#include "api/net/outgoing.h"

namespace motcua::api {

// The identity provider of the settings, with the thread on which its keys are fetched. What is borrowed must
// outlive it.
class IdentityService {
 public:
  IdentityService(const IdentitySettings& settings, run::Clock& clock, Log& log);
  Identity& identity() { return identity_; }

 private:
  Identity identity_;
  net::Outgoing outgoing_;  // ends first: it calls the other
};

}  // namespace motcua::api
