#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <cstdint>

#include "api/net/loop.h"

namespace motcua::net {

// A place where clients are accepted, once it is open.
struct Door {
  Door(boost::asio::io_context& io, bool is_secure) : acceptor(io), retry(io), secure(is_secure) {}
  // Throws std::system_error with the address in its message when it cannot.
  void open(const Endpoint& endpoint);

  boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, boost::asio::io_context::executor_type> acceptor;
  Timer retry;
  const bool secure;
  std::uint16_t port = 0;
};

}  // namespace motcua::net
