// How much one client may ask, and what a browser may do with a page.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/paths.h"
#include "tests/support/safe_page.h"
#include "tests/support/service.h"

namespace motcua::testing {
namespace {

using nlohmann::json;

json rate(int per_second, int burst) { return {{"per_second", per_second}, {"burst", burst}}; }

ServiceOptions with_rates(json caller, json address, json failures) {
  ServiceOptions options;
  options.keys = {{"one", "", true}, {"two", "", true}};
  options.configure = [=](json& config) {
    config["rates"] = {
        {"caller", caller}, {"address", address}, {"failures", failures}, {"handshakes", nullptr}};
    config["proxies"] = {"127.0.0.1/32"};
  };
  return options;
}

// Asked until refused; how often it was answered. One more second passes at most between two of them.
int answered(HttpClient& client, const std::string& target, int most, HttpAnswer& refused,
             const HttpHeaders& headers = {}) {
  for (int count = 0; count < most; ++count) {
    refused = client.request("GET", target, {}, headers);
    if (refused.status == 429) return count;
  }
  return most;
}

void expect_told_to_wait(const HttpAnswer& refused, const std::string& seconds) {
  EXPECT_EQ(refused.status, 429) << refused.body;
  EXPECT_EQ(refused.header("retry-after"), seconds);
  EXPECT_EQ(refused.json().value("code", ""), "rate_limited");
}

TEST(ClientLimits, HoldEachCallerToItsOwnRate) {
  RunningService service(with_rates(rate(1, 10), nullptr, nullptr));
  HttpClient one = service.client("one");
  HttpAnswer refused;
  const int count = answered(one, "/v1/agencies", 1000, refused);
  EXPECT_GE(count, 10);
  EXPECT_LT(count, 1000);
  expect_told_to_wait(refused, "1");
  HttpClient two = service.client("two");
  EXPECT_EQ(two.get("/v1/agencies").status, 200) << "another caller is not held up";
  const std::string metrics = two.get("/metrics").body;
  EXPECT_NE(metrics.find("\nmotcua_http_rate_limited_total{limit=\"caller\"} 1\n"), std::string::npos)
      << metrics;
  EXPECT_EQ(one.get("/metrics").status, 200);
}

TEST(ClientLimits, CountABatchOnce) {
  RunningService service(with_rates(rate(1, 2), nullptr, nullptr));
  json items = json::array();
  for (int i = 0; i < 200; ++i) {
    items.push_back({{"key", "b-" + std::to_string(i)},
                     {"body",
                      {{"procedure", "1.004194"},
                       {"channel", "direct"},
                       {"receiving_agency", "H32.101"},
                       {"accept", true},
                       {"owner", {{"kind", "citizen"}, {"name", "A"}}}}}});
  }
  HttpClient client = service.client("one");
  const HttpAnswer answer = client.post("/v1/batches", {{"items", items}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json()["results"].size(), 200u);
}

TEST(ClientLimits, HoldAnAddressWithoutAKeyAndNoProbe) {
  RunningService service(with_rates(nullptr, rate(1, 5), nullptr));
  HttpClient client = service.client();
  HttpAnswer refused;
  const int count = answered(client, "/public/late", 1000, refused);
  EXPECT_GE(count, 5);
  expect_told_to_wait(refused, "1");
  for (int i = 0; i < 50; ++i) ASSERT_EQ(client.get("/readyz").status, 200);
  EXPECT_EQ(client.get("/v1/agencies").status, 200) << "who shows a key is not held up by its address";
  // Behind a proxy of ours each client has its own.
  const HttpAnswer other = client.request("GET", "/public/late", {}, {{"X-Forwarded-For", "203.0.113.9"}});
  EXPECT_EQ(other.status, 200) << other.body;
}

TEST(ClientLimits, HoldAnAddressThatShowsNoValidKey) {
  RunningService service(with_rates(nullptr, nullptr, rate(1, 3)));
  HttpClient client = service.client();
  HttpAnswer refused;
  const int count = answered(client, "/v1/dossiers", 1000, refused, {{"Authorization", "Bearer mc_wrong"}});
  EXPECT_GE(count, 3);
  expect_told_to_wait(refused, "1");
  EXPECT_EQ(client.get("/v1/dossiers").status, 200) << "a valid key of the same address goes on";
}

// The rates that are shipped do not meet what a counter does.
TEST(ClientLimits, ShippedLetACounterWork) {
  ServiceOptions options;
  options.configure = [](json& config) {
    std::ifstream file(in_tree("config/server.json"));
    config["rates"] = json::parse(file)["rates"];
  };
  RunningService service(options);
  HttpClient client = service.client();
  for (int i = 0; i < 2'000; ++i) ASSERT_EQ(client.get("/v1/agencies/H32.101").status, 200) << i;
}

TEST(Pages, RunAndLoadNothing) {
  RunningService service;
  HttpClient client = service.client();
  expect_safe_page(client.get("/public/late"), service.directory());
  const HttpAnswer filed =
      client.post("/v1/dossiers", {{"procedure", "1.004194"},
                                   {"channel", "direct"},
                                   {"receiving_agency", "H32.101"},
                                   {"accept", true},
                                   {"owner", {{"kind", "citizen"}, {"name", "<style>*{}</style>"}}}});
  ASSERT_EQ(filed.status, 201) << filed.body;
  const std::string slips = "/v1/dossiers/" + filed.json()["id"].get<std::string>() + "/slips";
  const json listed = client.get(slips).json();
  ASSERT_FALSE(listed["items"].empty()) << listed;
  const HttpAnswer slip = client.get(slips + '/' + listed["items"][0]["form"].get<std::string>());
  expect_safe_page(slip, service.directory());
  EXPECT_EQ(slip.header("cache-control"), "no-store");
  const HttpAnswer paper =
      client.get(slips + '/' + listed["items"][0]["form"].get<std::string>() + "?format=pdf");
  EXPECT_EQ(paper.header("content-security-policy"), "frame-ancestors 'none'");
  EXPECT_EQ(client.get("/v1/agencies").header("x-content-type-options"), "nosniff");
  EXPECT_EQ(client.get("/nowhere").header("x-content-type-options"), "nosniff");
}

}  // namespace
}  // namespace motcua::testing
