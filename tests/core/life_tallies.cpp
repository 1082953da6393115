#include "tests/core/life_tallies.h"

#include <gtest/gtest.h>

#include "engine/core/tally.h"

namespace motcua::test {
namespace {

using core::Instant;
using core::Tally;

std::string shown(const Tally& tally) {
  std::string text;
  const auto add = [&](std::string_view name, const auto& member) {
    using Member = std::remove_cvref_t<decltype(member)>;
    text += std::string(name) + '=';
    if constexpr (std::is_same_v<Member, core::Code>) {
      text += member.text;
    } else if constexpr (std::is_same_v<Member, Instant>) {
      text += std::to_string(member.ms);
    } else if constexpr (std::is_same_v<Member, std::optional<Instant>>) {
      text += member ? std::to_string(member->ms) : "-";
    } else {
      text += std::to_string(static_cast<long long>(member));
    }
    text += ' ';
  };
  Tally::describe(tally, add);
  return text;
}

}  // namespace

int check_tallies(const std::vector<core::Event>& events) {
  core::Dossier whole;
  for (const core::Event& event : events) whole = evolve(std::move(whole), event);
  int claimed = 0;
  for (const core::Event& event : events) {
    for (const Instant at : {event.occurred_at, event.occurred_at + core::ClockTime{1},
                             event.occurred_at + core::ClockTime{core::kDayMs}}) {
      const core::Dossier then = core::fold_before(events, at);
      Tally now = core::tally_of(whole, at);
      if (then.version == 0) {
        EXPECT_TRUE(now.received_at >= at || now.steady_from >= at) << "nothing of it counted " << shown(now);
        continue;
      }
      const Tally known = core::tally_of(then, at);
      if (now.steady_from >= at) continue;
      ++claimed;
      now.steady_from = known.steady_from;
      EXPECT_EQ(known, now) << core::format_instant(at, 420) << "\n then " << shown(known) << "\n now  "
                            << shown(now);
    }
  }
  return claimed;
}

}  // namespace motcua::test
