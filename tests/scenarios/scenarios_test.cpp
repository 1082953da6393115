#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/scenarios/language.h"
#include "tests/support/paths.h"

namespace motcua::test {
namespace {

const std::filesystem::path kFolder = in_tree("tests/scenarios");

std::vector<std::string> scenario_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".txt") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool is_heading(const std::string& line) {
  return line.starts_with("rule ") || line.starts_with("title ") || line.starts_with("basis ");
}

class Scenario : public ::testing::TestWithParam<std::string> {};

TEST_P(Scenario, HoldsOverHttp) {
  const std::filesystem::path path = kFolder / (GetParam() + ".txt");
  std::ifstream in(path);
  Stage stage;
  int number = 0;
  int claimed = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    line.erase(0, line.find_first_not_of(' '));
    if (line.empty() || line.front() == '#' || is_heading(line)) continue;
    claimed += test::claims(line) ? 1 : 0;
    try {
      play(stage, line);
    } catch (const std::exception& fault) {
      ADD_FAILURE_AT(path.c_str(), number) << line << "\n  but " << fault.what();
    }
  }
  EXPECT_GT(claimed, 0) << "the scenario claims nothing";
}

INSTANTIATE_TEST_SUITE_P(Rules, Scenario, ::testing::ValuesIn(scenario_names()),
                         [](const auto& instance) { return instance.param; });

}  // namespace
}  // namespace motcua::test
