#include "api/page_policy.h"

#include <string>
#include <string_view>

#include "engine/run/ed25519.h"
#include "engine/store/digest.h"

namespace motcua::api {
namespace {

constexpr std::string_view kBegin = "<style>";
constexpr std::string_view kEnd = "</style>";
constexpr std::string_view kNoFrame = "frame-ancestors 'none'";
constexpr std::string_view kNothing =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// As a policy names a style sheet.
std::string style_source(std::string_view style) {
  return " 'sha256-" + run::base64(store::sha256(style)) + "'";
}

std::string page_policy(std::string_view page) {
  std::string styles;
  for (auto from = page.find(kBegin); from != std::string_view::npos; from = page.find(kBegin, from)) {
    from += kBegin.size();
    const auto end = page.find(kEnd, from);
    if (end == std::string_view::npos) break;
    styles += style_source(page.substr(from, end - from));
    from = end;
  }
  return std::string(kNothing) + (styles.empty() ? "" : "; style-src" + styles);
}

// A paper is shown by the browser's own viewer, which a stricter policy can keep from working.
std::string policy_of(std::string_view type, std::string_view body) {
  if (type.starts_with("text/html")) return page_policy(body);
  return std::string(type.find("xml") != std::string_view::npos ? kNothing : kNoFrame);
}

}  // namespace

void add_page_policy(net::Response& response) {
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  const std::string_view type = response.content_type;
  if (type.empty() || type.find("json") != std::string_view::npos) return;
  response.headers.emplace_back("Content-Security-Policy", policy_of(type, response.body));
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
}

}  // namespace motcua::api
