#include "api/print/late_paper.h"

#include <algorithm>
#include <array>

#include "api/print/late_words.h"
#include "api/print/pdf.h"

namespace motcua::print {
namespace {

constexpr double kRowPoints = 6.5;
constexpr double kSmallPoints = 7.5;
constexpr TextStyle kTitle{15, true};
constexpr TextStyle kHeading{11, true};
constexpr TextStyle kPlain{9};

// Shares of the width are about the points that the longest word of a column takes.
std::vector<Column> late_columns() {
  return {{22, "STT", Align::right},
          {92, "Mã hồ sơ"},
          {100, "Thủ tục"},
          {36, "Kênh"},
          {70, "Nhận hồ sơ, tiếp nhận"},
          {70, "Hẹn trả lần đầu, hiện tại"},
          {70, "Kết thúc"},
          {56, "Thời gian trễ"},
          {104, "Theo nơi giữ hồ sơ"},
          {34, "Xin lỗi"},
          {34, "Giải trình"},
          {38, "Hẹn lại"},
          {30, "Đính chính"}};
}

void put_heading(Pdf& pdf, std::string_view words) {
  pdf.paragraph(words, kHeading);
  pdf.space(3);
}

std::string in_two_lines(const std::string& first, const std::string& second) {
  return first + "\n" + second;
}
std::string instant_or_dash(const std::optional<core::Instant>& at, int offset) {
  return at ? instant_words(*at, offset) : "–";
}

void put_paper_row(Pdf& pdf, const core::LateRow& row, const LateNames& names, int offset) {
  const std::array<std::string, 13> texts{
      number_words(row.number),
      row.code,
      in_two_lines(names.procedure(row.procedure), row.procedure.text),
      std::string(channel_words(row.channel)),
      in_two_lines(instant_words(row.received_at, offset), instant_words(row.accepted_at, offset)),
      in_two_lines(instant_or_dash(row.first_due_at, offset), instant_or_dash(row.promised_at, offset)),
      row.finished_at
          ? in_two_lines(instant_words(*row.finished_at, offset), std::string(ended_words(row.ended_as)))
          : std::string(ended_words(row.ended_as)),
      in_two_lines(duration_words(row.delay_seconds), number_words(row.delay_days) + " ngày làm việc"),
      shares_words(row.shares, names),
      std::string(apology_words(row.apology)),
      std::string(explanation_words(row.explanation)),
      std::string(reappointment_words(row.reappointment)),
      std::string(corrected_words(row.corrected))};
  std::array<std::string_view, 13> cells;
  std::copy(texts.begin(), texts.end(), cells.begin());
  pdf.row(cells);
}

struct CountLine {
  std::string label, value;
  bool heading = false;
};

// All counts side by side in three columns, each group whole in the shortest.
void put_counts_table(Pdf& pdf, const core::LateCounts& counts) {
  const auto labels = count_labels();
  const auto values = count_values(counts);
  std::array<std::vector<CountLine>, 3> columns;
  std::vector<CountLine>* into = nullptr;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (i == 0 || labels[i].group != labels[i - 1].group) {
      into = &*std::ranges::min_element(columns, {}, &std::vector<CountLine>::size);
      into->push_back({std::string(labels[i].group), "", true});
    }
    into->push_back({std::string(labels[i].label), count_words(labels[i], values[i])});
  }
  const std::size_t lines = std::ranges::max_element(columns, {}, &std::vector<CountLine>::size)->size();
  pdf.begin_table(
      {{136}, {80, "", Align::right}, {136}, {80, "", Align::right}, {160}, {54, "", Align::right}},
      kSmallPoints);
  const CountLine nothing;
  for (std::size_t line = 0; line < lines; ++line) {
    std::array<Cell, 6> cells;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const CountLine& it = line < columns[i].size() ? columns[i][line] : nothing;
      cells[2 * i] = {.text = it.label, .style = {kSmallPoints, it.heading}};
      cells[2 * i + 1] = {.text = it.value, .style = {kSmallPoints, false, false, Align::right}};
    }
    pdf.row(cells);
  }
  pdf.end_table();
}

template <std::size_t N>
void put_texts(Pdf& pdf, const std::array<std::string, N>& texts) {
  std::array<std::string_view, N> cells;
  std::copy(texts.begin(), texts.end(), cells.begin());
  pdf.row(cells);
}

void put_units_table(Pdf& pdf, const core::LateAgency& section) {
  if (section.units.empty()) return;
  pdf.keep(60);
  put_heading(pdf, "Bộ phận");
  pdf.begin_table({{150, "Bộ phận"},
                   {50, "Đang giải quyết", Align::right},
                   {50, "Đã kết thúc", Align::right},
                   {45, "Trễ hẹn", Align::right},
                   {45, "Còn trễ", Align::right},
                   {50, "Tỷ lệ trễ", Align::right},
                   {80, "Thời gian trễ", Align::right},
                   {80, "Phần của bộ phận", Align::right},
                   {50, "Chưa xin lỗi", Align::right},
                   {50, "Chưa giải trình", Align::right},
                   {60, "Trễ nhiều lần trong 12 tháng"}},
                  kSmallPoints);
  for (const core::LateUnit& unit : section.units) {
    const core::LateCounts& it = unit.counts;
    put_texts<11>(pdf, {unit.unit.empty() ? "Không thuộc bộ phận nào" : unit.name, number_words(it.open),
                        number_words(it.ended), number_words(it.late), number_words(it.late_open),
                        it.late_rate_bp ? rate_words(*it.late_rate_bp) : "–",
                        duration_words(it.delay_seconds), duration_words(it.delay_own_seconds),
                        number_words(it.apologies_missing), number_words(it.explanations_missing),
                        std::string(corrected_words(it.late_in_twelve_months > 1))});
  }
  pdf.end_table();
  pdf.space(8);
}

void put_persons_table(Pdf& pdf, const core::LateHead& head, const core::LateAgency& section,
                       const LateNames& names) {
  if (head.individuals == core::Individuals::off || section.persons.empty()) return;
  pdf.keep(60);
  put_heading(pdf, "Cá nhân có phần trong thời gian trễ");
  pdf.begin_table({{200, "Bộ phận"},
                   {300, "Cá nhân"},
                   {60, "Số hồ sơ", Align::right},
                   {100, "Thời gian trễ", Align::right}},
                  kSmallPoints);
  for (const core::LatePerson& it : section.persons) {
    put_texts<4>(pdf, {names.unit(it.unit), person_words(it.name, it.position, it.person),
                       number_words(it.dossiers), duration_words(it.seconds)});
  }
  pdf.end_table();
  pdf.space(8);
}

void put_elsewhere_table(Pdf& pdf, const core::LateAgency& section) {
  pdf.keep(60);
  put_heading(pdf, "Thời gian không thuộc cơ quan này");
  pdf.paragraph("Thời gian chờ người dân: " + duration_words(section.citizen_seconds) + " làm việc, ở " +
                    number_words(section.citizen_dossiers) + " hồ sơ trễ hẹn; không tính vào thời gian trễ.",
                kPlain);
  if (!section.others.empty()) {
    pdf.begin_table({{400, "Phần trễ của cơ quan khác"},
                     {60, "Số hồ sơ", Align::right},
                     {100, "Thời gian trễ", Align::right}},
                    kSmallPoints);
    for (const core::OthersDelay& it : section.others) {
      put_texts<3>(pdf, {it.name.empty() ? it.agency.text : it.name, number_words(it.dossiers),
                         duration_words(it.seconds)});
    }
    pdf.end_table();
  }
  pdf.space(8);
}

void put_opening(Pdf& pdf, const LateSource& source, const core::LateAgency& section,
                 const LateNames& names) {
  if (source.head.corrects) {
    const core::LateCorrection& it = *source.head.corrects;
    pdf.paragraph("Danh sách đính chính, thay cho danh sách có SHA-256 " + it.document.text +
                      (it.code.empty() ? "" : "; về hồ sơ " + it.code) +
                      "; lý do: " + std::string(correction_words(it.reason)),
                  kPlain);
  }
  pdf.space(6);
  put_counts_table(pdf, section.counts);
  pdf.space(8);
  put_units_table(pdf, section);
  put_persons_table(pdf, source.head, section, names);
  put_elsewhere_table(pdf, section);
}

}  // namespace

std::string late_paper(const LateSource& source, const core::LateAgency& section, const LateNames& names,
                       const LatePart& part) {
  const std::string month = month_words(source.head.month);
  std::string which;
  if (part.count > 1) which = ", phần " + std::to_string(part.index + 1) + "/" + std::to_string(part.count);
  std::string bytes;
  Pdf pdf({.title = section.name + " – hồ sơ trễ hẹn " + month + which,
           .created_at = core::format_instant(source.published_at, source.offset_minutes),
           .orientation = Orientation::landscape,
           .header = "Hồ sơ trễ hẹn " + month + which + " – " + section.name,
           .footer = "Danh sách số " + std::to_string(source.head.number) + ", SHA-256 " + source.sha256},
          [&](std::string_view piece) { bytes += piece; });
  pdf.paragraph("Danh sách hồ sơ trễ hẹn " + month + which, kTitle);
  pdf.paragraph(section.name + " (" + section.agency.text + ")", kHeading);
  pdf.paragraph(
      source.head.scope_name + "; công bố lúc " + instant_words(source.published_at, source.offset_minutes),
      kPlain);
  if (part.index == 0) put_opening(pdf, source, section, names);
  pdf.keep(80);
  put_heading(pdf, "Hồ sơ trễ hẹn");
  if (part.rows.empty()) {
    pdf.paragraph("Không có hồ sơ trễ hẹn.", kPlain);
  } else {
    pdf.begin_table(late_columns(), kRowPoints);
    for (const core::LateRow& row : part.rows) put_paper_row(pdf, row, names, source.offset_minutes);
    pdf.end_table();
  }
  pdf.finish();
  return bytes;
}

}  // namespace motcua::print
