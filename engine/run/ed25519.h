#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace motcua::run {

// Ed25519 (RFC 8032) by OpenSSL. Keys are 32 bytes, signatures 64. Any thread.
using Ed25519Seed = std::span<const std::uint8_t, 32>;
using Ed25519Public = std::array<std::uint8_t, 32>;
using Ed25519Signature = std::array<std::uint8_t, 64>;

Ed25519Signature ed25519_sign(Ed25519Seed seed, std::string_view message);
Ed25519Public ed25519_public(Ed25519Seed seed);
bool ed25519_verifies(const Ed25519Public& key, std::string_view message, const Ed25519Signature& signature);

// RFC 4648 with padding. Reading takes nothing else: no spaces, no other alphabet.
std::string base64(std::span<const std::uint8_t> bytes);
std::optional<std::string> from_base64(std::string_view text);

}  // namespace motcua::run
