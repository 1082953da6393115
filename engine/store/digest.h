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
// In a time that tells nothing of where they differ; only their lengths show.
bool same_bytes(std::string_view a, std::string_view b);

}  // namespace motcua::store
