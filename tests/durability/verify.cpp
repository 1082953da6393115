#include "tests/durability/verify.h"

#include <nlohmann/json.hpp>
#include <set>

#include "tests/durability/load.h"

namespace motcua::testing {
namespace {

using nlohmann::json;

class Verifier {
 public:
  Verifier(const RunningService& service, Ledger& ledger, Tally& tally)
      : client_(service.port(), service.token()), ledger_(ledger), tally_(tally) {}

  void run() {
    check_clock();
    std::set<std::string> touched;
    for (Attempt& attempt : ledger_.attempts) {
      if (!attempt.word.empty()) check_count(attempt, attempt.took_effect() ? 1 : 0);
    }
    for (Attempt& attempt : ledger_.attempts) {
      if (attempt.acknowledged()) repeat_answered(attempt);
    }
    for (Attempt& attempt : ledger_.attempts) {
      if (!attempt.acknowledged()) repeat_unanswered(attempt);
      if (!attempt.id.empty()) touched.insert(attempt.id);
    }
    for (const std::string& id : touched) check_history(id);
    check_all();
    ledger_.attempts.clear();
  }

 private:
  void check_clock() {
    const HttpAnswer answer = client_.get("/v1/sandbox/clock");
    if (answer.status == 200) now_ = answer.json()["now"];
    if (now_ < ledger_.clock)
      tally_.fault("lost: the clock stood at " + ledger_.clock + " and stands at " + now_);
  }

  std::vector<std::string> found_by(const std::string& word) {
    std::vector<std::string> ids;
    const HttpAnswer answer = client_.get("/v1/dossiers?q=" + word);
    if (answer.status != 200) tally_.fault("a search answered " + answer.body);
    const json page = answer.json();
    if (answer.status == 200) {
      for (const json& row : page["items"]) ids.push_back(row["id"]);
    }
    return ids;
  }

  // A submission has at least `least` dossiers, and never two.
  void check_count(const Attempt& attempt, std::size_t least) {
    const std::vector<std::string> ids = found_by(attempt.word);
    if (ids.size() > 1) tally_.fault("twice there: the submission " + attempt.key);
    if (ids.size() < least) tally_.fault("lost: the dossier of submission " + attempt.key);
    if (ids.size() == 1 && least == 1 && ids.front() != attempt.id)
      tally_.fault("lost: the id of submission " + attempt.key);
    if (ids.size() == 1) there_[attempt.key] = ids.front();
  }

  // An answer is lost when its key no longer brings it: what is missing besides follows from that, and is not
  // counted again.
  void repeat_answered(const Attempt& attempt) {
    Attempt again = attempt;
    const HttpAnswer answer = send(client_, again);
    const bool same = again.status == attempt.status && again.id == attempt.id &&
                      again.version == attempt.version && again.code == attempt.code;
    const bool replayed = !attempt.took_effect() || answer.header("idempotency-replayed") == "true";
    if (!same || !replayed) {
      tally_.lose("the answer to " + attempt.target + " under " + attempt.key + ", which was " +
                  std::to_string(attempt.status) + " version " + std::to_string(attempt.version) + ": now " +
                  (replayed ? "" : "not replayed, ") + answer.body.substr(0, 300));
    }
  }

  void repeat_unanswered(Attempt& attempt) {
    const HttpAnswer answer = send(client_, attempt);
    if (!attempt.acknowledged()) {
      tally_.fault("the repeated " + attempt.target + " answered " + std::to_string(answer.status) + ' ' +
                   answer.body);
      return;
    }
    if (!attempt.took_effect()) return;
    ledger_.note(attempt.id, attempt.version, attempt.code);
    if (attempt.word.empty()) return;
    const auto before = there_.find(attempt.key);
    const bool replayed = answer.header("idempotency-replayed") == "true";
    if (replayed != (before != there_.end()) || (replayed && before->second != attempt.id))
      tally_.fault("half there: the submission " + attempt.key + " and its outcome");
    check_count(attempt, 1);
  }

  void check_history(const std::string& id) {
    const HttpAnswer dossier = client_.get("/v1/dossiers/" + id);
    const HttpAnswer history = client_.get("/v1/dossiers/" + id + "/events?limit=200");
    if (dossier.status != 200 || history.status != 200) return tally_.fault("lost: dossier " + id);
    const json items = history.json()["items"];
    int version = 0;
    for (const json& event : items) {
      if (event["data"]["version"] != ++version || event["subject"] != id)
        tally_.fault("the history of " + id + " breaks at version " + std::to_string(version));
    }
    const json now = dossier.json();
    if (now["version"] != version)
      tally_.fault("half there: " + id + " has another version than its history");
    // The name is sealed apart from the events: it must have come with them.
    if (!now["owner"].is_object()) tally_.fault("half there: " + id + " has no owner");
  }

  template <class Take>
  void each_row(const std::string& address, Take take) {
    std::string next = address;
    while (!next.empty()) {
      const HttpAnswer answer = client_.get(next);
      if (answer.status != 200) return tally_.fault(next + " answered " + answer.body);
      const json page = answer.json();
      for (const json& row : page["items"]) take(row);
      const json cursor = page.value("next", page["next_cursor"]);
      if (cursor.is_null()) return;
      const std::string text = cursor;
      next = text.starts_with('/') ? text : address + "&cursor=" + text;
    }
  }

  // Every dossier, and each of the lists beside it.
  void check_all() {
    std::map<std::string, json> rows;
    each_row("/v1/dossiers?limit=200", [&](const json& row) {
      if (!rows.emplace(row["id"], row).second) tally_.fault("listed twice: " + row["id"].get<std::string>());
    });
    check_known(rows);
    std::map<std::string, int> listed;
    const auto count = [&](const json& row) {
      const auto found = rows.find(row["id"]);
      if (found == rows.end() || found->second["version"] != row["version"])
        tally_.fault("a list shows another state of " + row["id"].get<std::string>());
      ++listed[row["id"]];
    };
    each_row("/v1/due-soon?within_hours=9600&limit=200", count);
    std::set<std::string> late;
    each_row("/v1/late?limit=200", [&](const json& row) { late.insert(row["id"].get<std::string>()); });
    for (const auto& [id, row] : rows) {
      const bool runs = row["state"] == "accepted" || row["state"] == "processing";
      // Late is never undone, so after a restart of its term a dossier may be late and due soon. Instants are
      // all written with one offset: they compare as texts.
      const bool to_come = runs && row["due_at"].is_string() && row["due_at"].get<std::string>() > now_;
      if (listed[id] != (to_come ? 1 : 0)) tally_.fault("due soon: wrong for " + row.dump());
      if (runs && late.contains(id) != (row["late"] == true)) tally_.fault("late: wrong for " + row.dump());
    }
  }

  void check_known(const std::map<std::string, json>& rows) {
    std::set<std::string> codes;
    for (const auto& [id, row] : rows) {
      if (row["code"].is_string() && !codes.insert(row["code"]).second)
        tally_.fault("given twice: the code " + row["code"].get<std::string>());
      if (!ledger_.dossiers.contains(id)) tally_.fault("nobody asked for dossier " + id);
    }
    for (auto known = ledger_.dossiers.begin(); known != ledger_.dossiers.end();) {
      const auto row = rows.find(known->first);
      if (row == rows.end()) {
        tally_.fault("lost: dossier " + known->first);
        known = ledger_.dossiers.erase(known);
        continue;
      }
      const std::string code = row->second["code"].is_string() ? row->second["code"] : "";
      if (row->second["version"] < known->second.version)
        tally_.fault("lost: version " + std::to_string(known->second.version) + " of dossier " +
                     known->first);
      if (!known->second.code.empty() && code != known->second.code)
        tally_.fault("lost: the code " + known->second.code);
      known->second = {row->second["version"], code, row->second["state"]};
      ++known;
    }
  }

  HttpClient client_;
  Ledger& ledger_;
  Tally& tally_;
  std::string now_;
  std::map<std::string, std::string> there_;  // before its request was repeated: key, dossier
};

}  // namespace

void verify_over_http(const RunningService& service, Ledger& ledger, Tally& tally) {
  Verifier(service, ledger, tally).run();
}

}  // namespace motcua::testing
