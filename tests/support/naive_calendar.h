#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

// An oracle of working time, written from the specification alone: it keeps a list of days and walks it from
// the first one, with a civil calendar of its own. Slow and plain on purpose; it shares no code with the
// engine.
namespace motcua::test {

struct Civil {
  int year = 0;
  int month = 0;
  int day = 0;
  auto operator<=>(const Civil&) const = default;
};

// Minutes since midnight, half-open.
struct Stretch {
  int opens = 0;
  int closes = 0;
  bool operator==(const Stretch&) const = default;
};

using Stretches = std::vector<Stretch>;

// Weekdays off in the public sector and Saturdays worked, 2020 to 2026, copied from the law's page by hand.
const std::vector<Civil>& holidays();
const std::vector<Civil>& worked_saturdays();

// Hours A = 07:30–11:30, 13:00–17:00; B = 07:00–11:30, 13:30–17:00.
Stretches hours_a();
Stretches hours_b();

struct NaiveDay {
  Civil on;
  int weekday = 0;  // 0 = Monday
  std::int64_t midnight_ms = 0;
  Stretches stretches;
};

class NaiveCalendar {
 public:
  // Monday to Friday with these hours, from 01/01/2020 to the last day, in Vietnam time; `own` replaces a
  // day's hours.
  NaiveCalendar(Stretches hours, std::map<Civil, Stretches> own, Civil last);
  // Hours B or A with every holiday and worked Saturday of the table, to 31/01/2027, 1/1/2027 off.
  static NaiveCalendar public_sector(Stretches hours);

  const std::vector<NaiveDay>& days() const { return days_; }

  // Instants and durations in ms; nothing when the walk leaves the list.
  std::optional<std::int64_t> add(std::int64_t start, std::int64_t length) const;
  std::optional<std::int64_t> elapsed(std::int64_t from, std::int64_t to) const;
  std::optional<std::int64_t> working_days(std::int64_t start, std::int64_t count) const;
  std::optional<std::int64_t> calendar_days(std::int64_t start, int count, bool to_midnight) const;
  std::optional<std::int64_t> months(std::int64_t start, int count) const;
  std::optional<std::int64_t> immediate(std::int64_t start) const;
  std::optional<std::int64_t> by_cutoff(std::int64_t start, int hours) const;  // 15:00

 private:
  std::optional<std::size_t> day_at(std::int64_t instant) const;
  std::optional<std::int64_t> close_from(std::size_t day, bool to_midnight) const;

  std::vector<NaiveDay> days_;
};

}  // namespace motcua::test
