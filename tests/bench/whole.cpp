// Whole dossiers from submission to return: each connection lives one after the other, call by call, the next
// when the answer of the last has come. How many dossiers a second that makes, and how long each call took.
//
//   bench_whole PORT CONNECTIONS SECONDS TOKEN RUN FILE
//
// FILE: a line per dossier, the body of its submission and then word<TAB>body of each command after it. A
// server that only echoes names no dossier, and gets the same requests on a made-up one.

#include <sys/epoll.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string_view>
#include <vector>

#include "tests/bench/client.h"

namespace motcua::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Call {
  std::string word;  // empty: the submission
  std::string body;
};
using Calls = std::vector<Call>;

std::vector<Calls> read_dossiers(const char* path) {
  std::vector<Calls> all;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    Calls calls(1);
    std::getline(fields, calls[0].body, '\t');
    for (Call call; std::getline(fields, call.word, '\t') && std::getline(fields, call.body, '\t');) {
      calls.push_back(call);
    }
    all.push_back(std::move(calls));
  }
  if (all.empty()) throw std::runtime_error("there is no dossier in the file");
  return all;
}

struct Connection {
  int socket = -1;
  std::string received;
  const Calls* calls = nullptr;  // null: it has ended
  std::size_t next = 0;          // the call that waits for its answer
  std::string id;
  Clock::time_point sent;
  Clock::time_point began;
};

class Lives {
 public:
  Lives(int port, std::size_t connections, const std::vector<Calls>& dossiers, std::string token,
        std::string run)
      : epoll_(::epoll_create1(0)), dossiers_(dossiers), token_(std::move(token)), run_(std::move(run)) {
    connections_.resize(connections);
    for (std::size_t i = 0; i < connections; ++i) {
      connections_[i].socket = connected(port);
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_[i].socket, &event);
    }
  }

  void live(double seconds) {
    const auto began = Clock::now();
    until_ = began + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    for (Connection& connection : connections_) begin(connection);
    while (going_ > 0) {
      epoll_event events[64];
      const int count = ::epoll_wait(epoll_, events, 64, 10'000);
      if (count <= 0) throw std::runtime_error("the answers do not come");
      for (int i = 0; i < count; ++i) read(connections_[static_cast<std::size_t>(events[i].data.u64)]);
    }
    seconds_ = std::chrono::duration<double>(Clock::now() - began).count();
  }

  void print() {
    std::printf("{\"dossiers\":%zu,\"requests\":%zu,\"seconds\":%.3f,\"failed\":%zu,", lives_.size(),
                calls_.size(), seconds_, failed_);
    print("", calls_);
    std::printf(",");
    print("dossier_", lives_);
    std::printf("}\n");
  }

 private:
  static void print(const char* of, std::vector<long>& micros) {
    std::sort(micros.begin(), micros.end());
    const auto at = [&](double part) {
      const auto place = static_cast<std::size_t>(part * static_cast<double>(micros.size()));
      return micros.empty() ? 0 : micros[std::min(micros.size() - 1, place)];
    };
    std::printf("\"%sp50\":%ld,\"%sp90\":%ld,\"%sp99\":%ld,\"%smax\":%ld", of, at(0.5), of, at(0.9), of,
                at(0.99), of, at(1));
  }

  void begin(Connection& connection) {
    connection.calls = &dossiers_[begun_++ % dossiers_.size()];
    connection.next = 0;
    connection.id = "00000000-0000-7000-8000-000000000000";
    connection.began = Clock::now();
    ++going_;
    send(connection);
  }

  void send(Connection& connection) {
    const Call& call = (*connection.calls)[connection.next];
    const std::string target =
        "/v1/dossiers" + (call.word.empty() ? "" : '/' + connection.id + '/' + call.word);
    connection.sent = Clock::now();
    send_whole(connection.socket, request_head("POST", target, token_, call.body.size()) + run_ + '-' +
                                      std::to_string(sent_++) + "\r\n\r\n" + call.body);
  }

  void read(Connection& connection) {
    const int status = receive_status(connection.socket, connection.received);
    if (status == 0) return;
    calls_.push_back(since(connection.sent));
    const bool well = status / 100 == 2;
    if (!well && failed_++ == 0) std::fprintf(stderr, "bench_whole: %s\n", connection.received.c_str());
    static constexpr std::string_view kLocation = "Location: /v1/dossiers/";
    const std::size_t location = connection.received.find(kLocation);
    if (location != std::string::npos) {
      connection.id = connection.received.substr(location + kLocation.size(), connection.id.size());
    }
    connection.received.clear();
    if (well && ++connection.next < connection.calls->size()) return send(connection);
    if (well) lives_.push_back(since(connection.began));
    --going_;
    if (Clock::now() < until_) begin(connection);
  }

  static long since(Clock::time_point begin) {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin).count();
  }

  const int epoll_;
  const std::vector<Calls>& dossiers_;
  const std::string token_;
  const std::string run_;
  std::vector<Connection> connections_;
  Clock::time_point until_;
  std::vector<long> calls_;  // microseconds of each
  std::vector<long> lives_;  // of each dossier that came to its end
  std::size_t begun_ = 0, sent_ = 0, going_ = 0, failed_ = 0;
  double seconds_ = 0;
};

}  // namespace
}  // namespace motcua::bench

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fputs("usage: bench_whole PORT CONNECTIONS SECONDS TOKEN RUN FILE\n", stderr);
    return 2;
  }
  try {
    const auto dossiers = motcua::bench::read_dossiers(argv[6]);
    motcua::bench::Lives lives(std::atoi(argv[1]), static_cast<std::size_t>(std::atoi(argv[2])), dossiers,
                               argv[4], argv[5]);
    lives.live(std::atof(argv[3]));
    lives.print();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_whole: %s\n", error.what());
    return 1;
  }
}
