#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <stdexcept>

#include "tests/durability/harness.h"
#include "tests/support/alert_month.h"
#include "tests/support/cut_vfs.h"
#include "tests/support/paths.h"

// The power is cut, or the process killed, while rungs fire: each is told once all the same.
namespace motcua::testing {
namespace {

// MOTCUA_ALERT_CUTS=100 is the whole proof.
int ends_of_the_month() {
  const char* given = std::getenv("MOTCUA_ALERT_CUTS");
  if (given != nullptr) return std::atoi(given);
  return is_short_run() ? 4 : 16;
}

class AlertCuts {
 public:
  explicit AlertCuts(int ends) : ends_(ends), service_(first()) { connect(); }

  void live(CounterMonth& month) {
    for (const CounterMonth::Step& step : month.steps()) {
      move(step.at);
      month.take(step, *client_);
    }
    move(CounterMonth::end());
  }
  HttpClient& client() { return *client_; }
  int cuts = 0;
  int kills = 0;

 private:
  // The first process lives long enough to be set up.
  RunningService first() {
    const Environment cut{{{"MOTCUA_CUT_SEED", "1"}, {"MOTCUA_CUT_AFTER_SYNCS", "60"}}};
    ServiceOptions options;
    options.sandbox = CounterMonth::start();
    options.keys = {{"province", "", true}};
    options.binary = cut_binary();
    return RunningService(options);
  }

  void connect() { client_.emplace(service_.port(), token_of("province")); }

  // However often the service dies on the way.
  void move(std::int64_t to) {
    while (!move_clock(*client_, to)) {
      const int status = service_.wait();
      status == cut::kCutExit ? ++cuts : ++kills;
      begin_again();
    }
    if (cuts + kills < ends_ && random_() % 12 == 0) {
      service_.kill9();
      ++kills;
      begin_again();
    }
  }

  void begin_again() {
    for (int tries = 0; tries < 20; ++tries) {
      std::map<std::string, std::string> variables{
          {"MOTCUA_CUT_SEED", std::to_string(random_() % 1'000'000)}};
      if (cuts + kills < ends_) variables["MOTCUA_CUT_AFTER_SYNCS"] = std::to_string(2 + random_() % 60);
      const Environment cut(variables);
      try {
        service_.restart();
        return connect();
      } catch (const std::runtime_error&) {
        ++cuts;  // at the start already
      }
    }
    FAIL() << "it does not start: " << service_.log();
  }

  const int ends_;
  std::mt19937_64 random_{7};
  RunningService service_;
  std::optional<HttpClient> client_;
};

TEST(AlertCut, TellsEachRungOnceWhateverEndsTheProcess) {
  const int ends = ends_of_the_month();
  AlertCuts cuts(ends);
  CounterMonth month(11, 2 * ends);
  cuts.live(month);
  const Told asked = asked_by_ladders(cuts.client(), CounterMonth::end());
  const Told told = told_by(cuts.client());
  EXPECT_GE(cuts.cuts + cuts.kills, ends);
  EXPECT_TRUE(told == asked) << "missing:\n"
                             << difference(asked, told) << "beside:\n"
                             << difference(told, asked);
  std::printf("%d cuts, %d kills, %zu alerts\n", cuts.cuts, cuts.kills, told.size());
}

}  // namespace
}  // namespace motcua::testing
