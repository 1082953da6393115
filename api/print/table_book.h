#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/time.h"

namespace motcua::print {

// A rate in basis points, printed as a percentage.
struct RateCell {
  std::int64_t basis_points = 0;
};
// Working time.
struct DurationCell {
  std::int64_t seconds = 0;
};
// A number that is counted in hundredths, printed with its two decimals.
struct HundredthsCell {
  std::int64_t hundredths = 0;
};
using TableCell = std::variant<std::monostate, std::string, std::int64_t, RateCell, DurationCell,
                               HundredthsCell, core::Date, core::Instant>;

// One sheet of a workbook. A row may have fewer cells than there are columns.
struct Table {
  struct Column {
    std::string head;
    double width = 13;
  };
  std::string sheet;  // its name, at most 31 characters; each its own
  std::string title;
  std::vector<Column> columns;
  std::vector<std::vector<TableCell>> rows;
};

// The bytes of an XLSX of these sheets; they depend on no clock: `created` is told. Throws
// std::runtime_error.
std::string table_book(const std::vector<Table>& tables, core::Instant created, int offset_minutes);

}  // namespace motcua::print
