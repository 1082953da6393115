#include "engine/run/reporter.h"

#include <algorithm>

#include "engine/core/acceptance_rate.h"
#include "engine/core/rejecting.h"
#include "engine/run/publisher.h"

namespace motcua::run {
namespace {

bool has_timed_steps(const core::Procedure& procedure) {
  return std::all_of(procedure.steps.begin(), procedure.steps.end(),
                     [](const core::StepDefinition& step) { return step.budget.has_value(); });
}

core::Share workflows_on(const Definitions& definitions, core::Date day) {
  core::Share share;
  for (const core::Procedure* current : definitions.procedures()) {
    const core::Procedure* then = definitions.procedure(current->code, day);
    if (then != nullptr) share.add(has_timed_steps(*then));
  }
  return share;
}

}  // namespace

Reporter::Reporter(store::Store& store, const Keyring& keyring,
                   std::shared_ptr<const Definitions> definitions)
    : store_(store), keyring_(keyring), definitions_(std::move(definitions)) {
  for (const core::Procedure* procedure : definitions_->procedures()) {
    procedures_.emplace(procedure->code.text, procedure);
  }
}

Reporter::Agencies Reporter::agencies_of(const ReportScope& scope) const {
  Agencies agencies{scope.agency.text};
  if (!scope.below) return agencies;
  for (const core::Code& agency : definitions_->below(scope.agency)) agencies.insert(agency.text);
  return agencies;
}

std::string Reporter::field_of(const core::Code& procedure) const {
  const auto found = procedures_.find(procedure.text);
  return found == procedures_.end() ? std::string() : found->second->domain;
}

core::Ii06a Reporter::ii06a(const ReportScope& scope, const core::Period& period, const Cutoff& cutoff) {
  const Agencies agencies = agencies_of(scope);
  core::Ii06aBuilder builder(period, core::kVietnamOffsetMinutes);
  Population(store_, period.from, period.to, cutoff)
      .of_rows([&](std::int64_t, const core::Tally& tally, const core::Dossier*) {
        if (agencies.contains(tally.competent_agency.text)) builder.count(field_of(tally.procedure), tally);
      });
  return builder.finish();
}

std::map<core::Code, core::Index766Counts> Reporter::index_766(const ReportScope& scope,
                                                               const core::Period& month,
                                                               const Cutoff& cutoff) {
  const Agencies agencies = agencies_of(scope);
  std::map<core::Code, core::Index766Counts> counts;
  std::vector<std::int64_t> by_term;
  Population population(store_, month.from, month.to, cutoff);
  population.of_rows([&](std::int64_t key, const core::Tally& tally, const core::Dossier*) {
    if (!agencies.contains(tally.competent_agency.text)) return;
    if (core::judge_766(tally, month) == core::Index766Verdict::outside) return;
    if (!core::count_766(tally, month, counts[tally.competent_agency])) by_term.push_back(key);
  });
  population.dossiers(by_term, [&](std::int64_t, const core::Dossier& dossier) {
    const core::Agency* agency = definitions_->agency(dossier.competent_agency);
    const auto calendar = agency == nullptr ? nullptr : definitions_->calendar(agency->calendar);
    const auto on_time =
        calendar == nullptr ? std::nullopt : core::on_time_by_term(dossier, month, *calendar);
    core::count_766_by_term(on_time, counts[dossier.competent_agency]);
  });
  return counts;
}

std::map<core::Code, core::Share> Reporter::acceptance(const ReportScope& scope, const core::Period& month,
                                                       const Cutoff& cutoff) {
  const Agencies agencies = agencies_of(scope);
  std::map<core::Code, core::Share> shares;
  Population(store_, month.from - core::kAcceptanceReach, month.to, cutoff)
      .of_rows([&](std::int64_t, const core::Tally& tally, const core::Dossier*) {
        if (!core::acceptance_fell_due(tally, month)) return;
        if (!agencies.contains(tally.receiving_agency.text)) return;
        shares[tally.receiving_agency].add(core::accepted_in_time(tally));
      });
  return shares;
}

std::vector<DifferenceRow> Reporter::differences(const ReportScope& scope, const core::Period& month,
                                                 const Cutoff& cutoff) {
  const Agencies agencies = agencies_of(scope);
  std::vector<DifferenceRow> rows;
  Population(store_, month.from, month.to, cutoff)
      .of_rows([&](std::int64_t key, const core::Tally& tally, const core::Dossier*) {
        if (!agencies.contains(tally.competent_agency.text)) return;
        const auto difference = core::difference_of(tally, month, core::kVietnamOffsetMinutes);
        if (difference) rows.push_back({key, *difference});
      });
  std::sort(rows.begin(), rows.end(),
            [](const DifferenceRow& a, const DifferenceRow& b) { return a.key < b.key; });
  return rows;
}

std::optional<core::AgencyLevel> Reporter::digitises(const core::Tally& tally,
                                                     const core::Rules* rules) const {
  const core::Agency* receiving = definitions_->agency(tally.receiving_agency);
  if (receiving == nullptr || rules == nullptr || !rules->digitising) return std::nullopt;
  const auto procedure = procedures_.find(tally.procedure.text);
  const bool essential = procedure != procedures_.end() && procedure->second->essential_service;
  const auto since = core::digitising_since(*rules->digitising, receiving->level, essential);
  if (!since || core::local_date(tally.received_at, core::kVietnamOffsetMinutes) < *since)
    return std::nullopt;
  return receiving->level;
}

// By the list of the month.
void Reporter::count_late(const ReportScope& scope, PlanMonth& made, PlanOfAgencies* by_agency) {
  LateListSettings settings;
  settings.individuals = core::Individuals::off;
  LateListQuestion question;
  question.month = made.month;
  question.scope = scope.agency;
  question.cutoff = made.cutoff;
  const core::LateList list =
      LateListMaker(store_, keyring_, definitions_, settings).make(question, LateListMaker::From::rows);
  if (scope.below) made.late = list.head.total;
  for (const core::LateAgency& section : list.agencies) {
    const bool own = section.agency == scope.agency;
    if (!scope.below && !own) continue;
    if (!scope.below) made.late = section.counts;
    PlanMonth* of_agency = by_agency == nullptr ? nullptr : &(*by_agency)[section.agency];
    if (of_agency != nullptr) of_agency->late = section.counts;
    for (const core::LateRow& row : section.late) {
      const LateMarks marks{row.apology, row.explanation, row.reappointment != core::ReappointmentMark::none};
      made.late_dossiers.emplace(row.code, marks);
      if (of_agency != nullptr) of_agency->late_dossiers.emplace(row.code, marks);
    }
  }
}

PlanMonth Reporter::plan(const ReportScope& scope, const std::string& month, const Cutoff& cutoff,
                         PlanOfAgencies* by_agency) {
  const core::Period period = *core::month_period(month, core::kVietnamOffsetMinutes);
  const core::Date last = core::local_date(period.to, core::kVietnamOffsetMinutes) - 1;
  const core::Rules* rules = definitions_->rulebook().at(last);
  const Agencies agencies = agencies_of(scope);
  PlanMonth made;
  made.month = month;
  made.cutoff = cutoff;
  Population(store_, period.from - core::kAcceptanceReach, period.to, cutoff)
      .of_rows([&](std::int64_t, const core::Tally& tally, const core::Dossier*) {
        core::PlanCase known;
        known.receives = agencies.contains(tally.receiving_agency.text);
        known.decides = agencies.contains(tally.competent_agency.text);
        if (known.receives) known.digitises = digitises(tally, rules);
        core::count_plan(tally, period, known, made.plan);
        if (by_agency == nullptr) return;
        // What is the receiving agency's, and what the competent one's: mostly the same.
        const core::PlanCase receiving{known.receives, false, known.digitises};
        const core::PlanCase deciding{false, known.decides, std::nullopt};
        if (known.receives)
          core::count_plan(tally, period, receiving, (*by_agency)[tally.receiving_agency].plan);
        if (known.decides)
          core::count_plan(tally, period, deciding, (*by_agency)[tally.competent_agency].plan);
      });
  count_late(scope, made, by_agency);
  made.workflows = workflows_on(*definitions_, last);
  if (by_agency == nullptr) return made;
  for (auto& [agency, its] : *by_agency) {
    its.month = month;
    its.cutoff = cutoff;
  }
  return made;
}

std::variant<Cutoff, core::Rejection> report_cutoff(store::Store& store, const Definitions& definitions,
                                                    const core::Code& agency, core::Instant period_end,
                                                    int working_days, core::Instant now,
                                                    std::optional<core::Instant> recorded_until) {
  const auto printed = [](core::Instant at) { return core::format_instant(at, core::kVietnamOffsetMinutes); };
  if (period_end > now) {
    return core::invalid("", "month_not_over",
                         core::expected("a period that is over", "it ends at " + printed(period_end)));
  }
  if (recorded_until && (*recorded_until < period_end || *recorded_until > now)) {
    return core::invalid("", "bad_cutoff",
                         core::expected("an instant from the end of the period up to now", "it is another"));
  }
  const auto reader = store.reader();
  const auto no_history = [] {
    return core::invalid(
        "", "no_history",
        core::expected("a period of which something is recorded", "nothing is, up to the cut-off"));
  };
  const auto at =
      recorded_until ? recorded_until : cutoff_after(definitions, agency, period_end, working_days, now);
  if (!at && reader->counting().position_at(period_end) == 0) return no_history();
  if (!at) {
    return core::conflict("calendar_horizon",
                          core::expected("a calendar that knows the days after the period, or recorded_until",
                                         "it does not reach so far"));
  }
  const std::int64_t position = reader->counting().position_at(*at);
  if (position == 0) return no_history();
  return Cutoff{position, *at};
}

}  // namespace motcua::run
