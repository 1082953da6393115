#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace motcua::net {

// One HTTP request as plain values: no Boost type crosses this line.
struct Request {
  std::string method;                                        // "GET"
  std::string path;                                          // still percent-encoded, without the query
  std::string query;                                         // without the question mark
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case, in order of arrival
  std::string body;
  std::string peer;     // address of the client; of a proxy's client where the proxy is one of ours
  bool secure = false;  // it came over TLS
  std::string client_certificate;  // SHA-256 in hexadecimal of one that was verified; or empty

  // The first header of that name (lower case); empty when absent.
  std::string_view header(std::string_view name) const;
  // How often the header occurs.
  int count(std::string_view name) const;
};

// Whether a text says this word (in lower case), written in either case.
bool is_word(std::string_view text, std::string_view word);

// An answer that goes on. All but `wake` happens on the thread of its connection; it is destroyed there too,
// when the client has gone, the stream has ended, or the server stops.
class Stream {
 public:
  struct Part {
    enum class Then { wait, more, end };
    std::string bytes;  // bounded by the stream: the next part is asked for when these are written
    Then then = Then::wait;
    // After `wait`: asked again when this has passed, or sooner when it is woken.
    std::chrono::milliseconds pause{0};
  };
  virtual ~Stream() = default;
  // Once, before the first part. `wake` has next() called soon; from any thread, cheap, and harmless when the
  // connection is gone. Must not throw.
  virtual void begin(std::function<void()> wake) = 0;
  // Must not block longer than a read of the database takes, nor throw.
  virtual Part next() = 0;
};

struct Response {
  int status = 200;
  std::string content_type;  // empty: no body, no Content-Type
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // When set, the thread of the connection calls it for the whole answer, once, if the client is still there.
  // Must not throw. For answers that are made elsewhere by a thread that has better things to do than to
  // write JSON.
  std::function<Response()> made_later;
  // When set, the answer has no other body; the connection serves nothing after it, and counts apart from
  // those that do. For HEAD it is never begun.
  std::shared_ptr<Stream> stream = nullptr;
};

// Answers one request. Called exactly once, from any thread.
using Reply = std::function<void(Response)>;
// Handles a request on a network thread; must not block longer than a read of the database takes.
using Handler = std::function<void(Request&&, Reply&&)>;
// Makes the answer to a request that never reached the handler (400, 408, 413, 431, 503 …), so that these are
// problem documents too. Must not throw.
using Refusal = std::function<Response(int status, std::string_view code, std::string_view detail)>;

}  // namespace motcua::net
