#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/core/late_list.h"

namespace motcua::api {

// Reads a part of a monthly list in the form in which it is kept: canonical JSON (core/canonical_json.h).
// Members stand in the order of their names, each of them, and no other; a code has the letters of codes, a
// word is one of its kind, a number is whole. Nothing when it is anything else; `fault` then says where and
// what: "Expected a whole number at late/3/delay_days, but it is a text".
std::optional<core::LateAgency> read_late_agency(std::string_view json, std::string& fault);
std::optional<core::LateHead> read_late_head(std::string_view json, std::string& fault);

}  // namespace motcua::api
