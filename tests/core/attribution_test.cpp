#include "engine/core/attribution.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>

#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::DossierCase;
using test::vn;

constexpr std::int64_t kMinuteMs = 60'000;

WorkingTime minutes(std::int64_t n) { return {n * kMinuteMs}; }

HeldTime over(const char* officer, std::int64_t ms) {
  HeldTime one;
  one.holding.agency = Code("H32.19");
  one.holding.officer = Code(officer);
  one.over = WorkingTime{ms};
  return one;
}

std::string told(const std::vector<DelayShare>& shares) {
  std::string text;
  for (const DelayShare& share : shares) {
    text += (text.empty() ? "" : " ") + share.agency.text + '/' + share.unit.text + '/' + share.officer.text +
            '=' + std::to_string(share.seconds);
  }
  return text;
}

TEST(Shares, AreByOverInWholeSecondsByLargestRemainder) {
  EXPECT_EQ(told(shares_of(WorkingTime{10'000}, {over("a", 1), over("b", 1), over("c", 1)})),
            "H32.19//a=4 H32.19//b=3 H32.19//c=3");
  EXPECT_EQ(told(shares_of(WorkingTime{9'001}, {over("a", 1), over("b", 2), over("a", 3)})),
            "H32.19//a=7 H32.19//b=3");
  EXPECT_EQ(told(shares_of(WorkingTime{1'000}, {over("a", 1), over("b", 2)})), "H32.19//b=1");
}
TEST(Shares, AreTheLastHoldersWhereNobodyWasOver) {
  HeldTime nobody;
  EXPECT_EQ(told(shares_of(WorkingTime{5'000}, {over("a", 0), over("b", 0), nobody})), "H32.19//b=5");
  EXPECT_EQ(told(shares_of(WorkingTime{5'000}, {})), "");
  EXPECT_EQ(told(shares_of(WorkingTime{0}, {over("a", 7)})), "");
}
TEST(Shares, OfManyYearsDoNotOverflow) {
  const std::int64_t years = 40LL * 365 * 24 * 3'600'000;
  const auto shares = shares_of(WorkingTime{years}, {over("a", years), over("b", years * 3)});
  EXPECT_EQ(shares[0].seconds * 3, shares[1].seconds);
  EXPECT_EQ(shares[0].seconds + shares[1].seconds, years / 1000);
}

TEST(Holding, PassesToTheAgencyWhoseAnswerIsOverdueLongest) {
  const auto at = [](const char* text) { return vn(text); };
  Holding lead{Code("H32.19"),         Code(), Code("a"),   Code("handle"), at("2026-08-10 08:00"),
               at("2026-08-14 17:00"), 2,      minutes(480)};
  const std::vector<Consulted> consulted = {
      {Code("H32.5"), at("2026-08-10 09:00"), at("2026-08-12 17:00"), at("2026-08-13 10:00")},
      {Code("H32.6"), at("2026-08-10 09:00"), at("2026-08-11 17:00"), std::nullopt},
      {Code("H32.7"), at("2026-08-10 09:00"), std::nullopt, std::nullopt}};
  std::string text;
  for (const Holding& part : shifted({lead}, consulted)) {
    text += part.agency.text + ' ' + test::shown(part.from).substr(5, 11) + '\n';
  }
  EXPECT_EQ(text,
            "H32.19 08-10T08:00\nH32.19 08-10T09:00\nH32.6 08-11T17:00\nH32.6 08-12T17:00\n"
            "H32.6 08-13T10:00\n");
  lead.beside_others = true;
  for (const Holding& part : shifted({lead}, consulted)) EXPECT_EQ(part.agency.text, "H32.19");
  lead.beside_others = false;
  lead.agency = Code();  // the citizen is waited for
  for (const Holding& part : shifted({lead}, consulted)) EXPECT_TRUE(part.agency.empty());
  EXPECT_EQ(shifted({lead}, {}).size(), 1u);
  lead.agency = Code("H32.19");
  lead.step = Code();  // in transit: papers that were never forwarded wait for no answer
  for (const Holding& part : shifted({lead}, consulted)) EXPECT_EQ(part.agency.text, "H32.19");
}

TEST(Holding, SharesTheBudgetOfItsStepWithWhoHadItBefore) {
  const auto calendar = test::public_sector(test::hours_b());
  const auto part = [](const char* officer, const char* from, const char* to) {
    return Holding{Code("H32.19"), Code(), Code(officer), Code("handle"), vn(from), vn(to), 2, minutes(480)};
  };
  const auto all = booked(
      {part("a", "2026-08-10 07:00", "2026-08-10 15:00"), part("b", "2026-08-10 15:00", "2026-08-11 09:00")},
      *calendar);
  EXPECT_EQ(all[0].over, minutes(0));
  EXPECT_EQ(all[1].budget_left, minutes(120));
  EXPECT_EQ(all[1].over, minutes(120));
}

// Plays random lives, and keeps beside each who held it, by the commands alone.
class Life {
 public:
  explicit Life(std::uint64_t seed)
      : random_(seed), walk_(test::NaiveCalendar::public_sector(test::hours_b())) {
    for (const char* id : {"H32.19.cv02", "H32.19.cv03"}) {
      one_.agency.officers.push_back({Code(id), Code("dia-chinh"), Code("handling_officer")});
    }
    for (StepDefinition& step : one_.procedure.steps) {
      if (chance(80)) step.budget = test::working_hours(1 + static_cast<std::int64_t>(random_() % 20));
    }
  }

  void live() {
    now_ = vn("2026-08-03 08:00");
    SubmitDossier submit = one_.submission(chance(50) ? Channel::direct : Channel::online);
    submit.accept = submit.channel != Channel::online;
    give(submit);
    if (!submit.accept) give(AcceptDossier{});
    for (int act = 0; act < 25 && !one_.dossier.ended_at; ++act) {
      const std::uint64_t wait = 1 + random_() % (chance(35) ? 9000 : 900);
      now_ = test::later(now_, static_cast<std::int64_t>(wait) * kMinuteMs);
      const std::vector<CommandBody> acts = {AssignStep{Code(), officer()},
                                             CompleteStep{},
                                             ForwardDossier{},
                                             RecallForwarded{},
                                             ReceiveForwarded{chance(50) ? officer() : Code()},
                                             ReturnForwarded{},
                                             RequestSupplement{},
                                             ReceiveSupplement{},
                                             ReceiveSupplement{},
                                             AcceptSupplement{},
                                             AcceptSupplement{}};
      give(acts[random_() % acts.size()]);
      check_now();
    }
    now_ = test::later(now_, static_cast<std::int64_t>(random_() % 5000) * kMinuteMs);
    if (chance(50)) give(SettleDossier{});
    give(WithdrawDossier{});
    check_now();
  }
  int late_ends = 0;
  int shared_by_several = 0;

 private:
  struct Turn {
    std::int64_t from;
    std::string holder;  // empty: nobody
    std::string budget;
  };
  bool chance(unsigned percent) { return random_() % 100 < percent; }
  Code officer() { return Code("H32.19.cv0" + std::to_string(1 + random_() % 3)); }

  void give(const CommandBody& body) {
    const Context context = one_.context(now_);
    for (const Event& event : decide_run_out(one_.dossier, context)) take(event);
    const Decision decision = decide(one_.dossier, {body, std::nullopt, Code("H32.19.cv01"), {}}, context);
    if (std::holds_alternative<Rejection>(decision)) return;
    for (const Event& event : std::get<Accepted>(decision).events) take(event);
  }

  void take(const Event& event) {
    check_shares(event);
    one_.dossier = evolve(one_.dossier, event);
    note(event);
  }
  // Who has it after the event: by what was said, not by what the dossier keeps.
  void note(const Event& event) {
    const std::int64_t at = event.occurred_at.ms;
    for (const ClockChange& change : event.clocks) {
      const std::string key = std::string(word_of(change.kind)) + std::to_string(change.term);
      if (change.kind == ClockKind::step || change.kind == ClockKind::forward) {
        std::string& open = change.kind == ClockKind::step ? step_ : forward_;
        open = change.action == ClockAction::start ? key : "";
        if (change.action == ClockAction::start) budgets_[key] = worked(change.at.ms, change.due.at->ms);
      }
      if (change.kind == ClockKind::settlement) {
        counts_ = change.action == ClockAction::start;
        if (counts_) turns_.clear();
        start_ = counts_ ? change.at.ms : start_;
      }
    }
    if (const auto* e = std::get_if<StepAssigned>(&event.body)) hands_ = e->unit.text + '/' + e->officer.text;
    if (const auto* e = std::get_if<ForwardReceived>(&event.body))
      hands_ = e->unit.text + '/' + e->officer.text;
    if (std::holds_alternative<StepCompleted>(event.body)) hands_ = "/";
    if (std::holds_alternative<ForwardReturned>(event.body)) hands_ = "/";
    if (std::holds_alternative<DossierForwarded>(event.body)) giver_ = "H32.19.cv01";
    if (std::holds_alternative<ForwardRecalled>(event.body) ||
        std::holds_alternative<ForwardReceived>(event.body))
      giver_ = "";
    if (forward_.empty()) giver_ = "";
    Turn turn{turns_.empty() ? start_ : at, "", ""};
    if (counts_ && !forward_.empty()) {
      turn.holder = "H32.19//" + giver_;
      turn.budget = forward_;
    } else if (counts_) {
      turn.holder = "H32.19/" + hands_;
      turn.budget = step_;
    }
    turns_.push_back(turn);
  }

  // Minute by minute.
  std::int64_t worked(std::int64_t from, std::int64_t to) const {
    std::int64_t count = 0;
    const auto& days = walk_.days();
    for (auto i = static_cast<std::size_t>((from - days[0].midnight_ms) / kDayMs); i < days.size(); ++i) {
      const test::NaiveDay& day = days[i];
      if (day.midnight_ms >= to) break;
      for (const test::Stretch& stretch : day.stretches) {
        for (int minute = stretch.opens; minute < stretch.closes; ++minute) {
          const std::int64_t at = day.midnight_ms + minute * kMinuteMs;
          count += at >= from && at < to ? 1 : 0;
        }
      }
    }
    return count;
  }

  struct Booking {
    std::int64_t held = 0;
    std::map<std::string, std::int64_t> over;
    std::vector<std::string> order;
    std::string last;
  };
  Booking book(std::int64_t until) const {
    Booking all;
    std::map<std::string, std::int64_t> left = budgets_;
    for (std::size_t i = 0; i < turns_.size(); ++i) {
      const Turn& turn = turns_[i];
      const std::int64_t to = i + 1 < turns_.size() ? std::min(until, turns_[i + 1].from) : until;
      if (turn.holder.empty() || to <= turn.from) continue;
      if (!all.over.contains(turn.holder)) all.order.push_back(turn.holder);
      std::int64_t& over = all.over[turn.holder];
      std::int64_t& budget = left[turn.budget];
      for (std::int64_t had = worked(turn.from, to); had > 0; --had) {
        ++all.held;
        if (!turn.budget.empty() && budget > 0) {
          --budget;
        } else {
          ++over;
        }
      }
      all.last = turn.holder;
    }
    return all;
  }

  // Seconds one by one: each goes to who has the largest claim left.
  std::string shares(std::int64_t delay_minutes, std::int64_t until) const {
    const Booking all = book(until);
    std::int64_t sum = 0;
    for (const auto& [holder, over] : all.over) sum += over;
    if (sum == 0) return all.last + '=' + std::to_string(delay_minutes * 60);
    std::map<std::string, std::int64_t> given;
    std::int64_t rest = delay_minutes * 60;
    for (const auto& [holder, over] : all.over) {
      while ((given[holder] + 1) * sum <= delay_minutes * 60 * over) ++given[holder];
      rest -= given[holder];
    }
    for (std::map<std::string, bool> topped; rest > 0; --rest) {
      const std::string* best = nullptr;
      const auto claim = [&](const std::string& holder) {
        return delay_minutes * 60 * all.over.at(holder) - given[holder] * sum;
      };
      for (const std::string& holder : all.order) {
        if (!topped[holder] && (best == nullptr || claim(holder) > claim(*best))) best = &holder;
      }
      topped[*best] = true;
      ++given[*best];
    }
    std::string text;
    for (const std::string& holder : all.order) {
      if (given[holder] > 0) text += (text.empty() ? "" : " ") + holder + '=' + std::to_string(given[holder]);
    }
    return text;
  }

  // What an event says of a delay that it ends.
  void check_shares(const Event& event) {
    for (const ClockChange& change : event.clocks) {
      if (change.kind != ClockKind::settlement || !change.delay) {
        EXPECT_TRUE(change.shares.empty());
        continue;
      }
      ++late_ends;
      shared_by_several += change.shares.size() > 1 ? 1 : 0;
      std::int64_t sum = 0;
      for (const DelayShare& share : change.shares) sum += share.seconds;
      EXPECT_EQ(sum, shown_seconds(*change.delay));
      EXPECT_EQ(told(change.shares), shares(change.delay->ms / kMinuteMs, change.at.ms));
    }
  }

  // What is said of now, though nobody acts.
  void check_now() {
    const Instant at = test::later(now_, static_cast<std::int64_t>(random_() % 600) * kMinuteMs);
    std::int64_t held = 0;
    for (const HeldTime& one : booked(holdings_of(one_.dossier, at, *one_.calendar), *one_.calendar)) {
      if (!one.holding.agency.empty()) held += one.held.ms / kMinuteMs;
    }
    EXPECT_EQ(held, book(at.ms).held);
    const Lateness lateness = lateness_at(one_.dossier, at, *one_.calendar);
    std::int64_t delay = 0;
    for (const DelayPiece& piece : delays_at(one_.dossier, at, *one_.calendar)) {
      delay += piece.delay.ms;
      std::int64_t sum = 0;
      for (const DelayShare& share : piece.shares) sum += share.seconds;
      EXPECT_EQ(sum, shown_seconds(piece.delay));
      if (piece.ended) continue;
      EXPECT_EQ(told(piece.shares), shares(piece.delay.ms / kMinuteMs, at.ms));
    }
    EXPECT_EQ(delay, lateness.counted.ms);
  }

  DossierCase one_;
  std::mt19937_64 random_;
  test::NaiveCalendar walk_;
  Instant now_;
  std::vector<Turn> turns_;
  std::map<std::string, std::int64_t> budgets_;
  std::string step_;
  std::string forward_;
  std::string hands_ = "/";
  std::string giver_;
  bool counts_ = false;
  std::int64_t start_ = 0;
};

TEST(Attribution, OfRandomLivesIsWhatAWalkFromMinuteToMinuteFinds) {
  const std::uint64_t lives = std::getenv("MOTCUA_TEST_SHORT") ? 20 : 80;
  int late = 0;
  int several = 0;
  for (std::uint64_t seed = 1; seed <= lives && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Life life(seed);
    life.live();
    late += life.late_ends;
    several += life.shared_by_several;
  }
  EXPECT_GT(late, static_cast<int>(lives / 4));
  EXPECT_GT(several, static_cast<int>(lives / 10));
}

}  // namespace
}  // namespace motcua::core
