#include "tests/support/event_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace motcua::testing {
namespace {

constexpr int kStreamPatienceMs = 20'000;

std::string field_of(std::string_view event, std::string_view name) {
  std::string value;
  while (!event.empty()) {
    const std::size_t end = std::min(event.find('\n'), event.size());
    const std::string_view line = event.substr(0, end);
    if (line.substr(0, name.size()) == name && line.substr(name.size(), 2) == ": ") {
      value = line.substr(name.size() + 2);
    }
    event.remove_prefix(std::min(end + 1, event.size()));
  }
  return value;
}

}  // namespace

EventClient::EventClient(std::uint16_t port, const std::string& token, const std::string& target)
    : EventClient(port, token, target, Options{}) {}

EventClient::EventClient(std::uint16_t port, const std::string& token, const std::string& target,
                         const Options& options) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (options.receive_buffer > 0)
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &options.receive_buffer, sizeof options.receive_buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect");
  std::string request =
      "GET " + target + " HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " + token + "\r\n";
  if (!options.last_event_id.empty()) request += "Last-Event-ID: " + options.last_event_id + "\r\n";
  request += "\r\n";
  if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
    throw std::runtime_error("the request was not taken whole");
}

EventClient::~EventClient() { ::close(socket_); }

bool EventClient::fill() {
  pollfd readable{socket_, POLLIN, 0};
  if (::poll(&readable, 1, kStreamPatienceMs) <= 0) return false;
  char bytes[65536];
  const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  raw_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

bool EventClient::read_head() {
  while (head_.empty()) {
    const std::size_t end = raw_.find("\r\n\r\n");
    if (end != std::string::npos) {
      head_ = raw_.substr(0, end + 2);
      raw_.erase(0, end + 4);
    } else if (!fill()) {
      return false;
    }
  }
  return true;
}

int EventClient::status() { return read_head() ? std::atoi(head_.c_str() + 9) : 0; }

void EventClient::take_chunks() {
  while (true) {
    const std::size_t line = raw_.find("\r\n");
    if (line == std::string::npos) return;
    const std::size_t length = std::strtoul(raw_.c_str(), nullptr, 16);
    if (raw_.size() < line + 2 + length + 2) return;
    text_.append(raw_, line + 2, length);
    raw_.erase(0, line + 2 + length + 2);
    if (length == 0) last_chunk_ = true;
  }
}

std::optional<SentEvent> EventClient::next() {
  if (!read_head()) return std::nullopt;
  while (true) {
    take_chunks();
    const std::size_t end = text_.find("\n\n");
    if (end != std::string::npos) {
      const std::string event = text_.substr(0, end);
      text_.erase(0, end + 2);
      last_id_ = field_of(event, "id");
      return SentEvent{last_id_, field_of(event, "event"), field_of(event, "data")};
    }
    if (last_chunk_ || !fill()) return std::nullopt;
  }
}

std::optional<SentEvent> EventClient::next_real() {
  auto event = next();
  while (event && event->type == "checkpoint") event = next();
  return event;
}

bool EventClient::ends() {
  if (next_real()) return false;
  char one = 0;
  pollfd readable{socket_, POLLIN, 0};
  return ::poll(&readable, 1, kStreamPatienceMs) > 0 && ::recv(socket_, &one, 1, 0) <= 0;
}

}  // namespace motcua::testing
