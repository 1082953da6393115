#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace motcua::net {

// How many connections each client's network has open. Any thread.
class Peers {
 public:
  // False, and not counted, when the network has `max` already.
  bool enter(const std::string& network, int max);
  void leave(const std::string& network);

 private:
  std::mutex mutex_;
  std::map<std::string, int> open_;  // none with 0: bounded by the connections that are open
};

}  // namespace motcua::net
