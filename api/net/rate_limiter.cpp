#include "api/net/rate_limiter.h"

#include <algorithm>

namespace motcua::net {
namespace {

using std::chrono::nanoseconds;

// Looking for full buckets costs a walk over all: not more often, whoever sends from however many addresses.
constexpr std::chrono::seconds kSweepEvery{1};
constexpr nanoseconds kSecond = std::chrono::seconds(1);

}  // namespace

RateLimiter::RateLimiter(std::optional<Rate> rate, std::size_t keys_max)
    : limited_(rate.has_value()),
      each_(rate ? kSecond / rate->per_second : nanoseconds(0)),
      depth_(rate ? each_ * rate->burst : nanoseconds(0)),
      keys_max_(keys_max) {}

RateLimiter::Instant& RateLimiter::bucket(std::string_view key, Instant now) {
  const auto known = full_again_at_.find(key);
  if (known != full_again_at_.end()) return known->second;
  if (full_again_at_.size() >= keys_max_ && now - swept_at_ >= kSweepEvery) {
    swept_at_ = now;
    std::erase_if(full_again_at_, [&](const auto& entry) { return entry.second <= now; });
  }
  if (full_again_at_.size() >= keys_max_) return shared_;
  return full_again_at_.emplace(std::string(key), now).first->second;
}

int RateLimiter::take(std::string_view key, Instant now) {
  if (!limited_) return 0;
  const std::lock_guard lock(mutex_);
  Instant& full_again_at = bucket(key, now);
  const Instant then = std::max(full_again_at, now) + each_;
  const nanoseconds missing = then - now - depth_;
  if (missing <= nanoseconds(0)) {
    full_again_at = then;
    return 0;
  }
  refused_.fetch_add(1, std::memory_order_relaxed);
  return static_cast<int>(std::max<std::int64_t>(1, (missing + kSecond - nanoseconds(1)) / kSecond));
}

std::size_t RateLimiter::keys() const {
  const std::lock_guard lock(mutex_);
  return full_again_at_.size();
}

}  // namespace motcua::net
