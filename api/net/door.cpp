#include "api/net/door.h"

#include <string>
#include <system_error>

namespace motcua::net {

void Door::open(const Endpoint& endpoint) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(endpoint.address, error);
  const boost::asio::ip::tcp::endpoint place(address, endpoint.port);
  if (!error) acceptor.open(place.protocol(), error);
  if (!error) acceptor.set_option(boost::asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(place, error);
  if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (!error) port = acceptor.local_endpoint(error).port();
  if (error)
    throw std::system_error(error,
                            "cannot listen on " + endpoint.address + ":" + std::to_string(endpoint.port));
}

}  // namespace motcua::net
