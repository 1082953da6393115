#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "engine/store/sqlite_keys.h"
#include "engine/store/sqlite_rows.h"
#include "engine/store/sqlite_words.h"

namespace motcua::store::sqlite {
namespace {

constexpr std::int64_t kLeafMs = std::int64_t{1} << 31;

// An instant must meet the cover in exactly one of its nodes when it lies in a leaf of the interval.
TEST(StandingCover, MeetsEveryLeafOfTheIntervalOnceAndNoOther) {
  std::mt19937_64 random(1);
  for (int n = 0; n < 3'000; ++n) {
    const auto first = static_cast<std::int64_t>(random() % 500);
    const auto last = first + static_cast<std::int64_t>(random() % (n % 2 == 0 ? 8 : 500));
    const auto nodes = standing_cover(first * kLeafMs + static_cast<std::int64_t>(random() % kLeafMs),
                                      last * kLeafMs + static_cast<std::int64_t>(random() % kLeafMs));
    EXPECT_LE(nodes.size(), 2U * 10U);
    for (std::int64_t leaf = first < 3 ? 0 : first - 3; leaf <= last + 3; ++leaf) {
      int met = 0;
      for (int level = 0; level < kStandingLevels; ++level) {
        const std::int64_t node = standing_node(level, leaf * kLeafMs + 5);
        met += static_cast<int>(std::count(nodes.begin(), nodes.end(), node));
      }
      ASSERT_EQ(met, leaf >= first && leaf <= last ? 1 : 0) << first << " " << last << " " << leaf;
    }
  }
}

TEST(StandingCover, TakesInstantsBeyondTheTree) {
  EXPECT_FALSE(standing_cover(-5, std::int64_t{1} << 60).empty());
  EXPECT_EQ(standing_cover(std::int64_t{1} << 60, std::int64_t{1} << 61).size(), 1U);
}

KeyMap::Key key_of(std::uint64_t number) {
  std::mt19937_64 random(number);
  KeyMap::Key key;
  for (auto& byte : key) byte = static_cast<std::uint8_t>(random());
  return key;
}

TEST(KeyMap, FindsWhatWasAddedAndNotRemovedLikeAnOrdinaryMap) {
  KeyMap map;
  std::map<std::uint64_t, std::int64_t> model;
  std::map<std::int64_t, std::uint64_t> holders;
  std::mt19937_64 random(2);
  std::uint64_t oldest = 0;
  std::uint64_t next = 0;
  const auto found = [&](std::uint64_t number) {
    return map.find(key_of(number), [&](std::int64_t position) {
      const auto holder = holders.find(position);
      return holder != holders.end() && holder->second == number;
    });
  };
  for (int n = 0; n < 40'000; ++n) {
    if (random() % 3 != 0 || oldest == next) {
      const std::int64_t position = map.next();
      map.add(key_of(next), position);
      model[next] = position;
      holders[position] = next++;
    } else {
      map.remove(key_of(oldest), model[oldest]);
      holders.erase(model[oldest]);
      model.erase(oldest++);
    }
    const std::uint64_t asked = random() % (next + 5);
    const auto expected = model.find(asked);
    ASSERT_EQ(found(asked), expected == model.end() ? std::nullopt : std::optional(expected->second));
  }
  EXPECT_EQ(map.size(), model.size());
}

TEST(KeyMap, GoesOnPastFourThousandMillionPositions) {
  KeyMap map;
  const std::int64_t wrap = std::int64_t{1} << 32;
  map.step_back(wrap - 2);
  EXPECT_EQ(map.next(), wrap - 1);
  map.add(key_of(1), map.next());
  EXPECT_EQ(map.next(), wrap + 1);
  map.add(key_of(2), map.next());
  const auto any = [](std::int64_t) { return true; };
  EXPECT_EQ(map.find(key_of(1), any), wrap - 1);
  EXPECT_EQ(map.find(key_of(2), any), wrap + 1);
}

TEST(DayFirst, PutsTheAgencyLastAndKeepsDifferentTextsDifferent) {
  EXPECT_EQ(day_first("H32.19-260821-0001"), "260821-0001-H32.19");
  EXPECT_EQ(day_first("H32.19-260821"), "260821-H32.19");
  EXPECT_EQ(day_first("plain"), "plain");
  EXPECT_NE(day_first("plain-"), day_first("plain"));
  std::set<std::string> texts;
  for (const char* text : {"a-b", "b-a", "a-b-c", "b-c-a", "-a", "a-", "a", "--", "-"})
    texts.insert(day_first(text));
  EXPECT_EQ(texts.size(), 9U);
}

}  // namespace
}  // namespace motcua::store::sqlite
