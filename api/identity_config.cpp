#include "api/identity_config.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/net/outgoing.h"

namespace motcua::api {
namespace {

constexpr std::size_t kAddressMax = 500;

bool is_own_host(std::string_view host) {
  host = host.substr(0, host.find('/'));
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1) == "[::1]";
  host = host.substr(0, host.find(':'));
  const bool numbers = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || (host.starts_with("127.") && numbers);
}

}  // namespace

bool is_provider_address(const std::string& url) {
  constexpr std::string_view kClear = "http://";
  net::OutgoingOptions any;
  any.allow_http = true;
  const auto fault = net::check_url(url, any);
  // Whom the settings name may stand in any network.
  if (fault && *fault != net::UrlFault::address_refused) return false;
  if (url.find_first_of("?#\"") != std::string::npos) return false;
  return url.starts_with("https://") ||
         (url.starts_with(kClear) && is_own_host(std::string_view(url).substr(kClear.size())));
}

std::optional<IdentitySettings> read_identity_settings(run::ObjectReader& in, run::Source source) {
  const nlohmann::json* found = in.member("identity", run::Presence::required);
  if (found == nullptr || found->is_null()) return std::nullopt;
  run::ObjectReader of(*found, in.pointer_to("identity"), source.file, source.faults);
  if (!of.is_object()) return std::nullopt;
  IdentitySettings made;
  const auto text = [&](const char* key, std::size_t max) {
    return run::read_text(of, key, run::Presence::required, max).value_or("");
  };
  const auto seconds = [&](const char* key, std::int64_t min, std::int64_t max) {
    return run::read_integer(of, key, run::Presence::required, min, max);
  };
  made.rules.issuer = text("issuer", kAddressMax);
  if (!made.rules.issuer.empty() && !is_provider_address(made.rules.issuer)) {
    of.fault("issuer", "Expected an https address without query or fragment, or http of this machine");
  }
  made.rules.audience = text("audience", kAddressMax);
  made.rules.officer_claim = text("officer_claim", 100);
  made.rules.leeway = std::chrono::seconds(seconds("leeway_seconds", 0, 120).value_or(0));
  const auto refresh = seconds("refresh_seconds", 10, 86'400);
  const auto keep = seconds("keep_seconds", 60, 604'800);
  if (refresh) made.refresh = std::chrono::seconds(*refresh);
  if (keep) made.keep = std::chrono::seconds(*keep);
  if (refresh && keep && *keep < *refresh) {
    of.fault("keep_seconds", "Expected at least refresh_seconds, or keys would end before they are renewed");
  }
  const nlohmann::json* ca = of.member("ca_file", run::Presence::required);
  if (ca != nullptr && !ca->is_null()) made.ca_file = text("ca_file", kAddressMax);
  of.refuse_unknown();
  return made;
}

}  // namespace motcua::api
