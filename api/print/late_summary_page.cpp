#include "api/print/late_page.h"
#include "api/print/late_words.h"
#include "engine/core/late_list_methods.h"

namespace motcua::print {
namespace {

constexpr std::string_view kAgencyColumns[] = {"Cơ quan",
                                               "#Kỳ trước chuyển sang",
                                               "#Tiếp nhận",
                                               "#Đã kết thúc",
                                               "#Đang giải quyết",
                                               "#Trễ hẹn",
                                               "#Đã kết thúc trễ",
                                               "#Còn trễ",
                                               "#Tỷ lệ trễ",
                                               "#Trung vị thời gian trễ",
                                               "#Phần trễ của cơ quan",
                                               "#Chưa xin lỗi",
                                               "#Chưa giải trình",
                                               "#Tiếp nhận trực tuyến muộn",
                                               "#Không thời hạn: kết thúc",
                                               "#Không thời hạn: đang giải quyết",
                                               "Trễ nhiều lần trong 12 tháng",
                                               "Tệp"};
constexpr std::string_view kElsewhereColumns[] = {"Cơ quan giải quyết", "Thời gian của", "#Số hồ sơ",
                                                  "#Thời gian (giờ làm việc)"};

void put_figure(Markup& page, std::string_view what, const std::string& value, bool late = false) {
  page.raw(late ? "<div class=\"late\"><dt>" : "<div><dt>").text(what);
  page.raw(late ? "</dt><dd class=\"bad\">" : "</dt><dd>").text(value).raw("</dd></div>\n");
}

void put_figures(Markup& page, const core::LateCounts& total) {
  page.raw("<dl class=\"figures\">\n");
  put_figure(page, "Tiếp nhận trong kỳ", number_words(total.received));
  put_figure(page, "Đã kết thúc", number_words(total.ended));
  put_figure(page, "Trước và đúng hạn", number_words(total.early + total.on_time));
  put_figure(page, "Trễ hẹn", number_words(total.late), true);
  put_figure(page, "Tỷ lệ trễ hẹn", total.late_rate_bp ? rate_words(*total.late_rate_bp) : "–", true);
  put_figure(page, "Trung vị thời gian trễ",
             total.delay_median_seconds ? duration_words(*total.delay_median_seconds) : "–");
  page.raw("</dl>\n");
}

void put_number(Markup& page, std::int64_t number, bool bad = false) {
  page.raw(bad && number > 0 ? "<td class=\"n bad\">" : "<td class=\"n\">").text(number_words(number));
  page.raw("</td>");
}

void put_agency_cells(Markup& page, const core::LateCounts& it) {
  put_number(page, it.brought_forward);
  put_number(page, it.received);
  put_number(page, it.ended);
  put_number(page, it.open);
  put_number(page, it.late, true);
  put_number(page, it.late_ended);
  put_number(page, it.late_open);
  page.raw("<td class=\"n\">").text(it.late_rate_bp ? rate_words(*it.late_rate_bp) : "–");
  page.raw("</td><td class=\"n\">");
  page.text(it.delay_median_seconds ? duration_words(*it.delay_median_seconds) : "–");
  page.raw("</td><td class=\"n\">").text(it.delay_own_bp ? rate_words(*it.delay_own_bp) : "–").raw("</td>");
  put_number(page, it.apologies_missing, true);
  put_number(page, it.explanations_missing, true);
  put_number(page, it.acceptances_late, true);
  put_number(page, it.untimed_ended);
  put_number(page, it.untimed_open);
  page.raw(it.late_in_twelve_months > 1 ? "<td class=\"bad\">Có</td>" : "<td>Không</td>");
}

void put_agencies(Markup& page, const LateSource& source, const std::vector<core::LateAgency>& sections,
                  const std::vector<SectionFiles>& files) {
  page.raw("<h2 id=\"co-quan\">Cơ quan</h2>\n");
  begin_table(page, "Số liệu theo cơ quan giải quyết", kAgencyColumns);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const core::LateAgency& it = sections[i];
    page.raw("<tr><th scope=\"row\" class=\"name\"><a href=\"").text(files[i].pages.front()).raw("\">");
    page.text(it.name).raw("</a> <small>").text(it.agency.text).raw("</small></th>");
    put_agency_cells(page, it.counts);
    page.raw("<td class=\"w\">");
    for (std::size_t part = 0; part < files[i].papers.size(); ++part) {
      if (part > 0) page.raw(" ");
      const std::string which = part > 0 ? "PDF " + std::to_string(part + 1) : "PDF";
      page.raw("<a href=\"")
          .text(files[i].papers[part])
          .raw("\" aria-label=\"")
          .text(which + " của " + it.name);
      page.raw("\">").text(which).raw("</a>");
    }
    page.raw("</td></tr>\n");
  }
  page.raw("<tr class=\"sum\"><th scope=\"row\">Toàn bộ</th>");
  put_agency_cells(page, source.head.total);
  page.raw("<td></td></tr>\n");
  end_table(page);
}

void put_elsewhere_row(Markup& page, std::string_view agency, std::string_view whose, std::int64_t dossiers,
                       std::int64_t seconds) {
  page.raw("<tr><th scope=\"row\" class=\"name\">").text(agency).raw("</th><td class=\"name\">").text(whose);
  page.raw("</td>");
  put_number(page, dossiers);
  page.raw("<td class=\"n\">").text(duration_words(seconds)).raw("</td></tr>\n");
}

// So that nobody stands here for the time of another.
void put_elsewhere(Markup& page, const std::vector<core::LateAgency>& sections) {
  page.raw(
      "<h2 id=\"khong-thuoc\">Thời gian không thuộc cơ quan giải quyết</h2>\n"
      "<p>Trong các hồ sơ trễ hẹn, thời gian chờ người dân bổ sung hoặc nộp tiền không tính vào thời gian "
      "trễ. "
      "Phần trễ do cơ quan được lấy ý kiến hoặc cơ quan khác giữ hồ sơ được ghi cho chính cơ quan đó.</p>\n");
  bool any = false;
  for (const core::LateAgency& it : sections) any = any || it.citizen_dossiers > 0 || !it.others.empty();
  if (!any) {
    page.raw("<p>Kỳ này không có.</p>\n");
    return;
  }
  begin_table(page, "Thời gian của người dân và của cơ quan khác", kElsewhereColumns);
  for (const core::LateAgency& it : sections) {
    if (it.citizen_dossiers > 0) {
      put_elsewhere_row(page, it.name, "Người dân (không phải trễ hẹn)", it.citizen_dossiers,
                        it.citizen_seconds);
    }
    for (const core::OthersDelay& other : it.others) {
      put_elsewhere_row(page, it.name, other.name.empty() ? other.agency.text : other.name, other.dossiers,
                        other.seconds);
    }
  }
  end_table(page);
}

std::string individuals_words(const core::LateHead& head) {
  switch (head.individuals) {
    case core::Individuals::off:
      return "Danh sách không nêu cá nhân, theo quy định của địa phương.";
    case core::Individuals::position:
      return "Cá nhân được nêu bằng chức vụ và mã số, không nêu tên.";
    case core::Individuals::name:
      return "Cá nhân được nêu tên theo " + head.individuals_basis + ".";
  }
  return {};
}

void put_basis(Markup& page, const LateSource& source) {
  const core::LateHead& head = source.head;
  const auto at = [&](core::Instant instant) { return instant_words(instant, source.offset_minutes); };
  page.raw("<h2 id=\"cach-tinh\">Cách tính</h2>\n<ul>\n<li>Kỳ tính: từ ").text(at(head.period_from));
  page.raw(" đến trước ").text(at(head.period_to)).raw(".</li>\n<li>Chỉ tính những gì đã ghi nhận đến ");
  page.text(at(head.cutoff_recorded_at)).raw(" (sự kiện số ").text(number_words(head.cutoff_position));
  page.raw(
          ").</li>\n<li>Hồ sơ được ghi theo tình trạng đến hết kỳ tính: giải trình, xin lỗi, trả kết quả sau "
          "đó thuộc danh sách "
          "kỳ sau, dù đã được ghi nhận.</li>\n<li>Phương pháp: <code>")
      .text(head.method.text)
      .raw("</code>.</li>\n");
  if (head.method.text == core::word_of(core::LateMethod::second)) {
    page.raw(
        "<li>Số ngày trễ là số ngày làm việc của thời gian trễ: không kể thời gian công dân bổ sung hồ sơ, "
        "thời gian tạm dừng và thời hạn được tính lại.</li>\n<li>Xin lỗi được tính cho ngày hẹn bị trễ: xin "
        "lỗi khi hẹn lại không tính cho ngày hẹn lại cũng bị trễ.</li>\n");
  }
  page.raw("<li>");
  page.text(individuals_words(head)).raw("</li>\n");
  if (head.codes_masked) page.raw("<li>Mã hồ sơ được thay bằng khóa công bố.</li>\n");
  page.raw("<li>Thời gian trễ tính bằng giờ và phút làm việc theo lịch làm việc của cơ quan.</li>\n</ul>\n");
  constexpr std::string_view kColumns[] = {"Định nghĩa", "Phiên bản"};
  begin_table(page, "Lịch, quy tắc và thủ tục đã dùng", kColumns);
  for (const core::NamedVersion& it : head.definitions) {
    page.raw("<tr><th scope=\"row\"><code>").text(it.name.text).raw("</code></th><td><code>");
    page.text(it.version.text).raw("</code></td></tr>\n");
  }
  end_table(page);
}

void put_link(Markup& page, std::string_view file, std::string_view what) {
  page.raw("<li><a href=\"").text(file).raw("\">").text(file).raw("</a>: ").text(what).raw("</li>\n");
}

void put_files(Markup& page, const LateSource& source) {
  page.raw("<h2 id=\"tep\">Tệp dữ liệu</h2>\n<ul>\n");
  put_link(page, source.document, "toàn bộ danh sách, có chữ ký (JSON)");
  put_link(page, "list.xlsx", "bảng tính, mỗi cơ quan một trang");
  put_link(page, "list.csv", "mỗi hồ sơ trễ hẹn một dòng");
  put_link(page, "shares.csv", "thời gian trễ của từng hồ sơ theo nơi giữ");
  put_link(page, "counts.csv", "số liệu của toàn bộ, từng cơ quan và từng bộ phận");
  put_link(page, "persons.csv", "cá nhân, trong phạm vi được công bố");
  put_link(page, "others.csv", "phần trễ của cơ quan khác");
  for (const LateBeside& it : source.beside) {
    page.raw("<li><a href=\"").text(it.file).raw("\">").text(it.file).raw("</a>: ").text(it.what);
    page.raw("; SHA-256 của văn bản <code>").text(it.sha256).raw("</code></li>\n");
  }
  page.raw("</ul>\n");
}

void put_proof_of(Markup& page, const LateSource& source) {
  page.raw(
      "<h2 id=\"chung-thuc\">Chứng thực</h2>\n<div class=\"counts proof\"><dl>\n"
      "<div><dt>SHA-256 của văn bản</dt><dd><code>");
  page.text(source.sha256).raw("</code></dd></div>\n<div><dt>Chữ ký Ed25519</dt><dd><code>");
  page.text(source.signature).raw("</code></dd></div>\n<div><dt>Khóa công khai</dt><dd><code>");
  page.text(source.key).raw("</code></dd></div>\n</dl></div>\n<p>Để kiểm tra: tải <a href=\"");
  page.text(source.document).raw("\">").text(source.document).raw("</a> và chạy <code>motcua verify ");
  page.text(source.document)
      .raw(
          "</code> (không cần mạng). Không có chương trình này: viết thành phần "
          "<code>document</code> theo RFC 8785 rồi tính SHA-256, kết quả phải đúng như trên; "
          "chữ ký phải đúng với khóa công khai trên dòng <code>motcua ")
      .text(source.head.method.text)
      .raw(" sha256 ")
      .text(source.sha256)
      .raw(
          "</code>. Ai cũng có thể tính lại danh sách từ <a href=\"export\">bản xuất công bố</a> "
          "(từng trang, tiêu đề Link chỉ trang sau) bằng <code>motcua recompute</code>.</p>\n");
}

}  // namespace

std::string late_summary_page(const LateSource& source, const std::vector<core::LateAgency>& sections,
                              const std::vector<SectionFiles>& files) {
  Markup page;
  begin_page(page, "Danh sách hồ sơ trễ hẹn " + month_words(source.head.month), source.head.scope_name,
             "Công bố lúc " + instant_words(source.published_at, source.offset_minutes) + ", danh sách số " +
                 std::to_string(source.head.number));
  page.raw(
      "<nav aria-label=\"Các phần\"><ul><li><a href=\"#co-quan\">Cơ quan</a></li><li><a "
      "href=\"#khong-thuoc\">"
      "Thời gian không thuộc cơ quan</a></li><li><a href=\"#so-lieu\">Toàn bộ số liệu</a></li><li><a "
      "href=\"#cach-tinh\">Cách tính</a></li><li><a href=\"#tep\">Tệp dữ liệu</a></li><li><a "
      "href=\"#chung-thuc\">Chứng thực</a></li></ul></nav>\n");
  put_correction(page, source.head);
  put_figures(page, source.head.total);
  put_agencies(page, source, sections, files);
  put_elsewhere(page, sections);
  page.raw("<h2 id=\"so-lieu\">Toàn bộ số liệu</h2>\n");
  put_all_counts(page, source.head.total);
  put_basis(page, source);
  put_files(page, source);
  put_proof_of(page, source);
  end_page(page, source.head.scope_name + ", mã " + source.head.scope.text);
  return page.take();
}

}  // namespace motcua::print
