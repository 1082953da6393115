#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/store/digest.h"
#include "tests/support/event_client.h"
#include "tests/support/eventually.h"

// Following the events as they happen, over HTTP.
namespace motcua::testing {
namespace {

using nlohmann::json;
using Steady = std::chrono::steady_clock;

bool short_streams() { return std::getenv("MOTCUA_TEST_SHORT") != nullptr; }

json birth_at(const std::string& agency) {
  return {{"procedure", "1.004194"},
          {"channel", "online"},
          {"receiving_agency", agency},
          {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}};
}

class EventStreams : public ::testing::Test {
 protected:
  explicit EventStreams(int write_timeout_ms = 60'000) : service_(options(write_timeout_ms)) {}
  static ServiceOptions options(int write_timeout_ms) {
    ServiceOptions made;
    made.sandbox = "2026-08-10T08:00:00+07:00";
    made.keys = {{"province", "", true}, {"commune", "H32.101", true}, {"other", "H32.102", true}};
    made.configure = [write_timeout_ms](json& config) {
      config["limits"]["stream_checkpoint_ms"] = 100;
      config["limits"]["write_timeout_ms"] = write_timeout_ms;
      config["limits"]["streams"] = 8;
      config["limits"]["connections"] = 12;
    };
    return made;
  }
  std::unique_ptr<EventClient> follow(const std::string& key, const std::string& query = {},
                                      const std::string& last_event_id = {}) {
    return std::make_unique<EventClient>(service_.port(), token_of(key), "/v1/events/stream" + query,
                                         EventClient::Options{last_event_id, 0});
  }
  std::string filed(HttpClient& client, const std::string& agency) {
    const HttpAnswer answer = client.post("/v1/dossiers", birth_at(agency));
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json().value("id", "none");
  }
  std::string filed(const std::string& agency) { return filed(client_, agency); }
  void refuse(HttpClient& client, const std::string& id) {
    EXPECT_EQ(client.post("/v1/dossiers/" + id + "/refuse", {{"reason", "Sai nơi nhận"}}).status, 200);
  }
  // The objects of the feed as text, from a cursor on.
  std::vector<std::string> feed(const std::string& key, const std::string& query) {
    HttpClient client = service_.client(key);
    std::vector<std::string> texts;
    std::string address = "/v1/events?limit=7" + query;
    for (bool more = true; more;) {
      const HttpAnswer answer = client.get(address);
      EXPECT_EQ(answer.status, 200) << answer.body;
      const auto page = nlohmann::ordered_json::parse(answer.body);
      for (const auto& event : page.at("items")) texts.push_back(event.dump());
      more = page.at("more");
      address = page.at("next");
    }
    return texts;
  }
  std::vector<std::string> streamed(EventClient& stream, std::size_t count) {
    std::vector<std::string> texts;
    while (texts.size() < count) {
      const auto event = stream.next_real();
      if (!event) break;
      texts.push_back(event->data);
    }
    return texts;
  }
  double metric(const std::string& name) {
    const std::string body = client_.get("/metrics").body;
    const std::size_t at = body.find('\n' + name + ' ');
    return at == std::string::npos ? -1 : std::stod(body.substr(at + name.size() + 2));
  }
  void write_keys(const std::vector<ServiceKey>& keys) {
    json all = json::array();
    for (const ServiceKey& key : keys) {
      all.push_back(key_json(key));
    }
    std::ofstream(service_.directory() / "keys.json") << json{{"keys", all}};
    ASSERT_EQ(::kill(service_.pid(), SIGHUP), 0);
  }

  RunningService service_;
  HttpClient client_ = service_.client("province");
};

// Where clients have little time to read.
class HurriedStreams : public EventStreams {
 protected:
  HurriedStreams() : EventStreams(500) {}
};

// Which of the texts is the first that differs; nothing: none does.
std::optional<std::size_t> first_difference(const std::vector<std::string>& a,
                                            const std::vector<std::string>& b) {
  const auto at = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at.first == a.end() && at.second == b.end()) return std::nullopt;
  return static_cast<std::size_t>(at.first - a.begin());
}

TEST_F(EventStreams, TellWhatTheFeedTellsInItsOrderWhileManyWrite) {
  struct One {
    std::string key, filter;
    std::unique_ptr<EventClient> stream;
    std::string from;  // the cursor at which it began
  };
  std::vector<One> all;
  for (const auto& [key, filter] :
       std::vector<std::pair<std::string, std::string>>{{"province", ""},
                                                        {"province", "type=refused"},
                                                        {"province", "agency=H32.102"},
                                                        {"commune", ""},
                                                        {"commune", "type=refused,submitted&agency=H32.101"},
                                                        {"other", "type=submitted"}}) {
    all.push_back({key, filter, follow(key, filter.empty() ? "" : "?" + filter), ""});
    ASSERT_EQ(all.back().stream->status(), 200);
    const auto first = all.back().stream->next();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->type, "checkpoint");
    EXPECT_EQ(first->data, "{}");
    all.back().from = first->id;
  }
  const int each = short_streams() ? 10 : 60;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      HttpClient client = service_.client("province");
      for (int i = 0; i < each; ++i)
        refuse(client, filed(client, (writer + i) % 2 == 0 ? "H32.101" : "H32.102"));
    });
  }
  for (std::thread& writer : writers) writer.join();
  for (One& one : all) {
    const auto expected = feed(one.key, "&after=" + one.from + (one.filter.empty() ? "" : "&" + one.filter));
    EXPECT_GE(expected.size(), static_cast<std::size_t>(each)) << one.filter;
    const auto came = streamed(*one.stream, expected.size());
    EXPECT_EQ(first_difference(came, expected), std::nullopt)
        << one.key << ' ' << one.filter << ": " << came.size() << " of " << expected.size();
  }
  EXPECT_EQ(metric("motcua_streams"), 6);
  EXPECT_GE(metric("motcua_stream_events_total"), each * 8.0);
  EXPECT_TRUE(eventually([&] { return metric("motcua_feed_lag_seconds") == 0; }));
  // Nothing that belongs to no filter came behind it.
  filed("H32.101");
  const auto next = all[0].stream->next_real();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->type, "vn.motcua.dossier.submitted.v1");
}

TEST_F(EventStreams, GoOnAfterTheLastEventSeen) {
  std::vector<std::string> seen;
  for (int i = 0; i < 120; ++i) filed("H32.101");
  const std::vector<std::string> expected = feed("commune", "");
  ASSERT_EQ(expected.size(), 120U);
  std::string id = client_.get("/v1/events?limit=1").json().at("next_cursor");
  HttpClient commune = service_.client("commune");
  id = commune.get("/v1/events?limit=1").json().at("next_cursor");
  // Cut off after each 40th: what is older than the hub comes from the store.
  seen.push_back(expected[0]);
  while (seen.size() < expected.size()) {
    const auto stream = follow("commune", "?after=end", id);  // the header wins
    for (int i = 0; i < 40 && seen.size() < expected.size(); ++i) {
      const auto event = stream->next_real();
      ASSERT_TRUE(event);
      seen.push_back(event->data);
      id = event->id;
    }
  }
  EXPECT_EQ(first_difference(seen, expected), std::nullopt);
  // A cursor of a stream is one of the feed, and the other way round.
  EXPECT_EQ(commune.get("/v1/events?after=" + id).json().at("items").size(), 0U);
  filed("H32.101");
  EXPECT_TRUE(follow("commune", "?after=" + id)->next_real());
}

TEST_F(EventStreams, CostASlowReaderNothingThatItMissed) {
  if (short_streams()) GTEST_SKIP() << "writes more than the hub keeps, which takes ten seconds";
  EventClient slow(service_.port(), token_of("commune"), "/v1/events/stream", {"", 4096});
  const auto first = slow.next();
  ASSERT_TRUE(first);
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 8; ++writer) {
    writers.emplace_back([&] {
      HttpClient client = service_.client("province");
      for (int i = 0; i < 400; ++i) refuse(client, filed(client, "H32.101"));
    });
  }
  for (std::thread& writer : writers) writer.join();
  const auto expected = feed("commune", "&after=" + first->id);
  std::size_t bytes = 0;
  for (const std::string& event : expected) bytes += event.size();
  EXPECT_GT(bytes, 5U << 20);
  EXPECT_EQ(first_difference(streamed(slow, expected.size()), expected), std::nullopt);
  filed("H32.101");
  EXPECT_TRUE(slow.next_real());
}

TEST_F(EventStreams, MoveTheCursorOnWhereNothingIsFound) {
  const auto stream = follow("commune", "?type=settled");
  const auto first = stream->next();
  ASSERT_TRUE(first);
  for (int i = 0; i < 5; ++i) filed("H32.101");
  auto checkpoint = stream->next();
  while (checkpoint && checkpoint->id == first->id) checkpoint = stream->next();
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->type, "checkpoint");
  EXPECT_EQ(checkpoint->data, "{}");
  EXPECT_EQ(stream->next()->type, "checkpoint");  // and again, with nobody writing
}

TEST_F(EventStreams, EndWhenTheirKeyDoes) {
  const auto removed = follow("commune");
  const auto moved = follow("other");
  const auto stays = follow("province");
  for (const auto& stream : {removed.get(), moved.get(), stays.get()}) ASSERT_EQ(stream->status(), 200);
  write_keys({{"province", ""}, {"other", "H32.103"}});
  EXPECT_TRUE(removed->ends());
  EXPECT_TRUE(removed->ended_whole());
  EXPECT_TRUE(moved->ends());
  EXPECT_EQ(follow("commune")->status(), 401);
  filed("H32.101");
  EXPECT_TRUE(stays->next_real());
}

TEST_F(EventStreams, AreClosedAtOnceByAStop) {
  const auto stream = follow("province");
  ASSERT_TRUE(stream->next());
  const auto began = Steady::now();
  EXPECT_EQ(service_.stop(), 0);
  EXPECT_LT(Steady::now() - began, std::chrono::seconds(5));  // the grace is ten
  EXPECT_TRUE(stream->ends());
  EXPECT_TRUE(stream->ended_whole());
}

TEST_F(HurriedStreams, DropWhoDoesNotRead) {
  for (int i = 0; i < (short_streams() ? 150 : 400); ++i) refuse(client_, filed("H32.101"));
  const std::string from = client_.get("/v1/events?limit=1").json().at("next_cursor");
  EventClient slow(service_.port(), token_of("province"), "/v1/events/stream?after=" + from, {"", 4096});
  ASSERT_EQ(slow.status(), 200);  // it may be dropped by now
  const auto quick = follow("province");
  ASSERT_TRUE(quick->next());
  EXPECT_TRUE(eventually([&] { return metric("motcua_streams") == 1; }));
  filed("H32.101");  // nobody else waits for it
  EXPECT_TRUE(quick->next_real());
}

TEST_F(EventStreams, HaveALimitApartFromTheConnections) {
  std::vector<std::unique_ptr<EventClient>> streams;
  for (int i = 0; i < 8; ++i) {
    streams.push_back(follow("province"));
    ASSERT_EQ(streams.back()->status(), 200);
  }
  HttpClient again = service_.client("province");
  const HttpAnswer refused = again.get("/v1/events/stream");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.json()["code"], "too_many_streams");
  EXPECT_EQ(refused.header("retry-after"), "1");
  // Eight streams and these ten are more than the twelve connections.
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(std::make_unique<HttpClient>(service_.port(), token_of("province")));
    EXPECT_EQ(clients.back()->get("/v1/events?after=end").status, 200);
  }
  streams.pop_back();
  EXPECT_TRUE(eventually([&] { return follow("province")->status() == 200; }));
}

TEST_F(EventStreams, RefuseWhatTheFeedRefuses) {
  const std::string cursor = client_.get("/v1/events").json().at("next_cursor");
  for (const std::string& query :
       std::vector<std::string>{"type=", "type=refused,", "agency=H99.9", "limit=5", "after=0",
                                "after=a&after=b", "after=", "type=refused&after=" + cursor}) {
    const HttpAnswer answer = client_.get("/v1/events/stream?" + query);
    EXPECT_EQ(answer.status, 400) << query << answer.body;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json") << query;
  }
  EXPECT_EQ(service_.client("commune").get("/v1/events/stream?after=" + cursor).json()["code"], "bad_cursor");
  const auto with = [&](const HttpHeaders& headers) {
    return client_.request("GET", "/v1/events/stream?after=" + cursor, {}, headers).json()["code"];
  };
  EXPECT_EQ(with({{"Last-Event-ID", "end"}}), "bad_cursor");
  EXPECT_EQ(with({{"Last-Event-ID", cursor + "0"}}), "bad_cursor");
  EXPECT_EQ(with({{"Last-Event-ID", cursor}, {"Last-Event-ID", cursor}}), "bad_header");
  EXPECT_EQ(client_.request("POST", "/v1/events/stream", "{}").status, 405);
  EXPECT_EQ(HttpClient(service_.port()).get("/v1/events/stream").status, 401);
  // HEAD tells the head, and the connection serves on.
  client_.disconnect();
  ASSERT_TRUE(client_.send_bytes("HEAD /v1/events/stream HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " +
                                 service_.token() + "\r\n\r\n"));
  const HttpAnswer head = client_.receive(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-type"), "text/event-stream");
  EXPECT_EQ(client_.get("/v1/events").status, 200);
  EXPECT_TRUE(eventually([&] { return metric("motcua_streams") == 0; }));
}

}  // namespace
}  // namespace motcua::testing
