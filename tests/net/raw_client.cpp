#include "tests/net/raw_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <utility>

namespace motcua::net::testing {
namespace {

constexpr int kWaitSeconds = 10;

}  // namespace

// Trusts everybody: who the server is, is another test's.
struct RawClient::Tls {
  explicit Tls(int socket) : context(SSL_CTX_new(TLS_client_method())), session(SSL_new(context)) {
    std::signal(SIGPIPE, SIG_IGN);
    SSL_CTX_set_mode(context, SSL_MODE_AUTO_RETRY);
    SSL_set_options(session, SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_set_fd(session, socket);
    connected = SSL_connect(session) == 1;
  }
  ~Tls() {
    SSL_free(session);
    SSL_CTX_free(context);
  }
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  SSL_CTX* context;
  SSL* session;
  bool connected = false;
};

std::string Answer::field(std::string_view name) const {
  const auto start = head.find("\r\n" + std::string(name) + ": ");
  if (start == std::string::npos) return {};
  const auto value = start + 2 + name.size() + 2;
  return head.substr(value, head.find("\r\n", value) - value);
}

RawClient::RawClient(std::uint16_t port, bool secure) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  const timeval wait{kWaitSeconds, 0};
  const int on = 1;
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    disconnect();
  else if (secure)
    tls_ = std::make_unique<Tls>(socket_);
}

RawClient::~RawClient() { disconnect(); }

void RawClient::disconnect() {
  tls_.reset();
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

bool RawClient::send(std::string_view bytes) {
  if (tls_) {
    std::size_t sent = 0;
    return tls_->connected && SSL_write_ex(tls_->session, bytes.data(), bytes.size(), &sent) == 1;
  }
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::drip(std::string_view bytes) {
  for (const char byte : bytes)
    if (readable_within(std::chrono::milliseconds(2)) || !send({&byte, 1})) return;
}

bool RawClient::readable_within(std::chrono::milliseconds time) const {
  if (tls_ && SSL_pending(tls_->session) > 0) return true;
  pollfd wanted{socket_, POLLIN, 0};
  return ::poll(&wanted, 1, static_cast<int>(time.count())) > 0;
}

bool RawClient::fill() {
  char bytes[4096];
  const auto count = tls_ ? SSL_read(tls_->session, bytes, sizeof bytes)
                          : static_cast<int>(::recv(socket_, bytes, sizeof bytes, 0));
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) ADD_FAILURE() << "the server stayed silent";
  if (count <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

Answer RawClient::receive(bool head_only) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (!fill()) return {};
  Answer answer;
  answer.head = buffer_.substr(0, end + 4);
  answer.status = std::stoi(answer.head.substr(answer.head.find(' ') + 1, 3));
  buffer_.erase(0, end + 4);
  const auto length = answer.field("Content-Length");
  const std::size_t expected = head_only || length.empty() ? 0 : std::stoul(length);
  while (buffer_.size() < expected)
    if (!fill()) return {};
  answer.body = buffer_.substr(0, expected);
  buffer_.erase(0, expected);
  return answer;
}

std::string RawClient::rest() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

bool RawClient::at_end() {
  if (!buffer_.empty()) return false;
  return !fill();
}

}  // namespace motcua::net::testing
