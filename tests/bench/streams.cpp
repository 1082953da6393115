// Follows the events on many streams at once, and counts what comes. tests/bench/streams.py runs it.
//
//   bench_streams PORT COUNT TOKENS TARGET
//
// TOKENS is a file of API tokens, a line each, dealt out in turn. Says "open" when all streams have begun,
// then reads until its standard input ends, and prints {"events", "closed"}.

#include <sys/epoll.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/client.h"

namespace {

using motcua::bench::connected;
using motcua::bench::send_whole;

constexpr std::string_view kMark = "\nevent: vn.";
constexpr std::string_view kBegun = "\nevent: checkpoint";

struct Stream {
  int socket = -1;
  bool begun = false;
  std::string tail;  // of what came, where a mark may have been cut
};

std::size_t occurrences(std::string_view text, std::string_view mark) {
  std::size_t count = 0;
  for (auto at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at + 1)) ++count;
  return count;
}

class Streams {
 public:
  Streams(int port, std::size_t count, const std::vector<std::string>& tokens, const std::string& target)
      : epoll_(::epoll_create1(0)), streams_(count) {
    for (std::size_t i = 0; i < count; ++i) {
      streams_[i].socket = connected(port);
      watch(streams_[i].socket, i);
      send_whole(streams_[i].socket, "GET " + target + " HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer " +
                                         tokens[i % tokens.size()] + "\r\n\r\n");
    }
    watch(STDIN_FILENO, count);
  }

  void run() {
    bool said = false;
    while (!ended_) {
      epoll_event events[256];
      const int count = ::epoll_wait(epoll_, events, 256, -1);
      for (int i = 0; i < count; ++i) take(static_cast<std::size_t>(events[i].data.u64));
      if (said || begun_ + closed_ < streams_.size()) continue;
      said = true;
      std::puts("open");
      std::fflush(stdout);
    }
    std::printf("{\"events\":%zu,\"closed\":%zu}\n", events_, closed_);
  }

 private:
  void watch(int descriptor, std::size_t number) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = number;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
  }

  void take(std::size_t number) {
    char bytes[65536];
    if (number == streams_.size()) {
      ended_ = ended_ || ::read(STDIN_FILENO, bytes, sizeof bytes) <= 0;
      return;
    }
    Stream& stream = streams_[number];
    const ssize_t count = ::recv(stream.socket, bytes, sizeof bytes, MSG_DONTWAIT);
    if (count <= 0) {
      ++closed_;
      ::close(stream.socket);
      return;
    }
    std::string text = stream.tail;
    text.append(bytes, static_cast<std::size_t>(count));
    if (!stream.begun && text.find(kBegun) != std::string::npos) {
      stream.begun = true;
      ++begun_;
    }
    events_ += occurrences(text, kMark);
    const std::size_t kept = std::min(text.size(), kBegun.size() - 1);
    stream.tail = text.substr(text.size() - kept);
    // A whole mark in what is kept was counted already.
    events_ -= occurrences(stream.tail, kMark);
  }

  const int epoll_;
  std::vector<Stream> streams_;
  std::size_t begun_ = 0;
  std::size_t closed_ = 0;
  std::size_t events_ = 0;
  bool ended_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: bench_streams PORT COUNT TOKENS TARGET\n", stderr);
    return 2;
  }
  try {
    std::vector<std::string> tokens;
    std::ifstream in(argv[3]);
    for (std::string line; std::getline(in, line);) tokens.push_back(line);
    if (tokens.empty()) throw std::runtime_error("there are no tokens");
    Streams(std::atoi(argv[1]), std::strtoul(argv[2], nullptr, 10), tokens, argv[4]).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_streams: %s\n", error.what());
    return 1;
  }
}
