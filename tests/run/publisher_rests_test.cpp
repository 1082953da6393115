#include "engine/run/publisher_rests.h"

#include <gtest/gtest.h>

namespace motcua::run {
namespace {

using namespace std::chrono_literals;

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

TEST(PublisherRests, LastTwiceAsLongEachTimeUpToTheLongest) {
  PublisherRests rests(600s, 3'600s);
  const core::Uuid list{{7}};
  int attempts = 0;
  for (const std::int64_t seconds : {600, 1'200, 2'400, 3'600, 3'600}) {
    const PublisherRest rest = rests.failed(list, PublisherStage::files);
    EXPECT_EQ(rest.attempts, ++attempts);
    EXPECT_NEAR(static_cast<double>(rest.next_at.ms - now_ms()), static_cast<double>(seconds) * 1'000,
                30'000);
    EXPECT_TRUE(rests.rests(list));
  }
}

TEST(PublisherRests, AreOfOneListAndOverWhenItIsDone) {
  PublisherRests rests(600s, 3'600s);
  const core::Uuid list{{7}};
  const core::Uuid other{{8}};
  EXPECT_FALSE(rests.rests(list));
  rests.failed(list, PublisherStage::replay);
  rests.failed(list, PublisherStage::writing);
  EXPECT_FALSE(rests.rests(other));
  EXPECT_FALSE(rests.find(other));
  ASSERT_TRUE(rests.find(list));
  EXPECT_EQ(rests.find(list)->failed, PublisherStage::writing);
  rests.done(list);
  EXPECT_FALSE(rests.rests(list));
  EXPECT_FALSE(rests.find(list));
  EXPECT_EQ(rests.failed(list, PublisherStage::files).attempts, 1);
}

TEST(PublisherRests, EndByThemselvesAndAreStillTold) {
  PublisherRests rests(0ms, 0ms);
  const core::Uuid list{{7}};
  rests.failed(list, PublisherStage::counting);
  EXPECT_FALSE(rests.rests(list));
  EXPECT_TRUE(rests.find(list));
}

}  // namespace
}  // namespace motcua::run
