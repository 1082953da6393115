#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/calendar.h"
#include "engine/core/stint.h"
#include "engine/core/terms.h"

namespace motcua::core {

// Why a stretch of a running term is over while the term goes on.
enum class StretchEnd { suspended, extended, reappointed, corrected };
template <>
struct EnumWords<StretchEnd> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"suspended", "extended", "reappointed", "corrected"};
};

// A stretch of a term that is over: it ran in [from, to) with one due date, which the next stretch moved.
struct Stretch {
  Instant from;
  Instant to;
  DueDate due;
  std::optional<WorkingTime> delay;  // past its due, as counted when it ended
  StretchEnd end = StretchEnd::suspended;
  Code ground;                     // of a suspension or an extension
  std::optional<Limit> by;         // how much an extension added
  std::vector<DelayShare> shares;  // of its delay; sum to it in seconds, rounded up
  bool operator==(const Stretch&) const = default;

  bool missed_at(Instant at) const { return due.at && std::min(at, to) > *due.at; }

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("from", self.from);
    visit("to", self.to);
    visit("due", self.due);
    visit("delay", self.delay);
    visit("end", self.end);
    visit("ground", self.ground);
    visit("by", self.by);
    visit("shares", self.shares);
  }
};

// One term of one legal clock, with the date that was decided for it. A change of its date closes one stretch
// and opens the next; a restart opens the next term; a term that has ended never changes again.
struct LegalClock {
  enum class Course { open, paused, ended, voided };

  ClockKind kind = ClockKind::acceptance;
  std::uint32_t term = 1;  // counts per kind
  Course course = Course::open;
  Code agency;  // that owes it
  Code rule;
  Instant started_at;
  std::optional<Instant> ended_at;  // also the instant of a pause or a void
  Limit limit;
  DayEnd day_end = DayEnd::office_close;
  DueDate due;  // of the present stretch
  Code calendar;
  Code calendar_version;             // with which `due` was derived
  std::optional<WorkingTime> delay;  // of a present stretch that ended late, as counted when it ended
  bool recorded_late = false;        // done in time, but entered after the due instant
  std::vector<Stretch> earlier;
  std::optional<Instant> resumed_at;  // when the present stretch began; nothing: at started_at
  Code of;                            // the step that it counts
  std::vector<DelayShare> shares;     // of `delay`, as attributed when it ended; settlement only
  bool operator==(const LegalClock&) const = default;

  bool running() const { return course == Course::open; }
  // When the present stretch began.
  Instant from() const { return resumed_at.value_or(started_at); }
  // A due instant has passed at `at` while the duty was owed (LAW: strictly after).
  bool missed_at(Instant at) const;
  // The first due instant that was missed by then.
  std::optional<Instant> missed_since(Instant at) const;
  ClockState state_at(Instant at) const;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("kind", self.kind);
    visit("term", self.term);
    visit("course", self.course);
    visit("agency", self.agency);
    visit("rule", self.rule);
    visit("started_at", self.started_at);
    visit("ended_at", self.ended_at);
    visit("limit", self.limit);
    visit("day_end", self.day_end);
    visit("due", self.due);
    visit("calendar", self.calendar);
    visit("calendar_version", self.calendar_version);
    visit("delay", self.delay);
    visit("recorded_late", self.recorded_late);
    visit("earlier", self.earlier);
    visit("resumed_at", self.resumed_at);
    visit("of", self.of);
    visit("shares", self.shares);
  }
};
template <>
struct EnumWords<LegalClock::Course> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"open", "paused", "ended", "void"};
};

}  // namespace motcua::core
