#include "api/print/sheet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/support/pdf_text.h"

namespace motcua::print {
namespace {

// As decree 30/2020 has letters: the state and its motto in one block, the number beside the day.
TEST(Sheet, KeepsTheStateAndItsMottoTogetherBesideALongName) {
  SheetBlock heading{.kind = SheetBlock::Kind::heading};
  heading.left = {
      "Ủy ban nhân dân phường Nguyễn Thị Minh Khai, trực thuộc thành phố và khu kinh tế mở rộng, tỉnh Khánh "
      "Hòa",
      "Số: H32.117-1"};
  heading.right = {"CỘNG HÒA", "Độc lập", "ngày 03"};
  Sheet sheet;
  sheet.created_at = "2026-11-05T07:00:00+07:00";
  sheet.blocks.push_back(heading);
  const std::string text = testing::pages_of_pdf(sheet_pdf(sheet)).at(0);
  const auto line_of = [&](std::string_view part) {
    const std::size_t at = text.find(part);
    EXPECT_NE(at, std::string::npos) << part << text;
    return std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  };
  EXPECT_EQ(line_of("Độc lập"), line_of("CỘNG HÒA") + 1) << text;
  EXPECT_EQ(line_of("ngày 03"), line_of("Số:")) << text;
}

}  // namespace
}  // namespace motcua::print
