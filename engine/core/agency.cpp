#include "engine/core/agency.h"

#include <algorithm>

namespace motcua::core {

bool Agency::exists_on(Date date) const { return valid_from <= date && (!valid_to || date <= *valid_to); }

const Officer* Agency::officer(const Code& id) const {
  const auto found =
      std::find_if(officers.begin(), officers.end(), [&](const Officer& o) { return o.id == id; });
  return found == officers.end() ? nullptr : &*found;
}

}  // namespace motcua::core
