#include "api/webhooks.h"

#include <algorithm>

#include "api/call.h"

namespace motcua::api {
namespace {

core::ClockTime clock_time(std::chrono::milliseconds time) { return {time.count()}; }

store::AttemptOutcome outcome_of(const net::OutgoingAnswer& answer) {
  using Failure = net::OutgoingAnswer::Failure;
  switch (answer.failure) {
    case Failure::none:
      break;
    case Failure::timed_out:
      return store::AttemptOutcome::timed_out;
    case Failure::unreachable:
      return store::AttemptOutcome::unreachable;
    case Failure::address_refused:
      return store::AttemptOutcome::address_refused;
    case Failure::not_trusted:
      return store::AttemptOutcome::not_trusted;
  }
  if (answer.status >= 200 && answer.status < 300) return store::AttemptOutcome::delivered;
  if (answer.status >= 300 && answer.status < 400) return store::AttemptOutcome::redirected;
  return answer.status == 410 ? store::AttemptOutcome::gone : store::AttemptOutcome::refused;
}

}  // namespace

net::OutgoingOptions outgoing_options(const WebhookSettings& settings) {
  net::OutgoingOptions options;
  options.allow_http = settings.allow_http;
  for (const std::string& text : settings.allow_networks)
    options.allow_networks.push_back(net::parse_network(text).value());
  options.ca_file = settings.ca_file.string();
  options.connect_timeout = settings.connect_timeout;
  options.timeout = settings.attempt_timeout;
  options.answer_bytes_max = settings.answer_bytes;
  return options;
}

run::CourierOptions courier_options(const WebhookSettings& settings, const run::Engine& engine,
                                    run::Clock& clock, const KeyBook& keys) {
  run::CourierOptions options;
  options.scope_of = [&engine, &clock, &keys](const store::Webhook& webhook) -> std::optional<store::Scope> {
    const KeyBook::Keys now = keys.now();
    const std::optional<Caller> maker = caller_named(webhook.made_by.text, engine, clock, *now);
    if (!maker) return std::nullopt;
    if (reach_of(engine, clock, *maker, *now, core::Area::webhooks).is_nothing()) return std::nullopt;
    return reach_of(engine, clock, *maker, *now, core::Area::dossiers);
  };
  options.rules.tries_max = settings.attempts;
  options.rules.first_wait = clock_time(settings.first_wait);
  options.rules.longest_wait = clock_time(settings.longest_wait);
  options.rules.retry_after_max = clock_time(settings.retry_after);
  options.rules.give_up_after = settings.give_up_after;
  options.concurrency = settings.concurrency;
  options.concurrency_each = settings.concurrency_each;
  options.backlog = settings.backlog;
  options.ledger_kept = core::ClockTime{settings.ledger_days * core::kDayMs};
  return options;
}

run::Courier::Send send_by(net::Outgoing& outgoing) {
  return [&outgoing](run::Envelope envelope, std::function<void(run::Receipt)> done) {
    net::OutgoingRequest request;
    request.url = std::move(envelope.url);
    request.headers = std::move(envelope.headers);
    request.body = std::move(envelope.body);
    outgoing.send(std::move(request), [done = std::move(done)](const net::OutgoingAnswer& answer) {
      run::Receipt receipt{outcome_of(answer), answer.status, std::nullopt, clock_time(answer.took)};
      if (answer.retry_after) receipt.retry_after = clock_time(*answer.retry_after);
      done(receipt);
    });
  };
}

run::Courier::Report report_to(Log& log) {
  return [&log](const run::TurnedOff& off, const std::string& cause) {
    if (!cause.empty()) {
      log.write(LogLevel::error, "webhooks_failed", {{"cause", OwnText{cause}}});
    } else if (off.state == store::WebhookState::disabled) {
      log.write(LogLevel::warn, "webhook_disabled", {{"webhook", off.webhook}});
    } else {
      log.write(LogLevel::warn, "webhook_given_up", {{"webhook", off.webhook}});
    }
  };
}

}  // namespace motcua::api
