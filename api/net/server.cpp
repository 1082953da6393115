#include "api/net/server.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>
#include <thread>
#include <utility>
#include <vector>

#include "api/net/door.h"
#include "api/net/loop.h"

namespace motcua::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Out of file descriptors, say: trying again at once would only spin.
constexpr std::chrono::milliseconds kAcceptRetry{100};
// Connections over the limit that may wait for their 503 to be read; beyond these they are closed unanswered.
constexpr int kRefusalsOpenMax = 64;
constexpr Fault kTooMany{503, "too_many_connections", "Expected a free connection, but all are in use"};
constexpr Fault kTooManyOfOne{503, "too_many_connections",
                              "Expected fewer connections of one address, but it has as many as are allowed"};

}  // namespace

// One acceptor for each endpoint, that deals connections out to the loop with the fewest. Listening once per
// loop (SO_REUSEPORT) would spread few connections unevenly, and would let a second server bind the same port
// unnoticed.
struct Server::Impl {
  Impl(ServerOptions options, Handler handler, Refusal refusal)
      : shared{std::move(options), std::move(handler), std::move(refusal)},
        loops(make_loops(shared)),
        handshake_rate(shared.options.handshake_rate),
        plain(loops.front()->io(), false),
        secure(loops.front()->io(), true) {
    if (shared.options.plain) plain.open(*shared.options.plain);
    if (!shared.options.secure) return;
    // OpenSSL writes without MSG_NOSIGNAL: a client that has gone must not end the process.
    std::signal(SIGPIPE, SIG_IGN);
    secure.open(*shared.options.secure);
  }
  // Replies that outlive the server keep a loop's queue alive: no socket and nothing of the acceptor stays in
  // it.
  ~Impl() {
    for (const auto& loop : loops) loop->close_all();
  }

  static std::vector<std::shared_ptr<Loop>> make_loops(Shared& shared) {
    std::vector<std::shared_ptr<Loop>> loops;
    for (int i = 0; i < std::max(1, shared.options.threads); ++i)
      loops.push_back(std::make_shared<Loop>(shared));
    return loops;
  }

  void accept(Door& door);
  void on_accept(error_code error, Door& door, Loop& loop, Socket&& socket);
  void deal(Door& door, Loop& loop, Socket&& socket);
  const Fault* refuse(Arrival& arrival);
  Loop& least_loaded();

  Shared shared;
  std::vector<std::shared_ptr<Loop>> loops;
  RateLimiter handshake_rate;
  Door plain;
  Door secure;
};

Loop& Server::Impl::least_loaded() {
  return **std::min_element(loops.begin(), loops.end(),
                            [](const auto& a, const auto& b) { return a->load() < b->load(); });
}

void Server::Impl::accept(Door& door) {
  if (!door.acceptor.is_open()) return;
  Loop& loop = least_loaded();
  door.acceptor.async_accept(loop.io(), [this, &door, &loop](error_code error, Socket socket) {
    on_accept(error, door, loop, std::move(socket));
  });
}

void Server::Impl::on_accept(error_code error, Door& door, Loop& loop, Socket&& socket) {
  if (!door.acceptor.is_open()) return;
  if (!error) {
    deal(door, loop, std::move(socket));
    return accept(door);
  }
  if (error == asio::error::connection_aborted) return accept(door);
  door.retry.expires_after(kAcceptRetry);
  door.retry.async_wait([this, &door](error_code cancelled) {
    if (!cancelled) accept(door);
  });
}

void Server::Impl::deal(Door& door, Loop& loop, Socket&& socket) {
  error_code error;
  const auto remote = socket.remote_endpoint(error);
  if (error) return;
  Arrival arrival{remote.address().to_string(), door.secure, nullptr, {}};
  arrival.refused = refuse(arrival);
  if (!arrival.refused) return loop.adopt(std::move(socket), std::move(arrival));
  ++shared.connections_refused;
  // To tell a client over TLS would cost more than to serve it.
  if (shared.refusals_open < kRefusalsOpenMax && !door.secure)
    loop.adopt(std::move(socket), std::move(arrival));
}

// Why a connection is not served; else null, and it is counted for its network. Only this thread adds to the
// numbers, so no limit is ever overshot.
const Fault* Server::Impl::refuse(Arrival& arrival) {
  const ServerOptions& options = shared.options;
  if (shared.connections_open >= options.connections_max) return &kTooMany;
  if (is_within(arrival.address, options.proxies)) return nullptr;
  std::string network = client_network(arrival.address);
  if (arrival.secure && handshake_rate.take(network) > 0) return &kTooManyOfOne;
  if (!shared.peers.enter(network, options.connections_each)) return &kTooManyOfOne;
  arrival.counted_as = std::move(network);
  return nullptr;
}

Server::Server(ServerOptions options, Handler handler, Refusal refusal)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler), std::move(refusal))) {}

Server::~Server() = default;

std::uint16_t Server::port() const { return impl_->plain.port; }
std::uint16_t Server::secure_port() const { return impl_->secure.port; }

void Server::renew(std::shared_ptr<const TlsContext> tls) {
  std::atomic_store(&impl_->shared.options.tls, std::move(tls));
}

void Server::run() {
  const auto& loops = impl_->loops;
  asio::post(loops.front()->io(), [impl = impl_.get()] {
    impl->accept(impl->plain);
    impl->accept(impl->secure);
  });
  std::vector<std::jthread> threads;
  for (auto loop = loops.begin() + 1; loop != loops.end(); ++loop)
    threads.emplace_back([loop] { (*loop)->run(); });
  loops.front()->run();
}

void Server::stop(std::chrono::milliseconds grace) {
  asio::post(impl_->loops.front()->io(), [impl = impl_.get(), grace] {
    for (Door* door : {&impl->plain, &impl->secure}) {
      error_code ignored;
      door->acceptor.close(ignored);
      door->retry.cancel();
    }
    impl->shared.stopping = true;
    for (const auto& loop : impl->loops) loop->begin_stop(grace);
  });
}

ServerCounters Server::counters() const {
  const auto& shared = impl_->shared;
  return {static_cast<std::uint64_t>(std::max(0, shared.connections_open.load())),
          static_cast<std::uint64_t>(std::max(0, shared.streams_open.load())),
          shared.connections_refused,
          shared.requests_refused,
          shared.handshakes,
          shared.handshakes_failed};
}

}  // namespace motcua::net
