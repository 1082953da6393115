#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "api/token.h"
#include "engine/run/members_loader.h"

namespace motcua::api {

// Who says who a person is: `identity` of config/server.json.
struct IdentitySettings {
  TokenRules rules;
  std::chrono::seconds refresh{300};  // the keys are fetched anew when they are older
  std::chrono::seconds keep{86'400};  // and used no longer than that while the provider does not answer
  std::filesystem::path ca_file;      // empty: what the system trusts
};

// Reads the member `identity`; nothing when it is null. Faults go where those of `in` go.
std::optional<IdentitySettings> read_identity_settings(run::ObjectReader& in, run::Source source);

// Whether keys may be fetched there: https, or http on this machine alone; no user, query or fragment.
bool is_provider_address(const std::string& url);

}  // namespace motcua::api
