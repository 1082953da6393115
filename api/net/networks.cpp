#include "api/net/networks.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>

namespace motcua::net {
namespace {

using Address = std::array<std::uint8_t, 16>;

// What no public server has: the special-purpose registries of IANA for IPv4 (RFC 6890 and later) and IPv6.
constexpr std::string_view kInternal[] = {
    "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
    "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",
    "::/96",         "64:ff9b:1::/48",  "100::/64",       "2001::/23",      "2001:db8::/32",
    "3fff::/20",     "5f00::/16",       "fc00::/7",       "fe80::/10",      "fec0::/10",
    "ff00::/8",
};

Address mapped(const std::uint8_t* four) {
  Address address{};
  address[10] = address[11] = 0xff;
  std::copy_n(four, 4, address.begin() + 12);
  return address;
}

std::optional<Address> parse_address(std::string_view text, bool& is_four) {
  const std::string copy(text);
  std::uint8_t bytes[16];
  is_four = ::inet_pton(AF_INET, copy.c_str(), bytes) == 1;
  if (is_four) return mapped(bytes);
  if (::inet_pton(AF_INET6, copy.c_str(), bytes) != 1) return std::nullopt;
  Address address;
  std::copy_n(bytes, 16, address.begin());
  return address;
}

bool bit(const Address& address, int i) {
  const auto at = static_cast<std::size_t>(i);
  return ((address[at / 8] >> (7 - at % 8)) & 1) != 0;
}

bool contains(const Network& network, const Address& address) {
  for (int i = 0; i < network.bits; ++i) {
    if (bit(network.prefix, i) != bit(address, i)) return false;
  }
  return true;
}

bool is_any_of(const std::vector<Network>& networks, const Address& address) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const Network& network) { return contains(network, address); });
}

const std::vector<Network>& internal_networks() {
  static const std::vector<Network> networks = [] {
    std::vector<Network> all;
    for (const std::string_view text : kInternal) all.push_back(*parse_network(text));
    return all;
  }();
  return networks;
}

// The IPv4 address to which an IPv6 one leads through a gateway, mapped; else the address itself.
Address led_to(const Address& address) {
  static const Network nat64 = *parse_network("64:ff9b::/96");
  static const Network six_to_four = *parse_network("2002::/16");
  if (contains(nat64, address)) return mapped(address.data() + 12);
  if (contains(six_to_four, address)) return mapped(address.data() + 2);
  return address;
}

bool may_reach(const Address& address, const std::vector<Network>& allowed) {
  const Address target = led_to(address);
  return is_any_of(allowed, target) || !is_any_of(internal_networks(), target);
}

}  // namespace

std::optional<Network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  bool is_four = false;
  const auto address = parse_address(text.substr(0, slash), is_four);
  const std::string_view digits = text.substr(slash + 1);
  int bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (!address || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (bits < 0 || bits > (is_four ? 32 : 128)) return std::nullopt;
  const Network network{*address, is_four ? bits + 96 : bits};
  for (int i = network.bits; i < 128; ++i) {
    if (bit(*address, i)) return std::nullopt;
  }
  return network;
}

bool may_connect(const sockaddr& address, const std::vector<Network>& allowed) {
  if (address.sa_family == AF_INET) {
    sockaddr_in four;
    std::memcpy(&four, &address, sizeof four);
    std::uint8_t bytes[4];
    std::memcpy(bytes, &four.sin_addr, sizeof bytes);
    return may_reach(mapped(bytes), allowed);
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 six;
  std::memcpy(&six, &address, sizeof six);
  Address bytes;
  std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
  return may_reach(bytes, allowed);
}

std::optional<bool> may_connect(std::string_view address, const std::vector<Network>& allowed) {
  bool is_four = false;
  const auto parsed = parse_address(address, is_four);
  if (!parsed) return std::nullopt;
  return may_reach(*parsed, allowed);
}

bool is_address(std::string_view text) {
  bool is_four = false;
  return parse_address(text, is_four).has_value();
}

bool is_within(std::string_view address, const std::vector<Network>& networks) {
  bool is_four = false;
  const auto parsed = parse_address(address, is_four);
  return parsed && is_any_of(networks, *parsed);
}

std::string client_network(std::string_view address) {
  static const Network fours = *parse_network("::ffff:0:0/96");
  bool is_four = false;
  const auto parsed = parse_address(address, is_four);
  if (!parsed) return std::string(address);
  const auto* bytes = reinterpret_cast<const char*>(parsed->data());
  return contains(fours, *parsed) ? std::string(bytes + 12, 4) : std::string(bytes, 8);
}

}  // namespace motcua::net
