#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/core/time.h"
#include "engine/store/sqlite_db.h"

namespace motcua::store::sqlite {

// A row of `late_end`: that a dossier ended late, by the event at `position`.
struct LateEndRow {
  std::int64_t position = 0;
  std::int64_t dossier = 0;
  core::Instant occurred_at;   // of the event
  std::int64_t competent = 0;  // a word
  std::int64_t unit = 0;       // a word; 0: none
  core::Instant missed_since;
};

// How many rows of a month (of occurred_at, in Vietnam) were written, and the sum of their digests, modulo
// 2^64: what a row that is lost, doubled or another is noticed by. Order does not matter to it.
struct LateSum {
  std::int64_t rows = 0;
  std::uint64_t digests = 0;
  bool operator==(const LateSum&) const = default;
  void add(const LateEndRow& row);
};

// Writes rows and, once for a group, the sums of their months, which stand in `meta`.
class LateEndWriter {
 public:
  explicit LateEndWriter(Connection& connection);
  void add(const LateEndRow& row);
  // At the end of the group, in its transaction.
  void finish_group();
  // Of a group that is rolled back.
  void drop_group() { added_.clear(); }

 private:
  Statement add_, sum_, set_sum_;
  std::map<std::string, LateSum> added_;  // by month
};

// The sums made anew of the rows that are there: after these were made of the events.
void renew_late_sums(Connection& connection);

// The months of `first` ("2026-07") or later whose rows are not those that were written, in order.
// `from_position`: no event of `first` or later is recorded before it.
std::vector<std::string> unsound_late_months(Connection& connection, std::int64_t from_position,
                                             const std::string& first);

}  // namespace motcua::store::sqlite
