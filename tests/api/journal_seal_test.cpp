#include <gtest/gtest.h>
#include <sqlite3.h>

#include <sys/wait.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/run/ed25519.h"
#include "tests/support/paths.h"
#include "tests/support/service.h"

namespace motcua::testing {
namespace {

using nlohmann::json;

const json kFiling{{"procedure", "2.000908"},
                   {"channel", "direct"},
                   {"receiving_agency", "H32.1"},
                   {"accept", true},
                   {"owner", {{"kind", "citizen"}, {"name", "Nguyễn Văn A"}}}};

class JournalSeals : public ::testing::Test {
 protected:
  Ended verify(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"verify-journal", "--config", service_.config_file().string(),
                                   "--sandbox-database"};
    words.insert(words.end(), more.begin(), more.end());
    return run_motcua(words, service_.directory());
  }
  std::filesystem::path seals() const { return service_.database().string() + ".seals"; }
  // The head that seals so many events, or what there is after a while.
  json head_of(std::int64_t size) {
    HttpClient client = service_.client();
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    json found = client.get("/v1/journal/head").json();
    while (std::chrono::steady_clock::now() < until &&
           (found["head"].is_null() || found["head"]["size"] < size)) {
      found = client.get("/v1/journal/head").json();
    }
    return found;
  }
  // The newest head with its way from an earlier one; soon after a start the seals are still being read.
  HttpAnswer when_read(std::int64_t since) {
    HttpClient client = service_.client();
    const std::string path = "/v1/journal/head?since=" + std::to_string(since);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    HttpAnswer answer = client.get(path);
    while (answer.status == 503 && std::chrono::steady_clock::now() < until) answer = client.get(path);
    return answer;
  }
  void change(const std::string& sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(service_.database().c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    sqlite3_close(db);
  }
  RunningService service_;
};

TEST_F(JournalSeals, AreSignedHeadsThatAnybodyMayKeep) {
  EXPECT_TRUE(service_.client().get("/v1/journal/head").json()["head"].is_null());
  ASSERT_EQ(service_.client().post("/v1/dossiers", kFiling).status, 201);
  const json found = head_of(1);
  const json& head = found["head"];
  ASSERT_TRUE(head.is_object()) << found;
  const std::string text = head["text"];
  const auto line = [](const char* name, const json& value) {
    return std::string(name) + ' ' + (value.is_string() ? value.get<std::string>() : value.dump()) + '\n';
  };
  EXPECT_TRUE(text.starts_with("motcua journal-head/1\n" + line("epoch", found["epoch"]) +
                               line("size", head["size"]) + line("root", head["root"]) + "at "))
      << text;
  const json& access = head["access"];
  EXPECT_TRUE(text.ends_with('\n' + line("previous", head["previous"]) + "access " +
                             access["position"].dump() + ' ' + access["hash"].get<std::string>() + '\n'))
      << text;
  run::Ed25519Public key{};
  run::Ed25519Signature signature{};
  const auto bytes = [](const json& base64, auto& out) {
    const auto read = run::from_base64(base64.get<std::string>());
    ASSERT_TRUE(read && read->size() == out.size());
    std::copy(read->begin(), read->end(), out.begin());
  };
  bytes(found["key"], key);
  bytes(head["signature"], signature);
  EXPECT_TRUE(run::ed25519_verifies(key, text, signature)) << text;
  EXPECT_FALSE(run::ed25519_verifies(key, text + " ", signature));
  EXPECT_EQ(service_.client().get("/v1/journal/head?x=1").status, 400);
  EXPECT_EQ(service_.client().request("GET", "/v1/journal/head", "", {{"Authorization", ""}}).status, 401);
}

// Whoever kept a head is shown, without the database, that the journal only grew.
TEST_F(JournalSeals, BeginWithWhatWasSealedBefore) {
  const auto place = [&](const char* name) { return service_.directory() / name; };
  const auto save = [&](const json& answer, const char* name) {
    std::ofstream(place(name)) << answer.dump();
  };
  const auto verified = [&](const char* kept, const char* newer) {
    const std::string line = "python3 " + in_tree("tools/verify_journal_heads.py") + " '" +
                             place(kept).string() + "' '" + place(newer).string() + "' >/dev/null 2>'" +
                             place("why").string() + "'";
    const int status = std::system(line.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  EXPECT_EQ(service_.client().get("/v1/journal/head?since=1").status, 400) << "nothing is sealed";
  json newest;
  std::vector<json> kept;
  for (int n = 0; n < 3; ++n) {
    ASSERT_EQ(service_.client().post("/v1/dossiers", kFiling).status, 201);
    const std::int64_t end = service_.client().get("/v1/journal/head").json()["journal_end"];
    ASSERT_EQ(service_.stop(), 0);
    service_.restart();
    newest = kept.emplace_back(head_of(end));
  }
  EXPECT_TRUE(newest["consistency"].is_null());
  for (const json& one : kept) {
    const std::int64_t size = one["head"]["size"];
    const HttpAnswer answer = when_read(size);
    ASSERT_EQ(answer.status, 200) << answer.body;
    save(one, "kept.json");
    save(answer.json(), "newer.json");
    EXPECT_EQ(verified("kept.json", "newer.json"), 0) << size;
    // Another history with the same sizes does not pass.
    json forged = answer.json();
    for (json& hash : forged["consistency"]["path"]) hash = std::string(64, '0');
    save(forged, "forged.json");
    EXPECT_EQ(verified("kept.json", "forged.json"), size == newest["head"]["size"] ? 0 : 1) << size;
    forged = one;
    forged["head"]["root"] = std::string(64, '0');
    save(forged, "forged.json");
    EXPECT_EQ(verified("forged.json", "newer.json"), 1) << size;
  }
  save(kept[0], "kept.json");
  save(newest, "newer.json");
  EXPECT_EQ(verified("kept.json", "newer.json"), 1) << "asked without since";
  const std::string beyond = std::to_string(newest["head"]["size"].get<std::int64_t>() + 1);
  for (const std::string& wrong : {std::string("0"), std::string("x"), beyond}) {
    EXPECT_EQ(service_.client().get("/v1/journal/head?since=" + wrong).status, 400) << wrong;
  }
}

// The stop seals what came last; whoever changes the file then is found, and his service does not start.
TEST_F(JournalSeals, FindTheEventThatWasTakenOutOfTheDatabase) {
  for (int n = 0; n < 5; ++n) ASSERT_EQ(service_.client().post("/v1/dossiers", kFiling).status, 201);
  const std::int64_t end = service_.client().get("/v1/journal/head").json()["journal_end"];
  ASSERT_EQ(service_.stop(), 0);
  Ended verified = verify();
  EXPECT_EQ(verified.status, 0) << verified.out << verified.error;
  EXPECT_NE(verified.out.find(std::to_string(end) + " events are as they were sealed"), std::string::npos)
      << verified.out;
  service_.restart();
  EXPECT_EQ(head_of(end)["head"]["size"], end);
  ASSERT_EQ(service_.stop(), 0);

  change("UPDATE event SET occurred_at = occurred_at - 3600000 WHERE position = 3");
  verified = verify();
  EXPECT_EQ(verified.status, 1);
  EXPECT_NE(verified.error.find("event 3:"), std::string::npos) << verified.error;
  change("UPDATE event SET occurred_at = occurred_at + 3600000 WHERE position = 3");
  EXPECT_EQ(verify().status, 0);

  change("DELETE FROM event WHERE position = " + std::to_string(end));
  verified = verify();
  EXPECT_EQ(verified.status, 1);
  EXPECT_NE(verified.error.find("event " + std::to_string(end) + " is missing"), std::string::npos)
      << verified.error;
  EXPECT_THROW(service_.restart(), std::runtime_error);
}

TEST_F(JournalSeals, AreOfTheDefinitionsThatWereAppliedAndNoOthers) {
  ASSERT_EQ(service_.client().post("/v1/dossiers", kFiling).status, 201);
  ASSERT_EQ(service_.stop(), 0);
  change("UPDATE definition SET text = text || ' ' WHERE key = '2.000908'");
  const Ended verified = verify();
  EXPECT_EQ(verified.status, 1);
  EXPECT_NE(verified.error.find("definition procedure/2.000908"), std::string::npos) << verified.error;
  EXPECT_THROW(service_.restart(), std::runtime_error);
}

// Whoever puts an old database back together with its old seals, and goes on, leaves a journal that is whole
// in itself: a head that somebody else kept tells.
TEST_F(JournalSeals, AreHeldAgainstAHeadThatWasKeptElsewhere) {
  namespace fs = std::filesystem;
  const fs::path copy = service_.directory() / "copy";
  const fs::path kept = service_.directory() / "kept.json";
  ASSERT_EQ(service_.client().post("/v1/dossiers", kFiling).status, 201);
  ASSERT_EQ(service_.stop(), 0);
  fs::create_directory(copy);
  fs::copy(service_.database(), copy / "motcua.db");
  fs::copy(seals(), copy / "seals", fs::copy_options::recursive);
  service_.restart();
  for (int n = 0; n < 3; ++n) ASSERT_EQ(service_.client().post("/v1/dossiers", kFiling).status, 201);
  const std::int64_t end = service_.client().get("/v1/journal/head").json()["journal_end"];
  ASSERT_EQ(service_.stop(), 0);
  service_.restart();
  const json head = head_of(end);
  const std::string key = head["key"];
  std::ofstream(kept) << head.dump();
  ASSERT_EQ(service_.client().post("/v1/dossiers", kFiling).status, 201);
  ASSERT_EQ(service_.stop(), 0);
  EXPECT_EQ(verify({"--head", kept.string(), "--key", key}).status, 0) << "what came after it is no matter";

  const auto put_back = [&] {
    fs::remove(service_.database());
    fs::remove_all(seals());
    fs::copy(copy / "motcua.db", service_.database());
    fs::copy(copy / "seals", seals(), fs::copy_options::recursive);
  };
  put_back();
  EXPECT_EQ(verify().status, 0) << "whole in itself";
  Ended verified = verify({"--head", kept.string()});
  EXPECT_EQ(verified.status, 1);
  EXPECT_NE(verified.error.find("only"), std::string::npos) << verified.error;
  service_.restart();
  for (int n = 0; n < 5; ++n) ASSERT_EQ(service_.client().post("/v1/dossiers", kFiling).status, 201);
  ASSERT_EQ(service_.stop(), 0);
  EXPECT_EQ(verify().status, 0) << "whole in itself";
  verified = verify({"--head", kept.string()});
  EXPECT_EQ(verified.status, 1);
  EXPECT_NE(verified.error.find("are not those of the head that was kept"), std::string::npos)
      << verified.error;

  const auto refused = [&](json changed, const std::string& why) {
    std::ofstream(kept) << changed.dump();
    const Ended ended = verify({"--head", kept.string()});
    EXPECT_EQ(ended.status, 1);
    EXPECT_NE(ended.error.find(why), std::string::npos) << ended.error;
  };
  json changed = head;
  changed["head"]["size"] = 1;
  refused(changed, "not those of its text");
  changed = head;
  changed["head"]["signature"] = std::string(86, 'A') + "==";
  refused(changed, "not signed by this key");
  changed = head;
  changed["head"] = nullptr;
  refused(changed, "no head of a journal");
  EXPECT_EQ(verify({"--key", "AAAA"}).status, 1);
  EXPECT_EQ(verify({"--head", "none.json"}).status, 1);
  // The seals are taken away: the service says so, and verify-journal too.
  fs::remove_all(seals());
  EXPECT_EQ(verify().status, 1);
  service_.restart();
  EXPECT_NE(service_.log().find("no event of this journal"), std::string::npos);
}

}  // namespace
}  // namespace motcua::testing
