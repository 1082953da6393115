#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/event_client.h"
#include "tests/support/identity_provider.h"
#include "tests/support/paths.h"
#include "tests/support/publication.h"

// Every read shows one and the same set of dossiers to one caller: each role of the shipped file, for several
// agencies and procedures, on every path that reads. A path that is not in the table below fails.
namespace motcua::testing {
namespace {

using nlohmann::json;
using Names = std::set<std::string>;

json file_json(const std::string& path) {
  std::ifstream in(in_tree() + path);
  return json::parse(in);
}

// A role, where it was granted, and for what.
struct Caller {
  std::string role;
  std::string agency;                   // empty: everywhere
  std::vector<std::string> procedures;  // empty: all
  std::string officer{};                // a person, by its position or by the file of keys; empty: software

  std::string key() const {
    if (!officer.empty()) return officer;
    std::string id = role + '-' + (agency.empty() ? "all" : agency);
    for (const std::string& procedure : procedures) id += '-' + procedure;
    for (char& c : id) c = c == '.' || c == '_' ? '-' : static_cast<char>(std::tolower(c));
    return id;
  }
};

// What the test planted, with the agencies that take part.
struct Planted {
  std::string id;
  std::string procedure;
  Names agencies;
  Names asked{};  // of these: those that were only consulted
};

// How a path of the API is held against the set of dossiers.
enum class Kind {
  of_one,        // names a dossier in its path
  of_many,       // lists dossiers, or what is theirs; compared with what the province sees of it
  of_agency,     // whole agencies: another test
  of_own,        // what the caller made itself, or of what it names: another test
  of_everybody,  // shows no dossier
};
struct Path {
  Kind kind;
  std::string right;  // of the file of roles; empty: no key is asked for
};

const std::map<std::string, Path>& paths() {
  static const std::map<std::string, Path> all = {
      {"/v1/dossiers/{dossier}", {Kind::of_one, "dossiers.read"}},
      {"/v1/dossiers/{dossier}/events", {Kind::of_one, "dossiers.read"}},
      {"/v1/dossiers/{dossier}/clocks", {Kind::of_one, "dossiers.read"}},
      {"/v1/dossiers/{dossier}/actions", {Kind::of_one, "dossiers.read"}},
      {"/v1/dossiers/{dossier}/notices", {Kind::of_one, "dossiers.read"}},
      {"/v1/dossiers/{dossier}/slips", {Kind::of_one, "dossiers.read"}},
      {"/v1/dossiers/{dossier}/slips/{form}", {Kind::of_one, "dossiers.read"}},
      {"/v1/dossiers/{dossier}/owner", {Kind::of_one, "dossiers.read"}},
      {"/v1/dossiers/{dossier}/attribution", {Kind::of_one, "dossiers.read"}},
      {"/v1/dossiers/{dossier}/clocks/{kind}/explain", {Kind::of_one, "dossiers.read"}},
      {"/v1/dossiers", {Kind::of_many, "dossiers.read"}},
      {"/v1/events", {Kind::of_many, "dossiers.read"}},
      {"/v1/events/stream", {Kind::of_many, "dossiers.read"}},
      {"/v1/late", {Kind::of_many, "dossiers.read"}},
      {"/v1/due-soon", {Kind::of_many, "dossiers.read"}},
      {"/v1/untimed", {Kind::of_many, "dossiers.read"}},
      {"/v1/alerts", {Kind::of_many, "alerts.read"}},
      {"/v1/alerts/{alert}", {Kind::of_many, "alerts.read"}},
      {"/v1/access-log", {Kind::of_many, "access-log.read"}},
      {"/v1/webhooks/{webhook}/deliveries", {Kind::of_many, "webhooks"}},
      {"/v1/webhooks/{webhook}/deliveries/{event}", {Kind::of_many, "webhooks"}},
      {"/v1/slips/{form}", {Kind::of_agency, "dossiers.read"}},
      {"/v1/digests", {Kind::of_agency, "alerts.read"}},
      {"/v1/code-blocks", {Kind::of_agency, "code-blocks"}},
      {"/v1/code-blocks/{block}", {Kind::of_agency, "code-blocks"}},
      {"/v1/publications", {Kind::of_agency, "lists.read"}},
      {"/v1/publications/{publication}", {Kind::of_agency, "lists.read"}},
      {"/v1/publications/{publication}/document", {Kind::of_agency, "lists.read"}},
      {"/v1/reports/ii06a", {Kind::of_agency, "reports.read"}},
      {"/v1/reports/index-766", {Kind::of_agency, "reports.read"}},
      {"/v1/reports/acceptance", {Kind::of_agency, "reports.read"}},
      {"/v1/reports/quarterly", {Kind::of_agency, "reports.read"}},
      {"/v1/reports/differences", {Kind::of_agency, "reports.read"}},
      {"/v1/indicators", {Kind::of_agency, "reports.read"}},
      {"/v1/webhooks", {Kind::of_own, "webhooks"}},
      {"/v1/webhooks/{webhook}", {Kind::of_own, "webhooks"}},
      {"/v1/journal/head", {Kind::of_everybody, "journal.read"}},
      {"/v1/procedures", {Kind::of_everybody, "definitions.read"}},
      {"/v1/procedures/{code}", {Kind::of_everybody, "definitions.read"}},
      {"/v1/agencies", {Kind::of_everybody, "definitions.read"}},
      {"/v1/agencies/{code}", {Kind::of_everybody, "definitions.read"}},
      {"/v1/officers", {Kind::of_everybody, "definitions.read"}},
      {"/v1/calendars", {Kind::of_everybody, "definitions.read"}},
      {"/v1/calendars/{id}", {Kind::of_everybody, "definitions.read"}},
      {"/v1/rulebook", {Kind::of_everybody, "definitions.read"}},
      {"/v1/sandbox/clock", {Kind::of_everybody, "sandbox"}},
      {"/healthz", {Kind::of_everybody, ""}},
      {"/readyz", {Kind::of_everybody, ""}},
      {"/metrics", {Kind::of_everybody, ""}},
      {"/openapi.json", {Kind::of_everybody, ""}},
      {"/public/late", {Kind::of_everybody, ""}},
      {"/public/late/feed", {Kind::of_everybody, ""}},
      {"/public/late/{month}", {Kind::of_everybody, ""}},
      {"/public/late/{month}/{list}/export", {Kind::of_everybody, ""}},
      {"/public/late/{month}/{list}/{file}", {Kind::of_everybody, ""}},
  };
  return all;
}

class RightsMatrix : public ::testing::Test {
 protected:
  RightsMatrix() {
    const json shipped = file_json("/config/roles.json");
    for (const json& role : shipped.at("roles")) {
      Names rights = role.at("rights");
      rights_.emplace(role.at("role"), std::move(rights));
    }
    for (const auto& [role, rights] : rights_) {
      for (const char* agency : {"", "H32", "H32.5", "H32.101"}) callers_.push_back({role, agency, {}});
      callers_.push_back({role, "", {"1.004194"}});
      callers_.push_back({role, "H32.101", {"2.000908"}});
    }
    if (std::getenv("MOTCUA_TEST_SHORT") != nullptr) {  // every third of them
      for (std::size_t i = 0; i * 3 < callers_.size(); ++i) std::swap(callers_[i], callers_[i * 3]);
      callers_.resize((callers_.size() + 2) / 3);
    }
    // Two by their position, the others by the file of keys.
    callers_.push_back({"agency_head", "H32.101", {}, "H32.101.ct01"});
    callers_.push_back({"counter_officer", "H32.101", {}, "H32.101.cb01"});
    const std::vector<Caller> granted = {{"provincial_supervisor", "", {}, "H32.cv71"},
                                         {"auditor", "H32", {"2.000908"}, "H32.cv72"},
                                         {"integration", "H32.101", {"1.004194"}, "H32.cv73"}};
    callers_.insert(callers_.end(), granted.begin(), granted.end());
    ServiceOptions options;
    options.sandbox = "2026-08-03T08:00:00+07:00";
    options.keys = {{"province", "", true}};
    for (const Caller& caller : callers_) {
      if (!caller.officer.empty()) continue;
      options.keys.push_back({caller.key(), caller.agency, false, {caller.role}, caller.procedures});
    }
    options.grant = [&](json& file) {
      for (const Caller& one : granted) {
        const json key = key_json({"", one.agency, false, {one.role}, one.procedures});
        file["people"].push_back({{"officer", one.officer}, {"grants", key["grants"]}});
      }
    };
    options.configure = [this](json& config) {
      config["identity"] = provider_.settings();
      config["limits"]["stream_checkpoint_ms"] = 100;
      config["webhooks"]["allow_http"] = true;
      config["webhooks"]["allow_networks"] = {"127.0.0.0/8"};
      config["webhooks"]["subscriptions"] = 100;
    };
    service_ = std::make_unique<RunningService>(options);
    province_ = std::make_unique<HttpClient>(service_->port(), token_of("province"));
    EXPECT_TRUE(knows_people(*province_));
  }

  void file(const std::string& procedure, const std::string& channel, const std::string& receiving,
            const std::string& competent = {}) {
    json body{{"procedure", procedure},
              {"channel", channel},
              {"receiving_agency", receiving},
              {"owner", {{"kind", "citizen"}, {"name", "Lê C"}, {"id_number", "056 190 000 003"}}}};
    if (!competent.empty()) body["competent_agency"] = competent;
    if (channel == "direct") body["accept"] = true;
    const HttpAnswer filed = province_->post("/v1/dossiers", body);
    ASSERT_EQ(filed.status, 201) << filed.body;
    planted_.push_back(
        {filed.json()["id"], procedure, {receiving, competent.empty() ? receiving : competent}});
  }
  void say(const Planted& dossier, const std::string& word, const json& body) {
    const HttpAnswer said = province_->post("/v1/dossiers/" + dossier.id + '/' + word, body);
    ASSERT_EQ(said.status, 200) << said.body;
  }
  // Late and not, timed and not, over and open, of one agency, of two, and of one that was asked.
  void plant() {
    for (const char* commune : {"H32.101", "H32.102"}) {
      file("2.000908", "direct", commune);
      file("1.004194", "online", commune);
      file("1.000656", "direct", commune);
    }
    file("2.000908", "direct", "H32.1", "H32.2");
    file("1.012790", "direct", "H32.1", "H32.13");
    file("1.012784", "online", "H32.1", "H32.13");
    say(planted_[2], "consult", {{"agency", "H32.13"}, {"reason", "Hỏi"}});
    planted_[2].agencies.insert("H32.13");
    planted_[2].asked.insert("H32.13");
    say(planted_[5], "withdraw", {{"reason", "Thôi"}});
    ASSERT_TRUE(service_->set_clock("2026-08-12T09:00:00+07:00"));
    file("2.000908", "direct", "H32.101");
    file("1.004194", "direct", "H32.102");
  }

  // What the caller sees, by the rules as the file of keys says them.
  // Seen, or with `acts` also worked on.
  Names seen_by(const Caller& caller, const std::string& right, bool acts = false) const {
    static const std::map<std::string, Names> kBelow = {
        {"H32", {"H32.1", "H32.2", "H32.13", "H32.101", "H32.102"}},
        {"H32.5", {"H32.13"}},
        {"H32.101", {"H32.101"}}};
    Names seen;
    if (!rights_.at(caller.role).contains(right)) return seen;
    for (const Planted& one : planted_) {
      bool agency = caller.agency.empty();
      for (const std::string& taking_part : one.agencies) {
        if (acts && one.asked.contains(taking_part)) continue;
        agency = agency || kBelow.at(caller.agency).contains(taking_part);
      }
      bool procedure = caller.procedures.empty();
      for (const std::string& code : caller.procedures) procedure = procedure || code == one.procedure;
      if (agency && procedure) seen.insert(one.id);
    }
    return seen;
  }

  // The values of a member of all items of all pages.
  Names listed(HttpClient& client, std::string address, const json::json_pointer& member) {
    Names found;
    const std::string first = address;
    while (true) {
      const HttpAnswer answer = client.get(address);
      EXPECT_EQ(answer.status, 200) << address << ' ' << answer.body;
      if (answer.status != 200) return found;
      const json page = answer.json();
      for (const json& item : page.at("items")) found.insert(item.at(member).get<std::string>());
      const bool more = page.contains("more")
                            ? page["more"].get<bool>()
                            : page.contains("next_cursor") && page["next_cursor"].is_string();
      if (!more) return found;
      address = page.contains("next") ? page["next"].get<std::string>()
                                      : first + "&cursor=" + page["next_cursor"].get<std::string>();
    }
  }
  std::string token(const Caller& caller) const {
    return caller.officer.empty() ? token_of(caller.key()) : provider_.token(caller.officer);
  }
  // Up to the checkpoint behind so many dossiers.
  Names streamed(const Caller& caller, std::size_t wanted) {
    HttpClient client(service_->port(), token(caller));
    const json begin = client.get("/v1/events?limit=1").json();
    Names found;
    for (const json& event : begin.at("items")) found.insert(event.at("subject").get<std::string>());
    EventClient stream(service_->port(), token(caller),
                       "/v1/events/stream?after=" + begin.at("next_cursor").get<std::string>());
    int checkpoints = 0;
    for (auto event = stream.next(); event; event = stream.next()) {
      if (event->type == "checkpoint") {
        if (found.size() >= wanted || ++checkpoints > 20) return found;
        continue;
      }
      found.insert(json::parse(event->data).at("subject").get<std::string>());
    }
    ADD_FAILURE() << caller.key() << ": the stream ended";
    return found;
  }
  static Names both(const Names& a, const Names& b) {
    Names common;
    for (const std::string& one : a) {
      if (b.contains(one)) common.insert(one);
    }
    return common;
  }

  IdentityProvider provider_;
  std::map<std::string, Names> rights_;
  std::vector<Caller> callers_;
  std::vector<Planted> planted_;
  std::unique_ptr<RunningService> service_;
  std::unique_ptr<HttpClient> province_;
};

TEST_F(RightsMatrix, HasARowForEveryPathThatReads) {
  const json document = province_->get("/openapi.json").json();
  for (const auto& [path, operations] : document.at("paths").items()) {
    EXPECT_TRUE(!operations.contains("get") || paths().contains(path))
        << path << " is new: say in the table how it is held against what a caller may see";
  }
  for (const auto& [path, how] : paths()) EXPECT_TRUE(document["paths"].contains(path)) << path;
}

TEST_F(RightsMatrix, ShowsOneSetToOneCallerOnEveryPath) {
  plant();
  const json::json_pointer id("/id");
  std::map<std::string, Names> all;
  const auto list_of = [](const std::string& path) {
    return path + "?limit=2" + (path == "/v1/due-soon" ? "&within_hours=300" : "");
  };
  for (const char* list : {"/v1/late", "/v1/due-soon", "/v1/untimed"}) {
    all[list] = listed(*province_, list_of(list), id);
    EXPECT_GT(all[list].size() + (list == std::string("/v1/untimed") ? 2 : 0), 1u) << list;
  }
  all["/v1/alerts"] = listed(*province_, "/v1/alerts?limit=50", json::json_pointer("/dossier"));
  EXPECT_GT(all["/v1/alerts"].size(), 3u);
  std::map<std::string, std::string> alert_of;
  const json alerts = province_->get("/v1/alerts?limit=200").json()["items"];
  for (const json& alert : alerts) alert_of[alert["dossier"]] = alert["id"];
  for (const Planted& one : planted_) typed_of(*province_, "/v1/dossiers/" + one.id);  // for the access log
  std::map<std::string, int> province;  // what it is answered there
  std::size_t partial = 0;
  for (const Caller& caller : callers_) {
    SCOPED_TRACE(caller.key());
    HttpClient client(service_->port(), token(caller));
    const bool reads = rights_.at(caller.role).contains("dossiers.read");
    const Names seen = seen_by(caller, "dossiers.read");
    const Names warned = seen_by(caller, "alerts.read");
    const Names acted = seen_by(caller, "assign", true);
    partial += !seen.empty() && seen.size() < planted_.size() ? 1 : 0;
    for (const auto& [path, how] : paths()) {
      if (how.kind != Kind::of_one && how.kind != Kind::of_many) continue;
      if (path.find("webhook") != std::string::npos) continue;  // below
      if (how.kind == Kind::of_one) {
        for (const Planted& one : planted_) {
          std::string address = path;
          address.replace(address.find("{dossier}"), 9, one.id);
          if (const auto at = address.find("{kind}"); at != std::string::npos)
            address.replace(at, 6, "acceptance");
          if (const auto at = address.find("{form}"); at != std::string::npos)
            address.replace(at, 6, "RECEIPT");
          const int status = client.get(address).status;
          const auto [known, fresh] = province.try_emplace(address);
          if (fresh) known->second = province_->get(address).status;
          EXPECT_EQ(status, !reads ? 403 : seen.contains(one.id) ? known->second : 404) << address;
        }
        continue;
      }
      const bool granted = rights_.at(caller.role).contains(how.right);
      if (!granted) {
        std::string address = path;
        if (const auto at = address.find("{alert}"); at != std::string::npos)
          address.replace(at, 7, alerts[0]["id"]);
        EXPECT_EQ(client.get(address).status, 403) << address;
      } else if (path == "/v1/dossiers") {
        EXPECT_EQ(listed(client, "/v1/dossiers?limit=2", id), seen);
        EXPECT_EQ(client.get("/v1/dossiers?limit=1&count=true").json()["count"], seen.size());
        EXPECT_EQ(client.post("/v1/dossiers/search", {{"limit", 200}}).json()["items"].size(), seen.size());
      } else if (path == "/v1/events") {
        EXPECT_EQ(listed(client, "/v1/events?limit=7", json::json_pointer("/subject")), seen);
      } else if (path == "/v1/events/stream") {
        EXPECT_EQ(streamed(caller, seen.size()), seen);
      } else if (path == "/v1/alerts") {
        EXPECT_EQ(listed(client, "/v1/alerts?limit=50", json::json_pointer("/dossier")),
                  both(warned, all[path]));
      } else if (path == "/v1/access-log") {
        EXPECT_EQ(listed(client, "/v1/access-log?limit=2", json::json_pointer("/dossier")),
                  seen_by(caller, how.right));
      } else if (path == "/v1/alerts/{alert}") {
        for (const auto& [of, alert] : alert_of) {
          EXPECT_EQ(client.get("/v1/alerts/" + alert).status, warned.contains(of) ? 200 : 404) << of;
        }
      } else {
        EXPECT_EQ(listed(client, list_of(path), id), both(seen, all.at(path))) << path;
      }
    }
    // The data of a person are those of the dossiers that are seen.
    const bool unmasks = rights_.at(caller.role).contains("dossiers.unmask");
    if (!unmasks || caller.agency != "H32.5") {
      const std::string officer = !caller.officer.empty()      ? caller.officer
                                  : caller.agency == "H32.101" ? "H32.101.ct01"
                                                               : "H32.ct01";
      const HttpAnswer person = client.post(
          "/v1/persons/export",
          {{"id_number", "056190000003"}, {"reason", "Công dân yêu cầu"}, {"on_behalf_of", officer}});
      EXPECT_EQ(person.status, unmasks ? 200 : 403) << person.body;
      Names exported;
      const json told = person.json();
      if (unmasks) {
        for (const json& one : told["dossiers"]) exported.insert(one["dossier"]["id"]);
      }
      EXPECT_EQ(exported, unmasks ? seen : Names());
    }
    // What it may not see, it cannot act on, nor learn of.
    for (const Planted& one : planted_) {
      const HttpAnswer said =
          client.post("/v1/dossiers/" + one.id + "/assign", {{"officer", "H32.101.cv99"}});
      const bool may = rights_.at(caller.role).contains("assign");
      const bool only_asked = seen.contains(one.id) && !acted.contains(one.id);
      EXPECT_EQ(said.status == 403, !may || only_asked) << said.body;
      EXPECT_EQ(said.status == 404, may && !seen.contains(one.id)) << said.body;
    }
  }
  EXPECT_GT(partial, callers_.size() / 5) << "callers who see some and not all";
}

TEST_F(RightsMatrix, DeliversToASubscriptionWhatItsMakerSees) {
  std::map<std::string, std::string> made;
  for (const Caller& caller : callers_) {
    HttpClient client(service_->port(), token(caller));
    const HttpAnswer answer = client.post("/v1/webhooks", {{"url", "http://127.0.0.1:9/hook"}});
    const bool granted = rights_.at(caller.role).contains("webhooks");
    ASSERT_EQ(answer.status, granted ? 201 : 403) << caller.key() << answer.body;
    if (granted) made[caller.key()] = answer.json()["id"];
  }
  plant();
  for (const Caller& caller : callers_) {
    if (!made.contains(caller.key())) continue;
    SCOPED_TRACE(caller.key());
    HttpClient client(service_->port(), token(caller));
    const Names seen = seen_by(caller, "dossiers.read");
    const std::string address = "/v1/webhooks/" + made[caller.key()] + "/deliveries?limit=200";
    Names delivered;
    for (const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
         delivered != seen && std::chrono::steady_clock::now() < until;) {
      delivered = listed(client, address, json::json_pointer("/dossier"));
    }
    EXPECT_EQ(delivered, seen);
    for (const auto& [key, webhook] : made) {
      const bool own = key == caller.key() || (caller.agency.empty() && caller.procedures.empty());
      EXPECT_EQ(client.get("/v1/webhooks/" + webhook).status, own ? 200 : 404) << key;
    }
  }
  EXPECT_GT(made.size(), 1u);
}

TEST_F(RightsMatrix, ShowsWholeAgenciesToWhomTheyWereGrantedWhole) {
  plant();
  ASSERT_TRUE(service_->set_clock("2026-09-08T09:00:00+07:00"));
  std::map<std::string, std::string> lists;
  std::map<std::string, std::string> blocks;
  for (const char* agency : {"H32", "H32.101"}) {
    const HttpAnswer opened = province_->post(
        "/v1/publications",
        {{"month", "2026-08"}, {"agency", agency}, {"officer", std::string(agency) + ".ct01"}});
    ASSERT_EQ(opened.status, 202) << opened.body;
    lists[agency] = opened.json()["id"];
    const HttpAnswer drawn = province_->post("/v1/code-blocks", {{"agency", agency}});
    if (drawn.status == 201) blocks[agency] = drawn.json()["id"];
  }
  ASSERT_TRUE(blocks.contains("H32.101"));
  for (const Caller& caller : callers_) {
    SCOPED_TRACE(caller.key());
    HttpClient client(service_->port(), token(caller));
    const Names& rights = rights_.at(caller.role);
    for (const auto& [agency, list] : lists) {
      const bool whole = caller.procedures.empty() &&
                         (caller.agency.empty() || caller.agency == "H32" || caller.agency == agency);
      const auto expected = [&](const char* right, int hidden) {
        return !rights.contains(right) ? 403 : whole ? 200 : hidden;
      };
      EXPECT_EQ(client.get("/v1/publications/" + list).status, expected("lists.read", 404)) << agency;
      EXPECT_EQ(client.get("/v1/publications?agency=" + agency).status, expected("lists.read", 403))
          << agency;
      EXPECT_EQ(client.get("/v1/digests?agency=" + agency).status, expected("alerts.read", 403)) << agency;
      for (const char* report :
           {"/v1/reports/ii06a?period=month:2026-08", "/v1/reports/index-766?month=2026-08",
            "/v1/reports/acceptance?month=2026-08"}) {
        EXPECT_EQ(client.get(std::string(report) + "&agency=" + agency).status, expected("reports.read", 403))
            << report << agency;
      }
      if (blocks.contains(agency)) {
        EXPECT_EQ(client.get("/v1/code-blocks/" + blocks[agency]).status, expected("code-blocks", 404))
            << agency;
        EXPECT_EQ(
            client.get("/v1/slips/BOOK?format=html&from=2026-08-01&to=2026-08-31&agency=" + agency).status,
            expected("dossiers.read", 404))
            << agency;
      }
    }
    if (rights.contains("lists.read")) {
      Names seen;
      for (const auto& [agency, list] : lists) {
        const bool whole = caller.procedures.empty() &&
                           (caller.agency.empty() || caller.agency == "H32" || caller.agency == agency);
        if (whole) seen.insert(list);
      }
      EXPECT_EQ(listed(client, "/v1/publications?limit=1", json::json_pointer("/id")), seen);
    }
  }
}

TEST_F(RightsMatrix, AsksForEachAreaByItself) {
  for (const Caller& caller : callers_) {
    HttpClient client(service_->port(), token(caller));
    for (const auto& [path, how] : paths()) {
      if (how.kind != Kind::of_everybody || path.find('{') != std::string::npos) continue;
      const bool granted = how.right.empty() || rights_.at(caller.role).contains(how.right);
      const HttpAnswer answer = client.get(path);
      EXPECT_EQ(answer.status == 403, !granted) << caller.key() << ' ' << path << answer.body;
    }
  }
}

}  // namespace
}  // namespace motcua::testing
