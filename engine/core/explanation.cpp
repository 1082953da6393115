#include "engine/core/explanation.h"

#include <algorithm>
#include <cassert>

namespace motcua::core {
namespace {

ExplainedCalendar named(const Calendar& calendar) {
  return {calendar.id(), calendar.version(), calendar.offset_minutes(), calendar.nominal_day(),
          calendar.official_until_on()};
}

// Lays spans one after the other over [from, to].
class Walk {
 public:
  Walk(const Calendar& calendar, Instant from, Instant to, std::vector<ExplainedSpan>& spans)
      : calendar_(calendar), at_(from), end_(to), spans_(spans) {}

  bool ended() const { return at_ >= end_; }
  Date date() const { return local_date(at_, calendar_.offset_minutes()); }

  // The rest of the current date, piece by piece: its sessions are counted.
  void sessions_of_day() {
    const Date on = date();
    if (!calendar_.is_working_day(on)) return rest_of_day(false, reason(on));
    const Instant begun = midnight(on, calendar_.offset_minutes());
    for (const Session& session : calendar_.sessions(on)) {
      until(on, begun + ClockTime{session.opens_ms}, false, SpanReason::outside_session);
      until(on, begun + ClockTime{session.closes_ms}, true, SpanReason::session);
    }
    until(on, midnight(on + 1, calendar_.offset_minutes()), false, SpanReason::outside_session);
  }

  // The rest of the current date in one piece.
  void rest_of_day(bool counted, SpanReason why) {
    const Date on = date();
    until(on, midnight(on + 1, calendar_.offset_minutes()), counted, why);
  }

  // All of it as one piece.
  void whole(SpanReason why) { until(date(), end_, true, why); }

  SpanReason reason(Date on) const {
    if (!calendar_.knows(on)) return SpanReason::not_known;
    if (calendar_.is_working_day(on)) return SpanReason::working_day;
    return calendar_.exception(on) ? SpanReason::exception : SpanReason::weekly_off;
  }

 private:
  // A span from where the walk stands to `to`, or to the end of all; none when that is behind already.
  void until(Date on, Instant to, bool counted, SpanReason why) {
    to = std::min(to, end_);
    if (to <= at_) return;
    ExplainedSpan span{at_, to, on, counted, why, std::nullopt};
    if (const CalendarException* exception = calendar_.exception(on)) span.exception = *exception;
    spans_.push_back(std::move(span));
    at_ = to;
  }

  const Calendar& calendar_;
  Instant at_;
  Instant end_;
  std::vector<ExplainedSpan>& spans_;
};

void walk_sessions(Walk walk) {
  while (!walk.ended()) walk.sessions_of_day();
}

// `counts` says of each date after the event's whether it is counted.
template <class Counts>
void walk_days(Walk walk, SpanReason event_day, Counts counts) {
  walk.rest_of_day(false, event_day);
  while (!walk.ended()) {
    const Date on = walk.date();
    walk.rest_of_day(counts(on), walk.reason(on));
  }
}

// Why what is due at once is not due on the day of the event.
SpanReason why_not_that_day(const Explanation& of, const Calendar& calendar, Date day) {
  if (!calendar.is_working_day(day)) {
    return calendar.exception(day) ? SpanReason::exception : SpanReason::weekly_off;
  }
  const bool forwards = of.limit.unit == LimitUnit::by_cutoff;
  const std::int32_t cutoff_ms = forwards ? of.rules.forward_cutoff_ms : of.rules.immediate_cutoff_ms;
  const Instant cutoff = midnight(day, calendar.offset_minutes()) + ClockTime{cutoff_ms};
  return of.start > cutoff ? SpanReason::after_cutoff : SpanReason::after_close;
}

// A limit that ends on the day, and perhaps in the instant, in which it starts.
void walk_at_once(const Explanation& of, const Calendar& calendar, std::vector<ExplainedSpan>& spans) {
  Walk walk(calendar, of.start, *of.due.at, spans);
  const Date day = local_date(of.start, calendar.offset_minutes());
  const Date last = *of.due.rolled_on;
  if (day != last) {
    return walk_days(walk, why_not_that_day(of, calendar, day), [&](Date on) { return on == last; });
  }
  walk.rest_of_day(true, SpanReason::working_day);
  if (!spans.empty()) return;
  ExplainedSpan moment{of.start, of.start, day, true, SpanReason::working_day, std::nullopt};
  if (const CalendarException* exception = calendar.exception(day)) moment.exception = *exception;
  spans.push_back(std::move(moment));
}

// Like at_once while that day will do; else so much working time of the next working day.
void walk_by_cutoff(const Explanation& of, const Calendar& calendar, std::vector<ExplainedSpan>& spans) {
  if (of.due.rolled_on) return walk_at_once(of, calendar, spans);
  const Date day = local_date(of.start, calendar.offset_minutes());
  Walk walk(calendar, of.start, *of.due.at, spans);
  walk.rest_of_day(false, why_not_that_day(of, calendar, day));
  walk_sessions(walk);
}

// No time at all is given: one span of no length.
void walk_hours(const Explanation& of, const Calendar& calendar, std::vector<ExplainedSpan>& spans) {
  Walk(calendar, of.start, *of.due.at, spans).whole(SpanReason::clock_time);
  if (!spans.empty()) return;
  const Date day = local_date(of.start, calendar.offset_minutes());
  ExplainedSpan moment{of.start, of.start, day, true, SpanReason::clock_time, std::nullopt};
  if (const CalendarException* exception = calendar.exception(day)) moment.exception = *exception;
  spans.push_back(std::move(moment));
}

void fill_spans(Explanation& of, const Calendar& calendar) {
  Walk walk(calendar, of.start, *of.due.at, of.spans);
  switch (of.limit.unit) {
    case LimitUnit::working_hour:
      return walk_sessions(walk);
    case LimitUnit::working_day:
      if (of.limit.counting == DayCounting::by_hours) return walk_sessions(walk);
      return walk_days(walk, SpanReason::event_day, [&](Date on) { return calendar.is_working_day(on); });
    case LimitUnit::calendar_day:
    case LimitUnit::month:
      return walk_days(walk, SpanReason::event_day, [&](Date on) { return on <= *of.due.unrolled_on; });
    case LimitUnit::hour:
      return walk_hours(of, calendar, of.spans);
    case LimitUnit::by_cutoff:
      return walk_by_cutoff(of, calendar, of.spans);
    case LimitUnit::immediate:
      return walk_at_once(of, calendar, of.spans);
    case LimitUnit::unspecified:
      break;
  }
  assert(false);
}

}  // namespace

Explanation explain(const Limit& limit, Instant start, const Calendar& calendar, DayEnd day_end,
                    const CountingRules& rules) {
  Explanation explanation{
      limit,           start, day_end, rules, derive_due(limit, start, calendar, day_end, rules),
      named(calendar), {},    {}};
  const DueDate& due = explanation.due;
  if (!due.at) return explanation;
  if (due.rolled_on) {
    const auto sessions = calendar.sessions(*due.rolled_on);
    explanation.due_day_sessions.assign(sessions.begin(), sessions.end());
  }
  fill_spans(explanation, calendar);
  return explanation;
}

std::optional<ElapsedExplanation> explain_elapsed(Instant from, Instant to, const Calendar& calendar) {
  const std::optional<WorkingTime> working = calendar.elapsed(from, to);
  if (!working) return std::nullopt;
  ElapsedExplanation explanation{from, to, *working, named(calendar), {}};
  if (from < to) walk_sessions(Walk(calendar, from, to, explanation.spans));
  return explanation;
}

}  // namespace motcua::core
