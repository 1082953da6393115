#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace motcua::api {

// Makes reports on a thread of its own, one at a time: to count a year takes seconds, and the threads of the
// network must not wait for it. Any thread may ask.
class ReportDesk {
 public:
  explicit ReportDesk(std::size_t waiting_max) : waiting_max_(waiting_max), thread_([this] { loop(); }) {}
  ReportDesk(const ReportDesk&) = delete;
  ReportDesk& operator=(const ReportDesk&) = delete;
  // Ends after the report under way; those that wait are not made any more.
  ~ReportDesk();

  // False: as many wait as may. A job must not throw.
  bool ask(std::function<void()> job);

 private:
  void loop();

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> waiting_;
  bool stopping_ = false;
  std::thread thread_;  // last: everything is there when it begins
};

}  // namespace motcua::api
