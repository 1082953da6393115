#include "engine/run/permitted.h"

#include <algorithm>

#include "engine/core/rights.h"

namespace motcua::run {

bool may_complete(const Definitions& definitions, const core::Dossier& dossier, const core::Code& step_key,
                  const core::Code& officer, core::Date on) {
  const core::Code& key = step_key.empty() ? dossier.step : step_key;
  const core::Procedure* procedure =
      definitions.procedure_version(dossier.procedure, dossier.procedure_version);
  const core::StepDefinition* step = procedure == nullptr || key.empty() ? nullptr : procedure->step(key);
  if (step == nullptr) return true;
  const auto branch = std::find_if(dossier.parallel.begin(), dossier.parallel.end(),
                                   [&](const core::ParallelStep& one) { return one.step == key; });
  const core::Code& agency = branch != dossier.parallel.end() ? branch->agency : dossier.holder_agency;
  const auto positions = core::grants_of(definitions.agencies(), officer, on);
  return core::may_complete(positions, step->role, agency,
                            [&](const core::Code& code) { return definitions.reached_from(code, on); });
}

std::optional<Refused::Why> forbidden(const Order& order, const core::Dossier& dossier,
                                      const Definitions& definitions, core::Date on) {
  const core::Right right = core::Right::of(order.command.body);
  if (order.dossier && !order.scope.shows(dossier)) return Refused::Why::not_found;
  if (!core::may_act(order.may, dossier, right)) return Refused::Why::forbidden;
  if (order.person_may && !core::may_act(*order.person_may, dossier, right))
    return Refused::Why::forbidden_person;
  const core::Code& officer = order.command.on_behalf_of;
  if (core::is_for_others(right) && core::handled(dossier, officer)) return Refused::Why::own_dossier;
  const auto* complete = std::get_if<core::CompleteStep>(&order.command.body);
  if (complete != nullptr && !officer.empty() &&
      !may_complete(definitions, dossier, complete->step, officer, on)) {
    return Refused::Why::forbidden_person;
  }
  return std::nullopt;
}

}  // namespace motcua::run
