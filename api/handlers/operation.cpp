#include <cstdio>

#include "api/handlers/handlers.h"
#include "api/json/writer.h"
#include "api/openapi.h"

namespace motcua::api {
namespace {

int horizon_days(const Call& call) {
  const auto calendar =
      call.service.engine.definitions()->calendar(core::Code(call.service.config.default_calendar));
  const core::Date today = core::local_date(call.service.clock.now(), core::kVietnamOffsetMinutes);
  return calendar ? calendar->provisional_until_on() - today : 0;
}

std::string_view identity_word(const Call& call) {
  return call.service.identity == nullptr ? "off" : core::word_of(call.service.identity->state());
}

net::Response clock_response(core::Instant now, std::optional<core::Instant> wanted) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.member_instant("now", now);
  if (wanted) json.member("reached", now >= *wanted);
  json.end_object();
  // More fell due on the way than one call may fire: the clock stands where it came to.
  return json_response(wanted && now < *wanted ? 202 : 200, std::move(body));
}

// Prometheus text.
class Exposition {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    text_ += "# HELP ";
    text_.append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(" ").append(type) +=
        '\n';
  }
  template <class Number>
  void sample(std::string_view name, std::string_view labels, Number value) {
    text_ += name;
    if (!labels.empty()) text_.append("{").append(labels).append("}");
    text_ += ' ';
    text_ += number(value);
    text_ += '\n';
  }
  template <std::size_t N>
  void histogram(const std::string& name, const std::string& labels, const run::Histogram<N>& histogram) {
    std::uint64_t sum = 0;
    const std::string comma = labels.empty() ? "" : labels + ",";
    for (std::size_t i = 0; i <= N; ++i) {
      sum += histogram.count(i);
      const std::string bound = i < N ? number(histogram.bounds()[i]) : "+Inf";
      sample(name + "_bucket", comma + "le=\"" + bound + '"', sum);
    }
    sample(name + "_sum", labels, histogram.sum());
    sample(name + "_count", labels, sum);
  }
  std::string take() { return std::move(text_); }

 private:
  template <class Number>
  static std::string number(Number value) {
    if constexpr (std::is_floating_point_v<Number>) {
      char digits[32];
      std::snprintf(digits, sizeof digits, "%.9g", value);
      return digits;
    } else {
      return std::to_string(value);
    }
  }
  std::string text_;
};

void expose_requests(Exposition& out, const HttpMetrics& metrics) {
  out.family("motcua_http_requests_total", "counter", "Requests by route and class of status.");
  for (const auto& route : metrics.routes) {
    for (std::size_t digit = 1; digit < route->answers.size(); ++digit) {
      const auto count = route->answers[digit].load(std::memory_order_relaxed);
      if (count == 0) continue;
      out.sample("motcua_http_requests_total",
                 "route=\"" + std::string(route->route) + "\",status=\"" + std::to_string(digit) + "xx\"",
                 count);
    }
  }
  out.family("motcua_http_request_seconds", "histogram", "From the whole request read to its answer.");
  for (const auto& route : metrics.routes) {
    out.histogram("motcua_http_request_seconds", "route=\"" + std::string(route->route) + '"',
                  route->seconds);
  }
  out.family("motcua_http_unauthorized_total", "counter", "Requests without a valid key or token.");
  out.sample("motcua_http_unauthorized_total", "", metrics.unauthorized.load());
  out.family("motcua_http_forbidden_total", "counter", "Requests beyond the rights of their caller.");
  out.sample("motcua_http_forbidden_total", "", metrics.forbidden.load());
}

void expose_identity(Exposition& out, const HttpMetrics& metrics, const Identity& identity) {
  constexpr const char* kRefused = "motcua_tokens_refused_total";
  out.family(kRefused, "counter", "Access tokens that were refused, by why.");
  for (std::size_t i = 0; i < metrics.tokens_refused.size(); ++i) {
    const std::string_view reason = core::word_of(static_cast<TokenFault>(i));
    out.sample(kRefused, "reason=\"" + std::string(reason) + '"', metrics.tokens_refused[i].load());
  }
  out.sample(kRefused, "reason=\"no_officer\"", metrics.tokens_of_no_officer.load());
  const Identity::Counts& counts = identity.counts();
  out.family("motcua_tokens_checked_total", "counter", "Access tokens that were believed, by how.");
  out.sample("motcua_tokens_checked_total", "by=\"signature\"", counts.verified.load());
  out.sample("motcua_tokens_checked_total", "by=\"memory\"", counts.recalled.load());
  out.family("motcua_identity_fetches_total", "counter", "Fetches of the identity provider's keys.");
  out.sample("motcua_identity_fetches_total", "result=\"done\"", counts.fetched.load());
  out.sample("motcua_identity_fetches_total", "result=\"failed\"", counts.fetches_failed.load());
  out.family("motcua_identity_keys", "gauge", "Keys of the identity provider that are known.");
  out.sample("motcua_identity_keys", "", identity.keys());
}

void expose_limits(Exposition& out, const Call& call) {
  const RateLimits& rates = call.service.rates;
  out.family("motcua_http_rate_limited_total", "counter", "Requests answered 429, by what was used up.");
  out.sample("motcua_http_rate_limited_total", "limit=\"caller\"", rates.caller.refused());
  out.sample("motcua_http_rate_limited_total", "limit=\"address\"", rates.address.refused());
  out.sample("motcua_http_rate_limited_total", "limit=\"failures\"", rates.failures.refused());
  const HttpMetrics& metrics = call.service.metrics;
  if (!metrics.server) return;
  const net::ServerCounters counters = metrics.server();
  const auto sample = [&](std::string_view name, std::string_view type, std::string_view help,
                          std::uint64_t value) {
    out.family(name, type, help);
    out.sample(name, "", value);
  };
  sample("motcua_http_connections", "gauge", "Open connections that serve requests.",
         counters.connections_open);
  sample("motcua_http_connections_refused_total", "counter", "Connections over a limit.",
         counters.connections_refused);
  sample("motcua_http_requests_unread_total", "counter", "Requests refused before they were whole.",
         counters.requests_refused);
  out.family("motcua_tls_handshakes_total", "counter", "Handshakes of TLS.");
  out.sample("motcua_tls_handshakes_total", "result=\"done\"", counters.handshakes);
  out.sample("motcua_tls_handshakes_total", "result=\"failed\"", counters.handshakes_failed);
  const std::int64_t expires_at = metrics.certificate_expires_at.load(std::memory_order_relaxed);
  if (expires_at == 0) return;
  out.family("motcua_tls_certificate_expires_at_seconds", "gauge",
             "When the server's certificate ends, in seconds since 1970.");
  out.sample("motcua_tls_certificate_expires_at_seconds", "", expires_at);
}

void expose_engine(Exposition& out, const run::EngineMetrics& metrics, core::Instant now) {
  const auto counter = [&](std::string_view name, std::string_view help, std::uint64_t value) {
    out.family(name, "counter", help);
    out.sample(name, "", value);
  };
  counter("motcua_commands_committed_total", "Commands that took effect.", metrics.committed);
  counter("motcua_commands_rejected_total", "Commands that the rules rejected.", metrics.rejected);
  counter("motcua_commands_replayed_total", "Answers given again for a known idempotency key.",
          metrics.replayed);
  counter("motcua_commands_refused_busy_total", "Commands that waited too long.", metrics.refused_busy);
  counter("motcua_commands_decided_again_total", "Commands whose dossier moved under them.",
          metrics.conflicts_decided_again);
  counter("motcua_run_out_total", "Clocks that ran out and acted.", metrics.run_out);
  counter("motcua_derived_again_total", "Dossiers looked at after a calendar changed.",
          metrics.derived_again);
  counter("motcua_alerts_fired_total", "Alerts that the ladders fired.", metrics.alerts_fired);
  out.family("motcua_oldest_unfired_rung_seconds", "gauge",
             "Since when a rung waits that should have fired.");
  const std::int64_t next_rung = metrics.next_rung_ms.load(std::memory_order_relaxed);
  out.sample("motcua_oldest_unfired_rung_seconds", "", next_rung < now.ms ? (now.ms - next_rung) / 1000 : 0);
  out.family("motcua_queue_depth", "gauge", "Commands that wait for the writer.");
  out.sample("motcua_queue_depth", "", metrics.queue_depth.load());
  out.family("motcua_group_size", "histogram", "Writes in one transaction.");
  out.histogram("motcua_group_size", "", metrics.group_size);
  out.family("motcua_commit_seconds", "histogram", "Time of one transaction, without its sync.");
  out.histogram("motcua_commit_seconds", "", metrics.commit_seconds);
  out.family("motcua_sync_seconds", "histogram", "Time from a commit until it is on the disk.");
  out.histogram("motcua_sync_seconds", "", metrics.sync_seconds);
}

void expose_store(Exposition& out, const store::OpenCounts& counts, core::Instant now) {
  const auto label = [](int kind) {
    return "clock=\"" + std::string(core::word_of(static_cast<core::ClockKind>(kind))) + '"';
  };
  out.family("motcua_dossiers", "gauge", "Dossiers in the database.");
  out.sample("motcua_dossiers", "", counts.dossiers);
  out.family("motcua_open_clocks", "gauge", "Clocks that are owed now.");
  for (int kind = 0; kind < core::kClockKinds; ++kind) {
    out.sample("motcua_open_clocks", label(kind), counts.open[static_cast<std::size_t>(kind)]);
  }
  out.family("motcua_oldest_overdue_seconds", "gauge",
             "Clock time since the oldest missed due instant still owed.");
  for (int kind = 0; kind < core::kClockKinds; ++kind) {
    const auto& due = counts.oldest_due[static_cast<std::size_t>(kind)];
    const std::int64_t overdue = due && *due < now ? (now - *due).ms / 1000 : 0;
    out.sample("motcua_oldest_overdue_seconds", label(kind), overdue);
  }
  out.family("motcua_wal_bytes", "gauge", "Size of the write-ahead log.");
  out.sample("motcua_wal_bytes", "", counts.wal_bytes);
  out.family("motcua_wal_pages_total", "counter", "Pages written to the write-ahead log.");
  out.sample("motcua_wal_pages_total", "", counts.wal_pages);
}

void expose_audit(Exposition& out, const run::AuditCounts& audit) {
  out.family("motcua_clocks_unarmed", "gauge", "Clocks and timers that the audit found without their row.");
  out.sample("motcua_clocks_unarmed", "", audit.unarmed.load());
  out.family("motcua_clock_rows_astray", "gauge",
             "Rows of clocks and timers, and filed states, that no dossier asks for.");
  out.sample("motcua_clock_rows_astray", "", audit.astray.load());
  out.family("motcua_audit_passes_total", "counter", "Whole audits since the start.");
  out.sample("motcua_audit_passes_total", "", audit.passes.load());
}

void expose_events(Exposition& out, const EventHub& events) {
  out.family("motcua_streams", "gauge", "Open streams of events.");
  out.sample("motcua_streams", "", events.streams());
  out.family("motcua_stream_events_total", "counter", "Events sent on streams.");
  out.sample("motcua_stream_events_total", "", events.sent());
  out.family("motcua_feed_lag_seconds", "gauge",
             "Time since the oldest commit that has not been read for the streams; 0 without a stream.");
  out.sample("motcua_feed_lag_seconds", "", events.lag().count());
}

void expose_webhooks(Exposition& out, const store::WebhookCounts& counts, const run::CourierMetrics& metrics,
                     core::Instant now) {
  const auto label = [](std::string_view name, std::string_view word) {
    return std::string(name) + "=\"" + std::string(word) + '"';
  };
  out.family("motcua_webhooks", "gauge", "Subscriptions by state.");
  for (std::size_t i = 0; i < counts.webhooks.size(); ++i) {
    const auto state = static_cast<store::WebhookState>(i);
    out.sample("motcua_webhooks", label("state", core::word_of(state)), counts.webhooks[i]);
  }
  out.family("motcua_webhook_deliveries_pending", "gauge", "Deliveries that wait.");
  out.sample("motcua_webhook_deliveries_pending", "", counts.pending);
  out.family("motcua_webhook_oldest_pending_seconds", "gauge",
             "Clock time since the oldest of them was made.");
  out.sample("motcua_webhook_oldest_pending_seconds", "",
             counts.oldest_pending ? (now - *counts.oldest_pending).ms / 1000 : 0);
  out.family("motcua_webhook_attempts_total", "counter", "Attempts by what became of them.");
  for (std::size_t i = 0; i < metrics.attempts.size(); ++i) {
    const auto outcome = static_cast<store::AttemptOutcome>(i);
    out.sample("motcua_webhook_attempts_total", label("outcome", core::word_of(outcome)),
               metrics.attempts[i].load());
  }
  out.family("motcua_webhooks_turned_off_total", "counter",
             "Subscriptions that receivers or failures ended.");
  out.sample("motcua_webhooks_turned_off_total", label("state", "disabled"), metrics.disabled.load());
  out.sample("motcua_webhooks_turned_off_total", label("state", "given_up"), metrics.given_up.load());
}

}  // namespace

Made get_sandbox_clock(const Call& call) {
  if (call.service.sandbox == nullptr) return problem("not_sandbox");
  return clock_response(call.service.sandbox->now(), std::nullopt);
}

Made set_sandbox_clock(const Call& call) {
  if (call.service.sandbox == nullptr) return problem("not_sandbox");
  auto read = read_body(call);
  if (auto* wrong = std::get_if<Problem>(&read)) return *wrong;
  JsonBody& body = std::get<JsonBody>(read);
  auto root = body.root();
  if (!root) return problem_of(body.faults());
  const core::Instant now = call.service.sandbox->now();
  auto to = root->instant("now", Presence::optional);
  const auto by = root->integer("advance_seconds", Presence::optional, 0, 400LL * 366 * 86'400);
  root->refuse_unknown();
  if (body.faults().empty() && to.has_value() == by.has_value()) {
    root->fault("now", "missing_field",
                "Expected either now or advance_seconds, but there are both or neither");
  }
  if (!body.faults().empty()) return problem_of(body.faults());
  if (by) to = now + core::ClockTime{*by * 1000};
  if (*to < now) return problem("clock_backwards");
  try {
    const core::Instant reached = call.service.engine.advance(*call.service.sandbox, *to);
    call.service.courier.wake();  // retries fell due
    return clock_response(reached, *to);
  } catch (const store::StoreFull&) {
    throw;
  } catch (const store::StoreError&) {
    return problem("store_failed");  // as for any command that waits when a commit fails
  }
}

Made get_health(const Call&) { return json_response(200, R"({"status":"live"})"); }

void expose_mail(Exposition& out, const run::MailMetrics& metrics) {
  out.family("motcua_mail_attempts_total", "counter", "Attempts to send a letter by what became of them.");
  for (std::size_t i = 0; i < metrics.attempts.size(); ++i) {
    const auto outcome = static_cast<store::LetterOutcome>(i);
    out.sample("motcua_mail_attempts_total", "outcome=\"" + std::string(core::word_of(outcome)) + '"',
               metrics.attempts[i].load());
  }
  out.family("motcua_mail_server_reached", "gauge", "Whether the mail server was there when last tried.");
  out.sample("motcua_mail_server_reached", "", metrics.reached.load() ? 1 : 0);
}

std::string_view mail_word(const run::MailMetrics* mail) {
  return mail == nullptr ? "off" : mail->reached.load() ? "ready" : "unreachable";
}

Made get_ready(const Call& call) {
  auto reader = call.service.store.reader();
  const bool reads = reader->alive();
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.member("status", reads ? "ready" : "unavailable");
  const bool sound = call.service.clock.sound();
  json.member("writes", !sound ? "clock_unsound" : call.service.engine.started() ? "accepted" : "starting");
  const run::AuditCounts& audit = call.service.audit;
  const bool sound_rows = audit.unarmed.load() + audit.astray.load() == 0;
  json.member("audit", !sound_rows ? "faulty" : audit.passes.load() == 0 ? "running" : "sound");
  json.member("identity", identity_word(call));
  json.member("mail", mail_word(call.service.mail));
  json.member("horizon_days", horizon_days(call));
  json.end_object();
  return json_response(reads ? 200 : 503, std::move(body));
}

Made get_metrics(const Call& call) {
  Exposition out;
  expose_requests(out, call.service.metrics);
  if (call.service.identity != nullptr) {
    expose_identity(out, call.service.metrics, *call.service.identity);
  }
  expose_limits(out, call);
  expose_engine(out, call.service.engine.metrics(), call.service.clock.now());
  expose_audit(out, call.service.audit);
  expose_events(out, call.service.events);
  auto reader = call.service.store.reader();
  expose_store(out, reader->counts(), call.service.clock.now());
  const auto head = call.service.sealer.last();
  const std::int64_t unsealed = reader->journal_end() - (head ? static_cast<std::int64_t>(head->size) : 0);
  out.family("motcua_journal_unsealed_events", "gauge", "Events after the last sealed head.");
  out.sample("motcua_journal_unsealed_events", "", unsealed);
  out.family("motcua_erasures_pending", "gauge",
             "Erasures that were decided, and whose keys are still there.");
  out.sample("motcua_erasures_pending", "", call.service.store.personal().count_to_erase());
  expose_webhooks(out, call.service.store.webhooks().counts(), call.service.courier.metrics(),
                  call.service.clock.now());
  if (call.service.mail != nullptr) expose_mail(out, *call.service.mail);
  out.family("motcua_calendar_horizon_days", "gauge", "Days until the default calendar ends.");
  out.sample("motcua_calendar_horizon_days", "", horizon_days(call));
  net::Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = out.take();
  return response;
}

Made get_openapi(const Call&) { return json_response(200, std::string(openapi_document())); }

}  // namespace motcua::api
