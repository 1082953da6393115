#include "engine/core/plan_counts.h"

#include "engine/core/acceptance_rate.h"
#include "engine/core/accepted_in.h"

namespace motcua::core {

void PlanCounts::add(const PlanCounts& other) {
  acceptance.add(other.acceptance);
  electronic_results.add(other.electronic_results);
  online.add(other.online);
  papers_reused.add(other.papers_reused);
  for (const auto& [level, share] : other.papers_digitised) papers_digitised[level].add(share);
}

void count_plan(const Tally& tally, const Period& month, const PlanCase& known, PlanCounts& counts) {
  const bool accepted = accepted_in(tally, month.from, month.to);
  if (known.receives && acceptance_fell_due(tally, month)) counts.acceptance.add(accepted_in_time(tally));
  if (known.receives && known.digitises && accepted) {
    counts.papers_digitised[*known.digitises].add(Share{tally.papers_digitised, tally.papers});
  }
  if (!known.decides) return;
  const bool ended = tally.ended_at && *tally.ended_at >= month.from && *tally.ended_at < month.to;
  if (tally.state == DossierState::settled && ended) {
    counts.electronic_results.add(tally.electronic_result);
  }
  if (!accepted) return;
  counts.online.add(tally.channel == Channel::online);
  counts.papers_reused.add(Share{tally.papers_reused, tally.papers});
}

}  // namespace motcua::core
