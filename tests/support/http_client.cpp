#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <utility>

#include "tests/support/service.h"

namespace motcua::testing {
namespace {

constexpr int kWaitSeconds = 20;

std::string lower(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return made;
}

// A key that no other request of this machine has.
std::string fresh_key() {
  static std::atomic<int> count = 0;
  return "test-" + std::to_string(::getpid()) + '-' + std::to_string(++count);
}

bool names(const HttpHeaders& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& header) { return lower(header.first) == name; });
}

// Status and headers from a head, without its empty line.
HttpAnswer answer_of(std::string_view head) {
  HttpAnswer answer;
  std::size_t from = head.find("\r\n");
  const std::string_view line = head.substr(0, from);
  if (line.size() < 12 || !line.starts_with("HTTP/1.1 ")) return answer;
  for (const char digit : line.substr(9, 3)) answer.status = answer.status * 10 + (digit - '0');
  while (from != std::string_view::npos) {
    const std::size_t start = from + 2;
    from = head.find("\r\n", start);
    const std::string_view field = head.substr(start, from - start);
    const std::size_t colon = field.find(": ");
    if (colon == std::string_view::npos) continue;
    answer.headers.emplace_back(lower(field.substr(0, colon)), field.substr(colon + 2));
  }
  return answer;
}

}  // namespace

std::string HttpAnswer::header(std::string_view name) const {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const auto& header) { return header.first == name; });
  return found == headers.end() ? std::string() : found->second;
}

nlohmann::json HttpAnswer::json() const { return nlohmann::json::parse(body, nullptr, false); }

HttpClient::HttpClient(std::uint16_t port, std::string token) : port_(port), token_(std::move(token)) {}

HttpClient::~HttpClient() { disconnect(); }

void HttpClient::connect() {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval wait{kWaitSeconds, 0};
  const int on = 1;
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) disconnect();
}

void HttpClient::disconnect() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  buffer_.clear();
}

HttpAnswer HttpClient::request(std::string_view method, std::string_view target, std::string_view body,
                               const HttpHeaders& headers) {
  std::string text(method);
  text.append(" ").append(target).append(" HTTP/1.1\r\n");
  if (!names(headers, "host")) text.append("Host: test\r\n");
  for (const auto& [name, value] : headers) {
    if (lower(name) != "authorization" || !value.empty())
      text.append(name).append(": ").append(value).append("\r\n");
  }
  if (!names(headers, "authorization") && !token_.empty())
    text.append("Authorization: Bearer ").append(token_).append("\r\n");
  if (!body.empty() && !names(headers, "content-type")) text.append("Content-Type: application/json\r\n");
  if (!body.empty()) text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  text.append("\r\n").append(body);
  if (socket_ >= 0 && at_end()) disconnect();
  if (!send_bytes(text)) return {};
  HttpAnswer answer = receive(method == "HEAD");
  if (answer.status == 0 || answer.header("connection") == "close") disconnect();
  return answer;
}

HttpAnswer HttpClient::get(std::string_view target) { return request("GET", target); }

HttpAnswer HttpClient::put(std::string_view target, const nlohmann::json& body) {
  return request("PUT", target, body.dump());
}

HttpAnswer HttpClient::post(std::string_view target, const nlohmann::json& body) {
  return post(target, body, fresh_key());
}

HttpAnswer HttpClient::post(std::string_view target, const nlohmann::json& body, std::string_view key,
                            std::optional<int> if_match) {
  HttpHeaders headers{{"Idempotency-Key", std::string(key)}};
  if (if_match) headers.emplace_back("If-Match", '"' + std::to_string(*if_match) + '"');
  return request("POST", target, body.dump(), headers);
}

bool HttpClient::send_bytes(std::string_view bytes) {
  if (socket_ < 0) connect();
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool HttpClient::fill() {
  char bytes[16 * 1024];
  const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

HttpAnswer HttpClient::receive(bool head_only) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return {};
  }
  HttpAnswer answer = answer_of(std::string_view(buffer_).substr(0, end));
  buffer_.erase(0, end + 4);
  const std::string length = answer.header("content-length");
  if (head_only || length.empty()) return answer;
  const std::size_t size = std::stoul(length);
  while (buffer_.size() < size) {
    if (!fill()) return {};
  }
  answer.body = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return answer;
}

bool HttpClient::at_end() {
  if (socket_ < 0) return true;
  char byte = 0;
  // Whether it has closed, not whether it is about to: what is only silent is alive.
  return buffer_.empty() && ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

}  // namespace motcua::testing
