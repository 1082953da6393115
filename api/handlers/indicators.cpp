#include "api/handlers/form_report.h"
#include "api/handlers/handlers.h"
#include "api/handlers/indicator_rows.h"
#include "api/print/late_words.h"

namespace motcua::api {
namespace {

constexpr std::size_t kMonthsMax = 24;  // of one series

constexpr ReportName kIndicatorsName{"indicators", "indicators/1", "Chỉ tiêu của kế hoạch",
                                     "Kế hoạch 10562/KH-UBND tỉnh Khánh Hòa"};
constexpr ReportName kQuarterlyName{"quarterly", "quarterly/1", "Tổng hợp hằng quý",
                                    "Mục 40 Kế hoạch 10562/KH-UBND tỉnh Khánh Hòa"};
constexpr int kMonthsOfQuarter = 3;

run::PlanMonth nothing_in(const run::PlanMonth& month) {
  run::PlanMonth made;
  made.month = month.month;
  made.cutoff = month.cutoff;
  return made;
}

// Each month by a cut-off of its own, as its list has. Months before the first that has a history are left
// out.
std::variant<std::vector<run::PlanMonth>, Problem> plan_months(const Call& call, run::Reporter& reporter,
                                                               const ReportAsk& ask,
                                                               const std::vector<std::string>& months,
                                                               AgencyMonths* agencies = nullptr) {
  std::vector<run::PlanMonth> made;
  std::vector<run::Cutoff> cutoffs;
  for (auto month = months.rbegin(); month != months.rend(); ++month) {  // the last may not be over
    auto cutoff = cutoff_of(call, ask, calendar_month(*month).span.to);
    if (auto* wrong = std::get_if<Problem>(&cutoff)) {
      if (wrong->code == "no_history" && !cutoffs.empty()) break;
      return std::move(*wrong);
    }
    cutoffs.push_back(std::get<run::Cutoff>(cutoff));
  }
  for (std::size_t i = months.size() - cutoffs.size(); i < months.size(); ++i) {
    const run::Cutoff& cutoff = cutoffs[months.size() - 1 - i];
    run::Reporter::PlanOfAgencies of_month;
    made.push_back(reporter.plan(ask.scope, months[i], cutoff, agencies == nullptr ? nullptr : &of_month));
    for (auto& [agency, plan] : of_month) {
      std::vector<run::PlanMonth>& its = (*agencies)[agency];
      // Months in which it had nothing are told too, so that all series are of one length.
      for (std::size_t at = its.size(); at + 1 < made.size(); ++at) its.push_back(nothing_in(made[at]));
      its.push_back(std::move(plan));
    }
  }
  if (agencies == nullptr) return made;
  for (auto& [agency, its] : *agencies) {
    for (std::size_t at = its.size(); at < made.size(); ++at) its.push_back(nothing_in(made[at]));
  }
  return made;
}

void write_month_cutoffs(JsonWriter& json, const std::vector<run::PlanMonth>& months) {
  json.key("months");
  json.begin_array();
  for (const run::PlanMonth& month : months) {
    json.begin_object();
    json.member("month", month.month);
    write_cutoff(json, month.cutoff);
    json.end_object();
  }
  json.end_array();
}

core::ReportPeriod months_period(const std::vector<std::string>& months) {
  core::ReportPeriod period = core::report_days(
      calendar_month(months.front()).first, calendar_month(months.back()).last, core::kVietnamOffsetMinutes);
  period.name = "calendar_months:" + months.front() + '/' + months.back();
  return period;
}

Made indicators_answer(const Call& call, run::Reporter& reporter, const ReportAsk& ask,
                       const std::vector<std::string>& wanted, bool by_agency) {
  AgencyMonths agencies;
  auto found = plan_months(call, reporter, ask, wanted, by_agency ? &agencies : nullptr);
  if (auto* wrong = std::get_if<Problem>(&found)) return std::move(*wrong);
  const auto& months = std::get<std::vector<run::PlanMonth>>(found);
  const core::ReportPeriod period = months_period(wanted);
  if (ask.workbook) {
    std::vector<print::Table> tables{indicators_table(months)};
    if (by_agency) tables.push_back(agencies_table(call, agencies));
    tables.push_back(about_table(call, kIndicatorsName, ask, period, months.back().cutoff));
    return workbook_response(tables, kIndicatorsName, months.back().cutoff);
  }
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_report_head(json, call, kIndicatorsName, ask);
  write_report_period(json, period);
  write_month_cutoffs(json, months);
  write_indicators(json, *call.service.engine.definitions(), months);
  write_agencies(json, call, by_agency ? &agencies : nullptr);
  json.end_object();
  return json_response(200, std::move(body));
}

// Of which quarter: the form has days of its own, the lists and indicators those of its calendar months.
struct QuarterAsk {
  ReportAsk ask;
  core::ReportPeriod form;
  std::vector<std::string> months;
};

print::TableCell count_cell(print::CountKind kind, std::int64_t value) {
  switch (kind) {
    case print::CountKind::count:
      return value;
    case print::CountKind::duration:
      return print::DurationCell{value};
    case print::CountKind::rate:
      return print::RateCell{value};
  }
  return {};
}

print::Table lists_table(const std::vector<run::PlanMonth>& months) {
  print::Table table;
  table.sheet = "Danh sách trễ hẹn";
  table.title = "Tổng số của danh sách trễ hẹn theo tháng";
  table.columns = {{"Nội dung", 56}};
  for (const run::PlanMonth& month : months) table.columns.push_back({month.month, 14});
  const auto labels = print::count_labels();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    std::vector<print::TableCell> cells{std::string(labels[i].label)};
    for (const run::PlanMonth& month : months) {
      const auto value = print::count_values(month.late)[i];
      cells.push_back(value ? count_cell(labels[i].kind, *value) : print::TableCell());
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

void write_lists(JsonWriter& json, const std::vector<run::PlanMonth>& months) {
  json.key("late_lists");
  json.begin_array();
  for (const run::PlanMonth& month : months) {
    json.begin_object();
    json.member("month", month.month);
    json.member("method", core::word_of(core::kLateMethod));
    write_cutoff(json, month.cutoff);
    json.key("counts");
    json.begin_object();
    core::LateCounts::describe(month.late,
                               [&](std::string_view name, const auto& value) { json.member(name, value); });
    json.end_object();
    json.end_object();
  }
  json.end_array();
}

Made quarterly_answer(const Call& call, run::Reporter& reporter, const QuarterAsk& asked) {
  const ReportAsk& ask = asked.ask;
  auto found = plan_months(call, reporter, ask, asked.months);
  if (auto* wrong = std::get_if<Problem>(&found)) return std::move(*wrong);
  const auto& months = std::get<std::vector<run::PlanMonth>>(found);
  auto cutoff = cutoff_of(call, ask, asked.form.span.to);
  if (auto* wrong = std::get_if<Problem>(&cutoff)) return std::move(*wrong);
  const run::Cutoff& until = std::get<run::Cutoff>(cutoff);
  const core::Ii06a form = reporter.ii06a(ask.scope, asked.form.span, until);
  if (ask.workbook) {
    return workbook_response({form_table(form), lists_table(months), indicators_table(months),
                              about_table(call, kQuarterlyName, ask, asked.form, until)},
                             kQuarterlyName, until);
  }
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_report_head(json, call, kQuarterlyName, ask);
  json.key("form");
  json.begin_object();
  json.member("method", kFormName.method);
  json.member("basis", kFormName.basis);
  json.member("confirmed", kFormName.confirmed);
  write_report_period(json, asked.form);
  write_cutoff(json, until);
  write_form(json, form);
  json.end_object();
  write_lists(json, months);
  write_indicators(json, *call.service.engine.definitions(), months);
  json.end_object();
  return json_response(200, std::move(body));
}

}  // namespace

void report_indicators(std::shared_ptr<Call> call, net::Reply reply) {
  Parameters parameters(call->request.query);
  const ReportAsk ask = read_report_ask(*call, parameters);
  const std::string from = read_month(parameters, "from");
  const std::string to = read_month(parameters, "to");
  const bool by_agency = parameters.boolean("by_agency").value_or(false);
  std::vector<std::string> months;
  if (!from.empty() && !to.empty()) {
    for (std::string month = from; month <= to && months.size() <= kMonthsMax;
         month = core::month_shifted(month, 1)) {
      months.push_back(month);
    }
    if (months.empty() || months.size() > kMonthsMax) {
      parameters.fault("to", "bad_parameter",
                       "Expected a month from the first one on, of " + std::to_string(kMonthsMax) +
                           " at most, but it is another");
    }
  }
  if (auto wrong = refused_ask(*call, parameters, ask)) return reply(finished(*call, std::move(*wrong)));
  make_at_desk(std::move(call), std::move(reply),
               [ask, months, by_agency](const Call& asked, run::Reporter& reporter) {
                 return indicators_answer(asked, reporter, ask, months, by_agency);
               });
}

void report_quarterly(std::shared_ptr<Call> call, net::Reply reply) {
  Parameters parameters(call->request.query);
  QuarterAsk asked;
  asked.ask = read_report_ask(*call, parameters);
  const std::string quarter = parameters.text("quarter").value_or("");
  const auto form = core::report_period("quarter:" + quarter, core::kVietnamOffsetMinutes);
  const auto first = core::quarter_month(quarter);
  if (!form || !first) {
    parameters.fault("quarter", "bad_parameter", "Expected a quarter such as 2026-Q3, but it is none");
  }
  if (auto wrong = refused_ask(*call, parameters, asked.ask))
    return reply(finished(*call, std::move(*wrong)));
  asked.form = *form;
  for (int i = 0; i < kMonthsOfQuarter; ++i) asked.months.push_back(core::month_shifted(*first, i));
  make_at_desk(std::move(call), std::move(reply), [asked](const Call& one, run::Reporter& reporter) {
    return quarterly_answer(one, reporter, asked);
  });
}

}  // namespace motcua::api
