#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace motcua::store {

// SHA-256 (FIPS 180-4). Any thread.
std::array<std::uint8_t, 32> sha256(std::string_view bytes);
// Lower-case hexadecimal.
std::string hex(std::span<const std::uint8_t> bytes);
std::string sha256_hex(std::string_view bytes);

}  // namespace motcua::store
