#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/print/qr.h"

namespace motcua::print {

enum class Align { left, center, right };
enum class Orientation { portrait, landscape };

struct TextStyle {
  double points = 11;
  bool bold = false;
  bool italic = false;
  Align align = Align::left;
};

struct PdfSettings {
  std::string title;       // of the document, for the reader's window and for assistive tools
  std::string created_at;  // RFC 3339, "2026-11-05T07:00:00+07:00": the bytes depend on no clock
  Orientation orientation = Orientation::portrait;  // of A4
  // Families in the order of preference, as fontconfig knows them; what none of them has is taken from
  // another.
  std::string families = "Times New Roman, DejaVu Serif";
  std::string header{};             // at the top of each page; empty: none
  std::string footer{};             // at the bottom of each page, left
  std::string page_word = "Trang";  // before the number of a page, right of the footer; empty: no numbers
};

struct Column {
  double share = 1;    // of the width between the margins, beside the shares of the others
  std::string head{};  // said again on every page; a table whose heads are all empty has no head
  Align align = Align::left;
};

// What stands in one place of a row: a text, or a code in place of it.
struct Cell {
  std::string_view text;
  TextStyle style{};
  const QrCode* code = nullptr;
  double code_side = 64;  // points
};

// Writes an A4 document from top to bottom. Finished parts go to the sink while it grows, so a long table
// costs the memory of a page. Texts are UTF-8; a line feed in one begins a line; what is too long for its
// place wraps. The same calls on one machine with one set of fonts give the same bytes.
//
// A Pdf belongs to the thread that made it; each thread may have its own. What the sink throws, and a failure
// of the library (std::runtime_error), comes out of the call that met it; the document is then useless.
class Pdf {
 public:
  using Sink = std::function<void(std::string_view)>;
  Pdf(const PdfSettings& settings, Sink sink);
  Pdf(const Pdf&) = delete;
  Pdf& operator=(const Pdf&) = delete;
  ~Pdf();

  void paragraph(std::string_view text, const TextStyle& style = {});
  void space(double points);
  // Goes on to the next page unless this much is left on the present one.
  void keep(double points);
  void next_page();
  // Texts side by side, without rules. `shares` and `cells` are of one length.
  void beside(std::span<const double> shares, std::span<const Cell> cells);

  // A ruled table: rows stand whole on a page, except one that is higher than a page, and the head is never
  // without a row. Nothing but rows may come before its end.
  void begin_table(std::vector<Column> columns, double points = 9);
  void row(std::span<const std::string_view> cells);  // as many as columns
  void row(std::span<const Cell> cells);              // likewise, each in a style of its own
  void end_table();

  // The last call: writes the rest.
  void finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace motcua::print
