#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/json/reader.h"
#include "engine/core/limit.h"
#include "engine/core/step_asks.h"
#include "engine/core/terms.h"

namespace motcua::api {

enum class FieldType { text, code, instant, date, uuid, integer, boolean, enumeration, object, array };

// On what of the same body something of a field hangs: that the member at the pointer is there, or that it is
// one of the words.
struct FieldCondition {
  std::string pointer;             // "#/by/unit"
  std::vector<std::string> words;  // none: that it is there
  bool operator==(const FieldCondition&) const = default;
};

// One value that a dossier and its procedure know for a field. What follows the name is there where it says
// something.
struct FieldChoice {
  std::variant<core::Code, std::int64_t> value;
  std::string name{};
  std::string basis{};
  std::optional<core::Limit> length{};
  std::optional<std::int64_t> amount_vnd{};
  std::vector<core::Code> agencies{};
  std::optional<core::AgencyLevel> level{};
  std::vector<core::Code> asks{};              // of a step: what its edges look at and a command may bring
  std::vector<core::Code> needs{};             // of it, what must be brought
  std::vector<core::NeededWith> needs_with{};  // of it, what must be brought with another
  std::vector<core::Code> from{};              // of a step to go back to: from which open ones
  std::vector<core::Code> references{};        // of a refund: the payments
  bool missing = false;                        // of a paper
  // Of an event that may be corrected: when it happened as known now, and between what that may be moved.
  std::optional<core::Instant> at{};
  std::optional<core::Instant> not_before{};
  std::optional<core::Instant> not_after{};
};

// A word of an enumeration that would be refused as the dossier stands, and why.
struct WithheldWord {
  std::string value;
  std::string code;  // of the problem
  std::string detail;
};

struct FieldChoices {
  std::vector<FieldChoice> known;
  bool only = true;  // others are refused
};

// A member that a body may have, as the function that reads the body asks for it.
struct Field {
  std::string name;  // empty: an item of an array
  FieldType type = FieldType::text;
  bool required = false;                          // left out, the body is refused
  std::optional<FieldCondition> when{};           // else it is refused as unknown
  std::optional<FieldCondition> required_when{};  // of one that is optional else
  std::vector<std::string> words{};               // of an enumeration
  std::vector<WithheldWord> withheld{};           // likewise, not now
  std::optional<std::size_t> max_length{};        // of a text, in characters
  Lines lines = Lines::one;
  std::optional<std::int64_t> min{};
  std::optional<std::int64_t> max{};
  std::size_t min_items = 0;
  std::optional<std::size_t> max_items{};
  std::vector<Field> fields{};  // of an object; of an array the one that each item is
  std::optional<FieldChoices> choices{};
  // Whether both are read alike; what a dossier knows aside.
  bool reads_like(const Field& other) const;
};

}  // namespace motcua::api

template <>
struct motcua::core::EnumWords<motcua::api::FieldType> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"text",    "code",    "instant", "date",   "uuid",
                                               "integer", "boolean", "enum",    "object", "array"};
};
