#pragma once

#include <string_view>

#include "engine/core/late_list_builder.h"
#include "engine/core/share.h"

namespace motcua::core {

// Index 766 (Decision 766/QĐ-TTg), the progress group, as LAW section 5 has it: 20 points for all that was
// accepted in the period and is on time. Instants are compared. What is unconfirmed of it: that a supplement
// which was asked for more than once counts as late, and which dossiers are of the period.

// The groups of the index with their greatest scores. Only progress follows from the history alone.
struct Index766Group {
  std::string_view name;
  int weight;
};
inline constexpr Index766Group kIndex766Groups[] = {{"openness", 18},        {"progress", 20},
                                                    {"online_services", 12}, {"online_payment", 10},
                                                    {"digitisation", 22},    {"satisfaction", 18}};
inline constexpr int kProgressWeight = kIndex766Groups[1].weight;
inline constexpr bool is_measured(const Index766Group& group) { return group.name == "progress"; }

enum class Index766Verdict { outside, untimed, by_term, on_time, late };
// By the dossier's due. by_term: it has a term but no due, so that judge_by_term has to judge it.
Index766Verdict judge_766(const Tally& tally, const Period& period);
// Of a dossier whose due lies past what the calendar knew: its finish less its start and the time of its
// supplement is at most its term. `dossier` as the events before the end of the period made it. Nothing: the
// calendar cannot tell.
std::optional<bool> on_time_by_term(const Dossier& dossier, const Period& period, const Calendar& calendar);

struct Index766Counts {
  std::int64_t received = 0;  // timed; on_time + late
  std::int64_t on_time = 0;
  std::int64_t late = 0;
  std::int64_t supplemented_twice = 0;  // of those late: for that reason alone or among others
  std::int64_t untimed = 0;             // in neither side of the fraction
  std::int64_t undetermined = 0;        // likewise: no calendar can tell
  bool operator==(const Index766Counts&) const = default;

  // In hundredths of a point, of 2,000; nothing where nothing was received.
  std::optional<std::int64_t> score_hundredths() const {
    if (received == 0) return std::nullopt;
    return (on_time * kProgressWeight * 100 + received / 2) / received;
  }

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("received", self.received);
    visit("on_time", self.on_time);
    visit("late", self.late);
    visit("supplemented_twice", self.supplemented_twice);
    visit("untimed", self.untimed);
    visit("undetermined", self.undetermined);
  }
};
// Counts a dossier once; false: by_term, and the caller counts it by count_766_by_term.
bool count_766(const Tally& tally, const Period& period, Index766Counts& counts);
void count_766_by_term(std::optional<bool> on_time, Index766Counts& counts);

}  // namespace motcua::core
