#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/service.h"

namespace motcua::testing {

// A request as it arrived.
struct Received {
  std::string path;
  HttpHeaders headers;  // names in lower case
  std::string body;
  std::string header(std::string_view name) const;
  nlohmann::json json() const;
};

// How a receiver answers a request.
struct ReceiverSays {
  int status = 200;
  HttpHeaders headers{};
  std::string body{};
  bool byte_by_byte = false;  // for ever, after the head
  bool never = false;         // takes the request, and is silent
};

// An HTTP/1.1 server that takes webhooks, on a free port of 127.0.0.1, a thread for each connection.
class Receiver {
 public:
  using Answer = std::function<ReceiverSays(const Received&)>;
  explicit Receiver(Answer answer = {});
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;
  ~Receiver();

  std::string url(std::string_view path = "/hook", std::string_view host = "127.0.0.1") const;
  void answer(Answer answer);
  // All that came, once there are `count` of that path (empty: any), or after twenty seconds.
  std::vector<Received> wait_for(std::size_t count, std::string_view path = {});
  std::vector<Received> so_far(std::string_view path = {});

 private:
  void accept_all();
  void serve(int connection);
  void reply(int connection, const ReceiverSays& says);

  int listening_ = -1;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  Answer answer_;
  std::vector<Received> received_;
  std::vector<int> connections_;
  std::vector<std::thread> threads_;
  bool stopping_ = false;
  std::thread accepting_;
};

}  // namespace motcua::testing
