#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "api/json/writer.h"
#include "engine/core/terms.h"

namespace motcua::api {

// Lists are counted exactly up to here, and not further.
inline constexpr int kCountMax = 10'000;

// `found` of at most kCountMax + 1.
inline void write_count(JsonWriter& json, std::size_t found) {
  json.member("count", std::min(found, static_cast<std::size_t>(kCountMax)));
  json.member("count_is_exact", found <= static_cast<std::size_t>(kCountMax));
}

// What lateness brings is no clock of a dossier: a filter of dossiers by it would find nobody, and say so of
// all.
constexpr bool is_listed(core::ClockKind clock) {
  return clock != core::ClockKind::apology && clock != core::ClockKind::explanation;
}
inline constexpr std::string_view kNotListed =
    "Expected a clock of an event, but this is a duty that lateness brings: /v1/late lists who owes it";

}  // namespace motcua::api
