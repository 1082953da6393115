#pragma once

#include <cstdint>
#include <optional>

#include "engine/core/time.h"
#include "engine/core/value.h"

namespace motcua::core {

// One hand-over of the papers (bàn giao hồ sơ giấy), a line of the control slip (form CONTROL): who gave them
// to whom, when, and what became of it. In transit until it is received or recalled.
struct Handover {
  Code from_agency;
  Code from_officer;  // empty where nobody was named
  Code to_agency;
  Code to_officer;
  Instant at;  // when it was handed over; of one that was only received, the receipt
  std::optional<Instant> received_at;
  std::optional<Instant> recalled_at;  // taken back by the giver before it was received
  std::optional<Instant> returned_at;  // sent back by the receiver
  bool worked_on = false;              // a step has been completed since its receipt
  bool operator==(const Handover&) const = default;

  bool in_transit() const { return !received_at && !recalled_at; }

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("from_agency", self.from_agency);
    visit("from_officer", self.from_officer);
    visit("to_agency", self.to_agency);
    visit("to_officer", self.to_officer);
    visit("at", self.at);
    visit("received_at", self.received_at);
    visit("recalled_at", self.recalled_at);
    visit("returned_at", self.returned_at);
    visit("worked_on", self.worked_on);
  }
};

}  // namespace motcua::core
