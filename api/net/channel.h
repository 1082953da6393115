#pragma once

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>
#include <utility>

#include "api/net/loop.h"

struct ssl_st;

namespace motcua::net {

// The bytes of one client, as they are or through TLS. OpenSSL works on the socket itself, without waiting;
// what it has to wait for, Asio waits for. On the thread of the loop; what is under way must be kept alive by
// its continuation.
class Channel {
 public:
  using Parts = std::array<boost::asio::const_buffer, 2>;
  using Error = boost::system::error_code;

  explicit Channel(Socket&& socket) : socket_(std::move(socket)) {}

  Socket& socket() { return socket_; }
  // Speaks TLS from now on; handshake() comes first. False when there is no memory for it.
  bool secure(const TlsContext& context);
  bool is_secure() const { return secure_; }
  // SHA-256 of the certificate that the client showed and our CA vouches for, in hexadecimal; or empty.
  std::string client_certificate() const;

  // What goes at once: `would_block` when not everything does.
  std::size_t write_some(const Parts& parts, Error& error);
  // What lies there already: `would_block` when nothing does.
  std::size_t read_now(boost::asio::mutable_buffer into, Error& error);
  // Says that nothing more is written; what is still read is nobody's, and not deciphered.
  void end_writing(Error& error);
  void close();

  // then(error)
  template <class Then>
  void handshake(Then then) {
    Error error;
    if (shake_hands(error) || error != boost::asio::error::would_block) return then(error);
    socket_.async_wait(wanted_, [this, moved = std::move(then)](Error failed) mutable {
      if (failed) return moved(failed);
      handshake(std::move(moved));
    });
  }

  // then(error, bytes), never before this returns.
  template <class Then>
  void async_read_some(boost::asio::mutable_buffer into, Then then) {
    if (!tls_) return socket_.async_read_some(into, std::move(then));
    Error error = boost::asio::error::would_block;
    wanted_ = Socket::wait_read;
    // After an answer there is nearly never anything yet: a look at the socket would be in vain.
    const std::size_t bytes = holds_bytes() ? read_now(into, error) : 0;
    if (error == boost::asio::error::would_block) return wait_and_read(into, std::move(then));
    boost::asio::post(socket_.get_executor(),
                      [moved = std::move(then), error, bytes]() mutable { moved(error, bytes); });
  }

  // then(error, bytes), never before this returns. After a write_some() that did not write everything.
  template <class Then>
  void async_write(Parts parts, Then then) {
    if (!tls_) return boost::asio::async_write(socket_, parts, std::move(then));
    socket_.async_wait(wanted_, [this, parts, moved = std::move(then)](Error error) mutable {
      if (error || !tls_) return moved(error, std::size_t{0});
      const std::size_t sent = write_some(parts, error);
      skip(parts, sent);
      if (error == boost::asio::error::would_block) return async_write(parts, std::move(moved));
      moved(error, sent);
    });
  }

  // Takes `bytes` from the front.
  static void skip(Parts& parts, std::size_t bytes);

 private:
  struct Free {
    void operator()(ssl_st* tls) const;
  };

  template <class Then>
  void wait_and_read(boost::asio::mutable_buffer into, Then then) {
    socket_.async_wait(wanted_, [this, into, moved = std::move(then)](Error error) mutable {
      if (error) return moved(error, std::size_t{0});
      if (!tls_) return socket_.async_read_some(into, std::move(moved));
      const std::size_t bytes = read_now(into, error);
      if (error == boost::asio::error::would_block) return wait_and_read(into, std::move(moved));
      moved(error, bytes);
    });
  }

  // Whether OpenSSL has read more than it has handed over.
  bool holds_bytes() const;
  bool shake_hands(Error& error);
  std::size_t write_tls(const Parts& parts, Error& error);
  // What became of a call of OpenSSL that did not succeed.
  Error judge(int result);

  Socket socket_;
  std::unique_ptr<ssl_st, Free> tls_;
  bool secure_ = false;
  Socket::wait_type wanted_ = Socket::wait_read;  // by the call that would have blocked
};

}  // namespace motcua::net
