// What becomes of alerts that nobody answers.

#include <algorithm>

#include "engine/run/ticker.h"

namespace motcua::run {
namespace {

using core::AlertRole;
using store::AlertState;

constexpr int kReviewSlice = 256;  // of one transaction

std::optional<AlertRole> above(AlertRole role) {
  switch (role) {
    case AlertRole::holder:
      return AlertRole::unit_head;
    case AlertRole::unit_head:
    case AlertRole::one_stop_head:
      return AlertRole::agency_head;
    case AlertRole::agency_head:
      return AlertRole::provincial_office;
    case AlertRole::provincial_office:
      return std::nullopt;
  }
  return std::nullopt;
}

bool escalated_before(const std::vector<store::KeptAct>& acts) {
  return std::any_of(acts.begin(), acts.end(),
                     [](const store::KeptAct& act) { return act.to == AlertState::escalated; });
}

}  // namespace

std::vector<core::Recipient> Ticker::find_above(const store::Alert& alert, const core::Rung& rung,
                                                const core::Dossier& dossier, const core::Agency& owing,
                                                const core::Calendar& calendar, core::Instant now) {
  std::vector<AlertRole> to = rung.escalate_to;
  while (!to.empty()) {
    std::vector<core::Recipient> found = find(to, rung, dossier, owing, calendar, now);
    std::erase_if(found, [&](const core::Recipient& one) {
      return std::any_of(alert.recipients.begin(), alert.recipients.end(),
                         [&](const store::AlertRecipient& told) {
                           return told.agency == one.agency && told.officer == one.officer;
                         });
    });
    if (!found.empty()) return found;
    const auto higher = above(to.back());
    to.clear();
    if (higher) to.push_back(*higher);
  }
  return {};
}

// What nobody has acknowledged is told to those above; what has become pointless is closed.
void Ticker::review(core::Instant now, store::Firing& firing) {
  for (const store::Alert& alert : store_.alerts_to_review(now, kReviewSlice)) {
    firing.acts.push_back(reviewed(alert, now, firing));
  }
}

store::AlertAct Ticker::reviewed(const store::Alert& alert, core::Instant now, store::Firing& firing) {
  store::AlertAct act;
  act.alert = alert.id;
  act.before = alert.recipients;
  act.after = alert.recipients;
  act.at = now;
  act.caller = core::Code("system");
  const core::Ladders* ladders = definitions_->ladders();
  const auto reader = store_.reader();
  const auto stored = reader->find(store::Scope::everything(), alert.dossier);
  const core::Agency* owing = definitions_->agency(alert.owing);
  const auto calendar = owing == nullptr ? nullptr : definitions_->calendar(owing->calendar);
  if (!stored || calendar == nullptr || !still_owed(alert, stored->dossier, now)) {
    for (store::AlertRecipient& one : act.after) {
      if (waits(one.state)) one.state = AlertState::closed;
    }
    act.to = AlertState::closed;
    return act;
  }
  const core::Rung* rung = ladders == nullptr ? nullptr : ladders->rung(alert.rung);
  const auto within = rung == nullptr ? std::nullopt : rung->acknowledge_within;
  const core::Instant later = calendar->add(now, within.value_or(kReviewAfter)).value_or(now + kReviewAtLast);
  const bool ends_here = !within || alert.escalated_from || escalated_before(reader->alert_acts(alert.id));
  std::vector<core::Recipient> superiors;
  if (!ends_here) superiors = find_above(alert, *rung, stored->dossier, *owing, *calendar, now);
  for (store::AlertRecipient& one : act.after) {
    if (!waits(one.state) || one.review_at > now) continue;
    one.review_at = later;
    if (one.state == AlertState::snoozed) {
      one.state = AlertState::open;
      act.to = act.to.value_or(AlertState::open);
    } else if (one.state == AlertState::open && !superiors.empty()) {
      one.state = AlertState::escalated;
      act.to = AlertState::escalated;
    }
  }
  if (act.to == AlertState::escalated) {
    store::Alert told = make(*rung, stored->dossier, *owing, *calendar, {alert.due_at, alert.review_at, now},
                             std::move(superiors));
    told.escalated_from = alert.id;
    firing.alerts.push_back(std::move(told));
  }
  return act;
}

}  // namespace motcua::run
