#include "engine/run/webhook_rules.h"

#include <algorithm>

namespace motcua::run {

using store::AttemptOutcome;
using store::DeliveryState;
using store::WebhookState;

core::ClockTime wait_after(const WebhookRules& rules, int tries, std::uint32_t dice) {
  std::int64_t wait = rules.first_wait.ms;
  for (int i = 1; i < tries && wait < rules.longest_wait.ms; ++i) wait *= 3;
  wait = std::min(wait, rules.longest_wait.ms);
  const std::int64_t fifth = wait / 5;
  return {wait - fifth + static_cast<std::int64_t>(dice) * (2 * fifth) / UINT32_MAX};
}

void settle_attempt(const WebhookRules& rules, const Receipt& receipt, core::Instant now, std::uint32_t dice,
                    store::Delivery& delivery, store::Webhook& webhook) {
  ++delivery.attempts;
  ++delivery.tries;
  delivery.outcome = receipt.outcome;
  delivery.status = receipt.status;
  if (receipt.outcome == AttemptOutcome::withheld) {
    // It stands in nobody's way, and its receiver has shown nothing of itself.
    delivery.state = DeliveryState::dead;
    delivery.done_at = now;
    return;
  }
  webhook.failing = receipt.outcome != AttemptOutcome::delivered;
  if (!webhook.failing) {
    delivery.state = DeliveryState::delivered;
    delivery.done_at = now;
    webhook.dead_in_row = 0;
    return;
  }
  const auto turn_off = [&](WebhookState state) {
    if (webhook.state != WebhookState::active) return;
    webhook.state = state;
    webhook.state_at = now;
  };
  if (receipt.outcome == AttemptOutcome::gone) {
    // The delivery waits for whoever puts the subscription right and resumes it.
    delivery.next_at = now;
    return turn_off(WebhookState::disabled);
  }
  std::optional<core::Instant> asked;
  if (receipt.retry_after) {
    asked = now + std::min(*receipt.retry_after, rules.retry_after_max);
    // The receiver speaks for itself, not for one event.
    webhook.not_before = std::max(webhook.not_before, *asked);
  }
  if (delivery.tries >= rules.tries_max) {
    delivery.state = DeliveryState::dead;
    delivery.done_at = now;
    if (++webhook.dead_in_row >= rules.give_up_after) turn_off(WebhookState::given_up);
    return;
  }
  delivery.next_at = now + wait_after(rules, delivery.tries, dice);
  if (asked) delivery.next_at = std::max(delivery.next_at, *asked);
}

}  // namespace motcua::run
