#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "api/print/late_source.h"
#include "engine/core/late_list.h"

namespace motcua::testing {

struct LateShape {
  std::uint64_t seed = 1;
  std::size_t agencies = 6;
  std::size_t rows = 40;  // of each agency, the first of which has none
  core::Individuals individuals = core::Individuals::position;
  bool masked = false;
  bool corrects = false;
};

// A list as the builder makes them: ordered, with names that every format has to spell with care. The counts
// need not agree with the rows: formats print them, and count nothing.
core::LateList random_late_list(const LateShape& shape);

// As the publisher hands it over. The list must outlive it.
print::LateSource source_of(const core::LateList& list);

struct LateFile {
  std::string content_type;
  std::string bytes;
};
std::map<std::string, LateFile> rendered(const print::LateSource& source);

// The envelope of the published document.
std::string envelope_of(const core::LateList& list, const print::LateSource& source);

}  // namespace motcua::testing
