#include "api/net/connection.h"

#include <algorithm>
#include <boost/beast/http/error.hpp>
#include <string_view>
#include <utility>

#include "api/net/forwarded.h"
#include "api/net/response_head.h"
#include "api/net/ticket.h"

namespace motcua::net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kReadBytes = 16 * 1024;
// How long a client gets to read its last answer before the socket is closed under it.
constexpr std::chrono::milliseconds kLingerTime{1'000};
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

constexpr Fault kHeaderTimeout{408, "request_timeout",
                               "Expected the whole header in time, but it did not arrive"};
constexpr Fault kBodyTimeout{408, "request_timeout",
                             "Expected the whole body in time, but it did not arrive"};
constexpr Fault kLineTooLong{400, "bad_request", "Expected a short chunk header, but it exceeds the limit"};
constexpr Fault kNoAnswer{500, "internal", "Expected an answer, but none was made"};

}  // namespace

Connection::Connection(Loop& loop, Socket&& socket, Arrival&& arrival, std::size_t slot)
    : loop_(loop), channel_(std::move(socket)), arrival_(std::move(arrival)), slot_(slot) {}

void Connection::start() {
  error_code error;
  channel_.socket().set_option(asio::ip::tcp::no_delay(true), error);
  if (!error) channel_.socket().non_blocking(true, error);
  if (error) return close();
  if (!arrival_.secure) return begin();
  const auto context = loop_.shared().tls();
  if (!context || !channel_.secure(*context)) return close();
  shake_hands();
}

void Connection::shake_hands() {
  enter(State::kHandshake, loop_.shared().options.handshake_timeout);
  channel_.handshake([self = shared_from_this()](error_code error) {
    if (self->state_ == State::kClosed) return;
    auto& shared = self->loop_.shared();
    (error ? shared.handshakes_failed : shared.handshakes).fetch_add(1, std::memory_order_relaxed);
    if (error) return self->close();
    self->client_certificate_ = self->channel_.client_certificate();
    self->begin();
  });
}

void Connection::begin() {
  if (arrival_.refused) return refuse(*arrival_.refused);
  await_request(loop_.shared().options.header_timeout);
  advance();
}

void Connection::enter(State state, std::chrono::milliseconds timeout) {
  state_ = state;
  deadline_ = loop_.after(timeout);
}

void Connection::await_request(std::chrono::milliseconds timeout) {
  const auto& options = loop_.shared().options;
  parser_.emplace(options.header_bytes_max, options.body_bytes_max);
  enter(State::kIdle, timeout);
}

// A loop and not a chain of calls: pipelined requests that are answered at once would pile up the stack.
void Connection::advance() {
  while (take_request()) {
    call_handler();
    if (!answered_ || !send()) return;
  }
}

// True when a whole request is there; else a read is under way or the request was refused.
bool Connection::take_request() {
  while (true) {
    if (state_ == State::kIdle) skip_blank_lines();
    if (buffer_.size() == 0) break;
    if (state_ == State::kIdle) enter(State::kHeader, loop_.shared().options.header_timeout);
    const auto before = buffer_.size();
    if (!parse_some()) return false;
    if (parser_->is_done()) return true;
    if (buffer_.size() == before) break;
  }
  read();
  return false;
}

// Feeds the parser once; false when the request had to be refused.
bool Connection::parse_some() {
  error_code error;
  buffer_.consume(parser_->feed(buffer_.data(), error));
  if (error && error != http::error::need_more) {
    refuse(parser_->fault(error));
    return false;
  }
  if (state_ == State::kBody) hold_to_pace();
  if (state_ != State::kHeader || !parser_->is_header_done() || parser_->is_done()) return true;
  expect_body();
  return !parser_->expects_continue() || buffer_.size() > 0 || send_continue();
}

void Connection::expect_body() {
  enter(State::kBody, loop_.shared().options.body_timeout);
  body_since_ = loop_.now();
  hold_to_pace();
}

// What has arrived buys time, up to that for a whole body: a client that trickles holds nothing for long.
void Connection::hold_to_pace() {
  const auto& options = loop_.shared().options;
  if (options.body_bytes_per_second == 0) return;
  const std::chrono::milliseconds bought(1000 * parser_->request().body.size() /
                                         options.body_bytes_per_second);
  const auto allowed = std::min(options.body_grace + bought, options.body_timeout);
  deadline_ = body_since_ + loop_.tick_length() + allowed;
}

// Some clients end a body with an empty line that they do not count; the standard asks to pass over it.
void Connection::skip_blank_lines() {
  while (buffer_.size() > 0) {
    const char first = *static_cast<const char*>(buffer_.cdata().data());
    if (first != '\r' && first != '\n') return;
    buffer_.consume(1);
  }
}

bool Connection::send_continue() {
  error_code error;
  // Everything written before has left the buffer of the socket, or nearly: this little always fits.
  const auto sent = channel_.write_some({asio::buffer(kContinue)}, error);
  if (!error && sent == kContinue.size()) return true;
  close();
  return false;
}

void Connection::call_handler() {
  state_ = State::kHandling;
  deadline_ = SteadyClock::time_point::max();
  answered_ = false;
  Request& request = parser_->request();
  request.peer = client_behind(request, arrival_.address, loop_.shared().options.proxies);
  request.secure = arrival_.secure;
  request.client_certificate = client_certificate_;
  close_after_ = !parser_->keep_alive();
  auto ticket = std::make_shared<Ticket>(loop_.shared_from_this(), weak_from_this());
  in_handler_ = true;
  try {
    loop_.shared().handler(std::move(parser_->request()),
                           [held = std::move(ticket)](Response response) { held->use(std::move(response)); });
  } catch (...) {
    // The ticket was destroyed on the way here, or was passed on: either way it accounts for the answer.
  }
  in_handler_ = false;
}

void Connection::answer(std::optional<Response> response) {
  if (state_ != State::kHandling) return;
  if (response && response->made_later) {
    const auto make = std::move(response->made_later);
    response = make();
  }
  const bool close_after = close_after_ || loop_.stopping();
  prepare(response ? std::move(*response) : refusal(kNoAnswer), close_after);
  answered_ = true;
  if (!in_handler_ && send()) advance();
}

void Connection::read() {
  // What the parser leaves lying is a line without an end: of the header, where it reports that itself, or a
  // chunk's.
  if (state_ == State::kBody && buffer_.size() > loop_.shared().options.header_bytes_max)
    return refuse(kLineTooLong);
  read_pending_ = true;
  channel_.async_read_some(buffer_.prepare(kReadBytes),
                           [self = shared_from_this()](error_code error, std::size_t bytes) {
                             self->read_pending_ = false;
                             self->on_read(error, bytes);
                           });
}

void Connection::on_read(error_code error, std::size_t bytes) {
  // A refusal is being written while the read still waited: what it brought is nobody's request.
  if (state_ == State::kClosed || state_ == State::kWriting) return;
  if (error) return close();
  if (state_ == State::kLingering) return read();
  buffer_.commit(bytes);
  advance();
}

Response Connection::refusal(const Fault& fault) {
  loop_.shared().requests_refused.fetch_add(1, std::memory_order_relaxed);
  return loop_.shared().refusal(fault.status, fault.code, fault.detail);
}

void Connection::refuse(const Fault& fault) {
  prepare(refusal(fault), true);
  send();
}

void Connection::prepare(Response&& response, bool close_after) {
  close_after_ = close_after;
  const bool http_1_0 = parser_ && parser_->is_http_1_0();
  const bool head_only = parser_ && parser_->head_only();
  if (response.stream) {
    chunked_ = !http_1_0;
    close_after_ = close_after_ || !head_only;
    if (!head_only) next_stream_ = std::move(response.stream);
  }
  const auto body_end = !next_stream_ && !response.stream ? BodyEnd::length
                        : chunked_                        ? BodyEnd::chunks
                                                          : BodyEnd::close;
  write_head(head_, response,
             close_after_ ? KeepAlive::kClose : (http_1_0 ? KeepAlive::kStated : KeepAlive::kSilent),
             body_end, arrival_.secure);
  body_ = head_only || !has_body(response.status) ? std::string() : std::move(response.body);
}

// Writes at once what the socket takes, which is nearly always everything: a round through the queue is
// spared. True when the connection is ready for its next request.
bool Connection::send() {
  const std::array parts{asio::const_buffer(asio::buffer(head_)), asio::const_buffer(asio::buffer(body_))};
  error_code error;
  const auto sent = channel_.write_some(parts, error);
  if (error && error != asio::error::would_block && error != asio::error::try_again) {
    close();
    return false;
  }
  if (sent == head_.size() + body_.size()) return finish_answer();
  send_rest(parts, sent);
  return false;
}

void Connection::send_rest(std::array<asio::const_buffer, 2> parts, std::size_t sent) {
  Channel::skip(parts, sent);
  enter(State::kWriting, loop_.shared().options.write_timeout);
  channel_.async_write(parts, [self = shared_from_this()](error_code error, std::size_t) {
    if (self->state_ == State::kClosed) return;
    if (error) return self->close();
    if (self->finish_answer()) self->advance();
  });
}

bool Connection::finish_answer() {
  body_ = std::string();
  if (next_stream_) {
    begin_stream();
    return false;
  }
  if (close_after_ || loop_.stopping()) {
    linger();
    return false;
  }
  await_request(loop_.shared().options.idle_timeout);
  return true;
}

// Closing a socket with unread bytes resets it, and the client would lose the answer: read on until it has
// gone.
void Connection::linger() {
  enter(State::kLingering, kLingerTime);
  error_code error;
  channel_.end_writing(error);
  if (error) return close();
  if (read_pending_) return;
  buffer_.clear();
  read();
}

void Connection::expire() {
  switch (state_) {
    case State::kHeader:
      return refuse(kHeaderTimeout);
    case State::kBody:
      return refuse(kBodyTimeout);
    case State::kHandshake:
      loop_.shared().handshakes_failed.fetch_add(1, std::memory_order_relaxed);
      return close();
    case State::kIdle:
    case State::kWriting:
    case State::kStreamWriting:
    case State::kLingering:
      return close();
    case State::kStreaming:
      return next_part();
    case State::kHandling:
    case State::kClosed:
      return;
  }
}

void Connection::close_if_idle() {
  if (state_ == State::kIdle || state_ == State::kHandshake) close();
  if (streaming()) cut_stream();
}

void Connection::close() {
  if (state_ == State::kClosed) return;
  const auto alive = shared_from_this();
  state_ = State::kClosed;
  channel_.close();
  loop_.remove(*this);
  stream_ = nullptr;
}

}  // namespace motcua::net
