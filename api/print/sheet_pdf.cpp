#include <algorithm>
#include <array>
#include <cstdint>

#include "api/print/sheet.h"

namespace motcua::print {
namespace {

constexpr double kSheetPoints = 11;
constexpr double kTablePoints = 9.5;
constexpr double kWideTablePoints = 7.5;  // a landscape sheet has many columns
constexpr double kTitlePoints = 14;
constexpr double kSignatureRoom = 62;  // to sign in
constexpr double kSignatureHead = 40;  // who signs
constexpr double kLastLines = 44;      // of a paragraph that leads to them

class SheetPdf {
 public:
  explicit SheetPdf(const Sheet& sheet)
      : table_points_(sheet.orientation == Orientation::landscape ? kWideTablePoints : kTablePoints),
        pdf_({.title = sheet.title,
              .created_at = sheet.created_at,
              .orientation = sheet.orientation,
              .footer = sheet.footer},
             [this](std::string_view part) { bytes_ += part; }) {}

  std::string write(const Sheet& sheet) {
    for (std::size_t i = 0; i < sheet.blocks.size(); ++i) {
      // Nobody signs an empty page: what comes last before the signatures goes over with them.
      const bool signed_below =
          i + 1 < sheet.blocks.size() && sheet.blocks[i + 1].kind == SheetBlock::Kind::signatures;
      room_below_ = signed_below ? kSignatureRoom + kSignatureHead + kLastLines : 0;
      write(sheet.blocks[i]);
    }
    pdf_.finish();
    return std::move(bytes_);
  }

 private:
  void write(const SheetBlock& block) {
    switch (block.kind) {
      case SheetBlock::Kind::heading:
        return heading(block);
      case SheetBlock::Kind::code:
        return code(block);
      case SheetBlock::Kind::title:
        pdf_.space(8);
        pdf_.paragraph(block.text, {kTitlePoints, true, false, Align::center});
        return pdf_.space(6);
      case SheetBlock::Kind::text:
        pdf_.keep(room_below_);
        pdf_.paragraph(block.text, {kSheetPoints, block.bold, block.italic,
                                    block.centered ? Align::center : Align::left});
        return pdf_.space(4);
      case SheetBlock::Kind::fields:
        return fields(block);
      case SheetBlock::Kind::table:
        return table(block);
      case SheetBlock::Kind::signatures:
        return signatures(block);
    }
  }

  // The first line of the left and the first two of the right count. Those two stand together, however high
  // the name beside them is; what is below them begins at one height, as in official letters.
  void heading(const SheetBlock& block) {
    static constexpr std::array kShares{1.0, 1.15};
    const auto lines = [](const std::vector<std::string>& all, std::size_t from, std::size_t to) {
      std::string text;
      for (std::size_t i = from; i < std::min(to, all.size()); ++i) text += (i > from ? "\n" : "") + all[i];
      return text;
    };
    constexpr std::size_t kAll = SIZE_MAX;
    for (const bool above : {true, false}) {
      const std::string left = above ? lines(block.left, 0, 1) : lines(block.left, 1, kAll);
      const std::string right = above ? lines(block.right, 0, 2) : lines(block.right, 2, kAll);
      if (left.empty() && right.empty()) continue;
      const std::array<Cell, 2> cells{Cell{.text = left, .style = {10, above, false, Align::center}},
                                      Cell{.text = right, .style = {10, above, !above, Align::center}}};
      pdf_.beside(kShares, cells);
    }
    pdf_.space(8);
  }

  void code(const SheetBlock& block) {
    static constexpr std::array kWhole{1.0};
    const QrCode made = qr_code(block.text);
    const std::array<Cell, 1> cells{Cell{.text = {}, .code = &made, .code_side = 66}};
    pdf_.beside(kWhole, cells);
    pdf_.space(4);
  }

  void fields(const SheetBlock& block) {
    static constexpr std::array kShares{1.1, 0.05, 2.1};
    for (const SheetBlock::Field& field : block.fields) {
      if (&field == &block.fields.back()) pdf_.keep(room_below_);
      const std::string label = field.label + ':';
      const std::array<Cell, 3> cells{Cell{.text = label, .style = {.points = kSheetPoints}}, Cell{},
                                      Cell{.text = field.text, .style = {kSheetPoints, true}}};
      pdf_.beside(kShares, cells);
      pdf_.space(3);
    }
    pdf_.space(3);
  }

  void table(const SheetBlock& block) {
    pdf_.begin_table(block.columns, table_points_);
    std::vector<std::string_view> cells;
    for (const std::vector<std::string>& row : block.rows) {
      cells.assign(row.begin(), row.end());
      pdf_.row(cells);
    }
    pdf_.end_table();
    pdf_.space(8);
  }

  void signatures(const SheetBlock& block) {
    pdf_.keep(kSignatureRoom + kSignatureHead);
    pdf_.space(10);
    const std::vector<double> shares(block.fields.size(), 1);
    std::vector<Cell> titles;
    std::vector<Cell> notes;
    for (const SheetBlock::Field& part : block.fields) {
      titles.push_back({.text = part.label, .style = {kSheetPoints, true, false, Align::center}});
      notes.push_back({.text = part.text, .style = {kTablePoints, false, true, Align::center}});
    }
    pdf_.beside(shares, titles);
    pdf_.beside(shares, notes);
    pdf_.space(kSignatureRoom);
  }

  std::string bytes_;
  double table_points_;
  double room_below_ = 0;  // that a block leaves, for what must stand with its end
  Pdf pdf_;
};

}  // namespace

std::string sheet_pdf(const Sheet& sheet) { return SheetPdf(sheet).write(sheet); }

}  // namespace motcua::print
