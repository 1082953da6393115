#include "api/net/server.h"

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/post.hpp>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "api/net/loop.h"

namespace motcua::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Out of file descriptors, say: trying again at once would only spin.
constexpr std::chrono::milliseconds kAcceptRetry{100};
// Connections over the limit that may wait for their 503 to be read; beyond these they are closed unanswered.
constexpr int kRefusalsOpenMax = 64;

}  // namespace

// One acceptor that deals connections out to the loop with the fewest. Listening once per loop (SO_REUSEPORT)
// would spread few connections unevenly, and would let a second server bind the same port unnoticed.
struct Server::Impl {
  Impl(ServerOptions options, Handler handler, Refusal refusal)
      : shared{std::move(options), std::move(handler), std::move(refusal)},
        loops(make_loops(shared)),
        acceptor(loops.front()->io()),
        retry(loops.front()->io()) {
    listen();
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

  void listen();
  void accept();
  void on_accept(error_code error, Loop& loop, Socket&& socket);
  void deal(Loop& loop, Socket&& socket);
  Loop& least_loaded();

  Shared shared;
  std::vector<std::shared_ptr<Loop>> loops;
  asio::basic_socket_acceptor<tcp, asio::io_context::executor_type> acceptor;
  Timer retry;
  std::uint16_t port = 0;
};

void Server::Impl::listen() {
  const auto& options = shared.options;
  error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  const tcp::endpoint endpoint(address, options.port);
  if (!error) acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) port = acceptor.local_endpoint(error).port();
  if (error)
    throw std::system_error(error,
                            "cannot listen on " + options.address + ":" + std::to_string(options.port));
}

Loop& Server::Impl::least_loaded() {
  return **std::min_element(loops.begin(), loops.end(),
                            [](const auto& a, const auto& b) { return a->load() < b->load(); });
}

void Server::Impl::accept() {
  Loop& loop = least_loaded();
  acceptor.async_accept(loop.io(), [this, &loop](error_code error, Socket socket) {
    on_accept(error, loop, std::move(socket));
  });
}

void Server::Impl::on_accept(error_code error, Loop& loop, Socket&& socket) {
  if (!acceptor.is_open()) return;
  if (!error) {
    deal(loop, std::move(socket));
    return accept();
  }
  if (error == asio::error::connection_aborted) return accept();
  retry.expires_after(kAcceptRetry);
  retry.async_wait([this](error_code cancelled) {
    if (!cancelled && acceptor.is_open()) accept();
  });
}

void Server::Impl::deal(Loop& loop, Socket&& socket) {
  // Only this thread adds to the number, so the limit is never overshot.
  if (shared.connections_open < shared.options.connections_max) return loop.adopt(std::move(socket), false);
  ++shared.connections_refused;
  if (shared.refusals_open < kRefusalsOpenMax) loop.adopt(std::move(socket), true);
}

Server::Server(ServerOptions options, Handler handler, Refusal refusal)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler), std::move(refusal))) {}

Server::~Server() = default;

std::uint16_t Server::port() const { return impl_->port; }

void Server::run() {
  const auto& loops = impl_->loops;
  asio::post(loops.front()->io(), [impl = impl_.get()] {
    if (impl->acceptor.is_open()) impl->accept();
  });
  std::vector<std::jthread> threads;
  for (auto loop = loops.begin() + 1; loop != loops.end(); ++loop)
    threads.emplace_back([loop] { (*loop)->run(); });
  loops.front()->run();
}

void Server::stop(std::chrono::milliseconds grace) {
  asio::post(impl_->loops.front()->io(), [impl = impl_.get(), grace] {
    error_code ignored;
    impl->acceptor.close(ignored);
    impl->retry.cancel();
    impl->shared.stopping = true;
    for (const auto& loop : impl->loops) loop->begin_stop(grace);
  });
}

ServerCounters Server::counters() const {
  const auto& shared = impl_->shared;
  return {static_cast<std::uint64_t>(std::max(0, shared.connections_open.load())),
          static_cast<std::uint64_t>(std::max(0, shared.streams_open.load())), shared.connections_refused,
          shared.requests_refused};
}

}  // namespace motcua::net
