#include "api/print/late_files.h"

#include <algorithm>

#include "api/print/late_csv.h"
#include "api/print/late_page.h"
#include "api/print/late_paper.h"
#include "api/print/late_workbook.h"

namespace motcua::print {
namespace {

constexpr std::string_view kHtmlType = "text/html; charset=utf-8";
constexpr std::string_view kCsvType = "text/csv; charset=utf-8; header=present";
constexpr std::string_view kPdfType = "application/pdf";
constexpr std::string_view kWorkbookType =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

}  // namespace

void render_late_files(const LateSource& source,
                       const std::function<void(const std::string& name, std::string_view content_type,
                                                std::string bytes)>& keep) {
  LateTables tables(source.head, source.offset_minutes);
  LateWorkbook book(source);
  LateNames names(source.head);
  const LateFileNames file_names(source.sections);
  std::vector<core::LateAgency> sections;
  std::vector<SectionFiles> files;
  for (std::size_t i = 0; i < source.sections.size(); ++i) {
    core::LateAgency section = source.section(i);
    names.enter(section);
    tables.add(section, names);
    book.add(section, names);
    const std::size_t parts = std::max<std::size_t>(1, (section.late.size() + kRowsOfPart - 1) / kRowsOfPart);
    files.push_back(file_names.of(i, parts));
    for (std::size_t at = 0; at < parts; ++at) {
      const std::span<const core::LateRow> rows(section.late);
      const std::size_t from = at * kRowsOfPart;
      const LatePart part{at, parts, rows.subspan(from, std::min(kRowsOfPart, rows.size() - from))};
      keep(files[i].pages[at], kHtmlType, late_agency_page(source, section, names, files[i], part));
      keep(files[i].papers[at], kPdfType, late_paper(source, section, names, part));
    }
    section.late = {};  // only the counts are wanted from here on
    sections.push_back(std::move(section));
  }
  tables.finish([&](const std::string& name, std::string bytes) { keep(name, kCsvType, std::move(bytes)); });
  keep("list.xlsx", kWorkbookType, book.finish(sections));
  keep("index.html", kHtmlType, late_summary_page(source, sections, files));
}

}  // namespace motcua::print
