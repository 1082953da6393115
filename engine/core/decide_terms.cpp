#include <algorithm>
#include <string>

#include "engine/core/decider.h"
#include "engine/core/shift.h"

namespace motcua::core {
namespace {

// The ground of that key, or why it cannot be used.
const GroundDefinition* find(const std::vector<GroundDefinition>& grounds, const Code& key) {
  const auto found = std::find_if(grounds.begin(), grounds.end(),
                                  [&](const GroundDefinition& ground) { return ground.ground == key; });
  return found == grounds.end() ? nullptr : &*found;
}

Rejection not_allowed(const std::vector<GroundDefinition>& grounds) {
  std::string known;
  for (const GroundDefinition& ground : grounds) known += (known.empty() ? "" : ", ") + ground.ground.text;
  return invalid("#/ground", "ground_not_allowed",
                 expected("a ground that the procedure allows (" + known + ")", "another is named"));
}

template <class Uses>
std::optional<Rejection> used_up(const GroundDefinition& ground, const Uses& uses) {
  const auto used =
      std::count_if(uses.begin(), uses.end(), [&](const auto& one) { return one.ground == ground.ground; });
  if (used < ground.times) return std::nullopt;
  return conflict("ground_used_up",
                  expected("a ground that was used less than " + std::to_string(ground.times) + " times",
                           "the dossier had it as often"));
}

}  // namespace

void Decider::on(const SuspendDossier& suspend) {
  const GroundDefinition* ground = find(context_.procedure->suspensions, suspend.ground);
  if (ground == nullptr) return reject(not_allowed(context_.procedure->suspensions));
  const bool in_force =
      std::any_of(dossier_.suspensions.begin(), dossier_.suspensions.end(),
                  [&](const Suspension& one) { return one.ground == suspend.ground && !one.resumed_at; });
  if (in_force) {
    return reject(conflict("already_suspended",
                           expected("a ground that is not in force", "the dossier is suspended on it")));
  }
  if (auto problem = used_up(*ground, dossier_.suspensions)) return reject(std::move(*problem));
  DossierSuspended body;
  body.ground = suspend.ground;
  body.until = suspend.until;
  if (ground->length) {
    const DueDate longest = derive_due(*ground->length, at_, *context_.competent_calendar,
                                       DayEnd::office_close, context_.rules->counting);
    if (!body.until) body.until = longest.at;
    if (body.until && longest.at && *body.until > *longest.at) {
      return reject(invalid("#/until", "suspension_too_long",
                            expected("an end within what the ground allows", "it lies later")));
    }
  }
  if (body.until && *body.until <= at_) {
    return reject(invalid("#/until", "out_of_range",
                          expected("an end after the beginning", "it does not lie after it")));
  }
  body.texts = texts();
  Clockwork clocks(dossier_, context_);
  clocks.suspend_settlement(at_, suspend.ground);
  add(std::move(body), clocks.take());
}

void Decider::on(const ResumeDossier& resume) {
  const Suspension* chosen = nullptr;
  int in_force = 0;
  for (const Suspension& one : dossier_.suspensions) {
    if (one.resumed_at) continue;
    ++in_force;
    if (resume.ground.empty() || one.ground == resume.ground) chosen = &one;
  }
  if (chosen == nullptr || (resume.ground.empty() && in_force > 1)) {
    return reject(invalid("#/ground", "ground_not_in_force",
                          expected("the ground of a suspension that is in force",
                                   chosen == nullptr ? "none is on it" : "several are")));
  }
  if (at_ < chosen->from) {
    return reject(invalid("#/occurred_at", "out_of_range",
                          expected("an instant after the suspension began", "it lies before")));
  }
  DossierResumed body;
  body.ground = chosen->ground;
  body.texts = texts();
  Clockwork clocks(dossier_, context_);
  // Where several overlapped, it waits until the last of them was over.
  Instant over = at_;
  for (const Suspension& one : dossier_.suspensions) over = std::max(over, one.resumed_at.value_or(over));
  if (in_force == 1) clocks.resume_settlement(over, body.ground);
  add(std::move(body), clocks.take());
}

void Decider::on(const ExtendTerm& extend) {
  const GroundDefinition* ground = find(context_.procedure->extensions, extend.ground);
  if (ground == nullptr) return reject(not_allowed(context_.procedure->extensions));
  if (auto problem = used_up(*ground, dossier_.extensions)) return reject(std::move(*problem));
  const Limit by = extend.by.value_or(*ground->length);
  const LegalClock& settlement = *dossier_.clock(ClockKind::settlement);
  const Calendar& calendar = *context_.competent_calendar;
  if (by.unit != ground->length->unit || by.counting != ground->length->counting) {
    return reject(invalid("#/by", "wrong_unit",
                          expected("an extension in the unit of its ground", "it is in another")));
  }
  const DueDate due = extend_due(settlement.due, by, calendar, settlement.day_end);
  const DueDate longest = extend_due(settlement.due, *ground->length, calendar, settlement.day_end);
  if (longest.at && (!due.at || *due.at > *longest.at)) {
    return reject(invalid("#/by", "extension_too_long",
                          expected("an extension within what the ground allows", "it is longer")));
  }
  if (due.at && *due.at <= *settlement.due.at) {
    return reject(
        invalid("#/by", "out_of_range", expected("an extension that moves the date", "it does not")));
  }
  DossierExtended body;
  body.ground = extend.ground;
  body.by = by;
  body.due_before = settlement.due.at;
  body.due_after = due.at;
  body.texts = texts();
  Clockwork clocks(dossier_, context_);
  clocks.move_settlement(at_, due, StretchEnd::extended, extend.ground, by);
  add(std::move(body), clocks.take());
}

std::optional<Rejection> Decider::check_promise(Instant promised_at, std::string_view pointer) const {
  const Calendar& calendar = *context_.competent_calendar;
  const Date day = local_date(promised_at, calendar.offset_minutes());
  if (!calendar.knows(day)) {
    return invalid(pointer, "calendar_horizon",
                   expected("an instant on a day that the calendar knows", "it lies past its horizon"));
  }
  const std::int64_t of_day = (promised_at - midnight(day, calendar.offset_minutes())).ms;
  const auto sessions = calendar.sessions(day);
  const bool open = std::any_of(sessions.begin(), sessions.end(), [&](const Session& session) {
    return session.opens_ms <= of_day && of_day <= session.closes_ms;
  });
  if (open) return std::nullopt;
  return invalid(pointer, "not_working_time",
                 expected("an instant in the working time of the competent agency", "its office is closed"));
}

void Decider::on(const ReappointDossier& reappoint) {
  const LegalClock& settlement = *dossier_.clock(ClockKind::settlement);
  const std::optional<Instant> promised = dossier_.promised_at();
  const Calendar& calendar = *context_.competent_calendar;
  if (reappoint.promised_at <= context_.now) {
    return reject(invalid("#/promised_at", "appointment_past",
                          expected("an appointment that is still to come", "it lies in the past")));
  }
  if (promised && reappoint.promised_at <= *promised) {
    return reject(invalid("#/promised_at", "appointment_not_later",
                          expected("an appointment later than the one before", "it is not")));
  }
  if (auto problem = check_promise(reappoint.promised_at, "#/promised_at"))
    return reject(std::move(*problem));
  if (!reappoint.unit.empty()) {
    const auto& units = context_.competent->units;
    const bool known = std::any_of(units.begin(), units.end(),
                                   [&](const AgencyUnit& unit) { return unit.key == reappoint.unit; });
    if (!known) {
      return reject(invalid("#/unit", "unknown_unit",
                            expected("a unit of the competent agency", "it has none of this key")));
    }
  }
  DossierReappointed body;
  body.promise_before = promised;
  body.promised_at = reappoint.promised_at;
  body.unit = reappoint.unit;
  if (promised) {
    const int offset = calendar.offset_minutes();
    const Date last = local_date(*promised, offset) - context_.rules->reappointment_notice_days;
    body.in_time = local_date(at_, offset) <= last;
  }
  // As for a suspension, the present due counts: what was missed before it stays missed.
  const bool missed = settlement.due.at && context_.now > *settlement.due.at;
  body.moves_due = body.in_time && !missed && settlement.running() && settlement.due.at &&
                   context_.rules->reappointment_moves_due;
  body.texts = texts();
  Clockwork clocks(dossier_, context_);
  if (body.moves_due) {
    DueDate due;
    due.at = body.promised_at;
    const Date day = local_date(body.promised_at, calendar.offset_minutes());
    due.provisional = calendar.is_provisional(day);
    clocks.move_settlement(at_, due, StretchEnd::reappointed, Code(), std::nullopt);
  }
  add(std::move(body), clocks.take());
}

void Decider::on(const Apologise&) {
  ApologySent body;
  body.texts = texts();
  add(std::move(body), {});
}

void Decider::on(const ExplainLateness&) {
  LatenessExplained body;
  body.texts = texts();
  add(std::move(body), {});
}

void Decider::on(const StopDossier& stop) {
  if (find(context_.procedure->stops, stop.ground) == nullptr) {
    return reject(not_allowed(context_.procedure->stops));
  }
  DossierStopped body;
  body.rule = stop.ground;
  body.texts = texts();
  Clockwork clocks(dossier_, context_);
  clocks.give_up(at_, context_.now);
  add(std::move(body), clocks.take());
}

void Decider::on(const EraseDossier& erase) {
  const auto until = retained_until(dossier_, *context_.procedure);
  if (until && local_date(context_.now, kVietnamOffsetMinutes) < *until) {
    return reject(conflict("retained", expected("a dossier whose retention is over",
                                                "it is kept until " + format_date(*until))));
  }
  add(DossierErased{erase.ground}, {});
}

void Decider::on(const RepeatErasure& erase) { add(DossierErased{erase.ground}, {}); }

}  // namespace motcua::core
