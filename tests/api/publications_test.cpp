#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/monthly_list.h"
#include "tests/support/paths.h"

// The monthly list, from the draft to what everybody can count again.
namespace motcua::testing {
namespace {

using nlohmann::json;

void expect_identities(const json& counts) {
  const auto of = [&](const char* name) { return counts.at(name).get<std::int64_t>(); };
  EXPECT_EQ(of("brought_forward") + of("received"), of("ended") + of("open"));
  EXPECT_EQ(of("settled") + of("withdrawn") + of("stopped"), of("ended"));
  EXPECT_EQ(of("early") + of("on_time") + of("late_ended"), of("ended") - of("untimed_ended"));
  EXPECT_EQ(of("late_ended") + of("late_open"), of("late"));
  EXPECT_EQ(of("explanations_given") + of("explanations_late") + of("explanations_missing") +
                of("explanations_owed"),
            of("late"));
  EXPECT_EQ(of("delay_own_seconds") + of("delay_others_seconds"), of("delay_seconds"));
}

TEST_F(MonthlyList, IsCountedAgainByAnybodyByteForByte) {
  live();
  const json draft = drafted_list(client(), "2026-08");
  const json list = published_list(client(), draft["id"]);
  EXPECT_EQ(list["sha256"], draft["sha256"]);
  fetch(list);
  const json document = file_json(list)["document"];
  EXPECT_GT(document["head"]["total"]["late"], 5);
  EXPECT_GT(document["head"]["total"]["late_ended"], 0);
  const Ended verified = motcua({"verify", place("list.json"), "--key", list["public_key"]});
  EXPECT_EQ(verified.status, 0) << verified.error;
  const Ended again = motcua({"recompute", place("export.jsonl"), "--against", place("list.json")});
  EXPECT_EQ(again.status, 0) << again.error;
  EXPECT_EQ(counted_by_python(), 0);

  json sum = json::object();
  std::set<std::string> codes;
  const json& agencies = document["agencies"];
  for (const json& agency : agencies) {
    expect_identities(agency["counts"]);
    for (const json& unit : agency["units"]) {
      const json& counts = unit["counts"];
      EXPECT_EQ(counts["brought_forward"].get<int>() + counts["received"].get<int>(),
                counts["ended"].get<int>() + counts["open"].get<int>());
    }
    for (const auto& [name, value] : agency["counts"].items()) {
      const bool adds = value.is_number_integer() && !name.ends_with("_bp") &&
                        name.find("median") == std::string::npos && name.find("p90") == std::string::npos;
      if (adds) sum[name] = sum.value(name, std::int64_t{0}) + value.get<std::int64_t>();
    }
    for (const json& row : agency["late"]) {
      EXPECT_TRUE(codes.insert(row["code"]).second) << row["code"];
      std::int64_t shares = 0;
      for (const json& share : row["shares"]) shares += share["seconds"].get<std::int64_t>();
      EXPECT_EQ(shares, row["delay_seconds"].get<std::int64_t>()) << row["code"];
    }
    EXPECT_EQ(agency["late"].size(), agency["counts"]["late"].get<std::size_t>());
  }
  for (const auto& [name, value] : sum.items()) EXPECT_EQ(document["head"]["total"][name], value) << name;
}

// What an old system had before the month ended came when it was over: it counts from the month on in which
// it came, for the rows and for the events alike.
TEST_F(MonthlyList, CountsADossierThatWasTakenOverFromThenOn) {
  live_shortly();
  ASSERT_EQ(service_->stop(), 0);
  const auto old = [](const std::string& code, const char* promised) {
    return json{{"state", "processing"},
                {"code", "H32.101-260810-" + code},
                {"procedure", "1.004194"},
                {"channel", "direct"},
                {"receiving_agency", "H32.101"},
                {"received_at", "2026-08-10T09:00:00+07:00"},
                {"accepted_at", "2026-08-10T09:00:00+07:00"},
                {"promised_at", promised},
                {"owner", {{"kind", "citizen"}, {"name", "Lê Thị E"}}}};
  };
  const auto settled = [&](const std::string& code, const char* at) {
    json row = old(code, "2026-08-14T17:00:00+07:00");
    row["state"] = "settled";
    row["settled_at"] = at;
    row["results"] = {
        {{"code", "H32.101-260810-" + code + "-KQ1"}, {"outcome", "granted"}, {"form", "paper"}}};
    return row;
  };
  std::string rows;
  for (const json& row :
       {old("9001", "2026-08-14T17:00:00+07:00"), old("9002", "2026-10-30T17:00:00+07:00"),
        settled("9003", "2026-08-28T10:00:00+07:00"), settled("9004", "2026-09-03T10:00:00+07:00")}) {
    rows += row.dump() + '\n';
  }
  save(rows, place("old.jsonl"));
  const Ended taken = motcua({"import-dossiers", place("old.jsonl"), "--config",
                              service_->config_file().string(), "--sandbox-database"});
  ASSERT_EQ(taken.status, 0) << taken.out << taken.error;
  service_->restart();
  reconnect();
  const json august = published_list(client(), drafted_list(client(), "2026-08")["id"]);
  fetch(august);
  EXPECT_EQ(file_json(august)["document"]["head"]["total"]["late"], 3) << "those of live_shortly";
  EXPECT_EQ(file_json(august)["document"]["head"]["total"]["received"], 3);
  EXPECT_EQ(counted_by_python(), 0);
  ASSERT_TRUE(service_->set_clock("2026-10-08T09:00:00+07:00"));
  const json september = published_list(client(), drafted_list(client(), "2026-09")["id"]);
  fetch(september);
  const json counts = file_json(september)["document"]["head"]["total"];
  expect_identities(counts);
  EXPECT_EQ(counts["brought_forward"], 3 + 3) << "not the one that was settled in August";
  EXPECT_EQ(counts["ended"], 1);
  EXPECT_EQ(counts["late"], 3 + 2) << counts;
  EXPECT_EQ(counted_by_python(), 0);
}

TEST_F(MonthlyList, IsNotTakenForItselfWhenAnythingIsChanged) {
  live();
  const json list = published_list(client(), drafted_list(client(), "2026-08")["id"]);
  fetch(list);
  const json envelope = file_json(list);
  const auto refused = [&](const std::string& what, json changed) {
    save(changed.dump(), place("changed.json"));
    const Ended ended = motcua({"verify", place("changed.json")});
    EXPECT_EQ(ended.status, 1) << what;
    EXPECT_NE(ended.error, "") << what;
  };
  json changed = envelope;
  changed["document"]["head"]["total"]["late"] = 0;
  refused("a count", changed);
  changed = envelope;
  changed["document"]["agencies"].erase(0);
  refused("a section is gone", changed);
  changed["sha256"] = std::string(64, '0');
  refused("the digest", changed);
  changed = envelope;
  changed["signature"]["value"] = std::string(86, 'A') + "==";
  refused("the signature", changed);
  changed = envelope;
  changed["note"] = "x";
  refused("a member beside", changed);
  changed = envelope;
  changed["document"]["head"]["total"]["late"] = 1.5;
  refused("a fraction", changed);
  save("{}", place("changed.json"));
  EXPECT_EQ(motcua({"verify", place("changed.json")}).status, 1);
  EXPECT_EQ(motcua({"verify", place("none.json")}).status, 1);
  EXPECT_EQ(motcua({"verify", place("list.json"), "--key", "AAAA"}).status, 1);
  const std::string twice = "{\"sha256\":\"\"," + envelope.dump().substr(1);
  save(twice, place("changed.json"));
  EXPECT_EQ(motcua({"verify", place("changed.json")}).status, 1);
  // An export that lacks a dossier.
  std::string lines = client().get(folder_of_list(list) + "export?limit=1000").body;
  lines.erase(lines.rfind('\n', lines.size() - 2) + 1);
  save(lines, place("export.jsonl"));
  EXPECT_EQ(motcua({"recompute", place("export.jsonl"), "--against", place("list.json")}).status, 1);
  EXPECT_EQ(counted_by_python(), 1);
}

TEST_F(MonthlyList, IsCorrectedByTheNextOneAndNeverChanges) {
  live();
  const json first = published_list(client(), drafted_list(client(), "2026-08")["id"]);
  const std::string bytes = client().get(folder_of_list(first) + "list.json").body;
  json row;
  const json published = json::parse(bytes);
  for (const json& agency : published["document"]["agencies"]) {
    if (!agency["late"].empty()) row = agency["late"][0];
  }
  ASSERT_FALSE(row.is_null());
  EXPECT_EQ(row["corrected"], false);
  const std::string code = row["code"];
  const json dossier = client().get("/v1/dossiers/" + code).json();
  int accepted = 0;
  const json events = client().get("/v1/dossiers/" + code + "/events").json();
  for (const json& event : events["items"]) {
    if (event["type"] == "vn.motcua.dossier.accepted.v1") accepted = event["data"]["version"];
  }
  ASSERT_GT(accepted, 0) << events;
  const HttpAnswer corrected =
      client().post("/v1/dossiers/" + code + "/correct",
                    {{"version", accepted},
                     {"reason", "Ghi nhầm"},
                     {"on_behalf_of", dossier["competent_agency"].get<std::string>() + ".ct01"}});
  ASSERT_EQ(corrected.status, 200) << corrected.body;
  const std::string place_of = "/v1/publications/" + first["id"].get<std::string>() + "/correct";
  const HttpAnswer refused = client().post(
      place_of, {{"officer", kPublisher}, {"code", "H32.1-000000-0000"}, {"reason", "entered_wrongly"}});
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.json()["code"], "row_not_listed");
  const HttpAnswer opened =
      client().post(place_of, {{"officer", kPublisher}, {"code", code}, {"reason", "entered_wrongly"}});
  ASSERT_EQ(opened.status, 202) << opened.body;
  list_in_state(client(), opened.json()["id"], "draft");
  const json second = published_list(client(), opened.json()["id"]);
  EXPECT_EQ(second["number"], 2);
  EXPECT_EQ(second["corrects"]["publication"], first["id"]);
  const json document = file_json(second)["document"];
  EXPECT_EQ(document["head"]["corrects"]["document"], first["sha256"]);
  EXPECT_EQ(document["head"]["corrects"]["code"], code);
  bool shown = false;
  for (const json& agency : document["agencies"]) {
    const json& late = agency["late"];
    for (const json& one : late) shown |= one["code"] == code && one["corrected"] == true;
  }
  EXPECT_TRUE(shown);
  const std::string index = client().get("/public/late").body;
  EXPECT_NE(
      index.find("Đã đính chính bằng <a href=\"/public/late/2026-08/H32-2/index.html\">danh sách số 2</a>"),
      std::string::npos);
  EXPECT_EQ(client().get(folder_of_list(first) + "list.json").body, bytes);
  EXPECT_EQ(client().get("/public/late/2026-08.json").json()["document"]["head"]["number"], 2);
  const HttpAnswer old = client().post(place_of, {{"officer", kPublisher}, {"reason", "entered_wrongly"}});
  EXPECT_EQ(old.json()["code"], "list_superseded");
  fetch(second);
  EXPECT_EQ(motcua({"recompute", place("export.jsonl"), "--against", place("list.json")}).status, 0);
  EXPECT_EQ(counted_by_python(), 0);
}

// Another row that changed meanwhile does not go along unnamed.
TEST_F(MonthlyList, IsNotCorrectedInARowThatTheCorrectionDoesNotName) {
  live();
  const json first = published_list(client(), drafted_list(client(), "2026-08")["id"]);
  const json published = file_json(first)["document"];
  std::vector<std::string> codes;
  for (const json& agency : published["agencies"]) {
    for (const json& row : agency["late"]) codes.push_back(row["code"]);
  }
  ASSERT_GE(codes.size(), 2U);
  const auto correct_acceptance = [&](const std::string& code) {
    const std::string at = "/v1/dossiers/" + code;
    const std::string head = client().get(at).json()["competent_agency"].get<std::string>() + ".ct01";
    int accepted = 0;
    const json events = client().get(at + "/events").json();
    for (const json& event : events["items"]) {
      if (event["type"] == "vn.motcua.dossier.accepted.v1") accepted = event["data"]["version"];
    }
    const HttpAnswer answer = client().post(
        at + "/correct", {{"version", accepted}, {"reason", "Ghi nhầm"}, {"on_behalf_of", head}});
    EXPECT_EQ(answer.status, 200) << answer.body;
  };
  const auto corrected_list = [&](const json& body) {
    const HttpAnswer opened =
        client().post("/v1/publications/" + first["id"].get<std::string>() + "/correct", body);
    EXPECT_EQ(opened.status, 202) << opened.body;
    const std::string id = opened.json()["id"];
    list_in_state(client(), id, "draft");
    EXPECT_EQ(say_of_list(client(), id, "review").status, 200);
    return id;
  };
  correct_acceptance(codes.front());
  correct_acceptance(codes.back());
  const std::string one =
      corrected_list({{"officer", kPublisher}, {"code", codes.front()}, {"reason", "entered_wrongly"}});
  const HttpAnswer refused = say_of_list(client(), one, "publish");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.json()["code"], "corrects_more");
  EXPECT_EQ(say_of_list(client(), one, "discard").status, 200);
  const std::string all = corrected_list({{"officer", kPublisher}, {"reason", "entered_wrongly"}});
  EXPECT_EQ(say_of_list(client(), all, "publish").status, 202);
  EXPECT_EQ(list_in_state(client(), all, "published")["trouble"], nullptr);
}

// Everything of a citizen that a counter types, planted in dossiers that are on the list.
TEST_F(MonthlyList, SaysNothingOfACitizenInAnyByte) {
  const std::vector<std::string> planted = {
      "Trịnh Quỳnh Bảo Khuê",   "056099123457",         "0987123654",
      "bao.khue@thu-rieng.vn",  "Hẻm 77 Hoàng Văn Thụ", "Vũ Đặng Nhật Thụy",
      "Xin cấp lại vì nhà cháy"};
  ServiceOptions options;
  options.sandbox = "2026-08-03T08:00:00+07:00";
  options.keys = {{"province", "", true}};
  options.configure = [](json& config) { config["publications"]["codes_masked"] = true; };
  service_ = std::make_unique<RunningService>(options);
  client_ = std::make_unique<HttpClient>(service_->port(), token_of("province"));
  std::vector<std::string> secrets = planted;
  for (const char* agency : {"H32.101", "H32.102"}) {
    const json body = {{"procedure", "2.000908"},
                       {"channel", "direct"},
                       {"receiving_agency", agency},
                       {"accept", true},
                       {"content", planted[6]},
                       {"external_ref", "RIENG-778"},
                       {"source", std::string("dvc") + agency},
                       {"owner",
                        {{"kind", "citizen"},
                         {"name", planted[0]},
                         {"id_number", planted[1]},
                         {"phone", planted[2]},
                         {"email", planted[3]},
                         {"address", planted[4]}}},
                       {"filer", {{"name", planted[5]}, {"phone", planted[2]}}}};
    const HttpAnswer answer = client().post("/v1/dossiers", body);
    ASSERT_EQ(answer.status, 201) << answer.body;
    secrets.push_back(answer.json()["code"]);
    secrets.push_back(answer.json()["id"]);
  }
  secrets.push_back("RIENG-778");
  ASSERT_TRUE(service_->set_clock(kAfterAugust));
  const json list = published_list(client(), drafted_list(client(), "2026-08")["id"]);
  EXPECT_EQ(list["head"]["total"]["late"], 2);
  EXPECT_EQ(list["head"]["codes_masked"], true);
  const std::vector<std::string> names = files_of_list(*service_, list);
  EXPECT_GT(names.size(), 8u);
  std::filesystem::create_directory(place("public"));
  for (const std::string& name : names) {
    const HttpAnswer file = client().get(folder_of_list(list) + name);
    EXPECT_EQ(file.status, 200) << name;
    save(file.body, place("public") / name);
  }
  save(client().get("/public/late").body, place("public") / "months.html");
  save(client().get("/public/late/feed").body, place("public") / "feed.xml");
  fetch(list);
  std::filesystem::copy(place("export.jsonl"), place("public"));
  std::string needles;
  for (const std::string& secret : secrets) needles += secret + '\n';
  save(needles, place("needles"));
  const std::string search = "python3 " + in_tree("tests/support/find_in_files.py") + " '";
  const auto finds = [&](const std::filesystem::path& folder) {
    const int status =
        std::system((search + folder.string() + "' '" + place("needles").string() + "'").c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  EXPECT_EQ(finds(place("public")), 0);
  // It would find them: a receipt is full of them.
  std::filesystem::create_directory(place("private"));
  save(client().get("/v1/dossiers/" + secrets[7] + "/slips/RECEIPT?format=pdf").body,
       place("private") / "slip.pdf");
  EXPECT_EQ(finds(place("private")), 1);
  EXPECT_EQ(motcua({"recompute", place("export.jsonl"), "--against", place("list.json")}).status, 0);
  EXPECT_EQ(counted_by_python(), 0);
}

TEST_F(MonthlyList, GoesOnWhereTheProcessEnded) {
  live();
  const HttpAnswer opened =
      client().post("/v1/publications", {{"month", "2026-08"}, {"officer", kPublisher}});
  ASSERT_EQ(opened.status, 202);
  service_->kill9();
  service_->restart();
  client_ = std::make_unique<HttpClient>(service_->port(), token_of("province"));
  const std::string id = opened.json()["id"];
  const json draft = list_in_state(client(), id, "draft");
  EXPECT_EQ(say_of_list(client(), id, "review").status, 200);
  EXPECT_EQ(say_of_list(client(), id, "publish").status, 202);
  service_->kill9();
  service_->restart();
  client_ = std::make_unique<HttpClient>(service_->port(), token_of("province"));
  const json list = list_in_state(client(), id, "published");
  EXPECT_EQ(list["sha256"], draft["sha256"]);
  fetch(list);
  EXPECT_EQ(motcua({"verify", place("list.json")}).status, 0);
  EXPECT_EQ(client().get(folder_of_list(list) + "index.html").status, 200);
}

TEST_F(MonthlyList, RefusesWhatCannotBePublished) {
  live();
  const auto problem = [&](const json& body) {
    return client().post("/v1/publications", body).json().value("code", "");
  };
  EXPECT_EQ(problem({{"month", "2026-09"}, {"officer", kPublisher}}), "month_not_over");
  EXPECT_EQ(problem({{"month", "2026-13"}, {"officer", kPublisher}}), "invalid_month");
  EXPECT_EQ(problem({{"month", "2020-01"}, {"officer", kPublisher}}), "no_history");
  EXPECT_EQ(problem({{"month", "2026-08"}, {"officer", "H32.cv01"}}), "not_a_publisher");
  EXPECT_EQ(problem({{"month", "2026-08"}, {"officer", kPublisher}, {"agency", "H99"}}), "unknown_agency");
  EXPECT_EQ(
      problem(
          {{"month", "2026-08"}, {"officer", kPublisher}, {"recorded_until", "2026-08-30T00:00:00+07:00"}}),
      "bad_cutoff");
  EXPECT_EQ(problem({{"month", "2026-08"}, {"officer", kPublisher}, {"note", 1}}), "invalid_request");
  HttpClient commune = service_->client("commune");
  EXPECT_EQ(commune.post("/v1/publications", {{"month", "2026-08"}, {"officer", kPublisher}}).status, 403);
  const std::string id = drafted_list(client(), "2026-08")["id"];
  EXPECT_EQ(problem({{"month", "2026-08"}, {"officer", kPublisher}}), "list_open");
  EXPECT_EQ(commune.get("/v1/publications/" + id).status, 404);
  EXPECT_EQ(say_of_list(commune, id, "review").status, 404);
  EXPECT_EQ(commune.get("/v1/publications").json()["items"].size(), 0u);
  EXPECT_EQ(say_of_list(client(), id, "publish").json()["code"], "wrong_list_state");
  EXPECT_EQ(say_of_list(client(), id, "correct").status, 422);
  EXPECT_EQ(client().get("/public/late/2026-08").status, 404);
  EXPECT_EQ(say_of_list(client(), id, "discard").status, 200);
  EXPECT_EQ(say_of_list(client(), id, "review").json()["code"], "wrong_list_state");
  const std::string other = drafted_list(client(), "2026-08")["id"];
  published_list(client(), other);
  EXPECT_EQ(say_of_list(client(), other, "publish").json()["code"], "already_published");
  EXPECT_EQ(say_of_list(client(), other, "discard").json()["code"], "wrong_list_state");
  EXPECT_EQ(problem({{"month", "2026-08"}, {"officer", kPublisher}}), "already_published");
  for (const char* none :
       {"/public/late/2026-08/H32-2/basis", "/public/late/2026-08/H32-2/export-head",
        "/public/late/2026-08/H32-1/list.json", "/public/late/2026-08/H32/list.json", "/public/late/2026-07",
        "/public/late/2026-08.exe", "/public/late/2026-08/H32-9999999999999999999999/list.json"}) {
    EXPECT_EQ(client().get(none).status, 404) << none;
  }
  EXPECT_EQ(client().get("/public/late?x=1").status, 400);
  EXPECT_EQ(client().get("/public/late/2026-08/H32-2/list.json?agency=H32").status, 400);
}

TEST_F(MonthlyList, IsPublishedByItselfAtItsHour) {
  live([](json& config) {
    config["publications"]["automatic"] = true;
    config["publications"]["working_day"] = 5;
    config["publications"]["after_opening_minutes"] = 60;
  });
  // 31/08 to 02/09 are off: the fifth working day is Wednesday 09/09, its hour 08:00.
  ASSERT_TRUE(service_->set_clock("2026-09-09T07:59:59+07:00"));
  EXPECT_EQ(client().get("/v1/publications").json()["items"].size(), 0u);
  ASSERT_TRUE(service_->set_clock("2026-09-09T08:00:00+07:00"));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  json items;
  while (std::chrono::steady_clock::now() < deadline) {
    items = client().get("/v1/publications?state=published").json()["items"];
    if (!items.empty()) break;
  }
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0]["month"], "2026-08");
  EXPECT_EQ(items[0]["made_by"], "system");
  EXPECT_EQ(items[0]["cutoff"]["recorded_at"], "2026-09-07T17:00:00+07:00");
}

}  // namespace
}  // namespace motcua::testing
