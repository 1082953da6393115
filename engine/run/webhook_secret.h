#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/run/keyring.h"
#include "engine/run/random_port.h"

namespace motcua::run {

// What the deliveries of a subscription are signed with, as the Standard Webhooks specification says: 32
// bytes for HMAC-SHA256 (v1), and the seed of an Ed25519 key (v1a).
struct WebhookSecret {
  std::array<std::uint8_t, 64> bytes{};
  std::span<const std::uint8_t, 32> hmac_key() const { return std::span(bytes).first<32>(); }
  std::span<const std::uint8_t, 32> seed() const { return std::span(bytes).last<32>(); }
};

WebhookSecret make_webhook_secret();

// Sealed for this subscription and generation only, in their order. None when any bit was changed.
std::string seal_secrets(const Keyring& keyring, const core::Uuid& webhook, std::uint32_t generation,
                         std::span<const WebhookSecret> secrets);
std::vector<WebhookSecret> open_secrets(const Keyring& keyring, const core::Uuid& webhook,
                                        std::uint32_t generation, std::string_view sealed);

// "whsec_…", for the receiver alone, and "whpk_…", the public half of the Ed25519 key.
std::string shown_secret(const WebhookSecret& secret);
std::string public_key(const WebhookSecret& secret);

// The value of webhook-signature: for each secret its v1, and its v1a where wanted, with spaces between.
std::string signatures(std::span<const WebhookSecret> secrets, bool ed25519, std::string_view id,
                       std::string_view timestamp, std::string_view body);

}  // namespace motcua::run
