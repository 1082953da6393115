#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/run/metrics.h"
#include "engine/store/store.h"

namespace motcua::run {

// Gives answers away once what they tell is on the disk, on a thread of its own: the writer decides the next
// group while the disk works on the last. A sync serves every group that waits.
class Releaser {
 public:
  // Called once, with whether everything that was committed before add() is on the disk.
  using Release = std::function<void(bool on_disk)>;
  // `on_failure` is told why the disk failed; all that was added then is released as not on the disk.
  Releaser(store::Store& store, EngineMetrics& metrics, std::function<void(const std::string&)> on_failure);
  ~Releaser() { stop(); }

  // By the writer's thread. Waits while as many groups wait as may: what was committed is never far ahead of
  // what is on the disk, and groups grow when the disk is slow.
  void add(Release release);
  // Once everything that was added is released. Nothing may be added any more.
  void stop();

 private:
  struct Waiting {
    Release release;
    std::chrono::steady_clock::time_point since;
  };

  void work();
  bool sync();

  store::Store& store_;
  EngineMetrics& metrics_;
  const std::function<void(const std::string&)> on_failure_;
  std::mutex mutex_;
  std::condition_variable wake_, room_;
  std::vector<Waiting> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace motcua::run
