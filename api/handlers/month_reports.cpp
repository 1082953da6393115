#include <map>

#include "api/handlers/handlers.h"
#include "api/handlers/report_asking.h"
#include "engine/core/index_766_document.h"

namespace motcua::api {
namespace {

constexpr ReportName kIndexName{"index_766", core::kIndex766Method, "Bộ chỉ số 766: tiến độ giải quyết",
                                core::kIndex766Basis};

void write_index_counts(JsonWriter& json, const core::Index766Counts& counts) {
  json.key("counts");
  json.begin_object();
  core::Index766Counts::describe(counts,
                                 [&](std::string_view member, std::int64_t n) { json.member(member, n); });
  json.end_object();
  json.member("on_time_bp", core::Share{counts.on_time, counts.received}.bp());
  json.member("score_hundredths", counts.score_hundredths());
}

void write_index_groups(JsonWriter& json, const core::Index766Counts& total) {
  json.key("groups");
  json.begin_array();
  for (const core::Index766Group& group : core::kIndex766Groups) {
    const bool measured = core::is_measured(group);
    json.begin_object();
    json.member("group", group.name);
    json.member("weight", group.weight);
    json.member("measured", measured);
    json.member("score_hundredths", measured ? total.score_hundredths() : std::nullopt);
    json.end_object();
  }
  json.end_array();
}

using IndexByAgency = std::map<core::Code, core::Index766Counts>;

print::Table index_table(const Call& call, const IndexByAgency& found, const core::Index766Counts& total) {
  print::Table table;
  table.sheet = "Tiến độ";
  table.title = std::string(kIndexName.title);
  table.columns = {{"Mã cơ quan", 14},        {"Cơ quan", 48},        {"Tiếp nhận", 12},
                   {"Đúng hạn", 12},          {"Trễ hạn", 12},        {"Bổ sung trên một lần", 14},
                   {"Không có thời hạn", 14}, {"Không xác định", 14}, {"Tỷ lệ đúng hạn", 12},
                   {"Điểm (tối đa 20)", 14}};
  const auto row = [&](const std::string& code, const std::string& name, const core::Index766Counts& counts) {
    std::vector<print::TableCell> cells{code, name};
    core::Index766Counts::describe(counts, [&](auto, std::int64_t n) { cells.emplace_back(n); });
    const auto rate = core::Share{counts.on_time, counts.received}.bp();
    cells.push_back(rate ? print::TableCell(print::RateCell{*rate}) : print::TableCell());
    const auto score = counts.score_hundredths();
    cells.push_back(score ? print::TableCell(print::HundredthsCell{*score}) : print::TableCell());
    table.rows.push_back(std::move(cells));
  };
  for (const auto& [agency, counts] : found) row(agency.text, agency_name(call, agency), counts);
  row("", "Tổng số", total);
  return table;
}

Made index_answer(const Call& call, const ReportAsk& ask, const core::ReportPeriod& period,
                  const run::Cutoff& cutoff, const IndexByAgency& found) {
  core::Index766Counts total;
  for (const auto& [agency, counts] : found) core::add_members(total, counts);
  if (ask.workbook) {
    return workbook_response(
        {index_table(call, found, total), about_table(call, kIndexName, ask, period, cutoff)}, kIndexName,
        cutoff);
  }
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_report_head(json, call, kIndexName, ask);
  write_report_period(json, period);
  write_cutoff(json, cutoff);
  write_index_groups(json, total);
  json.key("agencies");
  json.begin_array();
  for (const auto& [agency, counts] : found) {
    json.begin_object();
    json.member("agency", agency);
    json.member("agency_name", agency_name(call, agency));
    write_index_counts(json, counts);
    json.end_object();
  }
  json.end_array();
  json.key("total");
  json.begin_object();
  write_index_counts(json, total);
  json.end_object();
  json.end_object();
  return json_response(200, std::move(body));
}

void write_acceptance(JsonWriter& json, const core::Share& share) {
  json.member("fell_due", share.whole);
  json.member("in_time", share.part);
  json.member("late", share.whole - share.part);
  json.member("in_time_bp", share.bp());
}

using ShareByAgency = std::map<core::Code, core::Share>;

print::Table acceptance_table(const Call& call, const ShareByAgency& found, const core::Share& total) {
  print::Table table;
  table.sheet = "Tiếp nhận";
  table.title = "Hồ sơ trực tuyến được tiếp nhận trong tám giờ làm việc";
  table.columns = {{"Mã cơ quan", 14}, {"Cơ quan tiếp nhận", 48}, {"Đến hạn", 12},
                   {"Đúng hạn", 12},   {"Trễ hạn", 12},           {"Tỷ lệ đúng hạn", 12}};
  const auto row = [&](const std::string& code, const std::string& name, const core::Share& share) {
    const auto rate = share.bp();
    table.rows.push_back({code, name, share.whole, share.part, share.whole - share.part,
                          rate ? print::TableCell(print::RateCell{*rate}) : print::TableCell()});
  };
  for (const auto& [agency, share] : found) row(agency.text, agency_name(call, agency), share);
  row("", "Tổng số", total);
  return table;
}

Made acceptance_answer(const Call& call, const ReportAsk& ask, const core::ReportPeriod& period,
                       const run::Cutoff& cutoff, const ShareByAgency& found) {
  const auto definitions = call.service.engine.definitions();
  const core::Rule* rule = plan_rule(*definitions, "ONLINE_ACCEPT", period.last);
  const ReportName name{"acceptance", "acceptance/1", "Tỷ lệ tiếp nhận hồ sơ trực tuyến đúng hạn",
                        rule == nullptr ? std::string_view() : rule->basis,
                        rule != nullptr && rule->confirmed};
  core::Share total;
  for (const auto& [agency, share] : found) total.add(share);
  if (ask.workbook) {
    return workbook_response(
        {acceptance_table(call, found, total), about_table(call, name, ask, period, cutoff)}, name, cutoff);
  }
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_report_head(json, call, name, ask);
  write_report_period(json, period);
  write_cutoff(json, cutoff);
  json.member("target_percent", rule == nullptr ? std::nullopt : rule->target_percent);
  json.key("agencies");
  json.begin_array();
  for (const auto& [agency, share] : found) {
    json.begin_object();
    json.member("agency", agency);
    json.member("agency_name", agency_name(call, agency));
    write_acceptance(json, share);
    json.end_object();
  }
  json.end_array();
  json.key("total");
  json.begin_object();
  write_acceptance(json, total);
  json.end_object();
  json.end_object();
  return json_response(200, std::move(body));
}

// A report of one calendar month.
void month_report(std::shared_ptr<Call> call, net::Reply reply,
                  std::function<Made(const Call&, run::Reporter&, const ReportAsk&, const core::ReportPeriod&,
                                     const run::Cutoff&)>
                      make) {
  Parameters parameters(call->request.query);
  const ReportAsk ask = read_report_ask(*call, parameters);
  const std::string month = read_month(parameters, "month");
  if (auto wrong = refused_ask(*call, parameters, ask)) return reply(finished(*call, std::move(*wrong)));
  make_at_desk(std::move(call), std::move(reply),
               [ask, period = calendar_month(month), make = std::move(make)](
                   const Call& asked, run::Reporter& reporter) -> Made {
                 auto cutoff = cutoff_of(asked, ask, period.span.to);
                 if (auto* wrong = std::get_if<Problem>(&cutoff)) return std::move(*wrong);
                 return make(asked, reporter, ask, period, std::get<run::Cutoff>(cutoff));
               });
}

}  // namespace

void report_index_766(std::shared_ptr<Call> call, net::Reply reply) {
  month_report(std::move(call), std::move(reply),
               [](const Call& asked, run::Reporter& reporter, const ReportAsk& ask,
                  const core::ReportPeriod& period, const run::Cutoff& cutoff) {
                 return index_answer(asked, ask, period, cutoff,
                                     reporter.index_766(ask.scope, period.span, cutoff));
               });
}

void report_acceptance(std::shared_ptr<Call> call, net::Reply reply) {
  month_report(std::move(call), std::move(reply),
               [](const Call& asked, run::Reporter& reporter, const ReportAsk& ask,
                  const core::ReportPeriod& period, const run::Cutoff& cutoff) {
                 return acceptance_answer(asked, ask, period, cutoff,
                                          reporter.acceptance(ask.scope, period.span, cutoff));
               });
}

}  // namespace motcua::api
