#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "tests/support/publication.h"

namespace motcua::testing {
namespace {

const std::filesystem::path kGolden = MOTCUA_SOURCE_DIR "/tests/api/golden";

std::string bytes_of_file(const std::filesystem::path& file) {
  std::stringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

// What a method counted once it counts for ever: lists that were published by it must be found again. A
// method that is to count otherwise gets a new word, and a golden document of its own.
TEST(LateListMethod, CountsAsItAlwaysDid) {
  const Ended counted = run_motcua({"recompute", kGolden / "late-list-1.export.jsonl"}, kGolden);
  EXPECT_EQ(counted.status, 0) << counted.error;
  EXPECT_EQ(counted.out, bytes_of_file(kGolden / "late-list-1.document.json"));
  EXPECT_GT(counted.out.size(), 1'000u);
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
