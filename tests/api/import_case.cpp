#include "tests/api/import_case.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace motcua::testing {

using nlohmann::json;

ImportCase::ImportCase()
    : service_([] {
        ServiceOptions options;
        options.sandbox = kNow;
        options.keys = {{"province", "", true}, {"other", "H32.102", false}};
        return options;
      }()) {
  EXPECT_EQ(service_.stop(), 0);
}

Ended ImportCase::run(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--config", service_.config_file().string(), "--sandbox-database"});
  return run_motcua(arguments, service_.directory());
}

Ended ImportCase::import(const std::vector<json>& rows, std::vector<std::string> more) {
  std::string text;
  for (const json& row : rows) text += (row.is_string() ? row.get<std::string>() : row.dump()) + "\n";
  return import_text(text, std::move(more));
}

Ended ImportCase::import_text(const std::string& text, std::vector<std::string> more) {
  const auto file = service_.directory() / "old.jsonl";
  std::ofstream(file, std::ios::binary) << text;
  more.insert(more.begin(), {"import-dossiers", file.string(), "--json", report_file().string()});
  return run(more);
}

json ImportCase::report() const {
  std::ifstream in(report_file());
  return json::parse(in, nullptr, false);
}

json ImportCase::summary() const { return report()["summary"]; }

std::string ImportCase::refusals() const {
  std::string text;
  const json all = report()["rows"];
  for (const json& row : all) {
    if (row.contains("faults") && text.size() < 2000) text += row.dump() + "\n";
  }
  return text;
}

void ImportCase::serve() {
  service_.restart();
  client_.emplace(service_.port(), service_.token());
}

json ImportCase::get(const std::string& code) { return client_->get("/v1/dossiers/" + code).json(); }

json ImportCase::timely(const std::string& code) {
  return {{"state", "processing"},
          {"code", code},
          {"procedure", "1.004194"},
          {"channel", "direct"},
          {"receiving_agency", "H32.101"},
          {"received_at", "2026-07-27T09:00:00+07:00"},
          {"accepted_at", "2026-07-27T09:00:00+07:00"},
          {"promised_at", "2026-08-07T17:00:00+07:00"},
          {"owner", {{"kind", "citizen"}, {"name", "Lê Thị E"}, {"id_number", "056090000009"}}}};
}

}  // namespace motcua::testing
