// What one address may have, and whom a proxy speaks for.
#include <gtest/gtest.h>

#include <chrono>

#include "api/net/forwarded.h"
#include "tests/net/served.h"

namespace motcua::net::testing {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kAbout = "GET /about HTTP/1.1\r\nHost: test\r\n\r\n";

TEST(AddressLimits, RefuseOneConnectionTooManyOfOneAddressUntilAnotherLeaves) {
  ServerOptions options;
  options.connections_each = 2;
  Served served(options);
  auto first = served.connect();
  auto second = served.connect();
  for (RawClient* client : {&first, &second}) {
    client->send(kAbout);
    EXPECT_EQ(client->receive().status, 200);
  }
  auto third = served.connect();
  EXPECT_EQ(third.receive().status, 503);
  EXPECT_TRUE(third.at_end());
  first.disconnect();
  EXPECT_TRUE(served.eventually([](const ServerCounters& now) { return now.connections_open == 1; }));
  auto fourth = served.connect();
  fourth.send(kAbout);
  EXPECT_EQ(fourth.receive().status, 200);
}

TEST(AddressLimits, CountNoStreamOfOneAddress) {
  ServerOptions options;
  options.connections_each = 1;
  Served served(options);
  auto stream = served.connect();
  stream.send("GET /stream HTTP/1.1\r\nHost: test\r\n\r\n");
  served.say("begun");
  EXPECT_EQ(stream.receive().status, 200);
  auto other = served.connect();
  other.send(kAbout);
  EXPECT_EQ(other.receive().status, 200);
}

TEST(AddressLimits, DoNotHoldForAProxyOfOurs) {
  ServerOptions options;
  options.connections_each = 1;
  options.proxies = {*parse_network("127.0.0.0/8")};
  Served served(options);
  auto first = served.connect();
  auto second = served.connect();
  for (RawClient* client : {&first, &second}) {
    client->send("GET /about HTTP/1.1\r\nHost: test\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n");
    EXPECT_EQ(client->receive().status, 200);
  }
  EXPECT_EQ(served.last().peer, "203.0.113.9");
}

TEST(AddressLimits, RefuseABodyThatIsSlowerThanItsPace) {
  ServerOptions options;
  options.body_timeout = std::chrono::minutes(10);
  options.body_grace = milliseconds(50);
  options.body_bytes_per_second = 1'000'000;
  Served served(options);
  auto client = served.connect();
  client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 100000\r\n\r\n");
  client.drip(std::string(100'000, 'b'));
  EXPECT_EQ(client.receive().status, 408);
  EXPECT_TRUE(client.at_end());
}

TEST(AddressLimits, LetWhatHasArrivedBuyTimeForTheRest) {
  ServerOptions options;
  options.body_timeout = std::chrono::minutes(10);
  options.body_grace = milliseconds(20);
  options.body_bytes_per_second = 1;  // the first byte buys a second, more than the drip takes
  Served served(options);
  auto client = served.connect();
  client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 60\r\n\r\nb");
  client.drip(std::string(59, 'b'));
  EXPECT_EQ(client.receive().body.size(), 60u);
}

std::string behind(const std::string& address, std::vector<std::string> forwarded) {
  Request request;
  for (std::string& value : forwarded) request.headers.emplace_back("x-forwarded-for", std::move(value));
  return client_behind(request, address, {*parse_network("127.0.0.1/32"), *parse_network("10.0.0.0/8")});
}

TEST(Forwarded, IsBelievedOfOurProxiesAlone) {
  EXPECT_EQ(behind("127.0.0.1", {"203.0.113.9"}), "203.0.113.9");
  EXPECT_EQ(behind("198.51.100.1", {"203.0.113.9"}), "198.51.100.1");
  EXPECT_EQ(behind("127.0.0.1", {}), "127.0.0.1");
  // What the client says of itself stands in front.
  EXPECT_EQ(behind("127.0.0.1", {"1.2.3.4, 203.0.113.9"}), "203.0.113.9");
  EXPECT_EQ(behind("127.0.0.1", {"1.2.3.4", "203.0.113.9"}), "203.0.113.9");
  // Through two of ours.
  EXPECT_EQ(behind("127.0.0.1", {"1.2.3.4, 203.0.113.9 , 10.1.1.1"}), "203.0.113.9");
  EXPECT_EQ(behind("127.0.0.1", {"203.0.113.9", "10.1.1.1"}), "203.0.113.9");
  // No address: the last that is known stands.
  EXPECT_EQ(behind("127.0.0.1", {"1.2.3.4, unknown"}), "127.0.0.1");
  EXPECT_EQ(behind("127.0.0.1", {"2001:db8::7"}), "2001:db8::7");
}

TEST(Forwarded, TellsIpv6ClientsApartByTheirNetwork) {
  EXPECT_EQ(client_network("2001:db8:1:2::7"), client_network("2001:db8:1:2:ffff::8"));
  EXPECT_NE(client_network("2001:db8:1:2::7"), client_network("2001:db8:1:3::7"));
  EXPECT_NE(client_network("192.0.2.1"), client_network("192.0.2.2"));
  EXPECT_EQ(client_network("192.0.2.1"), client_network("::ffff:192.0.2.1"));
}

}  // namespace
}  // namespace motcua::net::testing
