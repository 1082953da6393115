#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace motcua::run {

// Counts what is measured into fixed buckets, as Prometheus reads them. Any thread.
template <std::size_t N>
class Histogram {
 public:
  constexpr explicit Histogram(const std::array<double, N>& bounds) : bounds_(bounds) {}

  void add(double value) {
    std::size_t i = 0;
    while (i < N && value > bounds_[i]) ++i;
    counts_[i].fetch_add(1, std::memory_order_relaxed);
    sum_micro_.fetch_add(static_cast<std::uint64_t>(value * 1e6), std::memory_order_relaxed);
  }
  std::span<const double> bounds() const { return bounds_; }
  // Of bucket i alone; i = N is what lies above the last bound.
  std::uint64_t count(std::size_t i) const { return counts_[i].load(std::memory_order_relaxed); }
  double sum() const { return static_cast<double>(sum_micro_.load(std::memory_order_relaxed)) / 1e6; }

 private:
  std::array<double, N> bounds_;
  std::array<std::atomic<std::uint64_t>, N + 1> counts_{};
  std::atomic<std::uint64_t> sum_micro_ = 0;
};

inline constexpr std::array<double, 12> kSecondsBounds = {0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                          0.025,   0.05,   0.1,   0.25,   1,     5};
inline constexpr std::array<double, 9> kGroupBounds = {1, 2, 4, 8, 16, 32, 64, 128, 256};

// What the writer did since the process started.
struct EngineMetrics {
  std::atomic<std::uint64_t> committed = 0;
  std::atomic<std::uint64_t> rejected = 0;
  std::atomic<std::uint64_t> replayed = 0;
  std::atomic<std::uint64_t> refused_busy = 0;
  std::atomic<std::uint64_t> conflicts_decided_again = 0;
  std::atomic<std::uint64_t> run_out = 0;
  std::atomic<std::uint64_t> derived_again = 0;
  std::atomic<std::uint64_t> alerts_fired = 0;
  std::atomic<std::int64_t> next_rung_ms = std::numeric_limits<std::int64_t>::max();  // which fires next
  std::atomic<std::int64_t> queue_depth = 0;
  Histogram<12> commit_seconds{kSecondsBounds};
  Histogram<12> sync_seconds{kSecondsBounds};
  Histogram<9> group_size{kGroupBounds};
};

}  // namespace motcua::run
