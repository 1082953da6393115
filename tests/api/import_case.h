#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/service.h"

namespace motcua::testing {

// `motcua import-dossiers` on the database of a service that is stopped, and then served.
class ImportCase : public ::testing::Test {
 public:
  static constexpr const char* kNow = "2026-08-10T08:00:00+07:00";  // a Monday

 protected:
  ImportCase();

  Ended run(std::vector<std::string> arguments);
  // A row that is a string is a line as it stands.
  Ended import(const std::vector<nlohmann::json>& rows, std::vector<std::string> more = {});
  Ended import_text(const std::string& text, std::vector<std::string> more = {});
  std::filesystem::path report_file() const { return service_.directory() / "report.json"; }
  nlohmann::json report() const;
  nlohmann::json summary() const;
  // The first rows that could not be used.
  std::string refusals() const;
  void serve();
  nlohmann::json get(const std::string& code);

  // Accepted on a Monday, two weeks before now.
  static nlohmann::json timely(const std::string& code = "H32.101-260727-0001");

  RunningService service_;
  std::optional<HttpClient> client_;
};

}  // namespace motcua::testing
