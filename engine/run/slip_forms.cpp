#include "engine/run/slip_forms.h"

namespace motcua::run {

const SlipSet* slip_set_at(const std::vector<SlipSet>& sets, core::Date issued_on,
                           core::Instant recorded_at) {
  // `sets` is in the order of application, so of one file the first version comes first.
  std::map<std::string_view, const SlipSet*> of_file;
  for (const SlipSet& set : sets) {
    const SlipSet*& chosen = of_file[set.key];
    if (chosen == nullptr || set.applied_at <= recorded_at) chosen = &set;
  }
  const SlipSet* in_force = nullptr;
  const SlipSet* first = nullptr;
  for (const auto& [key, set] : of_file) {
    if (first == nullptr || set->in_force_from < first->in_force_from) first = set;
    if (set->in_force_from > issued_on) continue;
    if (in_force == nullptr || set->in_force_from > in_force->in_force_from) in_force = set;
  }
  return in_force != nullptr ? in_force : first;
}

}  // namespace motcua::run
