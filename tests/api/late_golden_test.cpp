#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/support/publication.h"

namespace motcua::testing {
namespace {

const std::filesystem::path kGolden = in_tree("tests/api/golden");

std::string bytes_of_file(const std::filesystem::path& file) {
  std::stringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

// What a method counted once it counts for ever: lists that were published by it must be found again. A
// method that is to count otherwise gets a new word, and a golden document of its own.
TEST(LateListMethod, CountsAsItAlwaysDid) {
  for (const char* method : {"late-list-1", "late-list-2"}) {
    const std::string name(method);
    const Ended counted = run_motcua({"recompute", kGolden / (name + ".export.jsonl")}, kGolden);
    EXPECT_EQ(counted.status, 0) << counted.error;
    EXPECT_EQ(counted.out, bytes_of_file(kGolden / (name + ".document.json"))) << name;
    EXPECT_GT(counted.out.size(), 1'000u);
  }
}

// The newer method is another one: the same history gives other days and another apology.
TEST(LateListMethod, OfOldSaysOfTheSameHistoryWhatItSaid) {
  std::string exported = bytes_of_file(kGolden / "late-list-2.export.jsonl");
  const std::string newer = "late-list/2";
  exported.replace(exported.find(newer), newer.size(), "late-list/1");
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("motcua-method-" + std::to_string(::getpid()));
  std::ofstream(file, std::ios::binary) << exported;
  const Ended counted = run_motcua({"recompute", file}, kGolden);
  EXPECT_EQ(counted.status, 0) << counted.error;
  const std::string now = bytes_of_file(kGolden / "late-list-2.document.json");
  for (const char* said : {R"("delay_days":15)", R"("apologies_missing":2)"}) {
    EXPECT_NE(counted.out.find(said), std::string::npos) << said;
    EXPECT_EQ(now.find(said), std::string::npos) << said;
  }
  exported.replace(exported.find("late-list/1"), newer.size(), "late-list/9");
  std::ofstream(file, std::ios::binary) << exported;
  const Ended unknown = run_motcua({"recompute", file}, kGolden);
  std::filesystem::remove(file);
  EXPECT_EQ(unknown.status, 1);
  EXPECT_NE(unknown.error.find("late-list/9"), std::string::npos) << unknown.error;
}

// Exports are read by anybody, from wherever: one that is made to exhaust the stack is refused.
TEST(LateListMethod, RefusesAnExportThatIsNestedTooDeep) {
  constexpr std::size_t kLevels = 200'000;
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("motcua-nested-" + std::to_string(::getpid()));
  std::ofstream(file) << R"({"format":"motcua-publication-export/1","head":)" << std::string(kLevels, '[')
                      << std::string(kLevels, ']') << '}';
  const Ended counted = run_motcua({"recompute", file}, kGolden);
  std::filesystem::remove(file);
  EXPECT_NE(counted.status, 0);
  EXPECT_NE(counted.error.find("nested too deep"), std::string::npos) << counted.error;
}

}  // namespace
}  // namespace motcua::testing
