#pragma once

#include <optional>

#include "engine/run/definitions.h"
#include "engine/store/store.h"

// The lists of what lateness brings: who owes an explanation or an apology (giải trình, xin lỗi). What was
// owed at a past instant is not kept.
namespace motcua::api {

constexpr bool is_duty(core::ClockKind clock) {
  return clock == core::ClockKind::explanation || clock == core::ClockKind::apology;
}

// late: missed and not done yet; due_soon, of the explanation alone: within its term, which ends by `until`.
// A dossier is late before its explanation is due, and after its apology was.
store::DutyQuery duty_query(const run::Definitions& definitions, core::ClockKind duty,
                            const store::ListQuery& query);
// The duty's own due.
std::optional<core::Instant> duty_due(const run::Definitions& definitions, const core::Dossier& dossier,
                                      core::ClockKind duty, core::Instant at);

}  // namespace motcua::api
