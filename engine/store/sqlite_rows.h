#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/listing.h"
#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_words.h"

// The rows by which dossiers are found by their clocks: what core::list_rows says, filed under every agency
// that takes part. schema/sqlite/001_first.sql describes the tables.
namespace motcua::store::sqlite {

// One row of open_clock, closed_clock or standing; what a table has no column for stays 0.
struct ClockRow {
  std::int64_t view = 0;
  std::int64_t kind = 0;
  std::int64_t node = 0;
  std::int64_t due = 0;
  std::int64_t role = 0;
  std::int64_t from_at = 0;
  std::int64_t to_at = 0;
  std::int64_t owing = 0;
  std::int64_t procedure = 0;
  auto operator<=>(const ClockRow&) const = default;
};

// Everything filed for one dossier; the vectors sorted.
struct FiledRows {
  std::vector<ClockRow> open, closed, standing;
  std::optional<std::int64_t> runs_out_at;
  bool rederive = false;
};

// The column `role` of open_clock: a core::ListRole, and which duties of lateness are done.
inline constexpr std::int64_t kRoleMask = 3;
inline constexpr std::int64_t kExplained = 4;
inline constexpr std::int64_t kApologised = 8;

enum class WordUse { look_up, intern };
FiledRows file_rows(const core::Dossier& dossier, Words& words, WordUse use);

inline constexpr std::int64_t kViewOfAll = 0;
constexpr std::int64_t owing_view(std::int64_t agency) { return 2 * agency; }
constexpr std::int64_t watching_view(std::int64_t agency) { return 2 * agency + 1; }

// Time as a binary tree: its leaves are 2^31 ms (25 days) long, and a node of level n is 2^n leaves.
// An interval is cut into the fewest nodes that cover it, from one per interval to two per level. Shorter
// leaves would mean more rows to write; longer ones more rows to pass over, that ended in the same leaf.
inline constexpr int kStandingLevels = 12;
std::int64_t standing_node(int level, std::int64_t instant_ms);
std::vector<std::int64_t> standing_cover(std::int64_t from_ms, std::int64_t to_ms);

// Writes the difference between what was filed for a dossier and what is to be.
class RowFiler {
 public:
  explicit RowFiler(Connection& connection);
  void refile(std::int64_t dossier, const FiledRows& before, const FiledRows& after);

 private:
  struct Table {
    Statement add, remove;
    void refile(std::int64_t dossier, const std::vector<ClockRow>& before,
                const std::vector<ClockRow>& after);
  };
  Table open_, closed_, standing_;
  Statement arm_, disarm_, mark_, unmark_;
};

}  // namespace motcua::store::sqlite
