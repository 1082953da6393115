#include "tests/support/paths.h"

namespace motcua {

std::string in_tree(const std::string& path) {
  const std::string root = MOTCUA_SOURCE_DIR;
  return path.empty() ? root : root + "/" + path;
}

std::string motcua_binary() { return MOTCUA_BINARY; }

std::string cut_binary() { return MOTCUA_CUT_BINARY; }

std::string wall_library() { return MOTCUA_WALL_LIBRARY; }

}  // namespace motcua
