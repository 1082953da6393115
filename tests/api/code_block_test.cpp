#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/service.h"

namespace motcua::testing {
namespace {

using nlohmann::json;

constexpr const char* kBlockStart = "2026-08-10T08:00:00+07:00";  // a Monday

class CodeBlock : public ::testing::Test {
 protected:
  CodeBlock()
      : service_([] {
          ServiceOptions options;
          options.sandbox = kBlockStart;
          options.keys = {{"province", "", true}, {"own", "H32.101", false}, {"other", "H32.102", false}};
          options.configure = [](json& config) { config["limits"]["code_blocks_open"] = 3; };
          return options;
        }()),
        client_(service_.client()),
        own_(service_.client("own")),
        other_(service_.client("other")) {}

  json draw(const json& body = {{"agency", "H32.101"}}) {
    const HttpAnswer answer = client_.post("/v1/code-blocks", body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json();
  }
  json state(const json& block) {
    return client_.get("/v1/code-blocks/" + block["id"].get<std::string>()).json();
  }
  HttpAnswer give_back(const json& block, const json& body = json::object()) {
    return client_.post("/v1/code-blocks/" + block["id"].get<std::string>() + "/return", body);
  }
  static json filing(const json& code = nullptr, const std::string& agency = "H32.101") {
    json body{{"procedure", "1.004194"},
              {"channel", "direct"},
              {"receiving_agency", agency},
              {"accept", true},
              {"owner", {{"kind", "citizen"}, {"name", "Lê Văn C"}}}};
    if (!code.is_null()) body["code"] = code;
    return body;
  }
  static std::string code_of(const json& block, std::size_t n) { return block["codes"][n]["code"]; }
  std::string refusal(const HttpAnswer& answer) { return answer.json().value("code", ""); }

  RunningService service_;
  HttpClient client_;
  HttpClient own_;
  HttpClient other_;
};

TEST_F(CodeBlock, HoldsTheNextHundredCodesOfTheCounter) {
  ASSERT_EQ(client_.post("/v1/dossiers", filing()).json()["code"], "H32.101-260810-0001");
  const json block = draw();
  EXPECT_EQ(block["agency"], "H32.101");
  EXPECT_EQ(block["on"], "2026-08-10");
  EXPECT_EQ(block["state"], "open");
  ASSERT_EQ(block["codes"].size(), 100U);
  EXPECT_EQ(block["free"], 100);
  EXPECT_EQ(code_of(block, 0), "H32.101-260810-0002");
  EXPECT_EQ(code_of(block, 99), "H32.101-260810-0101");
  // The counter goes on behind them, for whoever asks next.
  EXPECT_EQ(client_.post("/v1/dossiers", filing()).json()["code"], "H32.101-260810-0102");
  EXPECT_EQ(code_of(draw(), 0), "H32.101-260810-0103");
}

TEST_F(CodeBlock, IsDrawnOncePerKeyAlsoAfterARestart) {
  const json body{{"agency", "H32.101"}};
  const HttpAnswer first = client_.post("/v1/code-blocks", body, "k1");
  ASSERT_EQ(first.status, 201);
  EXPECT_EQ(first.header("location"), "/v1/code-blocks/" + first.json()["id"].get<std::string>());
  service_.kill9();
  service_.restart();
  HttpClient client = service_.client();
  const HttpAnswer again = client.post("/v1/code-blocks", body, "k1");
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.header("idempotency-replayed"), "true");
  EXPECT_EQ(again.json(), first.json());
  EXPECT_EQ(client.get("/v1/code-blocks").json()["items"].size(), 1U);
  const HttpAnswer other = client.post("/v1/code-blocks", {{"agency", "H32.102"}}, "k1");
  EXPECT_EQ(other.json()["code"], "idempotency_key_reused");
}

TEST_F(CodeBlock, OfTomorrowIsDrawnTodayAndUsedTomorrow) {
  const json block = draw({{"agency", "H32.101"}, {"on", "2026-08-11"}});
  EXPECT_EQ(code_of(block, 0), "H32.101-260811-0001");
  EXPECT_EQ(refusal(own_.post("/v1/dossiers", filing(code_of(block, 0)))), "code_of_other_day");
  ASSERT_TRUE(service_.set_clock("2026-08-11T07:30:00+07:00"));
  EXPECT_EQ(own_.post("/v1/dossiers", filing(code_of(block, 0))).status, 201);
  EXPECT_EQ(client_.post("/v1/dossiers", filing()).json()["code"], "H32.101-260811-0101");
  for (const char* on : {"2026-08-10", "2026-08-13"}) {
    const HttpAnswer refused = client_.post("/v1/code-blocks", {{"agency", "H32.101"}, {"on", on}});
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(refused.json()["errors"][0]["pointer"], "#/on");
  }
}

TEST_F(CodeBlock, OfAnAgencyThatWasMergedNamesItsHeirAsASubmissionThereDoes) {
  const HttpAnswer drawn = client_.post("/v1/code-blocks", {{"agency", "001.19.H32"}});
  const HttpAnswer submitted = client_.post("/v1/dossiers", filing(nullptr, "001.19.H32"));
  for (const HttpAnswer& refused : {drawn, submitted}) {
    ASSERT_EQ(refused.status, 422) << refused.body;
    const json fault = refused.json()["errors"][0];
    EXPECT_EQ(fault["code"], "unknown_agency");
    EXPECT_NE(fault["detail"].get<std::string>().find("it does not: it was merged into H32.101"),
              std::string::npos)
        << fault;
  }
  const HttpAnswer unknown = client_.post("/v1/code-blocks", {{"agency", "H99"}});
  EXPECT_NE(unknown.body.find("there is none of this code"), std::string::npos) << unknown.body;
}

TEST_F(CodeBlock, GivesItsCodesToDossiersOfItsDayWithinTheBoundForBackDating) {
  const json block = draw();
  ASSERT_TRUE(service_.set_clock("2026-08-12T17:00:00+07:00"));  // the bound's last instant
  json late = filing(code_of(block, 0));
  EXPECT_EQ(refusal(own_.post("/v1/dossiers", late)), "code_of_other_day");
  late["received_at"] = "2026-08-10T09:00:00+07:00";
  EXPECT_EQ(own_.post("/v1/dossiers", late).status, 201);
  ASSERT_TRUE(service_.set_clock("2026-08-12T17:00:00.001+07:00"));
  late["code"] = code_of(block, 1);
  EXPECT_EQ(refusal(own_.post("/v1/dossiers", late)), "backdated_too_far");
}

TEST_F(CodeBlock, IsForItsOwnAgencyAndTheProvince) {
  const json block = draw();
  EXPECT_EQ(own_.post("/v1/dossiers", filing(code_of(block, 0))).status, 201);
  EXPECT_EQ(client_.post("/v1/dossiers", filing(code_of(block, 1))).status, 201);
  // A dossier of another competent agency, and a key of another agency.
  EXPECT_EQ(refusal(client_.post("/v1/dossiers", filing(code_of(block, 2), "H32.102"))),
            "code_of_other_agency");
  json crossing = filing(code_of(block, 2), "H32.102");
  crossing["competent_agency"] = "H32.101";
  crossing["procedure"] = "1.001022";  // received anywhere
  EXPECT_EQ(refusal(other_.post("/v1/dossiers", crossing)), "code_of_other_agency");
  EXPECT_EQ(client_.post("/v1/dossiers", crossing).status, 201);
  EXPECT_EQ(other_.post("/v1/code-blocks", {{"agency", "H32.101"}}).status, 403);
  EXPECT_EQ(own_.post("/v1/code-blocks", {{"agency", "H32.101"}}).status, 201);
  const std::string path = "/v1/code-blocks/" + block["id"].get<std::string>();
  EXPECT_EQ(other_.get(path).status, 404);
  EXPECT_EQ(other_.post(path + "/return", json::object()).status, 404);
  EXPECT_EQ(other_.get("/v1/code-blocks").json()["items"].size(), 0U);
  EXPECT_EQ(own_.get("/v1/code-blocks").json()["items"].size(), 2U);
}

TEST_F(CodeBlock, GivesEachCodeToOneDossier) {
  const json block = draw();
  const HttpAnswer first = own_.post("/v1/dossiers", filing(code_of(block, 7)));
  ASSERT_EQ(first.status, 201);
  EXPECT_EQ(first.json()["code"], code_of(block, 7));
  EXPECT_EQ(refusal(own_.post("/v1/dossiers", filing(code_of(block, 7)))), "code_taken");
  const json after = state(block);
  EXPECT_EQ(after["used"], 1);
  EXPECT_EQ(after["free"], 99);
  EXPECT_EQ(after["codes"][7]["state"], "used");
  EXPECT_EQ(after["codes"][7]["dossier"], first.json()["id"]);
  EXPECT_EQ(after["codes"][8]["state"], "free");
}

TEST_F(CodeBlock, WhenReturnedVoidsWhatIsFreeForGood) {
  const json block = draw();
  ASSERT_EQ(own_.post("/v1/dossiers", filing(code_of(block, 0))).status, 201);
  const HttpAnswer back = give_back(block);
  ASSERT_EQ(back.status, 200) << back.body;
  EXPECT_EQ(back.json()["state"], "returned");
  EXPECT_EQ(back.json()["used"], 1);
  EXPECT_EQ(back.json()["void"], 99);
  EXPECT_EQ(refusal(own_.post("/v1/dossiers", filing(code_of(block, 1)))), "code_void");
  EXPECT_EQ(refusal(give_back(block)), "code_void");
  // Never given again, by the counter or by a block.
  EXPECT_EQ(client_.post("/v1/dossiers", filing()).json()["code"], "H32.101-260810-0101");
  EXPECT_EQ(code_of(draw(), 0), "H32.101-260810-0102");
}

TEST_F(CodeBlock, TakesSingleCodesBackAndLeavesTheOthersFree) {
  const json block = draw();
  ASSERT_EQ(own_.post("/v1/dossiers", filing(code_of(block, 0))).status, 201);
  EXPECT_EQ(refusal(give_back(block, {{"unused", {code_of(block, 0)}}})), "code_used");
  EXPECT_EQ(refusal(give_back(block, {{"unused", {"H32.101-260810-0101"}}})), "unknown_code");
  EXPECT_EQ(give_back(block, {{"unused", json::array()}}).status, 422);
  EXPECT_EQ(give_back(block, {{"unused", {code_of(block, 3), code_of(block, 3)}}}).status, 422);
  const HttpAnswer back = give_back(block, {{"unused", {code_of(block, 98), code_of(block, 99)}}});
  ASSERT_EQ(back.status, 200) << back.body;
  EXPECT_EQ(back.json()["state"], "open");
  EXPECT_EQ(back.json()["void"], 2);
  EXPECT_EQ(refusal(give_back(block, {{"unused", {code_of(block, 99)}}})), "code_void");
  EXPECT_EQ(own_.post("/v1/dossiers", filing(code_of(block, 97))).status, 201);
  EXPECT_EQ(refusal(own_.post("/v1/dossiers", filing(code_of(block, 98)))), "code_void");
  EXPECT_EQ(give_back(block).json()["void"], 98);
}

TEST_F(CodeBlock, NumberIsBounded) {
  for (int i = 0; i < 3; ++i) draw();
  EXPECT_EQ(refusal(client_.post("/v1/code-blocks", {{"agency", "H32.101"}})), "too_many_blocks");
  draw({{"agency", "H32.102"}});
  draw({{"agency", "H32.101"}, {"on", "2026-08-11"}});
  const json open = client_.get("/v1/code-blocks?agency=H32.101&on=2026-08-10&open=true").json();
  ASSERT_EQ(open["items"].size(), 3U);
  ASSERT_EQ(give_back(open["items"][0]).status, 200);
  draw();
}

TEST_F(CodeBlock, ListIsPagedNewestFirst) {
  std::vector<std::string> drawn;
  for (const char* on : {"2026-08-10", "2026-08-10", "2026-08-10", "2026-08-11", "2026-08-11"})
    drawn.push_back(draw({{"agency", "H32.101"}, {"on", on}})["id"]);
  std::vector<std::string> listed;
  std::string cursor;
  do {
    const json page = client_.get("/v1/code-blocks?limit=2" + cursor).json();
    for (const json& item : page["items"]) listed.push_back(item["id"]);
    cursor = page["next_cursor"].is_null() ? "" : "&cursor=" + page["next_cursor"].get<std::string>();
  } while (!cursor.empty());
  std::reverse(listed.begin(), listed.end());
  EXPECT_EQ(listed, drawn);
}

TEST_F(CodeBlock, RefusesWhatItCannotRead) {
  EXPECT_EQ(client_.post("/v1/code-blocks", json::object()).status, 422);
  EXPECT_EQ(client_.post("/v1/code-blocks", {{"agency", "H32.101"}, {"count", 5}}).status, 422);
  EXPECT_EQ(refusal(client_.post("/v1/code-blocks", {{"agency", "H99.9"}})), "unknown_agency");
  EXPECT_EQ(client_.request("POST", "/v1/code-blocks", "{\"agency\":\"H32.101\"}").status, 400);
  EXPECT_EQ(client_.get("/v1/code-blocks/none").status, 404);
  EXPECT_EQ(client_.get("/v1/code-blocks?on=today").status, 400);
  EXPECT_EQ(client_.get("/v1/code-blocks?cursor=x").status, 400);
}

// A source that numbers by itself may come before the counter: nobody else's submission fails for it.
TEST_F(CodeBlock, AndCounterPassOverCodesThatASourceGaveAheadOfThem) {
  for (const char* number : {"0002", "0003", "0004", "0005", "0006", "0009"})
    ASSERT_EQ(client_.post("/v1/dossiers", filing(std::string("H32.101-260810-") + number)).status, 201);
  EXPECT_EQ(client_.post("/v1/dossiers", filing()).json()["code"], "H32.101-260810-0001");
  EXPECT_EQ(client_.post("/v1/dossiers", filing()).json()["code"], "H32.101-260810-0007");
  const json block = draw();
  EXPECT_EQ(code_of(block, 0), "H32.101-260810-0008");
  EXPECT_EQ(code_of(block, 1), "H32.101-260810-0010");
  EXPECT_EQ(code_of(block, 99), "H32.101-260810-0108");
  EXPECT_EQ(client_.post("/v1/dossiers", filing()).json()["code"], "H32.101-260810-0109");
}

TEST_F(CodeBlock, StandsAfterRebuild) {
  const json block = draw();
  ASSERT_EQ(own_.post("/v1/dossiers", filing(code_of(block, 0))).status, 201);
  ASSERT_EQ(give_back(block, {{"unused", {code_of(block, 1)}}}).status, 200);
  const json before = state(block);
  ASSERT_EQ(service_.stop(), 0);
  const Ended rebuilt = run_motcua(
      {"rebuild", "--config", service_.config_file().string(), "--sandbox-database"}, service_.directory());
  EXPECT_EQ(rebuilt.status, 0) << rebuilt.out << rebuilt.error;
  service_.restart();
  HttpClient client = service_.client();
  EXPECT_EQ(client.get("/v1/code-blocks/" + block["id"].get<std::string>()).json(), before);
}

// The story that blocks and batches are for.
TEST_F(CodeBlock, ServesACounterThatIsOfflineForADay) {
  const json block = draw({{"agency", "H32.101"}, {"on", "2026-08-11"}});
  ASSERT_TRUE(service_.set_clock("2026-08-12T07:10:00+07:00"));
  json items = json::array();
  for (std::size_t i = 0; i < 40; ++i) {
    json body = filing(code_of(block, i));
    const std::string minute = std::to_string(10 + i);
    items.push_back({{"key", "s" + std::to_string(i)},
                     {"command", "submit"},
                     {"occurred_at", "2026-08-11T08:" + minute + ":00+07:00"},
                     {"body", body}});
  }
  const HttpAnswer sent = own_.request("POST", "/v1/batches", json{{"items", items}}.dump());
  ASSERT_EQ(sent.status, 200);
  const json answer = sent.json();
  for (const json& result : answer["results"]) EXPECT_EQ(result["status"], 201) << result;
  const json back = give_back(block).json();
  EXPECT_EQ(back["used"], 40);
  EXPECT_EQ(back["void"], 60);
  const json dossier = client_.get("/v1/dossiers/" + code_of(block, 5)).json();
  EXPECT_EQ(dossier["received_at"], "2026-08-11T08:15:00+07:00");
  EXPECT_EQ(dossier["accepted_at"], "2026-08-11T08:15:00+07:00");
}

}  // namespace
}  // namespace motcua::testing
