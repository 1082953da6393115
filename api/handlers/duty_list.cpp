#include "api/handlers/duty_list.h"

#include <limits>

#include "engine/core/ladder.h"

namespace motcua::api {
namespace {

constexpr core::Instant kBeforeAll{std::numeric_limits<std::int64_t>::min()};
constexpr core::ClockTime kOneMs{1};

using Missed = store::DutyQuery::Missed;

// As the ladders count it: by the rules in force, not by those of each dossier's layer.
core::Limit limit_in_force(const run::Definitions& definitions, core::Instant at) {
  const core::Rules* rules = definitions.rulebook().at(core::local_date(at, core::kVietnamOffsetMinutes));
  return rules == nullptr ? core::Rules().explanation : rules->explanation;
}

Missed explained(const core::Limit& limit, const store::ListQuery& query, const core::Calendar& calendar) {
  const core::Instant last_late = query.at - kOneMs;
  if (query.list == store::ListQuery::List::late) {
    return {kBeforeAll, std::min(core::last_due_explained_by(limit, last_late, calendar), last_late)};
  }
  return {core::last_due_explained_by(limit, query.at, calendar),
          std::min(core::last_due_explained_by(limit, query.until, calendar), last_late)};
}

}  // namespace

store::DutyQuery duty_query(const run::Definitions& definitions, core::ClockKind duty,
                            const store::ListQuery& query) {
  store::DutyQuery asked;
  asked.duty = duty;
  asked.missed = {kBeforeAll, query.at - kOneMs};
  if (duty == core::ClockKind::apology) return asked;
  const core::Limit limit = limit_in_force(definitions, query.at);
  std::map<core::Code, Missed> by_calendar;
  bool first = true;
  for (const core::Agency& agency : definitions.agencies()) {
    const auto calendar = definitions.calendar(agency.calendar);
    if (calendar == nullptr) continue;
    auto known = by_calendar.find(agency.calendar);
    if (known == by_calendar.end()) {
      known = by_calendar.emplace(agency.calendar, explained(limit, query, *calendar)).first;
    }
    if (std::exchange(first, false)) asked.missed = known->second;
    if (known->second != asked.missed) asked.by_agency.emplace(agency.code, known->second);
  }
  return asked;
}

std::optional<core::Instant> duty_due(const run::Definitions& definitions, const core::Dossier& dossier,
                                      core::ClockKind duty, core::Instant at) {
  const core::Agency* competent = definitions.agency(dossier.competent_agency);
  const auto calendar = competent == nullptr ? nullptr : definitions.calendar(competent->calendar);
  if (calendar == nullptr) return std::nullopt;
  if (duty == core::ClockKind::apology) return core::apology_duty(dossier, at, *calendar).due_at;
  return core::explanation_duty(dossier, at, limit_in_force(definitions, at), *calendar).due_at;
}

}  // namespace motcua::api
