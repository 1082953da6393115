#pragma once

#include <cstdint>
#include <functional>
#include <mutex>

#include "engine/run/clock.h"

namespace motcua::run {

// Where a SystemClock reads time; both in milliseconds. Replaced in tests.
struct TimeSources {
  std::function<std::int64_t()> wall;  // since 1970, as the machine is set: it may jump
  std::function<std::int64_t()> boot;  // since the machine started, sleep included: it never jumps
};
TimeSources machine_time();

// The wall clock, watched. Between two looks, wall time and boot time must have grown alike, within kJumpMax.
// When they have not, somebody moved the clock: sound() is false, and now() goes on from the last agreed time
// by boot time, until the two agree with that time again or a person confirms the new one. Any thread.
class SystemClock : public Clock {
 public:
  static constexpr std::int64_t kJumpMax = 2000;

  // Never answers less than `not_before`: the newest instant that the database holds.
  explicit SystemClock(core::Instant not_before = {}, TimeSources sources = machine_time());

  core::Instant now() override;
  bool sound() override;
  // Takes the wall clock as it is now for right. When it was moved back, now() stands until it is reached
  // again.
  void confirm();
  // How far the wall clock is from the time agreed on: positive when it is ahead.
  core::ClockTime disagreement();

 private:
  struct Sample {
    std::int64_t wall = 0;
    std::int64_t boot = 0;
    std::int64_t offset() const { return wall - boot; }
  };
  Sample sample() const;
  // Looks at the sources, keeps what they agree on, and tells the time. Under the lock.
  Sample look();

  const TimeSources sources_;
  std::mutex mutex_;
  std::int64_t agreed_ = 0;     // wall - boot, when they last agreed
  std::int64_t agreed_at_ = 0;  // the boot time of that
  bool sound_ = true;
  std::int64_t last_ = 0;
};

}  // namespace motcua::run
