#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/value.h"
#include "engine/run/keyring.h"

namespace motcua::run {

// One part of what a person typed, as the JSON it is answered with.
struct Fragment {
  core::TextRecord record = core::TextRecord::owner;
  std::string json;
  bool operator==(const Fragment&) const = default;
};

// Seals what one version of a dossier adds to its personal record (AES-256-GCM under a key of its own, which
// the vault keeps). The seal holds for that dossier and version only. Layout: 1 byte of format, 8 for the
// place of the key, 12 of nonce, the ciphertext, 16 of tag. Any thread. Throws std::length_error when the
// fragments have more than kSealedTextMax bytes, and store::StoreFull when no key can be made.
inline constexpr std::size_t kSealedTextMax = 64 << 20;  // as much as the largest body that settings allow
std::string seal(const Keyring& keyring, core::Uuid dossier, std::uint32_t version,
                 std::span<const Fragment> fragments);

// Where the key of a sealed record lies; nothing when it is of before each had one.
std::optional<std::uint64_t> place_of_key(std::string_view sealed);

// The fragments, in their order; nothing when any bit was changed, the key was destroyed, or the seal belongs
// to another dossier, version or key. Any thread.
std::optional<std::vector<Fragment>> unseal(const Keyring& keyring, core::Uuid dossier, std::uint32_t version,
                                            std::string_view sealed);

// The name under which an event speaks of a fragment. Its digest covers the dossier and the version too:
// equal texts in two dossiers have different ones.
core::TextRef text_ref(const Keyring& keyring, core::Uuid dossier, std::uint32_t version,
                       const Fragment& fragment);

}  // namespace motcua::run
