#include "tests/core/life_tallies.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "engine/core/tally_before.h"

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

bool tells_of_before(const core::Event& event) {
  return std::holds_alternative<core::ClocksDerived>(event.body) ||
         std::holds_alternative<core::DossierCorrected>(event.body) ||
         std::holds_alternative<core::DossierStopCountered>(event.body);
}

// What is kept at an event of how an open dossier was until then says how it was at any instant since its
// tally is steady, unless a later event tells of that time.
int check_kept(const std::vector<core::Event>& events, std::size_t place, const core::Dossier& before) {
  const Instant until = events[place].occurred_at;
  const Tally kept = core::tally_of(before, Instant{std::numeric_limits<std::int64_t>::max()});
  for (std::size_t i = place; i < events.size(); ++i) {
    if (tells_of_before(events[i])) return 0;
  }
  int claimed = 0;
  for (const Instant at : {kept.steady_from + core::ClockTime{1}, until - core::ClockTime{1}, until}) {
    if (at <= kept.steady_from || at > until) continue;
    const bool told = std::any_of(events.begin() + static_cast<std::ptrdiff_t>(place), events.end(),
                                  [&](const core::Event& event) { return event.occurred_at < at; });
    if (told) continue;
    ++claimed;
    const Tally known = core::tally_of(core::fold_before(events, at), at);
    Tally then = core::tally_before(kept, at);
    then.steady_from = known.steady_from;
    EXPECT_EQ(known, then) << core::format_instant(at, 420) << "\n then " << shown(known) << "\n kept "
                           << shown(then);
  }
  return claimed;
}

}  // namespace

int check_tallies(const std::vector<core::Event>& events) {
  core::Dossier whole;
  int claimed = 0;
  for (std::size_t place = 0; place < events.size(); ++place) {
    if (place > 0 && whole.is_open()) claimed += check_kept(events, place, whole);
    whole = evolve(std::move(whole), events[place]);
  }
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
