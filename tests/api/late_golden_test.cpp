#include <gtest/gtest.h>

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

}  // namespace
}  // namespace motcua::testing
