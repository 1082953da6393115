#include "engine/store/sqlite_duty_rows.h"

#include <algorithm>

#include "engine/core/listing.h"

namespace motcua::store::sqlite {
namespace {

constexpr int kSettlement = static_cast<int>(core::ClockKind::settlement);
constexpr int kExplanation = static_cast<int>(core::ClockKind::explanation);

}  // namespace

DutyFiler::DutyFiler(Connection& connection, Words& words, StoredReader& stored)
    : words_(words),
      stored_(stored),
      late_(connection, "SELECT dossier FROM standing WHERE view = ?1 AND kind = ?2 AND due < ?3"),
      open_(connection, "SELECT dossier FROM open_clock WHERE view = ?1 AND kind = ?2"),
      add_(connection, "INSERT OR IGNORE INTO open_clock VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
      remove_(connection,
              "DELETE FROM open_clock WHERE view = ?1 AND kind = ?2 AND due = ?3 AND dossier = ?4 AND role = "
              "?5 AND owing = ?6") {}

std::vector<std::int64_t> DutyFiler::dossiers() {
  std::vector<std::int64_t> keys;
  const auto take = [&keys](Rows rows) {
    while (rows.next()) keys.push_back(rows.integer(0));
  };
  take(late_.rows(kViewOfAll, kSettlement, core::kDuePending));
  for (const std::int64_t agency : words_.agencies()) take(open_.rows(owing_view(agency), kSettlement));
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

void DutyFiler::file(std::int64_t dossier) {
  const auto held = stored_.by_key(dossier);
  if (!held) return;
  const core::Dossier& read = held->stored.dossier;
  for (const ClockRow& row : file_rows(read, words_, WordUse::look_up).open) {
    const bool marked = (row.role & ~kRoleMask) != 0;
    const bool was_moved = row.kind == kSettlement && read.reappointment;
    if (!marked && !was_moved && row.kind != kExplanation) continue;
    const std::int64_t role = row.role & kRoleMask;
    for (const std::int64_t marks : {std::int64_t{0}, kExplained, kApologised, kExplained | kApologised}) {
      const std::int64_t other = role | marks;
      if (other != row.role) remove_.run(row.view, row.kind, row.due, dossier, other, row.owing);
    }
    add_.run(row.view, row.kind, row.due, dossier, row.role, row.from_at, row.owing, row.procedure);
  }
}

}  // namespace motcua::store::sqlite
