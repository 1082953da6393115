#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "engine/core/dossier.h"

namespace motcua::core {

// The rows by which a store finds dossiers by their clocks: pure functions of a dossier, so that they can be
// rebuilt and compared. What closed never changes again; what is open is replaced by each event.

// Keys in place of a due instant. They order after every instant.
inline constexpr std::int64_t kDueUntimed = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t kDuePending = kDueUntimed - 1;

// In which lists an open row stands. After a restart a late dossier has two: one that keeps it late, one that
// is due soon.
enum class ListRole { late_and_due, late_only, due_only };

// A clock that is owed now. Lateness brings two duties, which hang on the settlement's rows while the dossier
// is open: the explanation and the apology (core/duties.cpp). After its end one row of the kind explanation
// keeps the place of the first due that was missed, until both are done.
struct OpenRow {
  ClockKind kind = ClockKind::acceptance;
  std::int64_t due = 0;  // ms, or kDueUntimed, kDuePending
  ListRole role = ListRole::late_and_due;
  Instant from;  // when it began to be owed
  Code agency;
  bool explained = false;  // of the settlement, and after the end
  bool apologised = false;
  auto operator<=>(const OpenRow&) const = default;
};

// A stretch of a clock that is over: it was running from `from` until `to`.
struct ClosedRow {
  ClockKind kind = ClockKind::acceptance;
  std::int64_t due = 0;
  Instant from;
  Instant to;
  Code agency;
  auto operator<=>(const ClosedRow&) const = default;
};

// An interval that is over in which the dossier stood in the late list (or, with `untimed`, in the untimed
// list): late at every instant t with from < t < to; untimed at from ≤ t < to.
struct StandingRow {
  ClockKind kind = ClockKind::settlement;
  bool untimed = false;
  Instant from;  // late: the due instant it missed
  Instant to;
  Code agency;
  auto operator<=>(const StandingRow&) const = default;
};

struct ListRows {
  std::vector<OpenRow> open;  // each vector sorted
  std::vector<ClosedRow> closed;
  std::vector<StandingRow> standing;
  bool rederive = false;  // holds a date that is pending or provisional on a running clock
};

ListRows list_rows(const Dossier& dossier);

// The due under which a dossier that is late at `at` stands in the late list.
std::optional<Instant> late_since(const Dossier& dossier, Instant at);
// Whether what lateness brings was done: explanation, apology (a re-appointment that moved no date is one).
bool duty_done(const Dossier& dossier, ClockKind duty);

// Whether closed stretches of this clock are listed, so that what was due soon at a past instant is known.
bool keeps_past(ClockKind kind);

// What a list may ask of a dossier beside its state and parties: who holds it and how its clocks stand at one
// instant. What is absent asks nothing.
struct StandingQuery {
  Instant at;  // not before the last event
  Code holder;
  Code holder_officer;
  std::optional<ClockKind> clock;  // its last term runs: not over, not paused, and still owed
  std::optional<bool> late;        // Dossier::late_at
  std::optional<bool> paused;      // Dossier::suspended
  // due_from <= due < due_before of the clock, where none is named of the settlement; it must run.
  std::optional<Instant> due_from;
  std::optional<Instant> due_before;

  bool asks() const;
  // The clock that must run for a dossier to fit; nothing when none need.
  std::optional<ClockKind> running() const;
  // Only a dossier that is not over can fit.
  bool open_only() const { return running() || paused == true; }
};
bool fits(const Dossier& dossier, const StandingQuery& query);

}  // namespace motcua::core
