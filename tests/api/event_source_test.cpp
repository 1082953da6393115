#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "tests/support/paths.h"
#include "tests/support/service.h"

// The client of others: the package eventsource from npm, over restarts of the service.
namespace motcua::testing {
namespace {

using nlohmann::json;

// A port that is free now. The client comes back to the address that it knows.
std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

ServiceOptions on_a_port(std::uint16_t port) {
  ServiceOptions options;
  options.sandbox = "2026-08-10T08:00:00+07:00";
  options.keys = {{"province", "", true}};
  options.configure = [port](json& config) { config["listen"] = "127.0.0.1:" + std::to_string(port); };
  return options;
}

class Following {
 public:
  Following(std::uint16_t port, int count) {
    const std::string node = in_tree("tests/node/");
    const std::string line = "'" + node + "install.sh' >&2 && exec node '" + node +
                             "follow.mjs' 'http://127.0.0.1:" + std::to_string(port) +
                             "/v1/events/stream' '" + token_of("province") + "' " + std::to_string(count);
    pipe_ = ::popen(line.c_str(), "re");
  }
  ~Following() { ended(); }
  // What it printed next; empty when it has ended.
  std::string line() {
    char text[200];
    if (std::fgets(text, sizeof text, pipe_) == nullptr) return {};
    std::string made(text);
    made.pop_back();
    return made;
  }
  int ended() {
    if (pipe_ != nullptr) status_ = ::pclose(std::exchange(pipe_, nullptr));
    return status_;
  }

 private:
  FILE* pipe_ = nullptr;
  int status_ = -1;
};

TEST(EventSource, MissesNothingOverRestarts) {
  constexpr int kEach = 12;
  RunningService service(on_a_port(free_port()));
  const auto file_some = [&] {
    for (int i = 0; i < kEach; ++i) {
      EXPECT_EQ(service.client()
                    .post("/v1/dossiers", {{"procedure", "1.004194"},
                                           {"channel", "online"},
                                           {"receiving_agency", "H32.101"},
                                           {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}})
                    .status,
                201);
    }
  };
  Following client(service.port(), 4 * kEach);
  ASSERT_EQ(client.line(), "open");
  file_some();
  EXPECT_EQ(service.stop(), 0);
  service.restart();
  file_some();  // while it is away, or just back
  service.kill9();
  service.restart();
  file_some();
  std::vector<std::string> seen;
  int opened = 1;
  const auto note = [&](const std::string& line) {
    if (line == "open") {
      ++opened;
    } else {
      seen.push_back(line);
    }
  };
  while (seen.size() < 3 * kEach) {
    const std::string line = client.line();
    ASSERT_FALSE(line.empty()) << "it ended after " << seen.size();
    note(line);
  }
  EXPECT_GE(opened, 2);
  file_some();
  for (std::string line = client.line(); !line.empty(); line = client.line()) note(line);
  EXPECT_EQ(client.ended(), 0);
  std::vector<std::string> expected;
  const json page = service.client().get("/v1/events?limit=200").json();
  for (const json& event : page.at("items")) expected.push_back(event.at("id"));
  EXPECT_EQ(expected.size(), 4U * kEach);
  EXPECT_EQ(seen, expected);
}

}  // namespace
}  // namespace motcua::testing
