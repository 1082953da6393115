#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "tests/support/service.h"

// Warnings over HTTP: fired by the ladders, answered by persons, once whatever restarts.
namespace motcua::testing {
namespace {

using nlohmann::json;

class AlertInbox : public ::testing::Test {
 protected:
  static ServiceOptions options() {
    ServiceOptions made;
    made.sandbox = "2026-08-10T08:00:00+07:00";  // a Monday
    made.keys = {{"province", "", true}, {"commune", "H32.101", false}, {"other", "H32.102", true}};
    return made;
  }
  std::string filed(const json& more = json::object()) {
    json body{{"procedure", "1.004194"},
              {"channel", "online"},
              {"receiving_agency", "H32.101"},
              {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}};
    body.update(more);
    const HttpAnswer answer = client_->post("/v1/dossiers", body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json().value("id", "none");
  }
  json alerts(const std::string& query = "") { return alerts(*client_, query); }
  json alerts(HttpClient& client, const std::string& query) {
    const HttpAnswer answer = client.get("/v1/alerts" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json()["items"];
  }
  // "rung@when it fired", oldest first.
  std::vector<std::string> fired(
      const std::string& query = "?state=open,snoozed,acknowledged,escalated,closed") {
    std::vector<std::string> names;
    const json items = alerts(query);
    for (auto item = items.rbegin(); item != items.rend(); ++item) {
      names.push_back((*item)["rung"].get<std::string>() + '@' +
                      (*item)["fired_at"].get<std::string>().substr(5, 11));
    }
    return names;
  }
  std::string id_of(const std::string& rung) {
    const json items = alerts("?state=open,snoozed,acknowledged,escalated,closed");
    for (const json& item : items) {
      if (item["rung"] == rung) return item["id"];
    }
    return "none";
  }
  HttpAnswer snooze(const std::string& id, const std::string& until) {
    return client_->post("/v1/alerts/" + id + "/snooze",
                         {{"officer", "H32.101.cb01"}, {"until", until}, {"reason", "Chờ bà Lê C"}});
  }
  using Names = std::vector<std::string>;

  RunningService service_{options()};
  std::optional<HttpClient> client_{std::in_place, service_.port(), token_of("province")};
};

TEST_F(AlertInbox, HoldsTheIntakeAlertFromTheSubmissionOnAndTheLadderOfEightHours) {
  filed();
  EXPECT_EQ(fired(), Names{"intake@08-10T08:00"});
  service_.set_clock("2026-08-10T13:59:59+07:00");
  EXPECT_EQ(fired(), Names{"intake@08-10T08:00"});
  service_.set_clock("2026-08-12T12:00:00+07:00");
  // Escalated after four working hours; due on Tuesday at 08:00, told at once; a working day later above.
  EXPECT_EQ(fired(), (Names{"intake@08-10T08:00", "acceptance-4h@08-10T14:00", "intake@08-10T14:00",
                            "acceptance-2h@08-10T16:00", "acceptance-due@08-11T08:00",
                            "acceptance-due@08-11T14:00", "acceptance-late-1d@08-12T07:00"}));
  const json last = alerts("?limit=1")[0];
  EXPECT_EQ(last["severity"], "breach");
  EXPECT_EQ(last["due_at"], "2026-08-11T08:00:00+07:00");
  EXPECT_EQ(last["recipients"].back()["officer"], "H32.tp01") << last;
}

TEST_F(AlertInbox, ForgetsARungWhoseClockWasMetAndClosesWhatWasTold) {
  const std::string id = filed();
  service_.set_clock("2026-08-10T14:30:00+07:00");
  EXPECT_EQ(alerts().size(), 3u);
  EXPECT_EQ(client_->post("/v1/dossiers/" + id + "/refuse", {{"reason", "Sai nơi nhận"}}).status, 200);
  EXPECT_EQ(alerts().size(), 0u);
  service_.set_clock("2026-08-25T08:00:00+07:00");
  EXPECT_EQ(fired().size(), 3u);
  EXPECT_EQ(alerts("?state=closed").size(), 3u);
}

TEST_F(AlertInbox, FiresARungThatWasDueBeforeTheCommandThatEndsItsClock) {
  const std::string first = filed();
  service_.set_clock("2026-08-10T14:00:00+07:00");
  EXPECT_EQ(client_->post("/v1/dossiers/" + first + "/refuse", {{"reason", "Sai nơi nhận"}}).status, 200);
  EXPECT_EQ(fired(), (Names{"intake@08-10T08:00", "acceptance-4h@08-10T14:00", "intake@08-10T14:00"}));
}

TEST_F(AlertInbox, FiresOnceWhateverRestarts) {
  filed();
  service_.set_clock("2026-08-10T15:00:00+07:00");
  const auto before = fired();
  for (int i = 0; i < 2; ++i) {
    service_.kill9();
    service_.restart();
    client_.emplace(service_.port(), token_of("province"));
    EXPECT_EQ(fired(), before);
  }
  service_.set_clock("2026-08-10T16:00:00+07:00");
  EXPECT_EQ(fired().size(), before.size() + 1);
}

TEST_F(AlertInbox, IsFilteredByPersonUnitAgencySeverityClockAndDossier) {
  const std::string first = filed();
  filed({{"receiving_agency", "H32.102"}});
  service_.set_clock("2026-08-10T16:30:00+07:00");
  EXPECT_EQ(alerts("?dossier=" + first).size(), 4u);
  EXPECT_EQ(alerts("?agency=H32.101").size(), 4u);
  EXPECT_EQ(alerts("?agency=H32.101&unit=lanh-dao").size(), 0u);
  EXPECT_EQ(alerts("?officer=H32.101.cb01&clock=acceptance").size(), 2u);
  EXPECT_EQ(alerts("?severity=urgent").size(), 2u);
  EXPECT_EQ(alerts("?officer=H32.101.cb01&severity=urgent").size(), 1u);
  HttpClient commune = service_.client("commune");
  EXPECT_EQ(alerts(commune, "").size(), 4u);
  EXPECT_EQ(alerts(commune, "?agency=H32.102").size(), 0u);
  // By pages, all the same.
  std::string cursor = "/v1/alerts?limit=3";
  std::size_t seen = 0;
  for (bool more = true; more;) {
    const json page = client_->get(cursor).json();
    seen += page["items"].size();
    more = page["next_cursor"].is_string();
    if (more) cursor = "/v1/alerts?limit=3&cursor=" + page["next_cursor"].get<std::string>();
  }
  EXPECT_EQ(seen, alerts().size());
  for (const char* query : {"?severity=loud", "?clock=lunch", "?state=gone", "?agency=H99", "?dossier=a%20b",
                            "?who=me", "?limit=0", "?cursor=abc"})
    EXPECT_EQ(client_->get(std::string("/v1/alerts") + query).status, 400) << query;
}

TEST_F(AlertInbox, IsAcknowledgedByARecipientOnceAndThenEscalatesNoMore) {
  filed();
  const std::string path = "/v1/alerts/" + id_of("intake");
  EXPECT_EQ(client_->post(path + "/ack", {{"officer", "H32.102.cb01"}}).json()["code"], "not_recipient");
  EXPECT_EQ(client_->post(path + "/ack", json::object()).status, 422);
  EXPECT_EQ(client_->post(path + "/ack", {{"officer", "H32.101.cb01"}, {"note", "x"}}).status, 422);
  HttpClient other = service_.client("other");
  EXPECT_EQ(other.post(path + "/ack", {{"officer", "H32.101.cb01"}}).status, 404);
  EXPECT_EQ(client_->request("POST", path + "/ack", R"({"officer":"H32.101.cb01"})").status, 400);
  const HttpAnswer done = client_->post(path + "/ack", {{"officer", "H32.101.cb01"}}, "ack-1");
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.json()["state"], "acknowledged");
  EXPECT_EQ(done.json()["acts"][0]["officer"], "H32.101.cb01");
  const HttpAnswer again = client_->post(path + "/ack", {{"officer", "H32.101.cb01"}}, "ack-1");
  EXPECT_EQ(again.header("idempotency-replayed"), "true");
  EXPECT_EQ(again.json()["acts"].size(), 1u);
  EXPECT_EQ(client_->post(path + "/ack", {{"officer", "H32.101.cb01"}}).json()["code"], "alert_over");
  EXPECT_EQ(client_->post(path + "/ack", {{"officer", "H32.101.cb02"}}, "ack-1").status, 422);
  service_.set_clock("2026-08-10T15:00:00+07:00");
  EXPECT_EQ(fired(), (Names{"intake@08-10T08:00", "acceptance-4h@08-10T14:00"}));
}

TEST_F(AlertInbox, OfOneWhoHasSeenItIsStillThatOfTheSuperior) {
  filed();
  service_.set_clock("2026-08-10T16:00:00+07:00");
  const std::string path = "/v1/alerts/" + id_of("acceptance-2h");
  const HttpAnswer seen = client_->post(path + "/ack", {{"officer", "H32.101.cb02"}});
  ASSERT_EQ(seen.status, 200) << seen.body;
  EXPECT_EQ(seen.json()["state"], "open");
  // For the whole desk, and for nobody else.
  const auto inbox = [&](const std::string& officer, const std::string& state) {
    return alerts("?severity=urgent&officer=" + officer + "&state=" + state).size();
  };
  EXPECT_EQ(inbox("H32.101.cb01", "open"), 0u);
  EXPECT_EQ(inbox("H32.101.cb02", "acknowledged"), 1u);
  EXPECT_EQ(inbox("H32.101.mc01", "open"), 1u);
  EXPECT_EQ(inbox("H32.101.mc01", "acknowledged"), 0u);
  EXPECT_EQ(alerts("?severity=urgent").size(), 1u);
  EXPECT_EQ(client_->post(path + "/ack", {{"officer", "H32.101.cb01"}}).json()["code"], "alert_over");
  const HttpAnswer put_off = client_->post(
      path + "/snooze",
      {{"officer", "H32.101.mc01"}, {"until", "2026-08-10T16:30:00+07:00"}, {"reason", "Đang xem"}});
  EXPECT_EQ(put_off.json()["state"], "snoozed") << put_off.body;
  EXPECT_EQ(inbox("H32.101.mc01", "open"), 0u);
  service_.set_clock("2026-08-10T16:30:00+07:00");
  EXPECT_EQ(inbox("H32.101.mc01", "open"), 1u);
  EXPECT_EQ(inbox("H32.101.cb01", "open"), 0u);
  EXPECT_EQ(client_->post(path + "/ack", {{"officer", "H32.101.mc01"}}).json()["state"], "acknowledged");
  EXPECT_EQ(alerts("?severity=urgent").size(), 0u);
  EXPECT_EQ(client_->get(path).json()["acts"].size(), 4u);
}

TEST_F(AlertInbox, EscalatesWhereOneOfSeveralDesksGaveNoAnswer) {
  filed();
  service_.set_clock("2026-08-11T08:00:00+07:00");
  const std::string path = "/v1/alerts/" + id_of("acceptance-due");
  EXPECT_EQ(client_->post(path + "/ack", {{"officer", "H32.101.cb01"}}).status, 200);
  service_.set_clock("2026-08-11T14:00:00+07:00");
  const json alert = client_->get(path).json();
  EXPECT_EQ(alert["state"], "escalated");
  for (const json& one : alert["recipients"]) {
    EXPECT_EQ(one["state"], one["role"] == "holder" ? "acknowledged" : "escalated") << one;
  }
  const json above = alerts("?officer=H32.101.ct01&clock=acceptance");
  ASSERT_EQ(above.size(), 1u);
  EXPECT_EQ(above[0]["escalated_from"], alert["id"]);
  // Once: also where the desk puts it off and lets it come back.
  EXPECT_EQ(client_->post(path + "/ack", {{"officer", "H32.101.mc01"}}).json()["state"], "acknowledged");
  service_.set_clock("2026-08-12T06:00:00+07:00");
  EXPECT_EQ(alerts("?officer=H32.101.ct01&clock=acceptance").size(), 1u);
}

TEST_F(AlertInbox, EscalatesToNobodyWhoWasToldBefore) {
  // This agency has no head of its one-stop shop, so its head is told at once.
  filed({{"procedure", "1.012786"}, {"receiving_agency", "H32.8"}});
  service_.set_clock("2026-08-11T14:00:00+07:00");
  const json up = alerts("?clock=acceptance&agency=H32");
  ASSERT_EQ(up.size(), 1u);
  EXPECT_FALSE(up[0]["escalated_from"].is_null());
  EXPECT_EQ(up[0]["recipients"][0]["officer"], "H32.tp01");
  EXPECT_EQ(alerts("?clock=acceptance&severity=breach&officer=H32.8.gd01").size(), 1u);
}

TEST_F(AlertInbox, IsFoundByTheCodeOfADossier) {
  const std::string id = filed({{"channel", "direct"}, {"accept", true}});
  const std::string code = client_->get("/v1/dossiers/" + id).json()["code"];
  service_.set_clock("2026-09-30T08:00:00+07:00");
  const std::string all = "&limit=200&state=open,snoozed,acknowledged,escalated,closed";
  EXPECT_EQ(alerts("?dossier=" + code + all).size(), alerts("?dossier=" + id + all).size());
  EXPECT_GT(alerts("?dossier=" + code + all).size(), 0u);
  HttpClient other = service_.client("other");
  EXPECT_EQ(alerts(other, "?dossier=" + code + all).size(), 0u);
}

TEST_F(AlertInbox, IsPutOffWithAReasonButNeverPastTheDue) {
  filed();
  service_.set_clock("2026-08-10T14:00:00+07:00");
  const std::string id = id_of("acceptance-4h");
  EXPECT_EQ(snooze(id, "2026-08-11T08:00:01+07:00").json()["code"], "past_due");
  EXPECT_EQ(snooze(id, "2026-08-10T14:00:00+07:00").status, 422);
  EXPECT_EQ(snooze(id, "2026-08-19T14:00:00+07:00").status, 422);
  const HttpAnswer done = snooze(id, "2026-08-10T15:30:00+07:00");
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.json()["snoozed_until"], "2026-08-10T15:30:00+07:00");
  EXPECT_FALSE(done.json()["acts"][0].contains("reason"));
  const std::string unmasked = "/v1/alerts/" + id + '?' + std::string(kUnmasked);
  EXPECT_EQ(client_->get(unmasked).json()["acts"][0]["reason"], "Chờ bà Lê C");
  HttpClient commune = service_.client("commune");
  EXPECT_FALSE(commune.get("/v1/alerts/" + id).json()["acts"][0].contains("reason"));
  EXPECT_EQ(commune.get(unmasked).json()["code"], "forbidden_right");
  EXPECT_EQ(alerts("?clock=acceptance").size(), 0u);
  EXPECT_EQ(alerts("?clock=acceptance&state=snoozed").size(), 1u);
  service_.set_clock("2026-08-10T15:30:00+07:00");
  EXPECT_EQ(alerts("?clock=acceptance").size(), 1u);
  EXPECT_EQ(client_->get("/v1/alerts/" + id).json()["acts"].size(), 2u);
  // The reason lies sealed in the database.
  ASSERT_EQ(service_.stop(), 0);
  std::ifstream file(service_.database(), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(bytes.find("Chờ bà"), std::string::npos);
}

TEST_F(AlertInbox, SaysWhatEachSupervisorHasBeforeItInTheMorning) {
  filed();
  const std::string id = filed({{"channel", "direct"}, {"accept", true}});
  const json dossier = client_->get("/v1/dossiers/" + id).json();
  const auto digests = [&](const std::string& query = "") {
    return client_->get("/v1/digests" + query).json()["items"];
  };
  EXPECT_TRUE(digests().empty());
  service_.set_clock("2026-08-11T07:00:00+07:00");
  const json first = digests();
  ASSERT_EQ(first.size(), 1u) << first;
  EXPECT_EQ(first[0]["agency"], "H32.101");
  EXPECT_EQ(first[0]["unit"], nullptr);
  EXPECT_EQ(first[0]["acceptance_due_today"], 1);
  EXPECT_EQ(first[0]["acceptance_late"], 0);
  EXPECT_EQ(first[0]["late"], 0);
  std::set<std::string> heads;
  for (const json& one : first[0]["recipients"]) heads.insert(one["officer"].get<std::string>());
  EXPECT_EQ(heads, (std::set<std::string>{"H32.101.ct01", "H32.101.mc01", "H32.101.tp01"}))
      << "tp01 stands for ct01 all the year";
  service_.set_clock("2026-08-12T07:00:00+07:00");
  EXPECT_EQ(digests()[0]["acceptance_late"], 1);
  EXPECT_EQ(digests()[0]["acceptance_due_today"], 0) << "what is overdue is not due today";
  const json given = client_->post("/v1/dossiers/" + id + "/assign", {{"officer", "H32.101.cv02"}}).json();
  const std::string due = dossier["due_at"].get<std::string>();
  service_.set_clock(due.substr(0, 11) + "23:00:00+07:00");
  service_.advance(4 * 86'400);
  const json agency = digests("?agency=H32.101&officer=H32.101.mc01");
  ASSERT_EQ(agency.size(), 1u);
  EXPECT_EQ(agency[0]["late"], 1) << agency;
  EXPECT_EQ(agency[0]["explanations_missing"], 1);
  const json unit = digests("?officer=H32.101.tp01");
  ASSERT_EQ(unit.size(), 2u) << unit << given;
  EXPECT_EQ(unit[1]["unit"], "kinh-te");
  EXPECT_EQ(unit[1]["late"], 1);
  EXPECT_EQ(unit[1]["acceptance_late"], nullptr);
  HttpClient other = service_.client("other");
  EXPECT_TRUE(other.get("/v1/digests?on=2026-08-11").json()["items"].empty());
  EXPECT_EQ(other.get("/v1/digests?agency=H32.101").status, 403);
  EXPECT_EQ(client_->get("/v1/digests?on=yesterday").status, 400);
}

// On 01/07/2025 the wards became others: what they owed is before the heads of those who took over.
TEST(MergedAgency, HasWhatItOwedInTheDigestsOfItsHeirs) {
  ServiceOptions options;
  options.sandbox = "2025-06-24T08:00:00+07:00";
  options.keys = {{"province", "", true}};
  RunningService service(options);
  std::optional<HttpClient> client(std::in_place, service.port(), token_of("province"));
  const HttpAnswer filed = client->post("/v1/dossiers", {{"procedure", "1.004194"},
                                                         {"channel", "direct"},
                                                         {"accept", true},
                                                         {"receiving_agency", "001.19.H32"},
                                                         {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}});
  ASSERT_EQ(filed.status, 201) << filed.body;
  const auto late_of = [&](const std::string& agency, const std::string& on) {
    const json items = client->get("/v1/digests?agency=" + agency + "&on=" + on).json()["items"];
    return items.empty() ? -1 : items[0]["late"].get<int>();
  };
  ASSERT_TRUE(service.set_clock("2025-06-30T12:00:00+07:00"));
  EXPECT_EQ(late_of("001.19.H32", "2025-06-30"), 1);
  EXPECT_EQ(late_of("H32.101", "2025-06-30"), -1);
  const json listed_before = client->get("/v1/alerts?agency=H32.101").json()["items"];
  ASSERT_TRUE(service.set_clock("2025-07-02T12:00:00+07:00"));
  EXPECT_EQ(late_of("001.19.H32", "2025-07-01"), -1);
  EXPECT_EQ(late_of("H32.101", "2025-07-01"), 1);
  EXPECT_EQ(late_of("H32.101", "2025-07-02"), 1);
  EXPECT_EQ(late_of("H32.102", "2025-07-02"), -1) << "into which another was merged";
  // What was addressed to it stands among what is addressed to those who took over, and not before they did.
  const auto listed = [&](const std::string& query) {
    std::vector<std::string> ids;
    json cursor;
    do {
      const std::string more = cursor.is_string() ? "&cursor=" + cursor.get<std::string>() : "";
      const HttpAnswer page = client->get("/v1/alerts?limit=1&" + query + more);
      EXPECT_EQ(page.status, 200) << page.body;
      const json found = page.json();
      for (const json& item : found["items"]) ids.push_back(item["id"]);
      cursor = found["next_cursor"];
    } while (cursor.is_string() && ids.size() < 100);
    return ids;
  };
  const std::vector<std::string> to_it = listed("agency=001.19.H32");
  ASSERT_FALSE(to_it.empty());
  EXPECT_TRUE(listed_before.empty());
  const std::vector<std::string> to_heir = listed("agency=H32.101");
  EXPECT_TRUE(std::is_sorted(to_heir.rbegin(), to_heir.rend())) << "the newest first";
  EXPECT_EQ(std::set(to_heir.begin(), to_heir.end()).size(), to_heir.size()) << "none twice";
  const std::vector<std::string> all =
      listed("agency=H32.101&state=open,snoozed,acknowledged,escalated,closed");
  for (const std::string& id : listed("agency=001.19.H32&state=open,snoozed,acknowledged,escalated,closed")) {
    EXPECT_NE(std::find(all.begin(), all.end(), id), all.end()) << id;
  }
  EXPECT_TRUE(listed("agency=H32.102").empty()) << "into which another was merged";
  for (const std::string& id : to_it) {
    EXPECT_NE(std::find(to_heir.begin(), to_heir.end(), id), to_heir.end()) << id;
    // Which unit of an heir took a unit's place is not known.
    const json alert = client->get("/v1/alerts/" + id).json();
    for (const json& one : alert["recipients"]) {
      const std::string unit = one["unit"].is_null() ? "lanh-dao" : one["unit"].get<std::string>();
      const std::vector<std::string> of_unit = listed("agency=H32.101&unit=" + unit);
      EXPECT_EQ(std::find(of_unit.begin(), of_unit.end(), id), of_unit.end()) << unit;
    }
  }
  // Nor can the officers of before answer any more: those who took over do.
  const auto answered_by = [&](const std::string& officer) {
    const json items = client->get("/v1/alerts?clock=settlement&agency=001.19.H32").json()["items"];
    const std::string path = "/v1/alerts/" + items[0]["id"].get<std::string>() + "/ack";
    return client->post(path, {{"officer", officer}}).status;
  };
  EXPECT_EQ(answered_by("H32.102.ct01"), 409) << "into which another was merged";
  EXPECT_EQ(answered_by("001.19.H32.ct01"), 403);
  EXPECT_EQ(answered_by("H32.101.ct01"), 200);
  // Also where the service comes up when the heads have changed already.
  ASSERT_EQ(service.stop(), 0);
  service.restart();
  client.emplace(service.port(), token_of("province"));
  ASSERT_TRUE(service.set_clock("2025-07-03T12:00:00+07:00"));
  EXPECT_EQ(late_of("H32.101", "2025-07-03"), 1);
}

// The clock is void then, and nobody can do anything about what it warned of.
TEST_F(AlertInbox, ForgetsAnAppraisalThatHasLapsed) {
  const std::string id = filed({{"channel", "direct"}, {"accept", true}});
  ASSERT_TRUE(service_.set_clock("2026-08-13T17:00:00+07:00"));  // its due
  EXPECT_EQ(alerts("?clock=appraisal&dossier=" + id).size(), 2U);
  ASSERT_TRUE(service_.set_clock("2026-08-13T17:00:00.001+07:00"));
  EXPECT_EQ(alerts("?clock=appraisal&dossier=" + id).size(), 0U);
  EXPECT_EQ(alerts("?clock=appraisal&state=closed&dossier=" + id).size(), 2U);
}

TEST_F(AlertInbox, WarnsOfEachClockOnTheWayOfADossier) {
  const std::string id = filed({{"channel", "direct"}, {"accept", true}});
  const std::string due = client_->get("/v1/dossiers/" + id).json()["due_at"];
  service_.set_clock("2026-09-30T08:00:00+07:00");
  std::set<std::string> clocks;
  const json items = alerts("?limit=200&state=open,escalated,closed");
  for (const json& item : items) clocks.insert(item["clock"].get<std::string>());
  EXPECT_TRUE(clocks.contains("settlement"));
  EXPECT_TRUE(clocks.contains("apology")) << due;
  EXPECT_TRUE(clocks.contains("explanation"));
  // The last of settlement went up to the province.
  EXPECT_FALSE(alerts("?agency=H32&limit=200").empty());
}

}  // namespace
}  // namespace motcua::testing
