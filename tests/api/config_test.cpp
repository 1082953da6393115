#include "api/config.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/api/config_files.h"
#include "tests/support/paths.h"

namespace motcua::api {
namespace {

const std::string kShipped = in_tree("config/server.json");

class Config : public ConfigFiles {
 protected:
  // The pointers of the faults of the shipped file with one member set, or removed when `value` is empty.
  std::vector<std::string> faults_with(const std::string& pointer, const std::string& value) {
    nlohmann::json document = nlohmann::json::parse(text_of(kShipped));
    const nlohmann::json::json_pointer at(pointer);
    if (value.empty()) {
      document[at.parent_pointer()].erase(at.back());
    } else {
      document[at] = nlohmann::json::parse(value);
    }
    std::vector<run::LoadFault> faults;
    const bool loaded = load_config(write("server.json", document.dump()), faults).has_value();
    EXPECT_EQ(loaded, faults.empty());
    std::vector<std::string> pointers;
    for (const run::LoadFault& fault : faults) pointers.push_back(fault.pointer);
    return pointers;
  }
};

TEST_F(Config, ShippedLoadsAsItIsWritten) {
  std::vector<run::LoadFault> faults;
  const auto config = load_config(kShipped, faults);
  ASSERT_TRUE(config);
  const nlohmann::json written = nlohmann::json::parse(text_of(kShipped));
  const nlohmann::json& limits = written["limits"];
  ASSERT_TRUE(config->listen.plain);
  EXPECT_EQ(to_text(*config->listen.plain, config->listen.plain->port), written["listen"]);
  EXPECT_FALSE(config->listen.tls) << "nobody has a certificate before there is one";
  EXPECT_EQ(config->listen.proxies, std::vector<std::string>());
  const auto expect_rate = [&](const std::optional<Rate>& rate, const char* name) {
    ASSERT_TRUE(rate) << name;
    EXPECT_EQ(rate->per_second, written["rates"][name]["per_second"]) << name;
    EXPECT_EQ(rate->burst, written["rates"][name]["burst"]) << name;
  };
  expect_rate(config->listen.rates.caller, "caller");
  expect_rate(config->listen.rates.address, "address");
  expect_rate(config->listen.rates.failures, "failures");
  expect_rate(config->listen.rates.handshakes, "handshakes");
  EXPECT_EQ(config->database.string(), written["database"]);
  EXPECT_EQ(config->master_key_file.string(), written["master_key_file"]);
  EXPECT_EQ(key_files(*config).records, "var/motcua.db.keys");
  EXPECT_EQ(erasures_file(*config), "var/motcua.db.erasures");
  EXPECT_EQ(config->threads, written["threads"]);
  EXPECT_EQ(config->header_bytes, limits["header_bytes"]);
  EXPECT_EQ(config->body_bytes, limits["body_bytes"]);
  EXPECT_EQ(config->json_depth, limits["json_depth"]);
  EXPECT_EQ(config->connections, limits["connections"]);
  EXPECT_EQ(config->connections_per_address, limits["connections_per_address"]);
  EXPECT_EQ(config->handshake_timeout.count(), limits["handshake_timeout_ms"]);
  EXPECT_EQ(config->body_grace.count(), limits["body_grace_ms"]);
  EXPECT_EQ(config->body_bytes_per_second, limits["body_bytes_per_second"]);
  EXPECT_EQ(config->streams, limits["streams"]);
  EXPECT_EQ(config->stream_checkpoint.count(), limits["stream_checkpoint_ms"]);
  EXPECT_EQ(config->header_timeout.count(), limits["header_timeout_ms"]);
  EXPECT_EQ(config->body_timeout.count(), limits["body_timeout_ms"]);
  EXPECT_EQ(config->idle_timeout.count(), limits["idle_timeout_ms"]);
  EXPECT_EQ(config->write_timeout.count(), limits["write_timeout_ms"]);
  EXPECT_EQ(config->queue_wait.count(), limits["queue_wait_ms"]);
  EXPECT_EQ(config->queue_length, limits["queue_length"]);
  EXPECT_EQ(config->group_size, limits["group_size"]);
  EXPECT_EQ(config->stop_grace.count(), limits["stop_grace_ms"]);
  EXPECT_EQ(config->batch_items, limits["batch_items"]);
  EXPECT_EQ(config->code_block_codes, limits["code_block_codes"]);
  EXPECT_EQ(config->reports_waiting, limits["reports_waiting"]);
  EXPECT_EQ(config->code_blocks_open, limits["code_blocks_open"]);
  EXPECT_EQ(config->if_match_required, written["if_match"] == "required");
  EXPECT_TRUE(config->officer_required) << "software names its officer";
  EXPECT_EQ(config->listen.scrapers.size(), written["scrapers"].size());
  EXPECT_EQ(config->idempotency_days, written["idempotency_days"]);
  EXPECT_EQ(config->calendars.string(), written["calendars"]);
  EXPECT_EQ(config->rulebook.string(), written["rulebook"]);
  EXPECT_EQ(config->agencies.string(), written["agencies"]);
  EXPECT_EQ(config->procedures.string(), written["procedures"]);
  EXPECT_EQ(config->messages.string(), written["messages"]);
  EXPECT_EQ(config->slips.string(), written["slips"]);
  EXPECT_EQ(config->default_calendar, written["default_calendar"]);
  EXPECT_EQ(config->keys_file.string(), written["keys_file"]);
  EXPECT_EQ(config->log.level, LogLevel::info);
  EXPECT_EQ(config->log.file, "");
  EXPECT_FALSE(config->mail.enabled) << "nobody is written to before it is asked for";
  EXPECT_TRUE(config->mail.starttls);
  EXPECT_EQ(config->mail.host, written["mail"]["host"]);
  EXPECT_EQ(config->mail.port, written["mail"]["port"]);
  EXPECT_EQ(config->mail.from, written["mail"]["from"]);
  EXPECT_EQ(config->mail.from_name, written["mail"]["from_name"]);
  EXPECT_EQ(config->mail.kept_days, written["mail"]["kept_days"]);
}

TEST_F(Config, DemandsEveryMember) {
  const nlohmann::json written = nlohmann::json::parse(text_of(kShipped));
  for (const auto& [key, value] : written.items()) {
    EXPECT_EQ(faults_with("/" + key, ""), Pointers{"/" + key});
  }
  for (const char* group : {"limits", "log", "mail", "rates", "rates/caller"}) {
    const nlohmann::json members = written[nlohmann::json::json_pointer("/" + std::string(group))];
    for (const auto& [key, value] : members.items()) {
      const std::string pointer = "/" + std::string(group) + "/" + key;
      EXPECT_EQ(faults_with(pointer, ""), Pointers{pointer});
    }
  }
}

// The schema says the bounds; the loader must take both ends and refuse what lies beyond.
TEST_F(Config, KeepsTheBoundsOfTheSchema) {
  const nlohmann::json schema = nlohmann::json::parse(text_of(in_tree("config/server.schema.json")));
  const auto expect_bounds = [&](const std::string& pointer, const nlohmann::json& of) {
    if (of.value("type", "") != "integer") return;
    const auto min = of["minimum"].get<std::int64_t>();
    const auto max = of["maximum"].get<std::int64_t>();
    EXPECT_EQ(faults_with(pointer, std::to_string(min)), Pointers{});
    EXPECT_EQ(faults_with(pointer, std::to_string(max)), Pointers{});
    EXPECT_EQ(faults_with(pointer, std::to_string(min - 1)), Pointers{pointer});
    EXPECT_EQ(faults_with(pointer, std::to_string(max + 1)), Pointers{pointer});
    EXPECT_EQ(faults_with(pointer, "1.5"), Pointers{pointer});
  };
  const nlohmann::json& top = schema["properties"];
  for (const auto& [key, of] : top.items()) expect_bounds("/" + key, of);
  for (const auto& [key, of] : top["limits"]["properties"].items()) expect_bounds("/limits/" + key, of);
  for (const auto& [key, of] : top["mail"]["properties"].items()) expect_bounds("/mail/" + key, of);
  for (const auto& [key, of] : schema["definitions"]["rate"]["properties"].items())
    expect_bounds("/rates/caller/" + key, of);
}

TEST_F(Config, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(faults_with("/colour", "1"), Pointers{"/colour"});
  EXPECT_EQ(faults_with("/limits/colour", "1"), Pointers{"/limits/colour"});
  EXPECT_EQ(faults_with("/log/colour", "1"), Pointers{"/log/colour"});
  EXPECT_EQ(faults_with("/if_match", "\"maybe\""), Pointers{"/if_match"});
  EXPECT_EQ(faults_with("/on_behalf_of", "\"maybe\""), Pointers{"/on_behalf_of"});
  EXPECT_EQ(faults_with("/scrapers", "[\"10.0.0.1/8\"]"), Pointers{"/scrapers"});
  EXPECT_EQ(faults_with("/log/level", "\"loud\""), Pointers{"/log/level"});
  EXPECT_EQ(faults_with("/log/file", "7"), Pointers{"/log/file"});
  EXPECT_EQ(faults_with("/log/file", "\"var/motcua.log\""), Pointers{});
  EXPECT_EQ(faults_with("/default_calendar", "\"Việt Nam\""), Pointers{"/default_calendar"});
  EXPECT_EQ(faults_with("/listen", "\"127.0.0.1\""), Pointers{"/listen"});
  EXPECT_EQ(faults_with("/database", "\"\""), Pointers{"/database"});
}

TEST_F(Config, SendsNoLetterInTheClearToAnotherMachine) {
  const std::string starttls = "/mail/starttls";
  EXPECT_EQ(faults_with(starttls, "\"never\""), Pointers{});  // the shipped host is this machine
  EXPECT_EQ(faults_with(starttls, "\"perhaps\""), Pointers{starttls});
  const auto mail = [](const char* host, const char* rest) {
    return R"({"enabled": true, "port": 25, "ca_file": null, "from": "a@example.vn", "from_name": "A",
              "kept_days": 1, "host": ")" +
           std::string(host) + "\", " + rest + "}";
  };
  const std::string clear = R"("starttls": "never", "user": null, "password_file": null)";
  for (const char* host : {"127.0.0.1", "127.0.0.53", "::1", "localhost"}) {
    EXPECT_EQ(faults_with("/mail", mail(host, clear.c_str())), Pointers{}) << host;
  }
  for (const char* host : {"mail.example.vn", "10.0.0.1", "localhost.example.vn", "127.example.vn"}) {
    EXPECT_EQ(faults_with("/mail", mail(host, clear.c_str())), Pointers{starttls}) << host;
  }
  EXPECT_EQ(faults_with("/mail", mail("mail.example.vn",
                                      R"("starttls": "required", "user": "a", "password_file": "var/p")")),
            Pointers{});
  EXPECT_EQ(faults_with("/mail", mail("mail.example.vn",
                                      R"("starttls": "required", "user": "a", "password_file": null)")),
            Pointers{"/mail/password_file"});
  EXPECT_EQ(faults_with("/mail/host", "\"a b\""), Pointers{"/mail/host"});
  EXPECT_EQ(faults_with("/mail/from", "\"nobody\""), Pointers{"/mail/from"});
  EXPECT_EQ(faults_with("/mail/colour", "1"), Pointers{"/mail/colour"});
}

TEST_F(Config, TakesAnIdentityProviderThatIsReachedSafely) {
  const nlohmann::json whole{{"issuer", "https://id.example.vn/province"},
                             {"audience", "motcua"},
                             {"officer_claim", "sub"},
                             {"leeway_seconds", 30},
                             {"refresh_seconds", 300},
                             {"keep_seconds", 86'400},
                             {"ca_file", nullptr}};
  const auto with = [&](const char* member, const nlohmann::json& value) {
    nlohmann::json made = whole;
    made[member] = value;
    return faults_with("/identity", made.dump());
  };
  EXPECT_EQ(faults_with("/identity", "null"), Pointers{});
  EXPECT_EQ(faults_with("/identity", "7"), Pointers{"/identity"});
  for (const char* own : {"https://id.example.vn", "https://10.1.2.3:8443/", "http://127.0.0.1:3000",
                          "http://localhost:8080/realms/a", "http://[::1]:80/x", "http://127.9.9.9"})
    EXPECT_EQ(with("issuer", own), Pointers{}) << own;
  for (const char* other :
       {"http://id.example.vn", "http://10.1.2.3", "http://localhost.example.vn", "http://127.example.vn",
        "http://[::1].example.vn", "http://127.0.0.1@example.vn", "ftp://127.0.0.1", "id.example.vn",
        "https://", "https://id.example.vn?a", "https://id.example.vn#a", "https://a:b@id.example.vn",
        "https://id.example.vn/ a"})
    EXPECT_EQ(with("issuer", other), Pointers{"/identity/issuer"}) << other;
  for (const auto& [member, value] : whole.items()) {
    nlohmann::json less = whole;
    less.erase(member);
    EXPECT_EQ(faults_with("/identity", less.dump()), Pointers{"/identity/" + member});
  }
  EXPECT_EQ(with("colour", 1), Pointers{"/identity/colour"});
  EXPECT_EQ(with("leeway_seconds", 121), Pointers{"/identity/leeway_seconds"});
  EXPECT_EQ(with("refresh_seconds", 9), Pointers{"/identity/refresh_seconds"});
  EXPECT_EQ(with("keep_seconds", 299), Pointers{"/identity/keep_seconds"});
  EXPECT_EQ(with("keep_seconds", 604'801), Pointers{"/identity/keep_seconds"});
  EXPECT_EQ(with("ca_file", "var/ca.pem"), Pointers{});
}

TEST_F(Config, SaysWhichFileItCannotRead) {
  std::vector<run::LoadFault> faults;
  EXPECT_FALSE(load_config(root_ / "none.json", faults));
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].file, (root_ / "none.json").string());
}

TEST_F(Config, ListensInTheClearOnThisMachineAlone) {
  for (const char* own : {"127.0.0.1:80", "127.0.0.53:0", "[::1]:8080"})
    EXPECT_EQ(faults_with("/listen", '"' + std::string(own) + '"'), Pointers{}) << own;
  for (const char* other :
       {"0.0.0.0:80", "192.168.1.2:80", "[::]:80", "[::ffff:10.0.0.1]:80", "localhost:80"})
    EXPECT_EQ(faults_with("/listen", '"' + std::string(other) + '"'), Pointers{"/listen"}) << other;
  EXPECT_EQ(faults_with("/listen", "null"), Pointers{"/listen"}) << "nothing would be listened to";
}

TEST_F(Config, TakesTlsWithItsFiles) {
  const auto tls = [](const char* rest) {
    return R"({"listen": "0.0.0.0:8443", )" + std::string(rest) + "}";
  };
  EXPECT_EQ(faults_with("/tls", tls(R"("certificate_file": "a", "key_file": "b", "client_ca_file": null)")),
            Pointers{});
  EXPECT_EQ(faults_with("/tls", tls(R"("certificate_file": "a", "key_file": "b", "client_ca_file": "c")")),
            Pointers{});
  EXPECT_EQ(faults_with("/tls", tls(R"("certificate_file": "a", "client_ca_file": null)")),
            Pointers{"/tls/key_file"});
  EXPECT_EQ(
      faults_with("/tls", tls(R"("certificate_file": "a", "key_file": "b", "client_ca_file": "c", "x": 1)")),
      Pointers{"/tls/x"});
  EXPECT_EQ(faults_with("/tls", "7"), Pointers{"/tls"});
  EXPECT_EQ(faults_with("/rates", "null"), Pointers{});
  EXPECT_EQ(faults_with("/rates/caller", "null"), Pointers{});
  EXPECT_EQ(faults_with("/proxies", R"(["10.0.0.7/32", "::1/128"])"), Pointers{});
  EXPECT_EQ(faults_with("/proxies", R"(["10.0.0.7"])"), Pointers{"/proxies"});
}

TEST(Listen, TakesAnAddressAndAPort) {
  const auto expect = [](const char* text, const char* address, int port) {
    const auto made = listen_address(text);
    ASSERT_TRUE(made) << text;
    EXPECT_EQ(made->address, address);
    EXPECT_EQ(made->port, port);
    EXPECT_EQ(to_text(*made, made->port), text);
  };
  expect("0.0.0.0:65535", "0.0.0.0", 65535);
  expect("[::1]:0", "::1", 0);
  expect("localhost:80", "localhost", 80);
  for (const char* bad : {"", "8080", ":8080", "localhost:", "localhost:65536", "localhost:-1", "::1:8080",
                          "[::1]", "[]:80", "[localhost]:80", "a b:80", "localhost:80x", "localhost: 80"}) {
    EXPECT_FALSE(listen_address(bad)) << bad;
  }
}

}  // namespace
}  // namespace motcua::api
