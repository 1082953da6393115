#include "api/net/networks.h"

#include <gtest/gtest.h>

#include <string>

namespace motcua::net {
namespace {

bool reached(std::string_view address, std::vector<std::string> allowed = {}) {
  std::vector<Network> networks;
  for (const std::string& text : allowed) networks.push_back(parse_network(text).value());
  return may_connect(address, networks).value();
}

TEST(Networks, OfThePublicInternetAreReached) {
  for (const char* address : {"8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.63.255.255",
                              "100.128.0.0", "192.167.255.255", "223.255.255.255", "2606:4700::1111",
                              "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:0808:0808::1"}) {
    EXPECT_TRUE(reached(address)) << address;
  }
}

TEST(Networks, ThatAreInternalAreNotReached) {
  for (const char* address : {"0.0.0.0",
                              "0.1.2.3",
                              "10.0.0.0",
                              "10.255.255.255",
                              "100.64.0.1",
                              "100.127.255.255",
                              "127.0.0.1",
                              "127.255.255.254",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.0.0.170",
                              "192.168.1.1",
                              "198.18.0.1",
                              "198.19.255.255",
                              "224.0.0.1",
                              "239.255.255.255",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "::ffff:127.0.0.1",
                              "::ffff:10.1.2.3",
                              "::127.0.0.1",
                              "64:ff9b::7f00:1",
                              "64:ff9b::10.0.0.1",
                              "64:ff9b:1::1",
                              "2002:7f00:1::",
                              "2002:c0a8:0101::1",
                              "fc00::1",
                              "fd12:3456::1",
                              "fe80::1",
                              "fec0::1",
                              "ff02::1",
                              "2001:db8::1",
                              "100::1"}) {
    EXPECT_FALSE(reached(address)) << address;
  }
}

TEST(Networks, ThatAreAllowedAreReachedAndTheirNeighboursAreNot) {
  EXPECT_TRUE(reached("10.1.255.255", {"10.1.0.0/16"}));
  EXPECT_FALSE(reached("10.2.0.0", {"10.1.0.0/16"}));
  EXPECT_TRUE(reached("::ffff:10.1.2.3", {"10.1.0.0/16"}));
  EXPECT_TRUE(reached("fd00:1::5", {"10.0.0.0/8", "fd00:1::/32"}));
  EXPECT_FALSE(reached("fd00:2::5", {"fd00:1::/32"}));
  EXPECT_TRUE(reached("127.0.0.1", {"127.0.0.1/32"}));
}

TEST(Networks, AreReadOnlyWhenTheyAreRanges) {
  for (const char* text : {"10.0.0.0/8", "0.0.0.0/0", "::/0", "fd00::/8", "10.1.2.3/32"})
    EXPECT_TRUE(parse_network(text)) << text;
  for (const char* text : {"10.0.0.0", "10.0.0.1/8", "10.0.0.0/33", "::/129", "fd00::1/8", "10.0.0/8", "a/8",
                           "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "/8", ""}) {
    EXPECT_FALSE(parse_network(text)) << text;
  }
}

TEST(Networks, AreToldFromNames) { EXPECT_FALSE(may_connect("localhost", {})); }

}  // namespace
}  // namespace motcua::net
