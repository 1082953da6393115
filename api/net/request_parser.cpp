#include "api/net/request_parser.h"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

namespace motcua::net {
namespace {

namespace http = boost::beast::http;

// A peer's Content-Length is only a claim: memory follows what has arrived.
constexpr std::uint64_t kBodyReserveMax = 64 * 1024;
// "0\r\n\r\n", which ends every chunked body and is taken in one piece.
constexpr std::size_t kLastChunkBytes = 5;
constexpr std::size_t kFieldsReserve = 12;

constexpr Fault kHeaderTooLarge{431, "header_too_large",
                                "Expected a smaller header, but it exceeds the limit"};
constexpr Fault kBodyTooLarge{413, "body_too_large", "Expected a smaller body, but it exceeds the limit"};
constexpr Fault kVersion{505, "http_version", "Expected HTTP/1.1 or HTTP/1.0, but found another version"};
constexpr Fault kUnreadable{400, "bad_request", "Expected an HTTP/1.1 request, but it cannot be read"};
constexpr Fault kContentLength{400, "bad_request", "Expected one valid Content-Length, but found another"};
constexpr Fault kHost{400, "bad_request", "Expected exactly one Host, but found none or several"};
constexpr Fault kFraming{
    400, "bad_request", "Expected one way to frame the body, but Transfer-Encoding does not fit the request"};
constexpr Fault kEncoding{501, "transfer_encoding",
                          "Expected the transfer coding chunked, but found another"};
constexpr Fault kExpectation{417, "expectation_failed",
                             "Expected 100-continue, but found another expectation"};

std::string lower(boost::beast::string_view text) {
  std::string result(text.size(), '\0');
  std::transform(text.begin(), text.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

// A proxy's form "http://host/path" names the path after its authority; the rest is the origin form.
std::string_view without_authority(std::string_view target) {
  if (target.empty() || target.front() == '/') return target;
  const auto scheme = target.find("://");
  if (scheme == std::string_view::npos) return target;
  const auto path = target.find_first_of("/?", scheme + 3);
  return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

}  // namespace

RequestParser::RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max)
    : header_bytes_left_(header_bytes_max) {
  eager(true);
  header_limit(static_cast<std::uint32_t>(header_bytes_max));
  body_limit(static_cast<std::uint64_t>(body_bytes_max));
}

std::size_t RequestParser::feed(boost::asio::const_buffer bytes, boost::system::error_code& error) {
  // Beast 1.81 asserts when the last chunk comes in pieces; holding back less than that chunk loses nothing,
  // as it is still to come in every unfinished chunked body.
  if (header_done_ && chunked() && bytes.size() < kLastChunkBytes) {
    error = http::error::need_more;
    return 0;
  }
  return put(bytes, error);
}

// Beast's own limit is on what it has not yet consumed: fields that arrive one by one would never reach it.
void RequestParser::count_header(std::size_t bytes, Error& error) {
  if (bytes > header_bytes_left_)
    error = http::error::header_limit;
  else
    header_bytes_left_ -= bytes;
}

void RequestParser::on_request_impl(Verb, View method, View target, int version, Error& error) {
  request_.method.assign(method.data(), method.size());
  head_only_ = request_.method == "HEAD";
  const auto local = without_authority({target.data(), target.size()});
  const auto mark = local.find('?');
  request_.path = local.substr(0, mark);
  if (mark != std::string_view::npos) request_.query = local.substr(mark + 1);
  if (request_.path.empty()) request_.path = "/";
  request_.headers.reserve(kFieldsReserve);
  version_ = version;
  count_header(method.size() + target.size() + sizeof("  HTTP/1.1\r\n") - 1, error);
}

void RequestParser::on_field_impl(Field, View name, View value, Error& error) {
  count_header(name.size() + value.size() + sizeof(": \r\n") - 1, error);
  // Trailers of a chunked body come by here too; they must not pass for fields of the header.
  if (!error && !header_done_)
    request_.headers.emplace_back(lower(name), std::string(value.data(), value.size()));
}

void RequestParser::on_header_impl(Error& error) {
  header_done_ = true;
  check_header();
  if (own_fault_) error = http::error::bad_value;
}

void RequestParser::check_header() {
  const int hosts = request_.count("host");
  if (hosts > 1 || (hosts == 0 && !is_http_1_0())) own_fault_ = &kHost;
  check_transfer_encoding();
  const auto expectation = request_.header("expect");
  if (expectation.empty() || is_http_1_0()) return;
  expects_continue_ = boost::beast::iequals({expectation.data(), expectation.size()}, "100-continue");
  if (!expects_continue_) own_fault_ = &kExpectation;
}

// Beast passes over codings it does not know, and would read the body that follows as the next request.
void RequestParser::check_transfer_encoding() {
  for (const auto& [name, value] : request_.headers) {
    if (name != "transfer-encoding") continue;
    if (!boost::beast::iequals(value, "chunked"))
      own_fault_ = &kEncoding;
    else if (is_http_1_0())
      own_fault_ = &kFraming;
  }
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, Error&) {
  if (length) request_.body.reserve(static_cast<std::size_t>(std::min(*length, kBodyReserveMax)));
}

std::size_t RequestParser::on_body_impl(View bytes, Error&) {
  request_.body.append(bytes.data(), bytes.size());
  return bytes.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, View bytes, Error& error) {
  return on_body_impl(bytes, error);
}

Fault RequestParser::fault(const boost::system::error_code& error) const {
  if (own_fault_) return *own_fault_;
  if (error == http::error::header_limit) return kHeaderTooLarge;
  if (error == http::error::body_limit) return kBodyTooLarge;
  if (error == http::error::bad_version) return kVersion;
  if (error == http::error::bad_transfer_encoding) return kFraming;
  if (error == http::error::bad_content_length || error == http::error::multiple_content_length)
    return kContentLength;
  return kUnreadable;
}

}  // namespace motcua::net
