#pragma once

#include <functional>

#include "api/call.h"
#include "api/print/table_book.h"
#include "engine/run/reporter.h"

namespace motcua::api {

// What every report is asked for by: whose, up to what was recorded when, and how it is answered.
struct ReportAsk {
  run::ReportScope scope;
  std::optional<core::Instant> recorded_until;
  bool workbook = false;
};
// Reads agency, below, recorded_until and format; what is wrong becomes a fault of the parameters. Without an
// agency it is the key's own, or the one that publishes.
ReportAsk read_report_ask(const Call& call, Parameters& parameters);
// Whether the caller was granted that for all agencies that the report is of.
bool covers(const Call& call, core::Area area, const ReportAsk& ask);
// A calendar month that must be there; faults likewise, and then an empty text.
std::string read_month(Parameters& parameters, std::string_view name);
// Call when everything is read: the faults, or that the key is of another agency.
std::optional<Problem> refused_ask(const Call& call, Parameters& parameters, const ReportAsk& ask);

std::variant<run::Cutoff, Problem> cutoff_of(const Call& call, const ReportAsk& ask,
                                             core::Instant period_end);

// Has a report made at the desk, and answers it from there.
using MakeReport = std::function<Made(const Call&, run::Reporter&)>;
void make_at_desk(std::shared_ptr<Call> call, net::Reply reply, MakeReport make);

// Which report an answer is, and by what law.
struct ReportName {
  std::string_view report;
  std::string_view method;
  std::string_view title;  // in Vietnamese, for sheets
  std::string_view basis;
  bool confirmed = false;
};
// The members with which each answer begins.
void write_report_head(JsonWriter& json, const Call& call, const ReportName& name, const ReportAsk& ask);
void write_cutoff(JsonWriter& json, const run::Cutoff& cutoff);
void write_report_period(JsonWriter& json, const core::ReportPeriod& period);
// The calendar month as the period of a report.
core::ReportPeriod calendar_month(const std::string& month);

// The rule in force on a day; null where there is none of this id. Lives as long as the definitions.
const core::Rule* plan_rule(const run::Definitions& definitions, std::string_view id, core::Date day);
std::string agency_name(const Call& call, const core::Code& agency);

// The sheet that says what the others are, and the answer that holds them all.
print::Table about_table(const Call& call, const ReportName& name, const ReportAsk& ask,
                         const core::ReportPeriod& period, const run::Cutoff& cutoff);
net::Response workbook_response(const std::vector<print::Table>& tables, const ReportName& name,
                                const run::Cutoff& cutoff);

}  // namespace motcua::api
