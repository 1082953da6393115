#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "engine/core/ii06a.h"
#include "engine/core/index_766.h"
#include "engine/core/report_differences.h"
#include "tests/core/life.h"
#include "tests/core/report_oracle.h"

// Random lives, judged by the reports at the end of a period that ends after any of their events, and by an
// oracle that reads events only.

namespace motcua::test {
namespace {

using core::Instant;
using core::Period;

std::string word_of_form(core::Ii06aVerdict verdict) {
  static const char* const words[] = {"", "untimed", "early", "on_time", "late", "open_in_term", "open_late"};
  return words[static_cast<int>(verdict)];
}
std::string word_of_index(core::Index766Verdict verdict) {
  static const char* const words[] = {"", "untimed", "by_term", "on_time", "late"};
  return words[static_cast<int>(verdict)];
}

std::vector<core::Event> random_history(std::uint64_t seed) {
  RandomLife life(seed);
  LifeOracle oracle(life.setting());
  const auto take = [&](const core::Event& event) {
    life.take(event);
    oracle.note(event, life.horizon());
  };
  for (int i = 0; i < 40; ++i) {
    const RandomLife::Drawn drawn = life.next(oracle);
    if (life.dossier().version > 0) {
      for (const auto& event : decide_run_out(life.dossier(), life.context(drawn.command, drawn.now)))
        take(event);
    }
    const auto decision = decide(life.dossier(), drawn.command, life.context(drawn.command, drawn.now));
    const auto* accepted = std::get_if<core::Accepted>(&decision);
    if (accepted == nullptr) continue;
    life.note_number(accepted->took_number);
    for (const core::Event& event : accepted->events) take(event);
  }
  return life.events();
}

bool is_corrected(const std::vector<core::Event>& events) {
  return std::any_of(events.begin(), events.end(), [](const core::Event& event) {
    return std::holds_alternative<core::DossierCorrected>(event.body);
  });
}

// The period that ends a while after an event and before the next one, and begins any time before.
std::optional<Period> period_after(const std::vector<core::Event>& events, std::size_t i,
                                   std::mt19937_64& random) {
  Instant to = events[i].occurred_at + core::ClockTime{1};
  for (std::size_t k = 0; k < i; ++k) to = std::max(to, events[k].occurred_at + core::ClockTime{1});
  std::optional<Instant> next;
  for (std::size_t k = i + 1; k < events.size(); ++k) {
    if (events[k].occurred_at < to) return std::nullopt;  // it happened before, and is not known yet
    if (!next || events[k].occurred_at < *next) next = events[k].occurred_at;
  }
  const std::int64_t room = next ? (*next - to).ms : 20 * core::kDayMs;
  to = to + core::ClockTime{static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(room + 1))};
  const Instant from = to - core::ClockTime{1 + static_cast<std::int64_t>(random() % (30 * core::kDayMs))};
  return Period{from, to};
}

struct Judged {
  std::map<std::string, int> seen;
};

void judge(const std::vector<core::Event>& known, const Period& period, Judged& judged) {
  const core::Tally tally = core::tally_of(core::fold_before(known, period.to), period.to);
  const ReportVerdicts expected = report_verdicts(known, period.from, period.to);
  EXPECT_EQ(word_of_form(core::judge_ii06a(tally, period, core::kVietnamOffsetMinutes)), expected.ii06a);
  EXPECT_EQ(word_of_index(core::judge_766(tally, period)), expected.index_766);
  ++judged.seen["form " + expected.ii06a];
  ++judged.seen["index " + expected.index_766];
  const bool late[] = {expected.late_list == "late",
                       expected.ii06a == "late" || expected.ii06a == "open_late",
                       expected.index_766 == "late"};
  const auto difference = core::difference_of(tally, period, core::kVietnamOffsetMinutes);
  EXPECT_EQ(difference.has_value(), late[0] != late[1] || late[0] != late[2]);
  if (!difference) return;
  EXPECT_EQ(difference->ii06a_reason.has_value(), late[0] != late[1]);
  EXPECT_EQ(difference->index_766_reason.has_value(), late[0] != late[2]);
  for (const auto& reason : {difference->ii06a_reason, difference->index_766_reason}) {
    if (reason) ++judged.seen[std::string(word_of(*reason))];
  }
}

// The identities hold over any crowd of dossiers, counted in any period.
void check_sums(const std::vector<std::vector<core::Event>>& lives, const Period& period) {
  core::Ii06aBuilder builder(period, core::kVietnamOffsetMinutes);
  core::Ii06aCounts brute;
  for (const auto& events : lives) {
    std::vector<core::Event> known;
    for (const core::Event& event : events) {
      if (event.recorded_at < period.to) known.push_back(event);
    }
    const core::Dossier dossier = core::fold_before(known, period.to);
    if (dossier.version > 0) {
      builder.count(known.front().version % 2 == 0 ? "a" : "b", core::tally_of(dossier, period.to));
    }
    const ReportVerdicts verdicts = report_verdicts(known, period.from, period.to);
    brute.early += verdicts.ii06a == "early";
    brute.on_time += verdicts.ii06a == "on_time";
    brute.late += verdicts.ii06a == "late";
    brute.open_in_term += verdicts.ii06a == "open_in_term";
    brute.open_late += verdicts.ii06a == "open_late";
    brute.untimed_received += verdicts.ii06a == "untimed";
  }
  const core::Ii06a form = builder.finish();  // throws where an identity is broken
  EXPECT_EQ(form.total.early, brute.early);
  EXPECT_EQ(form.total.on_time, brute.on_time);
  EXPECT_EQ(form.total.late, brute.late);
  EXPECT_EQ(form.total.open_in_term, brute.open_in_term);
  EXPECT_EQ(form.total.open_late, brute.open_late);
  EXPECT_EQ(form.total.untimed_received, brute.untimed_received);
  EXPECT_EQ(form.total.received, form.total.settled + form.total.open);
}

int lives_of_reports() {
  const char* wanted = std::getenv("MOTCUA_LIVES");
  if (wanted != nullptr) return std::atoi(wanted);
  return 300;
}

TEST(Reports, JudgeEachDossierAsItsEventsTell) {
  Judged judged;
  std::vector<std::vector<core::Event>> lives;
  for (int seed = 1; seed <= lives_of_reports() && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("life " + std::to_string(seed));
    const auto events = random_history(static_cast<std::uint64_t>(seed));
    if (is_corrected(events)) continue;  // a correction tells later how something was
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    for (std::size_t i = 0; i < events.size(); ++i) {
      const auto period = period_after(events, i, random);
      if (!period) continue;
      SCOPED_TRACE("after event " + std::to_string(i + 1));
      judge({events.begin(), events.begin() + static_cast<std::ptrdiff_t>(i + 1)}, *period, judged);
    }
    lives.push_back(events);
  }
  for (const char* what : {"form ", "form early", "form on_time", "form late", "form open_in_term",
                           "form open_late", "form untimed", "index ", "index on_time", "index late",
                           "missed_earlier_term", "supplement_twice", "accepted_before"}) {
    EXPECT_GT(judged.seen[what], 0) << what;
  }
  std::mt19937_64 random(7);
  for (int i = 0; i < 40 && !lives.empty(); ++i) {
    const auto& any = lives[random() % lives.size()];
    if (any.empty()) continue;
    const Instant to = any[random() % any.size()].recorded_at + core::ClockTime{1};
    check_sums(lives, {to - core::ClockTime{30 * core::kDayMs}, to});
  }
}

}  // namespace
}  // namespace motcua::test
