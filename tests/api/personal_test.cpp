#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/eventually.h"
#include "tests/support/service.h"

// What persons typed: masked, read with a reason, erased, and nowhere in clear.
namespace motcua::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Words that stand nowhere else.
const std::vector<std::string> kPlanted = {
    "Xoắn Quẩy Thượng Uyển", "056777123456",          "0987654329",
    "uyen.quay@example.vn",  "77 hẻm Cây Quéo",       "Nộp Hộ Khoắng",
    "Thưa gửi linh tinh",    "hồ sơ mờ nhòe quá thể", "kho/uyen-77.pdf"};
const std::string kReason = "K%C3%BD%20t%C3%AAn%20Uy%E1%BB%83n";  // "Ký tên Uyển"

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class PersonalData : public ::testing::Test {
 protected:
  static ServiceOptions options() {
    ServiceOptions made;
    made.sandbox = "2025-08-11T08:00:00+07:00";
    made.keys = {{"province", "", true, {"integration", "unmasking", "erasing"}},
                 {"admin", "", false, {"administrator"}},
                 {"auditor", "", false, {"auditor"}},
                 {"auditor-102", "H32.102", false, {"auditor"}},
                 {"integration", "", false, {"integration"}}};
    made.grant = [](json& file) {
      const json grants{{{"role", "auditor"}}, {{"role", "unmasking"}, {"agency", "H32.102"}}};
      json key = key_json({"partly", "", false, {"auditor"}});
      key["grants"] = grants;
      file["keys"].push_back(key);
    };
    made.configure = [](json& config) {
      // A procedure that says how long its dossiers are kept.
      const fs::path folder = fs::path(config["database"].get<std::string>()).parent_path() / "workflows";
      fs::copy(config["procedures"].get<std::string>(), folder, fs::copy_options::recursive);
      config["procedures"] = folder;
      for (const auto& file : fs::directory_iterator(folder)) {
        if (file.path().extension() != ".json" || contents(file).find("\"1.004194\"") == std::string::npos)
          continue;
        json procedure = json::parse(contents(file));
        if (procedure.value("code", "") != "1.004194") continue;
        procedure["retention_years"] = 1;
        std::ofstream(file.path()) << procedure.dump(2);
      }
    };
    return made;
  }
  void SetUp() override {
    service_ = std::make_unique<RunningService>(options());
    client_ = std::make_unique<HttpClient>(service_->port(), token_of("province"));
  }
  std::string filed(const std::string& procedure = "1.004194") {
    const HttpAnswer answer = client_->post(
        "/v1/dossiers",
        {{"procedure", procedure},
         {"channel", "direct"},
         {"receiving_agency", "H32.101"},
         {"content", kPlanted[6]},
         {"owner",
          {{"kind", "citizen"},
           {"name", kPlanted[0]},
           {"id_number", kPlanted[1]},
           {"phone", kPlanted[2]},
           {"email", kPlanted[3]},
           {"address", kPlanted[4]}}},
         {"filer", {{"name", kPlanted[5]}}},
         {"papers", {{{"key", "to_khai"}, {"form", "electronic"}, {"file_ref", kPlanted[8]}}}}});
    EXPECT_EQ(answer.status, 201) << answer.body;
    return "/v1/dossiers/" + answer.json()["id"].get<std::string>();
  }
  // Filed, and over since 11/08/2025.
  std::string refused() {
    const std::string dossier = filed();
    EXPECT_EQ(client_->post(dossier + "/refuse", {{"reason", kPlanted[7]}}).status, 200);
    return dossier;
  }
  HttpAnswer erase(const std::string& dossier) {
    return client_->post(dossier + "/erase", {{"ground", "retention_over"}, {"on_behalf_of", "H32.ct01"}});
  }
  std::int64_t metric(const std::string& name) {
    const std::string all = client_->get("/metrics").body;
    const std::size_t at = all.find('\n' + name + ' ');
    return at == std::string::npos ? -1 : std::stoll(all.substr(at + name.size() + 2));
  }
  // Of the dossier, a stretch of each that stands on one page.
  std::vector<std::string> sealed_records(const std::string& dossier) {
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(service_->database().c_str(), &database), SQLITE_OK);
    sqlite3_stmt* rows = nullptr;
    const std::string sql =
        "SELECT sealed FROM personal p JOIN dossier d ON d.key = p.key >> 20 WHERE hex(d.id) = "
        "upper(replace('" +
        dossier.substr(dossier.rfind('/') + 1) + "', '-', ''))";
    EXPECT_EQ(sqlite3_prepare_v2(database, sql.c_str(), -1, &rows, nullptr), SQLITE_OK);
    std::vector<std::string> found;
    while (sqlite3_step(rows) == SQLITE_ROW) {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(rows, 0));
      found.emplace_back(bytes, std::min(40, sqlite3_column_bytes(rows, 0)));
    }
    sqlite3_finalize(rows);
    sqlite3_close(database);
    return found;
  }
  // The keys of what was erased are gone.
  void wait_for_erasures() {
    ASSERT_TRUE(eventually([&] { return metric("motcua_erasures_pending") == 0; }));
  }
  void set_clock(const char* to) {
    const HttpAnswer answer = service_->client("admin").put("/v1/sandbox/clock", {{"now", to}});
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  json log_of(HttpClient& client, const std::string& query = "") {
    const HttpAnswer answer = client.get("/v1/access-log" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json()["items"];
  }
  Ended motcua(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--config", service_->config_file().string(), "--sandbox-database"});
    return run_motcua(arguments, service_->directory());
  }
  // Everything that the service has written, but its definitions: nothing of what was planted.
  void expect_clean(const fs::path& folder) {
    std::size_t read = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file() || entry.path().string().find("/workflows/") != std::string::npos)
        continue;
      const std::string bytes = contents(entry.path());
      read += bytes.size();
      for (const std::string& typed : kPlanted) {
        EXPECT_EQ(bytes.find(typed), std::string::npos) << typed << " stands in " << entry.path();
      }
      EXPECT_EQ(bytes.find("Ký tên Uyển"), std::string::npos) << entry.path();
    }
    EXPECT_GT(read, 100'000u);
  }
  std::unique_ptr<RunningService> service_;
  std::unique_ptr<HttpClient> client_;
};

void expect_none_of_it(const std::string& text, const std::string& where) {
  for (const std::string& typed : kPlanted)
    EXPECT_EQ(text.find(typed), std::string::npos) << typed << " in " << where;
}

TEST_F(PersonalData, IsMaskedWhoeverAsks) {
  const std::string dossier = refused();
  for (const std::string& path :
       {dossier, dossier + "/owner", dossier + "/notices", dossier + "/events", dossier + "/slips/REFUSAL",
        dossier + "/actions", std::string("/v1/dossiers"), std::string("/v1/events"),
        dossier + "/owner?unmasked=false"}) {
    const HttpAnswer answer = client_->get(path);
    EXPECT_EQ(answer.status, 200) << path << answer.body;
    expect_none_of_it(answer.body, path);
  }
  const json owner = client_->get(dossier + "/owner").json();
  EXPECT_EQ(owner["personal"], "masked");
  EXPECT_EQ(owner["owner"]["name"].get<std::string>().substr(0, 2), "X*");
  EXPECT_EQ(log_of(*std::make_unique<HttpClient>(service_->port(), token_of("auditor"))).size(), 0u)
      << "nobody has read anything";
}

TEST_F(PersonalData, IsReadWithAReasonForAnOfficerAndEntersTheLogFirst) {
  const std::string dossier = refused();
  const std::string asks = "?unmasked=true&reason=" + kReason + "&on_behalf_of=";
  const HttpAnswer open = client_->get(dossier + "/owner" + asks + "H32.101.ct01");
  ASSERT_EQ(open.status, 200) << open.body;
  const json told = open.json();
  EXPECT_EQ(told["personal"], "open");
  EXPECT_EQ(told["owner"]["name"], kPlanted[0]);
  EXPECT_EQ(told["filer"]["name"], kPlanted[5]);
  EXPECT_EQ(told["content"], kPlanted[6]);
  EXPECT_EQ(told["reason"], kPlanted[7]);
  EXPECT_EQ(told["papers"][0]["file_ref"], kPlanted[8]);
  EXPECT_EQ(client_->get(dossier + "/slips/REFUSAL" + asks + "H32.ct01").status, 200);
  EXPECT_EQ(client_->get(dossier + "/notices" + asks + "H32.ct01").status, 200);
  EXPECT_EQ(
      client_->get("/v1/slips/BOOK" + asks + "H32.ct01&agency=H32.101&from=2025-08-11&to=2025-08-11").status,
      200);
  HttpClient auditor = service_->client("auditor");
  const json log = log_of(auditor);
  ASSERT_EQ(log.size(), 4u) << log;
  const std::vector<std::string> what = {"book", "notices", "slip", "owner"};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(log[i]["what"], what[i]);
    EXPECT_EQ(log[i]["position"], 4 - i);
    EXPECT_EQ(log[i]["reason"], "Ký tên Uyển");
    EXPECT_EQ(log[i]["caller"], "province");
    EXPECT_EQ(log[i]["officer"], i == 3 ? "H32.101.ct01" : "H32.ct01");
    EXPECT_EQ("/v1/dossiers/" + log[i]["dossier"].get<std::string>(), dossier);
  }
  EXPECT_EQ(log[3]["request"], open.header("x-request-id"));
  EXPECT_EQ(log_of(auditor, "?officer=H32.101.ct01").size(), 1u);
  EXPECT_EQ(log_of(auditor, "?caller=nobody").size(), 0u);
  EXPECT_EQ(log_of(auditor, "?from=2025-08-11T08:00:01%2B07:00").size(), 0u);
  EXPECT_EQ(log_of(auditor, "?until=2025-08-11T08:00:00%2B07:00").size(), 0u);
  EXPECT_EQ(log_of(auditor, "?dossier=" + log[0]["dossier"].get<std::string>()).size(), 4u);
  const json page = auditor.get("/v1/access-log?limit=3").json();
  EXPECT_EQ(page["items"].size(), 3u);
  EXPECT_EQ(log_of(auditor, "?limit=3&cursor=" + page["next_cursor"].get<std::string>()).size(), 1u);
  EXPECT_EQ(
      auditor.get("/v1/access-log?limit=3&officer=x&cursor=" + page["next_cursor"].get<std::string>()).status,
      400);
  EXPECT_EQ(service_->client("auditor-102").get("/v1/access-log").json()["items"].size(), 0u)
      << "it sees nothing of that agency";
  EXPECT_EQ(client_->get("/v1/access-log").status, 403) << "only auditors";
  expect_none_of_it(service_->log(), "the log");
  EXPECT_EQ(motcua({"audit"}).status, 0);
}

TEST_F(PersonalData, IsNotReadWithoutAReasonAPersonOrTheRight) {
  const std::string dossier = filed();
  const auto expect = [&](const std::string& query, int status, const char* code) {
    const HttpAnswer answer = client_->get(dossier + "/owner?" + query);
    EXPECT_EQ(answer.status, status) << query << answer.body;
    EXPECT_EQ(answer.json().value("code", ""), code) << query;
    expect_none_of_it(answer.body, query);
  };
  expect("unmasked=true", 400, "bad_parameter");
  expect("unmasked=true&reason=x", 400, "bad_parameter");
  expect("unmasked=true&on_behalf_of=H32.ct01", 400, "bad_parameter");
  expect("unmasked=true&reason=&on_behalf_of=H32.ct01", 400, "bad_parameter");
  expect("unmasked=true&reason=%20&on_behalf_of=H32.ct01", 400, "bad_parameter");
  expect("unmasked=true&reason=%C2%A0-%20&on_behalf_of=H32.ct01", 400, "bad_parameter");
  expect("unmasked=true&reason=" + std::string(501, 'x') + "&on_behalf_of=H32.ct01", 400, "bad_parameter");
  expect("unmasked=yes&reason=x&on_behalf_of=H32.ct01", 400, "bad_parameter");
  expect("reason=x", 400, "bad_parameter");
  expect("unmasked=false&on_behalf_of=H32.ct01", 400, "bad_parameter");
  expect("unmasked=true&reason=x&on_behalf_of=H32.nobody", 403, "forbidden_person");
  expect("unmasked=true&reason=x&on_behalf_of=H32.102.ct01", 403, "forbidden_person");
  expect("unmasked=true&reason=x&on_behalf_of=H32.ct01&x=1", 400, "unknown_parameter");
  const auto by_header = [&](const std::string& query, const HttpHeaders& headers) {
    return client_
        ->request("GET", dossier + "/owner?unmasked=true&on_behalf_of=H32.ct01" + query, {}, headers)
        .status;
  };
  EXPECT_EQ(by_header("&reason=x", {{"Access-Reason", "y"}}), 400) << "twice";
  EXPECT_EQ(by_header("", {{"Access-Reason", "x"}, {"Access-Reason", "y"}}), 400);
  EXPECT_EQ(by_header("", {{"Access-Reason", "%20"}}), 400);
  EXPECT_EQ(by_header("", {{"Access-Reason", "%C3"}}), 400);
  HttpClient integration = service_->client("integration");
  EXPECT_EQ(integration.get(dossier + "/owner?" + std::string(kUnmasked)).json()["code"], "forbidden_right");
  EXPECT_EQ(integration.post("/v1/persons/export", json::object()).status, 403);
  EXPECT_EQ(service_->client("auditor-102").get(dossier + "/owner?" + std::string(kUnmasked)).status, 404);
  HttpClient auditor = service_->client("auditor");
  EXPECT_EQ(log_of(auditor).size(), 0u);
  // A query stands in the logs of proxies, a header does not.
  EXPECT_EQ(by_header("", {{"Access-Reason", kReason}}), 200);
  EXPECT_EQ(log_of(auditor)[0]["reason"], "Ký tên Uyển");
}

// Whoever finds a person by a name has read it.
TEST_F(PersonalData, IsSearchedOnlyByWhoMayReadIt) {
  filed();
  HttpClient auditor = service_->client("auditor");
  EXPECT_EQ(auditor.get("/v1/dossiers").json()["items"].size(), 1u);
  for (const HttpAnswer& answer :
       {auditor.get("/v1/dossiers?q=056777123456"), auditor.get("/v1/dossiers?q=nobody"),
        auditor.post("/v1/dossiers/search", {{"q", "056777123456"}})}) {
    EXPECT_EQ(answer.status, 403) << answer.body;
    EXPECT_EQ(answer.json()["code"], "forbidden_right");
  }
  // Sees all, and may read that of another ward.
  HttpClient partly = service_->client("partly");
  EXPECT_EQ(partly.get("/v1/dossiers").json()["items"].size(), 1u);
  EXPECT_TRUE(partly.get("/v1/dossiers?q=056777123456&count=true").json()["items"].empty());
  EXPECT_EQ(partly.get("/v1/dossiers?q=056777123456&count=true").json()["count"], 0);
  EXPECT_EQ(client_->get("/v1/dossiers?q=056777123456").json()["items"].size(), 1u);
}

// Who is found is confirmed by it: names and numbers are not tried unseen, by whomever and whoever is found.
TEST_F(PersonalData, EntersTheLogWhenSomebodyIsSearchedForByIt) {
  filed();
  const HttpAnswer plain = client_->get("/v1/dossiers?q=056777123456");
  ASSERT_EQ(plain.json()["items"].size(), 1u) << plain.body;
  EXPECT_EQ(client_->get("/v1/dossiers?q=nobody&on_behalf_of=H32.102.ct01&reason=" + kReason).status, 200);
  const json asked{{"q", kPlanted[0]}, {"reason", "Ký tên Uyển"}, {"on_behalf_of", "H32.101.ct01"}};
  EXPECT_EQ(client_->post("/v1/dossiers/search", asked).json()["items"].size(), 1u);
  EXPECT_EQ(
      client_->request("GET", "/v1/dossiers?q=a", {}, {{"Access-Reason", kReason}}).json()["items"].size(),
      0u);
  HttpClient auditor = service_->client("auditor");
  const json log = log_of(auditor);
  ASSERT_EQ(log.size(), 4u) << log;
  const json officers{nullptr, "H32.101.ct01", "H32.102.ct01", nullptr};
  const json reasons{"Ký tên Uyển", "Ký tên Uyển", "Ký tên Uyển", nullptr};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(log[i]["what"], "search");
    EXPECT_EQ(log[i]["caller"], "province");
    EXPECT_EQ(log[i]["officer"], officers[i]);
    EXPECT_EQ(log[i]["reason"], reasons[i]);
    EXPECT_EQ(log[i]["dossier"], nullptr);
  }
  EXPECT_EQ(log[3]["request"], plain.header("x-request-id"));
  HttpClient auditor_102 = service_->client("auditor-102");
  ASSERT_EQ(log_of(auditor_102).size(), 1u) << "who audits the officer";
  EXPECT_EQ(log_of(auditor_102)[0]["officer"], "H32.102.ct01");
  // An officer finds what that position may read.
  json of_commune = asked;
  of_commune["on_behalf_of"] = "H32.102.ct01";
  EXPECT_TRUE(client_->post("/v1/dossiers/search", of_commune).json()["items"].empty());
  of_commune["on_behalf_of"] = "H32.nobody";
  EXPECT_EQ(client_->post("/v1/dossiers/search", of_commune).json()["code"], "forbidden_person");
  EXPECT_EQ(client_->post("/v1/dossiers/search", {{"q", "a"}, {"reason", " - "}}).status, 422);
  EXPECT_EQ(client_->get("/v1/dossiers?q=a&reason=%20").status, 400);
  // A list that looks for nobody is nobody's business.
  EXPECT_EQ(client_->get("/v1/dossiers?agency=H32.101").status, 200);
  EXPECT_EQ(client_->get("/v1/dossiers?reason=a").json()["code"], "bad_parameter");
  EXPECT_EQ(client_->get("/v1/dossiers?on_behalf_of=H32.ct01").json()["code"], "bad_parameter");
  EXPECT_EQ(client_->post("/v1/dossiers/search", {{"reason", "a"}, {"on_behalf_of", "H32.ct01"}}).status,
            422);
  EXPECT_EQ(log_of(auditor).size(), 5u);
  expect_none_of_it(service_->log(), "the log");
  ASSERT_EQ(service_->stop(), 0);
  expect_clean(service_->directory());
  EXPECT_EQ(motcua({"audit"}).status, 0);
}

// That there is too much is told, too.
TEST_F(PersonalData, EntersTheLogWhenItIsTooMuchToBeExported) {
  for (int i = 0; i < 201; ++i) filed("2.000908");
  const HttpAnswer refused =
      client_->post("/v1/persons/export",
                    {{"id_number", kPlanted[1]}, {"reason", "Ký tên Uyển"}, {"on_behalf_of", "H32.ct01"}});
  EXPECT_EQ(refused.status, 422) << refused.body;
  EXPECT_EQ(refused.json()["code"], "export_too_long");
  EXPECT_EQ(refused.json()["instance"], "urn:uuid:" + refused.header("x-request-id"));
  HttpClient auditor = service_->client("auditor");
  const json log = log_of(auditor);
  ASSERT_EQ(log.size(), 1u) << log;
  EXPECT_EQ(log[0]["what"], "person");
  EXPECT_EQ(log[0]["dossier"], nullptr);
  EXPECT_EQ(log[0]["request"], refused.header("x-request-id"));
}

TEST_F(PersonalData, OfOnePersonIsExportedWhole) {
  const std::string one = refused();
  const std::string two = filed("2.000908");
  client_->post("/v1/dossiers",
                {{"procedure", "2.000908"},
                 {"channel", "direct"},
                 {"receiving_agency", "H32.101"},
                 {"owner", {{"kind", "citizen"}, {"name", kPlanted[0]}, {"id_number", "056777123457"}}}});
  const json asked{{"id_number", "056 777 123 456"}, {"reason", "Ký tên Uyển"}, {"on_behalf_of", "H32.ct01"}};
  const HttpAnswer answer = client_->post("/v1/persons/export", asked);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json dossiers = answer.json()["dossiers"];
  ASSERT_EQ(dossiers.size(), 2u);
  EXPECT_EQ("/v1/dossiers/" + dossiers[0]["dossier"]["id"].get<std::string>(), two);
  EXPECT_EQ("/v1/dossiers/" + dossiers[1]["dossier"]["id"].get<std::string>(), one);
  EXPECT_EQ(dossiers[1]["dossier"]["owner"]["name"], kPlanted[0]);
  EXPECT_EQ(dossiers[1]["events"].size(), 2u);
  for (const std::string& typed : kPlanted)
    EXPECT_NE(dossiers[1].dump().find(typed), std::string::npos) << typed;
  HttpClient auditor = service_->client("auditor");
  EXPECT_EQ(log_of(auditor).size(), 2u);
  EXPECT_EQ(log_of(auditor)[0]["what"], "person");
  // An officer gets what that position may open, and learns of nothing else.
  json of_commune = asked;
  of_commune["on_behalf_of"] = "H32.102.ct01";
  EXPECT_EQ(client_->post("/v1/persons/export", of_commune).json()["dossiers"], json::array());
  // Nobody tries numbers unseen: that nothing was found stands in the log, for who audits the officer.
  const json none = log_of(auditor);
  ASSERT_EQ(none.size(), 3u);
  EXPECT_EQ(none[0]["dossier"], nullptr);
  EXPECT_EQ(none[0]["code"], nullptr);
  EXPECT_EQ(none[0]["officer"], "H32.102.ct01");
  EXPECT_EQ(none[0]["reason"], "Ký tên Uyển");
  HttpClient auditor_102 = service_->client("auditor-102");
  EXPECT_EQ(log_of(auditor_102).size(), 1u);
  json of_101 = of_commune;
  of_101["on_behalf_of"] = "H32.101.ct01";
  of_101["id_number"] = "056777123499";
  EXPECT_EQ(client_->post("/v1/persons/export", of_101).status, 200);
  EXPECT_EQ(log_of(auditor).size(), 4u);
  EXPECT_EQ(log_of(auditor_102).size(), 1u);
  of_commune["on_behalf_of"] = "H32.nobody";
  EXPECT_EQ(client_->post("/v1/persons/export", of_commune).json()["code"], "forbidden_person");
  const auto refuse = [&](json changed) {
    const HttpAnswer wrong = client_->post("/v1/persons/export", changed);
    EXPECT_EQ(wrong.status, 422) << wrong.body;
  };
  for (const char* name : {"id_number", "reason", "on_behalf_of"}) {
    json without = asked;
    without.erase(name);
    refuse(without);
  }
  json wrong = asked;
  wrong["id_number"] = "Xoắn Quẩy";
  refuse(wrong);
  EXPECT_EQ(log_of(auditor).size(), 4u);
  ASSERT_EQ(service_->stop(), 0);
  EXPECT_EQ(motcua({"audit"}).status, 0);
  EXPECT_EQ(motcua({"verify-journal"}).status, 0);
}

TEST_F(PersonalData, IsErasedWhenItsTimeIsOverAndNoSooner) {
  const std::string dossier = refused();
  const std::string kept = filed("2.000908");
  EXPECT_EQ(client_->get(dossier + "/owner?" + std::string(kUnmasked)).status, 200);
  const json before = client_->get(dossier + "/events").json();
  set_clock("2026-08-10T23:00:00+07:00");
  EXPECT_EQ(erase(dossier).json()["code"], "retained");
  EXPECT_EQ(erase(kept).json()["code"], "wrong_state") << "it is not over";
  EXPECT_EQ(client_->post(dossier + "/erase", {{"ground", "retention_over"}}).status, 422) << "no officer";
  EXPECT_EQ(client_->post(dossier + "/erase", {{"ground", "boredom"}, {"on_behalf_of", "H32.ct01"}}).status,
            422);
  EXPECT_EQ(service_->client("integration")
                .post(dossier + "/erase", {{"ground", "retention_over"}, {"on_behalf_of", "H32.ct01"}})
                .status,
            403);
  set_clock("2026-08-11T00:00:00+07:00");
  const std::vector<std::string> records = sealed_records(dossier);
  ASSERT_EQ(records.size(), 2u);
  const HttpAnswer done = erase(dossier);
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.json()["personal"], "erased");
  EXPECT_EQ(done.json()["erased_at"], "2026-08-11T00:00:00+07:00");
  EXPECT_EQ(done.json()["owner"], nullptr);
  // At once for everybody, whatever the keys still open.
  EXPECT_EQ(client_->get(dossier + "/owner").json()["personal"], "erased");
  for (const char* path : {"/owner?", "/notices?", "/slips/REFUSAL?"})
    EXPECT_EQ(client_->get(dossier + path + std::string(kUnmasked)).json()["code"], "erased") << path;
  EXPECT_EQ(client_->get(dossier + "/slips/REFUSAL").json()["code"], "erased");
  EXPECT_EQ(client_->post("/v1/dossiers/search", {{"q", "056777123456"}}).json()["items"].size(), 1u)
      << "found is the one that is kept";
  wait_for_erasures();
  // What is a record stays.
  json after = client_->get(dossier + "/events").json();
  EXPECT_EQ(after["items"].size(), before["items"].size() + 1);
  EXPECT_EQ(after["items"].back()["type"], "vn.motcua.dossier.erased.v1");
  EXPECT_EQ(after["items"].back()["data"]["details"]["erasure"], "retention_over");
  after["items"].erase(after["items"].size() - 1);
  EXPECT_EQ(after["items"], before["items"]);
  EXPECT_EQ(erase(dossier).json()["code"], "dossier_erased");
  EXPECT_EQ(motcua({"audit"}).status, 0);
  EXPECT_EQ(motcua({"verify-journal"}).status, 0) << motcua({"verify-journal"}).error;
  const json entry = log_of(*std::make_unique<HttpClient>(service_->port(), token_of("auditor"))).back();
  EXPECT_EQ(entry["reason"], nullptr) << "who read it stays, why goes";
  EXPECT_EQ(entry["officer"], "H32.ct01");
  EXPECT_EQ(contents(service_->database().string() + ".erasures").substr(0, 36), entry["dossier"]);
  // A ledger that was lost is made whole of what the database knows.
  const std::string ledger = contents(service_->database().string() + ".erasures");
  ASSERT_EQ(service_->stop(), 0);
  fs::resize_file(service_->database().string() + ".erasures", 0);
  service_->restart();
  client_ = std::make_unique<HttpClient>(service_->port(), token_of("province"));
  EXPECT_EQ(contents(service_->database().string() + ".erasures"), ledger);
  EXPECT_NE(service_->log().find("ledger_lacked_erasures"), std::string::npos);
  // The records are gone from the database and from its log.
  const auto is_anywhere = [&](const std::string& bytes) {
    return contents(service_->database()).find(bytes) != std::string::npos ||
           contents(service_->database().string() + "-wal").find(bytes) != std::string::npos;
  };
  for (const std::string& record : records) EXPECT_TRUE(eventually([&] { return !is_anywhere(record); }));
}

TEST_F(PersonalData, StandsNowhereInClearAndNowhereAtAllOnceErased) {
  const std::string dossier = refused();
  EXPECT_EQ(
      client_->get(dossier + "/owner?unmasked=true&reason=" + kReason + "&on_behalf_of=H32.ct01").status,
      200);
  EXPECT_EQ(client_->get("/v1/dossiers?q=Xo%E1%BA%AFn%20Qu%E1%BA%A9y").json()["items"].size(), 1u);
  expect_clean(service_->directory());
  ASSERT_EQ(motcua({"backup", "before.db"}).status, 0);
  expect_clean(service_->directory());
  set_clock("2026-08-11T08:00:00+07:00");
  ASSERT_EQ(erase(dossier).status, 200);
  wait_for_erasures();
  ASSERT_EQ(service_->stop(), 0);
  expect_clean(service_->directory());
  // The older copy takes its place: it knows nothing of the erasure, and nobody reads it all the same.
  const fs::path folder = service_->directory();
  fs::rename(service_->database(), folder / "moved.db");
  fs::remove(service_->database().string() + "-wal");
  fs::remove(service_->database().string() + "-shm");
  fs::rename(service_->database().string() + ".seals", folder / "moved.seals");
  fs::rename(service_->database().string() + ".keys",
             folder / "moved.keys");  // of the backup are the older ones
  EXPECT_NE(motcua({"restore", "before.db"}).status, 0) << "nothing shows that nothing is lost";
  const Ended restored = motcua({"restore", "before.db", "--accept-loss"});
  ASSERT_EQ(restored.status, 0) << restored.error;
  service_->restart();
  client_ = std::make_unique<HttpClient>(service_->port(), token_of("province"));
  const json found = client_->get(dossier).json();
  EXPECT_EQ(found["personal"], "erased");
  EXPECT_EQ(client_->post("/v1/dossiers/search", {{"q", "056777123456"}}).json()["items"].size(), 0u);
  wait_for_erasures();
  EXPECT_EQ(client_->get(dossier + "/owner?" + std::string(kUnmasked)).json()["code"], "erased");
  EXPECT_EQ(sealed_records(dossier).size(), 0u);
  EXPECT_NE(restored.out.find("1 dossiers were erased again"), std::string::npos) << restored.out;
}

// The ledger was lost with the database; the keys that were destroyed tell.
TEST_F(PersonalData, StaysErasedInARestoreWithoutTheLedger) {
  const std::string dossier = refused();
  const std::string kept = filed("2.000908");
  ASSERT_EQ(motcua({"backup", "before.db"}).status, 0);
  set_clock("2026-08-11T08:00:00+07:00");
  ASSERT_EQ(erase(dossier).status, 200);
  wait_for_erasures();
  ASSERT_EQ(service_->stop(), 0);
  for (const char* suffix : {"", "-wal", "-shm", ".erasures"})
    fs::remove(service_->database().string() + suffix);
  const Ended restored = motcua({"restore", "before.db", "--accept-loss"});
  ASSERT_EQ(restored.status, 0) << restored.error;
  service_->restart();
  client_ = std::make_unique<HttpClient>(service_->port(), token_of("province"));
  EXPECT_EQ(client_->get(dossier).json()["personal"], "erased");
  EXPECT_EQ(client_->get(kept).json()["personal"], "masked");
  EXPECT_EQ(client_->post("/v1/dossiers/search", {{"q", "056777123456"}}).json()["items"].size(), 1u);
}

TEST_F(PersonalData, OutlivesAnotherMasterKeyWhileItIsServed) {
  const std::string dossier = filed();
  const fs::path master = service_->directory() / "master.key";
  const std::string old = contents(master);
  const Ended laid = motcua({"rotate-master-key"});
  ASSERT_EQ(laid.status, 0) << laid.error;
  EXPECT_EQ(contents(master), old) << "while it is served, the service takes it over";
  EXPECT_NE(motcua({"rotate-master-key"}).status, 0) << "one waits already";
  ASSERT_EQ(::kill(service_->pid(), SIGHUP), 0);
  ASSERT_TRUE(eventually([&] { return contents(master) != old; }));
  EXPECT_EQ(typed_of(*client_, dossier)["owner"]["name"], kPlanted[0]);
  const std::string later = filed();
  ASSERT_EQ(service_->stop(), 0);
  ASSERT_EQ(motcua({"rotate-master-key"}).status, 0) << "and where nobody serves, at once";
  service_->restart();
  client_ = std::make_unique<HttpClient>(service_->port(), token_of("province"));
  for (const std::string& one : {dossier, later})
    EXPECT_EQ(typed_of(*client_, one)["owner"]["name"], kPlanted[0]);
  EXPECT_EQ(client_->post("/v1/dossiers/search", {{"q", "056777123456"}}).json()["items"].size(), 2u);
  ASSERT_EQ(service_->stop(), 0);
  std::ofstream(master, std::ios::binary) << old;
  EXPECT_THROW(service_->restart(), std::runtime_error) << "the old key opens nothing any more";
}

TEST_F(PersonalData, IsNotServedWithoutItsKeys) {
  filed();
  ASSERT_EQ(service_->stop(), 0);
  const fs::path keys = service_->database().string() + ".keys";
  fs::rename(keys, keys.string() + ".moved");
  EXPECT_THROW(service_->restart(), std::runtime_error);
  EXPECT_FALSE(fs::exists(keys)) << "new ones beside old records would lock them away";
  fs::rename(keys.string() + ".moved", keys);
  service_->restart();
}

// The place of a key is not given twice, though the file that knew of it is lost.
TEST_F(PersonalData, IsNotServedWithAnOlderFileOfKeys) {
  filed();
  ASSERT_EQ(service_->stop(), 0);
  const fs::path keys = service_->database().string() + ".keys";
  fs::copy_file(keys, keys.string() + ".old");
  service_->restart();
  client_ = std::make_unique<HttpClient>(service_->port(), token_of("province"));
  filed();
  ASSERT_EQ(service_->stop(), 0);
  const fs::path backup = service_->directory() / "backup.db";
  ASSERT_EQ(motcua({"backup", backup.string()}).status, 0);
  fs::rename(keys, keys.string() + ".new");
  fs::copy_file(keys.string() + ".old", keys);
  EXPECT_THROW(service_->restart(), std::runtime_error);
  for (const char* suffix : {"", "-wal", "-shm"})
    if (fs::exists(service_->database().string() + suffix))
      fs::rename(service_->database().string() + suffix, service_->database().string() + suffix + ".away");
  const Ended refused = motcua({"restore", backup.string()});
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.error.find("backup.db.keys has more"), std::string::npos) << refused.error;
  const Ended accepted = motcua({"restore", backup.string(), "--accept-loss"});
  EXPECT_EQ(accepted.status, 0) << accepted.error;
  EXPECT_NE(accepted.out.find("more cannot be"), std::string::npos) << accepted.out;
  service_->restart();
}

// What was sealed by keys that a restore passed over is lost. Nobody erased it, and no later restore says so.
TEST_F(PersonalData, ThatIsLostWithItsKeysIsNotErasedByALaterRestore) {
  const std::string partly = filed();
  ASSERT_EQ(service_->stop(), 0);
  const fs::path keys = service_->database().string() + ".keys";
  fs::copy_file(keys, keys.string() + ".old");
  service_->restart();
  client_ = std::make_unique<HttpClient>(service_->port(), token_of("province"));
  const std::string whole = filed();
  ASSERT_EQ(client_->post(partly + "/refuse", {{"reason", kPlanted[7]}}).status, 200);
  ASSERT_EQ(service_->stop(), 0);
  const fs::path backup = service_->directory() / "backup.db";
  ASSERT_EQ(motcua({"backup", backup.string()}).status, 0);
  fs::remove(backup.string() + ".keys");
  fs::rename(keys.string() + ".old", keys);
  const auto restored = [&] {
    for (const char* suffix : {"", "-wal", "-shm", ".erasures"})
      fs::remove(service_->database().string() + suffix);
    const Ended ended = motcua({"restore", backup.string(), "--accept-loss"});
    EXPECT_EQ(ended.status, 0) << ended.error;
    return ended.out;
  };
  const auto is_erased = [&](const std::string& dossier) {
    const HttpAnswer events = client_->get(dossier + "/events");
    EXPECT_EQ(events.status, 200) << events.body;
    return events.body.find("dossier.erased") != std::string::npos;
  };
  const auto serve = [&] {
    service_->restart();
    client_ = std::make_unique<HttpClient>(service_->port(), token_of("province"));
  };
  for (int times = 0; times < 2; ++times) {
    const std::string said = restored();
    EXPECT_EQ(said.find("are erased"), std::string::npos) << said;
    serve();
    EXPECT_FALSE(is_erased(partly));
    EXPECT_FALSE(is_erased(whole));
    const HttpAnswer exported = client_->post(
        "/v1/persons/export",
        {{"id_number", "056777123456"}, {"reason", "Ký tên Uyển"}, {"on_behalf_of", "H32.ct01"}});
    EXPECT_EQ(exported.json()["code"], "typed_text_lost") << exported.body;
    HttpClient auditor = service_->client("auditor");
    EXPECT_EQ(log_of(auditor).size(), 1u) << "that there is one was told";
    ASSERT_EQ(service_->stop(), 0);
  }
  // Places that were passed over before they were marked look destroyed: a key that opens tells.
  std::string bytes = contents(keys);
  for (std::size_t place = 128; place + 64 <= bytes.size(); place += 64)
    if (bytes[place] == 2) bytes[place] = 0;
  std::ofstream(keys, std::ios::binary) << bytes;
  const std::string said = restored();
  EXPECT_NE(said.find("1 dossiers are erased"), std::string::npos) << said;
  serve();
  EXPECT_FALSE(is_erased(partly));
  EXPECT_TRUE(is_erased(whole)) << "of those nothing is known any more";
}

// No room for keys is no room: what is typed is refused for now, and everything else goes on.
TEST_F(PersonalData, IsRefusedWhileItsKeysHaveNoRoom) {
  const std::string dossier = filed();
  ASSERT_EQ(service_->stop(), 0);
  // Longer than whatever else is written, so that the limit of a file's size meets it alone.
  constexpr rlim_t kLength = 128 + (64 << 20);
  fs::resize_file(service_->database().string() + ".keys", kLength);
  service_->restart();
  client_ = std::make_unique<HttpClient>(service_->port(), token_of("province"));
  rlimit limit{kLength, RLIM_INFINITY};
  ASSERT_EQ(::prlimit(service_->pid(), RLIMIT_FSIZE, &limit, nullptr), 0);
  const json filing{{"procedure", "2.000908"},
                    {"channel", "direct"},
                    {"receiving_agency", "H32.101"},
                    {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}};
  const std::string unmasked = dossier + "/owner?" + std::string(kUnmasked);
  for (int i = 0; i < 2; ++i) {
    for (const HttpAnswer& refused :
         {client_->post("/v1/dossiers", filing), client_->post(dossier + "/refuse", {{"reason", "x"}}),
          client_->get(unmasked)}) {
      EXPECT_EQ(refused.status, 503) << refused.body;
      EXPECT_EQ(refused.json()["code"], "store_full");
      EXPECT_NE(refused.header("retry-after"), "");
    }
    EXPECT_EQ(client_->get(dossier).json()["personal"], "masked");
    EXPECT_EQ(client_->get("/v1/dossiers?q=056777123456").status, 200) << "it says no reason";
    EXPECT_EQ(client_->get("/readyz").status, 200);
  }
  limit.rlim_cur = RLIM_INFINITY;
  ASSERT_EQ(::prlimit(service_->pid(), RLIMIT_FSIZE, &limit, nullptr), 0);
  EXPECT_EQ(client_->post("/v1/dossiers", filing).status, 201);
  EXPECT_EQ(client_->post(dossier + "/refuse", {{"reason", "x"}}).status, 200);
  EXPECT_EQ(client_->get(unmasked).status, 200);
  EXPECT_EQ(service_->stop(), 0);
}

TEST_F(PersonalData, IsMissedByTheAuditWhereItIsGoneOrDoesNotOpen) {
  filed();
  ASSERT_EQ(service_->stop(), 0);
  EXPECT_EQ(motcua({"audit"}).status, 0);
  for (const auto& [change, told] : {std::pair{"UPDATE personal SET sealed = CAST(substr(sealed, 1, "
                                               "length(sealed) - 1) || x'00' AS BLOB)",
                                               "does not open"},
                                     std::pair{"DELETE FROM personal", "is not there"}}) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(service_->database().c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, change, nullptr, nullptr, nullptr), SQLITE_OK) << change;
    sqlite3_close(database);
    const Ended found = motcua({"audit"});
    EXPECT_EQ(found.status, 1);
    EXPECT_NE(found.out.find(told), std::string::npos) << found.out;
  }
}

TEST_F(PersonalData, LeavesALogInWhichEveryChangeIsFound) {
  const std::string dossier = filed();
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(client_->get(dossier + "/owner?" + std::string(kUnmasked)).status, 200);
  ASSERT_EQ(service_->stop(), 0);
  ASSERT_EQ(motcua({"audit"}).status, 0);
  const std::string whole = contents(service_->database());
  for (const char* change :
       {"UPDATE access SET at = at - 1 WHERE position = 2", "DELETE FROM access WHERE position = 3",
        "UPDATE access SET officer = 0 WHERE position = 1", "UPDATE access SET what = 3 WHERE position = 4",
        "DELETE FROM access WHERE position = 1", "DELETE FROM access WHERE position >= 4",
        "DELETE FROM access"}) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(service_->database().c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, change, nullptr, nullptr, nullptr), SQLITE_OK) << change;
    sqlite3_close(database);
    const Ended found = motcua({"audit"});
    EXPECT_NE(found.status, 0) << change;
    EXPECT_NE(found.out.find("of the access log"), std::string::npos) << found.out << found.error;
    const Ended verified = motcua({"verify-journal"});
    EXPECT_NE(verified.status, 0) << change;
    EXPECT_NE(verified.error.find("of the access log"), std::string::npos) << verified.error;
    EXPECT_EQ(found.status, 1);
    fs::remove(service_->database().string() + "-wal");
    std::ofstream(service_->database(), std::ios::binary) << whole;
  }
}

}  // namespace
}  // namespace motcua::testing
