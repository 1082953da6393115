#include "api/net/ticket.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace motcua::net {

Ticket::Ticket(std::shared_ptr<Loop> loop, std::weak_ptr<Connection> connection)
    : loop_(std::move(loop)), connection_(std::move(connection)) {}

Ticket::~Ticket() { use(std::nullopt); }

void Ticket::use(std::optional<Response> response) {
  if (used_.exchange(true)) return;
  // Inside the handler's own call the answer is only laid down: the connection picks it up when the call
  // returns.
  if (loop_->io().get_executor().running_in_this_thread()) {
    const auto connection = connection_.lock();
    if (connection && connection->in_handler()) return connection->answer(std::move(response));
  }
  // The weak pointer is locked on the loop's thread alone, so that no other thread ever destroys a
  // connection.
  boost::asio::post(loop_->io(), [weak = connection_, moved = std::move(response)]() mutable {
    if (const auto connection = weak.lock()) connection->answer(std::move(moved));
  });
}

}  // namespace motcua::net
