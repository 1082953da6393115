#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/print/late_source.h"

namespace motcua::print {

// list.xlsx: a sheet of counts for the whole, agencies and units; a sheet for each agency with late dossiers;
// the persons, the delays that are another agency's, and the proof. Numbers are numbers, instants are dates
// in the local time of the list, working times are durations, and no text is ever a formula.
//
// Rows go to files without a name as they come, one for each sheet, so memory does not grow with the rows but
// open files do with the agencies. What the library cannot write is a std::runtime_error.
class LateWorkbook {
 public:
  // The source must outlive the workbook.
  explicit LateWorkbook(const LateSource& source);
  LateWorkbook(const LateWorkbook&) = delete;
  LateWorkbook& operator=(const LateWorkbook&) = delete;
  ~LateWorkbook();

  // Sections in the order of the document.
  void add(const core::LateAgency& section, const LateNames& names);
  // The last call: the bytes. `sections` are all that were added; their rows may be gone.
  std::string finish(const std::vector<core::LateAgency>& sections);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace motcua::print
