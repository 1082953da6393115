#include <gtest/gtest.h>
#include <utf8proc.h>

#include "api/json/reader.h"
#include "api/json/typed_text.h"

namespace motcua::api {
namespace {

struct Read {
  std::optional<std::string> text;
  std::string fault;
};

// `json` is the string as it stands in the body, quotes and all.
Read read(const std::string& json, std::size_t max_length = 100, Lines lines = Lines::one) {
  Unreadable why;
  auto body = JsonBody::parse("{\"m\":" + json + "}", 2, why);
  if (!body) return {std::nullopt, why.code};
  Read result;
  result.text = body->root()->text("m", Presence::required, max_length, lines);
  if (!body->faults().empty()) result.fault = body->faults()[0].code;
  return result;
}

std::string utf8(std::int32_t point) {
  std::uint8_t bytes[4];
  return {reinterpret_cast<char*>(bytes), static_cast<std::size_t>(utf8proc_encode_char(point, bytes))};
}

// Letter by letter: the composed capital and small letters of Vietnamese.
constexpr std::string_view kComposed =
    "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ";

TEST(TypedText, OfEveryVietnameseLetterIsKeptAsItIs) {
  EXPECT_EQ(composed(kComposed), kComposed);
  EXPECT_EQ(length_of(kComposed), 134u);
  EXPECT_EQ(read('"' + std::string(kComposed) + '"', 134).text, kComposed);
}
TEST(TypedText, InDecomposedFormBecomesTheSameName) {
  EXPECT_EQ(read("\"Nguye\xcc\x82\xcc\x83n Thi\xcc\xa3 Be\xcc\x81\"").text, "Nguyễn Thị Bé");
  EXPECT_EQ(read(R"("Nguy\u1ec5n")").text, "Nguyễn");
  utf8proc_uint8_t* parts =
      utf8proc_NFD(reinterpret_cast<const utf8proc_uint8_t*>(std::string(kComposed).c_str()));
  const std::string decomposed(reinterpret_cast<char*>(parts));
  std::free(parts);
  EXPECT_NE(decomposed, kComposed);
  EXPECT_EQ(composed(decomposed), kComposed);
}
TEST(TypedText, IsComposedAsUnicodeSaysForEveryCharacter) {
  for (std::int32_t point = 1; point < 0x30000; ++point) {
    if (point >= 0xd800 && point < 0xe000) continue;
    const std::string alone = "e" + utf8(point);
    utf8proc_uint8_t* expected = utf8proc_NFC(reinterpret_cast<const utf8proc_uint8_t*>(alone.c_str()));
    EXPECT_EQ(composed(alone), reinterpret_cast<char*>(expected)) << std::hex << point;
    std::free(expected);
  }
}
TEST(TypedText, IsCountedInCharactersAfterComposition) {
  EXPECT_EQ(read("\"ễễễ\"", 3).text, "ễễễ");
  EXPECT_EQ(read("\"ễễễễ\"", 3).fault, "out_of_range");
  EXPECT_EQ(read("\"e\xcc\x82\xcc\x83\"", 1).text, "ễ");
}
TEST(TypedText, ThatIsBlankIsRefused) {
  for (const char* text : {"\"\"", "\" \"", "\"\xc2\xa0\"", "\"\xe3\x80\x80 \"", "\"\xe2\x80\x8b\""}) {
    EXPECT_EQ(read(text).fault, "blank") << text;
  }
  EXPECT_EQ(read("\" \\n\"", 9, Lines::many).fault, "blank");
  EXPECT_EQ(read("\" x \"").text, " x ");
}
TEST(TypedText, WithControlCharactersIsRefused) {
  for (const char* text :
       {R"("a\u0007")", R"("a\u001b[31m")", R"("a\u007f")", R"("a\u0085")", R"("a\u009f")"}) {
    EXPECT_EQ(read(text).fault, "control_character") << text;
    EXPECT_EQ(read(text, 9, Lines::many).fault, "control_character") << text;
  }
  EXPECT_EQ(read("\"a\xc2\xa0z\"").text, "a\xc2\xa0z");
}
TEST(TypedText, HoldsLineBreaksOnlyWhereTheyAreAllowed) {
  EXPECT_EQ(read(R"("a\nb")").fault, "control_character");
  EXPECT_EQ(read(R"("a\r\n\tb")", 9, Lines::many).text, "a\r\n\tb");
}

}  // namespace
}  // namespace motcua::api
