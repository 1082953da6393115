#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "engine/core/time.h"
#include "tests/support/monthly_list.h"

// What becomes of a list that cannot be made, and of two lists of one month.
namespace motcua::testing {
namespace {

using nlohmann::json;

constexpr const char* kBeforeItsHour = "2026-09-09T07:59:59+07:00";
constexpr const char* kItsHour = "2026-09-09T08:00:00+07:00";  // of the fifth working day

class TroubledList : public MonthlyList {
 protected:
  ~TroubledList() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  static void by_schedule(json& config) {
    config["publications"]["automatic"] = true;
    config["publications"]["working_day"] = 5;
    config["publications"]["after_opening_minutes"] = 60;
  }
  // Workbooks are written in the folder for temporary files: without it no list can be made.
  std::vector<std::string> without_folder() const { return {"TMPDIR=" + folder_.string()}; }
  void give_folder() { std::filesystem::create_directory(folder_); }
  // Asks until it fits, or twenty seconds have passed.
  json asked_until(const std::string& target, const std::function<bool(const json&)>& fits) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    json answer;
    do {
      answer = client().get(target).json();
      if (fits(answer)) return answer;
      std::this_thread::yield();
    } while (std::chrono::steady_clock::now() < deadline);
    ADD_FAILURE() << target << ' ' << answer.dump().substr(0, 900);
    return answer;
  }
  json list_when(const std::string& id, const std::function<bool(const json&)>& fits) {
    return asked_until("/v1/publications/" + id, fits);
  }
  json list_failed(const std::string& id, int attempts) {
    return list_when(id, [&](const json& list) {
      return list.at("retry").is_object() && list["retry"]["attempts"] >= attempts;
    });
  }
  // The list names it, so one that is counted after that is another.
  void rename_agency_while_served() {
    const std::string anew = "Ủy ban nhân dân phường Nha Trang Mới";
    rename({{R"("Ủy ban nhân dân phường Nha Trang")", '"' + anew + '"'}});
    apply();
    asked_until("/v1/agencies/H32.101", [&](const json& agency) { return agency.value("name", "") == anew; });
  }
  json lists() { return client().get("/v1/publications?month=2026-08").json()["items"]; }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("motcua-gone-" + std::to_string(std::random_device()()));
};

std::int64_t millis(const json& instant) { return core::parse_instant(instant.get<std::string>())->ms; }

TEST_F(TroubledList, RestsTwiceAsLongEachTimeAndIsReplayedOnce) {
  live_shortly({}, without_folder());
  const json draft = drafted_list(client(), "2026-08");
  EXPECT_TRUE(draft.at("retry").is_null());
  const std::string id = draft["id"];
  EXPECT_EQ(say_of_list(client(), id, "review").status, 200);
  EXPECT_EQ(say_of_list(client(), id, "publish").status, 202);
  const json first = list_failed(id, 1);
  EXPECT_EQ(first["state"], "publishing");
  EXPECT_EQ(first["retry"]["failed"], "files");
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  EXPECT_LT(std::abs(millis(first["retry"]["next_at"]) - now), 10'000);
  const json second = list_failed(id, first["retry"]["attempts"].get<int>() + 1);
  ASSERT_EQ(second["retry"]["attempts"], first["retry"]["attempts"].get<int>() + 1);
  const std::int64_t rest = 1'000LL << (second["retry"]["attempts"].get<int>() - 1);
  EXPECT_GE(millis(second["retry"]["next_at"]) - millis(first["retry"]["next_at"]), rest);
  // Were its events replayed again, by the names of now, they would give another document.
  rename_agency_while_served();
  give_folder();
  const json list = list_in_state(client(), id, "published");
  EXPECT_EQ(list["sha256"], draft["sha256"]);
  EXPECT_TRUE(list.at("retry").is_null());
  fetch(list);
  EXPECT_EQ(motcua({"verify", place("list.json")}).status, 0);
  EXPECT_EQ(motcua({"recompute", place("export.jsonl"), "--against", place("list.json")}).status, 0);
  const std::string log = service_->log();
  int told = 0;
  for (std::size_t at = log.find("publication_failed"); at != std::string::npos;
       at = log.find("publication_failed", at + 1)) {
    ++told;
  }
  EXPECT_GE(told, 2) << log;
  EXPECT_LE(told, 5) << log;
}

TEST_F(TroubledList, IsDraftedAgainWhereItsEventsSayAnother) {
  live_shortly();
  const json draft = drafted_list(client(), "2026-08");
  const std::string id = draft["id"];
  EXPECT_EQ(say_of_list(client(), id, "review").status, 200);
  rename_agency_while_served();
  EXPECT_EQ(say_of_list(client(), id, "publish").status, 202);
  const json troubled = list_in_state(client(), id, "draft");
  EXPECT_EQ(troubled["trouble"], "differs_from_events");
  for (const char* word : {"review", "publish"}) {
    const HttpAnswer refused = say_of_list(client(), id, word);
    EXPECT_EQ(refused.status, 409) << word;
    EXPECT_EQ(refused.json()["code"], "wrong_list_state");
    EXPECT_NE(refused.body.find("redraft"), std::string::npos) << refused.body;
  }
  EXPECT_EQ(client().post("/v1/publications/" + id + "/redraft", {{"officer", "H32.cv01"}}).status, 422);
  const HttpAnswer again = say_of_list(client(), id, "redraft");
  EXPECT_EQ(again.status, 202) << again.body;
  EXPECT_EQ(again.header("location"), "/v1/publications/" + id);
  const json redrafted = list_in_state(client(), id, "draft");
  EXPECT_TRUE(redrafted["trouble"].is_null());
  EXPECT_TRUE(redrafted["reviewed_by"].is_null());
  EXPECT_NE(redrafted["sha256"], draft["sha256"]);
  EXPECT_EQ(redrafted["cutoff"], draft["cutoff"]);
  const json list = published_list(client(), id);
  EXPECT_EQ(list["sha256"], redrafted["sha256"]);
  EXPECT_EQ(say_of_list(client(), id, "redraft").json()["code"], "wrong_list_state");
}

TEST_F(TroubledList, OfAPersonDoesNotHoldUpTheSchedule) {
  live_shortly(by_schedule);
  const json draft = drafted_list(client(), "2026-08");
  EXPECT_EQ(say_of_list(client(), draft["id"], "review").status, 200);
  ASSERT_TRUE(service_->set_clock(kBeforeItsHour));
  EXPECT_EQ(lists().size(), 1u);
  ASSERT_TRUE(service_->set_clock(kItsHour));
  const json own = asked_until("/v1/publications?state=published",
                               [](const json& page) { return page["items"].size() == 1; })["items"][0];
  EXPECT_EQ(own["made_by"], "system");
  EXPECT_EQ(own["number"], 2);
  EXPECT_EQ(own["cutoff"]["recorded_at"], "2026-09-07T17:00:00+07:00");
  const json given_up = list_in_state(client(), draft["id"], "discarded");
  EXPECT_EQ(given_up["trouble"], "overtaken");
  EXPECT_EQ(say_of_list(client(), draft["id"], "publish").json()["code"], "wrong_list_state");
  EXPECT_EQ(client().get("/public/late/2026-08.json").json()["sha256"], own["sha256"]);
}

TEST_F(TroubledList, OfThePersonWhoPublishedIsNotPublishedOnceMore) {
  live_shortly(by_schedule);
  const json list = published_list(client(), drafted_list(client(), "2026-08")["id"]);
  ASSERT_TRUE(service_->set_clock(kItsHour));
  // The schedule's next one is that of September: had it one of August, it would come before.
  ASSERT_TRUE(service_->set_clock("2026-10-07T08:00:00+07:00"));
  asked_until("/v1/publications?month=2026-09&state=published",
              [](const json& page) { return page["items"].size() == 1; });
  ASSERT_EQ(lists().size(), 1u);
  EXPECT_EQ(lists()[0]["id"], list["id"]);
}

TEST_F(TroubledList, OfThePersonWhoGaveItUpIsLeftToTheSchedule) {
  live_shortly(by_schedule);
  const json draft = drafted_list(client(), "2026-08");
  EXPECT_EQ(say_of_list(client(), draft["id"], "discard").status, 200);
  ASSERT_TRUE(service_->set_clock(kItsHour));
  const json own = asked_until("/v1/publications?state=published",
                               [](const json& page) { return page["items"].size() == 1; })["items"][0];
  EXPECT_EQ(own["number"], 2);
  EXPECT_TRUE(list_in_state(client(), draft["id"], "discarded")["trouble"].is_null());
}

TEST_F(TroubledList, IsNotPublishedBesideOneThatIsAboutToBe) {
  live_shortly(by_schedule, without_folder());
  const json draft = drafted_list(client(), "2026-08");
  EXPECT_EQ(say_of_list(client(), draft["id"], "review").status, 200);
  ASSERT_TRUE(service_->set_clock(kItsHour));
  asked_until("/v1/publications?state=publishing",
              [](const json& page) { return page["items"].size() == 1; });
  const HttpAnswer refused = say_of_list(client(), draft["id"], "publish");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.json()["code"], "already_published");
  EXPECT_EQ(lists().size(), 2u);
  // Nor is it opened again while it rests.
  const HttpAnswer another =
      client().post("/v1/publications", {{"month", "2026-08"}, {"officer", kPublisher}});
  EXPECT_EQ(another.json()["code"], "list_open");
  give_folder();
  asked_until("/v1/publications?state=published", [](const json& page) { return page["items"].size() == 1; });
  list_in_state(client(), draft["id"], "discarded");
}

}  // namespace
}  // namespace motcua::testing
