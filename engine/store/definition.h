#pragma once

#include <string>
#include <string_view>

#include "engine/core/time.h"
#include "engine/core/value.h"

namespace motcua::store {

// What the engine is configured with inside its database, each as immutable versions.
enum class DefinitionKind { calendar, rulebook, agencies, procedure, ladders, messages, slips };

// One version of a definition: the text as it was applied, named by its content.
struct DefinitionText {
  DefinitionKind kind = DefinitionKind::procedure;
  std::string key;      // of a calendar its id, of a procedure its code; else the name of the file
  std::string version;  // the first 12 hex digits of `sha256`
  std::string sha256;   // 64 hex digits
  std::string text;
  core::Instant applied_at{};  // as known to the database; of a file: not yet
  bool operator==(const DefinitionText&) const = default;
};

// The text with the version that its content gives it.
DefinitionText name_definition(DefinitionKind kind, std::string key, std::string text);

}  // namespace motcua::store

namespace motcua::core {

template <>
struct EnumWords<store::DefinitionKind> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"calendar", "rulebook", "agencies", "procedure",
                                               "ladders",  "messages", "slips"};
};

}  // namespace motcua::core
