#include "engine/run/agency_loader.h"

#include <nlohmann/json.hpp>

#include "tests/run/loading.h"

namespace motcua::run {
namespace {

const std::string kGoodAgencies = R"({"format": 1, "agencies": [
  {"code": "H1", "name": "Tỉnh", "level": "province", "calendar": "vn", "valid_from": "2020-01-01",
   "valid_to": null, "one_stop": false},
  {"code": "H1.1", "name": "Huyện", "level": "district", "parent": "H1", "calendar": "vn",
   "valid_from": "2020-01-01", "valid_to": "2025-06-30", "one_stop": true, "successor": ["H1.2"]},
  {"code": "H1.2", "name": "Xã", "level": "commune", "parent": "H1", "calendar": "vn",
   "valid_from": "2025-07-01", "valid_to": null, "one_stop": true, "predecessor": ["H1.1"],
   "units": [{"key": "mot-cua", "name": "Một cửa"}],
   "officers": [{"id": "H1.2.cb01", "unit": "mot-cua", "role": "counter_officer", "position": "Cán bộ"}]}
]})";

TEST(ShippedAgencies, LoadWithoutAFault) {
  std::vector<LoadFault> faults;
  const std::string text = test::shipped("config/agencies.json");
  const auto agencies = load_agencies(text, "agencies.json", faults);
  test::expect_none(faults);
  ASSERT_TRUE(agencies);
  EXPECT_EQ(agencies->size(), nlohmann::json::parse(text)["agencies"].size());
}

TEST(AgencyLoader, ReadsEveryMember) {
  std::vector<LoadFault> faults;
  const auto agencies = load_agencies(kGoodAgencies, "a.json", faults);
  test::expect_none(faults);
  ASSERT_TRUE(agencies);
  const core::Agency& district = (*agencies)[1];
  const core::Agency& commune = (*agencies)[2];
  EXPECT_EQ(district.successors, std::vector{core::Code("H1.2")});
  EXPECT_TRUE(district.exists_on(*core::parse_date("2025-06-30")));
  EXPECT_FALSE(district.exists_on(*core::parse_date("2025-07-01")));
  EXPECT_EQ(district.level, core::AgencyLevel::district);
  EXPECT_EQ(commune.predecessors, std::vector{core::Code("H1.1")});
  EXPECT_EQ(commune.parent, core::Code("H1"));
  EXPECT_EQ(commune.calendar, core::Code("vn"));
  ASSERT_NE(commune.officer(core::Code("H1.2.cb01")), nullptr);
  EXPECT_EQ(commune.officer(core::Code("H1.2.cb01"))->role, core::Code("counter_officer"));
  EXPECT_EQ(commune.units[0].name, "Một cửa");
}

TEST(AgencyLoader, FindsEveryFault) {
  test::expect_faults(
      kGoodAgencies,
      {{"/agencies/0/colour", "1", {"/agencies/0/colour"}},
       {"/agencies/0/code", "\"h1\"", {"/agencies/0/code", "/agencies/1/parent", "/agencies/2/parent"}},
       {"/agencies/1/code", "\"H1\"", {"/agencies/1/code", "/agencies/2/predecessor"}},
       {"/agencies/0/level", "\"country\"", {"/agencies/0/level"}},
       {"/agencies/0/valid_to", "", {"/agencies/0/valid_to"}},
       {"/agencies/0/valid_to",
        "\"2019-01-01\"",
        {"/agencies/0/valid_to", "/agencies/1/parent", "/agencies/2/parent"}},
       {"/agencies/0/valid_to", "\"2025-06-30\"", {"/agencies/2/parent"}},
       {"/agencies/1/parent", "\"H1.2\"", {"/agencies/1/parent"}},
       {"/agencies/1/parent", "\"H9\"", {"/agencies/1/parent"}},
       {"/agencies/1/successor", "[\"H9\"]", {"/agencies/1/successor"}},
       {"/agencies/2/officers/0/unit", "\"so-la\"", {"/agencies/2/officers/0/unit"}},
       {"/agencies/2/officers/0/role", "\"king\"", {"/agencies/2/officers/0/role"}},
       {"/agencies/2/officers/0/id", "\"H1.2\"", {"/agencies/2/officers/0/id"}},
       {"/agencies/2/officers/0/mail", "\"quay01@mot-cua.example.vn\"", {}},
       {"/agencies/2/officers/0/mail", "\"quay 01\"", {"/agencies/2/officers/0/mail"}},
       {"/agencies/2/units/1", R"({"key": "mot-cua", "name": "x"})", {"/agencies/2/units/1/key"}},
       {"/agencies", "[]", {"/agencies"}}},
      load_agencies);
}

const std::string kDeputies = R"({"format": 1, "agencies": [
  {"code": "H1", "name": "Xã", "level": "commune", "calendar": "vn", "valid_from": "2020-01-01",
   "valid_to": null, "one_stop": true, "units": [{"key": "mot-cua", "name": "Một cửa"}],
   "officers": [
     {"id": "H1.ct01", "unit": "mot-cua", "role": "agency_head", "position": "Chủ tịch",
      "deputies": [{"officer": "H1.tp01", "from": "2026-08-10", "to": "2026-08-10"}]},
     {"id": "H1.tp01", "unit": "mot-cua", "role": "unit_head", "position": "Trưởng"}]}
]})";

TEST(Deputies, ActOnTheDaysBetweenBothDatesOnly) {
  std::vector<LoadFault> faults;
  const auto agencies = load_agencies(kDeputies, "a.json", faults);
  test::expect_none(faults);
  ASSERT_TRUE(agencies);
  const core::Officer& head = *agencies->front().officer(core::Code("H1.ct01"));
  const core::Date day = *core::parse_date("2026-08-10");
  const core::Code deputy("H1.tp01");
  EXPECT_FALSE(head.is_or_has_deputy(deputy, day - 1));
  EXPECT_TRUE(head.is_or_has_deputy(deputy, day));
  EXPECT_FALSE(head.is_or_has_deputy(deputy, day + 1));
  EXPECT_TRUE(head.is_or_has_deputy(head.id, day + 1));
}

TEST(Deputies, AreOtherOfficersOfTheSameAgency) {
  const std::string place = "/agencies/0/officers/0/deputies";
  test::expect_faults(kDeputies,
                      {{place + "/0/officer", "\"H1.cv09\"", {place + "/0/officer"}},
                       {place + "/0/officer", "\"H1.ct01\"", {place + "/0/officer"}},
                       {place + "/0/to", "\"2026-08-09\"", {place + "/0/to"}},
                       {place + "/0/to", "", {place + "/0/to"}},
                       {place + "/0/from", "\"today\"", {place + "/0/from"}},
                       {place + "/0/colour", "1", {place + "/0/colour"}},
                       {place, "[]", {place}}},
                      load_agencies);
}

}  // namespace
}  // namespace motcua::run
