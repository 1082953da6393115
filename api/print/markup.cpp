#include "api/print/markup.h"

namespace motcua::print {

void put_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (byte == 0x7f || (byte < 0x20 && c != '\t' && c != '\n')) {
          out += "\uFFFD";
        } else {
          out += c;
        }
    }
  }
}

}  // namespace motcua::print
