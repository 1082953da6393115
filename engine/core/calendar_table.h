#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
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

// A session as the two questions need it. An unused one never begins and adds nothing.
struct DayPart {
  std::int32_t opens_ms = static_cast<std::int32_t>(kDayMs);
  std::int32_t length_ms = 0;
  std::int32_t worked_before_ms = std::numeric_limits<std::int32_t>::max();  // in the parts before this one
  std::int32_t break_before_ms = 0;                                          // since the part before closed
};

// One way of working a day. Days that are worked alike share it, so that all patterns stay in the cache; what
// a day of up to two sessions needs lies in one line of it.
//
// Where in a day a dossier arrives is random, and so is whether that day is worked: a mispredicted branch
// costs more than two sessions do, so the first two are always counted, without one.
struct alignas(64) DayPattern {
  std::int32_t count = 0;
  std::int32_t length_ms = 0;
  std::array<DayPart, kSessionsPerDayMax> parts{};
  std::array<Session, kSessionsPerDayMax> sessions{};

  std::span<const Session> all() const { return {sessions.data(), static_cast<std::size_t>(count)}; }
  // Working time of the day before this moment of it.
  std::int32_t worked_until(std::int32_t moment_ms) const {
    const auto worked_in = [&](const DayPart& part) {
      const std::int32_t inside = moment_ms - part.opens_ms;
      const std::int32_t begun = inside & ~(inside >> 31);  // 0 when it is negative
      return std::min(begun, part.length_ms);
    };
    std::int32_t worked = worked_in(parts[0]) + worked_in(parts[1]);
    for (std::int32_t i = 2; i < count; ++i) worked += worked_in(parts[static_cast<std::size_t>(i)]);
    return worked;
  }
  // The moment at which the millisecond number `worked_ms` of the day's work begins; 0 ≤ worked_ms <
  // length_ms.
  std::int32_t moment_of(std::int32_t worked_ms) const {
    const auto break_before = [&](const DayPart& part) {
      return part.break_before_ms & -static_cast<std::int32_t>(worked_ms >= part.worked_before_ms);
    };
    std::int32_t moment = parts[0].opens_ms + worked_ms + break_before(parts[1]);
    for (std::int32_t i = 2; i < count; ++i) moment += break_before(parts[static_cast<std::size_t>(i)]);
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
// never a search. What the questions read comes first, in two neighbouring lines of the cache.
struct alignas(128) Calendar::Table {
  std::int64_t first_ms = 0;  // midnight of the first known day
  std::int64_t span_ms = 0;   // to the midnight after the last one
  std::int64_t total_ms = 0;  // working time in all
  int bucket_shift = 0;
  std::vector<KnownDay> days;  // one more than there are: the end
  std::vector<DayPattern> patterns;
  std::vector<std::uint32_t> buckets;
  std::vector<WorkingDay> working_days;  // one more than there are: the end
  std::vector<std::uint32_t> counter_patterns;
  CalendarSpec spec;  // merged; id of the last, versions of all

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
