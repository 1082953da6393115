#include "api/net/rate_limiter.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>
#include <vector>

namespace motcua::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const RateLimiter::Instant kStart = RateLimiter::Instant(std::chrono::hours(1));

TEST(RateLimiter, GivesABurstThenItsPace) {
  RateLimiter limiter(Rate{2, 5});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(limiter.take("a", kStart), 0) << i;
  EXPECT_EQ(limiter.take("a", kStart), 1);
  EXPECT_EQ(limiter.take("a", kStart + milliseconds(499)), 1);
  EXPECT_EQ(limiter.take("a", kStart + milliseconds(500)), 0);
  EXPECT_EQ(limiter.take("a", kStart + milliseconds(500)), 1);
  EXPECT_EQ(limiter.take("b", kStart), 0) << "another key has a bucket of its own";
  EXPECT_EQ(limiter.refused(), 3u);
  // After a long rest the burst is there again, and no more than that.
  for (int i = 0; i < 5; ++i) EXPECT_EQ(limiter.take("a", kStart + seconds(100)), 0) << i;
  EXPECT_EQ(limiter.take("a", kStart + seconds(100)), 1);
}

TEST(RateLimiter, SaysAfterHowManySecondsThereIsOne) {
  RateLimiter limiter(Rate{1, 1});
  EXPECT_EQ(limiter.take("a", kStart), 0);
  EXPECT_EQ(limiter.take("a", kStart + milliseconds(1)), 1);
  EXPECT_EQ(limiter.take("a", kStart + milliseconds(999)), 1);
  EXPECT_EQ(limiter.take("a", kStart + seconds(1)), 0);
}

TEST(RateLimiter, GivesWithoutALimitWhatIsAsked) {
  RateLimiter limiter(std::nullopt);
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(limiter.take("a", kStart), 0);
  EXPECT_EQ(limiter.keys(), 0u);
}

TEST(RateLimiter, KeepsBoundedMemoryAndLimitsTheKeysWithoutRoom) {
  RateLimiter limiter(Rate{1, 2}, 100);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(limiter.take(std::to_string(i), kStart), 0);
  EXPECT_EQ(limiter.take("x", kStart), 0);
  EXPECT_EQ(limiter.take("y", kStart), 0);
  EXPECT_EQ(limiter.take("z", kStart), 1) << "these share one bucket";
  EXPECT_EQ(limiter.keys(), 100u);
  EXPECT_EQ(limiter.take("7", kStart), 0) << "who was there keeps its own";
  // When the others are full again they are forgotten.
  EXPECT_EQ(limiter.take("z", kStart + seconds(3)), 0);
  EXPECT_EQ(limiter.keys(), 1u);
}

// The oracle counts tokens, as a bucket is usually told.
TEST(RateLimiter, AgreesWithABucketOfTokens) {
  constexpr int kPerSecond = 4;
  constexpr int kBurst = 7;
  RateLimiter limiter(Rate{kPerSecond, kBurst});
  std::mt19937 random(1);
  struct Bucket {
    std::int64_t tokens_ms = kBurst * 1000 / kPerSecond;  // in the time that it takes to earn them
    std::int64_t at_ms = 0;
  };
  std::map<std::string, Bucket> buckets;
  std::int64_t now_ms = 0;
  for (int i = 0; i < 20'000; ++i) {
    now_ms += static_cast<std::int64_t>(random() % 120);
    const std::string key(1, static_cast<char>('a' + random() % 3));
    Bucket& bucket = buckets[key];
    bucket.tokens_ms =
        std::min<std::int64_t>(kBurst * 1000 / kPerSecond, bucket.tokens_ms + now_ms - bucket.at_ms);
    bucket.at_ms = now_ms;
    const bool expected = bucket.tokens_ms >= 1000 / kPerSecond;
    if (expected) bucket.tokens_ms -= 1000 / kPerSecond;
    ASSERT_EQ(limiter.take(key, kStart + milliseconds(now_ms)) == 0, expected) << i;
  }
}

TEST(RateLimiter, GivesTogetherNoMoreThanTheBurst) {
  RateLimiter limiter(Rate{1, 1000});
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) taken += limiter.take("a", kStart) == 0 ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 1000);
}

}  // namespace
}  // namespace motcua::net
