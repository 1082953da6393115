// People by their access tokens: what they may do, in whose name, and what is told to whom is nobody.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/event_client.h"
#include "tests/support/identity_provider.h"

namespace motcua::testing {
namespace {

using nlohmann::json;

class People : public ::testing::Test {
 protected:
  ServiceOptions options() {
    ServiceOptions made;
    made.sandbox = "2026-08-10T08:00:00+07:00";
    made.keys = {{"province", "", true}};
    made.configure = [this](json& config) {
      use_copied_procedures(config);
      add_deputy(config);
      config["identity"] = provider_.settings();
      config["limits"]["stream_checkpoint_ms"] = 100;
      config["webhooks"]["allow_http"] = true;
      config["webhooks"]["allow_networks"] = {"127.0.0.0/8"};
    };
    made.grant = [](json& file) {
      file["people"] = {
          {{"officer", "H32.cv77"}, {"grants", {{{"role", "provincial_supervisor"}}}}},
          {{"officer", "H32.101.cb01"},
           {"grants", {{{"role", "integration"}, {"agency", "H32.102"}, {"to", "2026-08-10"}}}}}};
    };
    return made;
  }
  People() : service_(options()), province_(service_.port(), service_.token()) {
    EXPECT_TRUE(knows_people(province_));
  }
  // For two days a counter officer stands for the head of its agency.
  static void add_deputy(json& config) {
    const std::filesystem::path shipped = config["agencies"];
    std::ifstream in(shipped);
    json file = json::parse(in);
    for (json& agency : file["agencies"]) {
      for (json& officer : agency["officers"]) {
        if (officer["id"] != "H32.101.ct01") continue;
        officer["deputies"].push_back(
            {{"officer", "H32.101.cb02"}, {"from", "2026-08-10"}, {"to", "2026-08-11"}});
      }
    }
    const std::filesystem::path database = config["database"];
    config["agencies"] = database.parent_path() / "agencies.json";
    std::ofstream(config["agencies"].get<std::string>()) << file.dump();
  }
  // What the keys file says of people, taken over at once.
  void grant(const json& people) {
    const auto file = service_.directory() / "keys.json";
    std::ifstream in(file);
    json keys = json::parse(in);
    keys["people"] = people;
    std::ofstream(file) << keys.dump();
    const std::string before = service_.log();
    ::kill(service_.pid(), SIGHUP);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (service_.log().find("\"reloaded\"", before.size()) == std::string::npos) {
      ASSERT_LT(std::chrono::steady_clock::now(), until) << service_.log();
      std::this_thread::yield();
    }
  }
  HttpClient person(const std::string& officer) {
    return HttpClient(service_.port(), provider_.token(officer));
  }

  static json filing(const std::string& agency) {
    return {{"procedure", "9.000003"},
            {"channel", "direct"},
            {"accept", true},
            {"receiving_agency", agency},
            {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}};
  }
  std::string accepted(const std::string& agency = "H32.101") {
    const HttpAnswer answer = province_.post("/v1/dossiers", filing(agency));
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json().value("id", "none");
  }
  static std::string said(const HttpAnswer& answer) {
    return answer.status < 300 ? "done"
                               : std::to_string(answer.status) + ' ' + answer.json().value("code", "");
  }
  static std::string say(HttpClient& client, const std::string& id, const std::string& word,
                         const json& body) {
    return said(client.post("/v1/dossiers/" + id + '/' + word, body));
  }
  json last_event(const std::string& id) {
    return province_.get("/v1/dossiers/" + id + "/events").json()["items"].back()["data"];
  }
  double metric(const std::string& name) {
    const std::string body = province_.get("/metrics").body;
    const std::size_t at = body.find('\n' + name + ' ');
    return at == std::string::npos ? -1 : std::stod(body.substr(at + name.size() + 2));
  }

  IdentityProvider provider_;
  RunningService service_;
  HttpClient province_;
  const json extension_{{"ground", "FURTHER_REVIEW"}, {"reason", "Xem thêm"}};
};

TEST_F(People, MayDoWhatTheirPositionGives) {
  HttpClient counter = person("H32.101.cb01");
  HttpClient head = person("H32.101.ct01");
  const HttpAnswer filed = counter.post("/v1/dossiers", filing("H32.101"));
  ASSERT_EQ(filed.status, 201) << filed.body;
  const std::string id = filed.json()["id"];
  EXPECT_EQ(last_event(id)["caller"], "person:H32.101.cb01");
  EXPECT_EQ(last_event(id)["on_behalf_of"], "H32.101.cb01");
  EXPECT_EQ(filed.json()["owner"]["name"], "L*** C***") << "masked, as for everybody";
  const std::string opened = "/v1/dossiers/" + id + "/owner?unmasked=true&reason=x";
  EXPECT_NE(counter.get(opened).body.find("Lê C"), std::string::npos) << counter.get(opened).body;
  EXPECT_EQ(said(counter.get(opened + "&on_behalf_of=H32.101.ct01")), "403 forbidden_person");
  EXPECT_EQ(say(counter, id, "extend", extension_), "403 forbidden_right");
  EXPECT_EQ(say(head, id, "extend", extension_), "done");
  EXPECT_EQ(last_event(id)["on_behalf_of"], "H32.101.ct01");
  // Elsewhere they see nothing.
  HttpClient elsewhere = person("H32.103.ct01");
  EXPECT_EQ(elsewhere.get("/v1/dossiers/" + id).status, 404);
  EXPECT_EQ(say(elsewhere, id, "extend", extension_), "404 not_found");
  EXPECT_EQ(elsewhere.get("/v1/dossiers").json()["items"].size(), 0u);
  EXPECT_EQ(head.get("/v1/dossiers").json()["items"].size(), 1u);
}

TEST_F(People, StandForOthersOnTheDaysThatSaySo) {
  const std::string id = accepted();
  const std::string other = accepted();
  HttpClient deputy = person("H32.101.cb02");
  EXPECT_EQ(say(deputy, id, "extend", extension_), "done");
  EXPECT_EQ(last_event(id)["on_behalf_of"], "H32.101.cb02") << "in its own name";
  ASSERT_TRUE(service_.set_clock("2026-08-12T08:00:00+07:00"));
  EXPECT_EQ(say(deputy, other, "extend", extension_), "403 forbidden_right");
  EXPECT_EQ(deputy.get("/v1/dossiers/" + other).status, 200) << "its own position goes on";
}

TEST_F(People, ActAsThemselvesAlone) {
  HttpClient head = person("H32.101.ct01");
  const std::string id = accepted();
  json body = extension_;
  body["on_behalf_of"] = "H32.101.tp01";
  EXPECT_EQ(say(head, id, "extend", body), "403 forbidden_person");
  json other = filing("H32.101");
  other["on_behalf_of"] = "H32.101.cb02";
  EXPECT_EQ(said(person("H32.101.cb01").post("/v1/dossiers", other)), "403 forbidden_person");
  const json batch{{"items", {{{"key", "a"}, {"command", "extend"}, {"dossier", id}, {"body", body}}}}};
  EXPECT_EQ(head.post("/v1/batches", batch).json()["results"][0]["problem"]["code"], "forbidden_person");
  EXPECT_EQ(province_.get("/v1/dossiers/" + id).json()["version"], 2) << "nothing was written";
  body["on_behalf_of"] = "H32.101.ct01";
  EXPECT_EQ(say(head, id, "extend", body), "done");
  // Software still has to say in whose name.
  const HttpAnswer nobody = province_.post("/v1/dossiers/" + accepted() + "/extend", extension_);
  EXPECT_EQ(nobody.status, 422);
  EXPECT_EQ(nobody.json()["errors"][0]["code"], "missing_field") << nobody.body;
  // Who handled a dossier is held off, whoever asks.
  const std::string own = accepted();
  ASSERT_EQ(say(province_, own, "assign", {{"officer", "H32.101.tp01"}}), "done");
  HttpClient handler = person("H32.101.tp01");
  EXPECT_EQ(say(handler, own, "extend", extension_), "403 own_dossier");
  const auto hindered = [&](HttpClient& who, const std::string& word) {
    const json actions = who.get("/v1/dossiers/" + own + "/actions").json()["actions"];
    for (const json& action : actions) {
      if (action["command"] == word && !action["allowed"]) return action["code"].get<std::string>();
    }
    return std::string();
  };
  EXPECT_EQ(hindered(handler, "extend"), "own_dossier");
  EXPECT_EQ(hindered(head, "extend"), "");
}

TEST_F(People, AcknowledgeAndPublishAsThemselves) {
  accepted();
  ASSERT_TRUE(service_.set_clock("2026-09-08T09:00:00+07:00"));
  HttpClient head = person("H32.101.ct01");
  const json alerts = head.get("/v1/alerts?officer=H32.101.ct01").json()["items"];
  ASSERT_FALSE(alerts.empty());
  const std::string alert = "/v1/alerts/" + alerts[0]["id"].get<std::string>() + "/ack";
  EXPECT_EQ(said(province_.post(alert, json::object())), "422 invalid_request");
  EXPECT_EQ(said(head.post(alert, {{"officer", "H32.101.tp01"}})), "403 forbidden_person");
  const HttpAnswer acknowledged = head.post(alert, json::object());
  EXPECT_EQ(said(acknowledged), "done") << acknowledged.body;
  EXPECT_EQ(acknowledged.json()["acts"].back()["officer"], "H32.101.ct01") << acknowledged.body;
  const json month{{"month", "2026-08"}, {"agency", "H32.101"}};
  EXPECT_EQ(said(province_.post("/v1/publications", month)), "422 invalid_request");
  EXPECT_EQ(said(person("H32.101.cb01").post("/v1/publications", month)), "403 forbidden_right");
  EXPECT_EQ(said(head.post("/v1/publications", month)), "done");
}

TEST_F(People, AreGrantedMoreInTheKeysFile) {
  const std::string id = accepted();
  HttpClient supervisor = person("H32.cv77");  // of no agency
  EXPECT_EQ(supervisor.get("/v1/dossiers/" + id).status, 200);
  EXPECT_EQ(supervisor.get("/v1/dossiers/" + id).json()["owner"]["name"], "L*** C***");
  EXPECT_EQ(say(supervisor, id, "extend", extension_), "403 forbidden_right");
  HttpClient counter = person("H32.101.cb01");
  EXPECT_EQ(said(counter.post("/v1/dossiers", filing("H32.102"))), "done") << "beside its position";
  const HttpAnswer hook = counter.post("/v1/webhooks", {{"url", "http://127.0.0.1:9/hook"}});
  ASSERT_EQ(hook.status, 201) << hook.body;
  const std::string deliveries =
      "/v1/webhooks/" + hook.json()["id"].get<std::string>() + "/deliveries?limit=200";
  const auto delivered = [&] { return province_.get(deliveries).json()["items"].size(); };
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  accepted("H32.102");
  while (delivered() < 2 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  EXPECT_EQ(delivered(), 2u);
  ASSERT_TRUE(service_.set_clock("2026-08-11T08:00:00+07:00"));
  EXPECT_EQ(said(counter.post("/v1/dossiers", filing("H32.102"))), "403 forbidden_scope")
      << "until yesterday";
  EXPECT_EQ(counter.get("/v1/webhooks").status, 403);
  grant(json::array());
  EXPECT_EQ(said(supervisor.get("/v1/dossiers")), "403 no_officer");
}

TEST_F(People, WhoMayDoNothingHereAreToldSoAndNoMore) {
  const std::string id = accepted();
  const double before = metric("motcua_tokens_refused_total{reason=\"no_officer\"}");
  for (const char* officer : {"H32.101.xx99", "H32.999.ct01", "citizen", "Nguyễn A"}) {
    HttpClient nobody = person(officer);
    for (const std::string& dossier : {id, std::string("H32.9-260101-0001")}) {
      EXPECT_EQ(said(nobody.get("/v1/dossiers/" + dossier)), "403 no_officer") << officer;
      EXPECT_EQ(say(nobody, dossier, "withdraw", {{"reason", "x"}}), "403 no_officer") << officer;
    }
    EXPECT_EQ(said(nobody.post("/v1/batches", {{"items", json::array()}})), "403 no_officer");
  }
  EXPECT_EQ(metric("motcua_tokens_refused_total{reason=\"no_officer\"}"), before + 20);
}

TEST_F(People, WithARefusedTokenAreToldWhichCheckFailedAndCounted) {
  const std::string id = accepted();
  const json claims_of_another{{"aud", "another"}};
  const SigningKey stranger("P-256", provider_.key().id());
  struct Case {
    std::string reason;
    std::string token;
    std::string told;
  };
  const std::string good = provider_.token("H32.101.ct01");
  const std::vector<Case> cases = {
      {"expired", provider_.token("H32.101.ct01", {{"exp", 1'000'000'000}}), "The access token expired"},
      {"not_yet_valid", provider_.token("H32.101.ct01", {{"nbf", 4'000'000'000}}),
       "The access token is not valid yet"},
      {"wrong_audience", provider_.token("H32.101.ct01", claims_of_another),
       "The access token is for another audience"},
      {"wrong_issuer", provider_.token("H32.101.ct01", {{"iss", "https://id.example.vn"}}),
       "The access token is of another issuer"},
      {"bad_signature", stranger.token(json{{"sub", "H32.101.ct01"}}),
       "The signature of the access token is wrong"},
      {"wrong_algorithm", SigningKey("Ed25519", provider_.key().id()).token(json{{"sub", "H32.101.ct01"}}),
       "The access token is signed by another algorithm than its key's"},
      {"unsupported_algorithm", base64url_of(R"({"alg":"none"})") + good.substr(good.find('.')),
       "The access token is signed by an algorithm that is not taken"},
      {"missing_claim", provider_.key().token(json{{"iss", provider_.issuer()}}),
       "The access token lacks a claim"},
      {"malformed", "a.b.c", "The access token is malformed"},
      {"too_long", good + std::string(9000, 'x'), "The access token is too long"},
  };
  for (const Case& one : cases) {
    const std::string counter = "motcua_tokens_refused_total{reason=\"" + one.reason + "\"}";
    const double before = metric(counter);
    const double unauthorized = metric("motcua_http_unauthorized_total");
    HttpClient client(service_.port(), one.token);
    HttpAnswer first = client.get("/v1/dossiers/" + id);
    const HttpAnswer other = client.get("/v1/dossiers/H32.9-260101-0001");
    EXPECT_EQ(first.status, 401) << first.body;
    EXPECT_EQ(first.json()["code"], "invalid_token");
    EXPECT_EQ(first.json()["detail"], one.told);
    EXPECT_EQ(first.header("www-authenticate"),
              "Bearer error=\"invalid_token\", error_description=\"" + one.told + '"');
    EXPECT_EQ(first.json()["detail"], other.json()["detail"]) << "says nothing of dossiers";
    EXPECT_EQ(metric(counter), before + 2) << one.reason;
    EXPECT_EQ(metric("motcua_http_unauthorized_total"), unauthorized + 2);
  }
  // Nothing of a token stands anywhere.
  const std::string log = service_.log() + province_.get("/metrics").body;
  EXPECT_EQ(log.find(good.substr(good.find('.') + 1, 40)), std::string::npos);
  EXPECT_EQ(log.find("H32.101.ct01"), std::string::npos);
  // Who shows no token at all, or two, is told what was told before there were any.
  for (const HttpHeaders& shown :
       {HttpHeaders{{"Authorization", ""}}, HttpHeaders{{"Authorization", "Bearer mc_x"}},
        HttpHeaders{{"Authorization", "Basic " + good}},
        HttpHeaders{{"Authorization", "Bearer " + good}, {"Authorization", "Bearer x"}}}) {
    const HttpAnswer nobody = province_.request("GET", "/v1/dossiers", {}, shown);
    EXPECT_EQ(said(nobody), "401 unauthorized");
    EXPECT_EQ(nobody.header("www-authenticate"), "Bearer");
  }
}

TEST_F(People, AreNoKeysAndShareNothingWithThem) {
  HttpClient head = person("H32.101.ct01");
  const std::string id = accepted();
  // The same Idempotency-Key of two callers is two keys.
  EXPECT_EQ(head.post("/v1/dossiers/" + id + "/extend", extension_, "one-key").status, 200);
  const HttpAnswer other = province_.post("/v1/dossiers", filing("H32.101"), "one-key");
  EXPECT_EQ(other.status, 201) << other.body;
  EXPECT_EQ(head.post("/v1/dossiers/" + id + "/extend", extension_, "one-key").header("idempotency-replayed"),
            "true");
  // Another token of the same person is the same person.
  HttpClient again(service_.port(), provider_.token("H32.101.ct01", {{"jti", "another"}}));
  EXPECT_EQ(
      again.post("/v1/dossiers/" + id + "/extend", extension_, "one-key").header("idempotency-replayed"),
      "true");
  const json list = head.get("/v1/dossiers?limit=1").json();
  ASSERT_TRUE(list["next_cursor"].is_string());
  const std::string next = "/v1/dossiers?limit=1&cursor=" + list["next_cursor"].get<std::string>();
  EXPECT_EQ(head.get(next).status, 200);
  EXPECT_EQ(person("H32.103.ct01").get(next).status, 400) << "a cursor is bound to what it was made for";
}

TEST_F(People, FollowEventsUntilTheirTokenEnds) {
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  // With the leeway of five seconds it ends in some eight.
  const std::string short_lived = provider_.token("H32.101.ct01", {{"exp", now + 3}});
  EventClient ends(service_.port(), short_lived, "/v1/events/stream");
  EventClient goes_on(service_.port(), provider_.token("H32.101.ct01"), "/v1/events/stream");
  ASSERT_EQ(ends.status(), 200);
  ASSERT_EQ(goes_on.status(), 200);
  const std::string id = accepted();
  for (int events = 0; events < 2; ++events) ASSERT_TRUE(ends.next_real());
  EXPECT_TRUE(ends.ends());
  EXPECT_GE(std::chrono::system_clock::now().time_since_epoch(), std::chrono::seconds(now + 3));
  HttpClient late(service_.port(), short_lived);
  EXPECT_EQ(late.get("/v1/dossiers").header("www-authenticate"),
            "Bearer error=\"invalid_token\", error_description=\"The access token expired\"");
  ASSERT_EQ(say(province_, id, "assign", {{"officer", "H32.101.tp01"}}), "done");
  for (int events = 0; events < 3; ++events) ASSERT_TRUE(goes_on.next_real());
}

TEST_F(People, FollowNoMoreWhenTheKeyOfTheirTokenIsGone) {
  EventClient stream(service_.port(), provider_.token("H32.101.ct01"), "/v1/events/stream");
  ASSERT_EQ(stream.status(), 200);
  provider_.rotate();
  EXPECT_TRUE(stream.ends()) << "found by age, within some ten seconds";
}

TEST_F(People, ComeOnWithTheProvidersNewKeyAtOnce) {
  HttpClient before = person("H32.101.ct01");
  EXPECT_EQ(before.get("/v1/agencies").status, 200);
  provider_.rotate();
  HttpClient after = person("H32.101.ct01");
  HttpAnswer answer;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  do {
    answer = after.get("/v1/agencies");
    EXPECT_TRUE(answer.status == 200 || answer.status == 503 || answer.status == 401) << answer.body;
    if (answer.status == 503) {
      EXPECT_EQ(said(answer), "503 identity_unavailable");
      EXPECT_EQ(answer.header("retry-after"), "1");
    }
  } while (answer.status != 200 && std::chrono::steady_clock::now() < until);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(before.get("/v1/agencies").json()["detail"], "The access token is signed by an unknown key");
}

TEST_F(People, AskTheProviderForNothingByForgedTokens) {
  const std::size_t before = provider_.asked();
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 500; ++i) {
    const SigningKey forged("Ed25519", "forged-" + std::to_string(i));
    HttpClient client(service_.port(), forged.token(json{{"sub", "H32.ct01"}}));
    const int status = client.get("/v1/agencies").status;
    ASSERT_TRUE(status == 401 || status == 503) << status;
  }
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began).count();
  EXPECT_LE(provider_.asked() - before, static_cast<std::size_t>(2 + seconds / 5));
}

}  // namespace
}  // namespace motcua::testing
