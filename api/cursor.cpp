#include "api/cursor.h"

#include <cstring>

#include "engine/store/digest.h"

namespace motcua::api {
namespace {

constexpr std::size_t kMarkBytes = 17;
constexpr std::size_t kMacBytes = 16;

std::string packed(const store::Mark& mark) {
  std::string bytes(kMarkBytes, '\0');
  std::memcpy(bytes.data(), &mark.due, 8);
  std::memcpy(bytes.data() + 8, &mark.key, 8);
  bytes[16] = static_cast<char>(mark.kind);
  return bytes;
}

std::optional<std::string> unhex(std::string_view text) {
  std::string bytes;
  if (text.size() % 2 != 0) return std::nullopt;
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

std::string write_cursor(const run::Keyring& keyring, std::string_view binding, const store::Mark& mark) {
  const std::string bytes = packed(mark);
  return store::hex(bytes_of(bytes)) + store::hex(keyring.cursor_mac("cursor", binding, bytes));
}

std::optional<store::Mark> read_cursor(const run::Keyring& keyring, std::string_view binding,
                                       std::string_view cursor) {
  const auto bytes = unhex(cursor);
  if (!bytes || bytes->size() != kMarkBytes + kMacBytes) return std::nullopt;
  const std::string_view mark_bytes = std::string_view(*bytes).substr(0, kMarkBytes);
  if (!run::same_mac(keyring.cursor_mac("cursor", binding, mark_bytes),
                     bytes_of(std::string_view(*bytes).substr(kMarkBytes)))) {
    return std::nullopt;
  }
  store::Mark mark;
  std::memcpy(&mark.due, mark_bytes.data(), 8);
  std::memcpy(&mark.key, mark_bytes.data() + 8, 8);
  mark.kind = static_cast<std::uint8_t>(mark_bytes[16]);
  return mark;
}

}  // namespace motcua::api
