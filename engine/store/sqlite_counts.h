#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "engine/core/dossier.h"
#include "engine/store/sqlite_db.h"

namespace motcua::store::sqlite {

using OpenByKind = std::array<std::int64_t, core::kClockKinds>;

// What the writer counts of its own work, so that nobody has to count rows: for metrics, read by any thread.
// It holds because one process writes a database. `known` once the writer has counted the rows that it found,
// which it does before its first work and not before the service can be read.
struct KeptCounts {
  std::atomic<bool> known{false};
  std::array<std::atomic<std::int64_t>, core::kClockKinds> open{};
  std::atomic<std::uint64_t> wal_pages{0};

  void set(const OpenByKind& counted);
  void add(const OpenByKind& change);
  OpenByKind open_now() const;
};

// The clocks that are owed now, by a look at every row.
OpenByKind count_open(Connection& connection);

}  // namespace motcua::store::sqlite
