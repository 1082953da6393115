#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/paths.h"
#include "tests/support/service.h"

// Random quarters, over HTTP: lists, reports and reads say the same, and what tests/api/counted_month.py
// counts of the dossiers as they stood. One that failed is lived again by its seed: MOTCUA_QUARTER=seed.
namespace motcua::testing {
namespace {

using nlohmann::json;

int number_in(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

std::string contents_at(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// One commune ends in mid-August, and another takes its place.
void merge_communes(json& config) {
  const auto file =
      std::filesystem::path(config["database"].get<std::string>()).parent_path() / "agencies.json";
  json all = json::parse(contents_at(config["agencies"].get<std::string>()));
  for (json& agency : all["agencies"]) {
    if (agency["code"] == "H32.103") agency["valid_to"] = "2026-08-15";
    if (agency["code"] == "H32.102") agency["predecessor"].push_back("H32.103");
  }
  std::ofstream(file) << all.dump(1);
  config["agencies"] = file;
}

void live_quarter(int seed, int dossiers) {
  ServiceOptions options;
  options.sandbox = "2026-07-01T00:00:00+07:00";
  options.keys = {{"province", "", true}};
  options.configure = [](json& config) {
    use_copied_procedures(config);
    merge_communes(config);
  };
  RunningService service(options);
  const std::filesystem::path said = service.directory() / "said.txt";
  const std::string line =
      "/usr/bin/python3 '" + in_tree("tests/api/random_quarters.py") + "' " + std::to_string(service.port()) +
      ' ' + token_of("province") + ' ' + std::to_string(seed) + ' ' + std::to_string(dossiers) + " '" +
      service.directory().string() + "' '" + motcua_binary() + "' >'" + said.string() + "' 2>&1";
  const int status = std::system(line.c_str());
  EXPECT_EQ(status, 0) << "MOTCUA_QUARTER=" << seed << '\n' << contents_at(said);
}

// MOTCUA_QUARTERS=20 lives twenty longer ones.
TEST(RandomQuarters, AreCountedAlikeByEverythingThatCounts) {
  const int more = number_in("MOTCUA_QUARTERS", 0);
  const int again = number_in("MOTCUA_QUARTER", 0);
  if (again != 0) return live_quarter(again, 120);
  if (more == 0) return live_quarter(20'260'701, 30);
  for (int seed = 1; seed <= more; ++seed) live_quarter(seed, 120);
}

}  // namespace
}  // namespace motcua::testing
