#include "engine/run/alert_keeper.h"

#include <algorithm>

#include "engine/core/rejecting.h"
#include "engine/run/code_blocks.h"
#include "engine/run/seal.h"

namespace motcua::run {
namespace {

using store::AlertRecipient;
using store::AlertState;

constexpr int kActAttemptsMax = 3;
constexpr core::ClockTime kSnoozeMax{7 * core::kDayMs};

// Whether the officer is of an agency into which that one was merged: positions end with their agency, and
// what was addressed to them is before those who took over.
bool is_of_heir(const core::Agency& ended, const Definitions& definitions, const core::Code& officer,
                core::Date on) {
  std::vector<core::Code> heirs = ended.successors;
  for (std::size_t i = 0; i < heirs.size(); ++i) {
    const core::Agency* heir = definitions.agency(heirs[i]);
    if (heir == nullptr) continue;
    if (heir->exists_on(on)) {
      if (heir->officer(officer) != nullptr) return true;
      continue;
    }
    for (const core::Code& next : heir->successors) {
      if (std::find(heirs.begin(), heirs.end(), next) == heirs.end()) heirs.push_back(next);
    }
  }
  return false;
}

// Whether it may answer for one whom the alert was for: itself, or one whose deputy it is that day; where the
// alert was for an agency as a whole, any of its officers.
bool may_answer_for(const core::Recipient& one, const Definitions& definitions, const core::Code& officer,
                    core::Date on) {
  const core::Agency* agency = definitions.agency(one.agency);
  if (agency == nullptr) return false;
  if (!agency->exists_on(on)) return is_of_heir(*agency, definitions, officer, on);
  if (one.officer.empty()) return agency->officer(officer) != nullptr;
  const core::Officer* asked = agency->officer(one.officer);
  return one.officer == officer || (asked != nullptr && asked->is_or_has_deputy(officer, on));
}

// Whose desk a recipient stands at: a deputy at that of the officer it acts for.
const core::Code& unit_of(const core::Recipient& one, const std::vector<AlertRecipient>& all) {
  for (const AlertRecipient& other : all) {
    if (!one.on_behalf_of.empty() && other.officer == one.on_behalf_of) return other.unit;
  }
  return one.unit;
}

// Those for whom the officer answers: a desk, that is everyone of the same role and unit, needs one answer.
// Superiors, and others in their own right, have to give theirs.
std::vector<std::size_t> answered_by(const core::Code& officer, const std::vector<AlertRecipient>& all,
                                     const Definitions& definitions, core::Date on) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool of_desk = std::any_of(all.begin(), all.end(), [&](const AlertRecipient& own) {
      return own.agency == all[i].agency && own.role == all[i].role &&
             unit_of(own, all) == unit_of(all[i], all) && may_answer_for(own, definitions, officer, on);
    });
    if (of_desk) found.push_back(i);
  }
  return found;
}

core::Rejection over(const std::string& why) {
  return core::conflict("alert_over", core::expected("an alert that waits for this officer", why));
}

}  // namespace

std::optional<core::Rejection> AlertKeeper::hindrance(const AlertOrder& order, const store::Alert& alert,
                                                      std::span<const std::size_t> answered,
                                                      const core::Dossier& dossier, core::Instant now) const {
  if (alert.state == AlertState::closed || !still_owed(alert, dossier, now)) {
    return over("what it warned of is no longer owed");
  }
  if (order.reason && dossier.erased_at) {
    return core::conflict("dossier_erased", core::expected("a dossier of which something is known",
                                                           "what was typed of it was erased"));
  }
  if (answered.empty()) {
    return core::conflict("not_recipient", core::expected("an officer whom the alert was for, or a deputy",
                                                          order.officer.text + " is none"));
  }
  if (std::none_of(answered.begin(), answered.end(),
                   [&](std::size_t i) { return waits(alert.recipients[i].state); })) {
    return over("it was acknowledged before");
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
    const core::Date on = core::local_date(now, core::kVietnamOffsetMinutes);
    const auto answered = answered_by(order.officer, alert->recipients, definitions, on);
    if (auto wrong = hindrance(order, *alert, answered, stored->dossier, now)) {
      return Rejected{std::move(*wrong)};
    }
    store::Firing firing;
    store::AlertAct& act = firing.acts.emplace_back();
    act.alert = alert->id;
    act.before = alert->recipients;
    act.after = alert->recipients;
    act.to = order.until ? AlertState::snoozed : AlertState::acknowledged;
    for (const std::size_t i : answered) {
      store::AlertRecipient& one = act.after[i];
      if (!waits(one.state)) continue;
      one.state = *act.to;
      one.review_at = order.until.value_or(one.review_at);
    }
    act.at = now;
    act.officer = order.officer;
    act.caller = order.caller;
    act.until = order.until;
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
    ticker_.review_by(order.until.value_or(alert->review_at));
    return BlockDone{alert->id, 200, false};
  }
  return Refused{Refused::Why::busy, 0};
}

}  // namespace motcua::run
