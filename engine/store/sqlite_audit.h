#pragma once

#include <optional>

#include "engine/store/audit.h"
#include "engine/store/sqlite_rows.h"
#include "engine/store/sqlite_stored.h"

namespace motcua::store::sqlite {

// Holds the rows by which dossiers and clocks are found against the dossiers: every clock that is owed has
// its row, and every row a clock that is owed; each dossier is filed by its state, by which the open ones are
// found.
class Audit {
 public:
  Audit(Connection& connection, Words& words, StoredReader& stored);
  AuditSlice slice(const AuditPlace& place, int limit);

 private:
  void look_at_dossiers(AuditSlice& slice, int limit);
  void look_at_clocks(AuditSlice& slice, int limit);
  void look_at_timers(AuditSlice& slice, int limit);
  // By name, of the dossier looked at last; where it is none, by its key.
  void name(AuditSlice& slice, std::int64_t dossier, std::string_view what);
  // What is to be filed for a dossier; the last one is kept, as its rows often lie together.
  const FiledRows* wanted(std::int64_t dossier);

  Words& words_;
  StoredReader& stored_;
  Statement dossiers_, state_, has_clock_, has_timer_, clocks_, timers_;
  std::int64_t held_key_ = 0;
  core::Uuid held_id_;
  core::DossierState held_state_ = core::DossierState::submitted;
  std::optional<FiledRows> held_;
};

}  // namespace motcua::store::sqlite
