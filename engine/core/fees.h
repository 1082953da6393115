#pragma once

#include <vector>

#include "engine/core/dossier.h"
#include "engine/core/procedure.h"

namespace motcua::core {

// What a dossier of that channel and variant pays, in the order of the schedule: of the entries with one key
// the one that names most of the two; what is free is left out. A procedure without a schedule, but with a
// fee beside its limit, has that one, of key "fee".
std::vector<PaymentItem> fees_of(const Procedure& procedure, Channel channel, const Code& variant);
// The part of it that was neither paid nor waived.
std::vector<PaymentItem> fees_left(const Procedure& procedure, const Dossier& dossier);

}  // namespace motcua::core
