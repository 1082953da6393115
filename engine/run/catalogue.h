#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/run/catalogue_loader.h"
#include "engine/store/definition.h"

namespace motcua::run {

// How often something happened, in how many procedures, and in which first.
struct CatalogueReason {
  std::size_t count = 0;
  std::size_t procedures = 0;
  std::vector<std::string> first_codes;  // at most kCodesShown; "line 7" where the code is not readable
};
inline constexpr std::size_t kCodesShown = 5;

struct CatalogueImport {
  std::vector<store::DefinitionText> texts;  // in the order of the lines
  std::size_t total = 0;                     // lines that are not empty
  std::map<CatalogueNote, CatalogueReason> reasons;
};

// A catalogue of one JSON object a line (code, name, decision, level, domain, limits, results) as procedures.
// No line stops it: what cannot be used is counted by reason. `is_applied` tells of a code whether the
// province has a procedure of its own, which a catalogue must not replace.
CatalogueImport import_catalogue(std::string_view lines,
                                 const std::function<bool(const std::string& code)>& is_applied);

// The report that the command line prints: totals, then a line for each reason.
std::string to_text(const CatalogueImport& import);

}  // namespace motcua::run
