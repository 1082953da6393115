#include "tests/durability/load.h"

#include <atomic>
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

namespace motcua::testing {
namespace {

using nlohmann::json;

struct Step {
  const char* state;
  const char* command;
  json body;
};

// What may be asked of a dossier in a state; also what may not, for rejections are kept as well.
const std::vector<Step>& steps() {
  static const std::vector<Step> kSteps = {
      {"submitted", "accept", json::object()},
      {"submitted", "accept", json::object()},
      {"submitted", "request-supplement", {{"reason", "Thiếu giấy tờ"}}},
      {"accepted", "request-supplement", {{"reason", "Thiếu giấy tờ"}, {"missing", {"to_khai"}}}},
      {"accepted", "complete-step", json::object()},
      {"accepted", "settle", {{"outcome", "granted"}, {"result_form", "electronic"}}},
      {"processing", "complete-step", json::object()},
      {"processing", "settle", {{"outcome", "denied"}, {"result_form", "paper"}, {"reason", "Không đủ"}}},
      {"processing", "withdraw", json::object()},
      {"awaiting_supplement", "supplement", {{"note", "Đã bổ sung"}}},
      {"awaiting_supplement", "accept-supplement", json::object()},
      {"awaiting_supplement", "accept-supplement", json::object()},
      {"settled", "return-result", json::object()},
      {"returned", "settle", {{"outcome", "granted"}, {"result_form", "electronic"}}},
  };
  return kSteps;
}

// A name that was never used in this process.
std::string fresh_word() {
  static std::atomic<int> count = 0;
  return "chu" + std::to_string(100'000 + ++count);
}

// Dossiers of earlier rounds that are acted on again: the newest, as their ids are in order of time.
constexpr std::size_t kOlder = 20;

struct Seen {
  std::string id;
  std::string state;
};

struct Shown {
  std::string id;
  int version = 0;
};

// What all workers share: every one acts on every dossier, so they meet.
class Pool {
 public:
  void add(Seen seen) {
    const std::lock_guard lock(mutex_);
    seen_.push_back(std::move(seen));
    if (seen_.size() > kMost) seen_.erase(seen_.begin());
  }
  Seen pick(std::mt19937& random) {
    const std::lock_guard lock(mutex_);
    return seen_.empty() ? Seen{} : seen_[random() % seen_.size()];
  }
  void move(const std::string& id, const std::string& state) {
    const std::lock_guard lock(mutex_);
    for (Seen& seen : seen_) {
      if (seen.id == id) seen.state = state;
    }
  }

 private:
  static constexpr std::size_t kMost = 40;
  std::mutex mutex_;
  std::vector<Seen> seen_;
};

class Worker {
 public:
  Worker(const RunningService& service, const LoadPlan& plan, int number, Pool& pool, std::atomic<int>& left)
      : client_(service.port(), service.token()),
        plan_(plan),
        pool_(pool),
        left_(left),
        random_(plan.seed * 64 + static_cast<unsigned>(number)) {}

  void work() {
    for (int i = 0; i < plan_.requests_max; ++i) {
      const unsigned choice = static_cast<unsigned>(random_() % 40);
      const bool alive = choice == 0 ? move_clock() : choice < 12 ? look() : act();
      if (!alive) return;
    }
  }

  std::vector<Attempt> attempts;
  std::vector<Shown> shown;
  std::vector<std::string> odd;
  std::string clock;

 private:
  bool move_clock() {
    const HttpAnswer answer =
        client_.put("/v1/sandbox/clock", {{"advance_seconds", 1800 * (1 + random_() % 24)}});
    // 202: more fell due on the way than one call may fire, and the clock stands where it came to.
    const bool moved = answer.status == 200 || answer.status == 202;
    if (moved) clock = std::max(clock, answer.json()["now"].get<std::string>());
    if (answer.status != 0 && !moved && answer.status != 503) {
      odd.push_back("PUT /v1/sandbox/clock answered " + answer.body);
    }
    return answer.status != 0;
  }

  // What somebody was shown may not be taken back either, though whoever wrote it has no answer yet.
  bool look() {
    const Seen seen = pool_.pick(random_);
    if (seen.id.empty()) return true;
    const HttpAnswer answer = client_.get("/v1/dossiers/" + seen.id);
    if (answer.status == 200) {
      shown.push_back({seen.id, answer.json()["version"]});
    } else if (answer.status != 0 && answer.status != 503) {
      odd.push_back("GET of a dossier answered " + answer.body);
    }
    return answer.status != 0;
  }

  Attempt next() {
    const Seen seen = pool_.pick(random_);
    std::vector<const Step*> possible;
    for (const Step& step : steps()) {
      if (seen.state == step.state) possible.push_back(&step);
    }
    if (possible.empty() || random_() % 3 == 0) return submission(fresh_word(), random_() % 2 == 0);
    const Step& step = *possible[random_() % possible.size()];
    return {fresh_word(), "/v1/dossiers/" + seen.id + '/' + step.command, step.body.dump(), {}, 0, {}, {}, 0};
  }

  bool act() {
    Attempt attempt = next();
    const HttpAnswer answer = send(client_, attempt);
    if (attempt.took_effect()) {
      const std::string state = answer.json()["state"];
      attempt.word.empty() ? pool_.move(attempt.id, state) : pool_.add({attempt.id, state});
    } else if (!attempt.acknowledged() && answer.status != 0 && answer.status != 503) {
      odd.push_back(attempt.target + " answered " + answer.body);
    }
    const bool counts = attempt.acknowledged();
    attempts.push_back(std::move(attempt));
    if (counts && left_.fetch_sub(1) == 1 && plan_.end) plan_.end();
    return answer.status != 0;
  }

  HttpClient client_;
  const LoadPlan& plan_;
  Pool& pool_;
  std::atomic<int>& left_;
  std::mt19937 random_;
};

}  // namespace

Attempt submission(const std::string& word, bool online) {
  json body{
      {"procedure", "1.004194"},
      {"channel", online ? "online" : "direct"},
      {"receiving_agency", "H32.101"},
      {"facts", {{"persons", 2}}},
      {"papers", {{{"key", "to_khai"}, {"form", "original"}}, {{"key", "cho_o_hop_phap"}, {"form", "copy"}}}},
      {"owner", {{"kind", "citizen"}, {"name", "Nguyễn Thị " + word}, {"phone", "0905123456"}}}};
  if (!online) body["accept"] = true;
  return {word, "/v1/dossiers", body.dump(), word, 0, {}, {}, 0};
}

HttpAnswer send(HttpClient& client, Attempt& attempt) {
  HttpAnswer answer =
      client.request("POST", attempt.target, attempt.body, {{"Idempotency-Key", attempt.key}});
  attempt.status = answer.status;
  if (!attempt.took_effect()) return answer;
  const json dossier = answer.json();
  attempt.id = dossier["id"];
  attempt.version = dossier["version"];
  if (!dossier["code"].is_null()) attempt.code = dossier["code"];
  return answer;
}

void run_load(const RunningService& service, const LoadPlan& plan, Ledger& ledger, Tally& tally) {
  Pool pool;
  std::size_t older = ledger.dossiers.size();
  for (const auto& [id, known] : ledger.dossiers) {
    if (older-- <= kOlder) pool.add({id, known.state});
  }
  std::atomic<int> left = plan.answers;
  std::deque<Worker> workers;
  for (int i = 0; i < plan.workers; ++i) workers.emplace_back(service, plan, i, pool, left);
  {
    std::vector<std::jthread> threads;
    for (Worker& worker : workers) threads.emplace_back([&worker] { worker.work(); });
  }
  for (Worker& worker : workers) {
    for (Attempt& attempt : worker.attempts) {
      ++(attempt.acknowledged() ? tally.acknowledged : tally.unanswered);
      if (attempt.acknowledged()) ++ledger.answers;
      if (attempt.took_effect()) {
        ++tally.effects;
        ledger.note(attempt.id, attempt.version, attempt.code);
      }
      ledger.attempts.push_back(std::move(attempt));
    }
    for (const Shown& shown : worker.shown) ledger.note(shown.id, shown.version, {});
    for (const std::string& odd : worker.odd) tally.fault(odd);
    ledger.clock = std::max(ledger.clock, worker.clock);
  }
}

}  // namespace motcua::testing
