#pragma once

#include "api/net/http.h"

namespace motcua::api {

// Adds what keeps a browser from doing more with an answer than to show it. A page runs nothing, loads
// nothing and stands in no frame; its own style sheets are allowed by their digests, so text that got into it
// can bring none.
void add_page_policy(net::Response& response);

}  // namespace motcua::api
