#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "engine/run/vault.h"

namespace motcua::run {

inline constexpr std::int64_t kKeyCopyDaysMax = 30;

// What is told of a file of keys without any key.
struct VaultFile {
  Vault::Id id{};
  std::array<std::uint8_t, 16> master{};  // the name of the master key
  std::int64_t copied_at_ms = 0;          // 0: it is no copy
  std::uint64_t destructions = 0;         // how often keys in it were destroyed
  std::uint64_t places = 0;
};
// Nothing: it is no file of keys.
std::optional<VaultFile> look_at_vault(const std::filesystem::path& file);

// Copies a file of keys, also while it is used; needs no key. A key that was there before the call is in the
// copy, which gets its name when it is whole and on the disk. `copied_at_ms` goes into its header. Throws
// KeyFileError, also when `to` is there.
void copy_vault(const std::filesystem::path& from, const std::filesystem::path& to,
                std::int64_t copied_at_ms);
// Brings a copy up to date: by what was added, or anew where keys were destroyed or wrapped anew since, so
// that a copy never keeps a key longer than its source. Throws KeyFileError.
void follow_vault(const std::filesystem::path& from, const std::filesystem::path& copy, std::int64_t now_ms);
// Removes the copies in a folder (*.keys) that are older than kKeyCopyDaysMax at that instant; the names of
// those removed.
std::vector<std::filesystem::path> forget_old_copies(const std::filesystem::path& folder,
                                                     std::int64_t now_ms);

}  // namespace motcua::run
