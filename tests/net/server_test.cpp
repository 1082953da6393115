#include "api/net/server.h"

#include <gtest/gtest.h>

#include <chrono>
#include <system_error>
#include <thread>

#include "tests/net/served.h"

namespace motcua::net::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string get(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n\r\n";
}

std::string post(std::string_view target, std::string_view body) {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

Response text(std::string body) { return {200, "text/plain", {}, std::move(body), {}}; }

TEST(Server, AnswersSeveralRequestsOnOneConnection) {
  Served served;
  auto client = served.connect();
  for (const auto* body : {"first", "", "third"}) {
    client.send(post("/echo", body));
    const auto answer = client.receive();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Content-Type"), "text/plain");
    EXPECT_EQ(answer.field("Connection"), "");
    EXPECT_EQ(answer.body, body);
  }
  EXPECT_EQ(served.server().counters().connections_open, 1u);
}

TEST(Server, HandsOverTheRequestAsPlainValues) {
  Served served;
  auto client = served.connect();
  client.send("PATCH /about?a=%20&b HTTP/1.1\r\nHost: test\r\nX-Twice: one\r\nx-TWICE:  two \r\n\r\n");
  EXPECT_EQ(client.receive().body, "PATCH /about a=%20&b");
  const auto request = served.last();
  EXPECT_EQ(request.header("x-twice"), "one");
  EXPECT_EQ(request.count("x-twice"), 2);
  EXPECT_EQ(request.headers.back(), std::pair(std::string("x-twice"), std::string("two")));
  EXPECT_EQ(request.header("absent"), "");
  EXPECT_EQ(request.peer, "127.0.0.1");
}

TEST(Server, ReadsTheTargetOfAProxy) {
  Served served;
  auto client = served.connect();
  client.send(get("http://example.test:80/about?x=1"));
  EXPECT_EQ(client.receive().body, "GET /about x=1");
}

TEST(Server, AnswersPipelinedRequestsInOrderAlsoWhenTheFirstIsSlow) {
  Served served;
  auto client = served.connect();
  client.send(get("/hold") + post("/echo", "second") + get("/hold") + post("/echo", "fourth"));
  std::thread([reply = served.held()] { reply(text("first")); }).join();
  EXPECT_EQ(client.receive().body, "first");
  EXPECT_EQ(client.receive().body, "second");
  std::thread([reply = served.held()] { reply(text("third")); }).join();
  EXPECT_EQ(client.receive().body, "third");
  EXPECT_EQ(client.receive().body, "fourth");
}

TEST(Server, AnswersThousandsOfPipelinedRequests) {
  constexpr int kRequests = 5'000;
  Served served;
  auto client = served.connect();
  std::thread writer([&] {
    for (int i = 0; i < kRequests; ++i) client.send(post("/echo", std::to_string(i)));
  });
  for (int i = 0; i < kRequests; ++i) ASSERT_EQ(client.receive().body, std::to_string(i));
  writer.join();
}

TEST(Server, ReadsARequestThatArrivesByteByByte) {
  Served served;
  auto client = served.connect();
  client.drip(post("/echo", "in pieces"));
  EXPECT_EQ(client.receive().body, "in pieces");
}

TEST(Server, ReadsAChunkedBodyThatArrivesByteByByte) {
  Served served;
  auto client = served.connect();
  client.drip(
      "POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nX-Trailer: t\r\n\r\n");
  EXPECT_EQ(client.receive().body, "abc0123456789");
  EXPECT_EQ(served.last().count("x-trailer"), 0) << "a trailer must not pass for a header";
  client.drip("POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  EXPECT_EQ(client.receive().status, 200);
}

TEST(Server, PassesOverEmptyLinesBetweenRequests) {
  Served served;
  auto client = served.connect();
  client.send("\r\n" + post("/echo", "one") + "\r\n\r\n" + post("/echo", "two"));
  EXPECT_EQ(client.receive().body, "one");
  EXPECT_EQ(client.receive().body, "two");
}

TEST(Server, AnswersHeadWithTheLengthAndNoBody) {
  Served served;
  auto client = served.connect();
  client.send("HEAD /about HTTP/1.1\r\nHost: test\r\n\r\n");
  const auto answer = client.receive(true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Content-Length"), std::to_string(std::string("HEAD /about ").size()));
  client.send(post("/echo", "next"));
  EXPECT_EQ(client.receive().body, "next") << "nothing may follow the header of an answer to HEAD";
}

TEST(Server, SendsNoLengthWithNoContent) {
  Served served;
  auto client = served.connect();
  client.send(get("/empty"));
  const auto answer = client.receive();
  EXPECT_EQ(answer.head, "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(Server, ClosesWhenTheClientAsksForIt) {
  Served served;
  auto client = served.connect();
  client.send("GET /about HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n" + get("/about"));
  const auto answer = client.receive();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_TRUE(client.at_end());
}

TEST(Server, KeepsAnOldClientOnlyWhenItAsks) {
  Served served;
  auto staying = served.connect();
  staying.send("GET /about HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(staying.receive().field("Connection"), "keep-alive");
  staying.send("GET /about HTTP/1.0\r\n\r\n");
  EXPECT_EQ(staying.receive().field("Connection"), "close");
  EXPECT_TRUE(staying.at_end());
}

TEST(Server, InvitesABodyThatWaits) {
  Served served;
  auto client = served.connect();
  client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().head, "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_EQ(client.receive().body, "body");
}

TEST(Server, KeepsAHeaderInItsLine) {
  Served served;
  auto client = served.connect();
  client.send(get("/split"));
  const auto answer = client.receive();
  EXPECT_EQ(answer.field("X-Name"), "a  Set-Cookie: b");
  EXPECT_EQ(answer.field("Set-Cookie"), "");
}

TEST(Server, SendsAnAnswerLargerThanTheSocketTakes) {
  Served served;
  auto client = served.connect();
  client.send(get("/large") + post("/echo", "after"));
  EXPECT_EQ(client.receive().body, std::string(Served::kLargeBytes, 'l'));
  EXPECT_EQ(client.receive().body, "after");
}

TEST(Server, AnswersAReplyFromAnotherThread) {
  Served served;
  auto client = served.connect();
  client.send(get("/hold"));
  std::thread([reply = served.held()] { reply(text("from afar")); }).join();
  EXPECT_EQ(client.receive().body, "from afar");
}

TEST(Server, IgnoresASecondAnswer) {
  Served served;
  auto client = served.connect();
  client.send(get("/hold"));
  const auto reply = served.held();
  reply(text("once"));
  reply(text("twice"));
  EXPECT_EQ(client.receive().body, "once");
  client.send(post("/echo", "next"));
  EXPECT_EQ(client.receive().body, "next");
}

TEST(Server, AnswersForAHandlerThatDoesNot) {
  Served served;
  auto client = served.connect();
  for (const auto* path : {"/drop", "/throw"}) {
    client.send(get(path));
    EXPECT_EQ(client.receive().status, 500) << path;
  }
  client.send(get("/hold"));
  served.held() = nullptr;
  EXPECT_EQ(client.receive().status, 500);
  EXPECT_EQ(served.server().counters().requests_refused, 3u);
  client.send(get("/about"));
  EXPECT_EQ(client.receive().status, 200) << "the connection is still good";
}

TEST(Server, DropsAReplyToAClientThatHasGone) {
  Served served;
  auto leaving = served.connect();
  leaving.send(get("/hold"));
  const auto reply = served.held();
  leaving.disconnect();
  reply(text("too late"));
  EXPECT_TRUE(served.eventually([](const ServerCounters& now) { return now.connections_open == 0; }));
  auto other = served.connect();
  other.send(get("/about"));
  EXPECT_EQ(other.receive().status, 200);
}

TEST(Server, DropsAReplyThatOutlivesIt) {
  Reply late;
  {
    Served served;
    auto client = served.connect();
    client.send(get("/hold"));
    late = served.held();
    served.stop(milliseconds(0));
    EXPECT_TRUE(client.at_end());
  }
  late(text("nobody hears"));
}

TEST(Server, FinishesTheRequestUnderWayWhenStopped) {
  Served served;
  auto busy = served.connect();
  auto idle = served.connect();
  idle.send(get("/about"));
  idle.receive();
  busy.send(get("/hold"));
  const auto reply = served.held();
  std::thread stopper([&] { served.stop(seconds(10)); });
  EXPECT_TRUE(idle.at_end()) << "nobody waits there for an answer";
  reply(text("still served"));
  const auto answer = busy.receive();
  EXPECT_EQ(answer.body, "still served");
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_TRUE(busy.at_end());
  busy.disconnect();
  stopper.join();
  auto refused = served.connect();
  EXPECT_FALSE(refused.send(get("/about")) && refused.receive().status != 0);
}

TEST(Server, GivesUpARequestUnderWayWhenTheGraceIsOver) {
  Served served;
  auto client = served.connect();
  client.send(get("/hold"));
  const auto reply = served.held();
  served.stop(milliseconds(20));
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(served.server().counters().connections_open, 0u);
}

TEST(Server, StopsWhenAskedBeforeItRuns) {
  ServerOptions options;
  options.plain->port = 0;
  Server server(
      options, [](Request&&, Reply&&) {}, [](int, std::string_view, std::string_view) { return Response{}; });
  server.stop(milliseconds(0));
  server.run();
}

TEST(Server, NamesTheAddressItCannotBind) {
  Served served;
  ServerOptions taken;
  taken.plain->port = served.server().port();
  const auto expected = "127.0.0.1:" + std::to_string(taken.plain->port);
  try {
    Server second(taken, {}, {});
    FAIL() << "two servers on one port";
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string(error.what()).find(expected), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace motcua::net::testing
