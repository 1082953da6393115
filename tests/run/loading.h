#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/run/load_fault.h"

// Helpers of the tests that load definitions.
namespace motcua::test {

inline std::string text_of(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::string shipped(const std::string& path) {
  return text_of(std::string(MOTCUA_SOURCE_DIR) + "/" + path);
}

inline void expect_none(const std::vector<run::LoadFault>& faults) {
  for (const run::LoadFault& fault : faults) {
    ADD_FAILURE() << fault.file << " " << fault.pointer << ": " << fault.detail;
  }
}

inline std::vector<std::string> pointers_of(const std::vector<run::LoadFault>& faults) {
  std::vector<std::string> pointers;
  for (const run::LoadFault& fault : faults) {
    EXPECT_TRUE(fault.detail.starts_with("Expected ")) << fault.detail;
    pointers.push_back(fault.pointer);
  }
  std::sort(pointers.begin(), pointers.end());
  return pointers;
}

// One change of a document that is right, and where the fault of it must be reported.
struct Change {
  std::string at;     // JSON pointer
  std::string value;  // JSON; empty removes the member
  std::vector<std::string> faults;
};

inline std::string with(const std::string& document, const Change& change) {
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

// `load` takes (text, file, faults) and answers an optional.
template <class Load>
void expect_faults(const std::string& document, const std::vector<Change>& changes, Load load) {
  for (const Change& change : changes) {
    SCOPED_TRACE(change.at + " = " + change.value);
    std::vector<run::LoadFault> faults;
    const auto loaded = load(with(document, change), "a.json", faults);
    EXPECT_EQ(loaded.has_value(), change.faults.empty());
    std::vector<std::string> expected = change.faults;
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(pointers_of(faults), expected);
    for (const run::LoadFault& fault : faults) EXPECT_EQ(fault.file, "a.json");
  }
}

}  // namespace motcua::test
