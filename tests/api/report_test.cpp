#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/support/paths.h"
#include "tests/support/service.h"

// Reports over HTTP: counted again by hand from what the dossiers' own pages say, and the same at any later
// time.

namespace motcua::testing {
namespace {

using nlohmann::json;

constexpr const char* kTimed = "1.004194";    // three working days
constexpr const char* kUntimed = "2.001263";  // states no limit
const std::string kAugust = "&agency=H32.101&from=2026-08-01&to=2026-08-31";

ServiceOptions report_options() {
  ServiceOptions options;
  options.sandbox = "2026-07-27T08:00:00+07:00";
  options.keys = {{"province", "", true}, {"commune", "H32.101", false}};
  return options;
}

class ReportApi : public ::testing::Test {
 protected:
  ReportApi() : service_(report_options()), client_(service_.client("province")) {}

  void at(const std::string& now) { ASSERT_TRUE(service_.set_clock(now + ":00+07:00")) << now; }
  std::string filed(const std::string& procedure, const std::string& channel = "direct") {
    json body{{"procedure", procedure},
              {"channel", channel},
              {"receiving_agency", "H32.101"},
              {"owner", {{"kind", "citizen"}, {"name", "Lê Văn C"}}}};
    if (channel == "direct") body["accept"] = true;
    const HttpAnswer answer = client_.post("/v1/dossiers", body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    const std::string id = answer.json().value("id", "");
    all_.push_back(id);
    return id;
  }
  void act(const std::string& dossier, const std::string& word, const json& body = json::object()) {
    const HttpAnswer answer = client_.post("/v1/dossiers/" + dossier + '/' + word, body);
    EXPECT_EQ(answer.status, 200) << word << ' ' << answer.body;
  }
  json get(const std::string& target, int status = 200) {
    const HttpAnswer answer = client_.get(target);
    EXPECT_EQ(answer.status, status) << target << ' ' << answer.body;
    return answer.json();
  }
  std::string refused(HttpClient& client, const std::string& target, int status) {
    const HttpAnswer answer = client.get(target);
    EXPECT_EQ(answer.status, status) << target << ' ' << answer.body;
    return answer.json().value("code", "");
  }
  void live_through_august();
  std::map<std::string, int> form_by_hand();

  RunningService service_;
  HttpClient client_;
  std::vector<std::string> all_;
  std::string suspended_;  // awaits a supplement at the end of the month, asked for in time
};

void ReportApi::live_through_august() {
  const std::string forward = filed(kTimed);  // due 30/07
  at("2026-08-03T09:00");
  const std::string on_day = filed(kTimed);  // due 06/08
  const std::string early = filed(kTimed);
  const std::string late = filed(kTimed);
  filed(kTimed);  // open, and late
  const std::string withdrawn = filed(kTimed);
  filed(kUntimed);
  const std::string online = filed(kTimed, "online");
  const std::string refused_one = filed(kTimed, "online");
  at("2026-08-04T08:00");
  act(online, "accept");
  act(refused_one, "refuse", {{"reason", "Không thuộc thẩm quyền"}});
  act(early, "settle", {{"outcome", "denied"}, {"result_form", "paper"}, {"reason", "Không đủ điều kiện"}});
  act(forward, "settle", {{"outcome", "denied"}, {"result_form", "paper"}, {"reason", "Không đủ điều kiện"}});
  at("2026-08-06T08:00");
  act(on_day, "settle", {{"outcome", "denied"}, {"result_form", "paper"}, {"reason", "Không đủ điều kiện"}});
  at("2026-08-12T08:00");
  act(late, "settle", {{"outcome", "denied"}, {"result_form", "paper"}, {"reason", "Không đủ điều kiện"}});
  act(withdrawn, "withdraw");
  at("2026-08-24T08:00");
  suspended_ = filed(kTimed);  // due 27/08
  at("2026-08-25T08:00");
  act(suspended_, "request-supplement", {{"reason", "Thiếu giấy tờ"}});
  at("2026-08-27T08:00");
  filed(kTimed);  // open in term
  at("2026-09-08T09:00");
}

// The columns of the form, of what each dossier says of itself.
std::map<std::string, int> ReportApi::form_by_hand() {
  std::map<std::string, int> columns;
  for (const std::string& id : all_) {
    const json one = get("/v1/dossiers/" + id);
    if (one["accepted_at"].is_null()) continue;
    const auto day = [&](const char* member) {
      return one[member].is_null() ? std::string() : one[member].get<std::string>().substr(0, 10);
    };
    if (one["untimed"] == true) {
      ++columns["untimed_received"];
      continue;
    }
    ++columns["received"];
    const bool before = day("accepted_at") < "2026-08-01";
    ++columns[before ? "brought_forward" : one["channel"] == "online" ? "received_online" : "received_other"];
    const std::string state = one["state"];
    if (state == "settled" || state == "withdrawn") {
      const std::string due = day("due_at");
      ++columns["settled"];
      if (state == "withdrawn") {
        ++columns["on_time"];
      } else {
        const std::string finished = day("settled_at");
        ++columns[finished < due ? "early" : finished == due ? "on_time" : "late"];
      }
      continue;
    }
    ++columns["open"];
    const bool waits = state == "awaiting_supplement";
    ++columns[!waits && day("due_at") <= "2026-08-31" ? "open_late" : "open_in_term"];
  }
  return columns;
}

TEST_F(ReportApi, CountTheFormAsTheDossiersThemselvesSay) {
  live_through_august();
  const json form = get("/v1/reports/ii06a?" + kAugust.substr(1));
  EXPECT_EQ(form["confirmed"], false);
  EXPECT_EQ(form["period"]["from_on"], "2026-08-01");
  EXPECT_EQ(form["cutoff"]["recorded_at"],
            "2026-09-07T17:00:00+07:00");  // 1, 2/9 and a swapped Monday are off
  const auto expected = form_by_hand();
  for (const auto& [column, count] : expected) EXPECT_EQ(form["total"][column], count) << column << form;
  EXPECT_EQ(expected.at("brought_forward"), 1);
  EXPECT_EQ(expected.at("open_in_term"), 2);
  EXPECT_GE(expected.at("late"), 2);
  int fields = 0;
  for (const json& row : form["fields"]) fields += row["counts"]["received"].get<int>();
  EXPECT_EQ(form["total"]["received"], fields);

  const json index = get("/v1/reports/index-766?agency=H32.101&month=2026-08");
  EXPECT_EQ(index["total"]["counts"]["untimed"], 1);
  EXPECT_EQ(index["total"]["counts"]["received"],
            form["total"]["received"].get<int>() - form["total"]["brought_forward"].get<int>());
  const json acceptance = get("/v1/reports/acceptance?agency=H32.101&month=2026-08");
  EXPECT_EQ(acceptance["total"]["fell_due"], 2);
  EXPECT_EQ(acceptance["total"]["in_time_bp"], 10'000);
  EXPECT_EQ(acceptance["target_percent"], 100);
}

TEST_F(ReportApi, SayTheSameWhateverComesLater) {
  live_through_august();
  const std::vector<std::string> reports = {"/v1/reports/ii06a?" + kAugust.substr(1),
                                            "/v1/reports/index-766?agency=H32.101&month=2026-08",
                                            "/v1/reports/differences?agency=H32.101&month=2026-08",
                                            "/v1/reports/acceptance?agency=H32.101&month=2026-08",
                                            "/v1/indicators?agency=H32.101&from=2026-07&to=2026-08"};
  std::map<std::string, std::string> before;
  for (const std::string& report : reports) before[report] = client_.get(report).body;
  act(suspended_, "supplement", {{"papers", json::array()}});
  act(suspended_, "accept-supplement");
  act(suspended_, "settle",
      {{"outcome", "denied"}, {"result_form", "paper"}, {"reason", "Không đủ điều kiện"}});
  for (const std::string& id : all_) {
    if (get("/v1/dossiers/" + id)["state"] == "accepted") act(id, "withdraw");
  }
  at("2026-10-06T09:00");
  for (const std::string& report : reports) EXPECT_EQ(client_.get(report).body, before[report]) << report;
}

TEST_F(ReportApi, ExplainEachDifferenceAndPageThroughThem) {
  live_through_august();
  const std::string target = "/v1/reports/differences?agency=H32.101&month=2026-08";
  const json all = get(target);
  ASSERT_GE(all["items"].size(), 2U) << all;
  std::map<std::string, int> reasons;
  for (const json& one : all["items"]) {
    EXPECT_TRUE(one["ii06a_reason"].is_string() || one["index_766_reason"].is_string()) << one;
    for (const char* reason : {"ii06a_reason", "index_766_reason"}) {
      if (one[reason].is_string()) ++reasons[one[reason].get<std::string>()];
    }
  }
  EXPECT_EQ(reasons["withdrawn_on_time"], 1);
  EXPECT_EQ(reasons["accepted_before"], 1);
  json paged = json::array();
  std::string next = target + "&limit=1";
  for (int pages = 0; pages < 20; ++pages) {
    const json page = get(next);
    ASSERT_EQ(page["items"].size(), 1U);
    paged.push_back(page["items"][0]);
    if (page["next_cursor"].is_null()) break;
    next = target + "&limit=1&cursor=" + page["next_cursor"].get<std::string>();
  }
  EXPECT_EQ(paged, all["items"]);
}

TEST_F(ReportApi, GiveTheIndicatorsWithTheirTargetsAndNeverAMadeUpNumber) {
  live_through_august();
  const json answer = get("/v1/indicators?agency=H32.101&from=2026-07&to=2026-08");
  std::map<std::string, json> found;
  for (const json& one : answer["indicators"]) found[one["indicator"]] = one;
  for (const auto& [name, one] : found) {
    if (one["measured"] == false) {
      EXPECT_TRUE(one["why_not"].is_string()) << name;
      EXPECT_TRUE(one["total"].is_null() && !one.contains("months")) << name;
      continue;
    }
    EXPECT_EQ(one["months"].size(), 2U) << name;
    for (const json& month : one["months"]) {
      const auto whole = month["denominator"].get<std::int64_t>();
      EXPECT_LE(month["numerator"], month["denominator"]) << name;
      EXPECT_EQ(month["bp"].is_null(), whole == 0) << name;
    }
  }
  EXPECT_EQ(found.at("acceptance")["target_percent"], 100);
  EXPECT_EQ(found.at("form_fields_saved")["measured"], false);
  EXPECT_EQ(found.at("form_fields_saved")["target_percent"], 20);
  EXPECT_EQ(found.at("online")["months"][1]["numerator"], 1);
  const json& explained = found.at("explanation")["total"];
  EXPECT_GE(explained["denominator"], 2) << explained;
  EXPECT_EQ(explained["numerator"], 0);
  const json quarter =
      get("/v1/reports/quarterly?agency=H32.101&quarter=2026-Q2&recorded_until=2026-09-08T09:00:00%2B07:00");
  EXPECT_EQ(quarter["form"]["period"]["to_on"], "2026-06-14");
  EXPECT_EQ(quarter["late_lists"].size(), 3U);
}

// A dossier that is late in July and in August is one late dossier of the two months.
TEST_F(ReportApi, CountADossierOnceOverSeveralMonths) {
  filed(kTimed);  // due 30/07, and late in all that follows
  const std::string explained = filed(kTimed);
  at("2026-08-03T09:00");
  filed(kTimed);  // due 06/08
  at("2026-08-04T09:00");
  act(explained, "explain-lateness", {{"reason", "Quá tải"}, {"on_behalf_of", "H32.ct01"}});
  at("2026-09-08T09:00");
  const json answer = get("/v1/indicators?agency=H32&from=2026-07&to=2026-08&by_agency=true");
  std::map<std::string, json> found;
  for (const json& one : answer["indicators"]) found[one["indicator"]] = one;
  const json& lateness = found.at("reappointment");
  EXPECT_EQ(lateness["months"][0]["denominator"], 2);
  EXPECT_EQ(lateness["months"][1]["denominator"], 3);
  EXPECT_EQ(lateness["total"]["denominator"], 3);
  EXPECT_EQ(found.at("explanation")["total"], (json{{"numerator", 1}, {"denominator", 3}, {"bp", 3333}}));
  // Each agency's series adds up to the province's.
  ASSERT_FALSE(answer["agencies"].empty());
  for (const auto& [name, one] : found) {
    if (one["measured"] == false || name == "electronic_workflow") continue;
    for (std::size_t month = 0; month < 2; ++month) {
      std::int64_t whole = 0;
      for (const json& agency : answer["agencies"]) {
        const json& its = agency["indicators"];
        for (const json& row : its) {
          if (row["indicator"] == name) whole += row["months"][month]["denominator"].get<std::int64_t>();
        }
      }
      EXPECT_EQ(one["months"][month]["denominator"], whole) << name << month;
    }
  }
  EXPECT_TRUE(get("/v1/indicators?agency=H32&from=2026-07&to=2026-08")["agencies"].is_null());
}

// Each is opened with another library than wrote it, and held against the JSON cell by cell.
TEST_F(ReportApi, AreWorkbooksThatSayWhatTheAnswersSay) {
  if (std::system("/usr/bin/python3 -c 'import openpyxl' </dev/null >/dev/null 2>&1") != 0) {
    GTEST_SKIP() << "python3-openpyxl is not installed";
  }
  live_through_august();
  const auto read_back = [&](const std::string& name, const std::string& target) {
    const std::filesystem::path answer = service_.directory() / (name + ".json");
    const std::filesystem::path book = service_.directory() / (name + ".xlsx");
    const HttpAnswer told = client_.get("/v1/" + target);
    const HttpAnswer xlsx = client_.get("/v1/" + target + "&format=xlsx");
    EXPECT_EQ(told.status, 200) << told.body;
    EXPECT_EQ(xlsx.status, 200) << xlsx.body;
    std::ofstream(answer, std::ios::binary) << told.body;
    std::ofstream(book, std::ios::binary) << xlsx.body;
    const std::string line = "/usr/bin/python3 '" + in_tree("tests/api/report_read_back.py") + "' " + name +
                             " '" + answer.string() + "' '" + book.string() + "' </dev/null";
    const int status = std::system(line.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  const std::string quarter = "quarter=2026-Q2&recorded_until=2026-09-08T09:00:00%2B07:00";
  const std::vector<std::pair<std::string, std::string>> reports = {
      {"ii06a", "reports/ii06a?period=month:2026-08"},
      {"index_766", "reports/index-766?month=2026-08"},
      {"acceptance", "reports/acceptance?month=2026-08"},
      {"differences", "reports/differences?month=2026-08"},
      {"differences", "reports/differences?month=2026-08&limit=1"},
      {"differences", "reports/differences?month=2026-08&agency=H32.103"},  // none
      {"indicators", "indicators?from=2026-07&to=2026-08"},
      {"indicators", "indicators?from=2026-07&to=2026-08&by_agency=true"},
      {"quarterly", "reports/quarterly?" + quarter}};
  for (const auto& [name, target] : reports) EXPECT_EQ(read_back(name, target), 0) << target;
  // It would see a difference.
  const std::filesystem::path answer = service_.directory() / "ii06a.json";
  std::ifstream in(answer);
  json changed = json::parse(in);
  changed["total"]["late"] = changed["total"]["late"].get<int>() + 1;
  std::ofstream(answer) << changed;
  const std::string again = "/usr/bin/python3 '" + in_tree("tests/api/report_read_back.py") + "' ii06a '" +
                            answer.string() + "' '" + (service_.directory() / "ii06a.xlsx").string() +
                            "' </dev/null >/dev/null";
  EXPECT_NE(std::system(again.c_str()), 0);
}

TEST_F(ReportApi, AreWorkbooksOfTheSameBytesTwice) {
  live_through_august();
  for (const char* report :
       {"reports/ii06a?period=month:2026-08", "reports/index-766?month=2026-08",
        "reports/acceptance?month=2026-08", "reports/differences?month=2026-08",
        "indicators?from=2026-08&to=2026-08",
        "reports/quarterly?quarter=2026-Q2&recorded_until=2026-09-08T09:00:00%2B07:00"}) {
    const std::string target = "/v1/" + std::string(report) + "&format=xlsx";
    const HttpAnswer answer = client_.get(target);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.header("content-type"),
              "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    EXPECT_TRUE(answer.body.starts_with("PK")) << report;
    EXPECT_EQ(client_.get(target).body, answer.body) << report;
  }
}

TEST_F(ReportApi, RefuseWhatTheyCannotSay) {
  live_through_august();
  HttpClient commune = service_.client("commune");
  EXPECT_EQ(refused(commune, "/v1/reports/ii06a?agency=H32&period=month:2026-08", 403), "forbidden_scope");
  EXPECT_EQ(refused(commune, "/v1/indicators?agency=H32.102&from=2026-08&to=2026-08", 403),
            "forbidden_scope");
  EXPECT_EQ(commune.get("/v1/reports/acceptance?month=2026-08").json()["agency"], "H32.101");
  EXPECT_EQ(get("/v1/reports/acceptance?month=2026-08")["agency"], "H32");
  for (const char* wrong :
       {"reports/ii06a", "reports/ii06a?period=2026-08", "reports/ii06a?from=2026-08-01",
        "reports/ii06a?from=2026-08-31&to=2026-08-01", "reports/ii06a?from=2026-08-32&to=2026-09-01",
        "reports/ii06a?period=month:2026-08&from=2026-08-01", "reports/index-766",
        "reports/index-766?month=2026-8", "reports/acceptance?month=2026-08&format=pdf",
        "reports/acceptance?month=2026-08&below=perhaps", "reports/acceptance?month=2026-08&agency=H99",
        "reports/quarterly?quarter=2026-5", "reports/differences?month=2026-08&limit=0",
        "indicators?from=2026-08", "indicators?from=2024-08&to=2026-08"}) {
    EXPECT_EQ(refused(client_, "/v1/" + std::string(wrong), 400), "bad_parameter") << wrong;
  }
  EXPECT_EQ(refused(client_, "/v1/reports/acceptance?month=2026-08&colour=red", 400), "unknown_parameter");
  EXPECT_EQ(refused(client_, "/v1/reports/differences?month=2026-08&cursor=AAAA", 400), "bad_cursor");
  EXPECT_EQ(refused(client_, "/v1/reports/index-766?month=2026-09", 422), "month_not_over");
  EXPECT_EQ(refused(client_, "/v1/reports/ii06a?from=2026-09-01&to=2026-09-08", 422), "month_not_over");
  EXPECT_EQ(refused(client_, "/v1/indicators?from=2026-08&to=2026-09", 422), "month_not_over");
  EXPECT_EQ(refused(client_, "/v1/reports/index-766?month=2026-06", 422), "no_history");
  EXPECT_EQ(
      refused(client_, "/v1/reports/index-766?month=2026-08&recorded_until=2026-08-31T00:00:00%2B07:00", 422),
      "bad_cutoff");
}

}  // namespace
}  // namespace motcua::testing
