#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace motcua::api {

// Base64 of RFC 4648 section 5, without padding, as tokens are written.
std::string base64url(std::span<const std::uint8_t> bytes);
// Takes one spelling for one content: no padding, no other letters, no bits behind the last byte.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace motcua::api
