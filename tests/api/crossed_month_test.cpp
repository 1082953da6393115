#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/monthly_list.h"

// What is told after a month of what was in it: the rows, the events, and the program that knows nothing of
// the engine say the same of it.
namespace motcua::testing {
namespace {

using nlohmann::json;

// The service on a day of August, without a dossier.
class CrossedMonth : public MonthlyList {
 protected:
  CrossedMonth() {
    ServiceOptions options;
    options.sandbox = "2026-08-20T08:00:00+07:00";  // a Thursday
    options.keys = {{"province", "", true}};
    service_ = std::make_unique<RunningService>(options);
    reconnect();
  }
  std::string accepted(const char* procedure) { return submitted(procedure, true); }
  std::string submitted(const char* procedure, bool accept, const char* channel = "direct") {
    const json body = {{"procedure", procedure},
                       {"channel", channel},
                       {"receiving_agency", "H32.101"},
                       {"accept", accept},
                       {"owner", {{"kind", "citizen"}, {"name", "Lê Văn C"}}}};
    const HttpAnswer answer = client().post("/v1/dossiers", body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json().value("id", "none");
  }
  void say(const std::string& id, const std::string& word, const json& body = json::object()) {
    const HttpAnswer answer = client().post("/v1/dossiers/" + id + '/' + word, body);
    EXPECT_EQ(answer.status, 200) << word << answer.body;
  }
  void correct(const std::string& id, int version, const char* to) {
    say(id, "correct",
        {{"version", version}, {"occurred_at", to}, {"reason", "Ghi nhầm"}, {"on_behalf_of", "H32.ct01"}});
  }
  json august() { return total_of("2026-08", kAfterAugust); }
  // Of a month's list, with all that was entered until then; counted again by both programs.
  json total_of(const char* month, const char* until) {
    const HttpAnswer opened = client().post(
        "/v1/publications", {{"month", month}, {"officer", kPublisher}, {"recorded_until", until}});
    EXPECT_EQ(opened.status, 202) << opened.body;
    list_in_state(client(), opened.json()["id"], "draft");
    const json list = published_list(client(), opened.json()["id"]);
    fetch(list);
    EXPECT_EQ(motcua({"recompute", place("export.jsonl"), "--against", place("list.json")}).status, 0);
    EXPECT_EQ(counted_by_python(), 0);
    return file_json(list)["document"]["head"]["total"];
  }
};

// A correction by which it was accepted in a later month takes no dossier off the list on which it was late.
// One that was not late is none of this month's then.
TEST_F(CrossedMonth, KeepsWhoWasLateWhateverDayOfAcceptanceIsToldLater) {
  const std::string late = accepted("2.000908");   // a day
  const std::string later = accepted("1.013225");  // fifteen
  ASSERT_TRUE(service_->set_clock(kAfterAugust));
  correct(late, 2, "2026-09-03T09:00:00+07:00");
  correct(later, 2, "2026-09-03T09:00:00+07:00");
  const json total = august();
  EXPECT_EQ(total["late"], 1);
  EXPECT_EQ(total["received"], 1);
  // Each is received once.
  ASSERT_TRUE(service_->set_clock("2026-10-08T09:00:00+07:00"));
  const json september = total_of("2026-09", "2026-10-08T09:00:00+07:00");
  EXPECT_EQ(september["brought_forward"], 1);
  EXPECT_EQ(september["received"], 1);
  const json index =
      client().get("/v1/reports/index-766?agency=H32&below=true&month=2026-09").json()["total"]["counts"];
  EXPECT_EQ(index["received"], 1);
}

// A correction takes a dossier into the month in which it was accepted in truth, and it stands in the next as
// brought forward.
TEST_F(CrossedMonth, ReceivesWhatWasAcceptedInItAsIsToldLater) {
  const std::string id = submitted("1.013225", false);
  ASSERT_TRUE(service_->set_clock("2026-09-03T08:00:00+07:00"));
  say(id, "accept");
  ASSERT_TRUE(service_->set_clock("2026-09-04T08:00:00+07:00"));
  say(id, "settle", {{"outcome", "denied"}, {"result_form", "paper"}, {"reason", "Không đủ điều kiện"}});
  ASSERT_TRUE(service_->set_clock(kAfterAugust));
  correct(id, 2, "2026-08-28T09:00:00+07:00");
  const json total = august();
  EXPECT_EQ(total["received"], 1);
  EXPECT_EQ(total["open"], 1);
  ASSERT_TRUE(service_->set_clock("2026-10-08T09:00:00+07:00"));
  const json september = total_of("2026-09", "2026-10-08T09:00:00+07:00");
  EXPECT_EQ(september["brought_forward"], 1);
  EXPECT_EQ(september["received"], 0);
}

// What is corrected once the term is over moves nothing of the term, in the month before its end either.
TEST_F(CrossedMonth, CountsADelayFromItsDueWhateverIsToldOnceItIsOver) {
  const std::string id = accepted("2.000908");  // due on 21 August
  ASSERT_TRUE(service_->set_clock("2026-09-04T08:00:00+07:00"));
  say(id, "settle", {{"outcome", "denied"}, {"result_form", "paper"}, {"reason", "Không đủ điều kiện"}});
  ASSERT_TRUE(service_->set_clock(kAfterAugust));
  correct(id, 2, "2026-08-27T09:00:00+07:00");
  EXPECT_EQ(august()["delay_seconds"], 6 * 8 * 3600);  // a Saturday at work among them
}

// A date that a correction gives after the month, and that lies in it, makes nobody late in it; nor do two.
TEST_F(CrossedMonth, HasNobodyLateByADateThatWasGivenAfterIt) {
  const std::string once = submitted("1.004837", false);
  const std::string twice = submitted("1.004837", false);
  ASSERT_TRUE(service_->set_clock("2026-08-28T08:00:00+07:00"));
  say(once, "accept");
  say(twice, "accept");
  ASSERT_TRUE(service_->set_clock("2026-09-03T08:00:00+07:00"));
  correct(once, 2, "2026-08-20T09:00:00+07:00");
  correct(twice, 2, "2026-08-20T09:00:00+07:00");
  ASSERT_TRUE(service_->set_clock("2026-09-04T08:00:00+07:00"));
  correct(twice, 2, "2026-08-20T10:00:00+07:00");
  ASSERT_TRUE(service_->set_clock(kAfterAugust));
  EXPECT_EQ(client().get("/v1/dossiers/" + once).json()["late_since"],
            "2026-08-24T17:00:00+07:00");  // a Saturday at work before
  const json total = august();
  EXPECT_EQ(total["received"], 2);
  EXPECT_EQ(total["late"], 0);
}

// Nor does a correction undo a late acceptance of the month, by a later day of the supplement.
TEST_F(CrossedMonth, KeepsALateAcceptanceWhateverDayOfASupplementIsToldLater) {
  const std::string id = submitted("1.004194", false, "online");
  say(id, "request-supplement", {{"reason", "Thiếu tờ khai"}});
  say(id, "supplement");
  ASSERT_TRUE(service_->set_clock(kAfterAugust));
  correct(id, 3, "2026-09-03T09:00:00+07:00");
  const json total = august();
  EXPECT_EQ(total["acceptances"], 1);
  EXPECT_EQ(total["acceptances_late"], 1);
}

TEST_F(CrossedMonth, HasOpenWhatACorrectionSettlesAfterIt) {
  const std::string id = accepted("1.013225");
  say(id, "settle", {{"outcome", "denied"}, {"result_form", "paper"}, {"reason", "Không đủ điều kiện"}});
  ASSERT_TRUE(service_->set_clock(kAfterAugust));
  correct(id, 3, "2026-09-03T09:00:00+07:00");
  const json total = august();
  EXPECT_EQ(total["open"], 1);
  EXPECT_EQ(total["settled"], 0);
}

// An apology from before the supplement was found complete is none for the term that it began.
TEST_F(CrossedMonth, HasNoApologyForATermThatBeganAfterIt) {
  const std::string id = accepted("1.004194");
  say(id, "request-supplement", {{"reason", "Thiếu tờ khai"}});
  say(id, "supplement");
  ASSERT_TRUE(service_->set_clock("2026-08-21T08:00:00+07:00"));
  say(id, "apologise", {{"reason", "Quá tải"}});
  ASSERT_TRUE(service_->set_clock("2026-08-22T08:00:00+07:00"));  // a Saturday at work
  say(id, "accept-supplement");
  ASSERT_TRUE(service_->set_clock(kAfterAugust));
  const json total = august();
  EXPECT_EQ(total["late"], 1);
  EXPECT_EQ(total["apologies_missing"], 1);
}

}  // namespace
}  // namespace motcua::testing
