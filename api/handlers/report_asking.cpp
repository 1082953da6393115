#include "api/handlers/report_asking.h"

#include <algorithm>

namespace motcua::api {
namespace {

constexpr std::string_view kWorkbookType =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

// The agency of a caller that has one alone, beside those that were merged into it.
std::optional<core::Code> own_agency(const Call& call) {
  const core::Reach reach = call.reach(core::Area::reports);
  if (reach.parts.size() != 1) return std::nullopt;
  const auto definitions = call.service.engine.definitions();
  const core::Date today = core::local_date(call.service.clock.now(), core::kVietnamOffsetMinutes);
  std::optional<core::Code> own;
  for (const core::Code& code : reach.parts.front().agencies) {
    const core::Agency* agency = definitions->agency(code);
    if (agency == nullptr || !agency->exists_on(today)) continue;
    if (own) return std::nullopt;
    own = code;
  }
  return own;
}

}  // namespace

ReportAsk read_report_ask(const Call& call, Parameters& parameters) {
  ReportAsk ask;
  const core::Code absent = own_agency(call).value_or(core::Code(call.service.config.publications.scope));
  ask.scope.agency = parameters.code("agency").value_or(absent);
  ask.scope.below = parameters.boolean("below").value_or(true);
  ask.recorded_until = parameters.instant("recorded_until");
  const std::string format = parameters.text("format").value_or("json");
  if (format != "json" && format != "xlsx") {
    parameters.fault("format", "bad_parameter", "Expected json or xlsx, but it is neither");
  }
  ask.workbook = format == "xlsx";
  if (call.service.engine.definitions()->agency(ask.scope.agency) == nullptr) {
    parameters.fault("agency", "bad_parameter",
                     "Expected the code of an agency, but there is none of this code");
  }
  return ask;
}

std::string read_month(Parameters& parameters, std::string_view name) {
  const auto month = parameters.text(name);
  if (month && core::month_period(*month, core::kVietnamOffsetMinutes)) return *month;
  parameters.fault(name, "bad_parameter", "Expected a month, YYYY-MM, but it is none");
  return {};
}

bool covers(const Call& call, core::Area area, const ReportAsk& ask) {
  const core::Reach reach = call.reach(area);
  const auto definitions = call.service.engine.definitions();
  const std::vector<core::Code>& below = definitions->below(ask.scope.agency);
  return reach.covers(ask.scope.agency) &&
         (!ask.scope.below ||
          std::all_of(below.begin(), below.end(), [&](const core::Code& one) { return reach.covers(one); }));
}

std::optional<Problem> refused_ask(const Call& call, Parameters& parameters, const ReportAsk& ask) {
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  if (!covers(call, core::Area::reports, ask)) return problem("forbidden_scope");
  return std::nullopt;
}

std::variant<run::Cutoff, Problem> cutoff_of(const Call& call, const ReportAsk& ask,
                                             core::Instant period_end) {
  const auto found = run::report_cutoff(
      call.service.store, *call.service.engine.definitions(), ask.scope.agency, period_end,
      call.service.config.publications.cutoff_working_days, call.service.clock.now(), ask.recorded_until);
  if (const auto* rejection = std::get_if<core::Rejection>(&found)) {
    Problem made = problem(rejection->code, rejection->detail);
    made.status = rejection->kind == core::Rejection::Kind::invalid ? 422 : 409;
    return made;
  }
  return std::get<run::Cutoff>(found);
}

void make_at_desk(std::shared_ptr<Call> call, net::Reply reply, MakeReport make) {
  const bool taken = call->service.reports.ask([call, reply, make = std::move(make)] {
    net::Response response;
    try {
      run::Reporter reporter(call->service.store, call->service.keyring, call->service.engine.definitions());
      response = finished(*call, make(*call, reporter));
    } catch (...) {
      response = finished(*call, failure_of(*call));
    }
    reply(std::move(response));
  });
  if (!taken) reply(finished(*call, problem("queue_full")));
}

std::string agency_name(const Call& call, const core::Code& agency) {
  const auto definitions = call.service.engine.definitions();
  const core::Agency* known = definitions->agency(agency);
  return known == nullptr ? std::string() : known->name;
}

const core::Rule* plan_rule(const run::Definitions& definitions, std::string_view id, core::Date day) {
  const core::Rules* rules = definitions.rulebook().at(day);
  if (rules == nullptr) return nullptr;
  const auto found = std::find_if(rules->all.begin(), rules->all.end(),
                                  [&](const core::Rule& rule) { return rule.id.text == id; });
  return found == rules->all.end() ? nullptr : &*found;
}

void write_report_head(JsonWriter& json, const Call& call, const ReportName& name, const ReportAsk& ask) {
  json.member("report", name.report);
  json.member("method", name.method);
  json.member("basis", name.basis);
  json.member("confirmed", name.confirmed);
  json.member("agency", ask.scope.agency);
  json.member("agency_name", agency_name(call, ask.scope.agency));
  json.member("below", ask.scope.below);
}

void write_cutoff(JsonWriter& json, const run::Cutoff& cutoff) {
  json.key("cutoff");
  json.begin_object();
  json.member("position", cutoff.position);
  json.member_instant("recorded_at", cutoff.recorded_at);
  json.end_object();
}

void write_report_period(JsonWriter& json, const core::ReportPeriod& period) {
  json.key("period");
  json.begin_object();
  json.member("name", period.name);
  json.member("from_on", period.first);
  json.member("to_on", period.last);
  json.end_object();
}

core::ReportPeriod calendar_month(const std::string& month) {
  const core::Date first = *core::parse_date(month + "-01");
  core::ReportPeriod period =
      core::report_days(first, core::add_months(first, 1) - 1, core::kVietnamOffsetMinutes);
  period.name = "calendar_month:" + month;
  return period;
}

print::Table about_table(const Call& call, const ReportName& name, const ReportAsk& ask,
                         const core::ReportPeriod& period, const run::Cutoff& cutoff) {
  print::Table table;
  table.sheet = "Thông tin";
  table.title = std::string(name.title);
  table.columns = {{"Nội dung", 36}, {"Giá trị", 60}};
  const auto line = [&](std::string what, print::TableCell value) {
    table.rows.push_back({std::move(what), std::move(value)});
  };
  line("Cơ quan", agency_name(call, ask.scope.agency) + " (" + ask.scope.agency.text + ")");
  line("Gồm các cơ quan trực thuộc", std::string(ask.scope.below ? "Có" : "Không"));
  line("Kỳ số liệu", period.name);
  line("Từ ngày", period.first);
  line("Đến ngày", period.last);
  line("Chốt số liệu lúc", cutoff.recorded_at);
  line("Chốt tại vị trí", cutoff.position);
  line("Phương pháp", std::string(name.method));
  line("Căn cứ", std::string(name.basis));
  line("Đã đối chiếu văn bản", std::string(name.confirmed ? "Có" : "Chưa"));
  return table;
}

net::Response workbook_response(const std::vector<print::Table>& tables, const ReportName& name,
                                const run::Cutoff& cutoff) {
  net::Response response;
  response.content_type = std::string(kWorkbookType);
  response.headers.emplace_back("Content-Disposition",
                                "attachment; filename=\"" + std::string(name.report) + ".xlsx\"");
  response.body = print::table_book(tables, cutoff.recorded_at, core::kVietnamOffsetMinutes);
  return response;
}

}  // namespace motcua::api
