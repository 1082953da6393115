#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/alert_month.h"

// A month of a counter's work, and every warning of it: each rung that should have fired did, once, at its
// instant, and none beside. Cuts and kills of the same month are in tests/durability.
namespace motcua::testing {
namespace {

// MOTCUA_ALERT_DOSSIERS=2000 is the whole proof.
int dossiers_of_the_month() {
  const char* given = std::getenv("MOTCUA_ALERT_DOSSIERS");
  if (given != nullptr) return std::atoi(given);
  return std::getenv("MOTCUA_TEST_SHORT") != nullptr ? 12 : 60;
}

TEST(AlertMonth, FiresEveryRungOnceAtItsInstantAndNoneBeside) {
  ServiceOptions options;
  options.sandbox = CounterMonth::start();
  options.keys = {{"province", "", true}};
  RunningService service(options);
  HttpClient client = service.client("province");
  CounterMonth month(20'260'805, dossiers_of_the_month());
  for (const CounterMonth::Step& step : month.steps()) {
    ASSERT_TRUE(move_clock(client, step.at));
    month.take(step, client);
  }
  ASSERT_TRUE(move_clock(client, CounterMonth::end()));
  const Told asked = asked_by_ladders(client, CounterMonth::end());
  const Told told = told_by(client);
  EXPECT_GT(told.size(), static_cast<std::size_t>(dossiers_of_the_month()));
  EXPECT_TRUE(told == asked) << "missing:\n"
                             << difference(asked, told) << "beside:\n"
                             << difference(told, asked);
  std::printf("%d dossiers, %zu alerts\n", dossiers_of_the_month(), told.size());
}

}  // namespace
}  // namespace motcua::testing
