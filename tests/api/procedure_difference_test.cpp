#include "api/procedure_difference.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/paths.h"
#include "tests/support/service.h"

namespace motcua::api {
namespace {

// The lines without the column's filling.
std::string difference(std::string_view left, std::string_view right) {
  const auto text = procedure_difference(left, right);
  if (!text) return "no JSON";
  std::string squeezed;
  for (const char c : *text) {
    if (c != ' ' || squeezed.empty() || squeezed.back() != ' ') squeezed += c;
  }
  return squeezed;
}

TEST(ProcedureDifference, IsEmptyForTheSameSaidInAnotherOrderOfMembers) {
  EXPECT_EQ(difference(R"({"a": 1, "b": [1, 2]})", R"({"b": [1, 2], "a": 1})"), "");
  EXPECT_EQ(difference("{", "{}"), "no JSON");
}

TEST(ProcedureDifference, NamesEachMemberThatDiffersWithBothValues) {
  EXPECT_EQ(difference(R"({"name": "Cấp", "x": {"y": 1, "z": 2}, "old": true})",
                       R"({"name": "Đổi", "x": {"y": 1, "z": 3}, "new": [1]})"),
            "name\n Cấp | Đổi\nold\n true | –\nx / z\n 2 | 3\nnew\n – | [1]\n");
}

TEST(ProcedureDifference, ComparesStepsByTheirKeysWhereverTheyStand) {
  EXPECT_EQ(difference(R"({"steps": [{"key": "a", "role": "x"}, {"key": "b"}, {"key": "c"}]})",
                       R"({"steps": [{"key": "d"}, {"key": "b"}, {"key": "a", "role": "y"}]})"),
            "steps / a / role\n x | y\nsteps / c\n {\"key\":\"c\"} | –\nsteps / d\n – | {\"key\":\"d\"}\n"
            "steps (order)\n a, b | b, a\n");
}

TEST(ProcedureDifference, ComparesLimitsByChannelAndVariant) {
  EXPECT_EQ(
      difference(R"({"limits": [{"channel": "post", "n": 1}, {"channel": "post", "variant": "v", "n": 2}]})",
                 R"({"limits": [{"channel": "post", "variant": "v", "n": 3}, {"channel": "post", "n": 1}]})"),
      "limits / post v / n\n 2 | 3\nlimits (order)\n post default, post v | post v, post default\n");
}

TEST(ProcedureDifference, BreaksWhatIsWiderThanAColumn) {
  const std::string text(50, 'x');
  const auto said = procedure_difference("{\"n\": \"" + text + "\"}", R"({"n": "đ"})");
  EXPECT_EQ(*said,
            "n\n    " + std::string(44, 'x') + " | đ" + "\n    xxxxxx" + std::string(38, ' ') + " |\n");
}

TEST(Command, DrawsAndComparesProcedures) {
  const std::filesystem::path folder = in_tree("workflows");
  const auto run = [&](std::string_view command, std::initializer_list<const char*> files) {
    std::vector<std::string> arguments{std::string(command)};
    for (const char* file : files) arguments.push_back((folder / file).string());
    return testing::run_motcua(arguments, std::filesystem::temp_directory_path());
  };
  const testing::Ended drawn = run("draw", {"1.000894.json"});
  EXPECT_EQ(drawn.status, 0) << drawn.error;
  EXPECT_TRUE(drawn.out.starts_with("<svg "));
  const testing::Ended same = run("diff", {"1.000894.json", "1.000894.json"});
  EXPECT_EQ(same.status, 0) << same.error;
  EXPECT_EQ(same.out, "they say the same\n");
  const testing::Ended other = run("diff", {"1.000894.json", "1.001193.json"});
  EXPECT_EQ(other.status, 0) << other.error;
  EXPECT_NE(other.out.find("1.000894"), std::string::npos);
  EXPECT_NE(run("draw", {"nothing.json"}).status, 0);
  EXPECT_NE(run("draw", {"schema.json"}).status, 0);
}

}  // namespace
}  // namespace motcua::api
