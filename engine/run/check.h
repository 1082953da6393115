#pragma once

#include <memory>
#include <vector>

#include "engine/run/definitions.h"
#include "engine/run/load_fault.h"

namespace motcua::run {

struct CheckedDefinitions {
  std::vector<store::DefinitionText> texts;
  std::shared_ptr<const Definitions> definitions;  // null when a file alone is wrong
  std::vector<LoadFault> faults;                   // everything at once, by path of the file
};

// Reads, compiles and cross-checks the files of definitions; changes nothing.
CheckedDefinitions check_files(const DefinitionPaths& paths);

}  // namespace motcua::run
