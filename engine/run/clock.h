#pragma once

#include <atomic>

#include "engine/core/time.h"

namespace motcua::run {

// The only source of "now". What it answers never goes back. Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual core::Instant now() = 0;
  // False while the time cannot be trusted: nothing may be decided then.
  virtual bool sound() = 0;
};

// The clock of the sandbox: it stands still until it is moved, and moves only forward.
class VirtualClock : public Clock {
 public:
  explicit VirtualClock(core::Instant start) : ms_(start.ms) {}
  core::Instant now() override { return {ms_.load()}; }
  bool sound() override { return true; }

  // Moves to the instant; false, and nothing moved, when that lies before now.
  bool set(core::Instant to) {
    std::int64_t from = ms_.load();
    do {
      if (to.ms < from) return false;
    } while (!ms_.compare_exchange_weak(from, to.ms));
    return true;
  }
  // Moves on by at least nothing; false, and nothing moved, for less or where time itself would end.
  bool advance(core::ClockTime by) {
    std::int64_t from = ms_.load();
    std::int64_t to = 0;
    do {
      if (by.ms < 0 || __builtin_add_overflow(from, by.ms, &to)) return false;
    } while (!ms_.compare_exchange_weak(from, to));
    return true;
  }

 private:
  std::atomic<std::int64_t> ms_;
};

}  // namespace motcua::run
