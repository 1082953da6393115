#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>

#include "tests/support/service.h"

namespace motcua::testing {
namespace {

using nlohmann::json;

constexpr const char* kBatchStart = "2026-08-10T08:00:00+07:00";  // a Monday
constexpr const char* kMade = "2026-08-10T07:30:00+07:00";

json filing() {
  return {
      {"procedure", "1.004194"},
      {"channel", "direct"},
      {"receiving_agency", "H32.101"},
      {"accept", true},
      {"papers", {{{"key", "to_khai"}, {"form", "original"}}, {{"key", "cho_o_hop_phap"}, {"form", "copy"}}}},
      {"owner", {{"kind", "citizen"}, {"name", "Lê Văn C"}}}};
}

json submit(const std::string& key, const std::string& code = {}) {
  json body = filing();
  if (!code.empty()) body["code"] = code;
  return {{"key", key}, {"command", "submit"}, {"body", body}};
}

json command(const std::string& key, const std::string& dossier, const std::string& word,
             json body = json::object()) {
  return {{"key", key}, {"dossier", dossier}, {"command", word}, {"body", std::move(body)}};
}

json settle(const std::string& key, const std::string& dossier) {
  return command(key, dossier, "settle", {{"outcome", "granted"}, {"result_form", "paper"}});
}

json assign(const std::string& key, const std::string& dossier) {
  return command(key, dossier, "assign", {{"officer", "H32.101.cb01"}});
}

class Batch : public ::testing::Test {
 protected:
  Batch() : Batch({}) {}
  explicit Batch(ServiceOptions options)
      : service_([&] {
          if (options.sandbox) options.sandbox = kBatchStart;
          if (options.keys.empty()) options.keys = {{"province", "", true}, {"commune", "H32.101", false}};
          return options;
        }()),
        client_(service_.client()) {}

  json send(const json& items) { return send(client_, items); }
  // One item may stand for a list of one.
  static json send(HttpClient& client, const json& given) {
    const json items = given.is_array() ? given : json::array({given});
    const HttpAnswer answer = client.request("POST", "/v1/batches", json{{"items", items}}.dump());
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.status == 200 ? answer.json()["results"] : json::array();
  }
  json get(const std::string& name) { return client_.get("/v1/dossiers/" + name).json(); }
  static std::vector<int> statuses(const json& results) {
    std::vector<int> all;
    for (const json& result : results) all.push_back(result["status"]);
    return all;
  }

  RunningService service_;
  HttpClient client_;
};

using Statuses = std::vector<int>;

TEST_F(Batch, DoesTheItemsOfADossierInOrderByTheCodeThatTheFirstBrings) {
  const std::string code = "H32.101-260810-9001";
  const json results = send({submit("a1", code), assign("a2", code), settle("a3", code),
                             command("a4", code, "return-result"), submit("b1")});
  ASSERT_EQ(statuses(results), (Statuses{201, 200, 200, 200, 201}));
  EXPECT_EQ(results[0]["dossier"]["code"], code);
  EXPECT_EQ(results[1]["dossier"]["state"], "processing");
  EXPECT_EQ(results[3]["dossier"]["state"], "returned");
  EXPECT_EQ(results[3]["dossier"]["id"], results[0]["dossier"]["id"]);
  for (const json& result : results) {
    EXPECT_EQ(result["replayed"], false);
    EXPECT_EQ(result["retry"], false);
  }
  EXPECT_EQ(get(code)["state"], "returned");
}

TEST_F(Batch, TakesTheInstantAtWhichEachItemWasMade) {
  const std::string code = "H32.101-260810-9002";
  json first = submit("a1", code);
  first["occurred_at"] = kMade;
  json second = settle("a2", code);
  second["occurred_at"] = "2026-08-10T07:45:00+07:00";
  ASSERT_EQ(statuses(send({first, second})), (Statuses{201, 200}));
  const json dossier = get(code);
  EXPECT_EQ(dossier["received_at"], kMade);
  EXPECT_EQ(dossier["settled_at"], "2026-08-10T07:45:00+07:00");
}

TEST_F(Batch, RefusesAnInstantFurtherBackThanTheBoundAndShowsWhere) {
  json old = submit("a1");
  old["occurred_at"] = "2026-08-05T17:00:00+07:00";  // Wednesday: two working days end on Friday
  json just = submit("a2");
  just["occurred_at"] = "2026-08-06T07:00:00+07:00";
  const json results = send({old, just});
  ASSERT_EQ(statuses(results), (Statuses{422, 201}));
  EXPECT_EQ(results[0]["problem"]["code"], "backdated_too_far");
  EXPECT_EQ(results[0]["problem"]["errors"][0]["pointer"], "#/items/0/occurred_at");
}

TEST_F(Batch, SentTwiceChangesNothingTheSecondTime) {
  const std::string code = "H32.101-260810-9003";
  const json items{submit("a1", code), assign("a2", code), settle("a3", code), submit("b1")};
  const json first = send(items);
  ASSERT_EQ(statuses(first), (Statuses{201, 200, 200, 201}));
  const json again = send(items);
  ASSERT_EQ(again.size(), first.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(again[i]["replayed"], true);
    EXPECT_EQ(again[i]["status"], first[i]["status"]);
    EXPECT_EQ(again[i]["dossier"], first[i]["dossier"]);  // as it left the dossier, not as it is now
  }
  EXPECT_EQ(client_.get("/v1/dossiers?count=true").json()["items"].size(), 2U);
}

TEST_F(Batch, GoesOnWhereAnOverlappingOneEnded) {
  const std::string code = "H32.101-260810-9004";
  ASSERT_EQ(statuses(send({submit("a1", code), assign("a2", code)})), (Statuses{201, 200}));
  const json results = send({submit("a1", code), assign("a2", code), settle("a3", code)});
  ASSERT_EQ(statuses(results), (Statuses{201, 200, 200}));
  EXPECT_EQ(results[0]["replayed"], true);
  EXPECT_EQ(results[1]["replayed"], true);
  EXPECT_EQ(results[2]["replayed"], false);
}

TEST_F(Batch, AnswersWhatASingleCallDidUnderTheSameKey) {
  const HttpAnswer filed = client_.post("/v1/dossiers", filing(), "one");
  ASSERT_EQ(filed.status, 201);
  const std::string id = filed.json()["id"];
  ASSERT_EQ(client_.post("/v1/dossiers/" + id + "/assign", {{"officer", "H32.101.cb01"}}, "two").status, 200);
  json again = submit("one");
  again["occurred_at"] = kMade;  // as a counter adds it, when it does not know whether the call arrived
  const json results = send({again, assign("two", id)});
  ASSERT_EQ(statuses(results), (Statuses{201, 200}));
  EXPECT_EQ(results[0]["replayed"], true);
  EXPECT_EQ(results[0]["dossier"]["id"], id);
  EXPECT_EQ(results[1]["replayed"], true);
  // And the other way round.
  ASSERT_EQ(statuses(send({settle("three", id)})), Statuses{200});
  const HttpAnswer single = client_.post("/v1/dossiers/" + id + "/settle",
                                         {{"result_form", "paper"}, {"outcome", "granted"}}, "three");
  EXPECT_EQ(single.status, 200) << single.body;
  EXPECT_EQ(single.header("idempotency-replayed"), "true");
}

TEST_F(Batch, RefusesAKeyThatSaidSomethingElse) {
  ASSERT_EQ(statuses(send({submit("a1")})), Statuses{201});
  json other = submit("a1");
  other["body"]["owner"]["name"] = "Trần Thị D";
  const json results = send({other});
  EXPECT_EQ(results[0]["problem"]["code"], "idempotency_key_reused");
  // Keys are a caller's own.
  HttpClient commune = service_.client("commune");
  EXPECT_EQ(statuses(send(commune, {other})), Statuses{201});
}

TEST_F(Batch, TriesNothingOnASubmissionThatWasForbidden) {
  const std::string code = "H32.101-260810-9007";
  json foreign = submit("a1", code);
  foreign["body"]["on_behalf_of"] = "H32.1.cb01";
  const json results = send({foreign, settle("a2", code)});
  ASSERT_EQ(statuses(results), (Statuses{403, 424}));
  EXPECT_EQ(results[1]["problem"]["code"], "previous_failed");
  EXPECT_EQ(results[1]["retry"], true);
}

TEST_F(Batch, TriesNothingMoreOnADossierAfterARefusal) {
  const std::string code = "H32.101-260810-9005";
  const std::string other = "H32.101-260810-9006";
  const json results = send({submit("a1", code), command("a2", code, "return-result"), settle("a3", code),
                             submit("b1", other), settle("b2", other), assign("a4", code)});
  ASSERT_EQ(statuses(results), (Statuses{201, 409, 424, 201, 200, 424}));
  EXPECT_EQ(results[1]["problem"]["code"], "wrong_state");
  EXPECT_EQ(results[1]["retry"], false);
  EXPECT_EQ(results[2]["problem"]["code"], "previous_failed");
  EXPECT_EQ(results[2]["retry"], true);
  EXPECT_EQ(get(code)["state"], "accepted");
  // The key of what was not tried is still free.
  EXPECT_EQ(statuses(send({settle("a3", code)})), Statuses{200});
}

TEST_F(Batch, NeverTouchesTheDossierThatHoldsATakenCode) {
  const std::string code = "H32.101-260810-9007";
  ASSERT_EQ(statuses(send({submit("a1", code)})), Statuses{201});
  const json results = send({submit("b1", code), settle("b2", code)});
  ASSERT_EQ(statuses(results), (Statuses{409, 424}));
  EXPECT_EQ(results[0]["problem"]["code"], "code_taken");
  EXPECT_EQ(get(code)["state"], "accepted");
}

TEST_F(Batch, KnowsADossierByIdAndByCodeAsOne) {
  const HttpAnswer filed = client_.post("/v1/dossiers", filing());
  const std::string id = filed.json()["id"];
  const std::string code = filed.json()["code"];
  const json results = send({command("a1", id, "return-result"), settle("a2", code), settle("a3", id)});
  EXPECT_EQ(statuses(results), (Statuses{409, 424, 424}));
}

TEST_F(Batch, DecidesOnlyOnTheVersionThatAnItemNames) {
  const HttpAnswer filed = client_.post("/v1/dossiers", filing());
  const std::string id = filed.json()["id"];
  const int version = filed.json()["version"];
  json stale = settle("a1", id);
  stale["if_version"] = version - 1;
  json right = settle("a2", id);
  right["if_version"] = version;
  EXPECT_EQ(send({stale})[0]["problem"]["code"], "version_conflict");
  EXPECT_EQ(statuses(send({right})), Statuses{200});
}

TEST_F(Batch, ReportsAllFaultsOfAnItemAndDoesTheOthers) {
  json bad = submit("a1");
  bad["body"]["channel"] = "pigeon";
  bad["body"]["colour"] = "red";
  json unplaced = settle("a2", "H32.101-260810-9100");
  unplaced.erase("dossier");
  json unknown = command("a3", "H32.101-260810-9100", "fly");
  json twice = submit("a4");
  json both = submit("a5");
  both["occurred_at"] = kMade;
  both["body"]["received_at"] = kMade;
  const json results = send({bad, unplaced, unknown, twice, twice, json(7), both,
                             settle("a6", "H32.101-260810-9100"), submit("a7")});
  ASSERT_EQ(statuses(results), (Statuses{422, 422, 422, 201, 422, 422, 422, 404, 201}));
  json pointers = json::array();
  for (const json& fault : results[0]["problem"]["errors"]) pointers.push_back(fault["pointer"]);
  EXPECT_EQ(pointers, (json{"#/items/0/body/channel", "#/items/0/body/colour"}));
  EXPECT_EQ(results[4]["problem"]["code"], "invalid_request");
  EXPECT_EQ(results[4]["problem"]["errors"][0]["pointer"], "#/items/4/key");
}

TEST_F(Batch, RefusesAMalformedEnvelopeWhole) {
  const auto refused = [&](const std::string& body) {
    return client_.request("POST", "/v1/batches", body).status;
  };
  EXPECT_EQ(refused("{\"items\":[}"), 400);
  EXPECT_EQ(refused("[]"), 422);
  EXPECT_EQ(refused("{}"), 422);
  EXPECT_EQ(refused("{\"items\":[]}"), 422);
  EXPECT_EQ(refused("{\"items\":{}}"), 422);
  EXPECT_EQ(refused(json{{"items", json::array({submit("a1")})}, {"more", 1}}.dump()), 422);
  EXPECT_EQ(client_.get("/v1/dossiers").json()["items"].size(), 0U);
}

TEST_F(Batch, TakesAThousandItemsAndNoMore) {
  json items = json::array();
  for (int i = 0; i < 250; ++i) {
    const std::string number = std::to_string(i);
    const std::string code = "H32.101-260810-" + std::to_string(5000 + i);
    items.push_back(submit("s" + number, code));
    items.push_back(assign("a" + number, code));
    items.push_back(settle("e" + number, code));
    items.push_back(command("r" + number, code, "return-result"));
  }
  const json results = send(items);
  ASSERT_EQ(results.size(), 1000U);
  for (std::size_t i = 0; i < results.size(); ++i) {
    ASSERT_EQ(results[i]["status"], i % 4 == 0 ? 201 : 200) << results[i];
    ASSERT_EQ(results[i]["key"], items[i]["key"]);
  }
  const json again = send(items);
  for (std::size_t i = 0; i < results.size(); ++i) {
    ASSERT_EQ(again[i]["replayed"], true);
    ASSERT_EQ(again[i]["dossier"], results[i]["dossier"]);
  }
  items.push_back(submit("one-more"));
  const HttpAnswer refused = client_.request("POST", "/v1/batches", json{{"items", items}}.dump());
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.json()["errors"][0]["pointer"], "#/items");
}

TEST_F(Batch, RefusesABodyThatIsTooLarge) {
  json items = json::array();
  json large = submit("a1");
  large["body"]["content"] = std::string(2000, 'x');
  for (int i = 0; i < 600; ++i) {
    large["key"] = "k" + std::to_string(i);
    items.push_back(large);
  }
  EXPECT_EQ(client_.request("POST", "/v1/batches", json{{"items", items}}.dump()).status, 413);
  EXPECT_EQ(client_.get("/v1/dossiers").json()["items"].size(), 0U);
}

TEST_F(Batch, OverlappingOnesAtTheSameTimeMakeEachDossierOnce) {
  json items = json::array();
  for (int i = 0; i < 200; ++i) {
    items.push_back(submit("s" + std::to_string(i), "H32.101-260810-" + std::to_string(6000 + i)));
  }
  std::vector<std::future<json>> sent;
  for (int i = 0; i < 4; ++i) {
    sent.push_back(std::async(std::launch::async, [&] {
      HttpClient client = service_.client();
      return send(client, items);
    }));
  }
  for (auto& one : sent) {
    for (const json& result : one.get()) {
      const bool in_flight = result["status"] == 409 && result["problem"]["code"] == "key_in_flight";
      EXPECT_TRUE(result["status"] == 201 || (in_flight && result["retry"] == true)) << result;
    }
  }
  for (const json& result : send(items)) EXPECT_EQ(result["replayed"], true);
  EXPECT_EQ(client_.get("/v1/dossiers?limit=200").json()["items"].size(), 200U);
  EXPECT_TRUE(client_.get("/v1/dossiers?limit=200").json()["next_cursor"].is_null());
}

TEST_F(Batch, OfAnAgencyFilesForThatAgencyOnly) {
  HttpClient commune = service_.client("commune");
  json elsewhere = submit("a2");
  elsewhere["body"]["receiving_agency"] = "H32.102";
  const json results = send(commune, {submit("a1"), elsewhere});
  ASSERT_EQ(statuses(results), (Statuses{201, 403}));
  EXPECT_EQ(results[1]["problem"]["code"], "forbidden_scope");
}

class BusyBatch : public Batch {
 protected:
  static ServiceOptions busy() {
    ServiceOptions options;
    options.configure = [](json& config) { config["limits"]["queue_length"] = 1; };
    return options;
  }
  BusyBatch() : Batch(busy()) {}
};

TEST_F(BusyBatch, GivesABusyEngineToTheItemAndNotToTheBatch) {
  json items = json::array();
  for (int i = 0; i < 100; ++i) {
    const std::string code = "H32.101-260810-" + std::to_string(7000 + i);
    items.push_back(submit("s" + std::to_string(i), code));
    items.push_back(settle("e" + std::to_string(i), code));
  }
  // What was turned away is sent again with its key, until all is done.
  std::size_t turned_away = 0;
  for (int round = 0; round < 1000 && !items.empty(); ++round) {
    json again = json::array();
    const json results = send(items);
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (results[i]["status"] == 200 || results[i]["status"] == 201) continue;
      ASSERT_TRUE(results[i]["status"] == 503 || results[i]["status"] == 424) << results[i];
      EXPECT_EQ(results[i]["retry"], true);
      again.push_back(items[i]);
    }
    turned_away += again.size();
    items = std::move(again);
  }
  EXPECT_TRUE(items.empty());
  EXPECT_GT(turned_away, 0U);
  const json settled = client_.get("/v1/dossiers?state=settled&limit=200").json()["items"];
  EXPECT_EQ(settled.size(), 100U);
}

}  // namespace
}  // namespace motcua::testing
