#pragma once

#include "tests/durability/ledger.h"
#include "tests/support/service.h"

namespace motcua::testing {

// Asks the restarted service, over HTTP, for everything that was acknowledged before, then repeats every
// request of the round under its key: an acknowledged one must be answered as before, and one without an
// answer must have one effect at most, whether the first took effect or not. Afterwards the ledger holds what
// is there, and no attempts.
void verify_over_http(const RunningService& service, Ledger& ledger, Tally& tally);

}  // namespace motcua::testing
