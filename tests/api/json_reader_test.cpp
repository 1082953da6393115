#include "api/json/reader.h"

#include <gtest/gtest.h>

#include "engine/core/terms.h"

namespace motcua::api {
namespace {

constexpr int kDepth = 4;

std::string refusal(std::string_view body, int depth = kDepth) {
  Unreadable why;
  return JsonBody::parse(body, depth, why) ? "read" : why.code;
}

JsonBody body_of(std::string_view text) {
  Unreadable why;
  auto body = JsonBody::parse(text, kDepth, why);
  if (!body) throw std::runtime_error(why.code + ": " + why.detail);
  return std::move(*body);
}

std::string faults_of(const JsonBody& body) {
  std::string text;
  for (const BodyFault& fault : body.faults()) text += fault.pointer + ' ' + fault.code + '\n';
  return text;
}

// The faults that one reading of the member "m" leaves.
template <class Read>
std::string faults_when(std::string_view text, Read read) {
  JsonBody body = body_of(text);
  JsonObject root = *body.root();
  read(root);
  return faults_of(body);
}

TEST(JsonBody, ReadsWhatIsJson) {
  EXPECT_EQ(refusal(R"({"a": [1, -2.5e3, "x", null, true]})"), "read");
  EXPECT_EQ(refusal(" \n{} \t"), "read");
  EXPECT_EQ(refusal("[]"), "read");
}
TEST(JsonBody, RefusesWhatIsNot) {
  for (const char* text : {"", " ", "{", "{]", "{\"a\":}", "{\"a\":1,}", "[1 2]", "{a:1}", "{'a':1}", "nul",
                           "01", "[1.]", "[+1]", "NaN", "\"\x01\"", "\"tab\there\"", "\"\\x\"", "// x\n{}"}) {
    EXPECT_EQ(refusal(text), "not_json") << text;
  }
}
TEST(JsonBody, RefusesTextAfterTheValueAndAByteOrderMark) {
  EXPECT_EQ(refusal("{} {}"), "not_json");
  EXPECT_EQ(refusal("{}x"), "not_json");
  EXPECT_EQ(refusal(std::string_view("{}\0", 3)), "not_json");
  EXPECT_EQ(refusal("\xef\xbb\xbf{}"), "not_json");
}
TEST(JsonBody, RefusesInvalidUtf8) {
  for (const char* bytes : {"\xff", "\xc0\xaf", "\xe1\xbb", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80"}) {
    EXPECT_EQ(refusal("{\"a\":\"" + std::string(bytes) + "\"}"), "invalid_utf8");
  }
}
TEST(JsonBody, RefusesHalvesOfSurrogatePairsAndTheNullCharacter) {
  EXPECT_EQ(refusal(R"({"a":"\ud83d\ude00"})"), "read");
  EXPECT_EQ(refusal(R"({"a":"\ud83d"})"), "not_json");
  EXPECT_EQ(refusal(R"({"a":"\ude00"})"), "not_json");
  EXPECT_EQ(refusal(R"({"a":"x\u0000y"})"), "not_json");
  EXPECT_EQ(refusal(R"({"\u0000":1})"), "not_json");
}
TEST(JsonBody, RefusesAMemberNamedTwiceAtAnyDepth) {
  EXPECT_EQ(refusal(R"({"a":1,"b":2,"a":1})"), "duplicate_member");
  EXPECT_EQ(refusal(R"({"a":[{"b":{"c":1,"c":1}}]})"), "duplicate_member");
  EXPECT_EQ(refusal(R"({"a":1,"\u0061":2})"), "duplicate_member");
  EXPECT_EQ(refusal(R"({"a":{"x":1},"b":{"x":1}})"), "read");
}
TEST(JsonBody, RefusesAMemberNamedTwiceAmongMany) {
  std::string text = "{";
  for (int i = 0; i < 1000; ++i) text += "\"m" + std::to_string(i) + "\":0,";
  EXPECT_EQ(refusal(text + "\"last\":0}"), "read");
  EXPECT_EQ(refusal(text + "\"m0\":0}"), "duplicate_member");
}
TEST(JsonBody, RefusesNestingBeyondTheLimitOnly) {
  EXPECT_EQ(refusal("[[[[]]]]"), "read");
  EXPECT_EQ(refusal("[[[[1]]]]"), "read");
  EXPECT_EQ(refusal(R"({"a":{"b":{"c":{"d":1}}}})"), "read");
  EXPECT_EQ(refusal("[[[[[]]]]]"), "too_deep");
  EXPECT_EQ(refusal("[[[[[1]]]]]"), "too_deep");
  EXPECT_EQ(refusal(R"({"a":{"b":{"c":{"d":{}}}}})"), "too_deep");
  EXPECT_EQ(refusal(std::string(100'000, '[') + std::string(100'000, ']')), "too_deep");
}
TEST(JsonBody, OfAnyLimitLeavesTheNextUntouched) {
  EXPECT_EQ(refusal("[[[]]]", 2), "too_deep");
  EXPECT_EQ(refusal("[[[]]]", 3), "read");
  EXPECT_EQ(refusal("[[[]]]", 2), "too_deep");
  EXPECT_EQ(refusal("[" + std::string(100'000, ' ') + "[[1]]]", 2), "too_deep");
}
TEST(JsonBody, KeepsItsValuesWhileOthersAreRead) {
  JsonBody first = body_of(R"({"m":"first"})");
  JsonBody second = body_of(R"({"m":"second"})");
  EXPECT_EQ(first.root()->text("m", Presence::required, 10), "first");
  EXPECT_EQ(second.root()->text("m", Presence::required, 10), "second");
}
TEST(JsonBody, ThatIsNoObjectIsOfTheWrongType) {
  JsonBody body = body_of("[1]");
  EXPECT_FALSE(body.root());
  EXPECT_EQ(faults_of(body), "# wrong_type\n");
}

TEST(JsonObject, ReadsEachKindOfMember) {
  JsonBody body = body_of(R"({"text":"Hồ sơ","code":"H32.19","at":"2026-08-21T16:00:00+07:00",
    "on":"2026-08-21","n":-7,"yes":true,"channel":"post","id":"0190C3A8-7b1c-7def-8123-456789abcdef",
    "owner":{"name":"An"},"list":["a","b"],"facts":{"x" : [1.50, "é"], "y":{}}})");
  JsonObject root = *body.root();
  EXPECT_EQ(root.text("text", Presence::required, 5), "Hồ sơ");
  EXPECT_EQ(root.code("code", Presence::required), core::Code("H32.19"));
  EXPECT_EQ(root.instant("at", Presence::required), core::parse_instant("2026-08-21T09:00:00Z"));
  EXPECT_EQ(root.date("on", Presence::required), core::make_date(2026, 8, 21));
  EXPECT_EQ(root.integer("n", Presence::required, -7, 7), -7);
  EXPECT_EQ(root.boolean("yes", Presence::required), true);
  EXPECT_EQ(root.word<core::Channel>("channel", Presence::required), core::Channel::post);
  EXPECT_EQ(core::to_string(*root.uuid("id", Presence::required)), "0190c3a8-7b1c-7def-8123-456789abcdef");
  EXPECT_EQ(root.object("owner", Presence::required)->text("name", Presence::required, 9), "An");
  auto list = root.array("list", Presence::required, 2);
  ASSERT_TRUE(list);
  EXPECT_EQ(list->size(), 2u);
  EXPECT_EQ(list->code(1), core::Code("b"));
  EXPECT_EQ(root.raw("facts", Presence::required), R"({"x":[1.5,"é"],"y":{}})");
  root.refuse_unknown();
  EXPECT_EQ(faults_of(body), "");
}
TEST(JsonObject, NotesAllFaultsAtOnceEachWithItsPlace) {
  JsonBody body =
      body_of(R"({"channel":"fax","owner":{"name":7,"extra":1},"papers":[{"key":"ok"},{"key":"?"}],"no":0})");
  JsonObject root = *body.root();
  root.code("procedure", Presence::required);
  root.word<core::Channel>("channel", Presence::required);
  auto owner = root.object("owner", Presence::required);
  owner->text("name", Presence::required, 10);
  owner->refuse_unknown();
  auto papers = root.array("papers", Presence::required, 10);
  for (std::size_t i = 0; i < papers->size(); ++i) papers->object(i)->code("key", Presence::required);
  root.refuse_unknown();
  EXPECT_EQ(faults_of(body),
            "#/procedure missing_field\n#/channel unknown_word\n#/owner/name wrong_type\n"
            "#/owner/extra unknown_field\n#/papers/1/key bad_format\n#/no unknown_field\n");
}
TEST(JsonObject, TakesAnAbsentOptionalMemberSilentlyButNotNull) {
  const auto read = [](JsonObject& root) { root.code("m", Presence::optional); };
  EXPECT_EQ(faults_when("{}", read), "");
  EXPECT_EQ(faults_when(R"({"m":null})", read), "#/m wrong_type\n");
}
TEST(JsonObject, RefusesEveryOtherTypeThanTheOneAsked) {
  for (const char* value : {"1", "\"x\"", "true", "[]", "{}", "null", "1.5"}) {
    const std::string text = "{\"m\":" + std::string(value) + "}";
    const auto refused = [&](auto read) { return faults_when(text, read) == "#/m wrong_type\n"; };
    const std::string v = value;
    EXPECT_EQ(refused([](JsonObject& o) { o.text("m", Presence::required, 9); }), v != "\"x\"") << v;
    EXPECT_EQ(refused([](JsonObject& o) { o.instant("m", Presence::required); }), v != "\"x\"") << v;
    EXPECT_EQ(refused([](JsonObject& o) { o.integer("m", Presence::required, 0, 9); }), v != "1") << v;
    EXPECT_EQ(refused([](JsonObject& o) { o.boolean("m", Presence::required); }), v != "true") << v;
    EXPECT_EQ(refused([](JsonObject& o) { o.array("m", Presence::required, 9); }), v != "[]") << v;
    EXPECT_EQ(refused([](JsonObject& o) { o.object("m", Presence::required); }), v != "{}") << v;
  }
}
TEST(JsonObject, TakesWholeNumbersUpToTheBoundsOnly) {
  const auto read = [](JsonObject& root) { root.integer("m", Presence::required, 1, 9); };
  EXPECT_EQ(faults_when(R"({"m":1})", read), "");
  EXPECT_EQ(faults_when(R"({"m":9})", read), "");
  EXPECT_EQ(faults_when(R"({"m":0})", read), "#/m out_of_range\n");
  EXPECT_EQ(faults_when(R"({"m":10})", read), "#/m out_of_range\n");
  EXPECT_EQ(faults_when(R"({"m":18446744073709551615})", read), "#/m out_of_range\n");
  EXPECT_EQ(faults_when(R"({"m":1.0})", read), "#/m wrong_type\n");
  EXPECT_EQ(faults_when(R"({"m":1e0})", read), "#/m wrong_type\n");
}
TEST(JsonObject, TakesNoMoreItemsThanAllowed) {
  const auto read = [](JsonObject& root) { root.array("m", Presence::required, 2); };
  EXPECT_EQ(faults_when(R"({"m":[1,2]})", read), "");
  EXPECT_EQ(faults_when(R"({"m":[1,2,3]})", read), "#/m out_of_range\n");
}
TEST(JsonObject, EscapesThePointerOfAStrangeName) {
  const auto read = [](JsonObject& root) { root.refuse_unknown(); };
  EXPECT_EQ(faults_when(R"({"a/b~c d%é":1})", read), "#/a~1b~0c%20d%25%C3%A9 unknown_field\n");
}
TEST(JsonObject, ReportsABoundedNumberOfFaults) {
  std::string text = "{\"m0\":0";
  for (int i = 1; i < 5000; ++i) text += ",\"m" + std::to_string(i) + "\":0";
  JsonBody body = body_of(text + "}");
  body.root()->refuse_unknown();
  EXPECT_EQ(body.faults().size(), kFaultsMax);
}
TEST(JsonObject, FindsMembersAskedInAnyOrderAndAgain) {
  JsonBody body = body_of(R"({"a":1,"b":2,"c":3})");
  JsonObject root = *body.root();
  for (const char* key : {"c", "a", "b", "b", "a", "c"}) {
    EXPECT_EQ(root.integer(key, Presence::required, 0, 9), key[0] - 'a' + 1);
  }
  EXPECT_TRUE(root.has("b"));
  EXPECT_FALSE(root.has("d"));
  EXPECT_EQ(faults_of(body), "");
}

}  // namespace
}  // namespace motcua::api
