#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace motcua::run {

// Fills `key` from a file that holds exactly so many bytes and that only its owner can read. False when there
// is no such file; throws KeyFileError for any other hindrance.
bool read_key_file(const std::filesystem::path& file, std::span<std::uint8_t> key);

// Makes a file of `size` random bytes with mode 0600, and its folder with mode 0700 where that is missing,
// whole and on the disk before it returns. Does nothing when another process was quicker. Throws
// KeyFileError.
void make_key_file(const std::filesystem::path& file, std::size_t size);

}  // namespace motcua::run
