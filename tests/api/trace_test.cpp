#include "api/trace.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/service.h"

namespace motcua::api {
namespace {

constexpr std::string_view kGiven = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

std::string with(std::size_t at, std::string_view text) {
  return std::string(kGiven).replace(at, text.size(), text);
}

TEST(Trace, ReadsAParentOfTheStandardsForm) {
  const auto trace = read_traceparent(kGiven);
  ASSERT_TRUE(trace);
  EXPECT_EQ(trace->id[0], 0x0a);
  EXPECT_EQ(trace->id[15], 0x9c);
  ASSERT_TRUE(trace->parent);
  EXPECT_EQ((*trace->parent)[0], 0xb7);
  EXPECT_EQ((*trace->parent)[7], 0x31);
  EXPECT_EQ(read_traceparent(with(53, "00")), trace);
}

TEST(Trace, ReadsOfALaterVersionWhatItKnows) {
  EXPECT_EQ(read_traceparent(with(0, "cc")), read_traceparent(kGiven));
  EXPECT_EQ(read_traceparent(with(0, "01") + "-what-the-future-brings"), read_traceparent(kGiven));
  EXPECT_FALSE(read_traceparent(with(0, "01") + ".what"));
  EXPECT_FALSE(read_traceparent(std::string(kGiven) + "-more"));
}

TEST(Trace, PassesOverWhatIsMalformed) {
  for (const std::string& wrong :
       {std::string(), std::string(kGiven.substr(0, 54)), std::string(kGiven) + "0", with(0, "ff"),
        with(0, "0g"), with(3, "0A"), with(2, "_"), with(35, "_"), with(52, "_"), with(36, "B7"),
        with(3, std::string(32, '0')), with(36, std::string(16, '0')), with(53, "0x"), with(3, " ")})
    EXPECT_FALSE(read_traceparent(wrong)) << wrong;
  for (std::size_t size = 0; size < kGiven.size(); ++size)
    EXPECT_FALSE(read_traceparent(kGiven.substr(0, size))) << size;
}

// The line of the log that belongs to an answer.
nlohmann::json line_of(const testing::RunningService& service, const testing::HttpAnswer& answer) {
  std::istringstream lines(service.log());
  for (std::string line; std::getline(lines, line);) {
    const nlohmann::json one = nlohmann::json::parse(line, nullptr, false);
    if (one.is_object() && one.value("request_id", "") == answer.header("x-request-id")) return one;
  }
  return nullptr;
}

TEST(Trace, StandsInTheLogOfTheRequestAndNeverRefusesIt) {
  testing::ServiceOptions options;
  options.configure = [](nlohmann::json& config) { config["log"]["level"] = "debug"; };
  testing::RunningService service(options);
  testing::HttpClient client = service.client();
  const auto get = [&](const testing::HttpHeaders& headers) {
    testing::HttpAnswer answer = client.request("GET", "/v1/late", {}, headers);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer;
  };
  const std::string given(kGiven);
  const auto taken = get({{"Traceparent", given}});
  const auto malformed = get({{"traceparent", "00-nonsense"}});
  const auto twice = get({{"traceparent", given}, {"traceparent", given}});
  const auto none = get({});
  ASSERT_EQ(service.stop(), 0);
  const nlohmann::json line = line_of(service, taken);
  EXPECT_EQ(line["trace_id"], given.substr(3, 32));
  EXPECT_EQ(line["parent_id"], given.substr(36, 16));
  for (const auto* answer : {&malformed, &twice, &none}) {
    const nlohmann::json own = line_of(service, *answer);
    std::string id = answer->header("x-request-id");
    id.erase(std::remove(id.begin(), id.end(), '-'), id.end());
    EXPECT_EQ(own["trace_id"], id);
    EXPECT_FALSE(own.contains("parent_id"));
  }
}

}  // namespace
}  // namespace motcua::api
