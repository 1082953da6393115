#include <gtest/gtest.h>

#include <random>
#include <regex>

#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::DossierCase;
using test::vn;

constexpr int kOffset = kVietnamOffsetMinutes;
const std::string kShort = "{agency}-{yyMMdd}-{seq:4}";
const std::string kLong = "{agency}-{yyyyMMdd}-{seq:7}";

TEST(DossierCode, IsAgencyDateAndOrderOfTheDay) {
  const Instant at = vn("2026-08-04 10:00");
  EXPECT_EQ(dossier_code(kShort, Code("H57.132"), at, kOffset, 583).text, "H57.132-260804-0583");
  EXPECT_EQ(dossier_code(kLong, Code("G09.20"), vn("2026-06-09 10:00"), kOffset, 92637).text,
            "G09.20-20260609-0092637");
  EXPECT_EQ(dossier_code(kShort, Code("000.00.19.H32"), vn("2022-10-31 07:00"), kOffset, 1).text,
            "000.00.19.H32-221031-0001");
}

TEST(DossierCode, GrowsPastItsWidthInsteadOfRepeating) {
  const Instant at = vn("2026-08-04 10:00");
  EXPECT_EQ(dossier_code(kShort, Code("H32.19"), at, kOffset, 9999).text, "H32.19-260804-9999");
  EXPECT_EQ(dossier_code(kShort, Code("H32.19"), at, kOffset, 10000).text, "H32.19-260804-10000");
  EXPECT_TRUE(is_dossier_code("H32.19-260804-10000"));
}

TEST(DossierCode, TakesTheLocalDateAroundMidnight) {
  const Instant midnight = vn("2026-08-05 00:00");
  EXPECT_EQ(dossier_code(kShort, Code("H32.19"), midnight, kOffset, 1).text, "H32.19-260805-0001");
  EXPECT_EQ(dossier_code(kShort, Code("H32.19"), test::later(midnight, -1), kOffset, 1).text,
            "H32.19-260804-0001");
}

TEST(NumberingKey, IsOneCounterPerAgencyAndLocalDay) {
  const auto key = [](std::string_view agency, std::string_view at) {
    return numbering_key(kShort, Code(agency), vn(at), kOffset);
  };
  EXPECT_EQ(key("H32.19", "2026-08-04 00:00"), key("H32.19", "2026-08-04 23:59:59.999"));
  EXPECT_NE(key("H32.19", "2026-08-04 23:59:59.999"), key("H32.19", "2026-08-05 00:00"));
  EXPECT_NE(key("H32.19", "2026-08-04 08:00"), key("H32.1", "2026-08-04 08:00"));
  EXPECT_NE(key("H32.19", "2026-08-04 08:00"), key("H32.19", "2025-08-04 08:00"));
}

TEST(DossierCode, IsReadInEveryFormInUse) {
  for (const char* code : {"000.00.19.H32-221031-0001", "H57.132-260804-0583", "G09.20-20260609-0092637",
                           "A-000000-0000", "H32-260804-1234567"}) {
    EXPECT_TRUE(is_dossier_code(code)) << code;
  }
  for (const char* code :
       {"", "-", "--", "-260804-0001", "H32.19-260804-", "H32.19-260804-001", "H32.19-260804-12345678",
        "H32.19-2608041-0001", "H32.19-26080-0001", "h32.19-260804-0001", "H32 19-260804-0001",
        "H32.19-26080a-0001", "H32.19-260804-00a1", "H32-19-260804-0001", "H32.19_260804_0001",
        "H32.19-260804-0001\n", "H32.19-260804-0001-KQ1"}) {
    EXPECT_FALSE(is_dossier_code(code)) << code;
  }
}

TEST(DossierCode, AgreesWithTheLawsExpressionOnRandomText) {
  const std::regex law("^[A-Z0-9.]+-(\\d{6}|\\d{8})-\\d{4,7}$");
  std::mt19937_64 random(20260804);
  constexpr std::string_view kLetters = "H3.-01a";
  int codes = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = "H32.19-260804-0001";
    for (int edits = static_cast<int>(random() % 4); edits > 0; --edits) {
      const std::size_t place = random() % text.size();
      const char letter = kLetters[random() % kLetters.size()];
      if (random() % 3 == 0)
        text.erase(place, 1);
      else if (random() % 2 == 0)
        text.insert(place, 1, letter);
      else
        text[place] = letter;
    }
    const bool expected = std::regex_match(text, law);
    codes += expected ? 1 : 0;
    ASSERT_EQ(is_dossier_code(text), expected) << text;
  }
  EXPECT_GT(codes, 5'000);
}

TEST(DossierCode, BeginsAsAgenciesAreCalled) {
  for (const char* code : {"000.00.19.H32-221031-0001", "H57.132-260804-0583", "G09.20-20260609-0092637",
                           "A-000000-0000", "H32-260804-1234567"}) {
    EXPECT_TRUE(begins_with_agency(code)) << code;
  }
  for (const char* code :
       {"056090000001-260909-0001", "NGUYENVANBIMAT-260909-0001", "NGUYEN.VAN.BI-260909-0001",
        "H32..1-260909-0001", ".H32-260909-0001", "H32.-260909-0001", "-260909-0001", ""}) {
    EXPECT_FALSE(begins_with_agency(code)) << code;
  }
}

TEST(DossierCode, LeavesRoomForTheCodeOfItsResult) {
  const std::string tail = "-260804-0001";
  std::string longest = "H";
  while (longest.size() + tail.size() < 56) longest += longest.size() % 5 == 4 ? '.' : 'H';
  longest += tail;
  EXPECT_TRUE(is_dossier_code(longest));
  EXPECT_FALSE(is_dossier_code("H" + longest));
  DossierCase one;
  SubmitDossier submit = one.submission(Channel::direct);
  submit.code = Code(longest);
  submit.accept = true;
  ASSERT_EQ(one.give("2026-08-10 08:00", submit), "accepted");
  ASSERT_EQ(one.give("2026-08-10 09:00", SettleDossier{}), "accepted");
  EXPECT_EQ(one.dossier.results.front().code.text, longest + "-KQ1");
  EXPECT_TRUE(is_code(one.dossier.results.front().code.text));
}

TEST(OneCode, IsIssuedOnlineAtSubmissionAndAtACounterAtAcceptance) {
  DossierCase online;
  online.next_number = 42;
  ASSERT_EQ(online.filed_online("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(online.dossier.code.text, "H32.19-260810-0042");
  EXPECT_EQ(online.next_number, 43);
  ASSERT_EQ(online.give("2026-08-11 08:00", AcceptDossier{}), "accepted");
  EXPECT_EQ(online.dossier.code.text, "H32.19-260810-0042");  // one code per dossier
  EXPECT_EQ(online.next_number, 43);
  for (const Channel channel : {Channel::direct, Channel::post}) {
    DossierCase paper;
    ASSERT_EQ(paper.give("2026-08-10 08:00", paper.submission(channel)), "accepted");
    EXPECT_TRUE(paper.dossier.code.empty());
    EXPECT_EQ(paper.next_number, 1);
    ASSERT_EQ(paper.give("2026-08-11 08:00", AcceptDossier{}), "accepted");
    EXPECT_EQ(paper.dossier.code.text, "H32.19-260811-0001");
    EXPECT_EQ(paper.next_number, 2);
  }
}

TEST(OneCode, KeepsACodeGivenByTheSource) {
  DossierCase one;
  SubmitDossier submit = one.submission(Channel::online);
  submit.code = Code("H57.132-260804-0583");
  ASSERT_EQ(one.give("2026-08-10 08:00", submit), "accepted");
  EXPECT_EQ(one.dossier.code.text, "H57.132-260804-0583");
  EXPECT_EQ(one.next_number, 1);
  DossierCase bad;
  submit.code = Code("H57.132/583");
  EXPECT_EQ(bad.give("2026-08-10 08:00", submit), "malformed_code");
}

TEST(OneCode, OfABackdatedReceiptHasItsOwnDay) {
  DossierCase one;
  ASSERT_EQ(one.give("2026-08-11 08:00", one.submission(Channel::online), "2026-08-10 16:00"), "accepted");
  EXPECT_EQ(one.dossier.code.text, "H32.19-260810-0001");
}

TEST(EResult, HasTheDossiersCodeAndItsOwnOrder) {
  DossierCase one = test::case_in(DossierState::settled);
  ASSERT_EQ(one.dossier.results.size(), 1u);
  EXPECT_EQ(one.dossier.results[0].code.text, one.dossier.code.text + "-KQ1");
}

}  // namespace
}  // namespace motcua::core
