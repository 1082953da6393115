#pragma once

#include <string>

#include "api/callers.h"
#include "api/config.h"
#include "api/event_hub.h"
#include "api/http_metrics.h"
#include "api/identity.h"
#include "api/listen_config.h"
#include "api/log.h"
#include "api/net/outgoing.h"
#include "api/net/rate_limiter.h"
#include "api/report_desk.h"
#include "engine/run/auditor.h"
#include "engine/run/courier.h"
#include "engine/run/engine.h"
#include "engine/run/mailer.h"
#include "engine/run/publisher.h"
#include "engine/run/sealer.h"

namespace motcua::api {

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
  Identity* identity;            // null: no person calls
  PersonBook& persons;           // who do
  const run::MailMetrics* mail;  // null: none is sent
  HttpMetrics metrics;
};

}  // namespace motcua::api
