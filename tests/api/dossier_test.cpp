#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/paths.h"
#include "tests/support/service.h"

// What one dossier says over HTTP: what may be done with it, what was promised, what was handed in.
namespace motcua::testing {
namespace {

using nlohmann::json;

class OneDossier : public ::testing::Test {
 protected:
  static ServiceOptions options() {
    ServiceOptions made;
    made.sandbox = "2026-08-03T09:00:00+07:00";
    made.keys = {{"province", "", true}, {"masked", "", false}, {"neighbour", "H32.102", true}};
    return made;
  }
  std::string filed(const std::string& procedure, json more = json::object()) {
    json body{{"procedure", procedure},
              {"channel", "online"},
              {"receiving_agency", "H32.101"},
              {"owner", {{"kind", "citizen"}, {"name", "Nguyễn Văn A"}}}};
    body.update(more);
    const HttpAnswer answer = client_.post("/v1/dossiers", body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return "/v1/dossiers/" + answer.json().value("id", "none");
  }
  json done(const std::string& dossier, const std::string& word, const json& body = json::object()) {
    const HttpAnswer answer = client_.post(dossier + '/' + word, body);
    EXPECT_EQ(answer.status, 200) << word << answer.body;
    return answer.json();
  }

  RunningService service_{options()};
  HttpClient client_ = service_.client("province");
};

json action_of(const json& answer, const std::string& command) {
  for (const json& action : answer["actions"])
    if (action["command"] == command) return action;
  return nullptr;
}

TEST_F(OneDossier, SaysOfEachCommandWhatTheCommandItselfAnswers) {
  const std::string dossier = filed("1.004194");
  const json said = client_.get(dossier + "/actions").json();
  EXPECT_EQ(said["version"], 1);
  EXPECT_EQ(said["state"], "submitted");
  EXPECT_EQ(said["as_of"], "2026-08-03T09:00:00+07:00");
  ASSERT_EQ(said["actions"].size(), 34);
  for (const char* allowed :
       {"accept", "refuse", "request-supplement", "withdraw", "adjust", "request-payment"}) {
    json action = action_of(said, allowed);
    EXPECT_TRUE(action["fields"].is_array()) << allowed;
    action.erase("fields");
    EXPECT_EQ(action,
              (json{{"command", allowed}, {"allowed", true}, {"code", nullptr}, {"detail", nullptr}}));
  }
  const json correction{{"version", 1}, {"reason", "Nhập sai"}, {"on_behalf_of", "H32.101.ct01"}};
  for (const std::string word :
       {"supplement", "accept-supplement", "complete-step", "return-result", "correct"}) {
    const HttpAnswer refused =
        client_.post(dossier + '/' + word, word == "correct" ? correction : json::object());
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(action_of(said, word), (json{{"command", word},
                                           {"allowed", false},
                                           {"code", refused.json()["code"]},
                                           {"detail", refused.json()["detail"]}}));
  }
}

TEST_F(OneDossier, MayBePromisedForADayAsItIsFiledAtACounter) {
  const json promise{{"appointment_at", "2026-08-20T17:00:00+07:00"}, {"reason", "Xác minh nhiều nơi"}};
  json counter{{"channel", "direct"}, {"accept", true}};
  counter.update(promise);
  const json dossier = client_.get(filed("2.001263", counter)).json();
  EXPECT_EQ(dossier["promised_at"], "2026-08-20T17:00:00+07:00");
  EXPECT_EQ(dossier["untimed"], true);
  json body{{"procedure", "1.004194"},
            {"receiving_agency", "H32.101"},
            {"owner", {{"kind", "citizen"}, {"name", "Nguyễn Văn A"}}}};
  body.update(counter);
  EXPECT_EQ(client_.post("/v1/dossiers", body).json()["code"], "appointment_timed");
  body["procedure"] = "2.001263";
  body.erase("reason");
  EXPECT_EQ(client_.post("/v1/dossiers", body).json()["errors"][0]["pointer"], "#/reason");
  body.erase("accept");
  EXPECT_EQ(client_.post("/v1/dossiers", body).json()["errors"][0]["pointer"], "#/appointment_at");
}

TEST_F(OneDossier, SaysWhyNotInTheLanguageOfTheClerk) {
  const std::string dossier = filed("1.004194");
  const HttpAnswer said = client_.request("GET", dossier + "/actions", {}, {{"Accept-Language", "vi"}});
  EXPECT_EQ(said.header("content-language"), "vi");
  EXPECT_EQ(action_of(said.json(), "settle")["detail"],
            "Hồ sơ đang ở trạng thái không cho phép thao tác này.");
}

TEST_F(OneDossier, HidesItsActionsFromWhomItIsHidden) {
  const std::string dossier = filed("1.004194");
  EXPECT_EQ(service_.client("neighbour").get(dossier + "/actions").status, 404);
  EXPECT_EQ(client_.get("/v1/dossiers/none/actions").status, 404);
  EXPECT_EQ(client_.get(dossier + "/actions?x=1").status, 400);
}

TEST_F(OneDossier, PromisesAnAppointmentWhereThereIsNoLimit) {
  const std::string dossier = filed("2.001263");
  const json given{{"appointment_at", "2026-09-03T17:00:00+07:00"}, {"reason", "Chờ lấy ý kiến liên quan"}};
  const json accepted = done(dossier, "accept", given);
  EXPECT_EQ(accepted["promised_at"], given["appointment_at"]);
  EXPECT_EQ(accepted["due_at"], nullptr);
  EXPECT_EQ(accepted["untimed"], true);
  ASSERT_EQ(accepted["promises"].size(), 1);
  EXPECT_EQ(accepted["promises"][0]["promised_at"], given["appointment_at"]);
  EXPECT_EQ(accepted["promises"][0]["due_at"], nullptr);
  EXPECT_EQ(accepted["reason"], nullptr);
  EXPECT_EQ(typed_of(client_, dossier)["reason"], given["reason"]);
  ASSERT_TRUE(service_.set_clock("2026-10-01T09:00:00+07:00"));
  EXPECT_EQ(client_.get(dossier).json()["late"], false);
  EXPECT_EQ(client_.get("/v1/untimed").json()["items"][0]["promised_at"], given["appointment_at"]);
  // The reason is personal: masked, and in no event.
  HttpClient masked = service_.client("masked");
  EXPECT_EQ(masked.get(dossier).json()["reason"], nullptr);
  const HttpAnswer history = client_.get(dossier + "/events");
  EXPECT_EQ(history.json()["items"][1]["data"]["details"]["appointment_at"], given["appointment_at"]);
  EXPECT_EQ(history.body.find("Chờ lấy"), std::string::npos);
}

TEST_F(OneDossier, RefusesAnAppointmentThatIsNone) {
  const std::string untimed = filed("2.001263");
  const std::string timed = filed("1.004194");
  const auto fault = [&](const std::string& dossier, const json& body) {
    const HttpAnswer answer = client_.post(dossier + "/accept", body);
    EXPECT_EQ(answer.status, 422) << answer.body;
    const json first = answer.json()["errors"][0];
    return first.value("pointer", "") + ' ' + first.value("code", "");
  };
  const std::string later = "2026-09-03T17:00:00+07:00";
  EXPECT_EQ(fault(untimed, {{"appointment_at", later}}), "#/reason missing_field");
  EXPECT_EQ(fault(untimed, {{"reason", "Vì"}}), "#/reason unknown_field");
  EXPECT_EQ(fault(untimed, {{"appointment_at", "soon"}, {"reason", "Vì"}}), "#/appointment_at bad_format");
  EXPECT_EQ(fault(untimed, {{"appointment_at", "2026-08-03T09:00:00+07:00"}, {"reason", "Vì"}}),
            "#/appointment_at appointment_past");
  EXPECT_EQ(fault(timed, {{"appointment_at", later}, {"reason", "Vì"}}),
            "#/appointment_at appointment_timed");
  const auto offered = [&](const std::string& dossier) {
    return action_of(client_.get(dossier + "/actions").json(), "accept")["fields"].size();
  };
  EXPECT_EQ(offered(untimed), 2);
  EXPECT_EQ(offered(timed), 0) << "what would be refused is not offered";
  EXPECT_EQ(client_.get(untimed).json()["version"], 1);
  EXPECT_EQ(done(untimed, "accept")["promised_at"], nullptr);
}

// By the program that finds each date again from its explanation alone.
TEST_F(OneDossier, ExplainsADateThatCorrectionsMoved) {
  const std::string dossier = filed("1.004194", {{"channel", "direct"}});
  done(dossier, "accept");
  ASSERT_TRUE(service_.set_clock("2026-08-06T09:00:00+07:00"));
  // The term, and the hand-over that is owed since then.
  json answers = json::array();
  for (const char* at : {"2026-08-04T10:00:00+07:00", "2026-08-05T10:00:00+07:00"}) {
    const std::string before = client_.get(dossier).json()["accepted_at"];
    done(dossier, "correct",
         {{"version", 2}, {"occurred_at", at}, {"reason", "Nhập sai"}, {"on_behalf_of", "H32.101.ct01"}});
    answers.clear();
    for (const char* clock : {"settlement", "forward"}) {
      const json answer = client_.get(dossier + "/clocks/" + clock + "/explain").json();
      EXPECT_EQ(answer["started_at"], at) << clock;
      EXPECT_EQ(answer["explanation"]["start_at"], "2026-08-03T09:00:00+07:00")
          << clock << ": where it was derived from first";
      EXPECT_EQ(answer["moves"].back()["start_before"], before) << clock;
      EXPECT_EQ(answer["moves"].back()["start_after"], at) << clock;
      answers.push_back(answer);
    }
  }
  for (const json& answer : answers) EXPECT_EQ(answer["moves"].size(), 2u);
  const std::filesystem::path file = service_.directory() / "explanation.json";
  std::ofstream(file) << answers;
  const std::string root = in_tree();
  const std::string calendars =
      root + "/config/calendars/vn-khanh-hoa.json " + root + "/config/calendars/vn.json";
  const std::string command = "python3 " + root + "/tools/verify_explanation.py " + file.string() +
                              " --calendar " + calendars + " > " + file.string() + ".said 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST_F(OneDossier, KeepsWhatWasSaidOfAPaperWhenItComesAgain) {
  const auto paper = [](const char* key, const char* form, json more = json::object()) {
    json made{{"key", key}, {"form", form}};
    made.update(more);
    return made;
  };
  const std::string dossier =
      filed("1.004194",
            {{"papers",
              {paper("to_khai", "electronic", {{"file_ref", "kho/1.pdf"}}),
               paper("cho_o_hop_phap", "reused", {{"source", "Kho dữ liệu"}, {"file_ref", "kho/2.pdf"}})}}});
  done(dossier, "request-supplement", {{"reason", "Mờ"}, {"missing", {"to_khai"}}});
  ASSERT_TRUE(service_.set_clock("2026-08-04T09:00:00+07:00"));
  done(dossier, "supplement", {{"papers", {paper("to_khai", "original", {{"file_ref", "kho/3.pdf"}})}}});
  done(dossier, "accept-supplement");
  done(dossier, "adjust", {{"papers", {paper("to_khai", "original", {{"copies", 2}})}}});
  const json papers = typed_of(client_, dossier)["papers"];
  ASSERT_EQ(papers.size(), 2);
  EXPECT_EQ(papers[0], json::parse(R"({"key":"to_khai","form":"original","copies":2,"digitised":false,
    "brought_by":"adjustment","round":null,"brought_at":"2026-08-04T09:00:00+07:00","version":5,"earlier":[
    {"form":"electronic","copies":1,"digitised":false,"file_ref":"kho/1.pdf",
     "brought_by":"submission","round":null,"brought_at":"2026-08-03T09:00:00+07:00","version":1},
    {"form":"original","copies":1,"digitised":false,"file_ref":"kho/3.pdf",
     "brought_by":"supplement","round":1,"brought_at":"2026-08-04T09:00:00+07:00","version":3}]})"));
  EXPECT_EQ(papers[1], json::parse(R"({"key":"cho_o_hop_phap","form":"reused","copies":1,"digitised":false,
    "source":"Kho dữ liệu","file_ref":"kho/2.pdf","brought_by":"submission","round":null,
    "brought_at":"2026-08-03T09:00:00+07:00","version":1,"earlier":[]})"));
  const std::string masked = client_.get(dossier).body;
  EXPECT_EQ(masked.find("kho/"), std::string::npos);
}

}  // namespace
}  // namespace motcua::testing
