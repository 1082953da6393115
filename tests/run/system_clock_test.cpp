#include "engine/run/system_clock.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <thread>
#include <vector>

namespace motcua::run {
namespace {

using core::ClockTime;
using core::Instant;

constexpr std::int64_t kStart = 1'787'302'800'000;

// A machine whose clocks the test moves.
struct Machine {
  std::int64_t wall = kStart;
  std::int64_t boot = 5'000;

  void pass(std::int64_t ms) {
    wall += ms;
    boot += ms;
  }
  TimeSources sources() {
    return {[this] { return wall; }, [this] { return boot; }};
  }
};

TEST(SystemClock, FollowsTheWallClock) {
  Machine machine;
  SystemClock clock({}, machine.sources());
  EXPECT_EQ(clock.now(), Instant{kStart});
  for (const std::int64_t ms : {1LL, 999LL, 86'400'000LL, 31'536'000'000LL}) {
    machine.pass(ms);
    EXPECT_EQ(clock.now(), Instant{machine.wall});
    EXPECT_TRUE(clock.sound());
  }
}

TEST(SystemClock, NeverGoesBackAndNeverBeforeWhatTheDatabaseHolds) {
  Machine machine;
  SystemClock clock({kStart + 500}, machine.sources());
  EXPECT_EQ(clock.now(), Instant{kStart + 500});
  machine.pass(400);
  EXPECT_EQ(clock.now(), Instant{kStart + 500});
  machine.pass(200);
  EXPECT_EQ(clock.now(), Instant{kStart + 600});
  machine.wall -= 1500;
  EXPECT_EQ(clock.now(), Instant{kStart + 600});
  EXPECT_TRUE(clock.sound());
}

TEST(SystemClock, IsSoundAtAJumpOfTwoSecondsAndNotOneMillisecondMore) {
  for (const std::int64_t sign : {1, -1}) {
    Machine machine;
    SystemClock clock({}, machine.sources());
    machine.pass(10'000);
    machine.wall += sign * 2000;
    EXPECT_TRUE(clock.sound());
    machine.wall += sign;
    EXPECT_FALSE(clock.sound());
    EXPECT_EQ(clock.disagreement(), ClockTime{sign * 2001});
    machine.wall -= sign;
    EXPECT_TRUE(clock.sound()) << "the two agree again";
  }
}

TEST(SystemClock, GoesOnByBootTimeWhileTheWallClockIsAhead) {
  Machine machine;
  SystemClock clock({}, machine.sources());
  machine.pass(1000);
  machine.wall += 31'536'000'000;
  machine.pass(500);
  EXPECT_EQ(clock.now(), Instant{kStart + 1500});
  EXPECT_FALSE(clock.sound());
  machine.wall -= 31'536'000'000;
  machine.pass(500);
  EXPECT_EQ(clock.now(), Instant{kStart + 2000}) << "the wrong year left no trace";
  EXPECT_TRUE(clock.sound());
}

TEST(SystemClock, GoesOnByBootTimeWhileTheWallClockIsBehind) {
  Machine machine;
  SystemClock clock({}, machine.sources());
  machine.wall -= 3'600'000;
  machine.pass(700);
  EXPECT_EQ(clock.now(), Instant{kStart + 700});
  EXPECT_FALSE(clock.sound());
}

TEST(SystemClock, TakesAConfirmedTimeAheadAtOnce) {
  Machine machine;
  SystemClock clock({}, machine.sources());
  machine.wall += 3'600'000;
  ASSERT_FALSE(clock.sound());
  clock.confirm();
  EXPECT_TRUE(clock.sound());
  EXPECT_EQ(clock.now(), Instant{kStart + 3'600'000});
  EXPECT_EQ(clock.disagreement(), ClockTime{0});
}

TEST(SystemClock, StandsAfterAConfirmedTimeBehindUntilItIsReached) {
  Machine machine;
  SystemClock clock({}, machine.sources());
  machine.wall -= 3'600'000;
  clock.confirm();
  EXPECT_TRUE(clock.sound());
  EXPECT_EQ(clock.now(), Instant{kStart});
  machine.pass(3'600'000);
  EXPECT_EQ(clock.now(), Instant{kStart});
  machine.pass(1);
  EXPECT_EQ(clock.now(), Instant{kStart + 1});
}

TEST(SystemClock, FollowsSlowStepsButNotAJumpInManySmallOnes) {
  Machine slow;
  SystemClock patient({}, slow.sources());
  for (int i = 0; i < 100; ++i) {
    slow.pass(60'000);
    slow.wall += 1000;
    ASSERT_TRUE(patient.sound()) << i;
  }
  Machine quick;
  SystemClock watchful({}, quick.sources());
  int sound = 0;
  for (int i = 0; i < 100; ++i) {
    quick.pass(1000);
    quick.wall += 1000;
    sound += watchful.sound();
  }
  EXPECT_EQ(sound, 2);
}

TEST(SystemClock, ReadsAgainWhenItWasPutAsideBetweenTwoReadings) {
  Machine machine;
  bool asleep = true;
  TimeSources sources = machine.sources();
  sources.boot = [&] {
    const std::int64_t read = machine.boot;
    if (asleep) machine.pass(10'000);
    asleep = false;
    return read;
  };
  SystemClock clock({}, sources);
  EXPECT_EQ(clock.disagreement(), ClockTime{0});
  asleep = true;
  EXPECT_TRUE(clock.sound());
  EXPECT_EQ(clock.disagreement(), ClockTime{0});
}

TEST(SystemClock, RisesOnEveryThreadOfARealMachine) {
  SystemClock clock;
  std::vector<int> falls(4);
  {
    std::vector<std::jthread> threads;
    for (int& count : falls) {
      threads.emplace_back([&] {
        Instant last = clock.now();
        for (int i = 0; i < 2000; ++i) {
          const Instant now = clock.now();
          count += now < last;
          last = now;
        }
      });
    }
  }
  EXPECT_EQ(falls, std::vector<int>(4, 0));
  const auto wall = std::chrono::duration_cast<std::chrono::milliseconds>(
                        std::chrono::system_clock::now().time_since_epoch())
                        .count();
  EXPECT_NEAR(static_cast<double>(clock.now().ms), static_cast<double>(wall), 5000.0);
}

TEST(VirtualClock, StandsUntilItIsMovedForward) {
  VirtualClock clock({1000});
  EXPECT_TRUE(clock.sound());
  EXPECT_EQ(clock.now(), Instant{1000});
  EXPECT_EQ(clock.now(), Instant{1000});
  EXPECT_TRUE(clock.set({1000}));
  EXPECT_TRUE(clock.set({1500}));
  EXPECT_TRUE(clock.advance({250}));
  EXPECT_TRUE(clock.advance({0}));
  EXPECT_EQ(clock.now(), Instant{1750});
}

TEST(VirtualClock, RefusesToGoBackAndStays) {
  VirtualClock clock({1000});
  EXPECT_FALSE(clock.set({999}));
  EXPECT_FALSE(clock.advance({-1}));
  EXPECT_FALSE(clock.advance({std::numeric_limits<std::int64_t>::max()}));
  EXPECT_EQ(clock.now(), Instant{1000});
}

TEST(VirtualClock, LosesNoAdvanceOfManyThreads) {
  VirtualClock clock({0});
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) clock.advance({1});
      });
    }
  }
  EXPECT_EQ(clock.now(), Instant{4000});
}

}  // namespace
}  // namespace motcua::run
