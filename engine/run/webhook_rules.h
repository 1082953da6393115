#pragma once

#include <cstdint>
#include <optional>

#include "engine/store/webhooks.h"

namespace motcua::run {

// How often, and how long apart, a delivery is tried. Settings.
struct WebhookRules {
  int tries_max = 16;
  core::ClockTime first_wait{5'000};
  core::ClockTime longest_wait{6 * core::kHourMs};
  core::ClockTime retry_after_max{core::kDayMs};  // what a receiver may ask for
  int give_up_after = 20;                         // deliveries in a row that came to nothing
};

// What came back from one attempt.
struct Receipt {
  store::AttemptOutcome outcome = store::AttemptOutcome::unreachable;
  int status = 0;
  std::optional<core::ClockTime> retry_after;
  core::ClockTime took;
};

// How long to wait after that many tries in vain: each time three times as long up to the longest, and a
// fifth more or less by `dice`, so that what failed together does not come back together.
core::ClockTime wait_after(const WebhookRules& rules, int tries, std::uint32_t dice);

// What an attempt that ended at `now` makes of its delivery and its subscription, both changed in place.
void settle_attempt(const WebhookRules& rules, const Receipt& receipt, core::Instant now, std::uint32_t dice,
                    store::Delivery& delivery, store::Webhook& webhook);

}  // namespace motcua::run
