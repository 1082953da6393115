#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "engine/run/definitions.h"
#include "engine/run/load_fault.h"
#include "tests/support/paths.h"

// Helpers of the tests that load definitions.
namespace motcua::test {

// The definitions that are shipped.
inline const run::DefinitionPaths kShippedPaths{in_tree("config/calendars"),
                                                in_tree("config/rulebook.json"),
                                                in_tree("config/agencies.json"),
                                                in_tree("config/ladders.json"),
                                                in_tree("workflows"),
                                                in_tree("config/messages.json"),
                                                in_tree("config/slips")};

std::string text_of(const std::string& path);

std::string shipped(const std::string& path);

void expect_none(const std::vector<run::LoadFault>& faults);

std::vector<std::string> pointers_of(const std::vector<run::LoadFault>& faults);

// One change of a document that is right, and where the fault of it must be reported.
struct Change {
  std::string at;     // JSON pointer
  std::string value;  // JSON; empty removes the member
  std::vector<std::string> faults;
};

std::string with(const std::string& document, const Change& change);

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
