#include "engine/run/budget_check.h"

#include <algorithm>
#include <string>

namespace motcua::run {
namespace {

using core::LimitUnit;

constexpr std::int64_t kWorkingHoursADay = 8;
constexpr std::int64_t kMonthDays = 31;

// Working time in hours when the unit is counted in it; nothing otherwise.
std::optional<std::int64_t> working_hours(const core::Limit& limit) {
  if (limit.unit == LimitUnit::working_hour) return limit.value;
  if (limit.unit == LimitUnit::working_day) return limit.value * kWorkingHoursADay;
  return std::nullopt;
}

// The most working hours that a term can hold, however the days fall: a span of n days has at most n working
// days. Nothing where the two cannot be compared.
std::optional<std::int64_t> working_hours_max(const core::Limit& term) {
  switch (term.unit) {
    case LimitUnit::working_hour:
    case LimitUnit::working_day:
      return working_hours(term);
    case LimitUnit::calendar_day:
      return term.value * kWorkingHoursADay;
    case LimitUnit::month:
      return term.value * kMonthDays * kWorkingHoursADay;
    case LimitUnit::hour:
      return term.value;
    case LimitUnit::immediate:
      return kWorkingHoursADay;
    case LimitUnit::by_cutoff:
    case LimitUnit::unspecified:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

bool surely_exceeds(const core::Limit& shorter, const core::Limit& longer) {
  if (shorter.unit == longer.unit && shorter.counting == longer.counting) return shorter.value > longer.value;
  const auto hours = working_hours(shorter);
  const auto hours_max = working_hours_max(longer);
  return hours && hours_max && *hours > *hours_max;
}

namespace {

// Budgets in the one unit that all share, or in working hours.
struct Measure {
  bool in_hours = false;
  core::Limit unit;  // without a value
  std::int64_t of(const core::Limit& budget) const {
    return in_hours ? working_hours(budget).value_or(0) : budget.value;
  }
};

// Nothing where the budgets share no measure, or one is absent.
std::optional<Measure> measure_of(const core::Procedure& procedure) {
  bool is_same = true;
  bool is_hours = true;
  for (const core::StepDefinition& step : procedure.steps) {
    const std::optional<core::Limit>& first = procedure.steps.front().budget;
    if (!step.budget || !first) return std::nullopt;
    is_same = is_same && step.budget->unit == first->unit && step.budget->counting == first->counting;
    is_hours = is_hours && working_hours(*step.budget).has_value();
  }
  if (procedure.steps.empty() || (!is_same && !is_hours)) return std::nullopt;
  if (!is_same) return Measure{true, {0, LimitUnit::working_hour, core::DayCounting::by_day}};
  const core::Limit& first = *procedure.steps.front().budget;
  return Measure{false, {0, first.unit, first.counting}};
}

// The steps that may follow under a limit, later ones in the file only: a way back was counted already.
std::vector<std::size_t> onward(const core::Procedure& procedure, std::size_t place,
                                const core::ChannelTerm& term) {
  const core::StepDefinition& step = procedure.steps[place];
  std::vector<std::size_t> later;
  if (step.next.empty() && place + 1 < procedure.steps.size()) later.push_back(place + 1);
  const auto settled = [&](const core::Code& name) -> core::Settled {
    if (name.text == "channel") return {true, core::Code(core::word_of(term.channel))};
    if (name.text == "variant") return {true, term.variant};
    return {};
  };
  for (const core::StepEdge& edge : step.next) {
    const auto said = edge.when ? core::evaluate_partly(*edge.when, settled) : std::optional<bool>(true);
    if (said == false) continue;
    for (const core::Code& to : edge.to) {
      const auto target = procedure.place_of(to);
      if (target && *target > place) later.push_back(*target);
    }
    if (said == true) break;
  }
  return later;
}

std::int64_t longest_way(const core::Procedure& procedure, const Measure& measure,
                         const core::ChannelTerm& term) {
  std::vector<std::int64_t> from(procedure.steps.size());
  for (std::size_t i = procedure.steps.size(); i-- > 0;) {
    for (const std::size_t next : onward(procedure, i, term)) from[i] = std::max(from[i], from[next]);
    from[i] += measure.of(*procedure.steps[i].budget);
  }
  return from.front();
}

}  // namespace

void check_budgets(const core::Procedure& procedure, Source source) {
  const std::optional<Measure> measure = measure_of(procedure);
  for (std::size_t i = 0; measure && i < procedure.terms.size(); ++i) {
    const core::ChannelTerm& term = procedure.terms[i];
    core::Limit longest = measure->unit;
    longest.value = longest_way(procedure, *measure, term);
    if (!surely_exceeds(longest, term.promised())) continue;
    source.report("/steps", "Expected budgets within every limit, but together they are " +
                                std::to_string(longest.value) + " " +
                                std::string(core::word_of(longest.unit)) +
                                " on the longest way and /limits/" + std::to_string(i) + " is shorter");
    return;
  }
}

}  // namespace motcua::run
