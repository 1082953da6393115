#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/config.h"
#include "api/event_hub.h"
#include "api/http_metrics.h"
#include "api/listen_config.h"
#include "api/log.h"
#include "api/net/outgoing.h"
#include "api/net/rate_limiter.h"
#include "api/report_desk.h"
#include "engine/run/auditor.h"
#include "engine/run/courier.h"
#include "engine/run/engine.h"
#include "engine/run/publisher.h"
#include "engine/run/sealer.h"

namespace motcua::api {

// The API keys in force, and the roles that they are granted. Any thread.
class KeyBook {
 public:
  using Keys = std::shared_ptr<const Callers>;
  explicit KeyBook(Callers callers) { replace(std::move(callers)); }
  Keys now() const { return std::atomic_load(&keys_); }
  void replace(Callers callers) {
    std::atomic_store(&keys_, Keys(std::make_shared<const Callers>(std::move(callers))));
  }

 private:
  Keys keys_;
};

// What one client may ask of this process.
struct RateLimits {
  explicit RateLimits(const RateSettings& settings)
      : caller(settings.caller), address(settings.address), failures(settings.failures) {}
  net::RateLimiter caller;
  net::RateLimiter address;
  net::RateLimiter failures;
};

// What the handlers work with. Everything is borrowed and outlives the server.
struct Service {
  const ServerConfig& config;
  KeyBook& keys;
  run::Engine& engine;
  store::Store& store;  // for its readers
  run::Clock& clock;
  run::VirtualClock* sandbox;  // null outside sandbox mode
  run::Random& random;
  const run::Keyring& keyring;
  Log& log;
  EventHub& events;
  const run::AuditCounts& audit;
  run::Courier& courier;
  run::Publisher& publisher;
  ReportDesk& reports;
  const run::Sealer& sealer;
  const net::OutgoingOptions& outgoing;  // what deliveries may reach
  RateLimits& rates;
  HttpMetrics metrics;
};

}  // namespace motcua::api
