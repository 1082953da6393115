// What the server refuses, and the last thing it still takes.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/net/served.h"

namespace motcua::net::testing {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kPostHead = "POST /echo HTTP/1.1\r\nHost: test\r\n";

std::string post_head(std::string_view field) {
  return std::string(kPostHead) + std::string(field) + "\r\n\r\n";
}

std::string about(std::string_view fields = "") {
  return "GET /about HTTP/1.1\r\nHost: test\r\n" + std::string(fields) + "\r\n";
}

// A refused request is answered with the status, counted, and ends its connection.
void expect_refused(Served& served, RawClient& client, int status) {
  const auto answer = client.receive();
  EXPECT_EQ(answer.status, status);
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(served.server().counters().requests_refused, 1u);
}

ServerOptions with_header_limit(std::size_t bytes) {
  ServerOptions options;
  options.header_bytes_max = bytes;
  return options;
}

ServerOptions with_body_limit(std::size_t bytes) {
  ServerOptions options;
  options.body_bytes_max = bytes;
  return options;
}

struct BadRequest {
  const char* name;
  std::string bytes;
  int status;
};

class Unreadable : public ::testing::TestWithParam<BadRequest> {};

TEST_P(Unreadable, IsRefused) {
  Served served;
  auto client = served.connect();
  client.send(GetParam().bytes);
  expect_refused(served, client, GetParam().status);
}

const BadRequest kBadRequests[] = {
    {"NotHttp", "hello there\r\n\r\n", 400},
    {"NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
    {"TwoHosts", about("Host: other\r\n"), 400},
    {"SpaceBeforeColon", about("X-Name : value\r\n"), 400},
    {"ControlInValue", about("X-Name: a\x01z\r\n"), 400},
    {"LengthNotANumber", post_head("Content-Length: ten"), 400},
    {"LengthNegative", post_head("Content-Length: -1"), 400},
    {"LengthSigned", post_head("Content-Length: +1"), 400},
    {"LengthPastAnyNumber", post_head("Content-Length: 99999999999999999999999"), 400},
    {"LengthsThatDiffer", post_head("Content-Length: 1\r\nContent-Length: 2"), 400},
    {"LengthAndChunked", post_head("Content-Length: 3\r\nTransfer-Encoding: chunked"), 400},
    {"ChunkedAndLength", post_head("Transfer-Encoding: chunked\r\nContent-Length: 3"), 400},
    {"ChunkedTwice", post_head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), 400},
    {"ChunkedInHttp10", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"ChunkSizeNotANumber", post_head("Transfer-Encoding: chunked") + "zz\r\nabc\r\n", 400},
    {"ChunkLongerThanItSays", post_head("Transfer-Encoding: chunked") + "2\r\nabc\r\n0\r\n\r\n", 400},
    {"UnknownCoding", post_head("Transfer-Encoding: gzip"), 501},
    {"UnknownCodingBeforeChunked", post_head("Transfer-Encoding: gzip, chunked"), 501},
    {"UnknownCodingWithLength", post_head("Transfer-Encoding: gzip\r\nContent-Length: 3"), 501},
    {"UnknownExpectation", post_head("Expect: wonders\r\nContent-Length: 3"), 417},
    {"UnknownVersion", "GET / HTTP/2.0\r\nHost: test\r\n\r\n", 505},
};

INSTANTIATE_TEST_SUITE_P(Server, Unreadable, ::testing::ValuesIn(kBadRequests),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Limits, TakesTheLongestBodyAndRefusesOneByteMore) {
  Served served(with_body_limit(1000));
  auto client = served.connect();
  client.send(post_head("Content-Length: 1000") + std::string(1000, 'b'));
  EXPECT_EQ(client.receive().body.size(), 1000u);
  client.send(post_head("Content-Length: 1001"));
  expect_refused(served, client, 413);
}

TEST(Limits, TakesTheLongestChunkedBodyAndRefusesOneByteMore) {
  Served served(with_body_limit(0x20));
  const std::string half = "10\r\n0123456789abcdef\r\n";
  auto client = served.connect();
  client.send(post_head("Transfer-Encoding: chunked") + half + half + "0\r\n\r\n");
  EXPECT_EQ(client.receive().body.size(), 0x20u);
  client.send(post_head("Transfer-Encoding: chunked") + half + half + "1\r\nx\r\n0\r\n\r\n");
  expect_refused(served, client, 413);
}

TEST(Limits, LetsAClientReadThe413ThatIsStillSending) {
  Served served(with_body_limit(1000));
  auto client = served.connect();
  client.send(post_head("Content-Length: 8000000") + std::string(8'000'000, 'b'));
  expect_refused(served, client, 413);
}

TEST(Limits, RefusesBeforeInvitingABodyThatIsTooLarge) {
  Served served(with_body_limit(10));
  auto client = served.connect();
  client.send(post_head("Content-Length: 11\r\nExpect: 100-continue"));
  expect_refused(served, client, 413);
}

TEST(Limits, TakesTheLongestHeaderAndRefusesOneByteMore) {
  constexpr std::size_t kLimit = 500;
  const auto padded = [](std::size_t bytes) {
    const auto bare = about("X: \r\n").size() - 2;  // the empty line is not counted
    return about("X: " + std::string(bytes - bare, 'x') + "\r\n");
  };
  Served served(with_header_limit(kLimit));
  auto client = served.connect();
  client.send(padded(kLimit - 2));
  EXPECT_EQ(client.receive().status, 200);
  client.send(padded(kLimit + 1));
  expect_refused(served, client, 431);
}

TEST(Limits, RefusesALineWithoutAnEnd) {
  Served served(with_header_limit(500));
  auto client = served.connect();
  client.send("GET /" + std::string(600, 'x'));
  expect_refused(served, client, 431);
}

TEST(Limits, RefusesManySmallFieldsThatArriveOneByOne) {
  Served served(with_header_limit(500));
  auto client = served.connect();
  client.send("GET /about HTTP/1.1\r\nHost: test\r\n");
  for (int i = 0; i < 100; ++i) client.drip("A: b\r\n");
  expect_refused(served, client, 431);
}

TEST(Limits, RefusesAChunkHeaderWithoutAnEnd) {
  Served served(with_header_limit(500));
  auto client = served.connect();
  client.send(post_head("Transfer-Encoding: chunked") + "1;" + std::string(5000, 'x'));
  expect_refused(served, client, 400);
}

TEST(Limits, RefusesASlowHeaderHoweverItTrickles) {
  ServerOptions options;
  options.header_timeout = milliseconds(100);
  Served served(options);
  auto client = served.connect();
  client.drip("GET /about HTTP/1.1\r\nX-Slow: " + std::string(10'000, 's'));
  expect_refused(served, client, 408);
}

TEST(Limits, RefusesASlowBodyHoweverItTrickles) {
  ServerOptions options;
  options.body_timeout = milliseconds(100);
  Served served(options);
  auto client = served.connect();
  client.send(post_head("Content-Length: 10000"));
  client.drip(std::string(10'000, 'b'));
  expect_refused(served, client, 408);
}

TEST(Limits, CountsTheHeaderOfEachRequestFromItsFirstByte) {
  ServerOptions options;
  options.header_timeout = milliseconds(100);
  Served served(options);
  auto client = served.connect();
  client.send(about() + "GET");
  EXPECT_EQ(client.receive().status, 200);
  expect_refused(served, client, 408);
}

TEST(Limits, ClosesAnIdleConnectionWithoutAWord) {
  ServerOptions options;
  options.idle_timeout = milliseconds(50);
  Served served(options);
  auto client = served.connect();
  client.send(about());
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(served.server().counters().requests_refused, 0u);
}

TEST(Limits, ClosesANewConnectionThatNeverAsks) {
  ServerOptions options;
  options.header_timeout = milliseconds(50);
  Served served(options);
  auto client = served.connect();
  EXPECT_TRUE(client.at_end());
}

TEST(Limits, NeverTimesOutARequestThatIsBeingHandled) {
  ServerOptions options;
  options.header_timeout = options.body_timeout = options.idle_timeout = milliseconds(20);
  Served served(options);
  auto waiting = served.connect();
  waiting.send("GET /hold HTTP/1.1\r\nHost: test\r\n\r\n");
  const auto reply = served.held();
  auto idle = served.connect();
  EXPECT_TRUE(idle.at_end()) << "every timeout has passed by now";
  reply({200, "text/plain", {}, "in the end", {}});
  EXPECT_EQ(waiting.receive().body, "in the end");
}

TEST(Limits, DropsAClientThatDoesNotReadItsAnswer) {
  ServerOptions options;
  options.write_timeout = milliseconds(50);
  Served served(options);
  auto client = served.connect();
  client.send("GET /large HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_TRUE(served.eventually([](const ServerCounters& now) { return now.connections_open == 1; }));
  EXPECT_TRUE(served.eventually([](const ServerCounters& now) { return now.connections_open == 0; }));
}

TEST(Limits, RefusesOneConnectionTooManyUntilAnotherLeaves) {
  ServerOptions options;
  options.connections_max = 2;
  Served served(options);
  auto first = served.connect();
  auto second = served.connect();
  for (auto* client : {&first, &second}) {
    client->send(about());
    EXPECT_EQ(client->receive().status, 200);
  }
  auto third = served.connect();
  expect_refused(served, third, 503);
  EXPECT_EQ(served.server().counters().connections_refused, 1u);
  first.disconnect();
  EXPECT_TRUE(served.eventually([](const ServerCounters& now) { return now.connections_open == 1; }));
  auto fourth = served.connect();
  fourth.send(about());
  EXPECT_EQ(fourth.receive().status, 200);
}

}  // namespace
}  // namespace motcua::net::testing
