#pragma once

#include <string>

#include "api/net/http.h"

namespace motcua::net {

enum class KeepAlive { kSilent, kStated, kClose };

// How a client knows where the body ends.
enum class BodyEnd { length, chunks, close };

// Writes status line and header of an answer into `out`, whose memory is used again. Content-Length is that
// of the body, also for an answer to HEAD. No header's value can end its line. Over TLS it says that the host
// is to be called so from now on (RFC 6797).
void write_head(std::string& out, const Response& response, KeepAlive keep_alive,
                BodyEnd body_end = BodyEnd::length, bool secure = false);

// Whether an answer of this status has a body at all (not 1xx, 204 and 304).
bool has_body(int status);

}  // namespace motcua::net
