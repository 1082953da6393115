#include "engine/core/index_766.h"

#include <algorithm>

#include "engine/core/accepted_in.h"

namespace motcua::core {
namespace {

// What counts as the finish: the end; while a supplement is awaited the request; else the period's end.
Instant finish_of(const Tally& tally, const Period& period) {
  if (tally.ended_at) return *tally.ended_at;
  return tally.supplement_asked_at.value_or(period.to);
}

// Time between two instants in what a limit of that unit counts: milliseconds, or days.
std::optional<std::int64_t> counted(LimitUnit unit, Instant from, Instant to, const Calendar& calendar) {
  const Date first = local_date(from, kVietnamOffsetMinutes);
  const Date last = local_date(to, kVietnamOffsetMinutes);
  switch (unit) {
    case LimitUnit::working_hour: {
      const auto worked = calendar.elapsed(from, to);
      return worked ? std::optional(worked->ms) : std::nullopt;
    }
    case LimitUnit::hour:
      return (to - from).ms;
    case LimitUnit::calendar_day:
    case LimitUnit::month:
      return last - first;
    case LimitUnit::working_day:
    case LimitUnit::immediate:
    case LimitUnit::by_cutoff:
      return calendar.working_days_between(first, last);
    case LimitUnit::unspecified:
      return std::nullopt;
  }
  return std::nullopt;
}

std::int64_t whole_term(const Limit& limit, Instant start) {
  switch (limit.unit) {
    case LimitUnit::working_hour:
    case LimitUnit::hour:
      return limit.value * kHourMs;
    case LimitUnit::month: {
      const Date first = local_date(start, kVietnamOffsetMinutes);
      return add_months(first, static_cast<int>(limit.value)) - first;
    }
    case LimitUnit::calendar_day:
    case LimitUnit::working_day:
      return limit.value;
    case LimitUnit::immediate:
    case LimitUnit::by_cutoff:
      return 1;
    case LimitUnit::unspecified:
      return 0;
  }
  return 0;
}

}  // namespace

Index766Verdict judge_766(const Tally& tally, const Period& period) {
  if (!accepted_in(tally, period.from, period.to)) return Index766Verdict::outside;
  if (tally.untimed) return Index766Verdict::untimed;
  if (tally.supplements > 1) return Index766Verdict::late;
  if (!tally.due_at) return Index766Verdict::by_term;
  return finish_of(tally, period) <= *tally.due_at ? Index766Verdict::on_time : Index766Verdict::late;
}

std::optional<bool> on_time_by_term(const Dossier& dossier, const Period& period, const Calendar& calendar) {
  const Tally tally = tally_of(dossier, period.to);
  const LegalClock* term = dossier.clock(ClockKind::settlement);
  if (term == nullptr || !tally.accepted_at) return std::nullopt;
  const LimitUnit unit = term->limit.unit;
  const Instant finish = finish_of(tally, period);
  const auto whole = counted(unit, *tally.accepted_at, finish, calendar);
  if (!whole) return std::nullopt;
  std::int64_t supplements = 0;
  for (const SupplementRound& round : dossier.rounds) {
    const Instant from = std::max(round.asked_at, *tally.accepted_at);
    const Instant to = std::min(round.supplied_at.value_or(finish), finish);
    if (from >= to) continue;
    const auto waited = counted(unit, from, to, calendar);
    if (!waited) return std::nullopt;
    supplements += *waited;
  }
  return *whole - supplements <= whole_term(term->limit, *tally.accepted_at);
}

bool count_766(const Tally& tally, const Period& period, Index766Counts& counts) {
  switch (judge_766(tally, period)) {
    case Index766Verdict::outside:
      break;
    case Index766Verdict::untimed:
      ++counts.untimed;
      break;
    case Index766Verdict::by_term:
      return false;
    case Index766Verdict::on_time:
      ++counts.received;
      ++counts.on_time;
      break;
    case Index766Verdict::late:
      ++counts.received;
      ++counts.late;
      counts.supplemented_twice += tally.supplements > 1 ? 1 : 0;
      break;
  }
  return true;
}

void count_766_by_term(std::optional<bool> on_time, Index766Counts& counts) {
  if (!on_time) {
    ++counts.undetermined;
    return;
  }
  ++counts.received;
  ++(*on_time ? counts.on_time : counts.late);
}

}  // namespace motcua::core
