#include "engine/run/permitted.h"

#include "engine/core/rights.h"

namespace motcua::run {

std::optional<Refused::Why> forbidden(const Order& order, const core::Dossier& dossier) {
  const core::Right right = core::Right::of(order.command.body);
  if (!core::may_act(order.may, dossier, right)) return Refused::Why::forbidden;
  if (order.person_may && !core::may_act(*order.person_may, dossier, right))
    return Refused::Why::forbidden_person;
  if (core::is_for_others(order.command.body) && core::handled(dossier, order.command.on_behalf_of)) {
    return Refused::Why::own_dossier;
  }
  return std::nullopt;
}

}  // namespace motcua::run
