#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/calendar.h"

// What a calendar is made of inside; for the calendar's own sources only.
namespace motcua::core {

// A chain read as one spec: whatever a child states replaces what its ancestors stated, exceptions date by
// date. Members that nobody stated stay empty.
CalendarSpec merge_chain(std::span<const CalendarSpec> chain);

// One way of working a day. Days that are worked alike share it, so that all patterns stay in the cache.
struct DayPattern {
  std::int32_t count = 0;
  std::int32_t length_ms = 0;
  std::array<Session, kSessionsPerDayMax> sessions{};
  std::array<std::int32_t, kSessionsPerDayMax> worked_before_ms{};  // in the sessions before this one
  std::array<std::int32_t, kSessionsPerDayMax>
      break_before_ms{};  // between the previous session and this one

  std::span<const Session> all() const { return {sessions.data(), static_cast<std::size_t>(count)}; }
  // Working time of the day before this moment of it. Without branches: where in a day a dossier arrives is
  // random, and a mispredicted branch costs more than the other session.
  std::int32_t worked_until(std::int32_t moment_ms) const {
    std::int32_t worked = 0;
    for (std::int32_t i = 0; i < count; ++i) {
      const std::int32_t length = sessions[i].closes_ms - sessions[i].opens_ms;
      const std::int32_t inside = moment_ms - sessions[i].opens_ms;
      worked += inside < 0 ? 0 : inside > length ? length : inside;
    }
    return worked;
  }
  // The moment at which the millisecond number `worked_ms` of the day's work begins; 0 ≤ worked_ms <
  // length_ms.
  std::int32_t moment_of(std::int32_t worked_ms) const {
    std::int32_t moment = sessions[0].opens_ms + worked_ms;
    for (std::int32_t i = 1; i < count; ++i) {
      moment += worked_ms >= worked_before_ms[i] ? break_before_ms[i] : 0;
    }
    return moment;
  }
};

struct KnownDay {
  std::int64_t worked_before_ms = 0;  // from the first known day to this midnight
  std::uint32_t working_days_before = 0;
  std::uint32_t pattern = 0;
};

struct WorkingDay {
  std::int64_t worked_before_ms = 0;
  std::uint32_t day = 0;  // counted from the first known day
  std::uint32_t pattern = 0;
};

// `days` leads from an instant to working time, `buckets` and `working_days` back. A bucket is a power of two
// no wider than the shortest working day, so the day sought is the one noted for its bucket or the next:
// never a search.
struct Calendar::Table {
  CalendarSpec spec;          // merged; id of the last, versions of all
  std::int64_t first_ms = 0;  // midnight of the first known day
  std::int64_t span_ms = 0;   // to the midnight after the last one
  std::int64_t total_ms = 0;  // working time in all
  int bucket_shift = 0;
  std::vector<DayPattern> patterns;
  std::vector<KnownDay> days;            // one more than there are: the end
  std::vector<WorkingDay> working_days;  // one more than there are: the end
  std::vector<std::uint32_t> buckets;
  std::vector<std::uint32_t> counter_patterns;

  void append_day(Date date);
  void fill_buckets();
  // The day's number; requires that it is known.
  std::size_t index(Date date) const { return static_cast<std::size_t>(date - *spec.first_on); }
  const DayPattern& pattern(Date date) const { return patterns[days[index(date)].pattern]; }
  // Working time from the first known day to this instant; -1 when it is not known.
  std::int64_t worked_until(Instant at) const;
  // The instant at which the millisecond number `worked_ms` of all work begins; 0 ≤ worked_ms < total_ms.
  std::int64_t instant_of(std::int64_t worked_ms) const;
  // How many working days there are up to the end of this one; nothing when it is not known.
  std::optional<std::int64_t> working_days_until(Date date) const;
};

}  // namespace motcua::core
