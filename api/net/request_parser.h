#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/net/http.h"

namespace motcua::net {

// Why a request cannot be served: what Refusal is told.
struct Fault {
  int status;
  std::string_view code;
  std::string_view detail;
};

// Beast's parser, writing straight into a Request: its own message type would be built and copied for
// nothing. For one message; not reusable.
class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max);

  // Takes what it can of the bytes and answers how many; `error` as from basic_parser::put.
  std::size_t feed(boost::asio::const_buffer bytes, boost::system::error_code& error);
  // The request to hand over, once is_done().
  Request& request() { return request_; }
  // Also after the request was handed over.
  bool head_only() const { return head_only_; }
  bool expects_continue() const { return expects_continue_; }
  bool is_http_1_0() const { return version_ == 10; }
  // The answer that an error of feed() deserves.
  Fault fault(const boost::system::error_code& error) const;

 private:
  using Verb = boost::beast::http::verb;
  using Field = boost::beast::http::field;
  using View = boost::beast::string_view;
  using Error = boost::beast::error_code;

  void on_request_impl(Verb, View method, View target, int version, Error&) override;
  void on_response_impl(int, View, int, Error&) override {}
  void on_field_impl(Field, View name, View value, Error&) override;
  void on_header_impl(Error&) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Error&) override;
  std::size_t on_body_impl(View bytes, Error&) override;
  void on_chunk_header_impl(std::uint64_t, View, Error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t remaining, View bytes, Error&) override;
  void on_finish_impl(Error&) override {}

  void count_header(std::size_t bytes, Error& error);
  void check_header();
  void check_transfer_encoding();

  Request request_;
  std::size_t header_bytes_left_;
  int version_ = 11;
  bool header_done_ = false;
  bool head_only_ = false;
  bool expects_continue_ = false;
  const Fault* own_fault_ = nullptr;  // found by us, not by Beast
};

}  // namespace motcua::net
