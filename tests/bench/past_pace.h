#pragma once

#include "tests/bench/past_acts.h"

// When things happen: how long offices and citizens take.
namespace motcua::bench {

inline constexpr std::int64_t kMinuteMs = 60'000;

class Pace {
 public:
  Pace(const Options& options, Instant now, Dice& dice) : turns_(options.turns), now_(now), dice_(dice) {}

  // The instant of the next act of a life that has one, after `at`.
  Instant next(Life& life, Instant at) {
    const core::LegalClock* settlement = life.stored.dossier.clock(core::ClockKind::settlement);
    if (settlement != nullptr && settlement->running() && life.settle_at <= at)
      plan_settlement(life, *settlement, at);
    const Instant next = std::max(planned(life, at), at + ClockTime{kMinuteMs});
    return turns_ ? to_edge(next, life.acts.back()) : next;
  }

  // A new promise is kept as a rule.
  void after_reappointment(Life& life, Instant at) {
    const Instant promised = life.stored.dossier.reappointment->promised_at;
    const double share = dice_.chance(0.25) ? 1.01 + dice_.unit() : 0.3 + 0.69 * dice_.unit();
    life.settle_at =
        at + ClockTime{static_cast<std::int64_t>(static_cast<double>((promised - at).ms) * share)};
  }

 private:
  ClockTime days(double n) {
    return ClockTime{static_cast<std::int64_t>(n * dice_.unit() * static_cast<double>(core::kDayMs))};
  }

  Instant planned(const Life& life, Instant at) {
    const core::LegalClock* settlement = life.stored.dossier.clock(core::ClockKind::settlement);
    const std::optional<Instant> due = settlement == nullptr ? std::nullopt : settlement->due.at;
    switch (life.acts.back()) {
      case Act::accept:
      case Act::refuse:
        return at + days(dice_.chance(0.06) ? 4 : 0.8);
      case Act::supply:
        return at + days(9);
      case Act::judge:
      case Act::give:
        return at + days(3);
      case Act::run_out: {
        const std::optional<Instant> over = core::runs_out_at(life.stored.dossier);
        return over ? *over + ClockTime{2} : at;
      }
      case Act::resume:
        return before_it_ends(life.stored.dossier, at);
      case Act::suspend_late:
        return due && settlement->running() ? std::max(*due, at) + days(4) : at + days(1);
      case Act::reappoint:
        // Early enough, or when it cannot be kept any more.
        if (due) return dice_.chance(0.6) ? *due - ClockTime{core::kDayMs} - days(4) : *due + days(2);
        return at + days(4);
      case Act::apologise:
      case Act::explain:
        return at + days(8);
      case Act::ask:
      case Act::receive:
      case Act::assign:
      case Act::complete:
      case Act::settle:
      case Act::extend:
      case Act::suspend:
      case Act::withdraw:
        break;
    }
    const auto left = static_cast<std::int64_t>(life.acts.size());
    const Instant next = life.settle_at > at ? at + ClockTime{(life.settle_at - at).ms / left} : at + days(1);
    // Whoever is asked today has not run out of time yet.
    const bool last = life.stays_open && left == 1 && life.acts.back() == Act::ask;
    return last && life.stored.dossier.accepted_at ? std::max(next, now_ - days(8)) : next;
  }

  Instant before_it_ends(const core::Dossier& dossier, Instant at) {
    const std::optional<Instant> over = core::runs_out_at(dossier);
    if (!over) return at + days(20);
    return at + ClockTime{static_cast<std::int64_t>(static_cast<double>((*over - at).ms) * dice_.unit())};
  }

  // In time as a rule; one in twelve is late, and some very late. With turns some end on the very instant, or
  // one millisecond after it.
  void plan_settlement(Life& life, const core::LegalClock& clock, Instant at) {
    const std::int64_t untimed = 20 * core::kDayMs;
    std::int64_t term = clock.due.at ? (*clock.due.at - at).ms : untimed;
    if (turns_ && term <= 0) term = 6 * core::kDayMs;
    if (turns_ && clock.due.at && *clock.due.at > at && dice_.chance(0.01)) {
      life.settle_at = *clock.due.at + ClockTime{static_cast<std::int64_t>(dice_.below(2))};
      return;
    }
    const double share =
        dice_.chance(0.08) ? 1.02 + 2 * dice_.unit() * dice_.unit() : 0.2 + 0.79 * dice_.unit();
    life.settle_at = at + ClockTime{std::max<std::int64_t>(
                              static_cast<std::int64_t>(static_cast<double>(term) * share), kMinuteMs)};
  }

  // Now and then the first instant of a month, or the last one of the month before.
  Instant to_edge(Instant next, Act act) {
    if (act == Act::run_out || !dice_.chance(0.005)) return next;
    constexpr int kOffset = core::kVietnamOffsetMinutes;
    const core::Date on = core::local_date(next, kOffset);
    const auto first = core::parse_date(core::format_date(core::add_months(on, 1)).substr(0, 8) + "01");
    const Instant edge = core::midnight(*first, kOffset);
    const bool near = edge - next < ClockTime{3 * core::kDayMs};
    return near ? edge - ClockTime{static_cast<std::int64_t>(dice_.below(2))} : next;
  }

  const bool turns_;
  const Instant now_;
  Dice& dice_;
};

}  // namespace motcua::bench
