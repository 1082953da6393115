#include "engine/run/system_clock.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <utility>

namespace motcua::run {
namespace {

// How far apart two readings of the boot clock around one of the wall clock may be, and how often to try
// again: a thread that was put aside in between would see a jump that never was.
constexpr std::int64_t kReadingMax = 50;
constexpr int kReadings = 4;

// The agreed offset follows the wall clock at most so often: small steps are lawful (a leap second, a time
// server that corrects), but a jump made of many of them is noticed unless it is slower than 2 s a minute.
// Slewing moves both clocks alike.
constexpr std::int64_t kFollowEvery = 60'000;

std::int64_t read_ms(clockid_t clock) {
  timespec at{};
  ::clock_gettime(clock, &at);
  return std::int64_t{at.tv_sec} * 1000 + at.tv_nsec / 1'000'000;
}

}  // namespace

TimeSources machine_time() {
  return {[] { return read_ms(CLOCK_REALTIME); }, [] { return read_ms(CLOCK_BOOTTIME); }};
}

SystemClock::SystemClock(core::Instant not_before, TimeSources sources)
    : sources_(std::move(sources)), last_(not_before.ms) {
  const Sample first = sample();
  agreed_ = first.offset();
  agreed_at_ = first.boot;
  last_ = std::max(last_, first.wall);
}

SystemClock::Sample SystemClock::sample() const {
  Sample taken;
  for (int i = 0; i < kReadings; ++i) {
    taken.boot = sources_.boot();
    taken.wall = sources_.wall();
    if (sources_.boot() - taken.boot <= kReadingMax) break;
  }
  return taken;
}

SystemClock::Sample SystemClock::look() {
  const Sample seen = sample();
  sound_ = std::abs(seen.offset() - agreed_) <= kJumpMax;
  if (sound_ && seen.boot - agreed_at_ >= kFollowEvery) {
    agreed_ = seen.offset();
    agreed_at_ = seen.boot;
  }
  // A wall clock that ran ahead must not drag now() along: what was once answered is never taken back.
  last_ = std::max(last_, sound_ ? seen.wall : agreed_ + seen.boot);
  return seen;
}

core::Instant SystemClock::now() {
  const std::lock_guard lock(mutex_);
  look();
  return {last_};
}

bool SystemClock::sound() {
  const std::lock_guard lock(mutex_);
  look();
  return sound_;
}

void SystemClock::confirm() {
  const std::lock_guard lock(mutex_);
  const Sample seen = sample();
  agreed_ = seen.offset();
  agreed_at_ = seen.boot;
  look();
}

core::ClockTime SystemClock::disagreement() {
  const std::lock_guard lock(mutex_);
  return {look().offset() - agreed_};
}

}  // namespace motcua::run
