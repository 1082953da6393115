#include "tests/support/publication.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/core/value.h"
#include "engine/store/sqlite_store.h"

namespace motcua::testing {

using nlohmann::json;

json list_in_state(HttpClient& client, const std::string& id, const std::string& state) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  json list;
  do {
    list = client.get("/v1/publications/" + id).json();
    if (list.value("state", "") == state) break;
    std::this_thread::yield();
  } while (std::chrono::steady_clock::now() < deadline);
  EXPECT_EQ(list.value("state", ""), state) << list.dump().substr(0, 600);
  return list;
}

HttpAnswer say_of_list(HttpClient& client, const std::string& id, const std::string& act) {
  return client.post("/v1/publications/" + id + '/' + act, {{"officer", kPublisher}});
}

json drafted_list(HttpClient& client, const std::string& month) {
  const HttpAnswer opened = client.post("/v1/publications", {{"month", month}, {"officer", kPublisher}});
  EXPECT_EQ(opened.status, 202) << opened.body;
  const std::string id = opened.json().value("id", "");
  EXPECT_EQ(opened.header("location"), "/v1/publications/" + id);
  return list_in_state(client, id, "draft");
}

json published_list(HttpClient& client, const std::string& id) {
  EXPECT_EQ(say_of_list(client, id, "review").status, 200);
  EXPECT_EQ(say_of_list(client, id, "publish").status, 202);
  return list_in_state(client, id, "published");
}

std::string folder_of_list(const json& list) {
  return "/public/late/" + list.value("month", "") + '/' + list.value("agency", "") + '-' +
         std::to_string(list.value("number", 0)) + '/';
}

void save(const std::string& bytes, const std::filesystem::path& file) {
  std::ofstream(file, std::ios::binary) << bytes;
}

void save_export(HttpClient& client, const json& list, const std::filesystem::path& file) {
  std::string all;
  std::string target = folder_of_list(list) + "export?limit=7";
  while (!target.empty()) {
    const HttpAnswer page = client.get(target);
    ASSERT_EQ(page.status, 200) << page.body.substr(0, 300);
    all += page.body;
    const std::string link = page.header("link");
    target = link.empty() ? "" : link.substr(1, link.find('>') - 1);
  }
  save(all, file);
}

std::vector<std::string> files_of_list(const RunningService& service, const json& list) {
  store::SqliteOptions options;
  options.path = service.database();
  options.sandbox = true;
  options.read_only = true;
  options.lock = false;
  const auto store = store::open_sqlite(options);
  const auto found = store->publications().find(*core::parse_uuid(list.value("id", "")));
  if (!found) return {};
  std::vector<std::string> names = store->publications().files(found->key);
  std::erase_if(names, [](const std::string& name) { return name == "basis" || name == "export-head"; });
  return names;
}

}  // namespace motcua::testing
