#include "api/net/peers.h"

namespace motcua::net {

bool Peers::enter(const std::string& network, int max) {
  const std::lock_guard lock(mutex_);
  const auto [at, is_new] = open_.try_emplace(network, 0);
  if (at->second >= max) return false;
  ++at->second;
  return true;
}

void Peers::leave(const std::string& network) {
  const std::lock_guard lock(mutex_);
  const auto at = open_.find(network);
  if (at != open_.end() && --at->second == 0) open_.erase(at);
}

}  // namespace motcua::net
