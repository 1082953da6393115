#include <algorithm>
#include <initializer_list>
#include <string>

#include "engine/core/correctable.h"
#include "engine/core/decider.h"

namespace motcua::core {
namespace {

// When an event happened, as known now: the last correction of it counts.
Instant known_instant(const Dossier& dossier, const Event& event) {
  for (auto it = dossier.corrections.rbegin(); it != dossier.corrections.rend(); ++it) {
    if (it->version == event.version && it->after) return *it->after;
  }
  return event.occurred_at;
}

// Which fact an event tells that can be corrected; nothing when it tells none.
std::optional<Corrected> fact_of(const EventBody& body) {
  if (std::holds_alternative<DossierAccepted>(body)) return Corrected::acceptance;
  if (std::holds_alternative<SupplementReceived>(body)) return Corrected::supplement;
  if (std::holds_alternative<DossierSettled>(body)) return Corrected::settlement;
  if (std::holds_alternative<PaymentConfirmed>(body)) return Corrected::payment;
  return std::nullopt;
}

bool heads(const Agency& agency, std::initializer_list<std::string_view> roles, const Code& acting, Date on) {
  return std::any_of(agency.officers.begin(), agency.officers.end(), [&](const Officer& officer) {
    return std::find(roles.begin(), roles.end(), officer.role.text) != roles.end() &&
           officer.is_or_has_deputy(acting, on);
  });
}

// The head of the competent agency or of one of its units, the head of an agency above it or into which it
// was merged, or who may act for one of them today.
bool may_correct(const Context& context, const Code& acting) {
  const Date today = local_date(context.now, kVietnamOffsetMinutes);
  if (acting.empty()) return false;
  if (heads(*context.competent, {"agency_head", "unit_head"}, acting, today)) return true;
  return std::any_of(context.above.begin(), context.above.end(),
                     [&](const Agency* agency) { return heads(*agency, {"agency_head"}, acting, today); });
}

// `at`: when it is corrected, which may be entered later.
std::optional<Rejection> check_bounds(const Dossier& dossier, const Context& context, Instant at,
                                      Instant to) {
  if (to > at) {
    return invalid("#/occurred_at", "future_instant",
                   expected("an instant that has passed when it is corrected", "it lies in the future"));
  }
  const auto& [event, before, after] = context.corrected;
  if (before != nullptr && to < known_instant(dossier, *before)) {
    return invalid("#/occurred_at", "out_of_order",
                   expected("an instant not before the event before it", "it lies before"));
  }
  if (after != nullptr && to > known_instant(dossier, *after)) {
    return invalid("#/occurred_at", "out_of_order",
                   expected("an instant not after the event after it", "it lies after"));
  }
  return std::nullopt;
}

// No event is said to have happened before the one before it, or after the next.
struct CorrectionBounds {
  std::optional<Instant> from;
  Instant to;
};
CorrectionBounds bounds_of(const Dossier& dossier, const Context::CorrectedEvent& corrected, Instant now) {
  CorrectionBounds bounds{std::nullopt, now};
  if (corrected.before != nullptr) bounds.from = known_instant(dossier, *corrected.before);
  if (corrected.after != nullptr) bounds.to = std::min(now, known_instant(dossier, *corrected.after));
  return bounds;
}

// What counted from one of two that came at one instant cannot be told from what counted from the other.
bool has_a_twin(const Dossier& dossier, Corrected what, Instant at) {
  const auto supplied = [&](const SupplementRound& round) { return round.supplied_at == at; };
  const auto paid = [&](const PaymentRecord& record) { return record.paid_at == at; };
  if (what == Corrected::supplement) return std::ranges::count_if(dossier.rounds, supplied) > 1;
  return what == Corrected::payment && std::ranges::count_if(dossier.payments, paid) > 1;
}

std::optional<Instant> settlement_due(const Dossier& dossier) {
  const LegalClock* settlement = dossier.clock(ClockKind::settlement);
  return settlement == nullptr ? std::nullopt : settlement->due.at;
}

}  // namespace

// Those of which a linked dossier told stand out of order, as they are of its instants.
Context::CorrectedEvent corrected_event(std::span<const Event> events, std::uint32_t version) {
  Context::CorrectedEvent found;
  for (const Event& event : events) {
    if (event.version == version) found.event = &event;
  }
  if (found.event == nullptr) return found;
  const Instant own = found.event->occurred_at;
  for (const Event& event : events) {
    const bool corrects = std::holds_alternative<DossierCorrected>(event.body);
    if (event.version < version && event.occurred_at <= own) found.before = &event;
    if (event.version <= version || corrects || event.occurred_at < own) continue;
    if (found.after == nullptr || event.occurred_at < found.after->occurred_at) found.after = &event;
  }
  return found;
}

std::vector<Correctable> correctable(const Dossier& dossier, std::span<const Event> events, Instant now) {
  std::vector<Correctable> all;
  for (const Event& event : events) {
    const auto what = fact_of(event.body);
    if (!what) continue;
    const CorrectionBounds bounds = bounds_of(dossier, corrected_event(events, event.version), now);
    all.push_back({event.version, *what, known_instant(dossier, event), bounds.from, bounds.to});
  }
  return all;
}

void Decider::on(const CorrectDossier& correct) {
  if (!may_correct(context_, command_.on_behalf_of)) {
    return reject(
        invalid("#/on_behalf_of", "not_a_supervisor",
                expected("the head of the competent agency, of a unit of it or of an agency above it, "
                         "or who may act for one today",
                         "it is another")));
  }
  const Event* event = context_.corrected.event;
  if (event == nullptr) {
    return reject(invalid("#/version", "unknown_event",
                          expected("the version of an event of the dossier", "it has none")));
  }
  const auto what = fact_of(event->body);
  if (!what) {
    return reject(invalid("#/version", "not_correctable",
                          expected("an acceptance, a supplement, a settlement or a payment",
                                   "the event is " + std::string(type_of(event->body)))));
  }
  const Instant before = known_instant(dossier_, *event);
  DossierCorrected body;
  body.corrected_version = event->version;
  body.what = *what;
  body.before = before;
  body.after = correct.occurred_at;
  body.due_before = settlement_due(dossier_);
  body.due_after = body.due_before;
  body.texts = texts();
  Clockwork clocks(dossier_, context_);
  if (correct.occurred_at) {
    if (auto problem = check_bounds(dossier_, context_, at_, *correct.occurred_at)) return reject(*problem);
    if (*what == Corrected::acceptance && dossier_.untimed() && !dossier_.is_open()) {
      return reject(conflict("date_not_correctable",
                             expected("a date that can be derived anew",
                                      "the dossier is over, and stands in the lists of the past as it was")));
    }
    if (has_a_twin(dossier_, *what, before)) {
      return reject(
          conflict("date_not_correctable",
                   expected("a supplement or payment with an instant of its own", "two came at this one")));
    }
    if (*what == Corrected::settlement) {
      if (!clocks.correct_end(*correct.occurred_at)) {
        return reject(conflict("date_not_correctable",
                               expected("an instant that the calendar knows", "it lies past its horizon")));
      }
    } else {
      clocks.correct(*what, at_, before, *correct.occurred_at);
    }
  }
  std::vector<ClockChange> changes = clocks.take();
  for (const ClockChange& change : changes) {
    if (change.kind == ClockKind::settlement && change.dates()) body.due_after = change.due.at;
  }
  add(std::move(body), std::move(changes));
}

}  // namespace motcua::core
