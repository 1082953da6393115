#include "engine/run/random_port.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace motcua::run {
namespace {

constexpr core::Instant kNow{1'787'302'800'123};

std::int64_t time_of(const core::Uuid& id) {
  std::int64_t ms = 0;
  for (int i = 0; i < 6; ++i) ms = ms * 256 + id.bytes[static_cast<std::size_t>(i)];
  return ms;
}

template <class R>
std::vector<core::Uuid> ids_of(R& random, int n, core::Instant now = kNow) {
  std::vector<core::Uuid> ids;
  for (int i = 0; i < n; ++i) ids.push_back(random.uuid_v7(now));
  return ids;
}

bool rises_strictly(const std::vector<core::Uuid>& ids) {
  return std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>()) == ids.end();
}

TEST(UuidV7, CarriesTheInstantTheVersionAndTheVariant) {
  SystemRandom random;
  for (const core::Uuid& id : ids_of(random, 1000)) {
    EXPECT_EQ(time_of(id), kNow.ms);
    EXPECT_EQ(id.bytes[6] >> 4, 7);
    EXPECT_EQ(id.bytes[8] >> 6, 2);
  }
}

TEST(UuidV7, RisesWithinAMillisecondEvenWhenTheCountIsFull) {
  SystemRandom random;
  const auto ids = ids_of(random, 10'000);
  EXPECT_TRUE(rises_strictly(ids));
  EXPECT_EQ(time_of(ids[2000]), kNow.ms);
  EXPECT_GT(time_of(ids.back()), kNow.ms);
  EXPECT_LE(time_of(ids.back()), kNow.ms + 3);
}

TEST(UuidV7, RisesWhenTheClockStandsOrGoesBack) {
  SystemRandom random;
  std::vector<core::Uuid> ids;
  for (const std::int64_t step : {0, 5, 5, 3, -1000, 6}) ids.push_back(random.uuid_v7({kNow.ms + step}));
  EXPECT_TRUE(rises_strictly(ids));
  EXPECT_EQ(time_of(ids.back()), kNow.ms + 6);
}

TEST(UuidV7, IsUniqueAndRisingAcrossThreads) {
  SystemRandom random;
  std::vector<std::vector<core::Uuid>> made(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : made) threads.emplace_back([&] { mine = ids_of(random, 2000); });
  }
  std::set<core::Uuid> all;
  for (const auto& mine : made) {
    EXPECT_TRUE(rises_strictly(mine));
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), 8000U);
}

TEST(UuidV7, HasRandomTails) {
  SystemRandom random;
  std::array<int, 64> ones{};
  for (const core::Uuid& id : ids_of(random, 4000)) {
    for (std::size_t bit = 0; bit < 64; ++bit) ones[bit] += id.bytes[8 + bit / 8] >> (7 - bit % 8) & 1;
  }
  // 4,000 fair coins leave 1,600 to 2,400 once in 10^36 times.
  for (std::size_t bit = 2; bit < 64; ++bit) {
    EXPECT_GT(ones[bit], 1600) << bit;
    EXPECT_LT(ones[bit], 2400) << bit;
  }
}

TEST(SeededRandom, RepeatsItselfForTheSameSeedOnly) {
  SeededRandom one(7), same(7), other(8);
  std::vector<std::uint8_t> a(21), b(21);
  one.bytes(a);
  same.bytes(b);
  EXPECT_EQ(a, b);
  const auto ids = ids_of(one, 100);
  EXPECT_EQ(ids, ids_of(same, 100));
  EXPECT_NE(ids, ids_of(other, 100));
  EXPECT_TRUE(rises_strictly(ids));
}

TEST(SeededRandom, IsTheSameOnEveryMachine) {
  // The standard fixes the 10,000th number of mt19937_64 by its default seed.
  SeededRandom random(std::mt19937_64::default_seed);
  std::vector<std::uint8_t> bytes(80'000);
  random.bytes(bytes);
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < 8; ++i) last |= std::uint64_t{bytes[79'992 + i]} << (8 * i);
  EXPECT_EQ(last, 9981545732273789042ULL);
}

TEST(RandomBytes, FillsAnySizeAndNeverRepeats) {
  std::set<std::string> seen;
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(12, '\0');
    random_bytes(std::span(reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()));
    seen.insert(bytes);
  }
  EXPECT_EQ(seen.size(), 2000U);
  for (const std::size_t size : {0, 1, 4095, 4096, 4097, 20'000}) {
    std::vector<std::uint8_t> bytes(size);
    random_bytes(bytes);
    EXPECT_LE(std::count(bytes.begin(), bytes.end(), 0), static_cast<std::ptrdiff_t>(size / 64 + 1)) << size;
  }
}

TEST(RandomBytes, DifferBetweenAProcessAndItsFork) {
  std::array<std::uint8_t, 16> mine, theirs;
  random_bytes(mine);  // the buffer holds bytes that both could hand out
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  random_bytes(mine);
  if (child == 0) ::_exit(::write(ends[1], mine.data(), mine.size()) == 16 ? 0 : 1);
  ASSERT_EQ(::read(ends[0], theirs.data(), theirs.size()), 16);
  int status = 1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_NE(mine, theirs);
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace motcua::run
