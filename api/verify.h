#pragma once

#include <string>

namespace motcua::api {

// `motcua verify FILE`: whether a published list is what was signed. Prints what it is, or what is wrong; 0
// or 1. An empty key takes the file's own, which proves only that nothing was changed after that key signed.
int verify_list(const std::string& file, const std::string& key);

// `motcua recompute EXPORT`: counts a list again and prints its document, or holds it against a published
// file.
int recompute_list(const std::string& export_file, const std::string& published_file);

}  // namespace motcua::api
