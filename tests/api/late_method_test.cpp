#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/monthly_list.h"

// What the method of now says of a late dossier, by the rows, by the events, and by the program that counts
// them without the engine.
namespace motcua::testing {
namespace {

using nlohmann::json;

class LateRow : public MonthlyList {
 protected:
  LateRow() {
    ServiceOptions options;
    options.sandbox = "2026-08-03T09:00:00+07:00";  // a Monday
    options.keys = {{"province", "", true}};
    service_ = std::make_unique<RunningService>(options);
    reconnect();
  }
  std::string accepted() {
    const HttpAnswer answer =
        client().post("/v1/dossiers", {{"procedure", "1.004194"},
                                       {"channel", "direct"},
                                       {"accept", true},
                                       {"receiving_agency", "H32.101"},
                                       {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}});
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json().value("id", "none");
  }
  void say(const std::string& id, const char* at, const std::string& word, const json& body) {
    ASSERT_TRUE(service_->set_clock(at));
    const HttpAnswer answer = client().post("/v1/dossiers/" + id + '/' + word, body);
    EXPECT_EQ(answer.status, 200) << word << answer.body;
  }
  void settle(const std::string& id, const char* at) {
    say(id, at, "settle", {{"outcome", "denied"}, {"result_form", "electronic"}, {"reason", "Không đủ"}});
  }
  // The rows of August, published: so rows and events say the same. Then counted again from the export.
  json august() {
    EXPECT_TRUE(service_->set_clock(kAfterAugust));
    const json list = published_list(client(), drafted_list(client(), "2026-08")["id"]);
    fetch(list);
    EXPECT_EQ(motcua({"recompute", place("export.jsonl"), "--against", place("list.json")}).status, 0);
    EXPECT_EQ(counted_by_python(), 0);
    const json document = file_json(list)["document"];
    EXPECT_EQ(document["head"]["method"], "late-list/2");
    for (const json& agency : document["agencies"]) {
      if (!agency["late"].empty()) return agency["late"];
    }
    return json::array();
  }
};

// Due on Thursday 6 August at 17:00. Late from then to Monday the 10th, when papers are asked for: two
// working days. They come on Thursday the 20th, and the new term, due on Tuesday the 25th, is missed by a
// day.
TEST_F(LateRow, HasNoDaysOfDelayThatAreTheCitizens) {
  const std::string id = accepted();
  say(id, "2026-08-10T09:00:00+07:00", "request-supplement", {{"missing", {"to_khai"}}, {"reason", "Thiếu"}});
  say(id, "2026-08-20T09:00:00+07:00", "supplement", json::object());
  say(id, "2026-08-20T10:00:00+07:00", "accept-supplement", json::object());
  settle(id, "2026-08-26T09:00:00+07:00");
  const json rows = august();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0]["delay_seconds"], (8 + 2 + 8 + 2) * 3600)
      << "the 7th and 25th, two hours of the 10th and of the 26th";
  EXPECT_EQ(rows[0]["delay_days"], 4) << "the 7th and the 10th; the 25th and the 26th";
}

TEST_F(LateRow, CountsTheDaysOfADelayThatNothingInterrupts) {
  settle(accepted(), "2026-08-13T09:00:00+07:00");
  const json rows = august();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0]["delay_days"], 5) << "from the 7th to the 13th";
}

TEST_F(LateRow, LacksAnApologyWhereTheDateThatWasMovedIsMissedToo) {
  const std::string broken = accepted();
  const std::string sorry = accepted();
  const json moved{{"promised_at", "2026-08-12T17:00:00+07:00"}, {"unit", "mot-cua"}, {"reason", "Quá tải"}};
  say(broken, "2026-08-05T09:00:00+07:00", "reappoint", moved);
  say(sorry, "2026-08-05T09:00:00+07:00", "reappoint", moved);
  say(sorry, "2026-08-11T09:00:00+07:00", "apologise", {{"reason", "Vẫn chưa xong"}});
  settle(broken, "2026-08-14T09:00:00+07:00");
  settle(sorry, "2026-08-14T09:00:00+07:00");
  const json rows = august();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0]["reappointment"], "missed");
  EXPECT_EQ(rows[0]["apology"], "missing");
  EXPECT_EQ(rows[1]["apology"], "in_time");
}

// The first list told codes; the one that corrects it masks them, and its head too tells no code.
TEST_F(LateRow, IsCorrectedByItsKeyWhereCodesAreMasked) {
  settle(accepted(), "2026-08-13T09:00:00+07:00");
  const json rows = august();
  ASSERT_EQ(rows.size(), 1u);
  const std::string code = rows[0]["code"];
  ASSERT_EQ(service_->stop(), 0);
  std::ifstream in(service_->config_file());
  json config = json::parse(in);
  config["publications"]["codes_masked"] = true;
  std::ofstream(service_->config_file()) << config.dump();
  service_->restart();
  reconnect();
  const json first = client().get("/v1/publications?state=published").json()["items"][0];
  const HttpAnswer opened =
      client().post("/v1/publications/" + first["id"].get<std::string>() + "/correct",
                    {{"officer", kPublisher}, {"code", code}, {"reason", "entered_wrongly"}});
  ASSERT_EQ(opened.status, 202) << opened.body;
  list_in_state(client(), opened.json()["id"], "draft");
  const json second = published_list(client(), opened.json()["id"]);
  fetch(second);
  const std::string text = client().get(folder_of_list(second) + "list.json").body;
  EXPECT_EQ(text.find(code), std::string::npos);
  const json document = json::parse(text)["document"];
  for (const json& agency : document["agencies"]) {
    for (const json& row : agency["late"]) EXPECT_EQ(document["head"]["corrects"]["code"], row["code"]);
  }
  EXPECT_EQ(motcua({"recompute", place("export.jsonl"), "--against", place("list.json")}).status, 0);
}

}  // namespace
}  // namespace motcua::testing
