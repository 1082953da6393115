#include "engine/core/calendar.h"

#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "tests/support/calendars.h"

// What one `add` costs. Each start depends on the result before, so that a figure is the time until an answer
// is there and not the rate at which independent questions overlap.
namespace motcua::core {
namespace {

constexpr WorkingTime kOneHour{kHourMs};
constexpr WorkingTime kThreeYears{3 * 250 * 8 * kHourMs};
constexpr std::size_t kStarts = 1 << 16;

const Calendar& calendar() {
  static const auto shipped = test::public_sector(test::hours_b());
  return *shipped;
}

void add(benchmark::State& state, const std::vector<Instant>& starts, WorkingTime length) {
  std::size_t i = 0;
  for (auto _ : state) {
    const std::optional<Instant> due = calendar().add(starts[i], length);
    benchmark::DoNotOptimize(due);
    i = (i + 1 + static_cast<std::size_t>(due ? due->ms & 1 : 0)) % starts.size();
  }
  state.counters["length_hours"] = static_cast<double>(length.ms / kHourMs);
}

// One morning of one office.
void add_warm(benchmark::State& state, WorkingTime length) {
  std::vector<Instant> starts;
  for (int i = 0; i < 64; ++i) starts.push_back(test::vn("2023-08-10 08:00") + ClockTime{i * 61'001});
  add(state, starts, length);
}

// Anywhere in the years from which the length still ends inside the calendar.
void add_cold(benchmark::State& state, WorkingTime length, int years) {
  std::mt19937_64 random(7);
  std::vector<Instant> starts;
  for (std::size_t i = 0; i < kStarts; ++i) {
    starts.push_back(test::random_instant(random, 2020 + static_cast<int>(i) % years));
  }
  add(state, starts, length);
}

void elapsed_cold(benchmark::State& state) {
  std::mt19937_64 random(8);
  std::vector<Instant> instants;
  for (std::size_t i = 0; i < kStarts; ++i) {
    instants.push_back(test::random_instant(random, 2020 + static_cast<int>(i % 7)));
  }
  std::size_t i = 0;
  for (auto _ : state) {
    const auto worked = calendar().elapsed(instants[i], instants[kStarts - 1 - i]);
    benchmark::DoNotOptimize(worked);
    i = (i + 1 + static_cast<std::size_t>(worked ? worked->ms & 1 : 0)) % kStarts;
  }
}

BENCHMARK_CAPTURE(add_warm, one_hour, kOneHour);
BENCHMARK_CAPTURE(add_warm, three_years, kThreeYears);
BENCHMARK_CAPTURE(add_cold, one_hour, kOneHour, 7);
BENCHMARK_CAPTURE(add_cold, one_hour_same_starts, kOneHour, 4);
BENCHMARK_CAPTURE(add_cold, three_years, kThreeYears, 4);
BENCHMARK(elapsed_cold);

}  // namespace
}  // namespace motcua::core

BENCHMARK_MAIN();
