#include "engine/core/agency.h"

#include <algorithm>

namespace motcua::core {

bool Officer::is_or_has_deputy(const Code& acting, Date on) const {
  return id == acting || std::any_of(deputies.begin(), deputies.end(), [&](const Deputy& deputy) {
           return deputy.officer == acting && deputy.from <= on && on <= deputy.to;
         });
}

bool Agency::exists_on(Date date) const { return valid_from <= date && (!valid_to || date <= *valid_to); }

const Officer* Agency::officer(const Code& id) const {
  const auto found =
      std::find_if(officers.begin(), officers.end(), [&](const Officer& o) { return o.id == id; });
  return found == officers.end() ? nullptr : &*found;
}

bool is_own_one_stop(const Agency& receiving, const Agency& competent, const Code& receiving_root,
                     const Code& competent_root) {
  if (receiving.level != competent.level) return false;
  if (receiving.parent == competent.code || competent.parent == receiving.code) return true;
  return competent.level == AgencyLevel::province && receiving_root == competent_root;
}

}  // namespace motcua::core
