#pragma once

#include <string_view>
#include <vector>

namespace motcua::print {

// A QR code, row by row from the top, without the quiet zone of four modules that belongs around it.
struct QrCode {
  int side = 0;  // modules
  std::vector<bool> dark;
  bool at(int row, int column) const { return dark[static_cast<std::size_t>(row * side + column)]; }
};

// The code of a text in bytes, at level M: a seventh of it may be illegible. Throws std::runtime_error for a
// text that is empty or too long for any code (2,331 bytes). Any thread.
QrCode qr_code(std::string_view text);

}  // namespace motcua::print
