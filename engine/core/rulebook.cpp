#include "engine/core/rulebook.h"

#include <algorithm>

namespace motcua::core {

Rule rule_of(std::string_view id) {
  Rule rule;
  rule.id = Code(id);
  return rule;
}

const Rules* Rulebook::at(Date date) const {
  // The last layer that began on or before the date; a gap after its end has no rules.
  const auto next = std::find_if(layers.begin(), layers.end(), [&](const Rules& r) { return r.from > date; });
  if (next == layers.begin()) return nullptr;
  const Rules& begun = *(next - 1);
  return begun.to && *begun.to < date ? nullptr : &begun;
}

}  // namespace motcua::core
