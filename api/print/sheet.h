#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/print/pdf.h"

namespace motcua::print {

// One part of a sheet, from the left margin to the right one.
struct SheetBlock {
  enum class Kind {
    heading,    // two columns of lines, centred: who writes, and the name of the state
    code,       // `text` as a QR code
    title,      // of the document, in capitals or not as it says
    text,       // a paragraph
    fields,     // labels with what is said of each
    table,      // ruled, with a head
    signatures  // side by side, with room to sign
  };
  struct Field {
    std::string label;
    std::string text;
  };
  Kind kind = Kind::text;
  std::string text{};
  bool bold = false;
  bool italic = false;
  bool centered = false;
  std::vector<std::string> left{}, right{};
  std::vector<Field> fields{};  // of signatures: what stands above and below
  std::vector<Column> columns{};
  std::vector<std::vector<std::string>> rows{};  // each as long as `columns`
};

// A document of which a page for the screen and one for paper are made alike. Texts are plain.
struct Sheet {
  std::string title;
  std::string created_at;  // RFC 3339
  std::string footer;
  Orientation orientation = Orientation::portrait;
  std::vector<SheetBlock> blocks;
};

// A whole HTML page that needs nothing else: no script, no font, no picture from elsewhere. Well-formed as
// XML too. Any thread.
std::string sheet_html(const Sheet& sheet);
// Any thread. Throws std::runtime_error when it cannot be made.
std::string sheet_pdf(const Sheet& sheet);

// A text as HTML shows it, in an element or an attribute. Control characters, which no document may hold,
// become U+FFFD.
std::string escaped_html(std::string_view text);

}  // namespace motcua::print
