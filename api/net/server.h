#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/net/http.h"
#include "api/net/networks.h"
#include "api/net/rate_limiter.h"
#include "api/net/tls.h"

namespace motcua::net {

struct Endpoint {
  std::string address;     // as digits
  std::uint16_t port = 0;  // 0: any free port
};

struct ServerOptions {
  std::optional<Endpoint> plain = Endpoint{"127.0.0.1", 8080};
  std::optional<Endpoint> secure;         // over TLS; needs `tls`
  std::shared_ptr<const TlsContext> tls;  // until renew()
  int threads = 2;
  std::size_t header_bytes_max = 16 * 1024;  // 431
  std::size_t body_bytes_max = 1024 * 1024;  // 413
  int connections_max = 4096;                // one more is answered 503 and closed; over TLS only closed
  int connections_each = 256;                // of one client's network; likewise
  std::optional<Rate> handshake_rate;        // of TLS, of one client's network; likewise
  std::vector<Network> proxies;              // no limit each; whose X-Forwarded-For is believed
  std::chrono::milliseconds handshake_timeout{5'000};  // of TLS; the connection is closed
  std::chrono::milliseconds header_timeout{10'000};    // the whole header must have arrived: 408
  std::chrono::milliseconds body_timeout{30'000};      // the whole body must have arrived: 408
  // Sooner when it comes more slowly than this after a first grace: 408. 0: however slowly.
  std::size_t body_bytes_per_second = 1024;
  std::chrono::milliseconds body_grace{5'000};
  std::chrono::milliseconds idle_timeout{60'000};   // a kept-alive connection without a request is closed
  std::chrono::milliseconds write_timeout{30'000};  // a client that does not read its answer is dropped
};

struct ServerCounters {
  std::uint64_t connections_open = 0;  // that serve requests
  std::uint64_t streams_open = 0;
  std::uint64_t connections_refused = 0;
  std::uint64_t requests_refused = 0;   // answered by Refusal
  std::uint64_t handshakes = 0;         // of TLS, that came to an end
  std::uint64_t handshakes_failed = 0;  // or did not
};

// An HTTP/1.1 server. Keep-alive and pipelining by the standard; one request of a connection is handled at a
// time.
class Server {
 public:
  // Binds at once: throws std::system_error with the address in its message when it cannot.
  Server(ServerOptions options, Handler handler, Refusal refusal);
  ~Server();
  std::uint16_t port() const;         // of the plain endpoint; 0 without one
  std::uint16_t secure_port() const;  // of the one over TLS
  // Connections that are made from now on get this; those that are open go on with theirs. Any thread.
  void renew(std::shared_ptr<const TlsContext> tls);
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
