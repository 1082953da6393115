#include <gtest/gtest.h>
#include <sqlite3.h>

#include <nlohmann/json.hpp>

#include "tests/support/service.h"

// Who owes an explanation or an apology for a late dossier: told to heads and listed until it is done,
// whether or not the dossier is over.
namespace motcua::testing {
namespace {

using nlohmann::json;

class DutyList : public ::testing::Test {
 protected:
  using Names = std::vector<std::string>;

  static ServiceOptions options() {
    ServiceOptions made;
    made.sandbox = "2026-08-03T09:00:00+07:00";  // a Monday
    made.keys = {{"province", "", true}, {"commune", "H32.101", false}, {"other", "H32.102", true}};
    return made;
  }
  // Accepted at the counter.
  std::string accepted(const std::string& agency = "H32.101") {
    const HttpAnswer answer =
        client_->post("/v1/dossiers", {{"procedure", "1.004194"},
                                       {"channel", "direct"},
                                       {"accept", true},
                                       {"receiving_agency", agency},
                                       {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}});
    EXPECT_EQ(answer.status, 201) << answer.body;
    due_ = answer.json().value("due_at", "none");
    return answer.json().value("id", "none");
  }
  void say(const std::string& id, const std::string& word, const json& body) {
    const HttpAnswer answer = client_->post("/v1/dossiers/" + id + '/' + word, body);
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
  void settle(const std::string& id) {
    say(id, "settle",
        {{"outcome", "denied"}, {"result_form", "electronic"}, {"reason", "Không đủ điều kiện"}});
  }
  void withdraw(const std::string& id) { say(id, "withdraw", {{"reason", "Đổi ý"}}); }
  void explain(const std::string& id) {
    say(id, "explain-lateness", {{"reason", "Chờ ý kiến"}, {"on_behalf_of", "H32.ct01"}});
  }
  void apologise(const std::string& id) { say(id, "apologise", {{"reason", "Quá tải"}}); }

  Names ids(const std::string& address) { return ids(*client_, address); }
  static Names ids(HttpClient& client, const std::string& address) {
    const HttpAnswer answer = client.get(address);
    EXPECT_EQ(answer.status, 200) << answer.body;
    Names found;
    const json items = answer.json()["items"];
    for (const json& item : items) found.push_back(item["id"]);
    return found;
  }
  // "rung@when it fired to whom", oldest first, of this dossier and clock.
  Names told(const std::string& id, const std::string& clock) {
    const json items =
        client_
            ->get("/v1/alerts?limit=200&state=open,snoozed,acknowledged,escalated,closed&clock=" + clock +
                  "&dossier=" + id)
            .json()["items"];
    Names names;
    for (auto item = items.rbegin(); item != items.rend(); ++item) {
      std::string to;
      for (const json& one : (*item)["recipients"]) to += ' ' + one.value("role", "");
      names.push_back((*item)["rung"].get<std::string>() + '@' +
                      (*item)["fired_at"].get<std::string>().substr(5, 11) + to);
    }
    return names;
  }
  void restart() {
    service_.kill9();
    service_.restart();
    client_.emplace(service_.port(), token_of("province"));
  }

  std::string due_;
  RunningService service_{options()};
  std::optional<HttpClient> client_{std::in_place, service_.port(), token_of("province")};
};

TEST_F(DutyList, RemindsOfALateDossierAlsoAfterItsEndOnceAndUpToTheTop) {
  const std::string settled = accepted();
  const std::string withdrawn = accepted();
  const std::string open = accepted();
  ASSERT_EQ(due_, "2026-08-06T17:00:00+07:00");
  service_.set_clock("2026-08-07T08:00:00+07:00");
  settle(settled);
  withdraw(withdrawn);
  restart();
  service_.set_clock("2026-08-20T08:00:00+07:00");
  restart();
  service_.set_clock("2026-08-21T08:00:00+07:00");
  const Names ladder{"explanation-1d@08-10T07:00 unit_head",
                     "explanation-due@08-11T17:00 agency_head agency_head",
                     "explanation-late-1d@08-12T07:00 provincial_office"};
  for (const std::string& id : {settled, withdrawn, open}) {
    EXPECT_EQ(told(id, "explanation"), ladder);
    EXPECT_EQ(told(id, "apology").back(), "apology-missing@08-07T07:00 agency_head agency_head");
  }
}

TEST_F(DutyList, RemindsNoMoreOnceTheLatenessIsExplained) {
  const std::string id = accepted();
  service_.set_clock("2026-08-07T08:00:00+07:00");
  settle(id);
  service_.set_clock("2026-08-10T08:00:00+07:00");
  EXPECT_EQ(told(id, "explanation").size(), 1u);
  explain(id);
  EXPECT_EQ(client_->get("/v1/alerts?clock=explanation").json()["items"].size(), 0u);
  service_.set_clock("2026-08-25T08:00:00+07:00");
  EXPECT_EQ(told(id, "explanation").size(), 1u);
}

TEST_F(DutyList, OfExplanationsBeginsBehindTheirTermAndEndsWithThem) {
  const std::string over = accepted();
  const std::string open = accepted("H32.102");
  const std::string in_time = accepted();
  settle(in_time);
  service_.set_clock("2026-08-07T08:00:00+07:00");
  settle(over);
  say(over, "return-result", json::object());
  // Due three working days after the due that was missed: until then it is due soon, and only then late.
  EXPECT_EQ(ids("/v1/late?clock=explanation"), Names{});
  EXPECT_EQ(ids("/v1/due-soon?clock=explanation&within_hours=24"), Names{});
  EXPECT_EQ(ids("/v1/due-soon?clock=explanation&within_hours=105"), (Names{over, open}));
  service_.set_clock("2026-08-11T17:00:00+07:00");
  EXPECT_EQ(ids("/v1/late?clock=explanation"), Names{});
  service_.set_clock("2026-08-11T17:00:01+07:00");
  const json listed = client_->get("/v1/late?clock=explanation&count=true&limit=1").json();
  EXPECT_EQ(listed["count"], 2);
  EXPECT_EQ(listed["items"][0]["id"], over);
  EXPECT_EQ(listed["items"][0]["clock"], "explanation");
  EXPECT_EQ(listed["items"][0]["clock_due_at"], "2026-08-11T17:00:00+07:00");
  EXPECT_EQ(ids(listed["next"]), Names{open});
  EXPECT_EQ(ids("/v1/due-soon?clock=explanation&within_hours=1000"), Names{});
  EXPECT_EQ(ids("/v1/late?clock=explanation&agency=H32.102"), Names{open});
  HttpClient commune = service_.client("commune");
  EXPECT_EQ(ids(commune, "/v1/late?clock=explanation"), Names{over});
  restart();
  explain(open);
  EXPECT_EQ(ids("/v1/late?clock=explanation"), Names{over});
  settle(open);
  EXPECT_EQ(ids("/v1/late?clock=explanation"), Names{over});
  explain(over);
  EXPECT_EQ(ids("/v1/late?clock=explanation"), Names{});
  EXPECT_EQ(ids("/v1/late?clock=apology"), (Names{over, open}));
}

TEST_F(DutyList, OfApologiesHoldsWhoIsLateUntilOneIsSent) {
  const std::string late = accepted();
  const std::string told_before = accepted();
  apologise(told_before);
  service_.set_clock("2026-08-06T17:00:00+07:00");
  EXPECT_EQ(ids("/v1/late?clock=apology"), Names{});
  service_.set_clock("2026-08-06T17:00:01+07:00");
  EXPECT_EQ(ids("/v1/late?clock=apology"), Names{late});
  EXPECT_EQ(client_->get("/v1/late?clock=apology").json()["items"][0]["clock_due_at"],
            "2026-08-05T23:59:59.999+07:00");
  settle(late);
  settle(told_before);
  EXPECT_EQ(ids("/v1/late?clock=apology"), Names{late});
  EXPECT_EQ(ids("/v1/late?clock=any"), Names{});  // both are settled, and the duties have names of their own
  apologise(late);
  EXPECT_EQ(ids("/v1/late?clock=apology"), Names{});
}

// A re-appointment in time apologised for the date that it moved: for the new one an apology is owed anew.
TEST_F(DutyList, OfApologiesHoldsWhoMissesTheDateThatWasMovedInTime) {
  const std::string id = accepted();  // due on Thursday 06/08 at 17:00
  service_.set_clock("2026-08-05T10:00:00+07:00");
  const Names before = told(id, "apology");
  say(id, "reappoint", {{"promised_at", "2026-08-11T17:00:00+07:00"}, {"reason", "Chờ ý kiến"}});
  EXPECT_EQ(client_->get("/v1/alerts?clock=apology").json()["items"].size(), 0u) << "it was done";
  service_.set_clock("2026-08-11T17:00:00+07:00");
  EXPECT_EQ(ids("/v1/late?clock=apology"), Names{});
  EXPECT_EQ(told(id, "apology"), before);
  service_.set_clock("2026-08-12T08:00:00+07:00");
  EXPECT_EQ(ids("/v1/late?clock=apology"), Names{id});
  EXPECT_EQ(told(id, "apology").back(), "apology-missing@08-12T07:00 agency_head agency_head");
  EXPECT_EQ(client_->get("/v1/alerts?clock=apology").json()["items"].size(), 1u);
  // The same from a database in which the re-appointment counted for the new date, too.
  ASSERT_EQ(service_.stop(), 0);
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(service_.database().c_str(), &db), SQLITE_OK);
  const int changed = sqlite3_exec(db,
                                   "UPDATE open_clock SET role = role + 8 WHERE kind = 3 AND role < 8;"
                                   "UPDATE meta SET value = 1 WHERE name = 'duties_filed'",
                                   nullptr, nullptr, nullptr);
  EXPECT_EQ(changed, SQLITE_OK) << sqlite3_errmsg(db);
  EXPECT_GT(sqlite3_total_changes(db), 1);
  sqlite3_close(db);
  restart();
  EXPECT_EQ(ids("/v1/late?clock=apology"), Names{id});
  apologise(id);
  EXPECT_EQ(ids("/v1/late?clock=apology"), Names{});
  settle(id);
  EXPECT_EQ(ids("/v1/late?clock=any"), Names{});
}

TEST_F(DutyList, OfAPastInstantIsRefused) {
  service_.set_clock("2026-08-11T17:00:00+07:00");
  for (const char* target :
       {"/v1/late?clock=explanation", "/v1/late?clock=apology", "/v1/due-soon?clock=explanation"}) {
    const HttpAnswer answer = client_->get(std::string(target) + "&at=2026-08-11T16:59:59%2B07:00");
    EXPECT_EQ(answer.status, 400) << target;
    EXPECT_EQ(answer.json()["errors"][0]["parameter"], "at") << target;
    EXPECT_EQ(client_->get(std::string(target) + "&at=2026-08-12T17:00:00%2B07:00").status, 200) << target;
  }
  EXPECT_EQ(client_->get("/v1/due-soon?clock=apology").json()["errors"][0]["parameter"], "clock");
}

}  // namespace
}  // namespace motcua::testing
