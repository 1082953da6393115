#pragma once

#include <array>
#include <boost/beast/core/flat_buffer.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "api/net/channel.h"
#include "api/net/loop.h"
#include "api/net/request_parser.h"

namespace motcua::net {

// One client: reads a request, has it handled, writes the answer, and again. Everything happens on the thread
// of its loop. In kHandling nothing is pending on the socket: the ticket in the Reply brings the connection
// back.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Loop& loop, Socket&& socket, Arrival&& arrival, std::size_t slot);

  void start();
  // The deadline has passed.
  void expire();
  // The server is stopping: nobody waits here for an answer, and a stream is cut.
  void close_if_idle();
  // The stream has something to say.
  void resume();
  void close();
  // The handler's answer; nothing: it let the Reply go without one. Ignored when the connection is closed.
  void answer(std::optional<Response> response);

  bool in_handler() const { return in_handler_; }
  const Arrival& arrival() const { return arrival_; }
  bool streaming() const { return stream_ != nullptr; }
  SteadyClock::time_point deadline() const { return deadline_; }
  std::size_t slot() const { return slot_; }
  void move_to(std::size_t slot) { slot_ = slot; }

 private:
  enum class State {
    kHandshake,  // of TLS
    kIdle,
    kHeader,
    kBody,
    kHandling,
    kWriting,
    kStreaming,      // waits for what the stream says next
    kStreamWriting,  // a part of it is on its way
    kLingering,
    kClosed
  };

  void enter(State state, std::chrono::milliseconds timeout);
  void shake_hands();
  void begin();
  void await_request(std::chrono::milliseconds timeout);
  void advance();
  bool take_request();
  bool parse_some();
  void expect_body();
  void hold_to_pace();
  void skip_blank_lines();
  bool send_continue();
  void call_handler();
  void read();
  void on_read(boost::system::error_code error, std::size_t bytes);
  void refuse(const Fault& fault);
  Response refusal(const Fault& fault);
  void prepare(Response&& response, bool close_after);
  bool send();
  void send_rest(std::array<boost::asio::const_buffer, 2> parts, std::size_t sent);
  bool finish_answer();
  void linger();
  // connection_stream.cpp
  void begin_stream();
  void watch_peer();
  void next_part();
  void frame(Stream::Part& part);
  void send_part();
  void part_sent();
  void cut_stream();

  Loop& loop_;
  Channel channel_;
  Arrival arrival_;
  std::size_t slot_;  // its place among the loop's connections
  State state_ = State::kIdle;
  SteadyClock::time_point deadline_;
  boost::beast::flat_buffer buffer_;
  std::optional<RequestParser> parser_;
  std::string client_certificate_;
  SteadyClock::time_point body_since_;
  std::string head_;
  std::string body_;
  bool read_pending_ = false;
  bool in_handler_ = false;
  bool answered_ = false;
  bool close_after_ = false;
  std::shared_ptr<Stream> next_stream_;  // of the answer that is being sent
  std::shared_ptr<Stream> stream_;
  Stream::Part::Then then_ = Stream::Part::Then::wait;
  std::chrono::milliseconds pause_{0};
  bool chunked_ = false;
  bool woken_ = false;  // while a part was on its way
};

}  // namespace motcua::net
