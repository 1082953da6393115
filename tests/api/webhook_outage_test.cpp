#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/api/webhook_case.h"

// What a receiver gets in the end, whatever happened on the way.
namespace motcua::testing {
namespace {

using nlohmann::json;

bool is_short() { return std::getenv("MOTCUA_TEST_SHORT") != nullptr; }

class WebhookOutage : public WebhookCase {
 protected:
  // The events that came, in order, each the first time only.
  static std::map<std::string, std::vector<std::string>> by_dossier(const std::vector<Received>& came) {
    std::set<std::string> seen;
    std::map<std::string, std::vector<std::string>> events;
    for (const Received& one : came) {
      if (seen.insert(one.header("webhook-id")).second)
        events[one.json()["subject"]].push_back(one.header("webhook-id"));
    }
    return events;
  }
  // Lets time pass until nothing waits any more.
  void bring_all(const json& webhook) {
    read_until(path_of(webhook), [&](const json& found) {
      if (found["pending"] == 0) return true;
      service_.advance(600);
      return false;
    });
  }
  // The same from the feed.
  std::map<std::string, std::vector<std::string>> in_the_feed() {
    std::map<std::string, std::vector<std::string>> events;
    std::string next = "/v1/events?limit=200";
    for (bool more = true; more;) {
      const json page = read(next);
      for (const json& event : page["items"]) events[event["subject"]].push_back(event["id"]);
      next = page["next"];
      more = page["more"];
    }
    return events;
  }
};

TEST_F(WebhookOutage, OfADayLosesNothingAndKeepsTheOrderOfEachDossier) {
  bool up = false;
  std::vector<Received> taken;
  receiver_.answer([&](const Received& came) {
    if (up) taken.push_back(came);
    return ReceiverSays{up ? 204 : 503};
  });
  const json webhook = subscribe();
  std::vector<std::string> dossiers;
  for (int i = 0; i < (is_short() ? 6 : 40); ++i) dossiers.push_back(filed());
  for (int hour = 0; hour < 24; ++hour) {
    if (hour < static_cast<int>(dossiers.size()))
      told(dossiers[static_cast<std::size_t>(hour)], "refuse", {{"reason", "Sai nơi nhận"}});
    const std::size_t before = receiver_.so_far().size();
    ASSERT_TRUE(service_.advance(3600));
    if (hour < 5) receiver_.wait_for(before + 1);
  }
  EXPECT_EQ(read(path_of(webhook, "/deliveries?state=dead"))["items"].size(), 0U);
  receiver_.answer([&](const Received& came) {
    taken.push_back(came);
    return ReceiverSays{204};
  });
  bring_all(webhook);
  EXPECT_EQ(by_dossier(taken), in_the_feed());
  std::map<std::string, int> last;
  for (const Received& one : taken) {
    const int sequence = one.json()["data"]["sequence"];
    EXPECT_EQ(sequence, ++last[one.json()["subject"]]);
  }
}

TEST_F(WebhookOutage, OfOneReceiverHoldsNoOtherUp) {
  receiver_.answer([](const Received& came) {
    ReceiverSays says;
    says.never = came.path == "/slow";
    return says;
  });
  const json slow = subscribe(json::object(), "/slow");
  const json quick = subscribe(json::object(), "/quick");
  for (int i = 0; i < 8; ++i) filed();
  EXPECT_EQ(receiver_.wait_for(8, "/quick").size(), 8U);
  EXPECT_EQ(read(path_of(slow))["pending"], 8);
  webhook_until(quick, "pending", 0);
}

TEST_F(WebhookOutage, OfTheServiceItselfSendsAgainWithTheSameIds) {
  receiver_.answer([](const Received&) {
    ReceiverSays says;
    says.never = true;
    return says;
  });
  const json webhook = subscribe();
  const int rounds = is_short() ? 2 : 8;
  const std::string dossier = filed();
  std::size_t came = 0;
  for (int round = 0; round < rounds; ++round) {
    came = receiver_.wait_for(came + 1).size();  // taken, but not yet known to be
    kill_and_restart();
    told(round == 0 ? dossier : filed(), "refuse", {{"reason", "Sai nơi nhận"}});
  }
  receiver_.answer({});
  bring_all(webhook);
  EXPECT_EQ(by_dossier(receiver_.so_far()), in_the_feed());
  std::map<std::string, std::string> bodies;
  for (const Received& one : receiver_.so_far()) {
    const auto [known, fresh] = bodies.emplace(one.header("webhook-id"), one.body);
    EXPECT_EQ(known->second, one.body);
  }
  EXPECT_LT(bodies.size(), receiver_.so_far().size());
}

}  // namespace
}  // namespace motcua::testing
