#pragma once

#include "engine/core/late_list_builder.h"

namespace motcua::core {

// Why the three calculators over one history (the monthly late list, form II.06a, index 766) do not name the
// same dossiers late.

enum class LateVerdict { not_counted, untimed, in_time, late };
template <>
struct EnumWords<LateVerdict> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"not_counted", "untimed", "in_time", "late"};
};

// Why a calculator differs from the late list.
enum class DifferenceReason {
  date_against_instant,  // due and end lie on one day: the list compares instants, the form dates
  missed_earlier_term,   // the list forgets no missed due; the others look at the last one only
  withdrawn_on_time,     // the form counts what the citizen withdrew as on time
  stopped_counts,        // it was stopped after its due, while its term stood still
  paused_counts,         // likewise settled, or it is open and its term stood still before the due
  supplement_twice,      // the index counts it as late
  supplement_awaited,    // the index takes the day of the request as the end
  accepted_before,       // the index counts what was accepted in the month
  due_unknown            // past the calendar's horizon: the index judges it by its term
};
template <>
struct EnumWords<DifferenceReason> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {
      "date_against_instant", "missed_earlier_term", "withdrawn_on_time", "stopped_counts", "paused_counts",
      "supplement_twice",     "supplement_awaited",  "accepted_before",   "due_unknown"};
};

struct LateDifference {
  LateVerdict late_list = LateVerdict::not_counted;
  LateVerdict ii06a = LateVerdict::not_counted;
  LateVerdict index_766 = LateVerdict::not_counted;
  std::optional<DifferenceReason> ii06a_reason;  // nothing: as the late list
  std::optional<DifferenceReason> index_766_reason;
  bool operator==(const LateDifference&) const = default;
};
// The three verdicts on a dossier of a month, as of its end; nothing where all that are late say so, or none.
// What one calculator does not count it does not count as late.
std::optional<LateDifference> difference_of(const Tally& tally, const Period& month, int offset_minutes);

}  // namespace motcua::core
