#pragma once

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "engine/run/key_wrap.h"
#include "engine/run/keyring.h"
#include "engine/run/owned_file.h"

// How a file of keys lies on the disk; of vault.cpp and vault_copy.cpp alone.
namespace motcua::run::vault_layout {

inline constexpr std::string_view kMagic = "MTCQKEY1";
// A place: one that says that there is a key, three zeros, the wrapped key. It never lies across two sectors
// of a disk. One that was passed over: two, zeros.
inline constexpr std::uint8_t kHasKey = 1;
inline constexpr std::uint8_t kPassedOver = 2;
inline constexpr std::size_t kPlaceSize = 64;
inline constexpr std::size_t kWrappedAt = kPlaceSize - KeyWrap::kWrappedSize;
inline constexpr std::uint64_t kPlacesMax = std::uint64_t{1} << 40;
inline constexpr std::uint64_t kOfRoot = ~std::uint64_t{0};  // what the root is bound to, in place of a place
inline constexpr std::size_t kBlock = 1024;                  // keys that are made together
// The header: magic, id, name of the master key, wrapped root, when it was copied, how
// often keys were destroyed, zeros.
inline constexpr std::size_t kHeaderSize = 128;
inline constexpr std::size_t kIdAt = 8;
inline constexpr std::size_t kMasterAt = 24;
inline constexpr std::size_t kRootAt = 40;
inline constexpr std::size_t kCopiedAt = 104;
inline constexpr std::size_t kDestructionsAt = 112;
using Header = std::array<std::uint8_t, kHeaderSize>;
using Place = std::array<std::uint8_t, kPlaceSize>;

inline std::size_t offset_of(std::uint64_t place) { return kHeaderSize + place * kPlaceSize; }

inline std::uint64_t places_in(int fd, const std::filesystem::path& file) {
  struct stat about {};
  if (::fstat(fd, &about) != 0) fail_on_file("look at", file);
  const auto bytes = static_cast<std::size_t>(about.st_size);
  return bytes <= kHeaderSize ? 0 : (bytes - kHeaderSize) / kPlaceSize;
}

template <std::size_t N>
std::array<std::uint8_t, N> part_of(const Header& header, std::size_t at) {
  std::array<std::uint8_t, N> part;
  std::copy_n(header.begin() + static_cast<std::ptrdiff_t>(at), N, part.begin());
  return part;
}

inline std::uint64_t number_in(const Header& header, std::size_t at) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number |= std::uint64_t{header[at + i]} << (8 * i);
  return number;
}
inline void put_number(Header& header, std::size_t at, std::uint64_t number) {
  for (std::size_t i = 0; i < 8; ++i) header[at + i] = static_cast<std::uint8_t>(number >> (8 * i));
}

inline Header read_header(int fd, const std::filesystem::path& file) {
  Header header{};
  const bool whole = read_at(fd, header, 0, file);
  if (!whole || !std::equal(kMagic.begin(), kMagic.end(), header.begin()))
    throw KeyFileError(file.string() + " is no file of keys");
  return header;
}

}  // namespace motcua::run::vault_layout
