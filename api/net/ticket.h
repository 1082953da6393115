#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "api/net/connection.h"

namespace motcua::net {

// What a Reply holds: the right to answer one request once, from any thread, also when the connection or the
// whole server is gone. Destroyed unused, it reports that no answer will come.
class Ticket {
 public:
  explicit Ticket(std::shared_ptr<Loop> loop, std::weak_ptr<Connection> connection);
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;
  ~Ticket();

  // A second call does nothing.
  void use(std::optional<Response> response);

 private:
  // Keeps the loop's queue alive, and nothing of the server beside it.
  std::shared_ptr<Loop> loop_;
  std::weak_ptr<Connection> connection_;
  std::atomic<bool> used_ = false;
};

}  // namespace motcua::net
