#include <charconv>

#include "api/net/connection.h"

namespace motcua::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// What the system may hold for a client that does not read: else megabytes, for each of thousands.
constexpr int kSendBufferBytes = 64 * 1024;
constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace

// The head is sent. What was kept for requests is given back: most of these connections will be silent for
// hours.
void Connection::begin_stream() {
  if (loop_.stopping()) return close();
  stream_ = std::move(next_stream_);
  loop_.count_stream(arrival_);
  parser_.reset();
  buffer_.clear();
  buffer_.shrink_to_fit();
  error_code ignored;
  channel_.socket().set_option(asio::socket_base::send_buffer_size(kSendBufferBytes), ignored);
  enter(State::kStreaming, loop_.shared().options.write_timeout);
  watch_peer();
  stream_->begin([loop = loop_.shared_from_this(), weak = weak_from_this()] { loop->wake(weak); });
  next_part();
}

// Nothing more is expected of the client, but its end must be seen, and costs no buffer.
void Connection::watch_peer() {
  channel_.socket().async_wait(Socket::wait_read, [self = shared_from_this()](error_code error) {
    if (!self->streaming() || self->state_ == State::kLingering) return;
    if (error) return self->close();
    char unasked[512];
    self->channel_.read_now(asio::buffer(unasked), error);
    if (error && error != asio::error::would_block && error != asio::error::try_again) return self->close();
    self->watch_peer();
  });
}

void Connection::resume() {
  if (state_ == State::kStreamWriting) woken_ = true;
  if (state_ == State::kStreaming) next_part();
}

void Connection::next_part() {
  woken_ = false;
  Stream::Part part = stream_->next();
  then_ = part.then;
  pause_ = part.pause;
  frame(part);
  if (head_.empty() && body_.empty()) return part_sent();
  send_part();
}

// Around the bytes, in head_ and body_, what the coding of the answer wants.
void Connection::frame(Stream::Part& part) {
  head_.clear();
  body_ = std::move(part.bytes);
  if (!chunked_) return;
  if (!body_.empty()) {
    char digits[20];
    head_.assign(digits, std::to_chars(digits, digits + sizeof digits, body_.size(), 16).ptr);
    head_ += "\r\n";
    body_ += "\r\n";
  }
  if (then_ == Stream::Part::Then::end) body_ += kLastChunk;
}

void Connection::send_part() {
  std::array parts{asio::const_buffer(asio::buffer(head_)), asio::const_buffer(asio::buffer(body_))};
  error_code error;
  const auto sent = channel_.write_some(parts, error);
  if (error && error != asio::error::would_block && error != asio::error::try_again) return close();
  if (sent == head_.size() + body_.size()) return part_sent();
  Channel::skip(parts, sent);
  enter(State::kStreamWriting, loop_.shared().options.write_timeout);
  channel_.async_write(parts, [self = shared_from_this()](error_code failed, std::size_t) {
    if (self->state_ == State::kClosed) return;
    if (failed) return self->close();
    self->part_sent();
  });
}

void Connection::part_sent() {
  body_ = std::string();
  if (then_ == Stream::Part::Then::end) return linger();
  enter(State::kStreaming, pause_);
  // Through the queue, so that a stream with much to say lets the others have their turn.
  if (then_ == Stream::Part::Then::more || woken_) loop_.wake(weak_from_this());
}

// At the end of a part the client can tell that nothing is missing; it comes again elsewhere at once.
void Connection::cut_stream() {
  error_code ignored;
  if (state_ == State::kStreaming && chunked_) channel_.write_some({asio::buffer(kLastChunk)}, ignored);
  close();
}

}  // namespace motcua::net
