#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "api/net/server.h"
#include "tests/net/raw_client.h"

namespace motcua::net::testing {

// Says what it is told, from any thread.
class TalkingStream : public Stream {
 public:
  void begin(std::function<void()> wake) override;
  Part next() override;
  void say(std::string text);

 private:
  std::mutex mutex_;
  std::condition_variable begun_;
  std::function<void()> wake_;
  std::deque<std::string> texts_;
};

// A server on a free port with its threads. Its handler answers by path:
//   /echo    at once, with the body of the request
//   /about   at once, with "METHOD path query"
//   /hold    not at all: the test takes the Reply with held()
//   /drop    never: the Reply is destroyed
//   /throw   never: it throws
//   /large   at once, with kLargeBytes bytes
//   /split   at once, with a header whose value tries to start another one
//   /empty   at once, with 204
//   /stream  a stream that says what say() is told to
class Served {
 public:
  static constexpr std::size_t kLargeBytes = 32 * 1024 * 1024;

  // Over TLS where MOTCUA_NET_OVER=tls says so: with it TlsTransport has all of this binary's tests of the
  // server run once more.
  explicit Served(ServerOptions options = {});
  ~Served();

  Server& server() { return *server_; }
  RawClient connect() const;
  std::unique_ptr<RawClient> connect_apart() const;
  // Waits for the next request to /hold.
  Reply held();
  // What the stream says next; an empty text ends it. Waits until there is a stream.
  void say(std::string text);
  // The headers of the request that came last.
  Request last();
  // Stops, and returns when run() has returned.
  void stop(std::chrono::milliseconds grace);
  // Waits until the counters satisfy the condition; false after ten seconds.
  bool eventually(const std::function<bool(const ServerCounters&)>& condition) const;

 private:
  std::uint16_t port() const;
  void handle(Request&& request, Reply&& reply);

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Reply> held_;
  Request last_;
  std::shared_ptr<TalkingStream> stream_;
  std::unique_ptr<Server> server_;
  std::thread runner_;
};

}  // namespace motcua::net::testing
