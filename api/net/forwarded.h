#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/net/http.h"
#include "api/net/networks.h"

namespace motcua::net {

// The address of the client. A proxy of ours says in X-Forwarded-For for whom it asks: taken is the last
// address there that is no proxy of ours itself, as everything before it is the client's own word. Anybody
// else's header means nothing.
std::string client_behind(const Request& request, const std::string& address,
                          const std::vector<Network>& proxies);

}  // namespace motcua::net
