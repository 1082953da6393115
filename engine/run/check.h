#pragma once

#include <memory>
#include <vector>

#include "engine/run/definitions.h"
#include "engine/run/load_fault.h"

namespace motcua::run {

// What several definitions have wrong together: an agency on an unknown calendar, a procedure for which no
// agency is competent or that begins before the first layer of the rulebook. The file of a fault is
// name_of(its text).
std::vector<LoadFault> cross_check(const Definitions& definitions);

struct CheckedDefinitions {
  std::vector<store::DefinitionText> texts;
  std::shared_ptr<const Definitions> definitions;  // null when a file alone is wrong
  std::vector<LoadFault> faults;                   // everything at once, by path of the file
};

// Reads, compiles and cross-checks the files of definitions; changes nothing.
CheckedDefinitions check_files(const DefinitionPaths& paths);

}  // namespace motcua::run
