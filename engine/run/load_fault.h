#pragma once

#include <string>

namespace motcua::run {

// One thing that is wrong in a file of definitions. A loader reports all that it finds, not the first.
struct LoadFault {
  std::string file;
  std::string pointer;  // JSON pointer (RFC 6901) to the member; empty for the whole document
  std::string detail;   // "Expected X, but Y"
  bool operator==(const LoadFault&) const = default;
};

}  // namespace motcua::run
