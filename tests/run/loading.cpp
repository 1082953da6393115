#include "tests/run/loading.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/paths.h"

namespace motcua::test {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string shipped(const std::string& path) { return text_of(in_tree(path)); }

void expect_none(const std::vector<run::LoadFault>& faults) {
  for (const run::LoadFault& fault : faults) {
    ADD_FAILURE() << fault.file << " " << fault.pointer << ": " << fault.detail;
  }
}

std::vector<std::string> pointers_of(const std::vector<run::LoadFault>& faults) {
  std::vector<std::string> pointers;
  for (const run::LoadFault& fault : faults) {
    EXPECT_TRUE(fault.detail.starts_with("Expected ")) << fault.detail;
    pointers.push_back(fault.pointer);
  }
  std::sort(pointers.begin(), pointers.end());
  return pointers;
}

std::string with(const std::string& document, const Change& change) {
  nlohmann::json made = nlohmann::json::parse(document);
  const nlohmann::json::json_pointer at(change.at);
  if (change.value.empty()) {
    nlohmann::json& parent = made[at.parent_pointer()];
    if (parent.is_array()) {
      parent.erase(std::stoul(at.back()));
    } else {
      parent.erase(at.back());
    }
  } else {
    made[at] = nlohmann::json::parse(change.value);
  }
  return made.dump();
}

}  // namespace motcua::test
