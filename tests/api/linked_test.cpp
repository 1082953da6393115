#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/service.h"

// Liên thông over HTTP: a birth registration that opens a residence dossier at another commune.
namespace motcua::testing {
namespace {

using nlohmann::json;

constexpr const char* kLinkedStart = "2026-08-10T08:00:00+07:00";  // a Monday

class LinkedDossier : public ::testing::Test {
 protected:
  static ServiceOptions options() {
    ServiceOptions made;
    made.sandbox = kLinkedStart;
    made.configure = use_copied_procedures;
    made.keys = {{"province", "", true},
                 {"birth", "H32.101", true},
                 {"home", "H32.102", true},
                 {"elsewhere", "H32.103", true}};
    return made;
  }
  json filing() {
    return {{"procedure", "1.001193"},
            {"channel", "direct"},
            {"receiving_agency", "H32.101"},
            {"accept", true},
            {"owner", {{"kind", "citizen"}, {"name", "Đặng Thị Ngân"}, {"id_number", "056199001234"}}},
            {"papers",
             {{{"key", "to_khai"}, {"form", "original"}, {"digitised", true}},
              {{"key", "giay_chung_sinh"}, {"form", "original"}}}}};
  }
  // 9.000005 asks 9.000006.
  static json made_up() {
    return {{"procedure", "9.000005"},
            {"channel", "direct"},
            {"receiving_agency", "H32.101"},
            {"accept", true},
            {"owner", {{"kind", "citizen"}, {"name", "Đặng Thị Ngân"}}}};
  }
  HttpAnswer ask_elsewhere(const std::string& dossier) {
    const HttpAnswer answer =
        birth_.post(dossier + "/consult",
                    {{"consultation", "noi_khac"}, {"agency", "H32.102"}, {"reason", "Liên thông"}});
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer;
  }
  std::string filed() { return filed(filing()); }
  std::string filed(const json& filing) {
    const HttpAnswer answer = birth_.post("/v1/dossiers", filing);
    EXPECT_EQ(answer.status, 201) << answer.body;
    const std::string path = "/v1/dossiers/" + answer.json().value("id", "none");
    EXPECT_EQ(birth_.post(path + "/receive-forwarded", json::object()).status, 200);
    return path;
  }
  HttpAnswer consult(const std::string& dossier, const std::string& agency = "H32.102") {
    return birth_.post(dossier + "/consult", asking(agency));
  }
  static json asking(const std::string& agency) {
    return {{"consultation", "thuong_tru"}, {"agency", agency}, {"reason", "Trẻ về ở với mẹ"}};
  }
  std::string opened_by(const json& dossier) {
    return "/v1/dossiers/" + dossier["consultations"][0].value("linked", "none");
  }

  RunningService service_{options()};
  HttpClient birth_ = service_.client("birth");
  HttpClient home_ = service_.client("home");
};

TEST_F(LinkedDossier, IsOpenedForTheSameOwnerWithClocksOfItsOwn) {
  const std::string dossier = filed();
  const HttpAnswer asked = consult(dossier);
  ASSERT_EQ(asked.status, 200) << asked.body;
  const std::string other = opened_by(asked.json());
  const json opened = home_.get(other).json();
  EXPECT_EQ(opened["procedure"], "1.004222");
  EXPECT_EQ(opened["channel"], "online");
  EXPECT_EQ(opened["state"], "submitted");
  EXPECT_EQ(opened["receiving_agency"], "H32.102");
  EXPECT_EQ(opened["received_at"], kLinkedStart);
  EXPECT_EQ(opened["linked_from"], (json{{"dossier", asked.json()["id"]},
                                         {"consultation", 1},
                                         {"awaited", true},
                                         {"ended_as", nullptr},
                                         {"ended_at", nullptr}}));
  HttpClient province = service_.client("province");
  const json owner = typed_of(province, other)["owner"];
  EXPECT_EQ(owner["name"], "Đặng Thị Ngân");
  EXPECT_EQ(owner["id_number"], "056199001234");
  EXPECT_TRUE(opened["papers"].empty())
      << "the declaration of another procedure is no declaration of this one";
  EXPECT_EQ(opened["checklist"][0]["missing"], true);
  const json clocks = home_.get(other + "/clocks").json();
  EXPECT_EQ(clocks["clocks"][0]["kind"], "acceptance");
  EXPECT_EQ(clocks["clocks"][0]["due_at"], "2026-08-11T08:00:00+07:00");
  // It is found by its owner there, and by whoever opened it; by nobody else.
  EXPECT_EQ(home_.get("/v1/dossiers?q=dang%20ngan").json()["items"].size(), 2);
  EXPECT_EQ(birth_.get(other).status, 200);
  EXPECT_EQ(service_.client("elsewhere").get(other).status, 404);
}

TEST_F(LinkedDossier, TakesOverOnlyWhatItsProcedureTakesAsReused) {
  json filing = made_up();
  filing["facts"] = {{"persons", 2}, {"tenure", "owned"}, {"floors", 1}};
  filing["papers"] = {{{"key", "to_khai"}, {"form", "original"}},
                      {{"key", "so_do"}, {"form", "original"}, {"digitised", true}}};
  const json opened = home_.get(opened_by(ask_elsewhere(filed(filing)).json())).json();
  ASSERT_EQ(opened["papers"].size(), 1) << opened["papers"];
  EXPECT_EQ(opened["papers"][0]["key"], "so_do");
  EXPECT_EQ(opened["papers"][0]["form"], "reused");
  EXPECT_EQ(opened["papers"][0]["digitised"], true);
}

TEST_F(LinkedDossier, TakesOverNoPaperThatDoesNotCount) {
  json filing = made_up();
  filing["facts"] = {{"persons", 2}, {"tenure", "owned"}, {"floors", 1}};
  filing["papers"] = {{{"key", "so_do"}, {"form", "copy"}}};
  const std::string dossier = filed(filing);
  json so_do;
  const json mine = birth_.get(dossier).json();
  for (const json& item : mine["checklist"])
    if (item["paper"] == "so_do") so_do = item;
  ASSERT_EQ(so_do["wrong_form"], true) << so_do;
  const json opened = home_.get(opened_by(ask_elsewhere(dossier).json())).json();
  EXPECT_TRUE(opened["papers"].empty()) << opened["papers"];
}

TEST_F(LinkedDossier, TellsItsEndHowEverItEnds) {
  struct Ending {
    const char* command;
    json body;
    const char* outcome;
    const char* ended_as;
  };
  const std::vector<Ending> endings{
      {"refuse", {{"reason", "Không đủ điều kiện"}}, "no_opinion", "refused"},
      {"withdraw", {{"reason", "Đổi ý"}}, "no_opinion", "withdrawn"},
      {"settle",
       {{"outcome", "denied"}, {"result_form", "electronic"}, {"reason", "Không đủ điều kiện"}},
       "disagreed",
       "settled"}};
  for (const Ending& ending : endings) {
    const std::string dossier = filed();
    const std::string other = opened_by(consult(dossier).json());
    if (ending.outcome == std::string("disagreed")) {
      ASSERT_EQ(home_.post(other + "/accept", json::object()).status, 200);
    }
    EXPECT_EQ(birth_.get(dossier).json()["consultations"][0]["answered_at"], nullptr);
    const HttpAnswer ended = home_.post(other + '/' + ending.command, ending.body);
    ASSERT_EQ(ended.status, 200) << ended.body;
    const json told = birth_.get(dossier).json()["consultations"][0];
    EXPECT_EQ(told["answered_at"], kLinkedStart);
    EXPECT_EQ(told["outcome"], ending.outcome);
    EXPECT_EQ(told["ended_as"], ending.ended_as);
    const json last = birth_.get(dossier + "/events").json()["items"].back();
    EXPECT_EQ(last["type"], "vn.motcua.dossier.consultation_answered.v1");
    EXPECT_EQ(last["data"]["cause"], "linked");
    EXPECT_EQ("/v1/dossiers/" + last["data"].value("cause_id", ""), other);
  }
}

// The question is closed with the dossier that asked. What it opened is the citizen's own, so it goes on, and
// the agency that was asked sees that nobody waits for it.
TEST_F(LinkedDossier, LearnsThatTheDossierThatAskedIsOver) {
  struct Ending {
    const char* command;
    json body;
    const char* ended_as;
  };
  const std::vector<Ending> endings{
      {"withdraw", {{"reason", "Đổi ý"}}, "withdrawn"},
      {"settle",
       {{"outcome", "denied"}, {"result_form", "electronic"}, {"reason", "Không đủ điều kiện"}},
       "settled"},
      {"stop", {{"ground", "COURT_CASE"}, {"reason", "Số 12"}, {"on_behalf_of", "H32.101.ct01"}}, "stopped"}};
  for (const Ending& ending : endings) {
    SCOPED_TRACE(ending.command);
    const std::string dossier = filed(made_up());
    const std::string other = opened_by(ask_elsewhere(dossier).json());
    ASSERT_EQ(home_.post(other + "/accept", json::object()).status, 200);
    const json before = home_.get(other).json();
    const HttpAnswer ended = birth_.post(dossier + '/' + ending.command, ending.body);
    ASSERT_EQ(ended.status, 200) << ended.body;
    const json told = home_.get(other).json();
    EXPECT_EQ(told["linked_from"]["awaited"], false);
    EXPECT_EQ(told["linked_from"]["ended_as"], ending.ended_as);
    EXPECT_EQ(told["linked_from"]["ended_at"], kLinkedStart);
    EXPECT_EQ(told["state"], before["state"]);
    EXPECT_EQ(told["clocks"], before["clocks"]);
    const json last = home_.get(other + "/events").json()["items"].back();
    EXPECT_EQ(last["type"], "vn.motcua.dossier.awaiting_changed.v1");
    EXPECT_EQ(last["data"]["details"]["awaited"], false);
    EXPECT_EQ(last["data"]["details"]["asking_state"], ending.ended_as);
    EXPECT_EQ(last["data"]["cause"], "linked");
    EXPECT_EQ("/v1/dossiers/" + last["data"].value("cause_id", ""), dossier);
    const json feed = home_.get("/v1/events?type=awaiting_changed&agency=H32.102").json()["items"];
    EXPECT_EQ(feed.back()["id"], last["id"]);
    // It ends in its own time, and that is told as ever.
    ASSERT_EQ(home_.post(other + "/settle", {{"outcome", "granted"}, {"result_form", "electronic"}}).status,
              200);
    const json answer = birth_.get(dossier).json()["consultations"][0];
    EXPECT_EQ(answer["outcome"], "agreed");
    EXPECT_EQ(answer["ended_as"], "settled");
  }
}

// A stop by the system is told by what finds that time ran out, and its counter, too; one that is over learns
// nothing.
TEST_F(LinkedDossier, IsAwaitedAgainWhenTheStopIsCountered) {
  const std::string dossier = filed(made_up());
  const std::string other = opened_by(ask_elsewhere(dossier).json());
  ASSERT_EQ(home_.post(other + "/accept", json::object()).status, 200);
  const HttpAnswer asked =
      birth_.post(dossier + "/request-supplement", {{"missing", json::array()}, {"reason", "Thiếu"}});
  ASSERT_EQ(asked.status, 200) << asked.body;
  ASSERT_TRUE(service_.set_clock("2026-08-26T08:00:00+07:00"));
  EXPECT_EQ(birth_.get(dossier).json()["state"], "stopped");
  EXPECT_EQ(home_.get(other).json()["linked_from"]["ended_as"], "stopped");
  const HttpAnswer came =
      birth_.post(dossier + "/supplement", {{"occurred_at", "2026-08-25T16:00:00+07:00"}});
  ASSERT_EQ(came.status, 200) << came.body;
  EXPECT_EQ(birth_.get(dossier).json()["state"], "awaiting_supplement");
  const json again = home_.get(other).json()["linked_from"];
  EXPECT_EQ(again["awaited"], true);
  EXPECT_EQ(again["ended_as"], nullptr);
  ASSERT_EQ(home_.post(other + "/withdraw", {{"reason", "Thôi"}}).status, 200);
  ASSERT_EQ(birth_.post(dossier + "/withdraw", {{"reason", "Thôi"}}).status, 200);
  EXPECT_EQ(home_.get(other).json()["linked_from"]["awaited"], false);
  EXPECT_EQ(home_.get(other).json()["linked_from"]["ended_as"], nullptr);
}

TEST_F(LinkedDossier, TellsWhenItsResultIsReplacedOrAnnulled) {
  const std::string dossier = filed(made_up());
  const std::string other = opened_by(ask_elsewhere(dossier).json());
  ASSERT_EQ(home_.post(other + "/accept", json::object()).status, 200);
  const HttpAnswer settled =
      home_.post(other + "/settle", {{"outcome", "granted"}, {"result_form", "electronic"}});
  ASSERT_EQ(settled.status, 200) << settled.body;
  const std::string first = settled.json()["results"][0]["code"];
  const json answered = birth_.get(dossier).json();
  EXPECT_EQ(answered["consultations"][0]["outcome"], "agreed");
  ASSERT_TRUE(service_.advance(3'600));
  const HttpAnswer replaced = home_.post(
      other + "/replace-result",
      {{"result", first}, {"outcome", "denied"}, {"result_form", "electronic"}, {"reason", "Sai"}});
  ASSERT_EQ(replaced.status, 200) << replaced.body;
  json told = birth_.get(dossier).json()["consultations"][0];
  EXPECT_EQ(told["outcome"], "disagreed");
  EXPECT_EQ(told["ended_as"], "settled");
  EXPECT_EQ(told["answered_at"], kLinkedStart);  // the clock was met by the first answer
  const HttpAnswer annulled = home_.post(
      other + "/annul-result", {{"result", replaced.json()["results"][1]["code"]}, {"reason", "Sai"}});
  ASSERT_EQ(annulled.status, 200) << annulled.body;
  told = birth_.get(dossier).json()["consultations"][0];
  EXPECT_EQ(told["outcome"], "no_opinion");
  // What says nothing new is not told.
  const json version = birth_.get(dossier).json()["version"];
  EXPECT_EQ(version, answered["version"].get<int>() + 2);
  ASSERT_EQ(home_.post(other + "/apologise", {{"reason", "Xin lỗi"}}).status, 200);
  EXPECT_EQ(birth_.get(dossier).json()["version"], version);
}

// Facts that both procedures ask alike: of the same type, and of an enumeration a word that the other knows.
TEST_F(LinkedDossier, TakesOverTheFactsThatBothProceduresKnow) {
  json asking = made_up();
  asking["facts"] = {{"persons", 4}, {"tenure", "rented"}, {"floors", 2}, {"born_on", "2026-08-01"}};
  json opened = home_.get(opened_by(ask_elsewhere(filed(asking)).json())).json();
  EXPECT_EQ(opened["facts"], (json{{"persons", 4}, {"tenure", "rented"}}));
  asking["facts"] = {{"tenure", "other"}};
  opened = home_.get(opened_by(ask_elsewhere(filed(asking)).json())).json();
  EXPECT_EQ(opened["facts"], json::object());
}

TEST_F(LinkedDossier, IsOpenedOnceForOneKeyAndFoundAfterARestart) {
  const std::string dossier = filed();
  const HttpAnswer first = birth_.post(dossier + "/consult", asking("H32.102"), "consult-1");
  const HttpAnswer again = birth_.post(dossier + "/consult", asking("H32.102"), "consult-1");
  EXPECT_EQ(first.body, again.body);
  EXPECT_EQ(consult(dossier).json()["code"], "already_consulted");
  const std::string other = opened_by(first.json());
  ASSERT_EQ(service_.stop(), 0);
  service_.restart();
  HttpClient home = service_.client("home");
  EXPECT_EQ(home.get("/v1/dossiers?q=dang%20ngan").json()["items"].size(), 2);
  ASSERT_EQ(home.post(other + "/refuse", {{"reason", "Sai nơi nhận"}}).status, 200);
  EXPECT_EQ(home.get(dossier).json()["consultations"][0]["ended_as"], "refused");
}

TEST_F(LinkedDossier, ThatMayNotBeOpenedLeavesNothingBehind) {
  const std::string dossier = filed();
  const json before = birth_.get(dossier).json();
  // A department does not register residence: the procedure is one of communes.
  const HttpAnswer wrong = consult(dossier, "H32.4");
  EXPECT_EQ(wrong.status, 422) << wrong.body;
  EXPECT_EQ(wrong.json()["errors"][0]["pointer"], "#/agency");
  EXPECT_EQ(birth_.get(dossier).json()["version"], before["version"]);
  EXPECT_EQ(service_.client("province").get("/v1/dossiers").json()["items"].size(), 1);
  ASSERT_EQ(consult(dossier).status, 200);
  const HttpAnswer by_hand =
      birth_.post(dossier + "/answer-consultation", {{"number", 1}, {"outcome", "agreed"}});
  EXPECT_EQ(by_hand.json()["code"], "wrong_state");
}

// The asking and the asked dossier of one batch are decided in one group: neither is stored yet.
TEST_F(LinkedDossier, IsOpenedByADossierOfTheSameBatch) {
  const HttpAnswer block = birth_.post("/v1/code-blocks", {{"agency", "H32.101"}});
  ASSERT_EQ(block.status, 201) << block.body;
  const std::string code = block.json()["codes"][0]["code"];
  json submit = filing();
  submit["code"] = code;
  const json items{
      {{"key", "a"}, {"command", "submit"}, {"body", submit}},
      {{"key", "b"}, {"command", "receive-forwarded"}, {"dossier", code}, {"body", json::object()}},
      {{"key", "c"}, {"command", "consult"}, {"dossier", code}, {"body", asking("H32.102")}}};
  const HttpAnswer sent = birth_.post("/v1/batches", {{"items", items}});
  ASSERT_EQ(sent.status, 200) << sent.body;
  const json results = sent.json()["results"];
  ASSERT_EQ(results.back()["status"], 200) << results;
}

}  // namespace
}  // namespace motcua::testing
