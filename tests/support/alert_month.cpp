#include "tests/support/alert_month.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "tests/support/calendars.h"
#include "tests/support/paths.h"

namespace motcua::testing {
namespace {

using nlohmann::json;

constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kMonthStart = 1'785'888'000'000;  // 05/08/2026 07:00 in Vietnam

std::int64_t ms_of(const json& instant) { return core::parse_instant(instant.get<std::string>()).value().ms; }

// Working time by lists of sessions.
class Sessions {
 public:
  Sessions() {
    const auto calendar = test::NaiveCalendar::public_sector(test::hours_b());
    for (const test::NaiveDay& day : calendar.days()) {
      if (!day.stretches.empty()) days_.push_back(day.midnight_ms + day.stretches.front().opens * 60'000LL);
      for (const test::Stretch& one : day.stretches) {
        all_.push_back({day.midnight_ms + one.opens * 60'000LL, day.midnight_ms + one.closes * 60'000LL});
      }
    }
  }
  std::int64_t before(std::int64_t due, std::int64_t length) const {
    for (auto one = all_.rbegin(); one != all_.rend(); ++one) {
      const std::int64_t end = std::min(due, one->second);
      if (end <= one->first) continue;
      if (length <= end - one->first) return end - length;
      length -= end - one->first;
    }
    return 0;
  }
  std::int64_t after(std::int64_t from, std::int64_t length) const {
    for (const auto& one : all_) {
      const std::int64_t start = std::max(from, one.first);
      if (start >= one.second) continue;
      if (length <= one.second - start) return start + length;
      length -= one.second - start;
    }
    return 0;
  }
  std::int64_t next_moment(std::int64_t at) const {
    for (const auto& one : all_) {
      if (at < one.second) return std::max(at, one.first);
    }
    return 0;
  }
  // The opening of the n-th working day before or after the day of `at`.
  std::int64_t opening(std::int64_t at, std::int64_t n) const {
    const std::int64_t day = (at - 1 + 7 * kHour) / (24 * kHour);
    const auto day_of = [](std::int64_t opening) { return (opening + 7 * kHour) / (24 * kHour); };
    if (n < 0) {
      auto found = std::find_if(days_.rbegin(), days_.rend(), [&](auto o) { return day_of(o) < day; });
      return *(found - n - 1);
    }
    auto found = std::find_if(days_.begin(), days_.end(), [&](auto o) { return day_of(o) > day; });
    return *(found + n - 1);
  }

 private:
  std::vector<std::pair<std::int64_t, std::int64_t>> all_;
  std::vector<std::int64_t> days_;
};

// A stretch of a clock, and when the engine knew of it.
struct Known {
  std::string kind;
  std::int64_t due = 0;
  std::int64_t started = 0;
  std::int64_t began = 0;  // the term: when its start was written
  std::int64_t from = 0;
  std::int64_t to = 0;
};

struct Story {
  std::vector<Known> stretches;
  std::map<std::pair<std::string, int>, std::size_t> open;
  std::map<std::pair<std::string, int>, std::int64_t> started;
  std::map<std::pair<std::string, int>, std::int64_t> began;
  std::int64_t explained = std::numeric_limits<std::int64_t>::max();
  std::vector<std::int64_t> apologies;

  // The first apology that can be for a term that began then.
  std::int64_t apologised(std::int64_t began_at) const {
    const auto first =
        std::find_if(apologies.begin(), apologies.end(), [&](auto at) { return at >= began_at; });
    return first == apologies.end() ? std::numeric_limits<std::int64_t>::max() : *first;
  }
};

void tell(const json& event, Story& story) {
  const std::int64_t now = ms_of(event["time"]);
  const std::string type = event["type"];
  for (const json& change : event["data"]["clocks"]) {
    const std::pair key{change["kind"].get<std::string>(), change["term"].get<int>()};
    const std::string action = change["action"];
    if (const auto open = story.open.find(key); open != story.open.end()) {
      story.stretches[open->second].to = now;
      story.open.erase(open);
    }
    const bool runs = action == "start" || action == "resume" || action == "move" || action == "derive" ||
                      action == "reopen";
    if (action == "start") {
      story.started[key] = ms_of(change["at"]);
      story.began[key] = now;
    }
    if (!runs || !change.contains("due_at") || change["due_at"].is_null()) continue;
    story.open[key] = story.stretches.size();
    story.stretches.push_back({key.first, ms_of(change["due_at"]), story.started[key], story.began[key], now,
                               std::numeric_limits<std::int64_t>::max()});
  }
  if (type.find(".lateness_explained.") != std::string::npos) {
    story.explained = std::min(story.explained, now);
  }
  if (type.find(".apology_sent.") != std::string::npos) story.apologies.push_back(now);
}

class AlertWalk {
 public:
  std::int64_t rung_at(const json& rung, std::int64_t due) const {
    std::int64_t at = due;
    if (rung.contains("distance")) {
      const std::int64_t value = rung["distance"]["value"];
      const bool before = rung["at"] == "before";
      if (rung["distance"]["unit"] == "working_day") {
        at = sessions_.opening(due, before ? -value : value);
      } else {
        at = before ? sessions_.before(due, value * kHour) : sessions_.after(due, value * kHour);
      }
    }
    return rung["at_once"] ? at : sessions_.next_moment(at);
  }

  // What the ladders ask of one dossier, with the escalations of what nobody acknowledged.
  void expect(const std::string& id, const Story& story, std::int64_t until, Told& told) const {
    std::optional<Known> missed;  // the settlement's stretch whose due passed first
    for (const Known& one : story.stretches) {
      if (one.kind == "settlement" && one.to > one.due && (!missed || one.due < missed->due)) missed = one;
    }
    for (const json& ladder : ladders_["ladders"]) {
      const std::string clock = ladder["clock"];
      for (const json& rung : ladder["rungs"]) {
        for (const Known& one : story.stretches) {
          const auto at = fires(clock, rung, one, story, missed);
          if (at && *at <= until) add(id, clock, rung, *at, one, story, until, told);
        }
        if (clock == "explanation" && missed) {
          const std::int64_t at = rung_at(rung, close_after(missed->due, 3));
          if (at <= std::min(story.explained, until)) add(id, clock, rung, at, {}, story, until, told);
        }
        if (clock == "apology" && missed && rung["at"] == "after") {
          const std::int64_t at = rung_at(rung, missed->due);
          if (at <= std::min(until, story.apologised(missed->began)))
            add(id, clock, rung, at, {}, story, until, told);
        }
      }
    }
  }
  std::int64_t close_after(std::int64_t due, int days) const {
    return sessions_.opening(due, days) + 10 * kHour;  // 07:00 to 17:00
  }
  static std::int64_t day_before(std::int64_t due) {
    return (due + 7 * kHour) / (24 * kHour) * (24 * kHour) - 7 * kHour - 1;
  }
  std::optional<std::int64_t> fires(const std::string& clock, const json& rung, const Known& one,
                                    const Story& story, const std::optional<Known>& missed) const {
    if (rung["at"] == "start") return one.kind == clock ? std::optional(one.from) : std::nullopt;
    std::int64_t due = one.due;
    bool was_late = false;
    if (clock == "apology") {
      if (one.kind != "settlement" || rung["at"] == "after") return std::nullopt;
      was_late = missed && missed->due < one.due && missed->due < one.from;
      if (!was_late && one.due - one.started < 48 * kHour) return std::nullopt;
      due = day_before(one.due);
    } else if (one.kind != clock) {
      return std::nullopt;
    }
    const std::int64_t at = rung_at(rung, due);
    // What is owed for a term that was missed is repaired in a later one, but not before it began.
    const bool apologised = clock == "apology" && story.apologised(was_late ? missed->began : one.began) < at;
    if (at <= one.from || at > one.to || apologised) return std::nullopt;
    return at;
  }
  void add(const std::string& id, const std::string& clock, const json& rung, std::int64_t at,
           const Known& one, const Story& story, std::int64_t until, Told& told) const {
    told.emplace(id, rung["id"], at);
    if (!rung.contains("acknowledge_within_working_hours")) return;
    const std::int64_t review =
        sessions_.after(at, rung["acknowledge_within_working_hours"].get<std::int64_t>() * kHour);
    std::int64_t owed_until = one.to;
    if (clock == "intake_alert") {
      owed_until = 0;
      for (const Known& other : story.stretches) {
        if (other.kind == "acceptance" && other.from <= review) owed_until = std::max(owed_until, other.to);
      }
    }
    if (review <= owed_until && review <= until) told.emplace(id, rung["id"], review);
  }

 private:
  const Sessions sessions_;
  const json ladders_ = json::parse(std::ifstream(in_tree("config/ladders.json")));
};

}  // namespace

CounterMonth::CounterMonth(std::uint64_t seed, int dossiers)
    : random_(seed), ids_(static_cast<std::size_t>(dossiers), "none") {
  for (int i = 0; i < dossiers; ++i) {
    std::int64_t at = kMonthStart + static_cast<std::int64_t>(random_() % (20 * 24)) * kHour +
                      static_cast<std::int64_t>(random_() % 3'600) * 1'000;
    for (int number = 0; number < 6; ++number) {
      steps_.push_back({at, i, number});
      at += static_cast<std::int64_t>(random_() % (60 * 3'600)) * 1'000;
    }
  }
  std::stable_sort(steps_.begin(), steps_.end(), [](const Step& a, const Step& b) { return a.at < b.at; });
}

std::string CounterMonth::start() {
  return core::format_instant(core::Instant{kMonthStart}, core::kVietnamOffsetMinutes);
}
std::int64_t CounterMonth::end() { return kMonthStart + 45LL * 24 * kHour; }

void CounterMonth::take(const Step& step, HttpClient& client) {
  std::string& id = ids_[static_cast<std::size_t>(step.dossier)];
  step.act == 0 ? file(id, client) : act(id, client);
}

void CounterMonth::file(std::string& id, HttpClient& client) {
  const char* const procedures[] = {"1.004194", "2.000908"};
  json body{{"procedure", procedures[random_() % 2]},
            {"receiving_agency", random_() % 2 == 0 ? "H32.101" : "H32.102"},
            {"owner", {{"kind", "citizen"}, {"name", "Lê C"}}}};
  const bool online = random_() % 2 == 0;
  body["channel"] = online ? "online" : "direct";
  if (!online && random_() % 2 == 0) body["accept"] = true;
  const HttpAnswer answer = client.post("/v1/dossiers", body);
  if (answer.status == 201) id = answer.json()["id"];
}

// What a dossier is not ready for is refused and changes nothing.
void CounterMonth::act(const std::string& id, HttpClient& client) {
  const auto said = [&](const std::string& word, const json& body) {
    return client.post("/v1/dossiers/" + id + '/' + word, body).status == 200;
  };
  switch (random_() % 9) {
    case 0:
    case 1:
      said("accept", json::object());
      break;
    case 2:
      said("request-supplement", {{"reason", "Thiếu giấy tờ"}, {"missing", json::array({"to_khai"})}});
      break;
    case 3:
      if (said("supplement", json::object())) said("accept-supplement", json::object());
      break;
    case 4:
      said("settle",
           {{"outcome", "denied"}, {"result_form", "electronic"}, {"reason", "Không đủ điều kiện"}});
      break;
    case 5:
      said("apologise", {{"reason", "Quá tải"}});
      break;
    case 6:
      said("withdraw", {{"reason", "Đổi ý"}});
      break;
    case 7:
      break;
    case 8:
      said("explain-lateness", {{"reason", "Chờ ý kiến"}, {"on_behalf_of", "H32.ct01"}});
      break;
  }
}

bool move_clock(HttpClient& client, std::int64_t to) {
  const auto text = core::format_instant(core::Instant{to}, core::kVietnamOffsetMinutes);
  for (int call = 0; call < 1'000; ++call) {
    const HttpAnswer answer = client.put("/v1/sandbox/clock", {{"now", text}});
    if (answer.status != 202) return answer.status == 200;
  }
  return false;
}

Told asked_by_ladders(HttpClient& client, std::int64_t until) {
  std::map<std::string, Story> all;
  std::string address = "/v1/events?limit=200";
  for (bool more = true; more;) {
    const json page = client.get(address).json();
    for (const json& event : page["items"]) tell(event, all[event["subject"].get<std::string>()]);
    more = page["more"];
    address = page["next"];
  }
  const AlertWalk walk;
  Told told;
  for (const auto& [id, story] : all) walk.expect(id, story, until, told);
  return told;
}

Told told_by(HttpClient& client) {
  Told told;
  std::string address = "/v1/alerts?limit=200&state=open,snoozed,acknowledged,escalated,closed";
  const std::string base = address;
  while (true) {
    const HttpAnswer answer = client.get(address);
    EXPECT_EQ(answer.status, 200) << answer.body;
    const json page = answer.json();
    for (const json& one : page["items"]) {
      EXPECT_EQ(one["fired_late_seconds"], 0) << one;
      told.emplace(one["dossier"], one["rung"], ms_of(one["fired_at"]));
    }
    if (page["next_cursor"].is_null()) return told;
    address = base + "&cursor=" + page["next_cursor"].get<std::string>();
  }
}

std::string difference(const Told& told, const Told& but) {
  std::string text;
  Told rest;
  std::set_difference(told.begin(), told.end(), but.begin(), but.end(), std::inserter(rest, rest.end()));
  int shown = 0;
  for (const auto& [id, rung, at] : rest) {
    if (++shown > 20) break;
    text += id + ' ' + rung + ' ' + core::format_instant(core::Instant{at}, 420) + '\n';
  }
  return text;
}

}  // namespace motcua::testing
