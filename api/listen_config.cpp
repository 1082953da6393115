#include "api/listen_config.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "api/net/networks.h"

namespace motcua::api {
namespace {

using run::ObjectReader;

// The member as an object, or nothing when it is null; `read` is called for an object.
template <class Read>
void read_or_null(ObjectReader& in, const char* key, run::Source source, Read read) {
  const nlohmann::json* found = in.member(key, run::Presence::required);
  if (found == nullptr || found->is_null()) return;
  ObjectReader of(*found, in.pointer_to(key), source.file, source.faults);
  if (!of.is_object()) return;
  read(of);
  of.refuse_unknown();
}

std::optional<ListenAddress> read_address(ObjectReader& in) {
  const auto text = in.text("listen", run::Presence::required);
  if (!text) return std::nullopt;
  auto address = listen_address(*text);
  if (!address) {
    in.fault("listen", "Expected an address and a port such as 127.0.0.1:8080, but it is \"" + *text + "\"");
  }
  return address;
}

std::optional<Rate> read_rate(ObjectReader& in, const char* key, run::Source source) {
  std::optional<Rate> rate;
  read_or_null(in, key, source, [&](ObjectReader& of) {
    const auto number = [&](const char* name) {
      return static_cast<int>(run::read_integer(of, name, run::Presence::required, 1, 1'000'000).value_or(1));
    };
    rate = Rate{number("per_second"), number("burst")};
  });
  return rate;
}

std::vector<std::string> read_networks(ObjectReader& in, const char* name) {
  const nlohmann::json* list = in.member(name, run::Presence::required);
  if (list == nullptr) return {};
  const auto is_network = [](const nlohmann::json& one) {
    return one.is_string() && net::parse_network(one.get_ref<const std::string&>());
  };
  if (!list->is_array() || !std::all_of(list->begin(), list->end(), is_network)) {
    in.fault(name, "Expected a list of networks such as 127.0.0.1/32, without bits behind the prefix");
    return {};
  }
  return list->get<std::vector<std::string>>();
}

}  // namespace

ListenSettings read_listen_settings(ObjectReader& in, run::Source source) {
  ListenSettings made;
  const nlohmann::json* plain = in.member("listen", run::Presence::required);
  if (plain != nullptr && !plain->is_null()) {
    made.plain = read_address(in);
    const std::string why = made.plain ? why_not_plain(*made.plain) : "";
    if (!why.empty()) in.fault("listen", why);
  }
  read_or_null(in, "tls", source, [&](ObjectReader& of) {
    TlsSettings& tls = made.tls.emplace();
    tls.listen = read_address(of).value_or(ListenAddress{});
    tls.certificate_file = run::read_text(of, "certificate_file", run::Presence::required, 500).value_or("");
    tls.key_file = run::read_text(of, "key_file", run::Presence::required, 500).value_or("");
    const nlohmann::json* ca = of.member("client_ca_file", run::Presence::required);
    if (ca != nullptr && !ca->is_null())
      tls.client_ca_file = run::read_text(of, "client_ca_file", run::Presence::required, 500).value_or("");
  });
  if (plain != nullptr && plain->is_null() && !made.tls)
    in.fault("listen", "Expected an address here or in tls, but nothing would be listened to");
  read_or_null(in, "rates", source, [&](ObjectReader& of) {
    made.rates = {read_rate(of, "caller", source), read_rate(of, "address", source),
                  read_rate(of, "failures", source), read_rate(of, "handshakes", source)};
  });
  made.proxies = read_networks(in, "proxies");
  for (const std::string& network : read_networks(in, "scrapers"))
    made.scrapers.push_back(*net::parse_network(network));
  return made;
}

std::optional<ListenAddress> listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view address = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  const bool bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (bracketed) address = address.substr(1, address.size() - 2);
  const bool has_colon = address.find(':') != std::string_view::npos;
  const bool is_odd = address.find_first_of(" \t\r\n[]") != std::string_view::npos;
  if (address.empty() || is_odd || has_colon != bracketed) return std::nullopt;
  return ListenAddress{std::string(address), port};
}

std::string why_not_plain(const ListenAddress& address) {
  static const std::vector<net::Network> loopback{*net::parse_network("127.0.0.0/8"),
                                                  *net::parse_network("::1/128")};
  if (net::is_within(address.address, loopback)) return {};
  return "Expected an address of this machine alone, such as 127.0.0.1:8080, as HTTP is in the clear, but it "
         "is " +
         to_text(address, address.port) +
         ": keep it local, and serve others at tls.listen with a certificate";
}

std::string to_text(const ListenAddress& address, std::uint16_t port) {
  const bool six = address.address.find(':') != std::string::npos;
  return (six ? '[' + address.address + ']' : address.address) + ':' + std::to_string(port);
}

}  // namespace motcua::api
