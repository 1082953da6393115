#pragma once

#include <functional>

#include "tests/durability/ledger.h"
#include "tests/support/service.h"

namespace motcua::testing {

struct LoadPlan {
  unsigned seed = 1;
  int workers = 6;
  int answers = 50;            // acknowledged ones, after which `end` is called, once, by one of the workers
  std::function<void()> end;   // ends the service, or has it ended
  int requests_max = 100'000;  // after which a worker stops by itself
};

// Clients that file dossiers and move them through their states, each waiting for its answers, until their
// connections break. All attempts of the load are in the ledger afterwards. What no server may answer (a
// status that fits no request) is a fault.
void run_load(const RunningService& service, const LoadPlan& plan, Ledger& ledger, Tally& tally);

// A submission with an owner whose name has this word.
Attempt submission(const std::string& word, bool online);
// Sends it under its key, and notes what came back.
HttpAnswer send(HttpClient& client, Attempt& attempt);

}  // namespace motcua::testing
