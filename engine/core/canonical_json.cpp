#include "engine/core/canonical_json.h"

namespace motcua::core {

// RFC 8785 escapes the quote, the backslash and the control characters, the five with a short form by that,
// and nothing else. The text is UTF-8 already.
void CanonicalWriter::text(std::string_view raw) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kPlain = "\b\t\n\f\r";
  constexpr std::string_view kShort = "btnfr";
  out_ += '"';
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += c;
    } else if (byte >= 0x20) {
      out_ += c;
    } else if (const auto at = kPlain.find(c); at != std::string_view::npos) {
      out_ += '\\';
      out_ += kShort[at];
    } else {
      out_ += "\\u00";
      out_ += kHex[byte >> 4];
      out_ += kHex[byte & 15];
    }
  }
  out_ += '"';
}

}  // namespace motcua::core
