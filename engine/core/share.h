#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace motcua::core {

// Rounded half up. Requires whole > 0.
inline std::int64_t basis_points(std::int64_t part, std::int64_t whole) {
  return (part * 10'000 + whole / 2) / whole;
}

// How many of how many.
struct Share {
  std::int64_t part = 0;
  std::int64_t whole = 0;
  bool operator==(const Share&) const = default;
  void add(bool counts) {
    ++whole;
    part += counts ? 1 : 0;
  }
  void add(const Share& other) {
    part += other.part;
    whole += other.whole;
  }
  // Nothing where there is nothing to have a share of.
  std::optional<std::int64_t> bp() const {
    return whole == 0 ? std::nullopt : std::optional(basis_points(part, whole));
  }
};

// Adds member to member of two values that are counts throughout, in the order in which they are described.
template <class Counts>
void add_members(Counts& sum, const Counts& part) {
  std::vector<std::int64_t> values;
  Counts::describe(part, [&](auto, const std::int64_t& value) { values.push_back(value); });
  std::size_t i = 0;
  Counts::describe(sum, [&](auto, std::int64_t& value) { value += values[i++]; });
}

}  // namespace motcua::core
