#include "api/print/book_sheet.h"

#include <stdexcept>

namespace motcua::print {
namespace {

constexpr std::uint32_t kTitleRow = 0;
constexpr std::uint32_t kHeadRow = 1;
constexpr double kHeadHeight = 48;       // three lines
constexpr double kEpochAsDate = 25'569;  // 1970-01-01 in the days of a workbook
constexpr double kSecondsOfDay = 86'400;
constexpr std::uint8_t kPaperA4 = 9;

void done(lxw_error error) {
  if (error != LXW_NO_ERROR) throw std::runtime_error(std::string("a workbook: ") + lxw_strerror(error));
}

}  // namespace

BookFormats::BookFormats(lxw_workbook* book)
    : title(workbook_add_format(book)),
      head(workbook_add_format(book)),
      wrapped(workbook_add_format(book)),
      date(workbook_add_format(book)),
      instant(workbook_add_format(book)),
      duration(workbook_add_format(book)),
      rate(workbook_add_format(book)),
      hundredths(workbook_add_format(book)),
      link(workbook_add_format(book)) {
  format_set_bold(title);
  format_set_font_size(title, 13);
  format_set_bold(head);
  format_set_text_wrap(head);
  format_set_align(head, LXW_ALIGN_CENTER);
  format_set_align(head, LXW_ALIGN_VERTICAL_CENTER);
  format_set_bg_color(head, 0xE3EAF2);
  format_set_border(head, LXW_BORDER_THIN);
  format_set_text_wrap(wrapped);
  format_set_num_format(date, "dd/mm/yyyy");
  format_set_num_format(instant, "dd/mm/yyyy hh:mm");
  format_set_num_format(duration, "[h]:mm:ss");
  format_set_num_format(rate, "0.00%");
  format_set_num_format(hundredths, "0.00");
  format_set_font_color(link, 0x1F4E8C);
  format_set_underline(link, LXW_UNDERLINE_SINGLE);
}

BookSheet::BookSheet(lxw_workbook* book, const BookFormats& formats, const std::string& name,
                     std::string_view title, std::span<const BookColumn> columns, int offset_minutes)
    : sheet_(workbook_add_worksheet(book, name.c_str())),
      formats_(formats),
      offset_minutes_(offset_minutes),
      columns_(static_cast<std::uint16_t>(columns.size())) {
  if (sheet_ == nullptr) throw std::runtime_error("a workbook cannot have a sheet " + name);
  worksheet_set_landscape(sheet_);
  worksheet_set_paper(sheet_, kPaperA4);
  worksheet_fit_to_pages(sheet_, 1, 0);
  done(worksheet_repeat_rows(sheet_, kHeadRow, kHeadRow));
  worksheet_freeze_panes(sheet_, kHeadRow + 1, 0);
  for (std::uint16_t i = 0; i < columns_; ++i) {
    done(worksheet_set_column(sheet_, i, i, columns[i].width, nullptr));
  }
  done(worksheet_write_string(sheet_, kTitleRow, 0, std::string(title).c_str(), formats_.title));
  done(worksheet_set_row(sheet_, kHeadRow, kHeadHeight, nullptr));
  for (std::uint16_t i = 0; i < columns_; ++i) {
    done(worksheet_write_string(sheet_, kHeadRow, i, std::string(columns[i].head).c_str(), formats_.head));
  }
  row_ = kHeadRow + 1;
}

void BookSheet::text(std::string_view words, bool wraps) {
  if (words.empty()) return blank();
  done(worksheet_write_string(sheet_, row_, column_++, std::string(words).c_str(),
                              wraps ? formats_.wrapped : nullptr));
}
void BookSheet::put(double value, lxw_format* format) {
  done(worksheet_write_number(sheet_, row_, column_++, value, format));
}
void BookSheet::number(std::int64_t value) { put(static_cast<double>(value), nullptr); }
void BookSheet::date(core::Date day) {
  put(kEpochAsDate + static_cast<double>(day - core::Date{}), formats_.date);
}
void BookSheet::instant(core::Instant at) {
  const auto local = static_cast<double>(at.ms + offset_minutes_ * 60'000);
  put(kEpochAsDate + local / static_cast<double>(core::kDayMs), formats_.instant);
}
void BookSheet::duration(std::int64_t seconds) {
  put(static_cast<double>(seconds) / kSecondsOfDay, formats_.duration);
}
void BookSheet::rate(std::int64_t basis_points) {
  put(static_cast<double>(basis_points) / 10'000, formats_.rate);
}
void BookSheet::hundredths(std::int64_t number) {
  put(static_cast<double>(number) / 100, formats_.hundredths);
}
void BookSheet::link(std::string_view words, const std::string& sheet) {
  const std::string target = "internal:'" + sheet + "'!A1";
  done(worksheet_write_url_opt(sheet_, row_, column_++, target.c_str(), formats_.link,
                               std::string(words).c_str(), nullptr));
}
void BookSheet::end_row() {
  ++row_;
  column_ = 0;
}
void BookSheet::finish() {
  done(worksheet_autofilter(sheet_, kHeadRow, 0, row_ - 1, static_cast<std::uint16_t>(columns_ - 1)));
}

}  // namespace motcua::print
