// People who log in at a real identity provider (oidc-provider from npm), which changes its keys and goes
// away.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/certificates.h"
#include "tests/support/event_client.h"
#include "tests/support/identity_provider.h"
#include "tests/support/paths.h"

namespace motcua::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

const std::string kNode = in_tree("tests/node/");
constexpr const char* kAudience = "https://api.example.vn";
constexpr std::chrono::seconds kPatience{60};

template <class Condition>
bool happens(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < until) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  return false;
}

// The provider, which ends with its standard input.
class NodeProvider {
 public:
  explicit NodeProvider(fs::path folder) : output_(std::move(folder) / "provider.txt") { start(); }
  ~NodeProvider() { stop(); }
  NodeProvider(const NodeProvider&) = delete;
  NodeProvider& operator=(const NodeProvider&) = delete;

  // With keys that are new; on the port that it had.
  void start() {
    fs::remove(output_);
    const std::string line = "exec node --no-warnings '" + kNode + "provider.mjs' " + std::to_string(port_) +
                             " >'" + output_.string() + "' 2>&1";
    pipe_ = ::popen(line.c_str(), "we");
    EXPECT_TRUE(happens([&] { return said().starts_with("listening ") && said().ends_with('\n'); }))
        << said();
    port_ = std::stoi("0" + said().substr(std::string("listening ").size()));
  }
  void stop() {
    if (pipe_ != nullptr) ::pclose(std::exchange(pipe_, nullptr));
  }
  std::string issuer() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // The access token that a person gets by logging in; "-": software, by its own credentials.
  std::string login(const std::string& officer, const std::string& resource) const {
    int status = -1;
    std::string token = output_of(
        "node --no-warnings '" + kNode + "login.mjs' " + issuer() + ' ' + officer + " https://" + resource,
        &status);
    EXPECT_EQ(status, 0) << token;
    if (token.ends_with('\n')) token.pop_back();
    return token;
  }

 private:
  std::string said() const {
    std::ifstream in(output_);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  fs::path output_;
  int port_ = 0;
  FILE* pipe_ = nullptr;
};

class Oidc : public ::testing::Test {
 protected:
  void SetUp() override {
    int status = -1;
    const std::string installed = output_of("'" + kNode + "install.sh'", &status);
    ASSERT_EQ(status, 0) << installed;
    folder_ = fs::temp_directory_path() / ("motcua-oidc-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    provider_.emplace(folder_);
    service_.emplace(options());
    client_.emplace(service_->port(), service_->token());
  }
  void TearDown() override {
    provider_.reset();
    fs::remove_all(folder_);
  }
  ServiceOptions options() const {
    ServiceOptions made;
    made.sandbox = "2026-08-10T08:00:00+07:00";
    made.keys = {{"province", "", true}};
    const json identity{{"issuer", provider_->issuer()},
                        {"audience", kAudience},
                        {"officer_claim", "employee_code"},
                        {"leeway_seconds", 2},
                        {"refresh_seconds", 10},
                        {"keep_seconds", 600},
                        {"ca_file", nullptr}};
    made.configure = [identity](json& config) {
      use_copied_procedures(config);
      config["identity"] = identity;
    };
    return made;
  }
  HttpAnswer get(const std::string& token, const std::string& target = "/v1/dossiers") {
    HttpClient client(service_->port(), token);
    return client.get(target);
  }
  std::string identity() { return client_->get("/readyz").json().value("identity", ""); }

  fs::path folder_;
  std::optional<NodeProvider> provider_;
  std::optional<RunningService> service_;
  std::optional<HttpClient> client_;
};

TEST_F(Oidc, LetsPeopleInWhoLoggedIn) {
  ASSERT_TRUE(knows_people(*client_));
  for (const char* algorithm : {"RS256", "ES256", "EdDSA"}) {
    HttpClient counter(service_->port(),
                       provider_->login("H32.101.cb01", std::string("api.example.vn/") + algorithm));
    const HttpAnswer filed =
        counter.post("/v1/dossiers", {{"procedure", "9.000003"},
                                      {"channel", "direct"},
                                      {"accept", true},
                                      {"receiving_agency", "H32.101"},
                                      {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}});
    ASSERT_EQ(filed.status, 201) << algorithm << filed.body;
    const std::string id = filed.json()["id"];
    const json event = client_->get("/v1/dossiers/" + id + "/events").json()["items"].back()["data"];
    EXPECT_EQ(event["caller"], "person:H32.101.cb01");
    EXPECT_EQ(event["on_behalf_of"], "H32.101.cb01");
    const HttpAnswer extended = counter.post("/v1/dossiers/" + id + "/extend",
                                             {{"ground", "FURTHER_REVIEW"}, {"reason", "Xem thêm"}});
    EXPECT_EQ(extended.status, 403) << extended.body;
  }
  // For another audience; and software that has a token of the same provider, but is no officer.
  const HttpAnswer other = get(provider_->login("H32.101.cb01", "other.example.vn/RS256"));
  EXPECT_EQ(other.status, 401);
  EXPECT_EQ(other.json()["detail"], "The access token is for another audience");
  const HttpAnswer machine = get(provider_->login("-", "api.example.vn/RS256"));
  EXPECT_EQ(machine.status, 403);
  EXPECT_EQ(machine.json()["code"], "no_officer");
  // A token that ends soon, and with it the stream that it opened.
  const std::string brief = provider_->login("H32.101.ct01", "api.example.vn/RS256/short");
  EventClient stream(service_->port(), brief, "/v1/events/stream");
  ASSERT_EQ(stream.status(), 200);
  EXPECT_TRUE(stream.ends());
  EXPECT_EQ(get(brief).json()["detail"], "The access token expired");
}

TEST_F(Oidc, FollowsTheProviderThroughNewKeysAndOutages) {
  ASSERT_TRUE(knows_people(*client_));
  const std::string before = provider_->login("H32.101.ct01", "api.example.vn/ES256");
  EXPECT_EQ(get(before).status, 200);
  // The provider comes back with other keys while the service runs.
  provider_->stop();
  EXPECT_TRUE(happens([&] { return identity() == "stale"; })) << identity();
  EXPECT_EQ(get(before).status, 200) << "its keys are known";
  provider_->start();
  const std::string after = provider_->login("H32.101.ct01", "api.example.vn/RS256");
  EXPECT_TRUE(happens([&] { return get(after).status == 200; })) << get(after).body;
  EXPECT_EQ(get(before).status, 401);
  EXPECT_EQ(get(before).json()["detail"], "The access token is signed by an unknown key");
  EXPECT_EQ(identity(), "ready");
  // A start while the provider is down: keys are served, people wait.
  provider_->stop();
  ASSERT_EQ(service_->stop(), 0);
  service_->restart();
  client_.emplace(service_->port(), service_->token());
  EXPECT_EQ(client_->get("/v1/dossiers").status, 200);
  const HttpAnswer waits = get(after);
  EXPECT_EQ(waits.status, 503);
  EXPECT_EQ(waits.json()["code"], "identity_unavailable");
  EXPECT_FALSE(waits.header("retry-after").empty());
  EXPECT_EQ(identity(), "unavailable");
  EXPECT_EQ(client_->get("/readyz").status, 200);
  provider_->start();
  const std::string last = provider_->login("H32.101.ct01", "api.example.vn/EdDSA");
  EXPECT_TRUE(happens([&] { return get(last).status == 200; })) << get(last).body;
  EXPECT_EQ(service_->log().find(last.substr(0, 60)), std::string::npos);
}

// What a provider must not say.
TEST(StrangeProviders, LeaveTheirPeopleOutAndTheRestServed) {
  IdentityProvider provider;
  const std::string token = provider.token("H32.101.ct01");
  provider.answer([&](const Received&) { return ReceiverSays{200, {}, std::string(1 << 20, ' ')}; });
  ServiceOptions options;
  options.configure = [&](json& config) { config["identity"] = provider.settings(); };
  RunningService service(options);
  HttpClient client = service.client();
  EXPECT_EQ(client.get("/v1/agencies").status, 200) << "a key";
  HttpClient person(service.port(), token);
  const auto log_says = [&](std::string_view what) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (service.log().find(what) == std::string::npos) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::yield();
    }
    return true;
  };
  EXPECT_TRUE(log_says("the answer is too long")) << service.log();
  const HttpAnswer nobody_knows = person.get("/v1/dossiers");
  EXPECT_EQ(nobody_knows.status, 503);
  EXPECT_EQ(nobody_knows.json()["code"], "identity_unavailable");
  const json ready = client.get("/readyz").json();
  EXPECT_EQ(ready["identity"], "unavailable");
  EXPECT_EQ(ready["status"], "ready");
  EXPECT_NE(client.get("/metrics").body.find("motcua_identity_fetches_total{result=\"failed\"} "),
            std::string::npos);
}

}  // namespace
}  // namespace motcua::testing
