#pragma once

#include <atomic>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "api/net/peers.h"
#include "api/net/request_parser.h"
#include "api/net/server.h"

namespace motcua::net {

class Connection;

// The executor is named, not erased: every read and write would pay for the erasure.
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
using SteadyClock = std::chrono::steady_clock;
using Timer = boost::asio::basic_waitable_timer<SteadyClock, boost::asio::wait_traits<SteadyClock>,
                                                boost::asio::io_context::executor_type>;

// A client that has been accepted, on its way to its loop.
struct Arrival {
  std::string address;
  bool secure = false;
  const Fault* refused = nullptr;  // gets this answer and nothing else; lives as long as the program
  std::string counted_as;          // its network among `peers`; empty: not counted there
};

// What all loops of a server have in common.
struct Shared {
  ServerOptions options;
  Handler handler;
  Refusal refusal;
  std::atomic<int> connections_open = 0;
  std::atomic<int> streams_open = 0;   // these are not among connections_open
  std::atomic<int> refusals_open = 0;  // connections that only wait to have read their 503
  std::atomic<std::uint64_t> connections_refused = 0;
  std::atomic<std::uint64_t> requests_refused = 0;
  std::atomic<std::uint64_t> handshakes = 0;
  std::atomic<std::uint64_t> handshakes_failed = 0;
  Peers peers{};
  // The context of new connections.
  std::shared_ptr<const TlsContext> tls() const { return std::atomic_load(&options.tls); }
  std::atomic<bool> stopping = false;  // before the loops are told, each on its own thread
};

// One thread and the connections it serves: a connection never changes its loop, so that it needs no lock.
// Its deadlines are looked through by one coarse timer, as a timer per request costs more than parsing the
// request.
class Loop : public std::enable_shared_from_this<Loop> {
 public:
  // `shared` must outlive every call but io().
  explicit Loop(Shared& shared);
  ~Loop();

  // Serves until begin_stop() and the last connection is closed.
  void run();
  // Any thread. Counted at once: `load()` of a loop grows before its thread has seen the connection.
  void adopt(Socket&& socket, Arrival arrival);
  // Any thread, once.
  void begin_stop(std::chrono::milliseconds grace);
  // Any thread: has the stream of a connection asked for its next part.
  void wake(std::weak_ptr<Connection> connection);
  // Any thread.
  int load() const { return load_.load(std::memory_order_relaxed); }
  boost::asio::io_context& io() { return io_; }
  // When the thread is gone: lets go of every socket, so that none outlives the server with a late Reply.
  void close_all();

  // The rest is for connections, on the loop's own thread.
  Shared& shared() { return shared_; }
  bool stopping() const { return stopping_ || shared_.stopping.load(std::memory_order_relaxed); }
  // Never earlier than `timeout` from now, and less than two ticks later.
  SteadyClock::time_point after(std::chrono::milliseconds timeout) const {
    return now_ + tick_length_ + timeout;
  }
  SteadyClock::time_point now() const { return now_; }  // as of the last tick
  std::chrono::milliseconds tick_length() const { return tick_length_; }
  void remove(Connection& connection);
  // A connection has become a stream.
  void count_stream(Arrival& arrival);

 private:
  void start(Socket&& socket, Arrival&& arrival);
  void arm_tick();
  void sweep();
  void stop(std::chrono::milliseconds grace);
  void finish_if_empty();
  void forget(const Arrival& arrival, bool streaming);
  void resume_woken();

  Shared& shared_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  Timer tick_;
  Timer grace_;
  std::chrono::milliseconds tick_length_;
  SteadyClock::time_point now_ = SteadyClock::now();
  std::vector<std::shared_ptr<Connection>> connections_;
  std::atomic<int> load_ = 0;
  bool stopping_ = false;
  std::mutex woken_mutex_;
  std::vector<std::weak_ptr<Connection>> woken_;
};

}  // namespace motcua::net
