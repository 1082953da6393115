#pragma once

#include "api/config.h"
#include "api/log.h"
#include "api/net/outgoing.h"
#include "engine/run/courier.h"

namespace motcua::api {

net::OutgoingOptions outgoing_options(const WebhookSettings& settings);
run::CourierOptions courier_options(const WebhookSettings& settings);

// How a courier sends by `outgoing`, which it borrows, and tells the log, which it borrows too.
run::Courier::Send send_by(net::Outgoing& outgoing);
run::Courier::Report report_to(Log& log);

}  // namespace motcua::api
