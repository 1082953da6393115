#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "tests/support/publication.h"

namespace motcua::testing {

inline constexpr const char* kAfterAugust = "2026-09-08T09:00:00+07:00";

// The officers with whom dossiers lie, after live_shortly.
inline constexpr const char* kLateOfficers[] = {"Đặng Thị Ngọc Ánh", "Võ Phước Thịnh"};

// A province in which a month of dossiers has passed.
class MonthlyList : public ::testing::Test {
 protected:
  // `environment` as of ServiceOptions.
  void live(const std::function<void(nlohmann::json&)>& configure = {},
            std::vector<std::string> environment = {});
  // A shorter one: two officers of H32.101 have names, and three dossiers that lie with them are late. The
  // service reads a copy of the agencies.
  void live_shortly(const std::function<void(nlohmann::json&)>& configure = {},
                    std::vector<std::string> environment = {});
  // Changes that copy; each first text must be there.
  void rename(const std::vector<std::pair<std::string, std::string>>& from_to);
  // `motcua apply`; the service, where it runs, takes the change over in its own time.
  void apply();
  void reconnect();
  HttpClient& client() { return *client_; }
  nlohmann::json file_json(const nlohmann::json& list, const std::string& name = "list.json");
  std::filesystem::path place(const std::string& name) { return service_->directory() / name; }
  Ended motcua(const std::vector<std::string>& words) { return run_motcua(words, service_->directory()); }
  // The list and its export, as files.
  void fetch(const nlohmann::json& list);
  // The exit status of the program that counts them again without the engine's code.
  int counted_by_python();

  std::unique_ptr<RunningService> service_;
  std::unique_ptr<HttpClient> client_;
};

}  // namespace motcua::testing
