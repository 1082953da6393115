#include "engine/core/value.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/core/legal_clock.h"
#include "engine/core/terms.h"

namespace motcua::core {
namespace {

constexpr std::string_view kWritten = "01931b66-7e6a-7c3d-9a41-0fedcba98765";

TEST(UuidText, HoldsTheBytesInReadingOrder) {
  const auto id = parse_uuid(kWritten);
  ASSERT_TRUE(id);
  const std::array<std::uint8_t, 16> bytes{0x01, 0x93, 0x1b, 0x66, 0x7e, 0x6a, 0x7c, 0x3d,
                                           0x9a, 0x41, 0x0f, 0xed, 0xcb, 0xa9, 0x87, 0x65};
  EXPECT_EQ(id->bytes, bytes);
}
TEST(UuidText, IsPrintedInLowerCaseAsItWasRead) { EXPECT_EQ(to_string(*parse_uuid(kWritten)), kWritten); }
TEST(UuidText, IsReadInEitherCase) {
  std::string upper(kWritten);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? c - 32 : c; });
  EXPECT_EQ(parse_uuid(upper), parse_uuid(kWritten));
}
TEST(UuidText, OfNoBytesIsAllZeros) { EXPECT_EQ(to_string(Uuid{}), "00000000-0000-0000-0000-000000000000"); }
TEST(UuidText, IsRefusedWhenAnyOneCharacterIsWrong) {
  for (std::size_t place = 0; place < kWritten.size(); ++place)
    for (const char wrong : {'g', 'G', ' ', '/', ':', '@', '`', '{', '\0', '\xc3'}) {
      std::string text(kWritten);
      text[place] = wrong;
      EXPECT_FALSE(parse_uuid(text)) << text;
    }
}
TEST(UuidText, IsRefusedWhenAHyphenStandsElsewhere) {
  std::string text(kWritten);
  std::swap(text[8], text[9]);
  EXPECT_FALSE(parse_uuid(text));
  text.assign(kWritten);
  text[0] = '-';
  EXPECT_FALSE(parse_uuid(text));
}
TEST(UuidText, IsRefusedInOtherLengthsAndForms) {
  EXPECT_FALSE(parse_uuid(""));
  EXPECT_FALSE(parse_uuid(kWritten.substr(0, 35)));
  EXPECT_FALSE(parse_uuid(std::string(kWritten) + "0"));
  EXPECT_FALSE(parse_uuid("01931b667e6a7c3d9a410fedcba98765"));
  EXPECT_FALSE(parse_uuid("{" + std::string(kWritten) + "}"));
}
TEST(UuidOrder, IsThatOfItsText) {
  const auto earlier = *parse_uuid("01931b66-7e6a-7fff-bfff-ffffffffffff");
  const auto later = *parse_uuid("01931b66-7e6b-7000-8000-000000000000");
  EXPECT_LT(earlier, later);
}

TEST(CodeWord, TakesTheCodesInUse) {
  for (const auto text : {"1.001193", "000.00.19.H32-221031-0001", "H57.132-260804-0583", "G03-GD10",
                          "by_day", "urn:motcua/step+1", "x"})
    EXPECT_TRUE(is_code(text)) << text;
}
TEST(CodeWord, IsNeverEmpty) { EXPECT_FALSE(is_code("")); }
TEST(CodeWord, HasAtMost64Characters) {
  EXPECT_TRUE(is_code(std::string(64, 'a')));
  EXPECT_FALSE(is_code(std::string(65, 'a')));
}
TEST(CodeWord, HasNoCharacterOutsideItsAlphabet) {
  constexpr std::string_view alphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._:/+-";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    EXPECT_EQ(is_code(std::string_view(&c, 1)), alphabet.find(c) != std::string_view::npos) << byte;
  }
}
TEST(CodeWord, IsRefusedWhenOneCharacterOfManyIsProse) {
  EXPECT_FALSE(is_code("Nguyen Van"));
  EXPECT_FALSE(is_code("hồ-sơ"));
  EXPECT_FALSE(is_code("H32\n"));
}

// Both directions, for every value of an enumeration from its first to `last`.
template <class E>
void expect_words_return(E last) {
  std::size_t count = 0;
  for (int value = EnumWords<E>::first; value <= static_cast<int>(last); ++value, ++count) {
    const auto word = word_of(static_cast<E>(value));
    EXPECT_EQ(enum_of<E>(word), static_cast<E>(value)) << word;
  }
  EXPECT_EQ(count, std::size(EnumWords<E>::words));
  EXPECT_FALSE(enum_of<E>("no such word"));
  EXPECT_FALSE(enum_of<E>(""));
}
TEST(EnumWord, LeadsBackToItsValueInEveryVocabulary) {
  expect_words_return(TextRecord::contact);
  expect_words_return(DossierState::returned);
  expect_words_return(Channel::post);
  expect_words_return(OwnerKind::other);
  expect_words_return(IdKind::other);
  expect_words_return(Delivery::electronic);
  expect_words_return(PaperForm::reused);
  expect_words_return(Outcome::not_eligible);
  expect_words_return(ResultForm::paper);
  expect_words_return(ClockKind::explanation);
  expect_words_return(ClockState::voided);
  expect_words_return(ClockAction::move);
  expect_words_return(StretchEnd::corrected);
  expect_words_return(StepKind::return_result);
  expect_words_return(AgencyLevel::other);
  expect_words_return(FactType::text);
  expect_words_return(LimitUnit::by_cutoff);
  expect_words_return(DayCounting::by_hours);
  expect_words_return(DayEnd::midnight);
  expect_words_return(DuePending::calendar_horizon);
}
TEST(EnumWord, OfAStateCountsFromOneAsThePortalDoes) {
  EXPECT_EQ(word_of(DossierState{1}), "submitted");
  EXPECT_EQ(word_of(DossierState{5}), "awaiting_supplement");
  EXPECT_EQ(word_of(DossierState{6}), "awaiting_payment");
  EXPECT_EQ(word_of(DossierState{8}), "stopped");
  EXPECT_EQ(word_of(DossierState{10}), "returned");
}

}  // namespace
}  // namespace motcua::core
