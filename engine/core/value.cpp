#include "engine/core/value.h"

#include <algorithm>

namespace motcua::core {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::size_t kUuidLength = 36;
constexpr std::size_t kCodeLengthMax = 64;

bool is_hyphen_place(std::size_t place) { return place == 8 || place == 13 || place == 18 || place == 23; }

// The value of a hexadecimal digit of either case; -1 for anything else.
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Spelled out because the classes of <cctype> depend on the locale.
bool is_code_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("._:/+-").find(c) != std::string_view::npos;
}

}  // namespace

std::string to_string(const Uuid& id) {
  std::string text;
  text.reserve(kUuidLength);
  for (const std::uint8_t byte : id.bytes) {
    if (is_hyphen_place(text.size())) text += '-';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != kUuidLength) return std::nullopt;
  Uuid id;
  std::size_t place = 0;
  for (std::uint8_t& byte : id.bytes) {
    // Every hyphen stands between two bytes, so a pair of digits is never split.
    if (is_hyphen_place(place) && text[place++] != '-') return std::nullopt;
    const int high = hex_value(text[place++]);
    const int low = hex_value(text[place++]);
    if (high < 0 || low < 0) return std::nullopt;
    byte = static_cast<std::uint8_t>(high << 4 | low);
  }
  return id;
}

bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= kCodeLengthMax &&
         std::all_of(text.begin(), text.end(), is_code_character);
}

}  // namespace motcua::core
