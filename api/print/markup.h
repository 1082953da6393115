#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace motcua::print {

// Puts a text at the end of HTML or XML, in an element or in a quoted attribute. Control characters, which
// neither can carry, become U+FFFD.
void put_escaped(std::string& out, std::string_view text);

// HTML or XML that grows: what is ours goes in as it is, all else escaped.
class Markup {
 public:
  Markup& raw(std::string_view own) {
    out_ += own;
    return *this;
  }
  Markup& text(std::string_view foreign) {
    put_escaped(out_, foreign);
    return *this;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace motcua::print
