#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "engine/core/time.h"
#include "tests/api/import_case.h"

// An old system's dossiers in every state, drawn, and taken over at once.
namespace motcua::testing {
namespace {

using core::Instant;
using nlohmann::json;

constexpr std::int64_t kMinuteMs = 60'000;

std::string at(Instant instant) { return core::format_instant(instant, core::kVietnamOffsetMinutes); }
Instant of(const json& text) { return core::parse_instant(text.get<std::string>()).value(); }

// Procedures as a catalogue publishes them: each unit, and none.
std::vector<json> catalogue() {
  std::vector<json> lines;
  const json units{"working_day", "calendar_day", "month", "hour", nullptr};
  for (int i = 0; i < 30; ++i) {
    json limits = json::array();
    for (const char* channel : {"direct", "online", "post"}) {
      const json& unit = units[static_cast<std::size_t>(i) % units.size()];
      limits.push_back({{"channel", channel}, {"value", 1 + i % 7}, {"unit", unit}});
    }
    lines.push_back({{"code", "8." + std::to_string(100'000 + i)},
                     {"name", "Thủ tục số " + std::to_string(i)},
                     {"decision", "1/QĐ"},
                     {"level", "Cấp xã"},
                     {"domain", "Hộ tịch"},
                     {"publisher", "x"},
                     {"handling", nullptr},
                     {"limits", limits},
                     {"results", json::array()},
                     {"listed_papers", 3}});
  }
  return lines;
}

// An old system's dossiers, the same ones for a seed.
class OldSystem {
 public:
  json dossier(const std::string& procedure, bool timed, const std::string& state) {
    const std::string channel = pick({"direct", "online", "post"});
    Instant when = of("2026-06-01T07:00:00+07:00") + core::ClockTime{below(50 * 24 * 60) * kMinuteMs};
    json row{{"state", state},
             {"code", "H32.101-260601-" + std::to_string(10'000 + ++count_)},
             {"procedure", procedure},
             {"channel", channel},
             {"receiving_agency", "H32.101"},
             {"received_at", at(when)},
             {"owner", {{"kind", "citizen"}, {"name", "Nguyễn Văn " + std::to_string(count_)}}},
             {"papers", {{{"key", "to_khai"}, {"form", "copy"}}}}};
    if (below(2) == 0) {
      row["source"] = "mc-cu";
      row["external_ref"] = "ref:" + std::to_string(count_);
    }
    const bool never_accepted = state == "submitted" || state == "refused" ||
                                (one_of(state, {"awaiting_supplement", "withdrawn"}) && below(2) == 0);
    if (below(3) == 0 && !never_accepted) round(row, when, true);
    if (!never_accepted) accept(row, when, timed);
    if (state == "awaiting_supplement") {
      round(row, when, false);
    } else if (!never_accepted && below(3) == 0) {
      round(row, when, true);
      if (row.contains("promised_at")) {
        row["promised_at"] = row["rounds"].back()["promise_after"] = promise(when);
      }
    }
    end(row, when, state);
    return row;
  }

 private:
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(source_() % static_cast<std::uint64_t>(n));
  }
  std::string pick(const std::vector<std::string>& words) {
    return words[static_cast<std::size_t>(below(static_cast<std::int64_t>(words.size())))];
  }
  static bool one_of(const std::string& word, const std::set<std::string>& words) {
    return words.contains(word);
  }
  std::string later(Instant& when, std::int64_t hours_max) {
    when = when + core::ClockTime{(1 + below(hours_max * 60)) * kMinuteMs};
    return at(when);
  }
  std::string promise(Instant when) { return at(when + core::ClockTime{(1 + below(30)) * core::kDayMs}); }
  void accept(json& row, Instant& when, bool timed) {
    const bool at_once = row["channel"] == "direct" && !row.contains("rounds");
    row["accepted_at"] = at_once ? row["received_at"] : json(later(when, 20));
    if (timed || below(2) == 0) row["promised_at"] = promise(when);
  }
  void round(json& row, Instant& when, bool over) {
    json made{{"asked_at", later(when, 48)}, {"missing", {"to_khai"}}};
    if (over || below(2) == 0) made["supplied_at"] = later(when, 48);
    if (over) made["accepted_at"] = later(when, 8);
    if (row.contains("promised_at")) made["promise_before"] = row["promised_at"];
    row["rounds"].push_back(made);
  }
  void end(json& row, Instant& when, const std::string& state) {
    if (one_of(state, {"refused", "withdrawn", "stopped"})) row["ended_at"] = later(when, 72);
    if (!one_of(state, {"settled", "returned"})) return;
    row["settled_at"] = later(when, 200);
    row["results"] = {
        {{"code", row["code"].get<std::string>() + "-KQ1"}, {"outcome", "granted"}, {"form", "paper"}}};
    if (state == "returned") row["returned_at"] = later(when, 24);
  }

  std::mt19937_64 source_{11};
  int count_ = 0;
};

class ImportThousands : public ImportCase {};

// What an old system says by itself of a row that is open: whether a date that it promised was missed.
bool late_in_the_old_system(const json& row, bool timed) {
  if (!timed || !row.contains("accepted_at")) return false;
  Instant until = of(ImportCase::kNow);
  for (const json& round : row.value("rounds", json::array())) {
    if (of(round["asked_at"]) < of(row["accepted_at"])) continue;
    if (of(round["asked_at"]) > of(round["promise_before"])) return true;
    if (!round.contains("accepted_at")) return false;  // waits in time
  }
  return until > of(row["promised_at"]);
}

TEST_F(ImportThousands, AreTakenOverInEveryState) {
  std::string lines;
  std::vector<std::pair<std::string, bool>> procedures;
  for (const json& line : catalogue()) {
    lines += line.dump() + "\n";
    procedures.emplace_back(line["code"], !line["limits"][0]["unit"].is_null());
  }
  std::ofstream(service_.directory() / "catalogue.jsonl") << lines;
  ASSERT_EQ(run({"import-procedures", (service_.directory() / "catalogue.jsonl").string()}).status, 0);

  // These procedures have no fee to be awaited.
  const std::vector<std::string> states{
      "submitted", "accepted", "refused", "processing", "awaiting_supplement",
      "withdrawn", "stopped",  "settled", "returned"};
  const int rounds = std::getenv("MOTCUA_TEST_SHORT") != nullptr ? 2 : 12;
  OldSystem old;
  std::vector<json> rows;
  std::map<std::string, std::size_t> by_state;
  std::set<std::string> late;
  for (int round = 0; round < rounds; ++round) {
    for (const auto& [procedure, timed] : procedures) {
      for (const std::string& state : states) {
        rows.push_back(old.dossier(procedure, timed, state));
        const json& row = rows.back();
        ++by_state[state];
        const bool open = !row.contains("ended_at") && !row.contains("settled_at");
        if (open && late_in_the_old_system(row, timed)) late.insert(row["code"]);
      }
    }
  }
  const Ended first = import(rows);
  ASSERT_EQ(first.status, 0) << refusals() << first.error;
  EXPECT_EQ(summary()["imported"], rows.size());
  const json counts = summary();
  EXPECT_EQ(counts["same_date"].get<std::size_t>() + counts["promised_earlier"].get<std::size_t>() +
                counts["promised_later"].get<std::size_t>() + counts["untimed"].get<std::size_t>() +
                counts["not_accepted"].get<std::size_t>() + counts["not_computable"].get<std::size_t>(),
            rows.size());
  EXPECT_GT(counts["promised_earlier"], 0);
  EXPECT_GT(counts["promised_later"], 0);
  EXPECT_GT(counts["untimed"], 0);

  const Ended rebuilt = run({"rebuild"});
  EXPECT_EQ(rebuilt.status, 0) << rebuilt.out;
  EXPECT_EQ(import(rows).status, 0);
  EXPECT_EQ(summary()["known"], rows.size());
  EXPECT_EQ(summary()["imported"], 0);

  serve();
  // The citizen's time of some has run out: the system stops those before the clock moves.
  ASSERT_TRUE(service_.advance(1));
  const auto codes_of = [&](const std::string& address) {
    std::set<std::string> codes;
    std::string cursor;
    do {
      const json page = client_->get(address + cursor).json();
      for (const json& item : page["items"]) codes.insert(item["code"]);
      cursor = page["next_cursor"].is_null() ? "" : "&cursor=" + page["next_cursor"].get<std::string>();
    } while (!cursor.empty());
    return codes;
  };
  const std::size_t waiting = codes_of("/v1/dossiers?state=awaiting_supplement&limit=200").size();
  const std::size_t stopped = codes_of("/v1/dossiers?state=stopped&limit=200").size();
  EXPECT_EQ(waiting + stopped, by_state["awaiting_supplement"] + by_state["stopped"]);
  for (const std::string& state : states) {
    if (state == "awaiting_supplement" || state == "stopped") continue;
    EXPECT_EQ(codes_of("/v1/dossiers?state=" + state + "&limit=200").size(), by_state[state]) << state;
  }
  for (const std::string& code : codes_of("/v1/dossiers?state=stopped&limit=200")) late.erase(code);
  const std::string page = std::string("/v1/late?limit=200&at=") + kNow;
  EXPECT_EQ(codes_of(page), late);
  EXPECT_GT(late.size(), 10U);
}

}  // namespace
}  // namespace motcua::testing
