#include "engine/store/sqlite_audit.h"

#include <algorithm>
#include <string>

#include "engine/store/sqlite_dossiers.h"

namespace motcua::store::sqlite {
namespace {

using Walk = AuditPlace::Walk;

void go_on(AuditSlice& slice, Walk walk) {
  slice.next = AuditPlace{};
  slice.next.walk = walk;
}

}  // namespace

Audit::Audit(Connection& connection, Words& words, StoredReader& stored)
    : words_(words),
      stored_(stored),
      dossiers_(connection, "SELECT key FROM dossier WHERE key > max(?1, 0) ORDER BY key LIMIT ?2"),
      state_(connection,
             "SELECT unicode(CAST(substr(states, 1 + ?2, 1) AS TEXT)) FROM dossier_block WHERE block = ?1"),
      has_clock_(
          connection,
          "SELECT 1 FROM open_clock WHERE view = ?1 AND kind = ?2 AND due = ?3 AND dossier = ?4 AND role "
          "= ?5 AND owing = ?6"),
      has_timer_(connection, "SELECT 1 FROM timer WHERE at = ?1 AND dossier = ?2"),
      clocks_(connection,
              "SELECT view, kind, due, dossier, role, owing FROM open_clock WHERE (view, kind, due, dossier, "
              "role, owing) > (?1, ?2, ?3, ?4, ?5, ?6) ORDER BY view, kind, due, dossier, role, owing LIMIT "
              "?7"),
      timers_(connection,
              "SELECT at, dossier FROM timer WHERE (at, dossier) > (?1, ?2) ORDER BY at, dossier LIMIT ?3") {}

AuditSlice Audit::slice(const AuditPlace& place, int limit) {
  AuditSlice slice;
  slice.next = place;
  held_.reset();
  switch (place.walk) {
    case Walk::dossiers:
      look_at_dossiers(slice, limit);
      break;
    case Walk::clocks:
      look_at_clocks(slice, limit);
      break;
    case Walk::timers:
      look_at_timers(slice, limit);
      break;
    case Walk::done:
      break;
  }
  return slice;
}

const FiledRows* Audit::wanted(std::int64_t dossier) {
  if (held_ && held_key_ == dossier) return &*held_;
  const auto held = stored_.by_key(dossier);
  held_.reset();
  if (!held) return nullptr;
  held_key_ = dossier;
  held_state_ = held->stored.dossier.state;
  held_id_ = held->stored.dossier.id;
  held_ = file_rows(held->stored.dossier, words_, WordUse::look_up);
  return &*held_;
}

void Audit::name(AuditSlice& slice, std::int64_t dossier, std::string_view what) {
  if (slice.first.size() == kAuditNamedMax) return;
  const bool there = held_ && held_key_ == dossier;
  slice.first.push_back("dossier " +
                        (there ? core::to_string(held_id_) : "of key " + std::to_string(dossier)) +
                        std::string(what));
}

void Audit::look_at_dossiers(AuditSlice& slice, int limit) {
  std::vector<std::int64_t> keys;
  {
    Rows rows = dossiers_.rows(slice.next.after[0], limit);
    while (rows.next()) keys.push_back(rows.integer(0));
  }
  for (const std::int64_t key : keys) {
    const FiledRows* filed = wanted(key);
    for (const ClockRow& row : filed->open) {
      const bool there = has_clock_.rows(row.view, row.kind, row.due, key, row.role, row.owing).next();
      if (there) continue;
      ++slice.unarmed;
      name(slice, key, ": a clock that is owed has no row");
    }
    Rows block = state_.rows(key >> kBlockBits, key & (kBlockSize - 1));
    const bool filed_so = block.next() && block.integer(0) == static_cast<std::int64_t>(held_state_);
    if (!filed_so) {
      ++slice.astray;
      name(slice, key, ": it is filed under another state");
    }
    const bool acts = filed->runs_out_at.has_value();
    if (acts && !has_timer_.rows(*filed->runs_out_at, key).next()) {
      ++slice.unarmed;
      name(slice, key, ": its timer has no row");
    }
    slice.next.after[0] = key;
  }
  slice.looked = static_cast<std::int64_t>(keys.size());
  if (slice.looked < limit) go_on(slice, Walk::clocks);
}

void Audit::look_at_clocks(AuditSlice& slice, int limit) {
  const auto& after = slice.next.after;
  std::vector<std::array<std::int64_t, 6>> found;
  {
    Rows rows = clocks_.rows(after[0], after[1], after[2], after[3], after[4], after[5], limit);
    while (rows.next()) {
      auto& row = found.emplace_back();
      for (int column = 0; column < 6; ++column) row[static_cast<std::size_t>(column)] = rows.integer(column);
    }
  }
  for (const auto& row : found) {
    const FiledRows* filed = wanted(row[3]);
    const bool asked =
        filed != nullptr && std::any_of(filed->open.begin(), filed->open.end(), [&](const ClockRow& w) {
          return w.view == row[0] && w.kind == row[1] && w.due == row[2] && w.role == row[4] &&
                 w.owing == row[5];
        });
    if (!asked) {
      ++slice.astray;
      name(slice, row[3], ": a clock's row is there that it does not ask for");
    }
    slice.next.after = row;
  }
  slice.looked = static_cast<std::int64_t>(found.size());
  if (slice.looked < limit) go_on(slice, Walk::timers);
}

void Audit::look_at_timers(AuditSlice& slice, int limit) {
  std::vector<std::pair<std::int64_t, std::int64_t>> found;
  {
    Rows rows = timers_.rows(slice.next.after[0], slice.next.after[1], limit);
    while (rows.next()) found.emplace_back(rows.integer(0), rows.integer(1));
  }
  for (const auto& [at, dossier] : found) {
    const FiledRows* filed = wanted(dossier);
    if (filed == nullptr || filed->runs_out_at != at) {
      ++slice.astray;
      name(slice, dossier, ": a timer's row is there that it does not ask for");
    }
    slice.next.after[0] = at;
    slice.next.after[1] = dossier;
  }
  slice.looked = static_cast<std::int64_t>(found.size());
  if (slice.looked < limit) go_on(slice, Walk::done);
}

}  // namespace motcua::store::sqlite
