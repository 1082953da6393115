#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "api/net/http.h"

namespace motcua::net {

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free port
  int threads = 2;
  std::size_t header_bytes_max = 16 * 1024;          // 431
  std::size_t body_bytes_max = 1024 * 1024;          // 413
  int connections_max = 4096;                        // one more is answered 503 and closed
  std::chrono::milliseconds header_timeout{10'000};  // the whole header must have arrived: 408
  std::chrono::milliseconds body_timeout{30'000};    // the whole body must have arrived: 408
  std::chrono::milliseconds idle_timeout{60'000};    // a kept-alive connection without a request is closed
  std::chrono::milliseconds write_timeout{30'000};   // a client that does not read its answer is dropped
};

struct ServerCounters {
  std::uint64_t connections_open = 0;  // that serve requests
  std::uint64_t streams_open = 0;
  std::uint64_t connections_refused = 0;
  std::uint64_t requests_refused = 0;  // answered by Refusal
};

// An HTTP/1.1 server. Keep-alive and pipelining by the standard; one request of a connection is handled at a
// time.
class Server {
 public:
  // Binds at once: throws std::system_error with the address in its message when it cannot.
  Server(ServerOptions options, Handler handler, Refusal refusal);
  ~Server();
  std::uint16_t port() const;
  // Serves on `threads` threads until stop(); returns when every answer is sent or the grace is over.
  void run();
  // Stops accepting, lets requests under way finish within `grace`, closes idle connections. Any thread;
  // once.
  void stop(std::chrono::milliseconds grace);
  ServerCounters counters() const;  // any thread

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace motcua::net
