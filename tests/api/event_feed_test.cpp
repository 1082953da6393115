#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/service.h"

// Following the events of all dossiers over HTTP.
namespace motcua::testing {
namespace {

using nlohmann::json;

class EventFeed : public ::testing::Test {
 protected:
  static ServiceOptions options() {
    ServiceOptions made;
    made.sandbox = "2026-08-10T08:00:00+07:00";
    made.keys = {{"province", "", true}, {"commune", "H32.101", true}};
    return made;
  }
  std::string filed(const std::string& agency) {
    const HttpAnswer answer =
        client_.post("/v1/dossiers", {{"procedure", "1.004194"},
                                      {"channel", "online"},
                                      {"receiving_agency", agency},
                                      {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}});
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json().value("id", "none");
  }
  void refuse(const std::string& id) {
    EXPECT_EQ(client_.post("/v1/dossiers/" + id + "/refuse", {{"reason", "Sai nơi nhận"}}).status, 200);
  }
  // Everything from an address on, by the pages' own `next`; leaves the last of these in it.
  std::vector<std::string> followed(HttpClient& client, std::string& address) {
    std::vector<std::string> seen;
    for (bool more = true; more;) {
      const json page = client.get(address).json();
      for (const json& event : page.at("items")) {
        seen.push_back(event.at("subject").get<std::string>() + ' ' + event.at("type").get<std::string>());
      }
      address = page.at("next");
      more = page.at("more");
    }
    return seen;
  }

  RunningService service_{options()};
  HttpClient client_ = service_.client("province");
};

TEST_F(EventFeed, GoesOnWhereItStoodAlsoAfterARestart) {
  const std::string first = filed("H32.101");
  std::string place = "/v1/events?limit=1";
  EXPECT_EQ(followed(client_, place), (std::vector{first + " vn.motcua.dossier.submitted.v1"}));
  EXPECT_TRUE(followed(client_, place).empty());
  const std::string second = filed("H32.102");
  refuse(first);
  ASSERT_EQ(service_.stop(), 0);
  service_.restart();
  HttpClient again = service_.client("province");
  EXPECT_EQ(followed(again, place), (std::vector{second + " vn.motcua.dossier.submitted.v1",
                                                 first + " vn.motcua.dossier.refused.v1"}));
}

TEST_F(EventFeed, ShowsEachCallerItsOwnDossiersAndOnlyWhatWasAsked) {
  std::string from_now = client_.get("/v1/events?after=end").json().at("next");
  const std::string own = filed("H32.101");
  const std::string other = filed("H32.102");
  refuse(own);
  refuse(other);
  EXPECT_EQ(followed(client_, from_now).size(), 4U);
  HttpClient commune = service_.client("commune");
  std::string place = "/v1/events";
  EXPECT_EQ(followed(commune, place),
            (std::vector{own + " vn.motcua.dossier.submitted.v1", own + " vn.motcua.dossier.refused.v1"}));
  std::string refused = "/v1/events?type=refused&agency=H32.102";
  EXPECT_EQ(followed(client_, refused), (std::vector{other + " vn.motcua.dossier.refused.v1"}));
  std::string hidden = "/v1/events?agency=H32.102";
  EXPECT_TRUE(followed(commune, hidden).empty());
  // Nothing personal is in it.
  EXPECT_EQ(client_.get("/v1/events").body.find("Lê C"), std::string::npos);
  EXPECT_EQ(client_.get("/v1/events").body.find("Sai nơi"), std::string::npos);
}

TEST_F(EventFeed, NamesTheNoticeThatAnEventCallsForAndCanBeFilteredByIt) {
  const std::string id = filed("H32.101");
  const HttpAnswer adjusted =
      client_.post("/v1/dossiers/" + id + "/adjust", {{"result_delivery", "electronic"}});
  ASSERT_EQ(adjusted.status, 200) << adjusted.body;
  refuse(id);
  const json all = client_.get("/v1/events").json();
  ASSERT_EQ(all["items"].size(), 3U);
  EXPECT_EQ(all["items"][0]["data"]["notice"], "received");
  EXPECT_FALSE(all["items"][1]["data"].contains("notice"));
  EXPECT_EQ(all["items"][2]["data"]["notice"], "refused");
  std::string told = "/v1/events?notice=any&limit=1";
  EXPECT_EQ(followed(client_, told),
            (std::vector{id + " vn.motcua.dossier.submitted.v1", id + " vn.motcua.dossier.refused.v1"}));
  EXPECT_NE(told.find("&notice=any"), std::string::npos) << told;
  std::string some = "/v1/events?notice=refused,accepted";
  EXPECT_EQ(followed(client_, some), std::vector{id + " vn.motcua.dossier.refused.v1"});
  EXPECT_NE(some.find("&notice=accepted,refused"), std::string::npos) << some;
  std::string both = "/v1/events?notice=any&type=adjusted";
  EXPECT_TRUE(followed(client_, both).empty());
}

TEST_F(EventFeed, RefusesACursorOfAnotherFilterOrCaller) {
  filed("H32.101");
  const std::string cursor = client_.get("/v1/events").json().at("next_cursor");
  EXPECT_EQ(client_.get("/v1/events?after=" + cursor).status, 200);
  EXPECT_EQ(client_.get("/v1/events?type=refused&after=" + cursor).json()["code"], "bad_cursor");
  EXPECT_EQ(client_.get("/v1/events?notice=any&after=" + cursor).json()["code"], "bad_cursor");
  EXPECT_EQ(service_.client("commune").get("/v1/events?after=" + cursor).json()["code"], "bad_cursor");
  for (const char* query :
       {"type=", "type=refused,", "type=dossier.refused", "agency=H99.9", "limit=0", "limit=201", "page=1",
        "notice=", "notice=told", "notice=any,refused", "after=a&after=b"}) {
    EXPECT_EQ(client_.get(std::string("/v1/events?") + query).status, 400) << query;
  }
  EXPECT_EQ(client_.request("POST", "/v1/events", "{}").status, 405);
}

}  // namespace
}  // namespace motcua::testing
