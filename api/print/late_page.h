#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/print/late_source.h"
#include "api/print/markup.h"

// The public pages of the monthly list: each stands alone, with its style in it and nothing from elsewhere,
// and may be printed. Links lead to files of the same folder.
namespace motcua::print {

// The files of one section. What has many rows has several pages, and as many papers.
struct SectionFiles {
  std::vector<std::string> pages;   // "H32.19.html", "H32.19-2.html"
  std::vector<std::string> papers;  // "H32.19.pdf"
};
// Names of files for agencies: what a path cannot carry is spelled "~2f", and no two are the same.
class LateFileNames {
 public:
  explicit LateFileNames(const std::vector<core::Code>& sections);
  SectionFiles of(std::size_t section, std::size_t parts) const;

 private:
  std::vector<std::string> stems_;
};

// index.html. `sections` may be without their rows; `files` go with them.
std::string late_summary_page(const LateSource& source, const std::vector<core::LateAgency>& sections,
                              const std::vector<SectionFiles>& files);

// A run of a section's rows.
struct LatePart {
  std::size_t index = 0;  // of `count`
  std::size_t count = 1;
  std::span<const core::LateRow> rows;
};
std::string late_agency_page(const LateSource& source, const core::LateAgency& section,
                             const LateNames& names, const SectionFiles& files, const LatePart& part);

// What pages share.
void begin_page(Markup& page, std::string_view title, std::string_view above, std::string_view below);
void end_page(Markup& page, std::string_view foot);
// A table that may be wider than the page. `columns` are heads; one that begins with '#' is of numbers.
void begin_table(Markup& page, std::string_view caption, std::span<const std::string_view> columns);
void end_table(Markup& page);
// Every count, in groups.
void put_all_counts(Markup& page, const core::LateCounts& counts);
// "Phần này đính chính …", for a list that corrects another.
void put_correction(Markup& page, const core::LateHead& head);

}  // namespace motcua::print
