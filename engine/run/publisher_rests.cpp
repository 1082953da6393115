#include "engine/run/publisher_rests.h"

#include <algorithm>

namespace motcua::run {

PublisherRest PublisherRests::failed(const core::Uuid& of, PublisherStage stage) {
  const std::lock_guard lock(mutex_);
  const auto [at, fresh] = known_.try_emplace(of);
  Known& known = at->second;
  known.lasts = fresh ? first_ : std::min(longest_, 2 * known.lasts);
  known.until = std::chrono::steady_clock::now() + known.lasts;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  known.rest.failed = stage;
  known.rest.attempts = fresh ? 1 : known.rest.attempts + 1;
  known.rest.next_at.ms = (std::chrono::duration_cast<std::chrono::milliseconds>(now) + known.lasts).count();
  return known.rest;
}

bool PublisherRests::rests(const core::Uuid& of) const {
  const std::lock_guard lock(mutex_);
  const auto at = known_.find(of);
  return at != known_.end() && std::chrono::steady_clock::now() < at->second.until;
}

void PublisherRests::done(const core::Uuid& of) {
  const std::lock_guard lock(mutex_);
  known_.erase(of);
}

std::optional<PublisherRest> PublisherRests::find(const core::Uuid& of) const {
  const std::lock_guard lock(mutex_);
  const auto at = known_.find(of);
  if (at == known_.end()) return std::nullopt;
  return at->second.rest;
}

}  // namespace motcua::run
