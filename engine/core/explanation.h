#pragma once

#include <string>
#include <vector>

#include "engine/core/limit.h"
#include "engine/core/value.h"

namespace motcua::core {

// What a stretch of time was, seen by the rule that counted it.
enum class SpanReason {
  session,          // working time
  outside_session,  // before, between or after the sessions of a working day
  working_day,      // a date with a session
  weekly_off,       // a date without one, by the week
  exception,        // a date without one, by an entry of the calendar
  event_day,        // the day of the event, which a limit in days does not count
  after_cutoff,     // at once, but the event came after the cut-off
  after_close,      // at once, but the event came after the day had closed
  clock_time,       // nights and days off included
  not_known         // a date outside the calendar, on which nothing rests
};

// A stretch [from, to) of one local date (of any length for clock_time). `exception` is the calendar's entry
// for that date, if any: what took it off, or gave it its hours.
struct ExplainedSpan {
  Instant from;
  Instant to;
  Date on;
  bool counted = false;
  SpanReason why = SpanReason::session;
  std::optional<CalendarException> exception;
};

// What the calendar said, by name: enough for another program to look it up.
struct ExplainedCalendar {
  std::string id;
  std::string version;
  int offset_minutes = 0;
  WorkingTime nominal_day;
  Date official_until_on;
};

// A due date taken apart. The spans follow each other without a gap from the start to the due instant; there
// are none when there is no due date (due.pending says why).
//  working_hour, by_hours: sessions are counted, and add up to the limit.
//  by_day: one span per date; working days after the event are counted, and are as many as the limit.
//  calendar_day, month: one span per date; all after the event are counted up to due.unrolled_on, which is
//    then rolled over the uncounted ones to due.rolled_on.
//  immediate: one span per date; only the day on which the limit ends is counted.
//  hour: one span; of no length where the limit is 0 hours.
//  by_cutoff: where due.rolled_on names the day of the event, that day is counted, in one span; else the day
//  of
//    the event and the days off after it are skipped, and the sessions from the next opening add up to the
//    limit.
struct Explanation {
  Limit limit;
  Instant start;
  DayEnd day_end = DayEnd::office_close;
  CountingRules rules;
  DueDate due;
  ExplainedCalendar calendar;
  std::vector<Session> due_day_sessions;  // of due.rolled_on: why the day ends when it does
  std::vector<ExplainedSpan> spans;
};

// The derivation of derive_due for the same arguments. Linear in the days it spans.
Explanation explain(const Limit& limit, Instant start, const Calendar& calendar, DayEnd day_end,
                    const CountingRules& rules);

// Working time between two instants, taken apart in the same way.
struct ElapsedExplanation {
  Instant from;
  Instant to;
  WorkingTime working;
  ExplainedCalendar calendar;
  std::vector<ExplainedSpan> spans;  // from `from` to `to`; none when `to` is not after `from`
};

// Nothing past the horizon. Linear in the days it spans.
std::optional<ElapsedExplanation> explain_elapsed(Instant from, Instant to, const Calendar& calendar);

template <>
struct EnumWords<SpanReason> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"session",    "outside_session", "working_day",  "weekly_off",
                                               "exception",  "event_day",       "after_cutoff", "after_close",
                                               "clock_time", "not_known"};
};

}  // namespace motcua::core
