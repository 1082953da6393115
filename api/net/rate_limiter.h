#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace motcua::net {

// So many a second for long, and so many at once after a rest.
struct Rate {
  int per_second = 0;
  int burst = 0;
};

// A token bucket for each key, of which only one instant is kept: when it will be full again. Full ones are
// forgotten; when there are too many others, keys that are new share one bucket. Any thread.
class RateLimiter {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kKeysMax = 65'536;

  // Nothing: as many as there come.
  explicit RateLimiter(std::optional<Rate> rate, std::size_t keys_max = kKeysMax);

  // Takes one from the key's bucket; 0, or whole seconds until there will be one (at least 1).
  int take(std::string_view key, Instant now = std::chrono::steady_clock::now());
  std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
  std::size_t keys() const;

 private:
  using Buckets = std::map<std::string, Instant, std::less<>>;
  Instant& bucket(std::string_view key, Instant now);

  const bool limited_;
  const std::chrono::nanoseconds each_;   // what one request adds
  const std::chrono::nanoseconds depth_;  // how far ahead of now a bucket may be
  const std::size_t keys_max_;
  mutable std::mutex mutex_;
  Buckets full_again_at_;
  Instant shared_;  // of keys for which there is no room
  Instant swept_at_;
  std::atomic<std::uint64_t> refused_ = 0;
};

}  // namespace motcua::net
