#pragma once

#include <chrono>
#include <thread>

namespace motcua::testing {

// Whether a condition that something else brings about came to hold, within half a minute. Asks without a
// pause, and lets others have their turn.
template <class Condition>
bool eventually(const Condition& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  do {
    if (holds()) return true;
    std::this_thread::yield();
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

}  // namespace motcua::testing
