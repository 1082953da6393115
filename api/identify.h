#pragma once

#include <optional>
#include <string_view>

#include "api/call.h"

namespace motcua::api {

// Finds who asks, where the route wants to know: software by its key or certificate, a person by its access
// token. What is answered to whom may not go on: 401 for who is nobody, 403 for a person who may do nothing
// here, 429 for who asks too often, 503 while nobody can tell. A valid key or token is never held up by what
// else comes from its address: a whole office may share one.
std::optional<Problem> refuse_caller(Call& call, bool wants_caller);

// The key or token that a request shows; empty when it shows none, or more than one.
std::string_view shown_token(const net::Request& request);

}  // namespace motcua::api
