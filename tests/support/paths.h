#pragma once

#include <string>

namespace motcua {

// Where the tests find the tree and the programs that they run. Only paths.cpp is compiled with these, so
// that all other objects are the same in every clone, and the compiler's cache serves them.
std::string in_tree(const std::string& path = {});  // "config/server.json"; without a path the root
std::string motcua_binary();
std::string cut_binary();    // on a disk that can lose power
std::string wall_library();  // moves the wall clock of a program that loads it

}  // namespace motcua
