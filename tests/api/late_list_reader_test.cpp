#include "api/json/late_list_reader.h"

#include <gtest/gtest.h>

#include "engine/core/canonical_json.h"
#include "tests/support/late_case.h"

namespace motcua::api {
namespace {

std::string canonical(const auto& it) { return core::canonical_json(it, core::kVietnamOffsetMinutes); }

core::LateList list_of_seed(std::uint64_t seed) {
  return testing::random_late_list({.seed = seed, .individuals = core::Individuals::name, .corrects = true});
}

TEST(LateListReader, GivesBackWhatWasWritten) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const core::LateList list = list_of_seed(seed);
    std::string fault;
    const auto head = read_late_head(canonical(list.head), fault);
    ASSERT_TRUE(head) << fault;
    EXPECT_EQ(canonical(*head), canonical(list.head));
    for (const core::LateAgency& agency : list.agencies) {
      const auto read = read_late_agency(canonical(agency), fault);
      ASSERT_TRUE(read) << fault;
      EXPECT_EQ(canonical(*read), canonical(agency));
    }
  }
}

struct Damage {
  std::string_view from, to, fault;
};

TEST(LateListReader, RefusesWhatIsNotTheWrittenForm) {
  core::LateAgency agency;
  agency.agency = core::Code("H32.1");
  agency.late.emplace_back().code = "A";
  const std::string right = canonical(agency);
  std::string fault;
  ASSERT_TRUE(read_late_agency(right, fault)) << fault;
  const Damage damages[] = {
      {"{\"agency\":\"H32.1\",", "{",
       "Expected the member agency at the root, but there is citizen_dossiers"},
      {"\"agency\":\"H32.1\"", "\"agency\":\"H32.1\",\"agency\":\"H32.1\"",
       "Expected the member citizen_dossiers at the root, but there is agency"},
      {"\"units\":[]}", "\"units\":[],\"zone\":1}",
       "Expected no further member at the root, but there is zone"},
      {"\"agency\":\"H32.1\"", "\"agency\":\"H 32\"", "Expected a code at agency, but it is a text"},
      {"\"delay_days\":0", "\"delay_days\":0.0",
       "Expected a whole number at late/0/delay_days, but it is a number"},
      {"\"delay_days\":0", "\"delay_days\":9223372036854775808",
       "Expected a whole number at late/0/delay_days, but it is a number"},
      {"\"delay_days\":0", "\"delay_days\":\"0\"",
       "Expected a whole number at late/0/delay_days, but it is a text"},
      {"\"channel\":\"direct\"", "\"channel\":\"fax\"",
       "Expected a word of its kind at late/0/channel, but it is another text"},
      {"\"corrected\":false", "\"corrected\":null",
       "Expected true or false at late/0/corrected, but it is null"},
      {"\"received_at\":\"1970", "\"received_at\":\"19x0",
       "Expected an instant at late/0/received_at, but it is another text"},
      {"\"shares\":[]", "\"shares\":{}", "Expected a list at late/0/shares, but it is an object"},
      {",\"unit\":\"\"}]", "}]", "Expected the member unit at late/0, but there is no more"},
  };
  for (const Damage& damage : damages) {
    std::string wrong = right;
    const auto at = wrong.find(damage.from);
    ASSERT_NE(at, std::string::npos) << damage.from;
    wrong.replace(at, damage.from.size(), damage.to);
    EXPECT_FALSE(read_late_agency(wrong, fault)) << damage.to;
    EXPECT_EQ(fault, damage.fault);
  }
}

TEST(LateListReader, RefusesWhatIsNoJson) {
  const std::string right = canonical(list_of_seed(3).head);
  std::string fault;
  for (const std::string& wrong : {std::string(), right.substr(0, right.size() - 1), right + "}",
                                   std::string("[]"), std::string("{\"codes_masked\":\"\xff\"}")}) {
    EXPECT_FALSE(read_late_head(wrong, fault)) << wrong;
    EXPECT_TRUE(fault.starts_with("Expected ")) << fault;
  }
}

}  // namespace
}  // namespace motcua::api
