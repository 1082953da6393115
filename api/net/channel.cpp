#include "api/net/channel.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <climits>
#include <cstring>

#include "api/net/tls.h"

namespace motcua::net {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kRecordBytes = 16 * 1024;  // the most that one record of TLS carries

}  // namespace

void Channel::Free::operator()(ssl_st* tls) const { SSL_free(tls); }

void Channel::skip(Parts& parts, std::size_t bytes) {
  for (auto& part : parts) {
    const auto taken = std::min(bytes, part.size());
    part += taken;
    bytes -= taken;
  }
}

bool Channel::secure(const TlsContext& context) {
  secure_ = true;
  tls_.reset(SSL_new(context.made.get()));
  if (!tls_ || SSL_set_fd(tls_.get(), static_cast<int>(socket_.native_handle())) != 1) return false;
  SSL_set_accept_state(tls_.get());
  return true;
}

Channel::Error Channel::judge(int result) {
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      wanted_ = Socket::wait_read;
      return asio::error::would_block;
    case SSL_ERROR_WANT_WRITE:
      wanted_ = Socket::wait_write;
      return asio::error::would_block;
    case SSL_ERROR_ZERO_RETURN:
      return asio::error::eof;
    default:
      return asio::error::connection_aborted;
  }
}

bool Channel::holds_bytes() const { return SSL_has_pending(tls_.get()) == 1; }

bool Channel::shake_hands(Error& error) {
  ERR_clear_error();
  const int result = SSL_do_handshake(tls_.get());
  if (result == 1) return true;
  error = judge(result);
  return false;
}

std::size_t Channel::write_some(const Parts& parts, Error& error) {
  if (tls_) return write_tls(parts, error);
  return socket_.write_some(parts, error);
}

// Head and body go in one record, where they fit. A record that did not go is offered again with the same
// bytes, as OpenSSL demands: what is offered depends on nothing but what is left.
std::size_t Channel::write_tls(const Parts& parts, Error& error) {
  thread_local std::array<char, kRecordBytes> record;
  Parts left = parts;
  std::size_t sent = 0;
  while (left[0].size() + left[1].size() > 0) {
    const char* bytes = static_cast<const char*>(left[1].data());
    std::size_t count = std::min<std::size_t>(left[1].size(), INT_MAX);
    if (left[0].size() > 0) {
      count = asio::buffer_copy(asio::buffer(record), left);
      bytes = record.data();
    }
    ERR_clear_error();
    const int result = SSL_write(tls_.get(), bytes, static_cast<int>(count));
    if (result <= 0) {
      error = judge(result);
      return sent;
    }
    sent += static_cast<std::size_t>(result);
    skip(left, static_cast<std::size_t>(result));
  }
  return sent;
}

std::size_t Channel::read_now(asio::mutable_buffer into, Error& error) {
  if (!tls_) return socket_.read_some(asio::buffer(into), error);
  ERR_clear_error();
  const int count = static_cast<int>(std::min<std::size_t>(into.size(), INT_MAX));
  const int result = SSL_read(tls_.get(), into.data(), count);
  error = {};
  if (result > 0) return static_cast<std::size_t>(result);
  error = judge(result);
  return 0;
}

void Channel::end_writing(Error& error) {
  if (tls_) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());  // best effort: a client that does not read it has gone
    tls_.reset();
  }
  socket_.shutdown(Socket::shutdown_send, error);
}

void Channel::close() {
  if (tls_) {
    ERR_clear_error();
    if (SSL_is_init_finished(tls_.get())) SSL_shutdown(tls_.get());
    ERR_clear_error();
    tls_.reset();
  }
  Error ignored;
  socket_.close(ignored);
}

std::string Channel::client_certificate() const {
  if (!tls_ || SSL_get_verify_result(tls_.get()) != X509_V_OK) return {};
  const X509* certificate = SSL_get0_peer_certificate(tls_.get());
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  if (certificate == nullptr || X509_digest(certificate, EVP_sha256(), digest, &length) != 1) return {};
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < length; ++i) {
    text += kHex[digest[i] >> 4];
    text += kHex[digest[i] & 15];
  }
  return text;
}

}  // namespace motcua::net
