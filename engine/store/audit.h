#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace motcua::store {

// Where an audit stands: first all dossiers, then all rows of their clocks and timers.
struct AuditPlace {
  enum class Walk { dossiers, clocks, timers, done };
  Walk walk = Walk::dossiers;
  std::array<std::int64_t, 6> after{INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN};
};

inline constexpr std::size_t kAuditNamedMax = 20;

// What one slice of it found.
struct AuditSlice {
  AuditPlace next;
  std::int64_t looked = 0;         // dossiers or rows
  std::int64_t unarmed = 0;        // clocks that are owed, and timers that must act, without their row
  std::int64_t astray = 0;         // rows, and states filed for a dossier, that no dossier asks for
  std::vector<std::string> first;  // of both, in words; kAuditNamedMax at most
};

}  // namespace motcua::store
