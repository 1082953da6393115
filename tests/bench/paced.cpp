// Requests at a fixed rate, evenly spaced, and how long their answers take. Time counts from the instant at
// which a request was due to be sent, so that a server that stalls pays for what it kept waiting. h2load
// wakes all its connections at once every few milliseconds, which shows the length of its bursts (a p99
// of 4.7 ms for a server that only echoes), and cannot give every request an Idempotency-Key of its own.
//
// The client stands for other machines, so it runs before everything else on this one where it may: a time
// then holds what the server needed, and not how long the client waited for a processor that the server used.
//
//   bench_paced PORT CONNECTIONS RATE SECONDS WARM_UP_SECONDS TOKEN RUN FILE
//
// FILE: a line per request, METHOD<TAB>target<TAB>body; each is used once. Those of the first WARM_UP_SECONDS
// are sent at the same rate before the SECONDS, must be answered well, and their times are not counted.

#include <sched.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/client.h"

namespace {

using motcua::bench::connected;
using motcua::bench::receive_status;
using motcua::bench::request_head;
using motcua::bench::send_whole;

using Clock = std::chrono::steady_clock;

struct Connection {
  int socket = -1;
  std::string received;
  Clock::time_point due;  // of the request that waits for its answer
  bool counts = false;    // whether its time counts
};

// The requests of the file, without their keys: what stands before one and after it.
struct Prepared {
  std::string before;
  std::string after;
};

std::vector<Prepared> prepare(const char* path, const std::string& token) {
  std::vector<Prepared> all;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    if (second == std::string::npos) throw std::runtime_error("a line is not METHOD, target, body");
    const std::string body = line.substr(second + 1);
    all.push_back(
        {request_head(line.substr(0, first), line.substr(first + 1, second - first - 1), token, body.size()),
         "\r\n\r\n" + body});
  }
  return all;
}

class Load {
 public:
  Load(int port, int connections, double rate, double seconds, double warm_up)
      : epoll_(::epoll_create1(0)),
        gap_(1e9 / rate),
        total_(static_cast<std::size_t>(rate * (seconds + warm_up))),
        uncounted_(static_cast<std::size_t>(rate * warm_up)) {
    connections_.resize(static_cast<std::size_t>(connections));
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      connections_[i].socket = connected(port);
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_[i].socket, &event);
      idle_.push_back(i);
    }
  }

  void run(const std::vector<Prepared>& requests, const std::string& run) {
    if (requests.size() < total_) throw std::runtime_error("there are too few requests for this rate");
    const auto began = Clock::now();
    std::size_t sent = 0;
    while (answered_ < total_) {
      const auto now = Clock::now();
      if (now - began > std::chrono::seconds(120)) throw std::runtime_error("the answers do not come");
      while (sent < total_ && !idle_.empty() && began + nth(sent) <= now) {
        Connection& connection = connections_[idle_.front()];
        idle_.pop_front();
        connection.due = began + nth(sent);
        connection.counts = sent >= uncounted_;
        const Prepared& request = requests[sent];
        const std::string text = request.before + run + '-' + std::to_string(sent) + request.after;
        send_whole(connection.socket, text);
        ++sent;
      }
      const bool due_later = sent < total_ && !idle_.empty();
      receive(due_later ? began + nth(sent) : now + std::chrono::milliseconds(100));
    }
    seconds_ = std::chrono::duration<double>(Clock::now() - began).count();
  }

  void print(bool first_in_line) {
    std::sort(micros_.begin(), micros_.end());
    const auto at = [&](double part) {
      return micros_[std::min(micros_.size() - 1,
                              static_cast<std::size_t>(part * static_cast<double>(micros_.size())))];
    };
    std::printf(
        "{\"requests\":%zu,\"seconds\":%.3f,\"failed\":%zu,\"p50\":%ld,\"p90\":%ld,\"p99\":%ld,\"p999\":%ld,"
        "\"max\":%ld,\"realtime\":%s}\n",
        answered_, seconds_, failed_, at(0.5), at(0.9), at(0.99), at(0.999), micros_.back(),
        first_in_line ? "true" : "false");
  }

 private:
  std::chrono::nanoseconds nth(std::size_t n) const {
    return std::chrono::nanoseconds(static_cast<std::int64_t>(gap_ * static_cast<double>(n)));
  }

  // What has come by `until`, waiting for it in steps of a millisecond at the least; then the caller looks
  // again.
  void receive(Clock::time_point until) {
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(until - Clock::now()).count();
    const timespec wait{0, std::clamp<long>(left, 0, 100'000'000)};
    epoll_event events[64];
    const int count = ::epoll_pwait2(epoll_, events, 64, &wait, nullptr);
    for (int i = 0; i < count; ++i) read(static_cast<std::size_t>(events[i].data.u64));
  }

  void read(std::size_t number) {
    Connection& connection = connections_[number];
    const int status = receive_status(connection.socket, connection.received);
    if (status == 0) return;
    const auto took = Clock::now() - connection.due;
    if (connection.counts)
      micros_.push_back(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
    if (status / 100 != 2) {
      if (failed_++ == 0) std::fprintf(stderr, "bench_paced: %s\n", connection.received.c_str());
    }
    connection.received.clear();
    ++answered_;
    idle_.push_back(number);
  }

  const int epoll_;
  const double gap_;
  const std::size_t total_;
  const std::size_t uncounted_;
  std::vector<Connection> connections_;
  std::deque<std::size_t> idle_;
  std::vector<long> micros_;
  std::size_t answered_ = 0;
  std::size_t failed_ = 0;
  double seconds_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 9) {
    std::fputs("usage: bench_paced PORT CONNECTIONS RATE SECONDS WARM_UP_SECONDS TOKEN RUN FILE\n", stderr);
    return 2;
  }
  try {
    const std::vector<Prepared> requests = prepare(argv[8], argv[6]);
    Load load(std::atoi(argv[1]), std::atoi(argv[2]), std::atof(argv[3]), std::atof(argv[4]),
              std::atof(argv[5]));
    const sched_param before_others{.sched_priority = 1};
    const bool first_in_line = ::sched_setscheduler(0, SCHED_FIFO, &before_others) == 0;
    load.run(requests, argv[7]);
    load.print(first_in_line);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_paced: %s\n", error.what());
    return 1;
  }
}
