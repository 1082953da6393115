#include "api/json/writer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "engine/core/terms.h"

namespace motcua::api {
namespace {

template <class Write>
std::string written(Write write) {
  std::string out;
  JsonWriter json(out);
  write(json);
  return out;
}

TEST(JsonWriter, SetsCommasBetweenValuesOnly) {
  EXPECT_EQ(written([](JsonWriter& w) {
              w.begin_object();
              w.member("a", 1);
              w.key("b");
              w.begin_array();
              w.begin_object();
              w.end_object();
              w.value("x");
              w.begin_array();
              w.end_array();
              w.null();
              w.end_array();
              w.member("c", true);
              w.end_object();
            }),
            R"({"a":1,"b":[{},"x",[],null],"c":true})");
}
TEST(JsonWriter, WritesEachKindOfValue) {
  EXPECT_EQ(
      written([](JsonWriter& w) {
        w.begin_object();
        w.member("min", std::numeric_limits<std::int64_t>::min());
        w.member("max", std::numeric_limits<std::uint64_t>::max());
        w.member("word", core::ClockState::voided);
        w.member("code", core::Code("H32.19"));
        w.member("id", *core::parse_uuid("0190c3a8-7b1c-7def-8123-456789abcdef"));
        w.member("on", *core::make_date(2026, 8, 21));
        w.member("none", std::optional<core::Date>());
        w.member_raw("raw", "[1]");
        w.member_null("nothing");
        w.end_object();
      }),
      R"({"min":-9223372036854775808,"max":18446744073709551615,"word":"void","code":"H32.19",)"
      R"("id":"0190c3a8-7b1c-7def-8123-456789abcdef","on":"2026-08-21","none":null,"raw":[1],"nothing":null})");
}
TEST(JsonWriter, ShowsDurationsInSecondsRoundedUp) {
  EXPECT_EQ(written([](JsonWriter& w) {
              w.begin_object();
              w.member_seconds("a", 0);
              w.member_seconds("b", 1);
              w.member_seconds("c", 1000);
              w.member_seconds("d", 1001);
              w.member_seconds("e", -1500);
              w.end_object();
            }),
            R"({"a":0,"b":1,"c":1,"d":2,"e":-1})");
}
TEST(JsonWriter, EscapesSoThatAnotherParserReadsTheSameText) {
  std::string every;
  for (int byte = 0; byte < 0x80; ++byte) every += static_cast<char>(byte);
  every += "Nguyễn Thị Đẹp \xf0\x9f\x98\x80";
  const std::string out = written([&](JsonWriter& w) { w.value(every); });
  EXPECT_EQ(nlohmann::json::parse(out).get<std::string>(), every);
  EXPECT_EQ(out.find('\n'), std::string::npos);
}
TEST(JsonWriter, PrintsInstantsAsTheCoreDoes) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    core::Instant at{static_cast<std::int64_t>(random() % 4'000'000'000'000ULL)};
    if (i % 2) at.ms -= at.ms % 1000;
    const int offset = i % 3 ? 420 : -210;
    if (at.ms < core::kDayMs) continue;
    EXPECT_EQ(written([&](JsonWriter& w) { w.instant(at, offset); }),
              '"' + core::format_instant(at, offset) + '"');
  }
}

}  // namespace
}  // namespace motcua::api
