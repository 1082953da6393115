#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "api/net/server.h"
#include "api/token.h"
#include "engine/run/metrics.h"

namespace motcua::api {

// Requests and latencies per route. Any thread.
struct RouteMetrics {
  explicit RouteMetrics(std::string_view name) : route(name) {}
  std::string_view route;                             // "POST /v1/dossiers"
  std::array<std::atomic<std::uint64_t>, 6> answers;  // by the first digit of the status
  run::Histogram<12> seconds{run::kSecondsBounds};
};

struct HttpMetrics {
  std::vector<std::unique_ptr<RouteMetrics>> routes;  // in the order of the route table
  std::atomic<std::uint64_t> unauthorized = 0;
  std::atomic<std::uint64_t> forbidden = 0;
  // Access tokens: by TokenFault, and those of nobody who may do anything here.
  std::array<std::atomic<std::uint64_t>, std::size(core::EnumWords<TokenFault>::words)> tokens_refused{};
  std::atomic<std::uint64_t> tokens_of_no_officer = 0;
  std::function<net::ServerCounters()> server;           // null before there is one
  std::atomic<std::int64_t> certificate_expires_at = 0;  // seconds since 1970; 0 without TLS
};

}  // namespace motcua::api
