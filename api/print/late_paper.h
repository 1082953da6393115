#pragma once

#include <string>

#include "api/print/late_page.h"
#include "api/print/late_source.h"

namespace motcua::print {

// The same part of a section as a page has, as a PDF of A4 sheets that lie.
std::string late_paper(const LateSource& source, const core::LateAgency& section, const LateNames& names,
                       const LatePart& part);

}  // namespace motcua::print
