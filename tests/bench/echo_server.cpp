// The floor for the HTTP layer: a bare server in the ordinary shape of an asynchronous Beast program, which
// parses and dumps the body of a POST and answers a GET with a fixed body. With "house" as fourth argument
// the same answers come from net::Server, so that one load generator compares the two.
//
//   bench_echo_server PORT THREADS BODY_BYTES [plain|house]

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "api/net/server.h"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace net = motcua::net;
using asio::ip::tcp;
using boost::system::error_code;

struct Arguments {
  std::uint16_t port = 0;
  int threads = 2;
  std::size_t body_bytes = 1200;
  bool house = false;
};

// The body of the answer to a POST; nothing when the body is not JSON.
std::optional<std::string> echo(std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (json.is_discarded()) return std::nullopt;
  return json.dump();
}

class PlainSession : public std::enable_shared_from_this<PlainSession> {
 public:
  PlainSession(tcp::socket&& socket, const std::string& fixed) : stream_(std::move(socket)), fixed_(fixed) {}

  void read() {
    request_ = {};
    stream_.expires_after(std::chrono::seconds(30));
    http::async_read(stream_, buffer_, request_,
                     [self = shared_from_this()](error_code error, std::size_t) { self->on_read(error); });
  }

 private:
  void on_read(error_code error) {
    if (error) return;
    auto body = request_.method() == http::verb::post ? echo(request_.body()) : fixed_;
    response_ = {body ? http::status::ok : http::status::bad_request, request_.version()};
    response_.set(http::field::content_type, "application/json");
    response_.keep_alive(request_.keep_alive());
    response_.body() = std::move(body).value_or("");
    response_.prepare_payload();
    http::async_write(stream_, response_, [self = shared_from_this()](error_code failure, std::size_t) {
      if (!failure && self->response_.keep_alive()) self->read();
    });
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
  const std::string& fixed_;
};

void accept_plain(tcp::acceptor& acceptor, const std::string& fixed) {
  acceptor.async_accept(asio::make_strand(acceptor.get_executor()),
                        [&](error_code error, tcp::socket socket) {
                          if (!error) {
                            socket.set_option(tcp::no_delay(true), error);
                            std::make_shared<PlainSession>(std::move(socket), fixed)->read();
                          }
                          accept_plain(acceptor, fixed);
                        });
}

void serve_plain(const Arguments& arguments, const std::string& fixed) {
  asio::io_context io(arguments.threads);
  tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), arguments.port});
  std::cout << "listening " << acceptor.local_endpoint().port() << std::endl;
  accept_plain(acceptor, fixed);
  std::vector<std::jthread> threads;
  for (int i = 1; i < arguments.threads; ++i) threads.emplace_back([&io] { io.run(); });
  io.run();
}

void serve_house(const Arguments& arguments, const std::string& fixed) {
  net::ServerOptions options;
  options.plain->port = arguments.port;
  options.threads = arguments.threads;
  const auto handler = [&fixed](net::Request&& request, net::Reply&& reply) {
    auto body = request.method == "POST" ? echo(request.body) : fixed;
    const int status = body ? 200 : 400;
    reply({status, "application/json", {}, std::move(body).value_or(""), {}});
  };
  const auto refusal = [](int status, std::string_view, std::string_view detail) {
    return net::Response{status, "text/plain", {}, std::string(detail), {}};
  };
  net::Server server(options, handler, refusal);
  std::cout << "listening " << server.port() << std::endl;
  server.run();
}

template <typename Number>
bool read_number(const char* text, Number& number) {
  const auto end = text + std::strlen(text);
  return std::from_chars(text, end, number).ptr == end;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  const bool read = argc >= 4 && argc <= 5 && read_number(argv[1], arguments.port) &&
                    read_number(argv[2], arguments.threads) && read_number(argv[3], arguments.body_bytes);
  if (!read) {
    std::cerr << "usage: bench_echo_server PORT THREADS BODY_BYTES [plain|house]\n";
    return 2;
  }
  arguments.house = argc == 5 && std::string_view(argv[4]) == "house";
  const std::string fixed(arguments.body_bytes, 'x');
  if (arguments.house)
    serve_house(arguments, fixed);
  else
    serve_plain(arguments, fixed);
}
