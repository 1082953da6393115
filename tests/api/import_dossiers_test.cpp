#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/core/time.h"
#include "tests/api/import_case.h"
#include "tests/support/eventually.h"

namespace motcua::testing {
namespace {

using nlohmann::json;

class ImportDossiers : public ImportCase {};

TEST_F(ImportDossiers, TakesADossierOverWithTheDateThatWasPromised) {
  json row = timely();
  row["holder"] = {{"agency", "H32.101"}, {"officer", "H32.101.cv03"}};
  row["content"] = "Tạm trú";
  const Ended ended = import({row});
  ASSERT_EQ(ended.status, 0) << ended.out << ended.error;
  serve();
  const json dossier = get("H32.101-260727-0001");
  EXPECT_EQ(dossier["imported"], true);
  EXPECT_EQ(dossier["state"], "processing");
  EXPECT_EQ(dossier["version"], 1);
  EXPECT_EQ(dossier["received_at"], row["received_at"]);
  EXPECT_EQ(dossier["accepted_at"], row["accepted_at"]);
  EXPECT_EQ(dossier["due_at"], "2026-08-07T17:00:00+07:00");
  EXPECT_EQ(dossier["late"], true);  // since Friday evening
  EXPECT_EQ(dossier["late_since"], "2026-08-07T17:00:00+07:00");
  EXPECT_EQ(dossier["late_working_seconds"], 3600);
  EXPECT_EQ(dossier["holder"]["officer"], "H32.101.cv03");
  const json typed = typed_of(*client_, "/v1/dossiers/H32.101-260727-0001");
  EXPECT_EQ(typed["owner"]["name"], "Lê Thị E");
  EXPECT_EQ(typed["content"], "Tạm trú");
  const json found = client_->post("/v1/dossiers/search", {{"q", "056090000009"}}).json();
  EXPECT_EQ(found["items"].size(), 1U);
  EXPECT_EQ(found["items"][0]["imported"], true);
  const json events = client_->get("/v1/dossiers/H32.101-260727-0001/events").json();
  EXPECT_EQ(events["items"][0]["type"], "vn.motcua.dossier.imported.v1");
  // It lives on by our rules.
  const HttpAnswer settled =
      client_->post("/v1/dossiers/H32.101-260727-0001/settle",
                    {{"outcome", "denied"}, {"result_form", "paper"}, {"reason", "Thiếu"}});
  EXPECT_EQ(settled.status, 200) << settled.body;
  EXPECT_EQ(settled.json()["late"], true);
  // And a new dossier is none of them.
  json filing{{"procedure", "1.004194"}, {"channel", "direct"}, {"receiving_agency", "H32.101"}};
  filing["owner"] = row["owner"];
  EXPECT_EQ(client_->post("/v1/dossiers", filing).json()["imported"], false);
}

TEST_F(ImportDossiers, ReportsTheDateByOurOwnRulesBesideThePromisedOne) {
  const std::string own = [&] {
    serve();
    json filing = timely();
    const json question{
        {"procedure", "1.004194"}, {"channel", "direct"}, {"accepted_at", filing["accepted_at"]}};
    const HttpAnswer answer = client_->post("/v1/deadlines", question);
    EXPECT_EQ(answer.status, 200) << answer.body;
    service_.stop();
    return answer.json()["due_at"].get<std::string>();
  }();
  json same = timely("H32.101-260727-0001");
  same["promised_at"] = own;
  json later = timely("H32.101-260727-0002");
  const core::Instant a_day_later = core::parse_instant(own).value() + core::ClockTime{core::kDayMs};
  later["promised_at"] = core::format_instant(a_day_later, core::kVietnamOffsetMinutes);
  json none = timely("H32.101-260727-0003");
  none.erase("promised_at");
  ASSERT_EQ(import({same, later, none}).status, 0);
  const json rows = report()["rows"];
  ASSERT_EQ(rows.size(), 1U) << rows;
  EXPECT_EQ(rows[0]["line"], 2);
  EXPECT_EQ(rows[0]["recomputed_at"], own);
  EXPECT_EQ(rows[0]["promised_at"], later["promised_at"]);
  EXPECT_EQ(rows[0]["difference_working_minutes"], 480);
  EXPECT_EQ(summary()["same_date"], 2);
  EXPECT_EQ(summary()["promised_later"], 1);
  serve();
  EXPECT_EQ(get("H32.101-260727-0003")["due_at"], own);
  const json explained = client_->get("/v1/dossiers/H32.101-260727-0002/clocks/settlement/explain").json();
  EXPECT_EQ(explained["as_promised"], true);
  EXPECT_EQ(explained["due_at"], later["promised_at"]);
}

TEST_F(ImportDossiers, KeepsRoundsWithBothPromisesAndTheTermsThatTheyEnded) {
  json row = timely();
  row["promised_at"] = "2026-08-14T17:00:00+07:00";
  row["rounds"] = json::array({{{"asked_at", "2026-07-31T09:00:00+07:00"},
                                {"asked_by", "H32.101.cv03"},
                                {"supplied_at", "2026-08-05T09:00:00+07:00"},
                                {"accepted_at", "2026-08-05T10:00:00+07:00"},
                                {"promise_before", "2026-07-30T17:00:00+07:00"},
                                {"promise_after", "2026-08-14T17:00:00+07:00"}}});
  ASSERT_EQ(import({row}).status, 0);
  serve();
  const json dossier = get("H32.101-260727-0001");
  EXPECT_EQ(dossier["supplements"][0]["promise_before"], "2026-07-30T17:00:00+07:00");
  EXPECT_EQ(dossier["supplements"][0]["promise_after"], "2026-08-14T17:00:00+07:00");
  EXPECT_EQ(dossier["supplements"][0]["asked_in"], "processing");
  EXPECT_EQ(dossier["first_due_at"], "2026-07-30T17:00:00+07:00");
  EXPECT_EQ(dossier["due_at"], "2026-08-14T17:00:00+07:00");
  // Asked on the morning after the date: the first term was missed, and stays so.
  EXPECT_EQ(dossier["late"], true);
  EXPECT_EQ(dossier["late_since"], "2026-07-30T17:00:00+07:00");
  EXPECT_EQ(dossier["late_working_seconds"], 2 * 3600);
}

TEST_F(ImportDossiers, RunsTheAcceptanceClockOfWhatIsNotAcceptedYet) {
  json row = timely();
  row["state"] = "submitted";
  row["channel"] = "online";
  row["received_at"] = "2026-08-07T16:00:00+07:00";  // a Friday: eight hours of work end on Monday 16:00
  row.erase("accepted_at");
  row.erase("promised_at");
  ASSERT_EQ(import({row}).status, 0);
  serve();
  const json clocks = client_->get("/v1/dossiers/H32.101-260727-0001/clocks").json();
  ASSERT_EQ(clocks["clocks"].size(), 1U) << clocks;
  EXPECT_EQ(clocks["clocks"][0]["kind"], "acceptance");
  EXPECT_EQ(clocks["clocks"][0]["due_at"], "2026-08-10T16:00:00+07:00");
  EXPECT_EQ(clocks["clocks"][0]["state"], "running");
}

TEST_F(ImportDossiers, ListsWhatCannotBeUsedAndDoesNothingOfIt) {
  json unknown = timely("H32.101-260727-0002");
  unknown["procedure"] = "9.999999";
  json early = timely("H32.101-260727-0003");
  early["settled_at"] = "2026-07-26T09:00:00+07:00";
  early["state"] = "settled";
  json future = timely("H32.101-260727-0004");
  future["accepted_at"] = "2026-08-10T08:00:00.001+07:00";
  future["promised_at"] = "2026-08-20T17:00:00+07:00";
  json nameless = timely("H32.101-260727-0005");
  nameless.erase("owner");
  nameless["colour"] = "red";
  json ended = timely("H32.101-260727-0006");
  ended["ended_at"] = "2026-08-01T09:00:00+07:00";
  json officer = timely("H32.101-260727-0007");
  officer["holder"] = {{"agency", "H32.101"}, {"officer", "H32.102.ct01"}};
  json step = timely("H32.101-260727-0008");
  step["step"] = "nowhere";
  json waiting = timely("H32.101-260727-0009");
  waiting["state"] = "awaiting_supplement";
  json unit = timely("H32.101-260727-0010");
  unit["holder"] = {{"agency", "H32.101"}, {"unit", "nowhere"}};
  const Ended bad =
      import({timely(), unknown, early, future, nameless, ended, officer, step, waiting, json("{not json"),
              timely(), unit, json("{\"state\":\"" + std::string(1 << 20, 'x') + "\"}")});
  EXPECT_EQ(bad.status, 1);
  std::map<int, std::set<std::string>> found;
  const json rows = report()["rows"];
  for (const json& row : rows) {
    for (const json& fault : row.value("faults", json::array()))
      found[row["line"]].insert(fault["pointer"].get<std::string>() + ' ' + fault["code"].get<std::string>());
  }
  const std::map<int, std::set<std::string>> expected{
      {2, {"#/procedure unknown_procedure"}},
      {3, {"#/settled_at before_last_event"}},
      {4, {"#/accepted_at future_instant"}},
      {5, {"#/owner missing_field", "#/colour unknown_field"}},
      {6, {"#/ended_at unknown_field"}},
      {7, {"#/holder/officer unknown_officer"}},
      {8, {"#/step unknown_step"}},
      {9, {"#/rounds missing_field"}},
      {10, {"# not_json"}},
      {11, {"#/code duplicate_item"}},
      {12, {"#/holder/unit unknown_unit"}},
      {13, {"# body_too_large"}}};
  EXPECT_EQ(found, expected);
  EXPECT_NE(bad.out.find("line 2 #/procedure: Expected"), std::string::npos) << bad.out;
  EXPECT_EQ(summary()["imported"], 1);
  EXPECT_EQ(summary()["refused"], 12);
  serve();
  EXPECT_EQ(client_->get("/v1/dossiers").json()["items"].size(), 1U);
}

TEST_F(ImportDossiers, LeavesADossierThatIsThereAlone) {
  serve();
  json filing{{"procedure", "1.004194"},
              {"channel", "direct"},
              {"receiving_agency", "H32.101"},
              {"code", "H32.101-260727-0002"},
              {"owner", {{"kind", "citizen"}, {"name", "A"}}}};
  ASSERT_EQ(client_->post("/v1/dossiers", filing).status, 201);
  service_.stop();
  const Ended first = import({timely("H32.101-260727-0001"), timely("H32.101-260727-0002")});
  EXPECT_EQ(first.status, 1);
  EXPECT_EQ(report()["rows"][1]["faults"][0]["code"], "code_taken");
  json moved = timely("H32.101-260727-0001");
  moved["promised_at"] = "2026-09-01T17:00:00+07:00";
  EXPECT_EQ(import({moved}).status, 0);
  EXPECT_EQ(summary()["known"], 1);
  serve();
  EXPECT_EQ(get("H32.101-260727-0001")["due_at"], "2026-08-07T17:00:00+07:00");
  EXPECT_EQ(get("H32.101-260727-0002")["imported"], false);
}

TEST_F(ImportDossiers, AsksAgainForThePaymentThatIsAwaited) {
  json row = timely();
  row["state"] = "awaiting_payment";
  row["channel"] = "online";
  row.erase("accepted_at");
  row.erase("promised_at");
  json accepted = timely("H32.101-260727-0002");
  accepted["state"] = "awaiting_payment";
  EXPECT_EQ(import({row, accepted}).status, 1);
  EXPECT_EQ(report()["rows"][0]["faults"][0]["pointer"], "#/state");
  EXPECT_EQ(report()["rows"][0]["faults"][0]["code"], "payment_not_now");
  EXPECT_EQ(summary()["imported"], 1);
  serve();
  const json asked = get("H32.101-260727-0001");
  EXPECT_EQ(asked["state"], "awaiting_payment");
  EXPECT_EQ(asked["imported"], true);
  ASSERT_EQ(asked["payments"].size(), 1u);
  const std::string path = "/v1/dossiers/H32.101-260727-0001";
  const HttpAnswer paid =
      client_->post(path + "/confirm-payment", {{"reference", "KB-1"}, {"amount_vnd", 7'000}});
  ASSERT_EQ(paid.status, 200) << paid.body;
  EXPECT_EQ(paid.json()["state"], "submitted");
}

// Its competent agency was merged away: whoever took its place goes on with it.
TEST_F(ImportDossiers, LetsTheHeirGoOnWithWhatAnEndedAgencyLeft) {
  json row = timely();
  row["receiving_agency"] = "001.19.H32";
  row["received_at"] = row["accepted_at"] = "2025-06-20T09:00:00+07:00";
  row["promised_at"] = "2025-07-04T17:00:00+07:00";
  ASSERT_EQ(import({row}).status, 0) << report();
  serve();
  const std::string assign = "/v1/dossiers/H32.101-260727-0001/assign";
  const HttpAnswer ended = client_->post(assign, {{"officer", "001.19.H32.ct01"}});
  EXPECT_EQ(ended.json()["code"], "agency_ended") << ended.body;
  EXPECT_NE(ended.body.find("H32.101"), std::string::npos) << "its successor is named";
  const HttpAnswer other = client_->post(assign, {{"agency", "H32.102"}, {"officer", "H32.102.cv01"}});
  EXPECT_EQ(other.json()["code"], "wrong_agency") << other.body;
  const HttpAnswer heir = client_->post(assign, {{"agency", "H32.101"}, {"officer", "H32.101.cv01"}});
  EXPECT_EQ(heir.status, 200) << heir.body;
}

TEST_F(ImportDossiers, SaysWhatTheSystemStopsAtOnce) {
  json over = timely();
  over["state"] = "awaiting_supplement";
  over["rounds"] = {{{"asked_at", "2026-07-20T09:00:00+07:00"}, {"missing", {"to_khai"}}}};
  over["received_at"] = over["accepted_at"] = "2026-07-17T09:00:00+07:00";
  json waits = over;
  waits["code"] = "H32.101-260727-0002";
  waits["rounds"][0]["asked_at"] = "2026-08-03T09:00:00+07:00";
  const Ended ended = import({over, waits});
  ASSERT_EQ(ended.status, 0) << ended.out;
  EXPECT_EQ(summary()["citizen_wait_over"], 1);
  EXPECT_NE(ended.out.find("1 stopped at once"), std::string::npos) << ended.out;
  json row;
  const json rows = report()["rows"];
  for (const json& one : rows) {
    if (one.contains("citizen_wait_over_at")) row = one;
  }
  EXPECT_EQ(row["code"], "H32.101-260727-0001");
  EXPECT_EQ(row["citizen_wait_over_at"], "2026-08-05T00:00:00+07:00");
  serve();
  EXPECT_TRUE(eventually([&] { return get("H32.101-260727-0001")["state"] == "stopped"; }));
  EXPECT_EQ(get("H32.101-260727-0002")["state"], "awaiting_supplement");
}

TEST_F(ImportDossiers, PointsToTheMemberThatIsRepeated) {
  json first = timely();
  first["source"] = "mc-cu";
  first["external_ref"] = "ref:1";
  json again = first;
  again["code"] = "H32.101-260727-0002";
  EXPECT_EQ(import({first, again}).status, 1);
  const json refused = report()["rows"].back();
  EXPECT_EQ(refused["line"], 2);
  EXPECT_EQ(refused["faults"][0]["pointer"], "#/external_ref");
  EXPECT_EQ(refused["faults"][0]["code"], "duplicate_item");
}

TEST_F(ImportDossiers, PassesOverWhatEndedBeforeADate) {
  json before = timely("H32.101-260727-0001");
  before["state"] = "returned";
  before["settled_at"] = "2026-07-31T23:59:59+07:00";
  before["returned_at"] = "2026-08-03T09:00:00+07:00";
  json on = before;
  on["code"] = "H32.101-260727-0002";
  on["settled_at"] = "2026-08-01T00:00:00+07:00";
  ASSERT_EQ(import({before, on, timely("H32.101-260727-0003")}, {"--ended-since", "2026-08-01"}).status, 0);
  EXPECT_EQ(summary()["passed_over"], 1);
  EXPECT_EQ(summary()["imported"], 2);
  EXPECT_EQ(import({on}, {"--ended-since", "yesterday"}).status, 1);
  // Settled, and the citizen has not come for it: it is open at the counter, since whenever.
  json waits = before;
  waits["code"] = "H32.101-260727-0004";
  waits["state"] = "settled";
  waits.erase("returned_at");
  ASSERT_EQ(import({waits}, {"--ended-since", "2026-08-01"}).status, 0);
  EXPECT_EQ(summary()["passed_over"], 0);
  EXPECT_EQ(summary()["imported"], 1);
}

// Definitions may be put into a database that nobody served yet: it has its keys then.
TEST_F(ImportDossiers, IsRefusedWhileTheDatabaseIsServed) {
  serve();
  const Ended refused = import({timely()});
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.error.find("stop the service"), std::string::npos) << refused.error;
}

}  // namespace
}  // namespace motcua::testing
