#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

// Bodies of commands made from nothing but what GET …/actions tells of their fields.
namespace motcua::testing {

enum class Fill { required, all };

// A value of no meaning; the first word of an enum, the first choice where some are known.
nlohmann::json told_item(const nlohmann::json& field, std::size_t number = 0, Fill fill = Fill::all);
// The required members, or all; those that hang on another one where that holds.
nlohmann::json told_body(const nlohmann::json& fields, Fill fill);
// All members, and this value for that field, which lies at the pointer, "/by/unit".
nlohmann::json told_body_with(const nlohmann::json& fields, const nlohmann::json& field,
                              const std::string& pointer, const nlohmann::json& value);
// Whether required_when holds in the body.
bool demanded_by(const nlohmann::json& field, const nlohmann::json& body);

}  // namespace motcua::testing
