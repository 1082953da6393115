#include "engine/store/merkle.h"

#include <gtest/gtest.h>

#include <bit>
#include <random>
#include <string>

#include "engine/store/digest.h"

namespace motcua::test {
namespace {

using store::Hash;

// The definition of RFC 9162, section 2.1.1, word for word: split at the largest power of two below the size.
Hash defined_root(std::span<const Hash> entries) {
  const auto bytes = [](const Hash& hash) {
    return std::string(reinterpret_cast<const char*>(hash.data()), hash.size());
  };
  if (entries.empty()) return store::sha256("");
  if (entries.size() == 1) return store::sha256(std::string(1, '\0') + bytes(entries[0]));
  std::size_t split = 1;
  while (split * 2 < entries.size()) split *= 2;
  return store::sha256('\x01' + bytes(defined_root(entries.subspan(0, split))) +
                       bytes(defined_root(entries.subspan(split))));
}

TEST(Merkle, RootIsTheDefinedOneAtEverySize) {
  std::mt19937 random(1);
  std::vector<Hash> entries;
  store::MerkleEdge edge;
  EXPECT_EQ(store::hex(edge.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (std::size_t size = 1; size <= 300; ++size) {
    Hash& entry = entries.emplace_back();
    for (std::uint8_t& byte : entry) byte = static_cast<std::uint8_t>(random());
    edge.add(entry);
    ASSERT_EQ(edge.size(), size);
    ASSERT_EQ(edge.root(), defined_root(entries)) << size;
    const auto again = store::MerkleEdge::of(size, {edge.peaks().begin(), edge.peaks().end()});
    ASSERT_TRUE(again);
    ASSERT_EQ(again->root(), edge.root());
    ASSERT_FALSE(store::MerkleEdge::of(size + 1, {edge.peaks().begin(), edge.peaks().end()}) &&
                 std::popcount(size + 1) != std::popcount(size));
  }
}

// RFC 9162, section 2.1.4.1, word for word.
std::vector<Hash> defined_path(std::size_t older, std::span<const Hash> entries, bool whole) {
  if (older == entries.size()) return whole ? std::vector<Hash>() : std::vector{defined_root(entries)};
  std::size_t split = 1;
  while (split * 2 < entries.size()) split *= 2;
  const auto left = entries.subspan(0, split);
  const auto right = entries.subspan(split);
  auto path = older <= split ? defined_path(older, left, whole) : defined_path(older - split, right, false);
  path.push_back(defined_root(older <= split ? right : left));
  return path;
}

TEST(Merkle, ConsistencyPathIsTheDefinedOneBetweenAllSizes) {
  std::mt19937 random(2);
  std::vector<Hash> entries(70);
  for (Hash& entry : entries) {
    for (std::uint8_t& byte : entry) byte = static_cast<std::uint8_t>(random());
  }
  const std::span<const Hash> all(entries);
  const store::SubtreeRoot root = [&](std::uint64_t first, std::uint64_t count) {
    EXPECT_TRUE(std::has_single_bit(count) && first % count == 0) << first << ' ' << count;
    return defined_root(all.subspan(first, count));
  };
  for (std::size_t to = 1; to <= all.size(); ++to) {
    for (std::size_t from = 1; from <= to; ++from) {
      ASSERT_EQ(store::consistency_path(from, to, root), defined_path(from, all.subspan(0, to), true))
          << from << ' ' << to;
    }
  }
}

}  // namespace
}  // namespace motcua::test
