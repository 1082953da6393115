// The bytes of a connection, as its parser gets them: in pieces of the length that the first byte says.
#include <boost/beast/http/error.hpp>

#include "api/net/forwarded.h"
#include "api/net/request_parser.h"
#include "tests/fuzz/targets.h"

namespace motcua::fuzz {
namespace {

constexpr std::size_t kHttpHeaderBytes = 4096;
constexpr std::size_t kHttpBodyBytes = 4096;

struct Parsed {
  bool done = false;
  int status = 0;  // of what was refused
  net::Request request{};
};

// As a connection does: what was not taken is offered again with what came after it.
Parsed parsed_in_pieces(std::string_view bytes, std::size_t piece) {
  net::RequestParser parser(kHttpHeaderBytes, kHttpBodyBytes);
  Parsed made;
  std::string held;
  while (!made.done && made.status == 0 && !bytes.empty()) {
    const std::size_t count = std::min(piece, bytes.size());
    held += bytes.substr(0, count);
    bytes.remove_prefix(count);
    boost::system::error_code error;
    std::size_t taken = 1;
    while (taken > 0 && !held.empty() && !error && !parser.is_done()) {
      taken = parser.feed(boost::asio::buffer(held), error);
      expect(taken <= held.size(), "no more is taken than there was");
      held.erase(0, taken);
    }
    if (error && error != boost::beast::http::error::need_more) {
      made.status = parser.fault(error).status;
      expect(made.status >= 400 && made.status < 600, "a request that is refused has its status");
      return made;
    }
    made.done = parser.is_done();
  }
  if (made.done) made.request = std::move(parser.request());
  return made;
}

// For whom a proxy asks, and what of its address a limit hangs on.
void try_client(const net::Request& request) {
  static const std::vector<net::Network> proxies = {net::parse_network("10.0.0.0/8").value()};
  const std::string client = net::client_behind(request, "10.0.0.1", proxies);
  expect(net::is_address(client), "a client is an address");
  expect(request.count("x-forwarded-for") > 0 || client == "10.0.0.1", "nobody is behind a silent proxy");
  const std::string network = net::client_network(client);
  expect(!network.empty() && net::client_network(client) == network, "a client has one network");
  expect(net::client_behind(request, "192.0.2.1", proxies) == "192.0.2.1", "a stranger speaks for itself");
}

}  // namespace

void fuzz_http(std::string_view input) {
  if (input.empty()) return;
  const std::size_t piece = 1 + static_cast<unsigned char>(input.front()) % 64;
  const std::string_view bytes = input.substr(1);
  const Parsed whole = parsed_in_pieces(bytes, bytes.size());
  const Parsed pieces = parsed_in_pieces(bytes, piece);
  for (const Parsed* one : {&whole, &pieces}) {
    if (!one->done) continue;
    expect(!one->request.method.empty() && !one->request.path.empty(), "a request has a method and a path");
    expect(one->request.body.size() <= kHttpBodyBytes, "a body is bounded");
    expect(one->request.count("host") <= 1, "a request has one host");
    try_client(one->request);
  }
  if (!whole.done || !pieces.done) return;
  expect(whole.request.method == pieces.request.method && whole.request.path == pieces.request.path &&
             whole.request.query == pieces.request.query && whole.request.headers == pieces.request.headers &&
             whole.request.body == pieces.request.body,
         "a request is the same however its bytes came");
}

}  // namespace motcua::fuzz
