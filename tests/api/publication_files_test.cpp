#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/support/monthly_list.h"
#include "tests/support/paths.h"
#include "tests/support/safe_page.h"

// What is made with a list when it is published: the head of its export, index 766, and what it says of
// persons.
namespace motcua::testing {
namespace {

using nlohmann::json;

class PublishedFiles : public MonthlyList {
 protected:
  // Every download of a list, into a folder.
  std::filesystem::path downloads(const json& list, const std::string& folder) {
    std::filesystem::create_directory(place(folder));
    for (const std::string& name : files_of_list(*service_, list)) {
      const HttpAnswer file = client().get(folder_of_list(list) + name);
      EXPECT_EQ(file.status, 200) << name;
      save(file.body, place(folder) / name);
      if (name.ends_with(".html")) expect_safe_page(file, place(folder).parent_path());
    }
    return place(folder);
  }
  // Whether any of these words stands in a file, in sheets and papers too.
  bool finds(const std::filesystem::path& folder, const std::string& word) {
    save(word + '\n', place("needles"));
    const std::string line = "python3 " + in_tree("tests/support/find_in_files.py") + " '" + folder.string() +
                             "' '" + place("needles").string() + "' </dev/null >/dev/null 2>&1";
    const int status = std::system(line.c_str());
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) < 2) << status;
    return WEXITSTATUS(status) == 1;
  }
  // Whether it stands in the one file.
  bool finds_in(const std::filesystem::path& file, const std::string& word) {
    const std::filesystem::path alone = place("alone");
    std::filesystem::remove_all(alone);
    std::filesystem::create_directory(alone);
    std::filesystem::copy(file, alone);
    return finds(alone, word);
  }
};

TEST_F(PublishedFiles, IsCountedAgainWhateverIsCalledOtherwiseLater) {
  live_shortly();
  const json list = published_list(client(), drafted_list(client(), "2026-08")["id"]);
  fetch(list);
  const std::string before = client().get(folder_of_list(list) + "export").body;
  EXPECT_NE(before.find("Công chức Tư pháp – Hộ tịch"), std::string::npos);
  ASSERT_EQ(service_->stop(), 0);
  rename({{"Ủy ban nhân dân phường Nha Trang", "Ủy ban nhân dân phường Nha Trang Mới"},
          {R"({"key": "tu-phap", "name": "Tư pháp – Hộ tịch"})",
           R"({"key": "tu-phap", "name": "Phòng Hộ tịch"})"},
          {"Công chức Tư pháp – Hộ tịch", "Công chức hộ tịch"}});
  apply();
  service_->restart();
  reconnect();
  EXPECT_EQ(client().get(folder_of_list(list) + "export").body, before);
  fetch(list);
  const Ended again = motcua({"recompute", place("export.jsonl"), "--against", place("list.json")});
  EXPECT_EQ(again.status, 0) << again.error;
  EXPECT_EQ(counted_by_python(), 0);
  // The one that the command line prints is the same.
  ASSERT_EQ(service_->stop(), 0);
  const Ended printed = motcua(
      {"export-publication", "2026-08", "--config", service_->config_file().string(), "--sandbox-database"});
  EXPECT_EQ(printed.status, 0) << printed.error;
  EXPECT_EQ(printed.out, before);
}

TEST_F(PublishedFiles, CarriesTheIndexOfItsMonth) {
  live_shortly();
  const json list = published_list(client(), drafted_list(client(), "2026-08")["id"]);
  const HttpAnswer file = client().get(folder_of_list(list) + "index-766.json");
  ASSERT_EQ(file.status, 200);
  EXPECT_EQ(file.header("content-type"), "application/json");
  EXPECT_EQ(file.header("cache-control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(file.header("x-content-type-options"), "nosniff");
  save(file.body, place("index-766.json"));
  const Ended verified = motcua({"verify", place("index-766.json"), "--key", list["public_key"]});
  EXPECT_EQ(verified.status, 0) << verified.error;
  json changed = file.json();
  changed["document"]["total"]["late"] = 0;
  save(changed.dump(), place("changed.json"));
  EXPECT_EQ(motcua({"verify", place("changed.json")}).status, 1);
  EXPECT_EQ(
      std::system(("'" + in_tree("tests/node/install.sh") + "' >/dev/null && node '" +
                   in_tree("tests/node/late_schema.mjs") + "' '" + in_tree("api/index-766.schema.json") +
                   "' '" + place("index-766.json").string() + "' 70 </dev/null")
                      .c_str()),
      0);

  const json document = file.json()["document"];
  const json& head = document["head"];
  EXPECT_EQ(head["list_sha256"], list["sha256"]);
  for (const char* same : {"month", "number", "scope", "scope_name", "period_from", "period_to",
                           "cutoff_position", "cutoff_recorded_at"}) {
    EXPECT_EQ(head[same], list["head"][same]) << same;
  }
  // By hand: three were received, none was ended, and all are late.
  EXPECT_EQ(document["total"]["received"], 3);
  EXPECT_EQ(document["total"]["late"], 3);
  EXPECT_EQ(document["total"]["score_hundredths"], 0);
  const std::string sha256 = file.json()["sha256"];
  const std::string page = client().get(folder_of_list(list) + "index.html").body;
  EXPECT_NE(page.find("href=\"index-766.json\""), std::string::npos);
  EXPECT_NE(page.find(sha256), std::string::npos);
  for (const char* index : {"/public/late", "/public/late/feed"}) {
    EXPECT_NE(client().get(index).body.find(folder_of_list(list) + "index-766.json"), std::string::npos)
        << index;
  }
  // A stranger's text is no name of this service, and nobody else gets the page under the name of one caller.
  HttpClient stranger(service_->port(), "");
  const HttpAnswer odd = stranger.request("GET", "/public/late/feed", "", {{"Host", "evil.example\"><x>"}});
  EXPECT_EQ(odd.status, 400) << odd.body;
  EXPECT_EQ(odd.body.find("evil"), std::string::npos);
  EXPECT_EQ(client().get("/public/late/feed").header("cache-control"), "private, no-cache");
}

// The same as the report of the month, number by number.
TEST_F(MonthlyList, CarriesAnIndexThatIsTheReportAtItsCutOff) {
  live();
  const json list = published_list(client(), drafted_list(client(), "2026-08")["id"]);
  const json document = file_json(list, "index-766.json")["document"];
  std::string until = list["cutoff"]["recorded_at"];
  until.replace(until.find('+'), 1, "%2B");
  const json report =
      client().get("/v1/reports/index-766?agency=H32&month=2026-08&recorded_until=" + until).json();
  const auto expect_same = [](const json& score, const json& row) {
    for (const auto& [name, count] : row["counts"].items()) EXPECT_EQ(score[name], count) << name;
    EXPECT_EQ(score["on_time_bp"], row["on_time_bp"]);
    EXPECT_EQ(score["score_hundredths"], row["score_hundredths"]);
    EXPECT_EQ(score.size(), row["counts"].size() + 2);
  };
  EXPECT_EQ(report["cutoff"]["position"], document["head"]["cutoff_position"]);
  EXPECT_EQ(report["groups"], document["groups"]);
  expect_same(document["total"], report["total"]);
  ASSERT_EQ(document["agencies"].size(), report["agencies"].size());
  for (std::size_t i = 0; i < report["agencies"].size(); ++i) {
    EXPECT_EQ(document["agencies"][i]["agency"], report["agencies"][i]["agency"]);
    EXPECT_EQ(document["agencies"][i]["name"], report["agencies"][i]["agency_name"]);
    expect_same(document["agencies"][i]["score"], report["agencies"][i]);
  }
  // By hand, from the dossiers' own pages: accepted in the month, by the agency that decides.
  std::map<std::string, int> received;
  std::string address = "/v1/dossiers?limit=100";
  while (!address.empty()) {
    const json page = client().get(address).json();
    for (const json& one : page["items"]) {
      const json dossier = client().get("/v1/dossiers/" + one["id"].get<std::string>()).json();
      const bool in_month = dossier["accepted_at"].is_string() &&
                            dossier["accepted_at"].get<std::string>().starts_with("2026-08");
      if (in_month && dossier["untimed"] == false) ++received[dossier["competent_agency"]];
    }
    address = page["next_cursor"].is_string()
                  ? "/v1/dossiers?limit=100&cursor=" + page["next_cursor"].get<std::string>()
                  : "";
  }
  EXPECT_GE(received.size(), 2U);
  for (const json& agency : document["agencies"]) {
    EXPECT_EQ(agency["score"]["received"], received[agency["agency"]]) << agency;
  }
}

TEST_F(PublishedFiles, NamesNobodyWhereIndividualsAreOff) {
  live_shortly([](json& config) { config["publications"]["individuals"] = "off"; });
  const json list = published_list(client(), drafted_list(client(), "2026-08")["id"]);
  EXPECT_EQ(list["head"]["individuals"], "off");
  const json published = file_json(list);
  for (const json& agency : published["document"]["agencies"]) EXPECT_TRUE(agency["persons"].empty());
  const auto folder = downloads(list, "public");
  fetch(list);
  std::filesystem::copy(place("export.jsonl"), folder);
  for (const char* word :
       {"Đặng Thị Ngọc Ánh", "Võ Phước Thịnh", "H32.101.cv01", "Công chức Tư pháp – Hộ tịch"}) {
    EXPECT_FALSE(finds(folder, word)) << word;
  }
  EXPECT_EQ(motcua({"recompute", place("export.jsonl"), "--against", place("list.json")}).status, 0);
}

TEST_F(PublishedFiles, TellsPositionsWhereThoseAreToldAndNoName) {
  live_shortly([](json& config) { config["publications"]["individuals"] = "position"; });
  const json list = published_list(client(), drafted_list(client(), "2026-08")["id"]);
  const auto folder = downloads(list, "public");
  fetch(list);
  std::filesystem::copy(place("export.jsonl"), folder);
  for (const char* word : {"Đặng Thị Ngọc Ánh", "Võ Phước Thịnh", "H32.101.cv01"}) {
    EXPECT_FALSE(finds(folder, word)) << word;
  }
  for (const char* file : {"list.json", "list.xlsx", "H32.101.pdf", "H32.101.html", "persons.csv"}) {
    EXPECT_TRUE(finds_in(folder / file, "Công chức Tư pháp – Hộ tịch")) << file;
  }
  EXPECT_EQ(motcua({"recompute", place("export.jsonl"), "--against", place("list.json")}).status, 0);
  EXPECT_EQ(counted_by_python(), 0);
}

TEST_F(PublishedFiles, TellsNamesWhereADecisionSaysSo) {
  live_shortly([](json& config) {
    config["publications"]["individuals"] = "name";
    config["publications"]["individuals_basis"] = "Quyết định 12/2026/QĐ-UBND";
  });
  const json list = published_list(client(), drafted_list(client(), "2026-08")["id"]);
  EXPECT_EQ(list["head"]["individuals_basis"], "Quyết định 12/2026/QĐ-UBND");
  const auto folder = downloads(list, "public");
  fetch(list);
  for (const char* name : {"Đặng Thị Ngọc Ánh", "Võ Phước Thịnh"}) {
    for (const char* file : {"list.json", "list.xlsx", "H32.101.pdf", "H32.101.html", "persons.csv"}) {
      EXPECT_TRUE(finds_in(folder / file, name)) << file << ' ' << name;
    }
    EXPECT_FALSE(finds_in(folder / "index-766.json", name)) << name;
  }
  EXPECT_FALSE(finds(folder, "H32.101.cv01"));
  EXPECT_EQ(motcua({"recompute", place("export.jsonl"), "--against", place("list.json")}).status, 0);
  EXPECT_EQ(counted_by_python(), 0);
  // Names are published by a decision or not at all.
  ASSERT_EQ(service_->stop(), 0);
  std::ifstream in(service_->config_file());
  json config = json::parse(in);
  config["publications"]["individuals_basis"] = nullptr;
  save(config.dump(), service_->config_file());
  const Ended refused = motcua({"check", "--config", service_->config_file().string()});
  EXPECT_NE(refused.status, 0);
  EXPECT_NE((refused.out + refused.error).find("individuals_basis"), std::string::npos) << refused.error;
}

}  // namespace
}  // namespace motcua::testing
