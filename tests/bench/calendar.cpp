#include "engine/core/calendar.h"

#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "tests/support/calendars.h"

// What one `add` costs. Each question depends on the answer before, so that a figure is the time until an
// answer is there and not the rate at which independent questions overlap.
namespace motcua::core {
namespace {

constexpr WorkingTime kOneHour{kHourMs};
constexpr WorkingTime kThreeYears{3 * 250 * 8 * kHourMs};
constexpr std::size_t kStarts = 1 << 16;

using Calendars = std::vector<std::shared_ptr<const Calendar>>;

// Copies of the shipped kind of calendar; `count` is a power of two.
Calendars calendars(std::size_t count) {
  Calendars all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(test::public_sector(test::hours_b()));
  return all;
}

// Anywhere in the first years, from which three years still end inside the calendar.
std::vector<Instant> random_starts(int years) {
  std::mt19937_64 random(7);
  std::vector<Instant> starts;
  for (std::size_t i = 0; i < kStarts; ++i) {
    starts.push_back(test::random_instant(random, 2020 + static_cast<int>(i) % years));
  }
  return starts;
}

// One question after the other, each at the next start. Their number is a power of two, as is that of
// calendars: a division would be measured too.
template <class NextCalendar>
void add(benchmark::State& state, const std::vector<Instant>& starts, WorkingTime length,
         NextCalendar&& next) {
  std::size_t i = 0;
  for (auto _ : state) {
    const std::optional<Instant> due = next(i).add(starts[i & (starts.size() - 1)], length);
    i += 1 + static_cast<std::size_t>(due ? due->ms >> 62 : 0);
  }
  benchmark::DoNotOptimize(i);
  state.counters["length_hours"] = static_cast<double>(length.ms / kHourMs);
}

void add_to_one(benchmark::State& state, const std::vector<Instant>& starts, WorkingTime length) {
  const auto calendar = test::public_sector(test::hours_b());
  add(state, starts, length, [asked = calendar.get()](std::size_t) -> const Calendar& { return *asked; });
}

void add_to_any(benchmark::State& state, std::size_t count, WorkingTime length) {
  const Calendars all = calendars(count);
  add(state, random_starts(4), length,
      [&](std::size_t i) -> const Calendar& { return *all[i & (all.size() - 1)]; });
}

// One morning of one office: table and branches are known to the processor.
void add_warm(benchmark::State& state, WorkingTime length) {
  std::vector<Instant> starts;
  for (int i = 0; i < 64; ++i) starts.push_back(test::vn("2023-08-10 08:00") + ClockTime{i * 61'001});
  add_to_one(state, starts, length);
}

// Anywhere in the table, which lies in the near caches.
void add_anywhere(benchmark::State& state, WorkingTime length) {
  add_to_one(state, random_starts(4), length);
}

// Anywhere in one of so many calendars (some 6 MB) that the near caches have lost what an answer reads, as
// after the process has done something else for a while.
void add_cold(benchmark::State& state, WorkingTime length) { add_to_any(state, 64, length); }

// So many (some 100 MB) that every step of an answer waits for memory and for its address: no process has
// them, it shows what the worst answer costs.
void add_from_memory(benchmark::State& state, WorkingTime length) { add_to_any(state, 1024, length); }

void elapsed_anywhere(benchmark::State& state) {
  const Calendars one = calendars(1);
  const std::vector<Instant> instants = random_starts(7);
  std::size_t i = 0;
  for (auto _ : state) {
    const auto worked = one[0]->elapsed(instants[i & (kStarts - 1)], instants[~i & (kStarts - 1)]);
    i += 1 + static_cast<std::size_t>(worked ? worked->ms >> 62 : 0);
  }
  benchmark::DoNotOptimize(i);
}

BENCHMARK_CAPTURE(add_warm, one_hour, kOneHour);
BENCHMARK_CAPTURE(add_warm, three_years, kThreeYears);
BENCHMARK_CAPTURE(add_anywhere, one_hour, kOneHour);
BENCHMARK_CAPTURE(add_anywhere, three_years, kThreeYears);
BENCHMARK_CAPTURE(add_cold, one_hour, kOneHour);
BENCHMARK_CAPTURE(add_cold, three_years, kThreeYears);
BENCHMARK_CAPTURE(add_from_memory, one_hour, kOneHour);
BENCHMARK_CAPTURE(add_from_memory, three_years, kThreeYears);
BENCHMARK(elapsed_anywhere);

}  // namespace
}  // namespace motcua::core

BENCHMARK_MAIN();
