#pragma once

#include "api/config.h"
#include "api/log.h"
#include "api/net/outgoing.h"
#include "api/service.h"
#include "engine/run/courier.h"

namespace motcua::api {

net::OutgoingOptions outgoing_options(const WebhookSettings& settings);
// Borrowed: all three, for as long as the courier lives.
run::CourierOptions courier_options(const WebhookSettings& settings, const run::Engine& engine,
                                    run::Clock& clock, const KeyBook& keys);

// How a courier sends by `outgoing`, which it borrows, and tells the log, which it borrows too.
run::Courier::Send send_by(net::Outgoing& outgoing);
run::Courier::Report report_to(Log& log);

}  // namespace motcua::api
