#pragma once

#include <signal.h>
#include <functional>
#include <thread>

namespace motcua::api {

// Waits for the signals of a service on a thread of its own. Make it before any other thread, as they inherit
// that these are blocked.
class SignalThread {
 public:
  static constexpr int kNone = 0;

  SignalThread();
  ~SignalThread();
  SignalThread(const SignalThread&) = delete;
  SignalThread& operator=(const SignalThread&) = delete;

  // Hands each signal to `on_signal`, and kNone every two seconds without one; ends when that answers false.
  void start(std::function<bool(int)> on_signal);

 private:
  int next() const;

  sigset_t set_;
  std::thread thread_;
};

}  // namespace motcua::api
