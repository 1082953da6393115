#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "engine/core/decide.h"
#include "engine/core/ii06a.h"
#include "engine/core/index_766.h"
#include "engine/core/plan_counts.h"
#include "engine/core/report_differences.h"
#include "engine/core/report_period.h"
#include "engine/run/late_list_maker.h"

namespace motcua::run {

// Of which agency a report is.
struct ReportScope {
  core::Code agency;
  bool below = true;  // with all that are below it
};

// A dossier that the three calculators judge differently.
struct DifferenceRow {
  std::int64_t key = 0;  // for store::Counting::dossiers
  core::LateDifference difference;
};

// How a late dossier stood at the end of a month in whose list it is.
struct LateMarks {
  core::ApologyMark apology = core::ApologyMark::missing;
  core::ExplanationMark explanation = core::ExplanationMark::missing;
  bool reappointed = false;
};

// What the plan measures in one month.
struct PlanMonth {
  std::string month;
  Cutoff cutoff;
  core::LateCounts late;                           // as the monthly list counts
  std::map<std::string, LateMarks> late_dossiers;  // those of the list, by code
  core::PlanCounts plan;
  core::Share workflows;  // procedures in force whose steps each have a time of their own
};

// Makes reports of a period out of a store: each is one pass over the dossiers of the period, so its cost
// grows with those that ended since the period began and those that are open. One call at a time.
class Reporter {
 public:
  // Borrowed: the store and the keyring.
  Reporter(store::Store& store, const Keyring& keyring, std::shared_ptr<const Definitions> definitions);

  core::Ii06a ii06a(const ReportScope& scope, const core::Period& period, const Cutoff& cutoff);
  // By competent agency; also what is published with the monthly list.
  std::map<core::Code, core::Index766Counts> index_766(const ReportScope& scope, const core::Period& month,
                                                       const Cutoff& cutoff);
  // By receiving agency.
  std::map<core::Code, core::Share> acceptance(const ReportScope& scope, const core::Period& month,
                                               const Cutoff& cutoff);
  // By key.
  std::vector<DifferenceRow> differences(const ReportScope& scope, const core::Period& month,
                                         const Cutoff& cutoff);
  // `by_agency`, where wanted, gets the same of each agency of the scope, without workflows, which are no
  // agency's; in the same pass.
  using PlanOfAgencies = std::map<core::Code, PlanMonth>;
  PlanMonth plan(const ReportScope& scope, const std::string& month, const Cutoff& cutoff,
                 PlanOfAgencies* by_agency = nullptr);

 private:
  using Agencies = std::unordered_set<std::string>;
  Agencies agencies_of(const ReportScope& scope) const;
  std::string field_of(const core::Code& procedure) const;
  std::optional<core::AgencyLevel> digitises(const core::Tally& tally, const core::Rules* rules) const;
  void count_late(const ReportScope& scope, PlanMonth& made, PlanOfAgencies* by_agency);

  store::Store& store_;
  const Keyring& keyring_;
  const std::shared_ptr<const Definitions> definitions_;
  std::unordered_map<std::string, const core::Procedure*> procedures_;
};

// Up to where the history of a period counts: to `recorded_until`, or by rule to the close of the n-th
// working day after it, but not beyond now. Rejections: month_not_over, bad_cutoff, calendar_horizon,
// no_history.
std::variant<Cutoff, core::Rejection> report_cutoff(store::Store& store, const Definitions& definitions,
                                                    const core::Code& agency, core::Instant period_end,
                                                    int working_days, core::Instant now,
                                                    std::optional<core::Instant> recorded_until);

}  // namespace motcua::run
