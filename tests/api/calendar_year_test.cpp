#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/eventually.h"
#include "tests/support/paths.h"
#include "tests/support/service.h"

namespace motcua::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

json filing(const std::string& procedure) {
  return {{"procedure", procedure},
          {"channel", "direct"},
          {"receiving_agency", "H32.101"},
          {"accept", true},
          {"owner", {{"kind", "citizen"}, {"name", "Phạm Văn Đỗ"}}}};
}

// The shipped configuration with calendars of its own, served on 23/12/2026.
ServiceOptions before_new_year() {
  ServiceOptions options;
  options.sandbox = "2026-12-23T09:00:00+07:00";
  options.configure = [](json& config) {
    const fs::path own = fs::path(config["database"].get<std::string>()).parent_path() / "calendars";
    fs::copy(config["calendars"].get<std::string>(), own);
    config["calendars"] = own;
  };
  return options;
}

// 2027 as a province might have it: Tết takes 3 to 9 February off.
void add_2027(const fs::path& file) {
  std::ifstream in(file);
  json calendar = json::parse(in);
  calendar["official_until_on"] = calendar["provisional_until_on"] = "2027-12-31";
  for (const char* day : {"2027-02-03", "2027-02-04", "2027-02-05", "2027-02-08", "2027-02-09"}) {
    calendar["exceptions"].push_back({{"on", day},
                                      {"sessions", json::array()},
                                      {"name", "Tết Nguyên đán"},
                                      {"source", "a test"},
                                      {"confirmed", true}});
  }
  std::ofstream(file) << calendar.dump(2);
}

class CalendarYear : public ::testing::Test {
 protected:
  CalendarYear() : service_(before_new_year()), client_(service_.client()) {}

  std::string filed(const json& body) {
    const HttpAnswer answer = client_.post("/v1/dossiers", body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.status == 201 ? answer.json().at("id").get<std::string>() : "none";
  }
  json dossier(const std::string& id) { return client_.get("/v1/dossiers/" + id).json(); }
  json last_event(const std::string& id) {
    return client_.get("/v1/dossiers/" + id + "/events").json().at("items").back();
  }
  Ended apply() {
    return run_motcua({"apply", "--config", service_.config_file().string(), "--sandbox-database"},
                      service_.directory());
  }

  RunningService service_;
  HttpClient client_;
};

TEST_F(CalendarYear, AddedBesideTheServerGivesThePendingDateAndItsEvent) {
  json thirty_days = filing("1.010040");
  thirty_days["variant"] = "xac_minh";
  thirty_days["channel"] = "online";
  thirty_days.erase("accept");
  const std::string pending = filed(thirty_days);
  ASSERT_EQ(client_.post("/v1/dossiers/" + pending + "/accept", json::object()).status, 200);
  EXPECT_TRUE(dossier(pending).at("due_at").is_null());
  EXPECT_EQ(dossier(pending).at("due_pending"), "calendar_horizon");

  add_2027(service_.directory() / "calendars" / "vn.json");
  EXPECT_TRUE(dossier(pending).at("due_at").is_null());
  const Ended told = apply();
  ASSERT_EQ(told.status, 0) << told.out << told.error;
  EXPECT_NE(told.out.find(std::to_string(service_.pid())), std::string::npos) << told.out;
  // The server reads the files when the signal comes.
  EXPECT_TRUE(eventually([&] { return !dossier(pending).at("due_at").is_null(); }));

  // Six working days in December, twenty in January, 1 and 2 February, then 10 and 11.
  const json derived = dossier(pending);
  ASSERT_EQ(derived.at("due_at"), "2027-02-11T17:00:00+07:00") << service_.log();
  EXPECT_TRUE(derived.at("due_pending").is_null());
  EXPECT_EQ(derived.at("provisional"), false);
  EXPECT_EQ(derived.at("first_due_at"), "2027-02-11T17:00:00+07:00");
  const json event = last_event(pending);
  EXPECT_EQ(event.at("type"), "vn.motcua.dossier.clocks_derived.v1");
  const json& data = event.at("data");
  EXPECT_EQ(data.at("version"), derived.at("version"));
  EXPECT_EQ(data.at("caller"), "system");
  EXPECT_EQ(data.at("cause"), "calendar");
  ASSERT_EQ(data.at("clocks").size(), 1U);
  EXPECT_EQ(data.at("clocks")[0].at("kind"), "settlement");
  EXPECT_EQ(data.at("clocks")[0].at("action"), "derive");
  EXPECT_EQ(data.at("clocks")[0].at("due_at"), "2027-02-11T17:00:00+07:00");

  const json why = client_.get("/v1/dossiers/" + pending + "/clocks/settlement/explain").json();
  EXPECT_NE(why.dump().find("\"2027-02-11T17:00:00+07:00\""), std::string::npos) << why.dump();
  const HttpAnswer soon = client_.get("/v1/due-soon?at=2027-02-10T18:00:00%2B07:00&within_hours=24");
  ASSERT_EQ(soon.json().at("items").size(), 1U) << soon.body;
  EXPECT_EQ(soon.json().at("items")[0].at("id"), pending);
  EXPECT_EQ(client_.get("/readyz").json().at("horizon_days"), 373);
  EXPECT_EQ(service_.stop(), 0);
  EXPECT_NE(service_.log().find("reloaded"), std::string::npos);
}

// Twenty-two working days from 04/01/2027: 5 to 29 January, 1 and 2 February, and after Tết the 10th.
TEST_F(CalendarYear, GivesWhatWaitedMeanwhileItsDateWhenItGoesOn) {
  ASSERT_TRUE(service_.set_clock("2027-01-04T09:00:00+07:00"));
  json land = filing("1.012784");
  land["receiving_agency"] = "H32.1";
  land["facts"] = {{"operation", "merge"}, {"parcels", 2}};
  const std::string runs = filed(land);
  const std::string waits = filed(land);
  ASSERT_TRUE(service_.set_clock("2027-01-05T09:00:00+07:00"));
  const json suspension{{"ground", "FINANCIAL_DUTY"}, {"reason", "Chờ nộp thuế"}};
  ASSERT_EQ(client_.post("/v1/dossiers/" + waits + "/suspend", suspension).status, 200);
  add_2027(service_.directory() / "calendars" / "vn.json");
  ASSERT_EQ(apply().status, 0);
  EXPECT_TRUE(eventually([&] { return !dossier(runs).at("due_at").is_null(); }));
  EXPECT_EQ(dossier(runs).at("due_at"), "2027-02-10T17:00:00+07:00");
  ASSERT_TRUE(service_.set_clock("2027-01-06T09:00:00+07:00"));
  ASSERT_EQ(client_.post("/v1/dossiers/" + waits + "/resume", json::object()).status, 200);
  EXPECT_EQ(dossier(waits).at("due_at"), "2027-02-11T17:00:00+07:00");
  EXPECT_TRUE(dossier(waits).at("due_pending").is_null());

  const HttpAnswer why = client_.get("/v1/dossiers/" + waits + "/clocks/settlement/explain");
  const json moves = why.json().at("moves");
  ASSERT_EQ(moves.size(), 1U);
  EXPECT_EQ(moves[0].at("due_before"), "2027-02-10T17:00:00+07:00");
  EXPECT_EQ(moves[0].at("due_after"), "2027-02-11T17:00:00+07:00");
  const std::string file = (service_.directory() / "explanation.json").string();
  std::ofstream(file) << why.body;
  const std::string calendars = (service_.directory() / "calendars" / "vn").string();
  const std::string command = "python3 " + in_tree("tools/verify_explanation.py") + " " + file +
                              " --calendar " + calendars + "-khanh-hoa.json " + calendars + ".json > " +
                              file + ".said 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST_F(CalendarYear, MakesAProvisionalDateOfficialAndLeavesAnOfficialOneAlone) {
  const std::string provisional = filed(filing("1.004222"));
  const std::string official = filed(filing("1.004194"));
  EXPECT_EQ(dossier(provisional).at("provisional"), true);
  const json before = dossier(official);
  add_2027(service_.directory() / "calendars" / "vn.json");
  ASSERT_EQ(apply().status, 0);
  EXPECT_TRUE(eventually([&] { return dossier(provisional).at("provisional") == false; }));
  EXPECT_EQ(dossier(provisional).at("provisional"), false) << service_.log();
  EXPECT_EQ(dossier(provisional).at("due_at"), "2027-01-04T17:00:00+07:00");
  EXPECT_EQ(last_event(provisional).at("type"), "vn.motcua.dossier.clocks_derived.v1");
  EXPECT_EQ(dossier(official).at("version"), before.at("version"));
  EXPECT_EQ(dossier(official).at("due_at"), before.at("due_at"));
  // What was derived is kept, and the files still agree with the database.
  EXPECT_EQ(service_.stop(), 0);
  service_.restart();
  const json again = service_.client().get("/v1/dossiers/" + provisional).json();
  EXPECT_EQ(again.at("provisional"), false);
}

}  // namespace
}  // namespace motcua::testing
