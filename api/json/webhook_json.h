#pragma once

#include <span>
#include <string>

#include "api/json/writer.h"
#include "engine/run/keyring.h"
#include "engine/store/webhooks.h"

namespace motcua::api {

// The body of a delivery: CloudEvents 1.0, ids only. The same for each attempt.
std::string delivery_body(const store::Delivery& delivery);

// A subscription; `secret` is shown where it was made just now, and empty else.
void write_webhook(JsonWriter& json, const run::Keyring& keyring, const store::Webhook& webhook,
                   const std::string& secret);
// A delivery, as an object that is left open for more members.
void begin_delivery(JsonWriter& json, const store::Delivery& delivery);
void write_attempts(JsonWriter& json, std::span<const store::Attempt> attempts);

}  // namespace motcua::api
