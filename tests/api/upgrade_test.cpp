#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/run/definitions.h"
#include "tests/support/eventually.h"
#include "tests/support/paths.h"
#include "tests/support/service.h"

// A database that an earlier release left is opened by this one, and says what it said.
namespace motcua::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path kReleases = in_tree("tests/upgrade");

void unpack(const fs::path& packed, const fs::path& to) {
  const std::string line = "gzip -dc '" + packed.string() + "' >'" + to.string() + "'";
  ASSERT_EQ(std::system(line.c_str()), 0) << line;
}

// Where today's answer lacks what was answered then, or says otherwise; more members than then are none.
std::string difference(const json& then, const json& now, const std::string& at = {}) {
  if (then.is_object() && now.is_object()) {
    for (const auto& [name, value] : then.items()) {
      if (!now.contains(name)) return at + '/' + name + " is gone";
      if (const std::string found = difference(value, now[name], at + '/' + name); !found.empty())
        return found;
    }
    return {};
  }
  if (then.is_array() && now.is_array() && then.size() == now.size()) {
    for (std::size_t i = 0; i < then.size(); ++i) {
      const std::string found = difference(then[i], now[i], at + '/' + std::to_string(i));
      if (!found.empty()) return found;
    }
    return {};
  }
  return then == now ? std::string() : at + " was " + then.dump() + ", is " + now.dump();
}

// The definitions that the release served with, as files: a program does not serve by others than were
// applied.
void write_definitions(const fs::path& database, json& config) {
  const fs::path folder = database.parent_path() / "definitions";
  run::DefinitionPaths paths{folder / "calendars",    folder / "rulebook.json", folder / "agencies.json",
                             folder / "ladders.json", folder / "procedures",    folder / "messages.json",
                             folder / "slips"};
  for (const fs::path& made : {paths.calendars, paths.procedures, paths.slips}) fs::create_directories(made);
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(database.c_str(), &db), SQLITE_OK);
  sqlite3_stmt* rows = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(db, "SELECT kind, key, text FROM definition ORDER BY seq", -1, &rows, nullptr),
            SQLITE_OK);
  const auto text = [&](int column) {
    return std::string(reinterpret_cast<const char*>(sqlite3_column_text(rows, column)));
  };
  while (sqlite3_step(rows) == SQLITE_ROW) {
    const auto kind = static_cast<store::DefinitionKind>(sqlite3_column_int(rows, 0));
    std::ofstream(run::path_of(paths, kind, text(1))) << text(2);
  }
  sqlite3_finalize(rows);
  sqlite3_close(db);
  config["calendars"] = paths.calendars;
  config["rulebook"] = paths.rulebook;
  config["agencies"] = paths.agencies;
  config["ladders"] = paths.ladders;
  config["procedures"] = paths.procedures;
  config["messages"] = paths.messages;
  config["slips"] = paths.slips;
}

class Upgrade : public ::testing::TestWithParam<std::string> {
 protected:
  static ServiceOptions options() {
    ServiceOptions made;
    made.keys = {{"province", "", true}, {"commune", "H32.101", false}};
    made.configure = [](json& config) {
      const fs::path release = kReleases / GetParam();
      const fs::path database = config["database"].get<std::string>();
      unpack(release / "motcua.db.gz", database);
      write_definitions(database, config);
      fs::copy(release / "master.key", config["master_key_file"].get<std::string>());
      fs::permissions(config["master_key_file"].get<std::string>(), fs::perms::owner_read);
      if (fs::exists(release / "motcua.db.keys.gz")) {
        const fs::path record_keys = database.string() + ".keys";
        unpack(release / "motcua.db.keys.gz", record_keys);
        fs::permissions(record_keys, fs::perms::owner_read | fs::perms::owner_write);
      }
      fs::copy(release / "seals", database.string() + ".seals", fs::copy_options::recursive);
      config["webhooks"]["allow_http"] = true;
      config["webhooks"]["allow_networks"] = {"127.0.0.0/8"};
    };
    return made;
  }
  std::int64_t count(const char* sql) {
    sqlite3* db = nullptr;
    sqlite3_stmt* rows = nullptr;
    EXPECT_EQ(sqlite3_open(service_.database().c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_prepare_v2(db, sql, -1, &rows, nullptr), SQLITE_OK);
    const std::int64_t counted = sqlite3_step(rows) == SQLITE_ROW ? sqlite3_column_int64(rows, 0) : -1;
    sqlite3_finalize(rows);
    sqlite3_close(db);
    return counted;
  }
  Ended motcua(std::vector<std::string> words) {
    for (const char* more : {"--sandbox-database", "--config"}) words.push_back(more);
    words.push_back(service_.config_file().string());
    return run_motcua(words, service_.directory());
  }
  RunningService service_{options()};
};

// Alerts of an appraisal that had lapsed were told as open by the releases up to 012.
json lapsed_closed(HttpClient& client, json alerts) {
  const std::string now = client.get("/v1/sandbox/clock").json()["now"];
  for (json& alert : alerts) {
    if (alert["clock"] != "appraisal" || alert["due_at"].get<std::string>() >= now) continue;
    alert["state"] = "closed";
    for (json& recipient : alert["recipients"]) recipient["state"] = "closed";
  }
  return alerts;
}

TEST_P(Upgrade, AnswersWhatTheReleaseAnswered) {
  const fs::path answers = service_.directory() / "answers.json";
  unpack(kReleases / GetParam() / "answers.json.gz", answers);
  std::ifstream in(answers);
  const json all = json::parse(in);
  HttpClient client = service_.client("province");
  std::string first;
  for (const auto& [path, then] : all["answers"].items()) {
    // What persons typed is told on request only, since then.
    const bool tells = path.ends_with("/notices");
    const HttpAnswer answer = client.get(tells ? path + '?' + std::string(kUnmasked) : path);
    ASSERT_EQ(answer.status, 200) << path << answer.body;
    json now = answer.json();
    if (then.is_object() && then.contains("owner")) now.update(typed_of(client, path));
    const json told = path.starts_with("/v1/alerts") ? lapsed_closed(client, then) : then;
    EXPECT_EQ(difference(told, then.is_array() ? now["items"] : now), "") << path;
    if (then.is_object() && then.value("state", "") == "accepted") first = path;
  }
  // It goes on where the release stopped: with what is there, and with what is new.
  ASSERT_NE(first, "");
  EXPECT_EQ(client.post(first + "/withdraw", {{"reason", "Đổi ý"}}).status, 200);
  const json filing{{"procedure", "2.000908"},
                    {"channel", "direct"},
                    {"receiving_agency", "H32.101"},
                    {"accept", true},
                    {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}};
  EXPECT_EQ(client.post("/v1/dossiers", filing).status, 201);
  // Each record gets a key of its own, that it may be erased alone.
  EXPECT_TRUE(eventually(
      [&] { return count("SELECT count(*) FROM personal WHERE substr(sealed, 1, 1) = x'01'") == 0; }));
  EXPECT_GT(count("SELECT count(*) FROM personal"), 8);
  ASSERT_EQ(service_.stop(), 0);
  for (const char* command : {"audit", "verify-journal", "rebuild"}) {
    const Ended ended = motcua({command});
    EXPECT_EQ(ended.status, 0) << command << ended.out << ended.error;
  }
}

std::vector<std::string> releases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kReleases)) {
    if (entry.is_directory()) names.push_back(entry.path().filename());
  }
  return names;
}

TEST_P(Upgrade, IsRestoredFromABackupOfTheRelease) {
  const fs::path backup = service_.directory() / "backup.db";
  unpack(kReleases / GetParam() / "motcua.db.gz", backup);
  ASSERT_EQ(service_.stop(), 0);
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(service_.database().string() + suffix);
  const Ended done = motcua({"restore", backup.string(), "--accept-loss"});
  ASSERT_EQ(done.status, 0) << done.out << done.error;
  service_.restart();
  const fs::path answers = service_.directory() / "answers.json";
  unpack(kReleases / GetParam() / "answers.json.gz", answers);
  std::ifstream in(answers);
  const json all = json::parse(in);
  HttpClient client = service_.client("province");
  for (const auto& [path, then] : all["answers"].items()) EXPECT_EQ(client.get(path).status, 200) << path;
  ASSERT_EQ(service_.stop(), 0);
  for (const char* command : {"audit", "verify-journal", "rebuild"}) {
    const Ended ended = motcua({command});
    EXPECT_EQ(ended.status, 0) << command << ended.out << ended.error;
  }
}

INSTANTIATE_TEST_SUITE_P(Releases, Upgrade, ::testing::ValuesIn(releases()),
                         [](const auto& release) { return release.param; });

}  // namespace
}  // namespace motcua::testing
