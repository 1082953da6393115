#include "api/definition_difference.h"

#include <map>
#include <sstream>

namespace motcua::api {
namespace {

constexpr int kLinesShown = 5;

std::string label(const store::DefinitionText& text) {
  return std::string(core::word_of(text.kind)) + " " + text.key;
}

// The lines that stand at one place in both texts and differ.
std::string lines_that_differ(const std::string& before, const std::string& after) {
  std::istringstream old_text(before);
  std::istringstream new_text(after);
  std::string old_line;
  std::string new_line;
  std::string shown;
  int count = 0;
  for (int line = 1; count < kLinesShown; ++line) {
    const bool has_old = static_cast<bool>(std::getline(old_text, old_line));
    const bool has_new = static_cast<bool>(std::getline(new_text, new_line));
    if (!has_old && !has_new) break;
    if (has_old && has_new && old_line == new_line) continue;
    if (has_old) shown += "  " + std::to_string(line) + " - " + old_line + "\n";
    if (has_new) shown += "  " + std::to_string(line) + " + " + new_line + "\n";
    ++count;
  }
  return shown;
}

}  // namespace

std::string definition_difference(std::span<const store::DefinitionText> applied,
                                  std::span<const store::DefinitionText> files) {
  std::map<std::pair<int, std::string>, const store::DefinitionText*> newest;
  for (const store::DefinitionText& text : applied) newest[{static_cast<int>(text.kind), text.key}] = &text;
  std::string difference;
  for (const store::DefinitionText& file : files) {
    const auto known = newest.find({static_cast<int>(file.kind), file.key});
    if (known == newest.end()) {
      difference += label(file) + ": not applied yet\n";
    } else if (known->second->sha256 != file.sha256) {
      difference += label(file) + ": applied " + known->second->version + ", the file is " + file.version +
                    "\n" + lines_that_differ(known->second->text, file.text);
    }
  }
  return difference;
}

}  // namespace motcua::api
