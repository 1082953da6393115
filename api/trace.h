#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace motcua::api {

// Of which trace a request is a part, by the W3C's Trace Context.
struct Trace {
  std::array<std::uint8_t, 16> id{};
  std::optional<std::array<std::uint8_t, 8>> parent;  // nothing: the trace begins here
  bool operator==(const Trace&) const = default;
};

// Reads a traceparent header. Nothing when it is malformed: then the standard has a receiver begin a trace of
// its own, and not refuse the request. Of a later version what this one defines is read.
std::optional<Trace> read_traceparent(std::string_view header);

}  // namespace motcua::api
