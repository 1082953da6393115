#include "engine/core/attribution.h"

#include <algorithm>
#include <cassert>

namespace motcua::core {
namespace {

// Of a product of two counts of time, which 64 bits may not hold.
__extension__ using Wide = __int128;

WorkingTime worked(const Calendar& calendar, Instant from, Instant to) {
  const Instant horizon = midnight(calendar.provisional_until_on() + 1, calendar.offset_minutes());
  return calendar.elapsed(from, std::min(to, horizon)).value_or(WorkingTime{0});
}

// What a clock gave, before anything moved its date or its start.
WorkingTime budget_of(const LegalClock& clock, const Calendar& calendar) {
  const bool moved = !clock.earlier.empty();
  const DueDate& first = moved ? clock.earlier.front().due : clock.due;
  const Instant start = moved ? clock.earlier.front().from : clock.started_at;
  return first.at ? worked(calendar, start, *first.at) : WorkingTime{0};
}

// The agency whose answer is overdue longest at an instant; null when none is.
const Consulted* overdue_longest(const std::vector<Consulted>& consulted, Instant at) {
  const Consulted* longest = nullptr;
  for (const Consulted& one : consulted) {
    const bool overdue = one.due_at && *one.due_at <= at && !(one.answered_at && *one.answered_at <= at);
    if (!overdue || one.asked_at > at) continue;
    if (longest == nullptr || *one.due_at < *longest->due_at) longest = &one;
  }
  return longest;
}

bool same_holder(const DelayShare& share, const Holding& holding) {
  return share.agency == holding.agency && share.unit == holding.unit && share.officer == holding.officer;
}

std::vector<Consulted> consulted_of(const Dossier& dossier) {
  std::vector<Consulted> all;
  for (const Consultation& asked : dossier.consultations) {
    const auto number = static_cast<std::uint32_t>(all.size() + 1);
    const LegalClock* clock = dossier.clock(ClockKind::consultation, number);
    all.push_back(
        {asked.agency, asked.asked_at, clock == nullptr ? std::nullopt : clock->due.at, asked.answered_at});
  }
  return all;
}

// Who was over, and by how much, in the order of first holding.
struct Over {
  DelayShare holder;
  std::int64_t ms = 0;
  std::int64_t remainder = 0;
};
std::vector<Over> over_by_holder(const std::vector<HeldTime>& held) {
  std::vector<Over> all;
  for (const HeldTime& one : held) {
    if (one.holding.agency.empty()) continue;
    auto found = std::find_if(all.begin(), all.end(),
                              [&](const Over& over) { return same_holder(over.holder, one.holding); });
    if (found == all.end()) {
      all.push_back({{one.holding.agency, one.holding.unit, one.holding.officer, 0}});
      found = all.end() - 1;
    }
    found->ms += one.over.ms;
  }
  return all;
}

}  // namespace

std::int64_t shown_seconds(WorkingTime time) { return (time.ms + 999) / 1000; }

std::vector<Holding> shifted(const std::vector<Holding>& holdings, const std::vector<Consulted>& consulted) {
  if (consulted.empty()) return holdings;
  std::vector<Instant> cuts;
  for (const Consulted& one : consulted) {
    if (one.due_at) cuts.push_back(*one.due_at);
    if (one.answered_at) cuts.push_back(*one.answered_at);
    cuts.push_back(one.asked_at);
  }
  std::sort(cuts.begin(), cuts.end());
  std::vector<Holding> pieces;
  for (const Holding& holding : holdings) {
    Instant from = holding.from;
    const auto piece = [&](Instant to) {
      if (to <= from) return;
      Holding part = holding;
      part.from = from;
      part.to = to;
      const Consulted* late = overdue_longest(consulted, from);
      // What was never forwarded waits for nobody's answer.
      const bool in_transit = holding.step.empty();
      if (late != nullptr && !holding.agency.empty() && !holding.beside_others && !in_transit) {
        part = {late->agency, Code(), Code(), Code(), from, to, 0, WorkingTime{0}, false};
      }
      pieces.push_back(std::move(part));
      from = to;
    };
    for (const Instant cut : cuts) {
      if (cut > holding.from && cut < holding.to) piece(cut);
    }
    piece(holding.to);
  }
  return pieces;
}

std::vector<HeldTime> booked(const std::vector<Holding>& holdings, const Calendar& calendar) {
  std::vector<HeldTime> all;
  for (const Holding& holding : holdings) {
    HeldTime one;
    one.holding = holding;
    one.held = worked(calendar, holding.from, holding.to);
    std::int64_t left = holding.budget_key == 0 ? 0 : holding.budget.ms;
    for (const HeldTime& before : all) {
      if (holding.budget_key != 0 && before.holding.budget_key == holding.budget_key) left -= before.held.ms;
    }
    one.budget_left = WorkingTime{std::max<std::int64_t>(0, left)};
    one.over = WorkingTime{std::max<std::int64_t>(0, one.held.ms - one.budget_left.ms)};
    all.push_back(std::move(one));
  }
  return all;
}

std::vector<DelayShare> shares_of(WorkingTime delay, const std::vector<HeldTime>& held) {
  const std::int64_t seconds = shown_seconds(delay);
  std::vector<Over> all = over_by_holder(held);
  std::vector<DelayShare> shares;
  if (seconds == 0 || all.empty()) return shares;
  std::int64_t sum = 0;
  for (const Over& one : all) sum += one.ms;
  if (sum == 0) {
    const auto last = std::find_if(held.rbegin(), held.rend(),
                                   [](const HeldTime& one) { return !one.holding.agency.empty(); });
    shares.push_back({last->holding.agency, last->holding.unit, last->holding.officer, seconds});
    return shares;
  }
  std::int64_t given = 0;
  for (Over& one : all) {
    const Wide product = Wide{seconds} * one.ms;
    one.holder.seconds = static_cast<std::int64_t>(product / sum);
    one.remainder = static_cast<std::int64_t>(product % sum);
    given += one.holder.seconds;
  }
  std::vector<Over*> by_remainder;
  for (Over& one : all) by_remainder.push_back(&one);
  std::stable_sort(by_remainder.begin(), by_remainder.end(),
                   [](const Over* a, const Over* b) { return a->remainder > b->remainder; });
  for (std::size_t i = 0; given < seconds; ++i, ++given) ++by_remainder[i]->holder.seconds;
  for (const Over& one : all) {
    if (one.holder.seconds > 0) shares.push_back(one.holder);
  }
  return shares;
}

std::vector<Holding> holdings_of(const Dossier& dossier, Instant until, const Calendar& calendar) {
  const LegalClock* settlement = dossier.clock(ClockKind::settlement);
  std::vector<Holding> holdings;
  if (settlement == nullptr) return holdings;
  if (settlement->ended_at) until = std::min(until, *settlement->ended_at);
  for (std::size_t i = 0; i < dossier.stints.size(); ++i) {
    const Stint& stint = dossier.stints[i];
    const bool last = i + 1 == dossier.stints.size();
    const Instant to = last ? until : std::min(until, dossier.stints[i + 1].from);
    if (stint.from >= to) continue;
    Holding holding{stint.agency, stint.unit, stint.officer,  stint.step,         stint.from,
                    to,           0,          WorkingTime{0}, stint.beside_others};
    const ClockKind kind = stint.step.empty() ? ClockKind::forward : ClockKind::step;
    const LegalClock* clock = stint.term == 0 ? nullptr : dossier.clock(kind, stint.term);
    if (clock != nullptr) {
      // Steps have even keys, hand-overs odd ones.
      holding.budget_key = stint.term * 2 + (kind == ClockKind::forward ? 1 : 0);
      holding.budget = budget_of(*clock, calendar);
    }
    holdings.push_back(std::move(holding));
  }
  return shifted(holdings, consulted_of(dossier));
}

std::vector<DelayShare> attribute(const Dossier& dossier, WorkingTime delay, Instant until,
                                  const Calendar& calendar) {
  return shares_of(delay, booked(holdings_of(dossier, until, calendar), calendar));
}

std::vector<DelayPiece> delays_at(const Dossier& dossier, Instant at, const Calendar& calendar) {
  std::vector<DelayPiece> pieces;
  const LegalClock* last = dossier.clock(ClockKind::settlement);
  const auto add = [&](const LegalClock& clock, const DueDate& due, Instant begun, std::optional<Instant> end,
                       const std::optional<WorkingTime>& delay, const std::vector<DelayShare>& shares) {
    const bool ended = end && *end <= at;
    const Instant to = ended ? *end : at;
    if (!due.at || to <= std::max(*due.at, begun)) return;
    DelayPiece piece;
    piece.term = clock.term;
    piece.from = std::max(*due.at, begun);
    piece.to = to;
    piece.ended = ended;
    piece.delay = ended && delay ? *delay : worked(calendar, piece.from, to);
    if (ended && delay) {
      piece.shares = shares;
    } else if (&clock == last) {  // it goes on, or ended where the calendar knew nothing yet
      piece.shares = attribute(dossier, piece.delay, to, calendar);
    }
    pieces.push_back(std::move(piece));
  };
  for (const LegalClock& clock : dossier.clocks) {
    if (clock.kind != ClockKind::settlement) continue;
    for (const Stretch& stretch : clock.earlier) {
      add(clock, stretch.due, stretch.from, stretch.to, stretch.delay, stretch.shares);
    }
    add(clock, clock.due, clock.from(), clock.ended_at, clock.delay, clock.shares);
  }
  return pieces;
}

Instant over_at(const Dossier& dossier) {
  const LegalClock* settlement = dossier.clock(ClockKind::settlement);
  if (settlement == nullptr || !settlement->ended_at) return *dossier.ended_at;
  return std::max(*dossier.ended_at, *settlement->ended_at);
}

}  // namespace motcua::core
