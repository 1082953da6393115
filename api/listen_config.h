#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/net/networks.h"
#include "api/net/rate_limiter.h"
#include "engine/run/members_loader.h"

namespace motcua::api {

struct ListenAddress {
  std::string address;
  std::uint16_t port = 0;  // 0: any free one
};

// What is served over TLS: `tls` of config/server.json.
struct TlsSettings {
  ListenAddress listen;
  std::filesystem::path certificate_file;
  std::filesystem::path key_file;
  std::filesystem::path client_ca_file;  // empty: no client is known by a certificate
};

using net::Rate;

// How much one client may ask: `rates` of config/server.json. Nothing: as much as it likes.
struct RateSettings {
  std::optional<Rate> caller;      // of one key
  std::optional<Rate> address;     // of one address, on routes that ask for no key
  std::optional<Rate> failures;    // of one address, without a valid key
  std::optional<Rate> handshakes;  // connections over TLS of one address
};

struct ListenSettings {
  std::optional<ListenAddress> plain;  // on this machine alone
  std::optional<TlsSettings> tls;
  RateSettings rates;
  std::vector<std::string> proxies;    // "10.0.0.7/32": each was read as a network
  std::vector<net::Network> scrapers;  // read the metrics without a key
};

// Reads `listen`, `tls`, `rates`, `proxies` and `scrapers`; faults go where those of `in` go.
ListenSettings read_listen_settings(run::ObjectReader& in, run::Source source);

// "127.0.0.1:8080" or "[::1]:8080" taken apart; nothing when it is neither.
std::optional<ListenAddress> listen_address(std::string_view text);
// Why requests in the clear must not be taken there; empty when they may.
std::string why_not_plain(const ListenAddress& address);
// "127.0.0.1:8080" or "[::1]:8080", with this port.
std::string to_text(const ListenAddress& address, std::uint16_t port);

}  // namespace motcua::api
