#pragma once

#include <xlsxwriter.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/time.h"

namespace motcua::print {

struct BookFormats {
  explicit BookFormats(lxw_workbook* book);
  lxw_format *title, *head, *wrapped, *date, *instant, *duration, *rate, *hundredths, *link;
};

struct BookColumn {
  std::string_view head;
  double width = 12;
};

// Writes one sheet from top to bottom and from left to right, as the rows leave the memory.
class BookSheet {
 public:
  // A title, then the heads, which stay in sight and carry filters. `name` must be valid and free.
  BookSheet(lxw_workbook* book, const BookFormats& formats, const std::string& name, std::string_view title,
            std::span<const BookColumn> columns, int offset_minutes);

  void text(std::string_view words, bool wraps = false);
  void number(std::int64_t value);
  void date(core::Date day);
  void instant(core::Instant at);
  void duration(std::int64_t seconds);
  void rate(std::int64_t basis_points);
  void hundredths(std::int64_t number);
  // A text that leads to the top of another sheet.
  void link(std::string_view words, const std::string& sheet);
  void blank() { ++column_; }
  template <class T>
  void maybe(const std::optional<T>& it, void (BookSheet::*write)(T)) {
    it ? (this->*write)(*it) : blank();
  }
  void end_row();
  // After the last row.
  void finish();

 private:
  void put(double value, lxw_format* format);

  lxw_worksheet* sheet_;
  const BookFormats& formats_;
  int offset_minutes_;
  std::uint32_t row_ = 0;
  std::uint16_t column_ = 0;
  std::uint16_t columns_;
};

}  // namespace motcua::print
