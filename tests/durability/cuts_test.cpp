#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <iostream>
#include <random>
#include <stdexcept>

#include "tests/durability/harness.h"
#include "tests/durability/load.h"
#include "tests/durability/record.h"
#include "tests/durability/verify.h"
#include "tests/support/cut_vfs.h"
#include "tests/support/paths.h"

namespace motcua::testing {
namespace {

// Cuts that one database goes through: few enough to verify all of it after each. Its WAL is copied back when
// an ordered stop is among them; the copying beside a load is cut in tests/conformance, where it can be had
// sooner.
constexpr int kRoundsPerDatabase = 20;

class CutRounds {
 public:
  explicit CutRounds(unsigned seed) : random_(seed) {}

  void run(int rounds) {
    for (int done = 0; done < rounds;) done += one_database(std::min(kRoundsPerDatabase, rounds - done));
  }
  Tally tally;
  int cuts_at_start = 0;

 private:
  unsigned draw(unsigned below) { return static_cast<unsigned>(random_() % below); }

  // The rounds that were done: fewer when something was wrong, for all that follows from it would be counted
  // again.
  int one_database(int rounds) {
    const Environment gate{
        {{"MOTCUA_CUT_GATE", gate_.path()}, {"MOTCUA_CUT_SEED", std::to_string(draw(1000))}}};
    RunningService service(small_service(cut_binary()));
    Ledger ledger;
    for (int round = 1; round <= rounds; ++round) {
      const std::size_t faults = tally.faults.size();
      load_and_cut(service, ledger);
      check_record(service.database(), tally);
      if (start_again(service, ledger)) verify_over_http(service, ledger, tally);
      if (tally.faults.size() > faults) return round;
    }
    EXPECT_EQ(rebuild_on_copy(service), 0);
    return rounds;
  }

  // The power goes at any instant, or in the middle of a sync, or while an ordered stop writes what is left.
  void load_and_cut(RunningService& service, Ledger& ledger) {
    enum { at_once, in_stop, in_sync } const kind{draw(8) == 0 ? in_stop : draw(4) == 0 ? at_once : in_sync};
    LoadPlan plan;
    plan.seed = draw(1'000'000);
    plan.answers = 1 + static_cast<int>(draw(90));
    plan.end = [&] {
      if (kind == in_stop) ::kill(service.pid(), SIGTERM);
      kind == at_once ? static_cast<void>(::kill(service.pid(), SIGUSR1)) : gate_.close('c');
    };
    run_load(service, plan, ledger, tally);
    const int status = service.wait();
    gate_.remove();
    if (status != cut::kCutExit && !(kind == in_stop && status == 0))
      tally.fault("the program ended with " + std::to_string(status) + ": " + service.log());
  }

  bool start_again(RunningService& service, Ledger& ledger) {
    const Environment seed{{{"MOTCUA_CUT_SEED", std::to_string(draw(1'000'000))}}};
    try {
      if (draw(4) == 0) cut_at_start(service);
      service.restart();
      return true;
    } catch (const std::runtime_error& error) {
      tally.lost += ledger.answers;
      tally.fault("all is lost: " + std::string(error.what()));
      return false;
    }
  }

  // Also what a start writes may be cut.
  void cut_at_start(RunningService& service) {
    const Environment early{{{"MOTCUA_CUT_AFTER_SYNCS", std::to_string(1 + draw(3))}}};
    try {
      service.restart();
      service.kill9();
    } catch (const std::runtime_error&) {
      ++cuts_at_start;
    }
    check_record(service.database(), tally);
  }

  std::mt19937 random_;
  Gate gate_;
};

// With MOTCUA_CUT_SYNC_OFF=1 it must fail: see README.md.
TEST(PowerCut, LosesNothingThatWasAcknowledgedAndLeavesNothingHalfThere) {
  const int rounds = is_short_run() ? 8 : 200;
  CutRounds cuts(2026);
  cuts.run(rounds);
  std::cout << rounds << " cuts under load and " << cuts.cuts_at_start
            << " at a start: " << cuts.tally.summary();
  EXPECT_EQ(cuts.tally.lost, 0);
  EXPECT_TRUE(cuts.tally.faults.empty());
  EXPECT_GT(cuts.tally.effects, 10 * rounds);
  EXPECT_GT(cuts.tally.unanswered, rounds / 2);
}

// A killed process leaves its page cache behind: this shows that the program starts again from any point.
TEST(Kill, LosesNothingThatWasAcknowledged) {
  std::mt19937 random(9);
  Tally tally;
  Ledger ledger;
  RunningService service(small_service(motcua_binary()));
  const int rounds = is_short_run() ? 4 : 50;
  for (int round = 0; round < rounds && tally.faults.empty(); ++round) {
    LoadPlan plan;
    plan.seed = static_cast<unsigned>(random());
    plan.answers = 1 + static_cast<int>(random() % 60);
    plan.end = [&] { ::kill(service.pid(), SIGKILL); };
    run_load(service, plan, ledger, tally);
    EXPECT_EQ(service.wait(), 128 + SIGKILL);
    check_record(service.database(), tally);
    service.restart();
    verify_over_http(service, ledger, tally);
  }
  EXPECT_EQ(rebuild_on_copy(service), 0);
  std::cout << rounds << " rounds of kill -9: " << tally.summary();
  EXPECT_TRUE(tally.faults.empty());
}

}  // namespace
}  // namespace motcua::testing
