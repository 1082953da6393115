#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/core/attribution.h"
#include "engine/core/late_list.h"

namespace motcua::core {

// How lists were counted, and are. A list that was published is counted again by its own method for ever, so
// a method that has counted never changes; each has a golden document in tests/api/golden. Once it was done
// all the same, on 27/11/2026, when no province had published a list yet: months whose acceptance or
// supplement was corrected after their end were counted wrongly, and are now counted otherwise by both.
//   late-list/1  Days of delay: all working days after the day of the first missed due, up to the day of the
//                end. An apology is the first that was sent, with a re-appointment or without.
//   late-list/2  Days of delay: the working days of what delay_seconds counts. Each stretch that was late
//                gives those after the day on which it became so, or went on after a pause, up to the day on
//                which it ended or paused. So the citizen's own time, a suspension, and a new term within its
//                due are in neither.
//                An apology is for the date that was missed. A re-appointment that moved the date in time
//                apologised for the one that it moved: where the new date is missed too, only what was sent
//                after the re-appointment counts, held against the new date (118 art. 19.6, LATE_EXPLAIN: the
//                citizen waits a second time, and is owed a word for that). One that moved no date, as it
//                came too late, counts as it did.
enum class LateMethod { first, second };
template <>
struct EnumWords<LateMethod> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"late-list/1", "late-list/2"};
};
inline constexpr LateMethod kLateMethod = LateMethod::second;  // of lists that are made now

// Days of delay of the pieces that were late before `end`, the end of the period. `late_since` is the first
// missed due, `last_day` that of the end, or the period's last.
std::int64_t late_days(LateMethod method, const std::vector<DelayPiece>& pieces, Date late_since,
                       Date last_day, Instant end, const Calendar& calendar);

// How the apology of a late dossier stood at the end of the period.
ApologyMark late_apology(LateMethod method, const Dossier& dossier, Instant end, const Calendar& calendar);

// How a duty stood at the end of a period: what was done at that instant is no fact of the period any more.
DutyState state_before(const Duty& duty, Instant end);

}  // namespace motcua::core
