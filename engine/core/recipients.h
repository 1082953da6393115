#pragma once

#include <vector>

#include "engine/core/ladder.h"
#include "engine/core/procedure.h"

namespace motcua::core {

// Who gets an alert: an officer's position, or where none fits the agency itself.
struct Recipient {
  Code agency;
  Code unit;
  Code officer;       // empty: nobody of that role, so the agency as a whole
  Code on_behalf_of;  // the officer whose deputy this one is that day
  AlertRole role = AlertRole::holder;
  bool operator==(const Recipient&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("agency", self.agency);
    visit("unit", self.unit);
    visit("officer", self.officer);
    visit("on_behalf_of", self.on_behalf_of);
    visit("role", self.role);
  }
};

// Finds an agency by its code; null when there is none.
using FindAgency = std::function<const Agency*(const Code&)>;

// The persons of these roles for a clock of a dossier that `owing` owes, as the organisation stands on `on`:
// officers, each with those who may act for it that day. A role that nobody has goes to the next one up, at
// last to the agency itself, so that no alert is without an address. No one twice. Of an agency that was
// merged by then they are the heirs'. An explanation is asked of those alone who did not handle the dossier:
// of the head of the unit, of the agency, and then of the heads above. `procedure` says whose a step is that
// nobody has yet, and may be null.
std::vector<Recipient> find_recipients(const std::vector<AlertRole>& roles, const Dossier& dossier,
                                       const Procedure* procedure, ClockKind clock, const Code& owing,
                                       const Code& provincial_unit, Date on, const FindAgency& find);

}  // namespace motcua::core
