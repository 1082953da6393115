#include "engine/store/sqlite_counts.h"

#include "engine/core/listing.h"

namespace motcua::store::sqlite {

void KeptCounts::set(const OpenByKind& counted) {
  for (std::size_t kind = 0; kind < counted.size(); ++kind) {
    open[kind].store(counted[kind], std::memory_order_relaxed);
  }
  known.store(true, std::memory_order_release);
}

void KeptCounts::add(const OpenByKind& change) {
  for (std::size_t kind = 0; kind < change.size(); ++kind) {
    if (change[kind] != 0) open[kind].fetch_add(change[kind], std::memory_order_relaxed);
  }
}

OpenByKind KeptCounts::open_now() const {
  OpenByKind now{};
  for (std::size_t kind = 0; kind < now.size(); ++kind)
    now[kind] = open[kind].load(std::memory_order_relaxed);
  return now;
}

OpenByKind count_open(Connection& connection) {
  // A row in the view of the agency that owes, which is even, stands for each; one that only keeps a dossier
  // late is owed no more. In the order of the table, so that nothing is sorted.
  Statement statement(
      connection,
      "SELECT kind, count(*) FROM open_clock WHERE view % 2 = 0 AND role & 3 <> ?1 GROUP BY view, kind");
  OpenByKind counted{};
  Rows rows = statement.rows(static_cast<int>(core::ListRole::late_only));
  while (rows.next()) counted[static_cast<std::size_t>(rows.integer(0))] += rows.integer(1);
  return counted;
}

}  // namespace motcua::store::sqlite
