#include "api/print/qr.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace motcua::print {
namespace {

// The square of seven with its ring and its core, which a reader looks for.
bool finder_at(const QrCode& code, int top, int left) {
  for (int row = 0; row < 7; ++row) {
    for (int column = 0; column < 7; ++column) {
      const int from_edge = std::min(std::min(row, 6 - row), std::min(column, 6 - column));
      if (code.at(top + row, left + column) != (from_edge != 1)) return false;
    }
  }
  return true;
}

TEST(QrCode, HasItsThreeFindersAndItsTimingPattern) {
  const QrCode code = qr_code("H32.19-261105-0001");
  EXPECT_EQ(code.side % 4, 1);
  EXPECT_TRUE(finder_at(code, 0, 0));
  EXPECT_TRUE(finder_at(code, 0, code.side - 7));
  EXPECT_TRUE(finder_at(code, code.side - 7, 0));
  EXPECT_FALSE(finder_at(code, code.side - 7, code.side - 7));
  for (int i = 8; i < code.side - 8; ++i) {
    EXPECT_EQ(code.at(6, i), i % 2 == 0);
    EXPECT_EQ(code.at(i, 6), i % 2 == 0);
  }
}

TEST(QrCode, IsAnotherForAnotherText) {
  EXPECT_EQ(qr_code("H32.19-261105-0001").dark, qr_code("H32.19-261105-0001").dark);
  EXPECT_NE(qr_code("H32.19-261105-0001").dark, qr_code("H32.19-261105-0002").dark);
}

TEST(QrCode, GrowsWithItsText) { EXPECT_GT(qr_code(std::string(200, 'a')).side, qr_code("a").side); }

TEST(QrCode, RefusesWhatNoCodeHolds) {
  EXPECT_THROW(qr_code(""), std::runtime_error);
  EXPECT_THROW(qr_code(std::string(3000, 'a')), std::runtime_error);
}

}  // namespace
}  // namespace motcua::print
