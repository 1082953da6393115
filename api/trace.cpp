#include "api/trace.h"

#include <algorithm>

namespace motcua::api {
namespace {

// 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
constexpr std::size_t kVersion = 0;
constexpr std::size_t kTraceId = 3;
constexpr std::size_t kParentId = 36;
constexpr std::size_t kFlags = 53;
constexpr std::size_t kLength = 55;

// Small letters only, as the standard demands.
int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

template <std::size_t N>
bool read_bytes(std::string_view digits, std::array<std::uint8_t, N>& out) {
  for (std::size_t i = 0; i < N; ++i) {
    const int high = digit(digits[2 * i]);
    const int low = digit(digits[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

template <std::size_t N>
bool is_zero(const std::array<std::uint8_t, N>& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

std::optional<Trace> read_traceparent(std::string_view header) {
  if (header.size() < kLength) return std::nullopt;
  for (const std::size_t dash : {kTraceId - 1, kParentId - 1, kFlags - 1}) {
    if (header[dash] != '-') return std::nullopt;
  }
  std::array<std::uint8_t, 1> version{};
  std::array<std::uint8_t, 1> flags{};
  std::array<std::uint8_t, 8> parent{};
  Trace trace;
  if (!read_bytes(header.substr(kVersion), version) || !read_bytes(header.substr(kTraceId), trace.id) ||
      !read_bytes(header.substr(kParentId), parent) || !read_bytes(header.substr(kFlags), flags)) {
    return std::nullopt;
  }
  constexpr std::uint8_t kNoVersion = 0xff;
  if (version[0] == kNoVersion || is_zero(trace.id) || is_zero(parent)) return std::nullopt;
  // What a later version adds stands after another dash; version 00 adds nothing.
  const bool ends = header.size() == kLength || (version[0] > 0 && header[kLength] == '-');
  if (!ends) return std::nullopt;
  trace.parent = parent;
  return trace;
}

}  // namespace motcua::api
