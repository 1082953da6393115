#include "api/net/response_head.h"

#include <boost/beast/http/status.hpp>
#include <charconv>

namespace motcua::net {
namespace {

// A year, for this host alone: what else stands under the same name is not ours to decide.
constexpr std::string_view kStrictTransport = "Strict-Transport-Security: max-age=31536000\r\n";

void append_number(std::string& out, std::size_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void append_text(std::string& out, std::string_view text) {
  for (const char c : text) out.push_back(c == '\r' || c == '\n' || c == '\0' ? ' ' : c);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  append_text(out, name);
  out.append(": ");
  append_text(out, value);
  out.append("\r\n");
}

}  // namespace

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

void write_head(std::string& out, const Response& response, KeepAlive keep_alive, BodyEnd body_end,
                bool secure) {
  namespace http = boost::beast::http;
  const auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(response.status)));
  out.assign("HTTP/1.1 ");
  append_number(out, static_cast<std::size_t>(response.status));
  out.push_back(' ');
  out.append(reason.data(), reason.size());
  out.append("\r\n");
  if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
  if (body_end == BodyEnd::chunks) append_field(out, "Transfer-Encoding", "chunked");
  if (has_body(response.status) && body_end == BodyEnd::length) {
    out.append("Content-Length: ");
    append_number(out, response.body.size());
    out.append("\r\n");
  }
  for (const auto& [name, value] : response.headers) append_field(out, name, value);
  if (secure) out.append(kStrictTransport);
  switch (keep_alive) {
    case KeepAlive::kSilent:
      break;
    case KeepAlive::kStated:
      out.append("Connection: keep-alive\r\n");
      break;
    case KeepAlive::kClose:
      out.append("Connection: close\r\n");
      break;
  }
  out.append("\r\n");
}

}  // namespace motcua::net
