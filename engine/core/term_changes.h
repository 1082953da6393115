#pragma once

#include <cstdint>
#include <optional>

#include "engine/core/legal_clock.h"

namespace motcua::core {

// Tạm dừng tính thời hạn: a suspension of the settlement term on a ground that the procedure allows.
struct Suspension {
  Code ground;
  Instant from;
  std::optional<Instant> until;  // when it ends by itself
  std::optional<Instant> resumed_at;
  bool operator==(const Suspension&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("ground", self.ground);
    visit("from", self.from);
    visit("until", self.until);
    visit("resumed_at", self.resumed_at);
  }
};

// Gia hạn: how often a ground was used is counted over all terms.
struct Extension {
  Code ground;
  Instant at;
  Limit by;
  std::optional<Instant> due_before;
  std::optional<Instant> due_after;
  bool operator==(const Extension&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("ground", self.ground);
    visit("at", self.at);
    visit("by", self.by);
    visit("due_before", self.due_before);
    visit("due_after", self.due_after);
  }
};

// Hẹn lại ngày trả kết quả (form APOLOGY), at most once per dossier: 118/2025 art. 19.6.
struct Reappointment {
  Instant at;
  std::optional<Instant> promise_before;
  Instant promised_at;
  bool in_time = false;    // notified early enough
  bool moves_due = false;  // lateness follows the new date
  Code unit;               // responsible for it, where named
  std::uint32_t term = 0;  // of the settlement
  bool operator==(const Reappointment&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("at", self.at);
    visit("promise_before", self.promise_before);
    visit("promised_at", self.promised_at);
    visit("in_time", self.in_time);
    visit("moves_due", self.moves_due);
    visit("unit", self.unit);
    visit("term", self.term);
  }
};

// How a duty that lateness brings stands at an instant. Nobody's act starts it: it follows from the
// settlement's due date, so it is computed and never stored.
enum class DutyState { not_owed, owed, done_in_time, missing, done_late };
template <>
struct EnumWords<DutyState> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"not_owed", "owed", "done_in_time", "missing", "done_late"};
};
struct Duty {
  DutyState state = DutyState::not_owed;
  std::optional<Instant> due_at;
  std::optional<Instant> done_at;
};

}  // namespace motcua::core
