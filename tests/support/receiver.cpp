#include "tests/support/receiver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace motcua::testing {
namespace {

constexpr std::chrono::seconds kPatience{20};

bool fill_from(int connection, std::string& buffer) {
  char bytes[8192];
  const auto count = ::recv(connection, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  buffer.append(bytes, static_cast<std::size_t>(count));
  return true;
}

std::string in_lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

// Takes one request off the connection; false at its end.
bool read_request(int connection, std::string& buffer, Received& request) {
  std::size_t end = 0;
  while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
    if (!fill_from(connection, buffer)) return false;
  }
  const std::string head = buffer.substr(0, end + 2);
  const std::size_t path_at = head.find(' ') + 1;
  request.path = head.substr(path_at, head.find(' ', path_at) - path_at);
  for (std::size_t from = head.find("\r\n") + 2; from < head.size();) {
    const std::size_t to = head.find("\r\n", from);
    const std::size_t colon = head.find(": ", from);
    request.headers.emplace_back(in_lower_case(head.substr(from, colon - from)),
                                 head.substr(colon + 2, to - colon - 2));
    from = to + 2;
  }
  const std::size_t length = std::stoul("0" + request.header("content-length"));
  buffer.erase(0, end + 4);
  while (buffer.size() < length) {
    if (!fill_from(connection, buffer)) return false;
  }
  request.body = buffer.substr(0, length);
  buffer.erase(0, length);
  return true;
}

bool send_whole(int connection, std::string_view bytes) {
  return ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

// Whether the other side hung up within that time.
bool hung_up(int connection, int milliseconds) {
  pollfd waiting{connection, POLLIN | POLLRDHUP, 0};
  return ::poll(&waiting, 1, milliseconds) > 0;
}

}  // namespace

std::string Received::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (known == name) return value;
  }
  return {};
}

nlohmann::json Received::json() const { return nlohmann::json::parse(body, nullptr, false); }

Receiver::Receiver(Answer answer) : answer_(std::move(answer)) {
  listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listening_, generic, size) != 0 || ::listen(listening_, 64) != 0 ||
      ::getsockname(listening_, generic, &size) != 0) {
    throw std::runtime_error("the receiver cannot listen");
  }
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { accept_all(); });
}

Receiver::~Receiver() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int connection : connections_) ::shutdown(connection, SHUT_RDWR);
  }
  ::shutdown(listening_, SHUT_RDWR);
  accepting_.join();
  for (std::thread& thread : threads_) thread.join();
  ::close(listening_);
  for (const int connection : connections_) ::close(connection);
}

std::string Receiver::url(std::string_view path, std::string_view host) const {
  return "http://" + std::string(host) + ':' + std::to_string(port_) + std::string(path);
}

void Receiver::answer(Answer answer) {
  const std::lock_guard lock(mutex_);
  answer_ = std::move(answer);
}

std::vector<Received> Receiver::so_far(std::string_view path) {
  const std::lock_guard lock(mutex_);
  std::vector<Received> found;
  for (const Received& one : received_) {
    if (path.empty() || one.path == path) found.push_back(one);
  }
  return found;
}

std::vector<Received> Receiver::wait_for(std::size_t count, std::string_view path) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [&] {
      const auto hits = std::count_if(received_.begin(), received_.end(),
                                      [&](const Received& one) { return path.empty() || one.path == path; });
      return static_cast<std::size_t>(hits) >= count;
    });
  }
  return so_far(path);
}

void Receiver::accept_all() {
  while (true) {
    const int connection = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex_);
    if (stopping_ || connection < 0) {
      if (connection >= 0) ::close(connection);
      return;
    }
    connections_.push_back(connection);
    threads_.emplace_back([this, connection] { serve(connection); });
  }
}

void Receiver::serve(int connection) {
  std::string buffer;
  while (true) {
    Received request;
    if (!read_request(connection, buffer, request)) break;
    ReceiverSays says;
    {
      const std::lock_guard lock(mutex_);
      if (answer_) says = answer_(request);
      received_.push_back(std::move(request));
      changed_.notify_all();
    }
    reply(connection, says);
    if (says.never || says.byte_by_byte) break;
  }
  ::shutdown(connection, SHUT_RDWR);
}

void Receiver::reply(int connection, const ReceiverSays& says) {
  if (says.never) {
    hung_up(connection, 60'000);
    return;
  }
  std::string head = "HTTP/1.1 " + std::to_string(says.status) + " Said\r\n";
  for (const auto& [name, value] : says.headers) head += name + ": " + value + "\r\n";
  const std::size_t length = says.byte_by_byte ? 1'000'000 : says.body.size();
  head += "Content-Length: " + std::to_string(length) + "\r\n\r\n";
  send_whole(connection, head + says.body);
  while (says.byte_by_byte && !hung_up(connection, 20) && send_whole(connection, ".")) {
  }
}

}  // namespace motcua::testing
