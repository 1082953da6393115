#pragma once

#include <algorithm>
#include <cstddef>

#include "api/json/writer.h"

namespace motcua::api {

// Lists are counted exactly up to here, and not further.
inline constexpr int kCountMax = 10'000;

// `found` of at most kCountMax + 1.
inline void write_count(JsonWriter& json, std::size_t found) {
  json.member("count", std::min(found, static_cast<std::size_t>(kCountMax)));
  json.member("count_is_exact", found <= static_cast<std::size_t>(kCountMax));
}

}  // namespace motcua::api
