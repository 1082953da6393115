#include "tests/support/monthly_list.h"

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/alert_month.h"
#include "tests/support/paths.h"

namespace motcua::testing {

using nlohmann::json;

namespace {

using Renames = std::vector<std::pair<std::string, std::string>>;

int dossiers_in_august() { return std::getenv("MOTCUA_TEST_SHORT") != nullptr ? 30 : 120; }

void change(const std::filesystem::path& file, const Renames& from_to) {
  std::ifstream in(file);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  for (const auto& [from, to] : from_to) {
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
  }
  std::ofstream(file) << text;
}

void use_copied_agencies(json& config) {
  const std::filesystem::path file =
      std::filesystem::path(config["database"].get<std::string>()).parent_path() / "agencies.json";
  std::filesystem::copy(config["agencies"].get<std::string>(), file);
  config["agencies"] = file;
  const auto named = [](const std::string& id, const std::string& name) {
    const std::string before = R"("id": ")" + id + R"(",)";
    return std::pair(before, before + R"( "name": ")" + name + R"(",)");
  };
  change(file, {named("H32.101.cv01", kLateOfficers[0]), named("H32.101.cv02", kLateOfficers[1])});
}

}  // namespace

void MonthlyList::live(const std::function<void(json&)>& configure, std::vector<std::string> environment) {
  ServiceOptions options;
  options.sandbox = CounterMonth::start();
  options.keys = {{"province", "", true}, {"commune", "H32.101", true}};
  options.configure = configure;
  options.environment = std::move(environment);
  service_ = std::make_unique<RunningService>(options);
  client_ = std::make_unique<HttpClient>(service_->port(), token_of("province"));
  CounterMonth month(20'260'831, dossiers_in_august());
  for (const CounterMonth::Step& step : month.steps()) {
    ASSERT_TRUE(move_clock(*client_, step.at));
    month.take(step, *client_);
  }
  ASSERT_TRUE(service_->set_clock(kAfterAugust));
}

void MonthlyList::live_shortly(const std::function<void(json&)>& configure,
                               std::vector<std::string> environment) {
  ServiceOptions options;
  options.sandbox = "2026-08-03T08:00:00+07:00";
  options.keys = {{"province", "", true}};
  options.configure = [configure](json& config) {
    use_copied_agencies(config);
    if (configure) configure(config);
  };
  options.environment = std::move(environment);
  service_ = std::make_unique<RunningService>(options);
  reconnect();
  for (const char* officer : {"H32.101.cv01", "H32.101.cv02", "H32.101.cv01"}) {
    const json body = {{"procedure", "2.000908"},
                       {"channel", "direct"},
                       {"receiving_agency", "H32.101"},
                       {"accept", true},
                       {"owner", {{"kind", "citizen"}, {"name", "Lê Văn C"}}}};
    const HttpAnswer filed = client().post("/v1/dossiers", body);
    ASSERT_EQ(filed.status, 201) << filed.body;
    const std::string id = filed.json()["id"];
    const HttpAnswer given = client().post("/v1/dossiers/" + id + "/assign", {{"officer", officer}});
    ASSERT_EQ(given.status, 200) << given.body;
  }
  ASSERT_TRUE(service_->set_clock(kAfterAugust));
}

void MonthlyList::rename(const Renames& from_to) { change(place("agencies.json"), from_to); }

void MonthlyList::apply() {
  const Ended ended = motcua({"apply", "--config", service_->config_file().string(), "--sandbox-database"});
  ASSERT_EQ(ended.status, 0) << ended.out << ended.error;
}

void MonthlyList::reconnect() {
  client_ = std::make_unique<HttpClient>(service_->port(), token_of("province"));
}

json MonthlyList::file_json(const json& list, const std::string& name) {
  return client().get(folder_of_list(list) + name).json();
}

void MonthlyList::fetch(const json& list) {
  save(client().get(folder_of_list(list) + "list.json").body, place("list.json"));
  save_export(client(), list, place("export.jsonl"));
}

int MonthlyList::counted_by_python() {
  const std::string line = "python3 " + in_tree("tools/recompute_late_list.py") + " '" +
                           place("export.jsonl").string() + "' '" + place("list.json").string() + "' >'" +
                           place("python.txt").string() + "' 2>&1";
  const int status = std::system(line.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace motcua::testing
