#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tests/support/service.h"

// A month's list on its way to the public, over HTTP. Each step must succeed.
namespace motcua::testing {

inline constexpr const char* kPublisher = "H32.ct01";  // the head of the shipped province

// Asks until the list is in that state, or twenty seconds have passed; the list as it is then.
nlohmann::json list_in_state(HttpClient& client, const std::string& id, const std::string& state);
// What is said of it by its publisher: "review", "publish" …
HttpAnswer say_of_list(HttpClient& client, const std::string& id, const std::string& act);
// Opens the list of a month, and waits for its draft.
nlohmann::json drafted_list(HttpClient& client, const std::string& month);
// Reviews and publishes a draft, and waits for it.
nlohmann::json published_list(HttpClient& client, const std::string& id);
// The folder of its files: "/public/late/2026-08/H32-1/".
std::string folder_of_list(const nlohmann::json& list);
// All pages of its export, put into a file.
void save_export(HttpClient& client, const nlohmann::json& list, const std::filesystem::path& file);
void save(const std::string& bytes, const std::filesystem::path& file);
// The names of all its downloads, from the database.
std::vector<std::string> files_of_list(const RunningService& service, const nlohmann::json& list);

}  // namespace motcua::testing
