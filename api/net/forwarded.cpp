#include "api/net/forwarded.h"

namespace motcua::net {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

}  // namespace

std::string client_behind(const Request& request, const std::string& address,
                          const std::vector<Network>& proxies) {
  if (!is_within(address, proxies)) return address;
  std::string client = address;
  for (auto header = request.headers.rbegin(); header != request.headers.rend(); ++header) {
    const auto& [name, value] = *header;
    if (name != "x-forwarded-for") continue;
    std::string_view left = value;
    while (!left.empty() && is_within(client, proxies)) {
      const auto comma = left.rfind(',');
      const auto last = trimmed(comma == std::string_view::npos ? left : left.substr(comma + 1));
      left = left.substr(0, comma == std::string_view::npos ? 0 : comma);
      if (!is_address(last)) return client;
      client = last;
    }
  }
  return client;
}

}  // namespace motcua::net
