#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/support/service.h"

// What names a payment names one of all dossiers that an agency received.
namespace motcua::testing {
namespace {

using nlohmann::json;

class PaymentReference : public ::testing::Test {
 protected:
  static ServiceOptions options() {
    ServiceOptions made;
    made.sandbox = "2026-08-10T08:00:00+07:00";
    made.configure = use_copied_procedures;
    return made;
  }
  // A dossier that waits for 58,000 đồng.
  std::string asked_to_pay(const std::string& agency = "H32.101") {
    const HttpAnswer filed =
        client_.post("/v1/dossiers", {{"procedure", "9.100004"},
                                      {"variant", "thuong"},
                                      {"channel", "direct"},
                                      {"receiving_agency", agency},
                                      {"accept", true},
                                      {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}});
    EXPECT_EQ(filed.status, 201) << filed.body;
    const std::string path = "/v1/dossiers/" + filed.json().value("id", "none");
    EXPECT_EQ(client_.post(path + "/request-payment", json::object()).status, 200);
    return path;
  }
  HttpAnswer pay(const std::string& dossier, const std::string& reference) {
    return client_.post(dossier + "/confirm-payment", paid(reference));
  }
  static json paid(const std::string& reference) {
    return {{"reference", reference}, {"amount_vnd", 58'000}};
  }

  RunningService service_{options()};
  HttpClient client_ = service_.client();
};

TEST_F(PaymentReference, IsOfOneDossierOfTheReceivingAgency) {
  const std::string first = asked_to_pay();
  const std::string second = asked_to_pay();
  const HttpAnswer paid = pay(first, "KB-1");
  ASSERT_EQ(paid.status, 200) << paid.body;
  const HttpAnswer taken = pay(second, "KB-1");
  EXPECT_EQ(taken.status, 409);
  EXPECT_EQ(taken.json()["code"], "reference_taken");
  EXPECT_NE(taken.json()["detail"].get<std::string>().find("KB-1"), std::string::npos) << taken.body;
  EXPECT_EQ(client_.get(second).json()["state"], "awaiting_payment");
  // Said again of the same payment it changes nothing.
  EXPECT_EQ(pay(first, "KB-1").json()["version"], paid.json()["version"]);
  EXPECT_EQ(pay(second, "KB-10").status, 200) << "the whole word counts";
  EXPECT_EQ(pay(asked_to_pay("H32.102"), "KB-1").status, 200) << "another agency has accounts of its own";
  const std::string third = asked_to_pay();
  ASSERT_EQ(service_.stop(), 0);
  service_.restart();
  HttpClient client = service_.client();
  EXPECT_EQ(client.post(third + "/confirm-payment", PaymentReference::paid("KB-1")).json()["code"],
            "reference_taken");
}

// Decided together, neither is stored yet.
TEST_F(PaymentReference, IsOfOneDossierOfABatchToo) {
  json items = json::array();
  for (int i = 0; i < 8; ++i) {
    items.push_back({{"key", "k" + std::to_string(i)},
                     {"command", "confirm-payment"},
                     {"dossier", asked_to_pay().substr(std::string("/v1/dossiers/").size())},
                     {"body", paid("KB-7")}});
  }
  const HttpAnswer sent = client_.post("/v1/batches", {{"items", items}});
  ASSERT_EQ(sent.status, 200) << sent.body;
  const json results = sent.json()["results"];
  const auto with = [&](int status) {
    return std::count_if(results.begin(), results.end(),
                         [&](const json& result) { return result["status"] == status; });
  };
  EXPECT_EQ(with(200), 1) << results;
  EXPECT_EQ(with(409), 7) << results;
}

}  // namespace
}  // namespace motcua::testing
