#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/core/decide.h"

namespace motcua::core {

// An event that tells a fact which a supervisor may correct.
struct Correctable {
  std::uint32_t version = 0;
  Corrected what = Corrected::acceptance;
  Instant at;                         // when it happened, as known now
  std::optional<Instant> not_before;  // as the event before it happened then; nothing: it is the first
  Instant not_after;                  // as the next happened then, or as now is
};
// Those among the events of a dossier, in their order.
std::vector<Correctable> correctable(const Dossier& dossier, std::span<const Event> events, Instant now);

}  // namespace motcua::core
