#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr;

namespace motcua::net {

// A range of addresses, "10.0.0.0/8" or "fd00::/8". IPv4 ones stand where IPv6 maps them.
struct Network {
  std::array<std::uint8_t, 16> prefix{};
  int bits = 0;
};
// Nothing when it is no range: a bad address, or one with bits behind its prefix.
std::optional<Network> parse_network(std::string_view text);

// Whether a server of ours may send something to this address because a stranger named it: all of the public
// internet, and of the internal networks those that are allowed. An IPv4 address inside an IPv6 one (mapped,
// NAT64, 6to4) counts as what it leads to.
bool may_connect(const sockaddr& address, const std::vector<Network>& allowed);
// The same for an address as text; nothing when it is none, but a name.
std::optional<bool> may_connect(std::string_view address, const std::vector<Network>& allowed);

bool is_address(std::string_view text);
// Whether an address as text lies in one of these networks; false when it is none.
bool is_within(std::string_view address, const std::vector<Network>& networks);
// By what clients are told apart: an IPv4 address, or the 64 bits of an IPv6 one that its owner does not
// choose freely. What is no address stands for itself.
std::string client_network(std::string_view address);

}  // namespace motcua::net
