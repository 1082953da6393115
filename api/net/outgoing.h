#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/net/networks.h"

namespace motcua::net {

struct OutgoingOptions {
  bool allow_http = false;              // else https only
  std::vector<Network> allow_networks;  // internal ones that may be reached all the same
  std::string ca_file;                  // certificates that are trusted; empty: those of the system
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{15'000};  // of the whole exchange, however slowly it trickles
  std::size_t answer_bytes_max = 65'536;      // of head and of body; no more is read
};

// Why an address may not be asked to be called.
enum class UrlFault {
  malformed,        // no absolute URL with a host, or one with a user, a password or a fragment
  not_https,        // another scheme
  address_refused,  // its host is an address of an internal network
};
std::optional<UrlFault> check_url(const std::string& url, const OutgoingOptions& options);

struct OutgoingRequest {
  enum class Method { post, get };
  Method method = Method::post;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};      // of a POST
  bool keep_body = false;  // else what the other side says is counted and thrown away
};
struct OutgoingAnswer {
  enum class Failure { none, timed_out, unreachable, address_refused, not_trusted };
  Failure failure = Failure::none;
  int status = 0;  // of a whole answer, or of one that was cut for its size
  bool cut = false;
  std::string body{};  // where it was to be kept: all that was read
  std::optional<std::chrono::seconds> retry_after;
  std::chrono::milliseconds took{0};
};

// Sends requests, most of them to addresses that strangers named, on a thread of its own. Redirects are not
// followed, no proxy is asked, and each connection is made only to an address that may be reached: what a
// name resolved to is looked at, not the name. Any thread.
class Outgoing {
 public:
  explicit Outgoing(OutgoingOptions options);
  Outgoing(const Outgoing&) = delete;
  Outgoing& operator=(const Outgoing&) = delete;
  // What is under way ends without an answer.
  ~Outgoing();

  // `done` is called at most once, on the thread of this object: not at all when it is destroyed before.
  void send(OutgoingRequest request, std::function<void(OutgoingAnswer)> done);

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace motcua::net
