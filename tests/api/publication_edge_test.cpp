#include <gtest/gtest.h>
#include <sqlite3.h>

#include <nlohmann/json.hpp>

#include "tests/support/publication.h"

// What happens at the very instant at which a month ends.
namespace motcua::testing {
namespace {

using nlohmann::json;

class EndOfAMonth : public ::testing::Test {
 protected:
  static ServiceOptions options() {
    ServiceOptions made;
    made.sandbox = "2026-08-03T09:00:00+07:00";  // a Monday
    made.keys = {{"province", "", true}};
    return made;
  }
  void say(const std::string& id, const std::string& word, const json& body) {
    const HttpAnswer answer = client_.post("/v1/dossiers/" + id + '/' + word, body);
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
  // Accepted on 3 August and settled, as they say at the counter, at that instant.
  std::string settled_at(const std::string& instant) {
    const HttpAnswer answer =
        client_.post("/v1/dossiers", {{"procedure", "1.004194"},
                                      {"channel", "direct"},
                                      {"accept", true},
                                      {"receiving_agency", "H32.101"},
                                      {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}});
    EXPECT_EQ(answer.status, 201) << answer.body;
    const std::string id = answer.json().value("id", "none");
    EXPECT_TRUE(service_.set_clock(instant));
    say(id, "settle",
        {{"outcome", "denied"}, {"result_form", "electronic"}, {"reason", "Không đủ điều kiện"}});
    return id;
  }
  // Long after its due.
  std::string settled_late() { return settled_at("2026-08-24T09:00:00+07:00"); }
  // The total of August, once it is published: which it only is when rows and events say the same.
  json august() {
    EXPECT_TRUE(service_.set_clock("2026-09-08T09:00:00+07:00"));
    const json list = published_list(client_, drafted_list(client_, "2026-08").value("id", ""));
    const json file = client_.get(folder_of_list(list) + "list.json").json();
    return file["document"]["head"]["total"];
  }

  RunningService service_{options()};
  HttpClient client_ = service_.client("province");
};

TEST_F(EndOfAMonth, IsTooLateForAnExplanationAndAnApology) {
  const std::string id = settled_late();
  ASSERT_TRUE(service_.set_clock("2026-09-01T00:00:00+07:00"));
  say(id, "apologise", {{"reason", "Quá tải"}});
  say(id, "explain-lateness", {{"reason", "Chờ ý kiến"}, {"on_behalf_of", "H32.ct01"}});
  const json total = august();
  EXPECT_EQ(total["late_ended"], 1);
  EXPECT_EQ(total["apologies_missing"], 1);
  EXPECT_EQ(total["explanations_missing"], 1);
}

TEST_F(EndOfAMonth, TakesWhatWasDoneOneMillisecondBefore) {
  const std::string id = settled_late();
  ASSERT_TRUE(service_.set_clock("2026-08-31T23:59:59.999+07:00"));
  say(id, "apologise", {{"reason", "Quá tải"}});
  say(id, "explain-lateness", {{"reason", "Chờ ý kiến"}, {"on_behalf_of", "H32.ct01"}});
  const json total = august();
  EXPECT_EQ(total["late_ended"], 1);
  EXPECT_EQ(total["apologies_late"], 1);
  EXPECT_EQ(total["explanations_late"], 1);
}

// Whoever gives papers holds them without a unit while they are on their way, and steps as one of its unit.
TEST_F(EndOfAMonth, TellsTheUnitOfAPersonInWhicheverOrderItsDossiersCome) {
  const json paper = {{"procedure", "1.004837"},
                      {"channel", "direct"},
                      {"accept", true},
                      {"receiving_agency", "H32.101"},
                      {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}};
  const auto held_by = [&](const std::string& officer, const std::string& word) {
    const HttpAnswer answer = client_.post("/v1/dossiers", paper);
    EXPECT_EQ(answer.status, 201) << answer.body;
    const std::string id = answer.json().value("id", "none");
    if (word == "forward") say(id, word, {{"on_behalf_of", officer}});
    if (word == "assign") say(id, word, {{"officer", officer}});
  };
  held_by("H32.101.cb01", "forward");
  held_by("H32.101.cb01", "assign");
  held_by("H32.101.cb02", "assign");
  held_by("H32.101.cb02", "forward");
  ASSERT_TRUE(service_.set_clock("2026-09-08T09:00:00+07:00"));
  const json list = published_list(client_, drafted_list(client_, "2026-08").value("id", ""));
  const json file = client_.get(folder_of_list(list) + "list.json").json();
  const json persons = file["document"]["agencies"][0]["persons"];
  ASSERT_EQ(persons.size(), 2U) << persons;
  for (const json& person : persons) EXPECT_EQ(person["unit"], "mot-cua") << persons;
}

// What a correction says of an end is taken up to the cut-off, also where it makes the dossier late.
TEST_F(EndOfAMonth, TakesACorrectionOfAnEndThatIsEnteredAfterIt) {
  const std::string id = settled_at("2026-08-05T09:00:00+07:00");
  ASSERT_TRUE(service_.set_clock("2026-09-04T09:00:00+07:00"));
  say(id, "correct",
      {{"version", 3},
       {"occurred_at", "2026-08-24T09:00:00+07:00"},
       {"reason", "Ghi nhầm ngày"},
       {"on_behalf_of", "H32.ct01"}});
  const json total = august();
  EXPECT_EQ(total["late_ended"], 1);
  EXPECT_EQ(total["early"], 0);
}

// The rows by which lateness of twelve months is counted are held against the events too.
TEST_F(EndOfAMonth, IsNotPublishedWhereARowOfALateEndIsLost) {
  settled_late();
  EXPECT_TRUE(service_.set_clock("2026-09-08T09:00:00+07:00"));
  ASSERT_EQ(service_.stop(), 0);
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(service_.database().c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "DELETE FROM late_end", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_EQ(sqlite3_changes(db), 1);
  sqlite3_close(db);
  service_.restart();
  HttpClient client = service_.client("province");
  const std::string id = drafted_list(client, "2026-08").value("id", "");
  EXPECT_EQ(say_of_list(client, id, "review").status, 200);
  EXPECT_EQ(say_of_list(client, id, "publish").status, 202);
  EXPECT_EQ(list_in_state(client, id, "draft")["trouble"], "differs_from_events");
}

// Of an earlier month too, which a list counts repeated lateness from.
TEST_F(EndOfAMonth, IsNotPublishedWhereARowOfAnEarlierMonthIsLost) {
  settled_late();  // in August; the list is November's, whose replay does not come to it
  EXPECT_TRUE(service_.set_clock("2026-12-08T09:00:00+07:00"));
  ASSERT_EQ(service_.stop(), 0);
  const auto motcua = [&](const std::string& command) {
    return run_motcua({command, "--config", service_.config_file().string(), "--sandbox-database"},
                      service_.directory());
  };
  const auto harm = [&](const std::string& sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(service_.database().c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    EXPECT_EQ(sqlite3_changes(db), 1) << sql;
    sqlite3_close(db);
  };
  ASSERT_EQ(motcua("audit").status, 0);
  for (const char* sql : {"INSERT INTO late_end SELECT position + 9, dossier, occurred_at, competent, unit, "
                          "missed_since FROM late_end",
                          "UPDATE late_end SET unit = unit + 1", "DELETE FROM late_end"}) {
    harm(sql);
    const Ended audit = motcua("audit");
    EXPECT_EQ(audit.status, 1) << sql;
    EXPECT_NE(audit.out.find("late ends of 2026-08 are not those that were written"), std::string::npos)
        << sql << audit.out;
    if (std::string(sql).starts_with("DELETE")) break;  // the list meets this one
    motcua("rebuild");
    EXPECT_EQ(motcua("audit").status, 0) << sql;
  }
  service_.restart();
  const std::string id = [&] {
    HttpClient client = service_.client("province");
    const json draft = drafted_list(client, "2026-11");
    EXPECT_EQ(say_of_list(client, draft["id"], "review").status, 200);
    EXPECT_EQ(say_of_list(client, draft["id"], "publish").status, 202);
    const json troubled = list_in_state(client, draft["id"], "draft");
    EXPECT_EQ(troubled["trouble"], "late_ends_differ");
    EXPECT_EQ(troubled["trouble_month"], "2026-08");
    const HttpAnswer refused = say_of_list(client, draft["id"], "publish");
    EXPECT_EQ(refused.status, 409);
    EXPECT_NE(refused.body.find("2026-08"), std::string::npos) << refused.body;
    EXPECT_NE(refused.body.find("motcua rebuild"), std::string::npos) << refused.body;
    return draft.value("id", "");
  }();
  ASSERT_EQ(service_.stop(), 0);
  motcua("rebuild");  // answers 1, as it found what was lost
  service_.restart();
  HttpClient client = service_.client("province");
  EXPECT_EQ(say_of_list(client, id, "redraft").status, 202);
  list_in_state(client, id, "draft");
  const json list = published_list(client, id);
  const json file = client.get(folder_of_list(list) + "list.json").json();
  EXPECT_EQ(file["document"]["head"]["total"]["late_in_twelve_months"], 1);
}

}  // namespace
}  // namespace motcua::testing
