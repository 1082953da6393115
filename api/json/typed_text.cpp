#include "api/json/typed_text.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>
#include <new>

namespace motcua::api {
namespace {

unsigned char byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

// U+0000–02FF and U+1E00–1EFF hold no character that composition changes or joins with one before it: the
// composed letters of Vietnamese all lie there.
bool is_surely_composed(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char lead = byte_at(text, i);
    if (lead < 0x80) {
      i += 1;
    } else if (lead <= 0xcb) {
      i += 2;
    } else if (lead == 0xe1 && byte_at(text, i + 1) >= 0xb8 && byte_at(text, i + 1) <= 0xbb) {
      i += 3;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string composed(std::string_view text) {
  if (is_surely_composed(text)) return std::string(text);
  utf8proc_uint8_t* result = nullptr;
  const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                   static_cast<utf8proc_ssize_t>(text.size()), &result,
                                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> held(result, &std::free);
  if (length < 0) throw std::bad_alloc();  // the only failure left for valid UTF-8
  return {reinterpret_cast<const char*>(result), static_cast<std::size_t>(length)};
}

std::size_t length_of(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

bool is_blank(std::string_view text) {
  while (!text.empty()) {
    utf8proc_int32_t point = 0;
    const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()), &point);
    if (size <= 0) return false;
    const bool zero_width = point == 0x200b || point == 0x2060 || point == 0xfeff;
    const bool break_or_tab = point >= 0x09 && point <= 0x0d;
    const utf8proc_category_t category = utf8proc_category(point);
    const bool space = category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
                       category == UTF8PROC_CATEGORY_ZP;
    if (!space && !zero_width && !break_or_tab) return false;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

bool has_control(std::string_view text, bool lines_allowed) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned char byte = byte_at(text, i);
    if (byte == 0x7f) return true;
    if (byte < 0x20 && !(lines_allowed && (byte == '\n' || byte == '\r' || byte == '\t'))) return true;
    if (byte == 0xc2 && i + 1 < text.size() && byte_at(text, i + 1) < 0xa0) return true;
  }
  return false;
}

}  // namespace motcua::api
