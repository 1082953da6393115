#include "engine/run/procedure_check.h"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace motcua::run {
namespace {

using core::LimitUnit;
using core::StepKind;

constexpr std::int64_t kWorkingHoursADay = 8;
constexpr std::int64_t kMonthDays = 31;

std::string entry(std::string_view list, std::size_t place, std::string_view member = "") {
  std::string pointer = "/" + std::string(list) + "/" + std::to_string(place);
  if (!member.empty()) pointer.append("/").append(member);
  return pointer;
}

template <class List, class KeyOf>
void check_unique(const List& list, std::string_view name, std::string_view member, KeyOf key_of,
                  Source source) {
  std::set<core::Code> seen;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const core::Code& key = key_of(list[i]);
    if (!key.empty() && !seen.insert(key).second) {
      source.report(entry(name, i, member),
                    "Expected each " + std::string(member) + " once, but \"" + key.text + "\" is repeated");
    }
  }
}

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
    case LimitUnit::unspecified:
    case LimitUnit::by_cutoff:
      return std::nullopt;
  }
  return std::nullopt;
}

// `shorter` is surely longer than `longer`: only what both units say for certain.
bool surely_exceeds(const core::Limit& shorter, const core::Limit& longer) {
  if (shorter.unit == longer.unit && shorter.counting == longer.counting) return shorter.value > longer.value;
  const auto hours = working_hours(shorter);
  const auto hours_max = working_hours_max(longer);
  return hours && hours_max && *hours > *hours_max;
}

void check_variants(const core::Procedure& procedure, bool declared, Source source) {
  const auto& variants = procedure.variants;
  for (std::size_t i = 0; declared && i < variants.size(); ++i) {
    const bool used = std::any_of(procedure.terms.begin(), procedure.terms.end(),
                                  [&](const core::ChannelTerm& term) { return term.variant == variants[i]; });
    if (!used) source.report(entry("variants", i), "Expected a limit for this variant, but there is none");
  }
  std::set<std::pair<core::Channel, core::Code>> seen;
  for (std::size_t i = 0; i < procedure.terms.size(); ++i) {
    const core::ChannelTerm& term = procedure.terms[i];
    if (std::find(variants.begin(), variants.end(), term.variant) == variants.end()) {
      source.report(entry("limits", i, "variant"),
                    "Expected one of the variants, but \"" + term.variant.text + "\" is not declared");
    }
    if (!seen.emplace(term.channel, term.variant).second) {
      source.report(entry("limits", i), "Expected one limit for a channel and variant, but " +
                                            std::string(core::word_of(term.channel)) + " " +
                                            term.variant.text + " has another");
    }
    if (term.committed && surely_exceeds(*term.committed, term.statutory)) {
      source.report(entry("limits", i, "committed"),
                    "Expected a promise within the limit of the law, but it is longer");
    }
  }
}

// First the work, last the return, budgets for all or for none.
void check_steps(const core::Procedure& procedure, Source source) {
  const auto& steps = procedure.steps;
  if (steps.empty()) return;
  if (steps.front().kind == StepKind::sign || steps.front().kind == StepKind::return_result) {
    source.report(entry("steps", 0, "kind"), "Expected to begin with work, but it begins with " +
                                                 std::string(core::word_of(steps.front().kind)));
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool last = i + 1 == steps.size();
    if ((steps[i].kind == StepKind::return_result) != last) {
      source.report(entry("steps", i, "kind"),
                    last ? "Expected to end with return, but it does not"
                         : "Expected return as the last step only, but more follow");
    }
    if (steps[i].budget.has_value() != steps.front().budget.has_value()) {
      source.report(entry("steps", i, "budget"),
                    "Expected budgets for all steps or for none, but this one differs from the first");
    }
  }
}

// The budgets together, in the one unit that they share, or in working hours; nothing when they share none.
std::optional<core::Limit> budgets_of(const core::Procedure& procedure) {
  core::Limit same;
  core::Limit hours{0, LimitUnit::working_hour, core::DayCounting::by_day};
  bool is_same = true;
  bool is_hours = true;
  for (const core::StepDefinition& step : procedure.steps) {
    if (!step.budget) return std::nullopt;
    if (same.value == 0) same = {0, step.budget->unit, step.budget->counting};
    is_same = is_same && step.budget->unit == same.unit && step.budget->counting == same.counting;
    same.value += step.budget->value;
    const auto in_hours = working_hours(*step.budget);
    is_hours = is_hours && in_hours.has_value();
    hours.value += in_hours.value_or(0);
  }
  if (is_hours && !is_same) return hours;
  return is_same ? std::optional(same) : std::nullopt;
}

void check_budgets(const core::Procedure& procedure, Source source) {
  const std::optional<core::Limit> budgets = budgets_of(procedure);
  for (std::size_t i = 0; budgets && i < procedure.terms.size(); ++i) {
    const core::ChannelTerm& term = procedure.terms[i];
    if (!surely_exceeds(*budgets, term.promised())) continue;
    source.report("/steps", "Expected budgets within every limit, but together they are " +
                                std::to_string(budgets->value) + " " +
                                std::string(core::word_of(budgets->unit)) + " and " + entry("limits", i) +
                                " is shorter");
    return;
  }
}

}  // namespace

void check_procedure(const core::Procedure& procedure, bool declares_variants, Source source) {
  check_unique(
      procedure.papers, "papers", "key", [](const auto& p) -> auto& { return p.key; }, source);
  check_unique(
      procedure.facts, "facts", "key", [](const auto& f) -> auto& { return f.key; }, source);
  check_unique(
      procedure.steps, "steps", "key", [](const auto& s) -> auto& { return s.key; }, source);
  check_unique(
      procedure.results, "results", "code", [](const auto& r) -> auto& { return r.code; }, source);
  if (declares_variants) {
    check_unique(
        procedure.variants, "variants", "key", [](const auto& v) -> auto& { return v; }, source);
  }
  check_variants(procedure, declares_variants, source);
  check_steps(procedure, source);
  check_budgets(procedure, source);
  const auto& levels = procedure.levels;
  if (procedure.competent_level && !levels.empty() &&
      std::find(levels.begin(), levels.end(), *procedure.competent_level) == levels.end()) {
    source.report("/competent_level", "Expected one of level, but it is another");
  }
}

}  // namespace motcua::run
