#include <algorithm>

#include "api/print/late_page.h"
#include "api/print/late_words.h"

namespace motcua::print {
namespace {

constexpr std::string_view kLateColumns[] = {"#STT",
                                             "Mã hồ sơ",
                                             "Thủ tục",
                                             "Kênh",
                                             "Nhận hồ sơ và tiếp nhận",
                                             "Hẹn trả: lần đầu và hiện tại",
                                             "Kết thúc",
                                             "Thời gian trễ",
                                             "Theo nơi giữ hồ sơ",
                                             "Xin lỗi",
                                             "Giải trình",
                                             "Hẹn lại",
                                             "Đính chính"};
constexpr std::string_view kUnitColumns[] = {
    "Bộ phận",           "#Đang giải quyết", "#Đã kết thúc",     "#Trễ hẹn",
    "#Đã kết thúc trễ",  "#Còn trễ",         "#Tỷ lệ trễ",       "#Thời gian trễ",
    "#Phần của bộ phận", "#Chưa xin lỗi",    "#Chưa giải trình", "Trễ nhiều lần trong 12 tháng"};
constexpr std::string_view kPersonHeads[] = {"Bộ phận", "Cá nhân", "#Số hồ sơ", "#Thời gian trễ"};
constexpr std::string_view kOtherHeads[] = {"Cơ quan khác", "#Số hồ sơ", "#Thời gian trễ"};

void put_mark(Markup& page, std::string_view words, bool bad) {
  page.raw(bad ? "<td class=\"bad\">" : "<td>").text(words).raw("</td>");
}
std::string maybe_instant(const std::optional<core::Instant>& at, int offset_minutes) {
  return at ? instant_words(*at, offset_minutes) : "–";
}

void put_late_row(Markup& page, const core::LateRow& row, const LateNames& names, int offset) {
  page.raw("<tr><td class=\"n\">").text(number_words(row.number)).raw("</td><th scope=\"row\" class=\"w\">");
  page.text(row.code).raw("</th><td class=\"name\">").text(names.procedure(row.procedure));
  page.raw(" <small>").text(row.procedure.text).raw("</small></td><td>").text(channel_words(row.channel));
  page.raw("</td><td class=\"w\">").text(instant_words(row.received_at, offset)).raw("<br/>");
  page.text(instant_words(row.accepted_at, offset)).raw("</td><td class=\"w\">");
  page.text(maybe_instant(row.first_due_at, offset)).raw("<br/>");
  page.text(maybe_instant(row.promised_at, offset)).raw("</td><td class=\"w\">");
  if (row.finished_at) page.text(instant_words(*row.finished_at, offset)).raw("<br/>");
  page.text(ended_words(row.ended_as)).raw("</td><td class=\"w\"><strong>");
  page.text(duration_words(row.delay_seconds)).raw("</strong><br/>");
  page.text(number_words(row.delay_days)).raw(" ngày làm việc</td><td class=\"name\">");
  for (std::size_t i = 0; i < row.shares.size(); ++i) {
    if (i > 0) page.raw("<br/>");
    page.text(holder_words(row.shares[i], names)).raw(": ");
    page.text(duration_words(row.shares[i].seconds));
  }
  page.raw("</td>");
  put_mark(page, apology_words(row.apology), row.apology == core::ApologyMark::missing);
  put_mark(page, explanation_words(row.explanation), row.explanation == core::ExplanationMark::missing);
  put_mark(page, reappointment_words(row.reappointment),
           row.reappointment == core::ReappointmentMark::missed);
  put_mark(page, corrected_words(row.corrected), false);
  page.raw("</tr>\n");
}

void put_cell(Markup& page, const std::string& words) {
  page.raw("<td class=\"n\">").text(words).raw("</td>");
}

void put_units(Markup& page, const core::LateAgency& section) {
  if (section.units.empty()) return;
  page.raw("<h2 id=\"bo-phan\">Bộ phận</h2>\n");
  begin_table(page, "Số liệu theo bộ phận", kUnitColumns);
  for (const core::LateUnit& unit : section.units) {
    const core::LateCounts& it = unit.counts;
    page.raw("<tr><th scope=\"row\" class=\"name\">");
    page.text(unit.unit.empty() ? "Không thuộc bộ phận nào" : unit.name).raw("</th>");
    for (const auto number : {it.open, it.ended, it.late, it.late_ended, it.late_open}) {
      put_cell(page, number_words(number));
    }
    put_cell(page, it.late_rate_bp ? rate_words(*it.late_rate_bp) : "–");
    put_cell(page, duration_words(it.delay_seconds));
    put_cell(page, duration_words(it.delay_own_seconds));
    put_cell(page, number_words(it.apologies_missing));
    put_cell(page, number_words(it.explanations_missing));
    put_mark(page, corrected_words(it.late_in_twelve_months > 1), it.late_in_twelve_months > 1);
    page.raw("</tr>\n");
  }
  end_table(page);
}

void put_persons_of(Markup& page, const core::LateHead& head, const core::LateAgency& section,
                    const LateNames& names) {
  page.raw("<h2 id=\"ca-nhan\">Cá nhân</h2>\n");
  if (head.individuals == core::Individuals::off) {
    page.raw("<p>Danh sách này không nêu cá nhân, theo quy định của địa phương.</p>\n");
    return;
  }
  if (section.persons.empty()) {
    page.raw("<p>Không có cá nhân nào có hồ sơ trễ hẹn.</p>\n");
    return;
  }
  begin_table(page, "Cá nhân có phần trong thời gian trễ", kPersonHeads);
  for (const core::LatePerson& it : section.persons) {
    page.raw("<tr><td class=\"name\">")
        .text(names.unit(it.unit))
        .raw("</td><th scope=\"row\" class=\"name\">");
    page.text(person_words(it.name, it.position, it.person)).raw("</th>");
    put_cell(page, number_words(it.dossiers));
    put_cell(page, duration_words(it.seconds));
    page.raw("</tr>\n");
  }
  end_table(page);
}

void put_not_ours(Markup& page, const core::LateAgency& section) {
  page.raw(
      "<h2 id=\"khong-thuoc\">Thời gian không thuộc cơ quan này</h2>\n<p>Thời gian chờ người dân trong hồ sơ "
      "trễ hẹn: <strong>");
  page.text(duration_words(section.citizen_seconds)).raw("</strong> làm việc, ở ");
  page.text(number_words(section.citizen_dossiers))
      .raw(" hồ sơ. Thời gian này không tính vào thời gian trễ.</p>\n");
  if (section.others.empty()) {
    page.raw("<p>Không có phần trễ nào của cơ quan khác.</p>\n");
    return;
  }
  begin_table(page, "Phần trễ của cơ quan khác trong hồ sơ của cơ quan này", kOtherHeads);
  for (const core::OthersDelay& it : section.others) {
    page.raw("<tr><th scope=\"row\" class=\"name\">").text(it.name.empty() ? it.agency.text : it.name);
    page.raw("</th>");
    put_cell(page, number_words(it.dossiers));
    put_cell(page, duration_words(it.seconds));
    page.raw("</tr>\n");
  }
  end_table(page);
}

void put_parts(Markup& page, const SectionFiles& files, const LatePart& part) {
  page.raw("<nav aria-label=\"Tệp của cơ quan\"><ul><li><a href=\"index.html\">Danh sách của tháng</a></li>");
  page.raw("<li><a href=\"").text(files.papers[part.index]).raw("\">Bản PDF</a></li>");
  for (std::size_t i = 0; i < files.pages.size() && files.pages.size() > 1; ++i) {
    page.raw("<li><a href=\"").text(files.pages[i]);
    page.raw(i == part.index ? "\" aria-current=\"page\">Phần " : "\">Phần ").text(std::to_string(i + 1));
    page.raw("</a></li>");
  }
  page.raw("</ul></nav>\n");
}

}  // namespace

std::string late_agency_page(const LateSource& source, const core::LateAgency& section,
                             const LateNames& names, const SectionFiles& files, const LatePart& part) {
  Markup page;
  const std::string which =
      part.count > 1 ? ", phần " + std::to_string(part.index + 1) + "/" + std::to_string(part.count) : "";
  begin_page(page, section.name + " – hồ sơ trễ hẹn " + month_words(source.head.month) + which,
             source.head.scope_name, "Mã cơ quan " + section.agency.text);
  put_parts(page, files, part);
  put_correction(page, source.head);
  if (part.index == 0) {
    page.raw("<h2 id=\"so-lieu\">Số liệu</h2>\n");
    put_all_counts(page, section.counts);
    put_units(page, section);
    put_persons_of(page, source.head, section, names);
    put_not_ours(page, section);
  }
  page.raw("<h2 id=\"ho-so\">Hồ sơ trễ hẹn</h2>\n");
  if (part.rows.empty()) {
    page.raw("<p>Không có hồ sơ trễ hẹn.</p>\n");
  } else {
    begin_table(page,
                "Hồ sơ trễ hẹn từ số " + number_words(part.rows.front().number) + " đến số " +
                    number_words(part.rows.back().number),
                kLateColumns);
    for (const core::LateRow& row : part.rows) put_late_row(page, row, names, source.offset_minutes);
    end_table(page);
  }
  end_page(page, "Công bố lúc " + instant_words(source.published_at, source.offset_minutes) +
                     ". Danh sách số " + std::to_string(source.head.number) + ", SHA-256 " + source.sha256);
  return page.take();
}

}  // namespace motcua::print
