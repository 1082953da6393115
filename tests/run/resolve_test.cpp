#include "engine/run/resolve.h"

#include "tests/run/loading.h"

namespace motcua::run {
namespace {

// A dossier whose settlement has run since that morning, dated by the newest calendar.
core::Dossier settling(const Definitions& definitions, const char* from, std::int64_t working_days) {
  core::Dossier dossier;
  dossier.rulebook_version = definitions.rulebook().version;
  dossier.layer = definitions.rulebook().layers.back().layer;
  core::LegalClock& clock = dossier.clocks.emplace_back();
  clock.kind = core::ClockKind::settlement;
  clock.started_at = *core::parse_instant(from);
  clock.limit.value = working_days;
  clock.limit.unit = core::LimitUnit::working_day;
  clock.calendar = core::Code("vn-khanh-hoa");
  const auto calendar = definitions.calendar(clock.calendar);
  clock.calendar_version = core::Code(calendar->version());
  clock.due = core::derive_due(clock.limit, clock.started_at, *calendar, clock.day_end,
                               definitions.rulebook().layers.back().counting);
  return dossier;
}

TEST(Outdated, IsAlsoWhatHasNoDateThoughTheCalendarOfItsNameKnowsOne) {
  std::vector<LoadFault> faults;
  const auto texts = read_definitions(test::kShippedPaths, faults);
  const auto definitions = Definitions::compile(texts, faults);
  test::expect_none(faults);
  ASSERT_TRUE(definitions);
  core::Dossier known = settling(*definitions, "2026-08-10T09:00:00+07:00", 5);
  ASSERT_TRUE(known.clocks.front().due.at);
  EXPECT_FALSE(outdated(known, *definitions));
  // As an older program left it when it went on after a wait.
  known.clocks.front().due = {};
  known.clocks.front().due.pending = core::DuePending::calendar_horizon;
  EXPECT_TRUE(outdated(known, *definitions));
  core::Dossier waiting = known;
  waiting.clocks.front().course = core::LegalClock::Course::paused;
  EXPECT_FALSE(outdated(waiting, *definitions)) << "what waits has its date when it goes on";
  const core::Dossier beyond = settling(*definitions, "2026-12-23T09:00:00+07:00", 60);
  ASSERT_EQ(beyond.clocks.front().due.pending, core::DuePending::calendar_horizon);
  EXPECT_FALSE(outdated(beyond, *definitions)) << "no calendar knows that year yet";
  const core::Dossier provisional = settling(*definitions, "2026-12-23T09:00:00+07:00", 10);
  ASSERT_TRUE(provisional.clocks.front().due.provisional);
  EXPECT_FALSE(outdated(provisional, *definitions));
}

}  // namespace
}  // namespace motcua::run
