// Answers that go on.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/net/served.h"

namespace motcua::net::testing {
namespace {

constexpr std::string_view kAsk = "GET /stream HTTP/1.1\r\nHost: test\r\n\r\n";

ServerOptions with_two_connections() {
  ServerOptions options;
  options.connections_max = 2;
  options.write_timeout = std::chrono::milliseconds(200);
  return options;
}

TEST(Streams, AreSentPartByPartInChunksToTheirEnd) {
  Served served;
  auto client = served.connect();
  client.send(kAsk);
  served.say("first");
  served.say("second part");
  served.say("");
  const Answer answer = client.receive();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Transfer-Encoding"), "chunked");
  EXPECT_EQ(answer.field("Content-Length"), "");
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_EQ(client.rest(), "5\r\nfirst\r\nb\r\nsecond part\r\n0\r\n\r\n");
}

TEST(Streams, AreBareWhereTheClientKnowsNoChunks) {
  Served served;
  auto client = served.connect();
  client.send("GET /stream HTTP/1.0\r\n\r\n");
  served.say("bare");
  served.say("");
  const Answer answer = client.receive();
  EXPECT_EQ(answer.field("Transfer-Encoding"), "");
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_EQ(client.rest(), "bare");
  client.disconnect();
  EXPECT_TRUE(served.eventually([](const ServerCounters& now) { return now.streams_open == 0; }));
}

TEST(Streams, AreNotBegunByHead) {
  Served served;
  auto client = served.connect();
  client.send("HEAD /stream HTTP/1.1\r\nHost: test\r\n\r\nGET /about HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(client.receive(true).field("Transfer-Encoding"), "chunked");
  EXPECT_EQ(client.receive().body, "GET /about ");
  EXPECT_EQ(served.server().counters().streams_open, 0U);
}

TEST(Streams, CountApartFromConnectionsAndGoWithTheirClient) {
  Served served(with_two_connections());
  std::vector<std::unique_ptr<RawClient>> streams;
  for (int i = 0; i < 4; ++i) {
    streams.push_back(served.connect_apart());
    streams.back()->send(kAsk);
    const auto begun = static_cast<std::uint64_t>(i + 1);
    ASSERT_TRUE(served.eventually(
        [&](const ServerCounters& now) { return now.streams_open == begun && now.connections_open == 0; }));
  }
  auto client = served.connect();
  client.send("GET /about HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(client.receive().status, 200);
  streams.clear();
  EXPECT_TRUE(served.eventually([](const ServerCounters& now) { return now.streams_open == 0; }));
}

TEST(Streams, DropAClientThatDoesNotRead) {
  Served served(with_two_connections());
  auto client = served.connect();
  client.send(kAsk);
  served.say(std::string(16 << 20, 'x'));
  EXPECT_TRUE(served.eventually([](const ServerCounters& now) { return now.streams_open == 1; }));
  EXPECT_TRUE(served.eventually([](const ServerCounters& now) { return now.streams_open == 0; }));
}

TEST(Streams, EndAtOnceWhenTheServerStops) {
  Served served;
  auto client = served.connect();
  client.send(kAsk);
  served.say("begun");
  const auto began = std::chrono::steady_clock::now();
  served.stop(std::chrono::seconds(30));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
  client.receive();
  EXPECT_EQ(client.rest(), "5\r\nbegun\r\n0\r\n\r\n");
}

}  // namespace
}  // namespace motcua::net::testing
