#include "engine/run/alert_keeper.h"

#include <algorithm>

#include "engine/core/rejecting.h"
#include "engine/run/code_blocks.h"
#include "engine/run/seal.h"

namespace motcua::run {
namespace {

using store::AlertState;

constexpr int kActAttemptsMax = 3;
constexpr core::ClockTime kSnoozeMax{7 * core::kDayMs};

// One whom the alert was for, or who may act for one that day; where it was for an agency as a whole, any of
// its officers.
bool may_answer(const Definitions& definitions, const store::Alert& alert, const core::Code& officer,
                core::Date on) {
  return std::any_of(alert.recipients.begin(), alert.recipients.end(), [&](const core::Recipient& one) {
    const core::Agency* agency = definitions.agency(one.agency);
    if (agency == nullptr) return false;
    if (one.officer.empty()) return agency->officer(officer) != nullptr;
    const core::Officer* asked = agency->officer(one.officer);
    return one.officer == officer || (asked != nullptr && asked->is_or_has_deputy(officer, on));
  });
}

}  // namespace

std::optional<core::Rejection> AlertKeeper::hindrance(const Definitions& definitions, const AlertOrder& order,
                                                      const store::Alert& alert, const core::Dossier& dossier,
                                                      core::Instant now) const {
  if (alert.state == AlertState::acknowledged || alert.state == AlertState::closed ||
      !still_owed(alert, dossier, now)) {
    return core::conflict("alert_over", core::expected("an alert that waits for somebody",
                                                       alert.state == AlertState::acknowledged
                                                           ? "it was acknowledged before"
                                                           : "what it warned of is no longer owed"));
  }
  if (order.reason && dossier.erased_at) {
    return core::conflict("dossier_erased", core::expected("a dossier of which something is known",
                                                           "what was typed of it was erased"));
  }
  const core::Date on = core::local_date(now, core::kVietnamOffsetMinutes);
  if (!may_answer(definitions, alert, order.officer, on)) {
    return core::conflict("not_recipient", core::expected("an officer whom the alert was for, or a deputy",
                                                          order.officer.text + " is none"));
  }
  if (!order.until) return std::nullopt;
  if (*order.until <= now || *order.until > now + kSnoozeMax) {
    return core::invalid("#/until", "snooze_out_of_range",
                         core::expected("an instant within the next seven days", "it is another"));
  }
  if (alert.due_at && *order.until > *alert.due_at) {
    return core::invalid("#/until", "past_due",
                         core::expected("an instant up to the due", "by then it would be late unseen"));
  }
  return std::nullopt;
}

BlockAnswer AlertKeeper::keep(const Definitions& definitions, const AlertOrder& order) {
  for (int attempt = 0; attempt < kActAttemptsMax; ++attempt) {
    if (auto before = answered_before(store_, order.key)) return *before;
    const core::Instant now = clock_.now();
    const auto reader = store_.reader();
    const auto alert = reader->alert(order.alert);
    const auto stored = alert ? reader->find(order.scope, alert->dossier) : std::nullopt;
    if (!stored) return Refused{Refused::Why::not_found, 0};
    if (auto wrong = hindrance(definitions, order, *alert, stored->dossier, now)) {
      return Rejected{std::move(*wrong)};
    }
    store::Firing firing;
    store::AlertAct& act = firing.acts.emplace_back();
    act.alert = alert->id;
    act.from = alert->state;
    act.to = order.until ? AlertState::snoozed : AlertState::acknowledged;
    act.at = now;
    act.officer = order.officer;
    act.caller = order.caller;
    act.until = order.until;
    act.review_at = order.until.value_or(alert->review_at);
    if (order.reason) {
      const auto number = static_cast<std::uint32_t>(reader->alert_acts(alert->id).size()) + 1;
      act.sealed = seal(keyring_, alert->id, number, std::span(&*order.reason, 1));
    }
    store::Outcome outcome;
    outcome.key = order.key.key;
    outcome.fingerprint = order.key.fingerprint;
    outcome.answered_at = now;
    outcome.status = 200;
    outcome.dossier = alert->id;
    if (store_.fire(firing, outcome) != store::Verdict::committed) continue;
    ticker_.review_by(act.review_at);
    return BlockDone{alert->id, 200, false};
  }
  return Refused{Refused::Why::busy, 0};
}

}  // namespace motcua::run
