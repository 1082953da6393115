#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/service.h"

namespace motcua::testing {
namespace {

// The value of one sample; -1 when it is not there.
std::int64_t sample(HttpClient& client, const std::string& name) {
  const std::string text = client.get("/metrics").body;
  const std::size_t at = text.find('\n' + name + ' ');
  return at == std::string::npos ? -1 : std::stoll(text.substr(at + name.size() + 2));
}

TEST(Metrics, AreForTheMachinesThatTheSettingsNameElseForARight) {
  ServiceOptions options;
  options.keys = {{"admin", "", false, {"administrator"}}, {"counter", "H32.101", false, {"integration"}}};
  options.configure = [](nlohmann::json& config) { config["scrapers"] = {"10.0.0.0/8"}; };
  const RunningService service(options);
  EXPECT_EQ(HttpClient(service.port(), "mc_nobody").get("/metrics").status, 401);
  EXPECT_EQ(service.client("counter").get("/metrics").status, 403);
  HttpClient admin = service.client("admin");
  EXPECT_EQ(admin.get("/metrics").status, 200);
  EXPECT_EQ(sample(admin, "motcua_http_unauthorized_total"), 1);
}

TEST(Metrics, FollowWhatIsWrittenAndOpen) {
  RunningService service;
  HttpClient client = service.client();
  const std::string acceptance = "motcua_open_clocks{clock=\"acceptance\"}";
  EXPECT_EQ(sample(client, acceptance), 0);
  const std::int64_t pages = sample(client, "motcua_wal_pages_total");
  ASSERT_GE(pages, 0);
  const HttpAnswer filed = client.post("/v1/dossiers", {{"procedure", "1.004194"},
                                                        {"channel", "online"},
                                                        {"receiving_agency", "H32.101"},
                                                        {"owner", {{"kind", "citizen"}, {"name", "A"}}}});
  ASSERT_EQ(filed.status, 201) << filed.body;
  EXPECT_EQ(sample(client, acceptance), 1);
  EXPECT_GT(sample(client, "motcua_wal_pages_total"), pages);
  // Read again when it starts again.
  ASSERT_EQ(service.stop(), 0);
  service.restart();
  HttpClient again = service.client();
  EXPECT_EQ(sample(again, acceptance), 1);
}

}  // namespace
}  // namespace motcua::testing
