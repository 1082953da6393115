#include "engine/core/report_differences.h"

#include "engine/core/ii06a.h"
#include "engine/core/index_766.h"

namespace motcua::core {
namespace {

LateVerdict verdict_of_list(const Tally& tally, const Period& month) {
  if (!tally.accepted_at || (tally.ended_at && *tally.ended_at < month.from)) return LateVerdict::not_counted;
  if (tally.untimed) return LateVerdict::untimed;
  return tally.missed_since ? LateVerdict::late : LateVerdict::in_time;
}

LateVerdict verdict_of(Ii06aVerdict verdict) {
  switch (verdict) {
    case Ii06aVerdict::outside:
      return LateVerdict::not_counted;
    case Ii06aVerdict::untimed:
      return LateVerdict::untimed;
    case Ii06aVerdict::early:
    case Ii06aVerdict::on_time:
    case Ii06aVerdict::open_in_term:
      return LateVerdict::in_time;
    case Ii06aVerdict::late:
    case Ii06aVerdict::open_late:
      return LateVerdict::late;
  }
  return LateVerdict::not_counted;
}

LateVerdict verdict_of(Index766Verdict verdict) {
  switch (verdict) {
    case Index766Verdict::outside:
      return LateVerdict::not_counted;
    case Index766Verdict::untimed:
      return LateVerdict::untimed;
    case Index766Verdict::by_term:
    case Index766Verdict::on_time:
      return LateVerdict::in_time;
    case Index766Verdict::late:
      return LateVerdict::late;
  }
  return LateVerdict::not_counted;
}

// The list is silent where a term stood still before its due, whatever came of the dossier.
DifferenceReason stood_still(const Tally& tally) {
  return tally.state == DossierState::stopped ? DifferenceReason::stopped_counts
                                              : DifferenceReason::paused_counts;
}

// The dues before the last one are forgotten by all but the list.
bool last_due_was_met(const Tally& tally) { return !tally.due_at || *tally.missed_since != *tally.due_at; }

DifferenceReason reason_of_form(const Tally& tally) {
  if (!tally.missed_since) return stood_still(tally);
  if (tally.state == DossierState::withdrawn) return DifferenceReason::withdrawn_on_time;
  return last_due_was_met(tally) ? DifferenceReason::missed_earlier_term
                                 : DifferenceReason::date_against_instant;
}

DifferenceReason reason_of_index(const Tally& tally, Index766Verdict verdict) {
  if (!tally.missed_since) {
    return tally.supplements > 1 ? DifferenceReason::supplement_twice : stood_still(tally);
  }
  if (verdict == Index766Verdict::outside) return DifferenceReason::accepted_before;
  if (verdict == Index766Verdict::by_term) return DifferenceReason::due_unknown;
  return last_due_was_met(tally) ? DifferenceReason::missed_earlier_term
                                 : DifferenceReason::supplement_awaited;
}

}  // namespace

std::optional<LateDifference> difference_of(const Tally& tally, const Period& month, int offset_minutes) {
  const Index766Verdict index = judge_766(tally, month);
  LateDifference found;
  found.late_list = verdict_of_list(tally, month);
  found.ii06a = verdict_of(judge_ii06a(tally, month, offset_minutes));
  found.index_766 = verdict_of(index);
  const bool late = found.late_list == LateVerdict::late;
  const bool form_differs = late != (found.ii06a == LateVerdict::late);
  const bool index_differs = late != (found.index_766 == LateVerdict::late);
  if (!form_differs && !index_differs) return std::nullopt;
  if (form_differs) found.ii06a_reason = reason_of_form(tally);
  if (index_differs) found.index_766_reason = reason_of_index(tally, index);
  return found;
}

}  // namespace motcua::core
