#include "engine/run/seal_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "engine/run/seal_log.h"
#include "tests/run/temp_folder.h"

namespace motcua::run {
namespace {

constexpr std::size_t kSize = 66'500;  // more than 256 times 256

class SealTreeTest : public ::testing::Test {
 protected:
  SealTreeTest() : entries_(kSize) {
    std::mt19937 random(3);
    for (store::Hash& entry : entries_) {
      for (std::uint8_t& byte : entry) byte = static_cast<std::uint8_t>(random());
    }
    std::ofstream out(file_, std::ios::binary);
    out.write(reinterpret_cast<const char*>(entries_.data()),
              static_cast<std::streamsize>(entries_.size() * sizeof(store::Hash)));
  }
  // The path by way of the entries alone.
  std::vector<store::Hash> plain_path(std::uint64_t from, std::uint64_t to) const {
    return store::consistency_path(from, to, [&](std::uint64_t first, std::uint64_t count) {
      store::MerkleEdge edge;
      for (std::uint64_t i = first; i < first + count; ++i) edge.add(entries_[i]);
      return edge.root();
    });
  }

  const TempFolder folder_;
  const std::filesystem::path file_ = folder_ / "entries";
  std::vector<store::Hash> entries_;
};

TEST_F(SealTreeTest, TellsTheSamePathsAsTheEntriesHoweverItGrew) {
  const auto always = [] { return true; };
  std::mt19937 random(4);
  for (const std::size_t step : {kSize, std::size_t{10'000}, std::size_t{777}}) {
    SealTree tree(file_);
    for (std::size_t size = step; size < kSize; size += step) tree.grow(size, always);
    tree.grow(kSize, always);
    EXPECT_FALSE(tree.consistency(1, kSize + 1));
    for (int i = 0; i < 40; ++i) {
      const std::uint64_t to = 1 + random() % kSize;
      const std::uint64_t from = i % 4 == 0 ? std::max<std::uint64_t>(1, to / 256 * 256) : 1 + random() % to;
      EXPECT_EQ(tree.consistency(from, to), plain_path(from, to)) << step << ' ' << from << ' ' << to;
    }
    EXPECT_EQ(tree.consistency(65'536, kSize), plain_path(65'536, kSize));
    EXPECT_EQ(tree.consistency(kSize, kSize), std::vector<store::Hash>());
  }
}

TEST_F(SealTreeTest, StopsWhenItIsToldAndGoesOnLater) {
  SealTree tree(file_);
  int asked = 0;
  tree.grow(kSize, [&] { return ++asked <= 3; });
  EXPECT_TRUE(tree.consistency(700, 768));
  EXPECT_FALSE(tree.consistency(700, 769));
  tree.grow(kSize, [] { return true; });
  EXPECT_EQ(tree.consistency(700, kSize), plain_path(700, kSize));
}

TEST_F(SealTreeTest, SaysThatEntriesAreMissing) {
  std::filesystem::resize_file(file_, 100 * sizeof(store::Hash));
  SealTree tree(file_);
  EXPECT_THROW(tree.grow(kSize, [] { return true; }), SealError);
  EXPECT_THROW(SealTree(folder_ / "none"), SealError);
}

}  // namespace
}  // namespace motcua::run
