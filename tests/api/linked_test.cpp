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
  std::string filed() {
    const HttpAnswer answer = birth_.post("/v1/dossiers", filing());
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
  EXPECT_EQ(opened["linked_from"], (json{{"dossier", asked.json()["id"]}, {"consultation", 1}}));
  HttpClient province = service_.client("province");
  const json owner = typed_of(province, other)["owner"];
  EXPECT_EQ(owner["name"], "Đặng Thị Ngân");
  EXPECT_EQ(owner["id_number"], "056199001234");
  ASSERT_EQ(opened["papers"].size(), 1) << opened["papers"];
  EXPECT_EQ(opened["papers"][0]["key"], "to_khai");
  EXPECT_EQ(opened["papers"][0]["form"], "reused");
  EXPECT_EQ(opened["papers"][0]["digitised"], true);
  const json clocks = home_.get(other + "/clocks").json();
  EXPECT_EQ(clocks["clocks"][0]["kind"], "acceptance");
  EXPECT_EQ(clocks["clocks"][0]["due_at"], "2026-08-11T08:00:00+07:00");
  // It is found by its owner there, and by whoever opened it; by nobody else.
  EXPECT_EQ(home_.get("/v1/dossiers?q=dang%20ngan").json()["items"].size(), 2);
  EXPECT_EQ(birth_.get(other).status, 200);
  EXPECT_EQ(service_.client("elsewhere").get(other).status, 404);
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
