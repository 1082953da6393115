#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/event_client.h"

// Software acts for officers: for its own agency's only, and only what their positions let them do.
namespace motcua::testing {
namespace {

using nlohmann::json;

class OfficerRights : public ::testing::Test {
 protected:
  static ServiceOptions options() {
    ServiceOptions made;
    made.sandbox = "2026-08-10T08:00:00+07:00";
    made.keys = {{"province", "", true},
                 {"commune", "H32.101", true},
                 {"reader", "H32.101", false, {"auditor"}},
                 {"residence", "H32.101", false, {"integration"}, {"1.004194"}},
                 {"department", "H32.13", false, {"integration"}},
                 {"guest", "", false, {"integration"}, {}, "2026-08-10"}};
    made.configure = [](json& config) {
      use_copied_procedures(config);
      config["limits"]["stream_checkpoint_ms"] = 100;
      config["webhooks"]["allow_http"] = true;
      config["webhooks"]["allow_networks"] = {"127.0.0.0/8"};
    };
    return made;
  }
  // Accepted at the counter; a procedure whose term can be extended.
  std::string accepted(const std::string& agency = "H32.101") {
    const HttpAnswer answer =
        client_.post("/v1/dossiers", {{"procedure", "9.000003"},
                                      {"channel", "direct"},
                                      {"accept", true},
                                      {"receiving_agency", agency},
                                      {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}});
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json().value("id", "none");
  }
  static std::string said(HttpClient& client, const std::string& id, const std::string& word, json body,
                          const std::string& officer = {}) {
    if (!officer.empty()) body["on_behalf_of"] = officer;
    const HttpAnswer answer = client.post("/v1/dossiers/" + id + '/' + word, body);
    return answer.status == 200 ? "done"
                                : std::to_string(answer.status) + ' ' + answer.json().value("code", "");
  }
  std::string extended(HttpClient& client, const std::string& id, const std::string& officer) {
    return said(client, id, "extend", {{"ground", "FURTHER_REVIEW"}, {"reason", "Xem thêm"}}, officer);
  }
  double metric(const std::string& name) {
    const std::string body = client_.get("/metrics").body;
    const std::size_t at = body.find('\n' + name + ' ');
    return at == std::string::npos ? -1 : std::stod(body.substr(at + name.size() + 2));
  }

  RunningService service_{options()};
  HttpClient client_ = service_.client("province");
  HttpClient commune_ = service_.client("commune");
};

TEST_F(OfficerRights, AreThoseOfThePositionAtTheOfficersOwnAgency) {
  const std::string id = accepted();
  EXPECT_EQ(extended(commune_, id, "H32.101.cb01"), "403 forbidden_person") << "a counter officer";
  EXPECT_EQ(extended(commune_, id, "H32.102.ct01"), "403 forbidden_person")
      << "not of an agency of the caller";
  EXPECT_EQ(extended(client_, id, "H32.102.ct01"), "403 forbidden_person") << "not of one that takes part";
  EXPECT_EQ(extended(client_, id, "H32.101.xx09"), "403 forbidden_person") << "unknown";
  EXPECT_EQ(extended(commune_, id, "H32.ct01"), "403 forbidden_person") << "above the caller";
  EXPECT_EQ(said(commune_, id, "extend", {{"ground", "FURTHER_REVIEW"}, {"reason", "x"}}),
            "422 invalid_request");
  EXPECT_EQ(client_.get("/v1/dossiers/" + id).json()["version"], 2) << "nothing was written";
  EXPECT_EQ(extended(commune_, id, "H32.101.ct01"), "done");
  EXPECT_EQ(extended(client_, accepted(), "H32.ct01"), "done") << "the province is above";
}

TEST_F(OfficerRights, NeverReachWhatTheOfficerHandled) {
  const std::string id = accepted();
  ASSERT_EQ(said(client_, id, "assign", {{"officer", "H32.101.tp01"}}), "done");
  EXPECT_EQ(extended(commune_, id, "H32.101.tp01"), "403 own_dossier");
  EXPECT_EQ(said(commune_, id, "correct", {{"version", 2}, {"reason", "Nhầm"}}, "H32.101.tp01"),
            "403 own_dossier");
  ASSERT_EQ(said(client_, id, "assign", {{"officer", "H32.101.cv01"}}), "done");
  EXPECT_EQ(extended(commune_, id, "H32.101.tp01"), "403 own_dossier") << "also after it was given on";
  EXPECT_EQ(extended(commune_, id, "H32.101.ct01"), "done");
}

TEST_F(OfficerRights, NeverReachWhatTheOfficerWorkedOnForAnother) {
  const std::string id = accepted();
  ASSERT_EQ(said(commune_, id, "complete-step", json::object(), "H32.101.tp01"), "done");
  ASSERT_EQ(said(client_, id, "assign", {{"officer", "H32.101.cv01"}}), "done");
  EXPECT_EQ(extended(commune_, id, "H32.101.tp01"), "403 own_dossier");
}

// Orders that come close together are decided in one group.
TEST_F(OfficerRights, NeverReachWhatTheOfficerWasGivenAMomentAgo) {
  HttpClient first = service_.client("province");
  HttpClient second = service_.client("province");
  HttpClient third = service_.client("province");
  json crowd{{"items", json::array()}};
  for (int i = 0; i < 150; ++i) {
    const json owner{{"kind", "citizen"}, {"name", "Lê C"}};
    const json body{
        {"procedure", "1.004194"}, {"channel", "online"}, {"receiving_agency", "H32.102"}, {"owner", owner}};
    crowd["items"].push_back({{"key", ""}, {"command", "submit"}, {"body", body}});
  }
  int given_first = 0;
  for (int trial = 0; trial < 25; ++trial) {
    const std::string id = accepted();
    for (std::size_t i = 0; i < crowd["items"].size(); ++i)
      crowd["items"][i]["key"] = std::to_string(trial) + '-' + std::to_string(i);
    std::thread busy([&] { first.post("/v1/batches", crowd); });
    std::thread extends([&] { extended(third, id, "H32.101.tp01"); });
    EXPECT_EQ(said(second, id, "assign", {{"officer", "H32.101.tp01"}}), "done");
    busy.join();
    extends.join();
    std::vector<std::string> types;
    const json history = client_.get("/v1/dossiers/" + id + "/events").json();
    for (const json& event : history["items"]) types.push_back(event["type"].get<std::string>());
    const auto given = std::find(types.begin(), types.end(), "vn.motcua.dossier.step_assigned.v1");
    ASSERT_NE(given, types.end()) << history;
    given_first += given - types.begin() == 2 ? 1 : 0;
    EXPECT_EQ(std::find(given, types.end(), "vn.motcua.dossier.extended.v1"), types.end())
        << "who has it extends its term";
  }
  EXPECT_GT(given_first, 0);
}

// Lộc Thọ was merged into Nha Trang (H32.101) on 01/07/2025.
TEST(MergedAgencies, LeaveTheirDossiersToTheirHeirsAndTheirOfficersNothing) {
  ServiceOptions options;
  options.sandbox = "2025-06-26T08:00:00+07:00";
  options.keys = {{"province", "", true}, {"heir", "H32.101", true}, {"other", "H32.105", true}};
  RunningService service(options);
  HttpClient province = service.client("province");
  HttpClient heir = service.client("heir");
  const HttpAnswer filed =
      province.post("/v1/dossiers", {{"procedure", "2.000908"},
                                     {"channel", "direct"},
                                     {"accept", true},
                                     {"receiving_agency", "001.19.H32"},
                                     {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}});
  ASSERT_EQ(filed.status, 201) << filed.body;
  const std::string path = "/v1/dossiers/" + filed.json()["id"].get<std::string>();
  const auto said = [&](HttpClient& client, const std::string& word, json body, const std::string& officer) {
    body["on_behalf_of"] = officer;
    const HttpAnswer answer = client.post(path + '/' + word, body);
    return answer.status == 200 ? "done" : answer.json().value("code", "");
  };
  const auto opened = [&](HttpClient& client, const std::string& officer) {
    return client.get(path + "/owner?unmasked=true&reason=Xem&on_behalf_of=" + officer).status;
  };
  ASSERT_TRUE(service.set_clock("2025-06-30T23:59:59+07:00"));
  EXPECT_EQ(heir.get(path).status, 404) << "not before the day";
  EXPECT_EQ(opened(province, "001.19.H32.ct01"), 200);
  EXPECT_EQ(said(province, "assign", {{"officer", "001.19.H32.cv01"}}, "001.19.H32.ct01"), "done");
  ASSERT_TRUE(service.set_clock("2025-07-01T00:00:00+07:00"));
  EXPECT_EQ(opened(province, "001.19.H32.ct01"), 403) << "positions end with their agency";
  EXPECT_EQ(said(province, "withdraw", json::object(), "001.19.H32.ct01"), "forbidden_person");
  EXPECT_EQ(service.client("other").get(path).status, 404);
  EXPECT_EQ(heir.get(path).status, 200);
  EXPECT_EQ(heir.get("/v1/dossiers").json()["items"].size(), 1u);
  EXPECT_EQ(opened(heir, "H32.101.ct01"), 200);
  EXPECT_EQ(said(heir, "assign", {{"officer", "H32.101.cv01"}, {"agency", "H32.101"}}, "H32.101.ct01"),
            "done");
  EXPECT_EQ(said(heir, "explain-lateness", {{"reason", "Sáp nhập"}}, "H32.101.ct01"), "done");
  EXPECT_EQ(said(heir, "correct", {{"version", 2}, {"reason", "Nhầm"}}, "H32.101.ct01"), "done");
  const json denied{{"outcome", "denied"}, {"result_form", "paper"}, {"reason", "Thiếu"}};
  EXPECT_EQ(said(heir, "settle", denied, "H32.101.tp01"), "done");
  // Its reports are still of itself alone where none is named.
  ASSERT_TRUE(service.set_clock("2025-07-10T08:00:00+07:00"));
  const HttpAnswer report = heir.get("/v1/reports/ii06a?from=2025-06-01&to=2025-06-30");
  EXPECT_EQ(report.json().value("agency", ""), "H32.101") << report.body;
}

// Certifying a copy (2.000908) is signed by the head of the agency.
TEST_F(OfficerRights, CompleteAStepOfTheirPositionOrOfALowerOne) {
  const HttpAnswer filed = client_.post("/v1/dossiers", {{"procedure", "2.000908"},
                                                         {"channel", "direct"},
                                                         {"accept", true},
                                                         {"receiving_agency", "H32.101"},
                                                         {"facts", {{"copies", 2}}},
                                                         {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}});
  ASSERT_EQ(filed.status, 201) << filed.body;
  const std::string id = filed.json()["id"];
  const auto step = [&] { return client_.get("/v1/dossiers/" + id).json().value("step", ""); };
  for (int i = 0; i < 4 && step() != "sign"; ++i) {
    ASSERT_EQ(said(commune_, id, "complete-step", json::object(), "H32.101.cb01"), "done") << step();
  }
  ASSERT_EQ(step(), "sign");
  EXPECT_EQ(said(commune_, id, "complete-step", json::object(), "H32.101.cb01"), "403 forbidden_person");
  EXPECT_EQ(said(commune_, id, "complete-step", json::object(), "H32.101.mc01"), "403 forbidden_person");
  EXPECT_EQ(said(commune_, id, "complete-step", json::object(), "H32.101.tp01"), "done") << "the deputy";
}

TEST_F(OfficerRights, NeverReachLatenessOfADossierWhoseDatesTheOfficerMade) {
  const std::string id = accepted();
  ASSERT_EQ(
      said(commune_, id, "suspend", {{"ground", "FINANCIAL_DUTY"}, {"reason", "Nộp thuế"}}, "H32.101.tp01"),
      "done");
  EXPECT_EQ(said(commune_, id, "correct", {{"version", 2}, {"reason", "Nhầm"}}, "H32.101.tp01"),
            "403 own_dossier");
}

TEST_F(OfficerRights, OfAnAgencyThatWasAskedAreToSeeAndToAnswer) {
  HttpClient department = service_.client("department");
  const std::string id = accepted();
  EXPECT_EQ(said(department, id, "withdraw", {{"reason", "x"}}), "404 not_found");
  ASSERT_EQ(said(client_, id, "consult", {{"agency", "H32.13"}, {"reason", "Hỏi"}}), "done");
  EXPECT_EQ(department.get("/v1/dossiers/" + id).status, 200);
  for (const char* word : {"withdraw", "reappoint", "complete-step", "assign"}) {
    EXPECT_EQ(said(department, id, word,
                   word == std::string("assign")     ? json{{"officer", "H32.13.cv01"}}
                   : word == std::string("withdraw") ? json{{"reason", "x"}}
                   : word == std::string("reappoint")
                       ? json{{"promised_at", "2026-12-01T08:00:00+07:00"}, {"reason", "x"}}
                       : json::object()),
              "403 forbidden_right")
        << word;
  }
  EXPECT_EQ(
      said(department, id, "answer-consultation", {{"number", 1}, {"outcome", "agreed"}}, "H32.13.cv01"),
      "done");
}

TEST_F(OfficerRights, AreNotToActInAnothersName) {
  json filing{{"procedure", "2.000908"},
              {"channel", "direct"},
              {"receiving_agency", "H32.102"},
              {"competent_agency", "H32.101"},
              {"accept", true},
              {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}};
  EXPECT_EQ(commune_.post("/v1/dossiers", filing).json()["code"], "forbidden_scope");
  filing["receiving_agency"] = "H32.101";
  filing["code"] = "H32.102-260810-0099";
  const HttpAnswer foreign = commune_.post("/v1/dossiers", filing);
  EXPECT_EQ(foreign.status, 409);
  EXPECT_EQ(foreign.json()["code"], "code_of_other_agency") << foreign.body;
  filing["code"] = "H57.132-260810-0099";
  EXPECT_EQ(commune_.post("/v1/dossiers", filing).status, 201) << "of nobody here";
  // A warning is acknowledged by officers of the caller's own.
  ASSERT_TRUE(service_.set_clock("2026-08-31T09:00:00+07:00"));
  const json alerts = client_.get("/v1/alerts?limit=200").json()["items"];
  ASSERT_FALSE(alerts.empty());
  const std::string alert = "/v1/alerts/" + alerts[0]["id"].get<std::string>() + "/ack";
  EXPECT_EQ(commune_.post(alert, {{"officer", "H32.ct01"}}).json()["code"], "forbidden_person");
}

// What hangs on a key ends with what the key was granted.
TEST_F(OfficerRights, EndWithTheirDayForStreamsAndSubscriptionsToo) {
  HttpClient guest = service_.client("guest");
  const HttpAnswer made = guest.post("/v1/webhooks", {{"url", "http://127.0.0.1:9/hook"}});
  ASSERT_EQ(made.status, 201) << made.body;
  EventClient stream(service_.port(), token_of("guest"), "/v1/events/stream");
  ASSERT_EQ(stream.status(), 200);
  accepted();
  for (int events = 0; events < 2; ++events) ASSERT_TRUE(stream.next_real());
  const std::string deliveries =
      "/v1/webhooks/" + made.json()["id"].get<std::string>() + "/deliveries?limit=200";
  const auto count = [&] { return client_.get(deliveries).json()["items"].size(); };
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (count() < 2 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  ASSERT_EQ(count(), 2u) << "submitted and accepted";
  ASSERT_TRUE(service_.set_clock("2026-08-11T08:00:00+07:00"));
  accepted();
  EXPECT_EQ(guest.get("/v1/dossiers").status, 403);
  EXPECT_TRUE(stream.ends());
  // Another subscription's deliveries show that the journal was read on.
  const HttpAnswer other = client_.post("/v1/webhooks", {{"url", "http://127.0.0.1:9/other"}});
  accepted();
  const std::string others = "/v1/webhooks/" + other.json()["id"].get<std::string>() + "/deliveries";
  while (client_.get(others).json()["items"].empty() && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
  }
  EXPECT_EQ(count(), 2u);
}

// As the settings are shipped.
TEST(NamedOfficers, AreDemandedOfSoftwareButForWhatACitizenDoes) {
  ServiceOptions options;
  options.sandbox = "2026-08-10T08:00:00+07:00";
  options.keys = {{"portal", "H32.101", false, {"integration"}}, {"desk", "H32.101"}};
  options.configure = [](json& config) { config["on_behalf_of"] = "required"; };
  const RunningService service(options);
  HttpClient client = service.client("portal");
  json filing{{"procedure", "1.004194"},
              {"channel", "online"},
              {"receiving_agency", "H32.101"},
              {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}};
  const auto lacks = [](const HttpAnswer& answer) {
    EXPECT_EQ(answer.status, 422) << answer.body;
    EXPECT_EQ(answer.json()["errors"][0]["pointer"], "#/on_behalf_of") << answer.body;
    EXPECT_EQ(answer.json()["errors"][0]["code"], "missing_field") << answer.body;
  };
  const HttpAnswer filed = client.post("/v1/dossiers", filing);
  ASSERT_EQ(filed.status, 201) << filed.body << "the citizen's own";
  filing["accept"] = true;
  lacks(client.post("/v1/dossiers", filing));
  filing["accept"] = false;
  filing["channel"] = "direct";
  lacks(client.post("/v1/dossiers", filing));
  filing["on_behalf_of"] = "H32.101.cb01";
  EXPECT_EQ(client.post("/v1/dossiers", filing).status, 201);
  const std::string one = "/v1/dossiers/" + filed.json()["id"].get<std::string>();
  lacks(client.post(one + "/accept", json::object()));
  const json item{
      {"key", "1"}, {"command", "accept"}, {"dossier", filed.json()["id"]}, {"body", json::object()}};
  const json batch = client.post("/v1/batches", {{"items", {item}}}).json();
  EXPECT_EQ(batch["results"][0]["problem"]["errors"][0]["code"], "missing_field") << batch;
  const json actions = client.get(one + "/actions").json()["actions"];
  const auto demands = [&](const std::string& word) {
    for (const json& action : actions) {
      if (action["command"] != word) continue;
      for (const json& field : action["fields"])
        if (field["name"] == "on_behalf_of") return field["required"] == true;
    }
    return false;
  };
  EXPECT_TRUE(demands("accept"));
  EXPECT_FALSE(demands("withdraw"));
  EXPECT_EQ(client.post(one + "/accept", {{"on_behalf_of", "H32.101.cb01"}}).status, 200);
  EXPECT_EQ(client.post(one + "/withdraw", {{"reason", "Đổi ý"}}).status, 200);
  // Who looks for persons is an officer, whom an auditor of the agency finds in the log.
  HttpClient desk = service.client("desk");
  EXPECT_EQ(desk.get("/v1/dossiers?q=le").json()["code"], "bad_parameter");
  EXPECT_EQ(desk.get("/v1/dossiers?q=le&on_behalf_of=H32.101.ct01").json()["items"].size(), 2u);
  lacks(desk.post("/v1/dossiers/search", {{"q", "le"}}));
  EXPECT_EQ(desk.post("/v1/dossiers/search", {{"q", "le"}, {"on_behalf_of", "H32.101.ct01"}}).status, 200);
  EXPECT_EQ(desk.get("/v1/dossiers").status, 200);
}

TEST_F(OfficerRights, OfTheCallerComeFirst) {
  HttpClient reader = service_.client("reader");
  HttpClient residence = service_.client("residence");
  const std::string id = accepted();
  const std::string elsewhere = accepted("H32.102");
  const double before = metric("motcua_http_forbidden_total");
  ASSERT_GE(before, 0);
  for (const std::string& any : {id, elsewhere, std::string("H32.9-260101-0001")}) {
    EXPECT_EQ(said(reader, any, "withdraw", {{"colour", 1}}), "403 forbidden_right")
        << "says nothing of " << any << ", nor of the body";
  }
  EXPECT_EQ(metric("motcua_http_forbidden_total"), before + 3);
  EXPECT_EQ(said(residence, id, "withdraw", {{"reason", "x"}}), "404 not_found") << "another procedure";
  const json filing{{"procedure", "2.000908"},
                    {"channel", "direct"},
                    {"receiving_agency", "H32.101"},
                    {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}};
  EXPECT_EQ(residence.post("/v1/dossiers", filing).json()["code"], "forbidden_right");
  EXPECT_EQ(reader.post("/v1/dossiers", filing).json()["code"], "forbidden_right");
  json own = filing;
  own["procedure"] = "1.004194";
  EXPECT_EQ(residence.post("/v1/dossiers", own).status, 201);
  // Each item of a batch is asked by itself.
  const json batch{{"items",
                    {{{"key", "a"}, {"command", "submit"}, {"body", own}},
                     {{"key", "b"}, {"command", "submit"}, {"body", filing}}}}};
  const json results = residence.post("/v1/batches", batch).json()["results"];
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0]["status"], 201) << results;
  EXPECT_EQ(results[1]["problem"]["code"], "forbidden_right") << results;
  EXPECT_GT(metric("motcua_http_forbidden_total"), before + 3 + 2) << "that of the batch, too";
  // What is not among its rights is told beside what the dossier does not allow.
  const json actions = reader.get("/v1/dossiers/" + id + "/actions").json()["actions"];
  for (const json& action : actions) {
    EXPECT_EQ(action["allowed"], false);
    EXPECT_EQ(action["code"], "forbidden_right");
  }
}

}  // namespace
}  // namespace motcua::testing
