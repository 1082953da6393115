#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/calendar.h"
#include "engine/core/dossier.h"

namespace motcua::core {

// Whose a delay is (DESIGN section 3, Attribution). Everything is a function of instants: nothing waits for
// somebody to act. Held time is working time of one calendar, the competent agency's.

// A consultation of another agency, as far as attribution reads it.
struct Consulted {
  Code agency;
  Instant asked_at;
  std::optional<Instant> due_at;
  std::optional<Instant> answered_at;
};

// A time [from, to) in which one party had the dossier.
struct Holding {
  Code agency;  // empty: nobody that answers for a delay
  Code unit;
  Code officer;
  Code step;  // empty: in transit, or a consulted agency whose answer is overdue
  Instant from;
  Instant to;
  // What the budget is shared by: all holdings of one key draw on it in turn. 0: there is none.
  std::uint32_t budget_key = 0;
  WorkingTime budget;  // of that key, as it was given
  // Another step was open beside it: an overdue answer then hinders nobody.
  bool beside_others = false;
};

// A holding with what it took and had left.
struct HeldTime {
  Holding holding;
  WorkingTime held;
  WorkingTime budget_left;  // at its start
  WorkingTime over;         // max(0, held − budget_left)
};

// Cuts the holdings where an answer is overdue while no other step is open: from then on the agency that is
// overdue longest has it, without a budget.
std::vector<Holding> shifted(const std::vector<Holding>& holdings, const std::vector<Consulted>& consulted);

// Books each holding. Past the calendar's horizon as far as the calendar knows.
std::vector<HeldTime> booked(const std::vector<Holding>& holdings, const Calendar& calendar);

// delay × over ÷ Σ over for each holder in the order in which they first held, in whole seconds by largest
// remainder, ties to the earlier holder; Σ over = 0: all of it is the last holder's. `delay` is rounded up to
// seconds, as it is shown; the shares sum to that. Holders without a share are left out.
std::vector<DelayShare> shares_of(WorkingTime delay, const std::vector<HeldTime>& held);

// Who held a dossier in [start of the last settlement term, until).
std::vector<Holding> holdings_of(const Dossier& dossier, Instant until, const Calendar& calendar);

// The shares of a delay of the last settlement term that ends, or is looked at, at `until`. Empty where who
// held it is not known.
std::vector<DelayShare> attribute(const Dossier& dossier, WorkingTime delay, Instant until,
                                  const Calendar& calendar);

// A time by which the settlement was late: a stretch of a term past its due.
struct DelayPiece {
  std::uint32_t term = 1;
  Instant from;
  Instant to;          // until now where it goes on
  bool ended = false;  // then delay and shares are those of the event that ended it, and never move
  WorkingTime delay;
  std::vector<DelayShare> shares;
};
// All of them at an instant, in order. One that has ended since is counted as far as it went; its shares then
// are known for the last term only.
std::vector<DelayPiece> delays_at(const Dossier& dossier, Instant at, const Calendar& calendar);

// Seconds as the API shows them: rounded up.
std::int64_t shown_seconds(WorkingTime time);

// When a dossier that is over was known to be: an end that was set back to before its due is late until it
// was entered.
Instant over_at(const Dossier& dossier);

}  // namespace motcua::core
