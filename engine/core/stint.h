#pragma once

#include <cstdint>

#include "engine/core/time.h"
#include "engine/core/value.h"

namespace motcua::core {

// Who held the dossier from an instant on, until the next stint begins. Kept since the start of the last
// settlement term; nobody's (no agency) while the citizen is waited for, while suspended, and once it is
// over.
struct Stint {
  Instant from;
  Code agency;
  Code unit;
  Code officer;
  Code step;  // empty: its papers are in transit, and the giver holds it
  // Of the step's clock, or in transit of the hand-over's; 0: no such clock runs.
  std::uint32_t term = 0;
  bool beside_others = false;  // another step is open on a parallel branch
  bool operator==(const Stint&) const = default;

  bool same_but_time(const Stint& other) const {
    return agency == other.agency && unit == other.unit && officer == other.officer && step == other.step &&
           term == other.term && beside_others == other.beside_others;
  }

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("from", self.from);
    visit("agency", self.agency);
    visit("unit", self.unit);
    visit("officer", self.officer);
    visit("step", self.step);
    visit("term", self.term);
    visit("beside_others", self.beside_others);
  }
};

// What one holder answers for of a delay, in whole seconds of working time.
struct DelayShare {
  Code agency;
  Code unit;
  Code officer;
  std::int64_t seconds = 0;
  bool operator==(const DelayShare&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("agency", self.agency);
    visit("unit", self.unit);
    visit("officer", self.officer);
    visit("seconds", self.seconds);
  }
};

}  // namespace motcua::core
