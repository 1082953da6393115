#include "api/print/pdf.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <functional>
#include <stdexcept>
#include <thread>

#include "tests/support/pdf_text.h"

namespace motcua::print {
namespace {

using Write = std::function<void(Pdf&)>;

PdfSettings plain_settings() { return {.title = "Danh sách", .created_at = "2026-11-05T07:00:00+07:00"}; }

std::string written(const PdfSettings& settings, const Write& write) {
  std::string bytes;
  Pdf pdf(settings, [&](std::string_view part) { bytes += part; });
  write(pdf);
  pdf.finish();
  return bytes;
}
std::string written(const Write& write) { return written(plain_settings(), write); }

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size()))
    ++found;
  return found;
}

std::vector<Column> twelve_columns() {
  std::vector<Column> columns{{.share = 1, .head = "STT", .align = Align::right}};
  for (int i = 1; i < 12; ++i) columns.push_back({.share = 2, .head = "Cột " + std::to_string(i)});
  return columns;
}

// A row as the monthly list has them: codes, instants, names of agencies.
void write_long_table(Pdf& pdf, int rows) {
  pdf.begin_table(twelve_columns(), 7);
  for (int i = 0; i < rows; ++i) {
    const std::string number = std::to_string(i + 1);
    const std::string code = "H32.19-261105-" + std::to_string(100'000 + i);
    const std::string due = "17:00 " + std::to_string(10 + i % 18) + "/11/2026";
    const std::string delay = std::to_string(i % 97) + " giờ " + std::to_string(i % 60) + " phút";
    const std::array<std::string_view, 12> cells{number,
                                                 code,
                                                 "1.001193",
                                                 "Trực tuyến",
                                                 "08:15 02/11/2026",
                                                 due,
                                                 due,
                                                 "17:00 30/11/2026",
                                                 delay,
                                                 "Phòng Tư pháp",
                                                 "Có",
                                                 i % 3 == 0 ? "Đã xin lỗi" : "Chưa"};
    pdf.row(cells);
  }
  pdf.end_table();
}

TEST(Pdf, KeepsEveryVietnameseLetter) {
  // In words, as letters that stand alone are drawn together when the text is read back.
  const std::string all =
      "bÀn bÁn bẢn bÃn bẠn bĂn bẰn bẮn bẲn bẴn bẶn bÂn bẦn bẤn bẨn bẪn bẬn Đan bÈn bÉn bẺn bẼn bẸn bÊn bỀn "
      "bẾn "
      "bỂn bỄn bỆn bÌn bÍn bỈn bĨn bỊn bÒn bÓn bỎn bÕn bỌn bÔn bỒn bỐn bỔn bỖn bỘn bƠn bỜn bỚn bỞn bỠn bỢn "
      "bÙn "
      "bÚn bỦn bŨn bỤn bƯn bỪn bỨn bỬn bỮn bỰn bỲn bÝn bỶn bỸn bỴn bàn bán bản bãn bạn băn bằn bắn bẳn bẵn "
      "bặn "
      "bân bần bấn bẩn bẫn bận đan bèn bén bẻn bẽn bẹn bên bền bến bển bễn bện bìn bín bỉn bĩn bịn bòn bón "
      "bỏn "
      "bõn bọn bôn bồn bốn bổn bỗn bộn bơn bờn bớn bởn bỡn bợn bùn bún bủn bũn bụn bưn bừn bứn bửn bữn bựn "
      "bỳn "
      "býn bỷn bỹn bỵn";
  for (const bool bold : {false, true}) {
    const std::string bytes = written([&](Pdf& pdf) { pdf.paragraph(all, {.bold = bold}); });
    EXPECT_EQ(testing::words_of_pdf(bytes), testing::in_one_line(all) + " Trang 1");
  }
}

TEST(Pdf, HasNoClockInItsBytes) {
  const Write write = [](Pdf& pdf) { write_long_table(pdf, 90); };
  const std::string first = written(write);
  EXPECT_EQ(first, written(write));
  std::string elsewhere;
  std::thread([&] { elsewhere = written(write); }).join();
  EXPECT_EQ(first, elsewhere);
  EXPECT_NE(first.find("/CreationDate (20261105070000+07'00"), std::string::npos);
  PdfSettings later = plain_settings();
  later.created_at = "2026-12-05T07:00:00+07:00";
  EXPECT_NE(first, written(later, write));
}

TEST(Pdf, BreaksALongTableBetweenRowsAndSaysItsHeadAgain) {
  const std::string long_name(
      "Nguyễn Thị Hoàng Phương Anh Nguyễn Thị Hoàng Phương Anh Nguyễn Thị Hoàng Phương Anh Nguyễn Thị Hoàng "
      "Phương Anh");
  const std::string bytes = written([&](Pdf& pdf) {
    pdf.begin_table({{.share = 1, .head = "Số"}, {.share = 3, .head = "Họ tên"}, {.share = 6, .head = ""}},
                    10);
    for (int i = 0; i < 120; ++i) {
      const std::string begin = "B" + std::to_string(i) + ".";
      const std::string words = begin + " " + long_name + " E" + std::to_string(i) + ".";
      const std::array<std::string_view, 3> cells{begin, words, "x"};
      pdf.row(cells);
    }
    pdf.end_table();
  });
  const auto pages = testing::pages_of_pdf(bytes);
  ASSERT_GT(pages.size(), 3U);
  int begun = 0;
  for (std::size_t page = 0; page < pages.size(); ++page) {
    EXPECT_EQ(count_of(pages[page], "Họ tên"), 1U) << page;
    EXPECT_EQ(count_of(pages[page], "Trang " + std::to_string(page + 1)), 1U) << page;
    for (int i = 0; i < 120; ++i) {
      const bool begins = pages[page].find("B" + std::to_string(i) + ".") != std::string::npos;
      const bool ends = pages[page].find("E" + std::to_string(i) + ".") != std::string::npos;
      EXPECT_EQ(begins, ends) << "row " << i << " is cut on page " << page;
      begun += begins ? 1 : 0;
    }
  }
  EXPECT_EQ(begun, 120);
}

TEST(Pdf, CutsOnlyARowThatIsHigherThanAPage) {
  std::string endless;
  for (int i = 0; i < 3000; ++i) endless += "từ" + std::to_string(i) + " ";
  const std::string bytes = written([&](Pdf& pdf) {
    pdf.paragraph("Trước bảng");
    pdf.begin_table({{.head = "Đầu"}, {.head = "Cuối"}});
    const std::array<std::string_view, 2> cells{endless, "ngắn"};
    pdf.row(cells);
    pdf.end_table();
    pdf.paragraph("Sau bảng");
  });
  const std::string words = testing::words_of_pdf(bytes);
  std::size_t at = 0;
  for (int i = 0; i < 3000; ++i) {
    at = words.find("từ" + std::to_string(i) + " ", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
  EXPECT_NE(words.find("Sau bảng", at), std::string::npos);
  EXPECT_EQ(count_of(words, "ngắn"), 1U);
  EXPECT_EQ(count_of(words, "Đầu"), testing::pages_of_pdf(bytes).size());
}

TEST(Pdf, WrapsAParagraphOverPagesAndAWordThatIsTooLong) {
  const std::string word(400, 'w');
  std::string paragraph;
  for (int i = 0; i < 1500; ++i) paragraph += "chữ" + std::to_string(i) + " ";
  const std::string bytes = written([&](Pdf& pdf) {
    pdf.paragraph(word);
    pdf.paragraph(paragraph, {.points = 13});
  });
  std::string words = testing::words_of_pdf(bytes);
  EXPECT_NE(words.find("chữ1499"), std::string::npos);
  EXPECT_GE(testing::pages_of_pdf(bytes).size(), 2U);
  EXPECT_EQ(std::count(words.begin(), words.end(), 'w'), 400);
}

TEST(Pdf, StandsUprightOrLies) {
  PdfSettings lying = plain_settings();
  lying.orientation = Orientation::landscape;
  const Write write = [](Pdf& pdf) { pdf.paragraph("a"); };
  EXPECT_NE(written(plain_settings(), write).find("/MediaBox [ 0 0 595.276 841.89 ]"), std::string::npos);
  EXPECT_NE(written(lying, write).find("/MediaBox [ 0 0 841.89 595.276 ]"), std::string::npos);
}

TEST(Pdf, SaysHeaderAndFooterOnEachPage) {
  PdfSettings settings = plain_settings();
  settings.header = "Ủy ban nhân dân phường";
  settings.footer = "Phương pháp late-list/1";
  const auto pages = testing::pages_of_pdf(written(settings, [](Pdf& pdf) {
    pdf.paragraph("một");
    pdf.next_page();
    pdf.paragraph("hai");
  }));
  ASSERT_EQ(pages.size(), 2U);
  for (const std::string& page : pages) {
    EXPECT_LT(page.find(settings.header), page.find(settings.footer));
    EXPECT_NE(page.find(settings.footer), std::string::npos);
  }
  EXPECT_NE(pages[1].find("hai"), std::string::npos);
}

TEST(Pdf, HasOnePageWhenNothingIsSaid) {
  EXPECT_EQ(testing::pages_of_pdf(written([](Pdf&) {})).size(), 1U);
}

TEST(Pdf, ShowsTheColumnsOfATableWithoutRows) {
  const std::string bytes = written([](Pdf& pdf) {
    pdf.begin_table({{.head = "Mã"}, {.head = "Tên"}});
    pdf.end_table();
  });
  EXPECT_EQ(testing::words_of_pdf(bytes), "Mã Tên Trang 1");
}

TEST(Pdf, HandsPartsOutWhileItGrows) {
  std::size_t handed = 0;
  Pdf pdf(plain_settings(), [&](std::string_view part) { handed += part.size(); });
  write_long_table(pdf, 1000);
  const std::size_t before_the_end = handed;
  pdf.finish();
  EXPECT_GT(before_the_end, handed / 2);  // the fonts come last
}

TEST(Pdf, ThrowsOnWhatTheSinkThrows) {
  Pdf pdf(plain_settings(), [](std::string_view) { throw std::domain_error("the reader left"); });
  EXPECT_THROW(
      {
        write_long_table(pdf, 2000);
        pdf.finish();
      },
      std::domain_error);
}

// Not a bench: far above what it takes, so that only a change of kind is found.
TEST(Pdf, WritesFiveThousandRowsInSeconds) {
  PdfSettings settings = plain_settings();
  settings.orientation = Orientation::landscape;
  std::size_t size = 0;
  const std::clock_t begin = std::clock();  // of the processor, as the machine has other work
  Pdf pdf(settings, [&](std::string_view part) { size += part.size(); });
  write_long_table(pdf, 5000);
  pdf.finish();
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  std::printf("5,000 rows of 12 columns: %.2f s, %zu bytes\n", seconds, size);
  EXPECT_LT(seconds, 10);
}

}  // namespace
}  // namespace motcua::print
