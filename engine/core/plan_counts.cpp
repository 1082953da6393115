#include "engine/core/plan_counts.h"

#include "engine/core/acceptance_rate.h"

namespace motcua::core {

void PlanCounts::add(const PlanCounts& other) {
  acceptance.add(other.acceptance);
  electronic_results.add(other.electronic_results);
  online.add(other.online);
  papers_reused.add(other.papers_reused);
  for (const auto& [level, share] : other.papers_digitised) papers_digitised[level].add(share);
}

void count_plan(const Tally& tally, const Period& month, const PlanCase& known, PlanCounts& counts) {
  const auto within = [&](const std::optional<Instant>& at) {
    return at && *at >= month.from && *at < month.to;
  };
  if (known.receives && acceptance_fell_due(tally, month)) counts.acceptance.add(accepted_in_time(tally));
  if (known.receives && known.digitises && within(tally.accepted_at)) {
    counts.papers_digitised[*known.digitises].add(Share{tally.papers_digitised, tally.papers});
  }
  if (!known.decides) return;
  if (tally.state == DossierState::settled && within(tally.ended_at)) {
    counts.electronic_results.add(tally.electronic_result);
  }
  if (!within(tally.accepted_at)) return;
  counts.online.add(tally.channel == Channel::online);
  counts.papers_reused.add(Share{tally.papers_reused, tally.papers});
}

}  // namespace motcua::core
