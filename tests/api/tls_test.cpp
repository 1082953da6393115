// The service over TLS: its settings, its certificates, its callers, and what it never tells.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "tests/support/certificates.h"
#include "tests/support/eventually.h"
#include "tests/support/paths.h"
#include "tests/support/service.h"

namespace motcua::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

bool says(const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; }

std::string whole(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A service with a certificate in its own folder, as "server.pem" and "server.key".
class TlsService : public ::testing::Test {
 protected:
  ServiceOptions options() {
    ServiceOptions made;
    made.configure = [this](json& config) {
      folder_ = fs::path(config["database"].get<std::string>()).parent_path();
      ca_.emplace(folder_, "ca");
      install("first");
      config["tls"] = {{"listen", "127.0.0.1:0"},
                       {"certificate_file", folder_ / "server.pem"},
                       {"key_file", folder_ / "server.key"},
                       {"client_ca_file", folder_ / "ca.pem"}};
      if (more_) more_(config);
    };
    return made;
  }
  // Puts a certificate of this name where the service looks for its own.
  void install(const std::string& name) {
    const KeyPair pair = ca_->issue(name);
    fs::rename(pair.key, folder_ / "server.key");
    fs::rename(pair.certificate, folder_ / "server.pem");
  }
  std::string address(const RunningService& service) const {
    return "localhost:" + std::to_string(service.secure_port());
  }
  std::string shown_by(const RunningService& service) const {
    const std::string said = output_of("openssl s_client -connect " + address(service));
    const std::size_t at = said.find("subject=CN = ");
    return at == std::string::npos ? said : said.substr(at + 13, said.find('\n', at) - at - 13);
  }
  std::string curl(const RunningService& service, const std::string& path,
                   const std::string& more = {}) const {
    return output_of("curl -sS -i --max-time 20 --cacert '" + (folder_ / "ca.pem").string() + "' " + more +
                     " 'https://" + address(service) + path + "'");
  }

  fs::path folder_;
  std::optional<Authority> ca_;
  std::function<void(json&)> more_;
};

TEST_F(TlsService, ServesBesideTheLocalOneAndWithoutIt) {
  {
    RunningService both(options());
    const std::string said = curl(both, "/v1/agencies", "-H 'Authorization: Bearer " + both.token() + "'");
    EXPECT_TRUE(says(said, "HTTP/1.1 200 OK")) << said;
    EXPECT_TRUE(says(said, "Strict-Transport-Security: ")) << said;
    EXPECT_EQ(both.client().get("/readyz").status, 200);
    EXPECT_EQ(both.client().get("/readyz").header("strict-transport-security"), "");
  }
  more_ = [](json& config) { config["listen"] = nullptr; };
  // Python's client, with the defaults that it has for everybody.
  RunningService service(options());
  const std::string python =
      output_of("python3 -c \"import ssl, urllib.request as u; c = ssl.create_default_context(cafile='" +
                (folder_ / "ca.pem").string() + "'); print(u.urlopen('https://" + address(service) +
                "/readyz', context=c, timeout=20).status)\"");
  EXPECT_EQ(python, "200\n");
  EXPECT_EQ(service.port(), 0);
}

TEST_F(TlsService, RefusesToListenInTheClearToOthersAndSaysHowToDoItRight) {
  RunningService service;
  ASSERT_EQ(service.stop(), 0);
  const Ended told =
      run_motcua({"serve", "--sandbox", "--config", service.config_file(), "--listen", "0.0.0.0:0"},
                 service.directory());
  EXPECT_EQ(told.status, 1);
  EXPECT_TRUE(says(told.error, "tls.listen")) << told.error;
  EXPECT_EQ(std::count(told.error.begin(), told.error.end(), '\n'), 1) << told.error;
  json config = json::parse(whole(service.config_file()));
  config["listen"] = "[::]:0";
  std::ofstream(service.config_file()) << config.dump();
  const Ended set =
      run_motcua({"serve", "--sandbox", "--config", service.config_file()}, service.directory());
  EXPECT_EQ(set.status, 1);
  EXPECT_TRUE(says(set.out, "/listen: Expected an address of this machine alone")) << set.out;
  EXPECT_EQ(std::count(set.out.begin(), set.out.end(), '\n'), 1) << set.out;
}

TEST_F(TlsService, DoesNotStartWithFilesThatDoNotBelongTogether) {
  RunningService service(options());
  ASSERT_EQ(service.stop(), 0);
  fs::rename(ca_->issue("other").key, folder_ / "server.key");
  const Ended ended =
      run_motcua({"serve", "--sandbox", "--config", service.config_file()}, service.directory());
  EXPECT_EQ(ended.status, 1);
  EXPECT_TRUE(says(ended.error, "server.key: expected the certificate's private key")) << ended.error;
  const Ended checked = run_motcua({"check", "--config", service.config_file()}, service.directory());
  EXPECT_EQ(checked.status, 1);
  EXPECT_TRUE(says(checked.out, "/tls: " + (folder_ / "server.key").string() + ": expected")) << checked.out;
  EXPECT_EQ(std::count(ended.error.begin(), ended.error.end(), '\n'), 1) << ended.error;
}

TEST_F(TlsService, TakesARenewedCertificateOverWithoutARestart) {
  RunningService service(options());
  EXPECT_EQ(shown_by(service), "first");
  install("second");
  ::kill(service.pid(), SIGHUP);
  EXPECT_TRUE(eventually([&] { return says(service.log(), "\"reloaded\""); }));
  EXPECT_EQ(shown_by(service), "second");
  install("third");  // nobody says so
  EXPECT_TRUE(eventually([&] { return shown_by(service) == "third"; }));
  const std::string metrics = service.client().get("/metrics").body;
  EXPECT_TRUE(says(metrics, "\nmotcua_tls_certificate_expires_at_seconds 1")) << metrics;
}

TEST_F(TlsService, KeepsItsCertificateWhenTheNewOneIsNotWhole) {
  RunningService service(options());
  const std::string good = whole(folder_ / "server.key");
  fs::rename(ca_->issue("other").key, folder_ / "server.key");
  ::kill(service.pid(), SIGHUP);
  EXPECT_TRUE(eventually([&] { return says(service.log(), "\"reload_refused\""); })) << service.log();
  EXPECT_TRUE(eventually([&] { return says(service.log(), "\"certificate_refused\""); })) << service.log();
  EXPECT_TRUE(says(service.log(), "server.key: expected the certificate's private key"));
  EXPECT_EQ(shown_by(service), "first");
  std::ofstream(folder_ / "server.key") << good;
  EXPECT_TRUE(eventually([&] {
    const std::string log = service.log();
    return log.find("certificate_in_use", log.find("certificate_refused")) != std::string::npos;
  }));
  EXPECT_EQ(shown_by(service), "first");
}

// Every check takes two minutes: `tools/tls-scan`.
TEST(TlsScan, FindsNothingAboveLow) {
  int status = -1;
  const std::string said =
      output_of("python3 '" + in_tree("tests/support/tls_scan.py") + "' '" + motcua_binary() + "'", &status);
  EXPECT_EQ(status, 0) << said;
}

TEST_F(TlsService, KnowsACallerByItsCertificate) {
  KeyPair counter;
  KeyPair unknown;
  more_ = [&](json& config) {
    counter = ca_->issue("counter");
    unknown = ca_->issue("unknown");
    const json by_certificate{{"id", "counter"},
                              {"name", "Counter software"},
                              {"grants", {{{"role", "integration"}}}},
                              {"certificate_sha256", fingerprint_of(counter.certificate)}};
    const json by_token{{"id", "other"},
                        {"name", "Another"},
                        {"grants", {{{"role", "integration"}, {"agency", "H32.101"}}}},
                        // printf %s mc_other | sha256sum
                        {"sha256", "1872e98f84af3433f5438ac5f4b2ce5f75dab34e24408839be625609022929b8"}};
    std::ofstream(config["keys_file"].get<std::string>())
        << json{{"keys", {by_certificate, by_token}}}.dump();
  };
  RunningService service(options());
  const auto with = [](const KeyPair& pair) {
    return " --cert '" + pair.certificate.string() + "' --key '" + pair.key.string() + "' ";
  };
  EXPECT_TRUE(says(curl(service, "/v1/dossiers", with(counter)), "HTTP/1.1 200"));
  const std::string filed = curl(
      service, "/v1/dossiers",
      with(counter) + "-H 'Content-Type: application/json' -H 'Idempotency-Key: tls-1' -d '" +
          R"({"procedure":"1.004194","channel":"online","receiving_agency":"H32.101","owner":{"kind":"citizen","name":"A"}})" +
          "'");
  EXPECT_TRUE(says(filed, "HTTP/1.1 201")) << filed;
  EXPECT_TRUE(says(curl(service, "/v1/dossiers", with(unknown)), "HTTP/1.1 401"));
  EXPECT_TRUE(says(curl(service, "/v1/dossiers"), "HTTP/1.1 401"));
  // What is said outweighs what is shown: a wrong key is not made good by a certificate.
  EXPECT_TRUE(says(curl(service, "/v1/dossiers", with(counter) + "-H 'Authorization: Bearer mc_wrong'"),
                   "HTTP/1.1 401"));
  const std::string dossiers = curl(service, "/v1/events", with(counter));
  EXPECT_TRUE(says(dossiers, "\"counter\"")) << "the history names the caller: " << dossiers;
}

TEST_F(TlsService, TellsNoSecretAnywhere) {
  ServiceOptions chatty = options();
  more_ = [](json& config) { config["log"]["level"] = "trace"; };
  RunningService service(chatty);
  std::string told;
  HttpClient client = service.client();
  told += client.get("/v1/agencies?key=" + service.token()).body;
  told += client.get("/" + service.token()).body;
  for (const char* scheme : {"Bearer ", "Basic ", "Bearer  ", ""}) {
    const HttpAnswer answer =
        client.request("GET", "/v1/dossiers", {}, {{"Authorization", scheme + service.token() + "x"}});
    EXPECT_EQ(answer.status, 401);
    told += answer.body;
  }
  told += client
              .request("POST", "/v1/dossiers", R"({"token": ")" + service.token() + R"("})",
                       {{"Idempotency-Key", service.token()}})
              .body;
  told += curl(service, "/v1/dossiers", "-H 'Authorization: Bearer " + service.token() + "x'");
  told += client.get("/metrics").body;
  fs::rename(ca_->issue("other").key, folder_ / "server.key");
  ::kill(service.pid(), SIGHUP);
  EXPECT_TRUE(eventually([&] { return says(service.log(), "\"reload_refused\""); }));
  const fs::path process = fs::path("/proc") / std::to_string(service.pid());
  told += whole(process / "cmdline") + whole(process / "environ") + whole(process / "comm");
  EXPECT_EQ(service.stop(), 0);
  told += service.log();

  EXPECT_FALSE(says(told, service.token()));
  EXPECT_FALSE(says(told, "PRIVATE KEY"));
  const std::string pem = whole(folder_ / "server.key");
  EXPECT_FALSE(says(told, pem.substr(pem.find('\n') + 1, 40)));
  const std::string master = whole(folder_ / "master.key");
  ASSERT_GE(master.size(), 16u);
  EXPECT_FALSE(says(told, master.substr(0, 16)));
}

}  // namespace
}  // namespace motcua::testing
