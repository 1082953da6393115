#include <cstdlib>
#include <fstream>
#include <set>

#include "tests/api/webhook_case.h"

// Subscriptions, and what reaches their receivers.
namespace motcua::testing {
namespace {

using nlohmann::json;

class Webhooks : public WebhookCase {
 protected:
  // Has the receivers' own libraries take what came.
  static int taken_by_libraries(const std::filesystem::path& deliveries) {
    const std::string node = std::string(MOTCUA_SOURCE_DIR) + "/tests/node/";
    const std::string line =
        "'" + node + "install.sh' && node '" + node + "webhooks.mjs' '" + deliveries.string() + "'";
    return std::system(line.c_str());
  }
  static json for_libraries(const Received& came, const json& secrets,
                            const json& not_secrets = json::array(),
                            const json& public_keys = json::array()) {
    json headers;
    for (const auto& [name, value] : came.headers) headers[name] = value;
    return {{"headers", headers},
            {"body", came.body},
            {"secrets", secrets},
            {"not_secrets", not_secrets},
            {"public_keys", public_keys}};
  }
};

TEST_F(Webhooks, BringAnEventWithItsIdsAndNothingPersonal) {
  const json webhook = subscribe();
  EXPECT_EQ(webhook["state"], "active");
  EXPECT_TRUE(webhook["secret"].get<std::string>().starts_with("whsec_")) << webhook;
  const std::string dossier = filed();
  const auto came = receiver_.wait_for(1);
  ASSERT_EQ(came.size(), 1U);
  const json body = came[0].json();
  EXPECT_EQ(body["specversion"], "1.0");
  EXPECT_EQ(body["id"], came[0].header("webhook-id"));
  EXPECT_EQ(body["type"], "vn.motcua.dossier.submitted.v1");
  EXPECT_EQ(body["subject"], dossier);
  EXPECT_EQ(body["time"], kWebhookStart);
  const json feed = read("/v1/events")["items"][0];
  EXPECT_EQ(body["id"], feed["id"]);
  const json data{{"dossier", dossier},
                  {"code", read("/v1/dossiers/" + dossier)["code"]},
                  {"version", 1},
                  {"sequence", 1}};
  EXPECT_EQ(body["data"], data);
  const json delivery = delivery_until(webhook, "delivered", 1);
  EXPECT_EQ(delivery["outcome"], "delivered");
  EXPECT_EQ(delivery["status"], 200);
  EXPECT_EQ(delivery["event"], body["id"]);
}

TEST_F(Webhooks, AreTakenByTheLibrariesOfReceiversAlsoWhileSecretsRotate) {
  const json webhook = subscribe({{"ed25519", true}});
  const json old_secret = webhook["secret"];
  std::ofstream lines(service_.directory() / "deliveries.jsonl");
  filed();
  const auto first = receiver_.wait_for(1);
  ASSERT_EQ(first.size(), 1U);
  lines << for_libraries(first[0], json::array({old_secret}), json::array(),
                         json::array({webhook["public_key"]}))
        << '\n';

  const HttpAnswer rotated = client_.post(path_of(webhook, "/rotate-secret"), {{"overlap_seconds", 3600}});
  ASSERT_EQ(rotated.status, 200) << rotated.body;
  const json fresh = rotated.json();
  EXPECT_NE(fresh["secret"], old_secret);
  EXPECT_NE(fresh["public_key"], webhook["public_key"]);
  EXPECT_EQ(fresh["earlier_secret_until"], "2026-08-10T09:00:00+07:00");
  EXPECT_EQ(read(path_of(webhook))["secret"], nullptr);
  filed();
  const auto second = receiver_.wait_for(2);
  ASSERT_EQ(second.size(), 2U);
  lines << for_libraries(second[1], json::array({old_secret, fresh["secret"]}), json::array(),
                         json::array({webhook["public_key"], fresh["public_key"]}))
        << '\n';

  ASSERT_TRUE(service_.advance(3600));
  filed();
  const auto third = receiver_.wait_for(3);
  ASSERT_EQ(third.size(), 3U);
  lines << for_libraries(third[2], json::array({fresh["secret"]}), json::array({old_secret}),
                         json::array({fresh["public_key"]}))
        << '\n';
  lines.close();
  EXPECT_EQ(taken_by_libraries(service_.directory() / "deliveries.jsonl"), 0);
}

}  // namespace
}  // namespace motcua::testing
