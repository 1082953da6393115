#include "engine/run/catalogue.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "engine/run/definitions.h"
#include "engine/run/procedure_loader.h"
#include "tests/run/loading.h"

namespace motcua::run {
namespace {

using core::Channel;
using core::Code;
using core::Limit;
using core::LimitUnit;
using nlohmann::json;
using Note = CatalogueNote;

json line(const std::vector<json>& limits) {
  return {{"code", "1.000001"},       {"name", "Thủ tục thử"}, {"decision", "1/QĐ"},  {"level", "Cấp xã"},
          {"domain", "Hộ tịch"},      {"publisher", "x"},      {"handling", nullptr}, {"limits", limits},
          {"results", json::array()}, {"listed_papers", 3}};
}

json limit(const char* channel, const json& value, const json& unit) {
  return {{"channel", channel}, {"value", value}, {"unit", unit}};
}

core::Procedure loaded(const CatalogueLine& made) {
  std::vector<LoadFault> faults;
  auto procedure = load_procedure(made.text, "a.json", faults);
  test::expect_none(faults);
  return procedure.value_or(core::Procedure{});
}

CatalogueLine convert(const json& published) { return convert_catalogue_line(published.dump()); }

using Notes = std::vector<Note>;

TEST(Catalogue, MakesAPlainProcedureOfThreeSteps) {
  json published =
      line({limit("online", 5, "working_day"), limit("direct", 2, "month"), limit("post", 9, "hour")});
  published["limits"][0]["fee_vnd"] = 20000;
  published["results"] = {{{"code", "KQ.G15.000031"}, {"name", "Giấy"}}};
  const CatalogueLine made = convert(published);
  EXPECT_EQ(made.notes, Notes{});
  const core::Procedure procedure = loaded(made);
  EXPECT_EQ(procedure.name, "Thủ tục thử");
  EXPECT_EQ(procedure.domain, "Hộ tịch");
  EXPECT_EQ(procedure.levels, std::vector{core::AgencyLevel::commune});
  EXPECT_EQ(procedure.competent_level, core::AgencyLevel::commune);
  EXPECT_EQ(core::format_date(procedure.valid_from), "2020-01-01");
  EXPECT_EQ(procedure.variants, std::vector{Code("default")});
  EXPECT_EQ(procedure.term(Channel::online, Code("default"))->statutory, (Limit{5, LimitUnit::working_day}));
  EXPECT_EQ(procedure.term(Channel::online, Code("default"))->fee_vnd, 20000);
  EXPECT_EQ(procedure.term(Channel::direct, Code("default"))->statutory, (Limit{2, LimitUnit::month}));
  EXPECT_EQ(procedure.term(Channel::direct, Code("default"))->fee_vnd, std::nullopt);
  EXPECT_EQ(procedure.term(Channel::post, Code("default"))->statutory, (Limit{9, LimitUnit::hour}));
  ASSERT_EQ(procedure.steps.size(), 3u);
  EXPECT_EQ(procedure.steps[0].kind, core::StepKind::handle);
  EXPECT_FALSE(procedure.steps[0].at_receiving);
  EXPECT_EQ(procedure.steps[1].kind, core::StepKind::sign);
  EXPECT_TRUE(procedure.steps[2].at_receiving);
  for (const core::StepDefinition& step : procedure.steps) EXPECT_FALSE(step.budget);
  EXPECT_EQ(procedure.results[0].code, Code("KQ.G15.000031"));
}

TEST(Catalogue, GuessesNoLimit) {
  const auto expect_untimed = [](const json& entry, Note why) {
    const CatalogueLine made = convert(line({entry}));
    EXPECT_EQ(made.notes, Notes{why}) << entry.dump();
    EXPECT_EQ(loaded(made).terms[0].statutory, Limit{}) << entry.dump();
  };
  expect_untimed(limit("direct", 120, nullptr), Note::no_unit);
  expect_untimed({{"channel", "direct"}, {"value", 5}}, Note::no_unit);
  expect_untimed({{"channel", "direct"}}, Note::no_number);
  expect_untimed(limit("direct", "five", "working_day"), Note::no_number);
  expect_untimed(limit("direct", 0, "working_day"), Note::unusable_value);
  expect_untimed(limit("direct", -3, "month"), Note::unusable_value);
  expect_untimed(limit("direct", 1.5, "month"), Note::unusable_value);
  expect_untimed(limit("direct", 1.3, "working_day"), Note::unusable_value);
  expect_untimed(limit("direct", 100001, "hour"), Note::unusable_value);
  expect_untimed(limit("direct", 5, "fortnight"), Note::unknown_unit);
}

TEST(Catalogue, TakesAFractionOfWorkingDaysAsWorkingHours) {
  const CatalogueLine made = convert(line({limit("direct", 1.5, "working_day")}));
  EXPECT_EQ(made.notes, Notes{Note::fractional});
  EXPECT_EQ(loaded(made).terms[0].statutory, (Limit{12, LimitUnit::working_hour}));
  EXPECT_EQ(convert(line({limit("direct", 2.0, "working_day")})).notes, Notes{});
}

TEST(Catalogue, TakesNeitherTheLongestNorTheShortestOfSeveralLimits) {
  const CatalogueLine made =
      convert(line({limit("direct", 2, "working_day"), limit("direct", 9, "working_day"),
                    limit("online", 3, "working_day")}));
  EXPECT_EQ(made.notes, Notes{Note::duplicate_channel});
  const core::Procedure procedure = loaded(made);
  EXPECT_EQ(procedure.variants, (std::vector{Code("default"), Code("v1"), Code("v2")}));
  EXPECT_EQ(procedure.term(Channel::direct, Code("default"))->statutory, Limit{});
  EXPECT_EQ(procedure.term(Channel::direct, Code("v1"))->statutory.value, 2);
  EXPECT_EQ(procedure.term(Channel::direct, Code("v2"))->statutory.value, 9);
  EXPECT_EQ(procedure.term(Channel::online, Code("default"))->statutory.value, 3);
  EXPECT_EQ(procedure.term(Channel::online, Code("v1")), nullptr);
}

TEST(Catalogue, TakesARepeatedLimitOnceAndStatesNoFeeThatDiffers) {
  json published = line({limit("direct", 2, "working_day"), limit("direct", 2, "working_day")});
  EXPECT_EQ(convert(published).notes, Notes{Note::repeated_limit});
  EXPECT_EQ(loaded(convert(published)).terms.size(), 1u);
  published["limits"][1]["fee_vnd"] = 5;
  EXPECT_EQ(convert(published).notes, (Notes{Note::repeated_limit, Note::fee_differs}));
  EXPECT_EQ(loaded(convert(published)).terms[0].fee_vnd, std::nullopt);
  published["limits"][0]["fee_vnd"] = 5;
  EXPECT_EQ(loaded(convert(published)).terms[0].fee_vnd, 5);
  published["limits"][0]["fee_vnd"] = -5;
  EXPECT_EQ(convert(published).notes, (Notes{Note::unusable_fee, Note::repeated_limit, Note::fee_differs}));
}

TEST(Catalogue, OffersTheCounterWhenNoChannelIsPublished) {
  EXPECT_EQ(convert(line({})).notes, Notes{Note::no_limits});
  const CatalogueLine made = convert(line({limit("fax", 1, "hour")}));
  EXPECT_EQ(made.notes, (Notes{Note::unknown_channel, Note::no_limits}));
  EXPECT_EQ(loaded(made).terms[0].statutory, Limit{});
  EXPECT_TRUE(loaded(made).offers(Channel::direct));
}

TEST(Catalogue, MapsEveryLevel) {
  json published = line({limit("direct", 1, "hour")});
  published["level"] = "Cấp bộ, Cấp tỉnh, Cấp xã, Cơ quan khác";
  EXPECT_EQ(convert(published).notes, Notes{Note::several_levels});
  using core::AgencyLevel;
  EXPECT_EQ(loaded(convert(published)).levels, (std::vector{AgencyLevel::ministry, AgencyLevel::province,
                                                            AgencyLevel::commune, AgencyLevel::other}));
  EXPECT_FALSE(loaded(convert(published)).competent_level);
  published["level"] = "Cấp vũ trụ";
  EXPECT_EQ(convert(published).notes, Notes{Note::unknown_level});
  EXPECT_EQ(loaded(convert(published)).levels, std::vector{AgencyLevel::other});
}

TEST(Catalogue, LeavesOutResultsWithoutAName) {
  json published = line({limit("direct", 1, "hour")});
  published["results"] = {{{"code", "KQ.G01.000279"}, {"name", ""}},
                          {{"code", "KQ.G01.000280"}, {"name", "Giấy"}}};
  EXPECT_EQ(convert(published).notes, Notes{Note::unusable_result});
  EXPECT_EQ(loaded(convert(published)).results.size(), 1u);
}

TEST(Catalogue, GivesEqualLinesEqualTexts) {
  const std::string text = line({limit("direct", 1, "hour")}).dump();
  const std::string spaced = line({limit("direct", 1, "hour")}).dump(2);
  EXPECT_EQ(convert_catalogue_line(text).text, convert_catalogue_line(spaced).text);
  EXPECT_EQ(json::parse(convert_catalogue_line(text).text).dump(), convert_catalogue_line(text).text);
}

TEST(Catalogue, CountsWhatItCannotUseAndGoesOn) {
  json other = line({limit("direct", 1, nullptr)});
  other["code"] = "1.000002";
  json own = other;
  own["code"] = "1.000003";
  json nameless = other;
  nameless["code"] = "1.000004";
  nameless["name"] = "";
  const std::string good = line({limit("direct", 1, "hour")}).dump();
  const std::string lines = good + "\r\n\n" + other.dump() + "\n{\"code\": 7\n[]\n" + good + "\n" +
                            own.dump() + "\n" + nameless.dump();
  const CatalogueImport import =
      import_catalogue(lines, [](const std::string& code) { return code == "1.000003"; });
  EXPECT_EQ(import.total, 7u);
  ASSERT_EQ(import.texts.size(), 2u);
  EXPECT_EQ(import.texts[0].key, "1.000001");
  EXPECT_EQ(import.texts[1].key, "1.000002");
  EXPECT_EQ(import.reasons.at(Note::unreadable).first_codes, (std::vector<std::string>{"line 4", "line 5"}));
  EXPECT_EQ(import.reasons.at(Note::repeated_code).first_codes, std::vector<std::string>{"1.000001"});
  EXPECT_EQ(import.reasons.at(Note::already_applied).first_codes, std::vector<std::string>{"1.000003"});
  EXPECT_EQ(import.reasons.at(Note::refused).first_codes, std::vector<std::string>{"1.000004"});
  EXPECT_EQ(import.reasons.at(Note::no_unit).count, 2u);
  EXPECT_TRUE(to_text(import).starts_with("2 of 7 procedures imported\n"));
  EXPECT_NE(to_text(import).find("no_unit           2 times in 2 procedures: 1.000002 1.000004\n"),
            std::string::npos)
      << to_text(import);
}

// The published catalogue is no part of the product: MOTCUA_CATALOGUE names a copy.
TEST(Catalogue, OfTheCountryLoadsWhole) {
  const char* path = std::getenv("MOTCUA_CATALOGUE");
  if (path == nullptr) GTEST_SKIP() << "set MOTCUA_CATALOGUE to a catalogue of one JSON object a line";
  const std::string lines = test::text_of(path);
  const CatalogueImport import = import_catalogue(lines, [](const std::string&) { return false; });
  EXPECT_EQ(import.texts.size(), import.total);
  std::vector<store::DefinitionText> texts = import.texts;
  texts.push_back(store::name_definition(store::DefinitionKind::rulebook, "rulebook",
                                         test::shipped("config/rulebook.json")));
  std::vector<LoadFault> faults;
  const auto begin = std::chrono::steady_clock::now();
  const auto made = Definitions::compile(texts, faults);
  const auto took = std::chrono::steady_clock::now() - begin;
  test::expect_none(faults);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->procedures().size(), import.total);
  std::printf("%scompiled in %.1f ms\n", to_text(import).c_str(),
              std::chrono::duration<double, std::milli>(took).count());
}

}  // namespace
}  // namespace motcua::run
