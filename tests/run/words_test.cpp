#include "engine/run/words.h"

#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <vector>

namespace motcua::run {
namespace {

using Words = std::vector<std::string>;

// One row per vowel: the plain letter, the letter with its shape, the mark of that shape, then the six tones
// level, grave, hook, tilde, acute, dot, in small and in capital letters, as anyone types them.
struct Vowel {
  std::string plain;
  std::string shaped[2];
  std::string shape;
  std::string toned[2][6];
};

const std::vector<Vowel>& vowels() {
  static const std::vector<Vowel> all{
      {"a", {"a", "A"}, "", {{"a", "à", "ả", "ã", "á", "ạ"}, {"A", "À", "Ả", "Ã", "Á", "Ạ"}}},
      {"a", {"ă", "Ă"}, "\u0306", {{"ă", "ằ", "ẳ", "ẵ", "ắ", "ặ"}, {"Ă", "Ằ", "Ẳ", "Ẵ", "Ắ", "Ặ"}}},
      {"a", {"â", "Â"}, "\u0302", {{"â", "ầ", "ẩ", "ẫ", "ấ", "ậ"}, {"Â", "Ầ", "Ẩ", "Ẫ", "Ấ", "Ậ"}}},
      {"e", {"e", "E"}, "", {{"e", "è", "ẻ", "ẽ", "é", "ẹ"}, {"E", "È", "Ẻ", "Ẽ", "É", "Ẹ"}}},
      {"e", {"ê", "Ê"}, "\u0302", {{"ê", "ề", "ể", "ễ", "ế", "ệ"}, {"Ê", "Ề", "Ể", "Ễ", "Ế", "Ệ"}}},
      {"i", {"i", "I"}, "", {{"i", "ì", "ỉ", "ĩ", "í", "ị"}, {"I", "Ì", "Ỉ", "Ĩ", "Í", "Ị"}}},
      {"o", {"o", "O"}, "", {{"o", "ò", "ỏ", "õ", "ó", "ọ"}, {"O", "Ò", "Ỏ", "Õ", "Ó", "Ọ"}}},
      {"o", {"ô", "Ô"}, "\u0302", {{"ô", "ồ", "ổ", "ỗ", "ố", "ộ"}, {"Ô", "Ồ", "Ổ", "Ỗ", "Ố", "Ộ"}}},
      {"o", {"ơ", "Ơ"}, "\u031b", {{"ơ", "ờ", "ở", "ỡ", "ớ", "ợ"}, {"Ơ", "Ờ", "Ở", "Ỡ", "Ớ", "Ợ"}}},
      {"u", {"u", "U"}, "", {{"u", "ù", "ủ", "ũ", "ú", "ụ"}, {"U", "Ù", "Ủ", "Ũ", "Ú", "Ụ"}}},
      {"u", {"ư", "Ư"}, "\u031b", {{"ư", "ừ", "ử", "ữ", "ứ", "ự"}, {"Ư", "Ừ", "Ử", "Ữ", "Ứ", "Ự"}}},
      {"y", {"y", "Y"}, "", {{"y", "ỳ", "ỷ", "ỹ", "ý", "ỵ"}, {"Y", "Ỳ", "Ỷ", "Ỹ", "Ý", "Ỵ"}}},
  };
  return all;
}

const std::string kToneMarks[6] = {"", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"};

TEST(Fold, MakesEveryComposedVietnameseVowelPlain) {
  for (const Vowel& vowel : vowels()) {
    for (const auto& letters : vowel.toned) {
      for (const std::string& letter : letters) EXPECT_EQ(fold(letter), vowel.plain) << letter;
    }
  }
}

TEST(Fold, MakesEveryDecomposedVietnameseVowelPlain) {
  for (const Vowel& vowel : vowels()) {
    for (const std::string& tone : kToneMarks) {
      std::string capital = vowel.plain;
      capital[0] = static_cast<char>(capital[0] - 'a' + 'A');
      for (const std::string& base : {vowel.plain, capital}) {
        EXPECT_EQ(fold(base + vowel.shape + tone), vowel.plain) << base << vowel.shape << tone;
        EXPECT_EQ(fold(base + tone + vowel.shape), vowel.plain) << base << tone << vowel.shape;
      }
      // The half-composed spelling of Windows-1258 keyboards: the shape in the letter, the tone after it.
      for (const std::string& shaped : vowel.shaped)
        EXPECT_EQ(fold(shaped + tone), vowel.plain) << shaped << tone;
    }
  }
}

TEST(Fold, TakesEveryStrokedDForD) {
  for (const std::string letter : {"đ", "Đ", "Ð", "ð", "Ɖ", "ɖ"}) EXPECT_EQ(fold(letter), "d") << letter;
}

TEST(Fold, LeavesPlainTextAndTurnsCapitalsSmall) {
  std::string all, small;
  for (int c = 0; c < 128; ++c) {
    all += static_cast<char>(c);
    small += static_cast<char>(std::isupper(c) ? std::tolower(c) : c);
  }
  EXPECT_EQ(fold(all), small);
  EXPECT_EQ(fold(""), "");
}

TEST(Fold, TakesCompatibilityFormsForThePlainOnes) {
  EXPECT_EQ(fold("１２ＡＢ"), "12ab");
  EXPECT_EQ(fold("ﬁ"), "fi");
  EXPECT_EQ(fold("a\u200bb\u00adc"), "abc") << "invisible characters vanish";
}

TEST(Fold, PutsASpaceForBytesThatAreNoUtf8) {
  EXPECT_EQ(fold("a\xff"
                 "b"),
            "a b");
  EXPECT_EQ(fold("a\xe1\xba"), "a  ");
  EXPECT_EQ(fold("\xed\xa0\x80"), "   ") << "a surrogate";
}

TEST(SearchWords, AreTheWholeWordsOfAName) {
  const Words expected{"nguyen", "thi", "anh", "duong"};
  EXPECT_EQ(search_words("Nguyễn Thị Ánh Dương"), expected);
  EXPECT_EQ(search_words("NGUYÊ\u0303N  THI\u0323,A\u0301nh-Đường"),
            (Words{"nguyen", "thi", "anh", "duong"}));
  EXPECT_EQ(search_words("H'Hen Niê"), (Words{"h", "hen", "nie"}));
  EXPECT_EQ(search_words(" \t.,;"), Words{});
}

TEST(SearchWords, AreEachNamedOnceInOrder) {
  EXPECT_EQ(search_words("An Bình an BÌNH an"), (Words{"an", "binh"}));
}

TEST(SearchWords, KeepShortNumbersApart) {
  EXPECT_EQ(search_words("12/3 Trần Phú, 57"), (Words{"12", "3", "tran", "phu", "57"}));
  EXPECT_EQ(search_words("12.05.1990"), (Words{"12", "05", "1990"}));
  EXPECT_EQ(search_words("79A-123.45"), (Words{"79a", "123", "45"}));
}

TEST(SearchWords, TakeANumberInGroupsForOne) {
  for (const std::string text :
       {"0905123456", "0905 123 456", "0905.123.456", "0905-123-456", "(0905) 123 456", "+84905123456",
        "+84 905 123 456", "+84-905.123.456", "０９０５ 123 456"}) {
    EXPECT_EQ(search_words(text), Words{"0905123456"}) << text;
  }
  EXPECT_EQ(search_words("CCCD 056 099 012 345"), (Words{"cccd", "056099012345"}));
  EXPECT_EQ(search_words("0258 3822-222 (gặp An)"), (Words{"02583822222", "gap", "an"}));
}

TEST(SearchWords, DoNotTakeNumbersOfDifferentThingsForOne) {
  EXPECT_EQ(search_words("0905123456 0912345678"), (Words{"0905123456", "0912345678"}));
  EXPECT_EQ(search_words("0905 123 456, 0912 345 678"), (Words{"0905123456", "0912345678"}));
  EXPECT_EQ(search_words("0312345678-001"), (Words{"0312345678", "001"})) << "a tax code and its branch";
  EXPECT_EQ(search_words("12 0905123456"), (Words{"12", "0905123456"}));
  EXPECT_EQ(search_words("84905123456"), Words{"84905123456"}) << "84 abroad only after a plus";
}

TEST(SearchWords, JoinFromNineDigitsToFifteen) {
  EXPECT_EQ(search_words("1234 5678"), (Words{"1234", "5678"}));
  EXPECT_EQ(search_words("1234 56789"), Words{"123456789"});
  EXPECT_EQ(search_words("12345678 1234567"), Words{"123456781234567"});
  EXPECT_EQ(search_words("12345678 12345678"), (Words{"12345678"}));
  EXPECT_EQ(search_words("12345678 87654321"), (Words{"12345678", "87654321"}));
}

TEST(SearchWords, AreAtMostThirtyTwoOfSixtyFourBytes) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "w" + std::to_string(i) + " ";
  const Words words = search_words(text);
  ASSERT_EQ(words.size(), 32U);
  EXPECT_EQ(words.back(), "w31");
  EXPECT_EQ(search_words(std::string(64, 'x')), Words{std::string(64, 'x')});
  EXPECT_EQ(search_words(std::string(65, 'x')), Words{std::string(64, 'x')});
}

TEST(SearchWords, AreCutBetweenCharacters) {
  // Cyrillic letters of two bytes after one of one: the 64th byte is the first half of a letter.
  std::string text = "x";
  for (int i = 0; i < 40; ++i) text += "ж";
  const Words words = search_words(text);
  ASSERT_EQ(words.size(), 1U);
  EXPECT_EQ(words[0], text.substr(0, 63));
}

TEST(SearchWords, AreTheSameForEverySpellingOfAName) {
  for (const Vowel& vowel : vowels()) {
    for (std::size_t tone = 0; tone < 6; ++tone) {
      const std::string composed = "Th" + vowel.toned[0][tone] + "ng 7";
      const std::string apart = "TH" + vowel.plain + vowel.shape + kToneMarks[tone] + "NG 7";
      EXPECT_EQ(search_words(composed), (Words{"th" + vowel.plain + "ng", "7"})) << composed;
      EXPECT_EQ(search_words(apart), search_words(composed)) << apart;
    }
  }
}

}  // namespace
}  // namespace motcua::run
