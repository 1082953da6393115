#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace motcua::net::testing {

struct Answer {
  int status = 0;    // 0: the connection ended before an answer
  std::string head;  // status line and header as they came
  std::string body;

  // The value of a header, compared as it was written; empty when absent.
  std::string field(std::string_view name) const;
};

// A client that sends exactly the bytes it is told to, over TCP or through TLS. Every wait ends after ten
// seconds with a failure.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, bool secure = false);
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient();

  // False when the server no longer takes them.
  bool send(std::string_view bytes);
  // Sends byte by byte, each as soon as the server has been silent for a moment, until it answers or all is
  // sent.
  void drip(std::string_view bytes);
  // The next answer; `head_only`: to a HEAD request, no body follows.
  Answer receive(bool head_only = false);
  // All that comes until the server closes its side.
  std::string rest();
  // True when the server has closed its side and nothing was left to read.
  bool at_end();
  void disconnect();

 private:
  bool fill();
  bool readable_within(std::chrono::milliseconds time) const;

  struct Tls;

  int socket_ = -1;
  std::unique_ptr<Tls> tls_;
  std::string buffer_;
};

}  // namespace motcua::net::testing
