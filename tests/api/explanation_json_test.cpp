#include "api/explanation_json.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/run/calendar_loader.h"
#include "tests/support/calendars.h"
#include "tests/support/paths.h"

namespace motcua::api {
namespace {

using core::Limit;
using core::LimitUnit;
using test::vn;

constexpr core::CountingRules kRules;

std::string file_text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string calendar_path(std::string_view name) {
  return in_tree("config/calendars/") + std::string(name) + ".json";
}

const core::Calendar& shipped() {
  static const auto calendar = [] {
    std::vector<core::CalendarSpec> chain;
    std::vector<run::LoadFault> faults;
    for (const char* name : {"vn", "vn-khanh-hoa"}) {
      chain.push_back(run::load_calendar(file_text(calendar_path(name)), name, faults).value());
      chain.back().version = std::string("version of ") + name;
    }
    return core::Calendar::compile(chain);
  }();
  return *calendar;
}

std::string written(const core::Explanation& explanation, const ExplanationSource& source = {}) {
  std::string text;
  JsonWriter out(text);
  write_explanation(out, explanation, source);
  return text;
}

core::Explanation explained(const Limit& limit, std::string_view start) {
  return core::explain(limit, vn(start), shipped(), core::DayEnd::office_close, kRules);
}

// What the program in tools/ prints of a document, holding it against the shipped calendars.
std::string verdict(const std::string& document) {
  const auto folder = std::filesystem::temp_directory_path();
  const std::string name = "motcua-explanation-" + std::to_string(::getpid());
  const auto input = folder / (name + ".json");
  const auto output = folder / (name + ".txt");
  std::ofstream(input) << document;
  const std::string command = "python3 " + in_tree("tools/verify_explanation.py") + " " + input.string() +
                              " --calendar " + calendar_path("vn") + ' ' + calendar_path("vn-khanh-hoa") +
                              " >" + output.string() + " 2>&1";
  const int status = std::system(command.c_str());
  const std::string printed = file_text(output.string());
  std::filesystem::remove(input);
  std::filesystem::remove(output);
  return (status == 0 ? "0 " : "1 ") + printed;
}

TEST(ExplanationJson, SaysWhereTheDateCameFrom) {
  core::Rule rule;
  rule.id = core::Code("ACCEPT_8H");
  rule.basis = "45/2020, art. 11.4";
  rule.confirmed = true;
  ExplanationSource source;
  source.rule = &rule;
  source.layer = "L2";
  source.anchor = "submitted";
  source.procedure = "1.001193";
  source.procedure_version = "p1";
  source.rulebook_version = "r1";
  const nlohmann::json document =
      nlohmann::json::parse(written(explained({8, LimitUnit::working_hour}, "2026-08-21 16:00"), source));
  EXPECT_EQ(document["rule"],
            nlohmann::json::parse(
                R"({"id":"ACCEPT_8H","basis":"45/2020, art. 11.4","confirmed":true,"layer":"L2"})"));
  EXPECT_EQ(document["procedure_version"], "p1");
  EXPECT_EQ(document["rulebook_version"], "r1");
  EXPECT_EQ(document["calendar"]["version"], "version of vn+version of vn-khanh-hoa");
  EXPECT_EQ(document["limit"], nlohmann::json::parse(R"({"value":8,"unit":"working_hour"})"));
  EXPECT_EQ(document["start_at"], "2026-08-21T16:00:00+07:00");
  EXPECT_EQ(document["due_at"], "2026-08-22T16:00:00+07:00");
  EXPECT_EQ(document["spans"][3]["name"], "Làm bù cho ngày 31/08/2026");
  EXPECT_FALSE(document["spans"][3]["source"].get<std::string>().empty());
  EXPECT_FALSE(document["spans"][0].contains("name"));
}
TEST(ExplanationJson, LetsTheSectorsLawStandInPlaceOfTheRules) {
  core::Rule rule;
  rule.basis = "118/2025";
  ExplanationSource source;
  source.rule = &rule;
  source.basis = "the sector's";
  source.confirmed = true;
  const nlohmann::json document =
      nlohmann::json::parse(written(explained({1, LimitUnit::hour}, "2026-08-21 16:00"), source));
  EXPECT_EQ(document["rule"]["basis"], "the sector's");
  EXPECT_EQ(document["rule"]["confirmed"], true);
}
TEST(ExplanationJson, OfACappedDateShowsBoth) {
  ExplanationSource source;
  source.capped_by = "settlement";
  source.capped_at = vn("2026-08-12 17:00");
  const Limit three_days{3, LimitUnit::working_day};
  const std::string text = written(explained(three_days, "2026-08-10 09:00"), source);
  const nlohmann::json document = nlohmann::json::parse(text);
  EXPECT_EQ(document["due_at"], "2026-08-12T17:00:00+07:00");
  EXPECT_EQ(document["derived_at"], "2026-08-13T17:00:00+07:00");
  EXPECT_EQ(document["capped_by"]["clock"], "settlement");
  EXPECT_EQ(verdict(text), "0 confirmed\n");
}
TEST(ExplanationJson, WithoutADueDateSaysWhy) {
  const std::string untimed = written(explained({0, LimitUnit::unspecified}, "2026-08-10 09:00"));
  EXPECT_EQ(nlohmann::json::parse(untimed)["due_at"], nullptr);
  EXPECT_EQ(nlohmann::json::parse(untimed)["due_pending"], "untimed");
  EXPECT_EQ(verdict(untimed), "0 confirmed\n");
  EXPECT_EQ(verdict(written(explained({30, LimitUnit::working_day}, "2026-12-23 09:00"))), "0 confirmed\n");
}

TEST(ExplanationJson, OfAHandOverIsConfirmedOnBothSidesOfTheCutOff) {
  const Limit cutoff{1, LimitUnit::by_cutoff};
  const std::string in_time = written(explained(cutoff, "2026-11-23 15:00"));
  EXPECT_EQ(nlohmann::json::parse(in_time)["forward_cutoff"], "15:00");
  EXPECT_EQ(verdict(in_time), "0 confirmed\n");
  const std::string after = written(explained(cutoff, "2026-11-23 15:00:00.001"));
  EXPECT_EQ(nlohmann::json::parse(after)["due_at"], "2026-11-25T08:00:00+07:00");
  EXPECT_EQ(verdict(after), "0 confirmed\n");
  nlohmann::json moved = nlohmann::json::parse(after);
  moved["start_at"] = "2026-11-23T15:00:00+07:00";
  moved["spans"][0]["from"] = moved["start_at"];
  EXPECT_EQ(verdict(moved.dump()).substr(0, 1), "1");
  EXPECT_EQ(verdict(written(explained({0, LimitUnit::hour}, "2026-11-24 09:00"))), "0 confirmed\n");
}

// The independent program finds the same dates, for every unit, from the explanations and the files alone.
TEST(ExplanationJson, IsConfirmedByTheIndependentProgram) {
  const int rounds = std::getenv("MOTCUA_TEST_SHORT") ? 30 : 400;
  std::mt19937_64 random(20);
  std::string all = "[";
  for (int i = 0; i < rounds; ++i) {
    const auto unit = static_cast<LimitUnit>(random() % 8);
    const bool valued = unit != LimitUnit::immediate && unit != LimitUnit::unspecified;
    const Limit limit{valued ? static_cast<std::int64_t>(random() % 40) + 1 : 0, unit,
                      static_cast<core::DayCounting>(random() % 2)};
    const core::Instant start = test::random_instant(random, 2020 + i % 8);
    const auto day_end = static_cast<core::DayEnd>(random() % 2);
    all += written(core::explain(limit, start, shipped(), day_end, kRules)) + ',';
    const core::Instant to = start + core::ClockTime{static_cast<std::int64_t>(random() % 2'000'000'000)};
    if (const auto elapsed = core::explain_elapsed(start, to, shipped())) {
      JsonWriter out(all);
      write_explanation(out, *elapsed);
      all += ',';
    }
  }
  all.back() = ']';
  EXPECT_TRUE(verdict(all).starts_with("0 confirmed: ")) << verdict(all);
}

}  // namespace
}  // namespace motcua::api
