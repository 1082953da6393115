// The kept inputs of the fuzzers, tried again with each build: what once broke something, and a small set
// that reaches what was reached.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/fuzz/targets.h"
#include "tests/support/paths.h"

namespace motcua::fuzz {
namespace {

struct Kept {
  const char* name;
  void (*tried)(std::string_view);
};

void PrintTo(const Kept& kept, std::ostream* out) { *out << kept.name; }

class Corpus : public ::testing::TestWithParam<Kept> {};

TEST_P(Corpus, BreaksNothing) {
  const std::filesystem::path folder = std::filesystem::path(in_tree("tests/fuzz/corpus")) / GetParam().name;
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::stringstream bytes;
    bytes << file.rdbuf();
    EXPECT_NO_THROW(GetParam().tried(bytes.str())) << entry.path();
    ++count;
  }
  EXPECT_GT(count, 0) << "no inputs in " << folder;
  EXPECT_NO_THROW(GetParam().tried(""));
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Corpus,
                         ::testing::Values(Kept{"token", fuzz_token}, Kept{"body", fuzz_body},
                                           Kept{"query", fuzz_query}, Kept{"definitions", fuzz_definitions},
                                           Kept{"stored", fuzz_stored}, Kept{"http", fuzz_http},
                                           Kept{"files", fuzz_files}, Kept{"route", fuzz_route}),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace motcua::fuzz
