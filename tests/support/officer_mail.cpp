#include "tests/support/officer_mail.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace motcua::testing {

void give_mail(nlohmann::json& config, const std::string& officer, const std::string& address) {
  nlohmann::json agencies = nlohmann::json::parse(std::ifstream(config["agencies"].get<std::string>()));
  for (nlohmann::json& agency : agencies["agencies"]) {
    for (nlohmann::json& one : agency["officers"]) {
      if (one["id"] == officer) one["mail"] = address;
    }
  }
  const auto folder = std::filesystem::path(config["database"].get<std::string>()).parent_path();
  std::ofstream(folder / "agencies.json") << agencies.dump();
  config["agencies"] = folder / "agencies.json";
}

}  // namespace motcua::testing
