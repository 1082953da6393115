#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "tests/support/service.h"

// A month of a counter's work, and what the ladders must have told of it: computed from the events by a walk
// that knows nothing of the ticker.
namespace motcua::testing {

// Dossier, rung, instant; an escalation is one of its rung once more.
using Told = std::multiset<std::tuple<std::string, std::string, std::int64_t>>;

// Dossiers that are filed and acted on at random instants of a month. Any step may be said to a service that
// is about to die: what came of it is read from the events.
class CounterMonth {
 public:
  CounterMonth(std::uint64_t seed, int dossiers);
  static std::string start();  // of the virtual clock: 05/08/2026 07:00
  static std::int64_t end();   // 45 days later
  struct Step {
    std::int64_t at = 0;
    int dossier = 0;
    int act = 0;
  };
  const std::vector<Step>& steps() const { return steps_; }
  void take(const Step& step, HttpClient& client);

 private:
  void file(std::string& id, HttpClient& client);
  void act(const std::string& id, HttpClient& client);

  std::mt19937_64 random_;
  std::vector<Step> steps_;
  std::vector<std::string> ids_;
};

// Moves the virtual clock, in as many calls as that takes; false when the service did not answer.
bool move_clock(HttpClient& client, std::int64_t to);

// All alerts that the service lists, in every state; each must have fired at the instant of its rung.
Told told_by(HttpClient& client);
// What the shipped ladders ask of the service's events until then.
Told asked_by_ladders(HttpClient& client, std::int64_t until);
// Those of `told` that are not in `but`, a line each, twenty at most.
std::string difference(const Told& told, const Told& but);

}  // namespace motcua::testing
