#include "engine/run/webhook_rules.h"

#include <gtest/gtest.h>

namespace motcua::run {
namespace {

using store::AttemptOutcome;
using store::DeliveryState;
using store::WebhookState;

constexpr core::Instant kNoon{1'786'000'000'000};
constexpr std::uint32_t kMiddle = UINT32_MAX / 2;

Receipt refusal(std::optional<core::ClockTime> retry_after = std::nullopt) {
  return {AttemptOutcome::refused, 503, retry_after, {5}};
}

TEST(WebhookWaits, TripleUpToTheLongestAndAFifthEitherWay) {
  const WebhookRules rules;
  EXPECT_EQ(wait_after(rules, 1, 0).ms, 4'000);
  EXPECT_EQ(wait_after(rules, 1, UINT32_MAX).ms, 6'000);
  EXPECT_NEAR(static_cast<double>(wait_after(rules, 2, kMiddle).ms), 15'000, 1);
  EXPECT_NEAR(static_cast<double>(wait_after(rules, 5, kMiddle).ms), 405'000, 1);
  EXPECT_NEAR(static_cast<double>(wait_after(rules, 9, kMiddle).ms), 6 * 3'600'000, 1);
  EXPECT_NEAR(static_cast<double>(wait_after(rules, 100, kMiddle).ms), 6 * 3'600'000, 1);
}

TEST(WebhookWaits, AsShippedOutliveADay) {
  const WebhookRules rules;
  std::int64_t least = 0;
  for (int tries = 1; tries < rules.tries_max; ++tries) least += wait_after(rules, tries, 0).ms;
  EXPECT_GT(least, core::kDayMs);
}

TEST(WebhookAttempts, ThatAreAskedToWaitWaitThatLongButNoLongerThanTheBound) {
  const WebhookRules rules;
  store::Delivery delivery;
  store::Webhook webhook;
  settle_attempt(rules, refusal(core::ClockTime{600'000}), kNoon, kMiddle, delivery, webhook);
  EXPECT_EQ(delivery.next_at, kNoon + core::ClockTime{600'000});
  EXPECT_EQ(webhook.not_before, delivery.next_at);
  settle_attempt(rules, refusal(core::ClockTime{90 * core::kDayMs}), kNoon, kMiddle, delivery, webhook);
  EXPECT_EQ(delivery.next_at, kNoon + rules.retry_after_max);
  EXPECT_EQ(delivery.state, DeliveryState::pending);
}

TEST(WebhookAttempts, ThatAreTheLastLetTheReceiverRestAllTheSame) {
  WebhookRules rules;
  rules.tries_max = 1;
  store::Delivery delivery;
  store::Webhook webhook;
  settle_attempt(rules, refusal(core::ClockTime{600'000}), kNoon, kMiddle, delivery, webhook);
  EXPECT_EQ(delivery.state, DeliveryState::dead);
  EXPECT_EQ(webhook.not_before, kNoon + core::ClockTime{600'000});
}

TEST(WebhookAttempts, InVainKillADeliveryAtTheLastTryAndASubscriptionAtTheLastDelivery) {
  WebhookRules rules;
  rules.tries_max = 2;
  rules.give_up_after = 2;
  store::Webhook webhook;
  for (int i = 0; i < 2; ++i) {
    store::Delivery delivery;
    settle_attempt(rules, refusal(), kNoon, kMiddle, delivery, webhook);
    EXPECT_EQ(delivery.state, DeliveryState::pending);
    EXPECT_EQ(webhook.state, WebhookState::active);
    settle_attempt(rules, refusal(), kNoon, kMiddle, delivery, webhook);
    EXPECT_EQ(delivery.state, DeliveryState::dead);
    EXPECT_EQ(delivery.done_at, kNoon);
  }
  EXPECT_EQ(webhook.state, WebhookState::given_up);
  EXPECT_EQ(webhook.state_at, kNoon);
}

TEST(WebhookAttempts, ThatArriveForgetTheDeadBefore) {
  WebhookRules rules;
  store::Webhook webhook;
  webhook.dead_in_row = 19;
  webhook.failing = true;
  store::Delivery delivery;
  settle_attempt(rules, {AttemptOutcome::delivered, 200, std::nullopt, {5}}, kNoon, kMiddle, delivery,
                 webhook);
  EXPECT_EQ(delivery.state, DeliveryState::delivered);
  EXPECT_EQ(webhook.dead_in_row, 0);
  EXPECT_FALSE(webhook.failing);
}

TEST(WebhookAttempts, ThatEndAfterThePauseLeaveItPaused) {
  const WebhookRules rules;
  store::Webhook webhook;
  webhook.state = WebhookState::paused;
  store::Delivery delivery;
  settle_attempt(rules, {AttemptOutcome::gone, 410, std::nullopt, {5}}, kNoon, kMiddle, delivery, webhook);
  EXPECT_EQ(webhook.state, WebhookState::paused);
}

}  // namespace
}  // namespace motcua::run
