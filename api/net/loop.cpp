#include "api/net/loop.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "api/net/connection.h"

namespace motcua::net {
namespace {

using std::chrono::milliseconds;

milliseconds tick_for(const ServerOptions& options) {
  const auto shortest = std::min({options.header_timeout, options.body_timeout, options.idle_timeout,
                                  options.write_timeout, options.handshake_timeout, options.body_grace});
  return std::clamp(shortest / 4, milliseconds(5), milliseconds(250));
}

}  // namespace

Loop::Loop(Shared& shared)
    : shared_(shared),
      work_(io_.get_executor()),
      tick_(io_),
      grace_(io_),
      tick_length_(tick_for(shared.options)) {}

Loop::~Loop() = default;

void Loop::run() {
  now_ = SteadyClock::now();
  arm_tick();
  io_.run();
}

void Loop::adopt(Socket&& socket, Arrival arrival) {
  load_.fetch_add(1, std::memory_order_relaxed);
  (arrival.refused ? shared_.refusals_open : shared_.connections_open)
      .fetch_add(1, std::memory_order_relaxed);
  boost::asio::post(io_, [this, held = std::move(arrival), moved = std::move(socket)]() mutable {
    start(std::move(moved), std::move(held));
  });
}

void Loop::start(Socket&& socket, Arrival&& arrival) {
  if (stopping_) return forget(arrival, false);
  auto connection =
      std::make_shared<Connection>(*this, std::move(socket), std::move(arrival), connections_.size());
  connections_.push_back(connection);
  connection->start();
}

void Loop::remove(Connection& connection) {
  const auto slot = connection.slot();
  connections_.back()->move_to(slot);
  std::swap(connections_[slot], connections_.back());
  forget(connection.arrival(), connection.streaming());
  connections_.pop_back();
  finish_if_empty();
}

void Loop::forget(const Arrival& arrival, bool streaming) {
  load_.fetch_sub(1, std::memory_order_relaxed);
  auto& open = arrival.refused ? shared_.refusals_open
               : streaming     ? shared_.streams_open
                               : shared_.connections_open;
  open.fetch_sub(1, std::memory_order_relaxed);
  if (!arrival.counted_as.empty()) shared_.peers.leave(arrival.counted_as);
}

// Streams have a limit of their own, and a counter's hosts may hold many.
void Loop::count_stream(Arrival& arrival) {
  shared_.streams_open.fetch_add(1, std::memory_order_relaxed);
  shared_.connections_open.fetch_sub(1, std::memory_order_relaxed);
  if (!arrival.counted_as.empty()) shared_.peers.leave(std::exchange(arrival.counted_as, {}));
}

void Loop::wake(std::weak_ptr<Connection> connection) {
  {
    const std::lock_guard lock(woken_mutex_);
    woken_.push_back(std::move(connection));
    if (woken_.size() > 1) return;  // the first one had the queue told
  }
  boost::asio::post(io_, [this] { resume_woken(); });
}

void Loop::resume_woken() {
  std::vector<std::weak_ptr<Connection>> woken;
  {
    const std::lock_guard lock(woken_mutex_);
    woken.swap(woken_);
  }
  for (const auto& weak : woken) {
    if (const auto connection = weak.lock()) connection->resume();
  }
}

void Loop::arm_tick() {
  tick_.expires_after(tick_length_);
  tick_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    sweep();
    if (!stopping_ || !connections_.empty()) arm_tick();
  });
}

void Loop::sweep() {
  now_ = SteadyClock::now();
  // Backwards: a connection that leaves is replaced by the last one, which has had its turn.
  for (auto i = connections_.size(); i-- > 0;) {
    const auto connection = connections_[i];
    if (connection->deadline() <= now_) connection->expire();
  }
}

void Loop::begin_stop(milliseconds grace) {
  boost::asio::post(io_, [this, grace] { stop(grace); });
}

void Loop::stop(milliseconds grace) {
  stopping_ = true;
  for (auto i = connections_.size(); i-- > 0;) {
    const auto connection = connections_[i];
    connection->close_if_idle();
  }
  grace_.expires_after(grace);
  grace_.async_wait([this](boost::system::error_code error) {
    if (!error) close_all();
  });
  finish_if_empty();
}

void Loop::close_all() {
  while (!connections_.empty()) {
    const auto connection = connections_.back();
    connection->close();
  }
}

void Loop::finish_if_empty() {
  if (!stopping_ || !connections_.empty()) return;
  tick_.cancel();
  grace_.cancel();
  work_.reset();
}

}  // namespace motcua::net
