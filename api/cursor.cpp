#include "api/cursor.h"

#include <cstring>

#include "engine/store/digest.h"

namespace motcua::api {
namespace {

constexpr std::size_t kMarkBytes = 17;
constexpr std::size_t kMacBytes = 16;
constexpr std::size_t kPlaceBytes = 16;

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

std::string sealed_cursor(const run::Keyring& keyring, std::string_view domain, std::string_view binding,
                          const std::string& bytes) {
  return store::hex(bytes_of(bytes)) + store::hex(keyring.cursor_mac(domain, binding, bytes));
}

// What was sealed, where nobody changed it.
std::optional<std::string> opened_cursor(const run::Keyring& keyring, std::string_view domain,
                                         std::string_view binding, std::string_view cursor,
                                         std::size_t length) {
  auto bytes = unhex(cursor);
  if (!bytes || bytes->size() != length + kMacBytes) return std::nullopt;
  const std::string mac = bytes->substr(length);
  bytes->resize(length);
  if (!run::same_mac(keyring.cursor_mac(domain, binding, *bytes), bytes_of(mac))) return std::nullopt;
  return bytes;
}

}  // namespace

std::string write_cursor(const run::Keyring& keyring, std::string_view binding, const store::Mark& mark) {
  return sealed_cursor(keyring, "cursor", binding, packed(mark));
}

std::optional<store::Mark> read_cursor(const run::Keyring& keyring, std::string_view binding,
                                       std::string_view cursor) {
  const auto bytes = opened_cursor(keyring, "cursor", binding, cursor, kMarkBytes);
  if (!bytes) return std::nullopt;
  store::Mark mark;
  std::memcpy(&mark.due, bytes->data(), 8);
  std::memcpy(&mark.key, bytes->data() + 8, 8);
  mark.kind = static_cast<std::uint8_t>((*bytes)[16]);
  return mark;
}

std::string write_feed_cursor(const run::Keyring& keyring, std::string_view binding, std::int64_t epoch,
                              std::int64_t position) {
  std::string bytes(kPlaceBytes, '\0');
  std::memcpy(bytes.data(), &epoch, 8);
  std::memcpy(bytes.data() + 8, &position, 8);
  return sealed_cursor(keyring, "feed", binding, bytes);
}

FeedPlace read_feed_cursor(const run::Keyring& keyring, std::string_view binding, std::int64_t epoch,
                           std::string_view cursor) {
  const auto bytes = opened_cursor(keyring, "feed", binding, cursor, kPlaceBytes);
  if (!bytes) return {0, "bad_cursor"};
  std::int64_t told = 0;
  FeedPlace place;
  std::memcpy(&told, bytes->data(), 8);
  std::memcpy(&place.position, bytes->data() + 8, 8);
  if (told != epoch) return {0, "cursor_gone"};
  return place;
}

}  // namespace motcua::api
