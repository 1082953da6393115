#include "engine/store/alert.h"

#include <algorithm>

namespace motcua::store {

void summarise(Alert& alert) {
  const auto any = [&](AlertState state) {
    return std::any_of(alert.recipients.begin(), alert.recipients.end(),
                       [&](const AlertRecipient& one) { return one.state == state; });
  };
  for (const AlertState state : {AlertState::acknowledged, AlertState::closed, AlertState::snoozed,
                                 AlertState::open, AlertState::escalated}) {
    if (any(state)) alert.state = state;
  }
  std::optional<core::Instant> next;
  for (const AlertRecipient& one : alert.recipients) {
    if (waits(one.state)) next = next ? std::min(*next, one.review_at) : one.review_at;
  }
  alert.review_at = next.value_or(alert.review_at);
}

bool fits(const Alert& alert, const AlertQuery& query) {
  if (query.severity && alert.severity != *query.severity) return false;
  if (query.clock && alert.clock != *query.clock) return false;
  if (query.dossier && alert.dossier != *query.dossier) return false;
  const auto asked = [&](AlertState state) {
    return std::find(query.states.begin(), query.states.end(), state) != query.states.end();
  };
  const auto of_one = [&](const core::Code& agency) {
    return query.agencies.empty() ||
           std::find(query.agencies.begin(), query.agencies.end(), agency) != query.agencies.end();
  };
  if (query.agencies.empty() && query.unit.empty() && query.officer.empty()) return asked(alert.state);
  return std::any_of(alert.recipients.begin(), alert.recipients.end(), [&](const AlertRecipient& one) {
    return of_one(one.agency) && (query.unit.empty() || one.unit == query.unit) &&
           (query.officer.empty() || one.officer == query.officer) && asked(one.state);
  });
}

}  // namespace motcua::store
