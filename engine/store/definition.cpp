#include "engine/store/definition.h"

#include <utility>

#include "engine/store/digest.h"

namespace motcua::store {

namespace {
constexpr std::size_t kVersionLength = 12;
}

DefinitionText name_definition(DefinitionKind kind, std::string key, std::string text) {
  std::string sha256 = sha256_hex(text);
  std::string version = sha256.substr(0, kVersionLength);
  return {kind, std::move(key), std::move(version), std::move(sha256), std::move(text), {}};
}

}  // namespace motcua::store
