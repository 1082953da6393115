#pragma once

#include "api/net/http.h"
#include "api/service.h"

namespace motcua::api {

// Fills service.metrics with one entry per route. Call once, before the first request.
void prepare_routes(Service& service);
// Routes one request, asks for its key, and answers it.
void serve_request(Service& service, net::Request&& request, net::Reply&& reply);
// The problem document for a request that never reached a route.
net::Response refuse_request(Service& service, int status, std::string_view code, std::string_view detail);

}  // namespace motcua::api
