#pragma once

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

// What the clients of the bench share.
namespace motcua::bench {

inline int connected(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect");
  }
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

// A request up to the value of its Idempotency-Key, which its body follows after an empty line.
inline std::string request_head(const std::string& method, const std::string& target,
                                const std::string& token, std::size_t body_bytes) {
  return method + ' ' + target + " HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer " + token +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body_bytes) +
         "\r\nIdempotency-Key: ";
}

inline void send_whole(int socket, const std::string& text) {
  if (::send(socket, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error("a request was not taken whole");
  }
}

// The status of a whole answer; 0 while it is not whole. Requires that answers have a Content-Length.
inline int status_of(const std::string& received) {
  const std::size_t end = received.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  const std::size_t field = received.find("Content-Length: ");
  if (field > end) throw std::runtime_error("an answer has no length");
  const auto length = std::strtoul(received.c_str() + field + 16, nullptr, 10);
  return received.size() < end + 4 + length ? 0 : std::atoi(received.c_str() + 9);
}

// Adds what has come to `received`; as status_of. Throws when the server closed the connection.
inline int receive_status(int socket, std::string& received) {
  char bytes[16384];
  const ssize_t count = ::recv(socket, bytes, sizeof bytes, MSG_DONTWAIT);
  if (count <= 0) throw std::runtime_error("the server closed a connection");
  received.append(bytes, static_cast<std::size_t>(count));
  return status_of(received);
}

}  // namespace motcua::bench
