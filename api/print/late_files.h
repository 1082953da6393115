#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/print/late_source.h"

namespace motcua::print {

// At most so many rows stand in one page and one paper.
inline constexpr std::size_t kRowsOfPart = 5000;

// Makes the public formats of a list: the tables (late_csv.h), list.xlsx, index.html, and a page and a paper
// for each agency. Each section is read once, in order; a file is handed over as soon as it is done, and all
// links between them are by name, so they are to lie in one folder with `source.document`. The same source
// gives the same bytes; papers also depend on the fonts of the machine.
//
// What the section, the keeper or a library throws comes out, and then what was kept is not whole.
void render_late_files(const LateSource& source,
                       const std::function<void(const std::string& name, std::string_view content_type,
                                                std::string bytes)>& keep);

}  // namespace motcua::print
