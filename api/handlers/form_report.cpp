#include "api/handlers/form_report.h"

#include "api/handlers/handlers.h"

namespace motcua::api {
namespace {

// period=, or from= and to=.
std::optional<core::ReportPeriod> read_period(Parameters& parameters) {
  const auto day = [&](std::string_view name) -> std::optional<core::Date> {
    const auto given = parameters.text(name);
    const auto date = given ? core::parse_date(*given) : std::nullopt;
    if (given && !date) parameters.fault(name, "bad_parameter", "Expected a day, YYYY-MM-DD, but it is none");
    return date;
  };
  const auto name = parameters.text("period");
  const auto from = day("from");
  const auto to = day("to");
  if (name) {
    if (parameters.text("from") || parameters.text("to")) {
      parameters.fault("period", "bad_parameter", "Expected a period or its days, but there are both");
      return std::nullopt;
    }
    const auto period = core::report_period(*name, core::kVietnamOffsetMinutes);
    if (!period) {
      parameters.fault("period", "bad_parameter",
                       "Expected month:2026-10, quarter:2026-Q3, half:2026-H1 or year:2026, but it is none");
    }
    return period;
  }
  if (!parameters.text("from") || !parameters.text("to")) {
    parameters.fault("period", "bad_parameter", "Expected a period, or from and to, but neither is there");
  }
  if (!from || !to) return std::nullopt;
  if (*to < *from) {
    parameters.fault("to", "bad_parameter", "Expected a last day that is not before the first, but it is");
    return std::nullopt;
  }
  return core::report_days(*from, *to, core::kVietnamOffsetMinutes);
}

}  // namespace

void write_form(JsonWriter& json, const core::Ii06a& form) {
  const auto write_counts = [&](const core::Ii06aCounts& counts) {
    json.begin_object();
    core::Ii06aCounts::describe(counts,
                                [&](std::string_view member, std::int64_t n) { json.member(member, n); });
    json.end_object();
  };
  json.key("fields");
  json.begin_array();
  for (const core::Ii06a::Row& row : form.rows) {
    json.begin_object();
    json.member("field", row.field);
    json.key("counts");
    write_counts(row.counts);
    json.end_object();
  }
  json.end_array();
  json.key("total");
  write_counts(form.total);
}

print::Table form_table(const core::Ii06a& form) {
  print::Table table;
  table.sheet = "II.06a";
  table.title = std::string(kFormName.title);
  table.columns = {{"Lĩnh vực", 48},
                   {"(3) Tiếp nhận: tổng số", 13},
                   {"(4) Trong kỳ, trực tuyến", 13},
                   {"(5) Trong kỳ, trực tiếp và bưu chính", 13},
                   {"(6) Từ kỳ trước", 13},
                   {"(7) Đã giải quyết: tổng số", 13},
                   {"(8) Trước hạn", 13},
                   {"(9) Đúng hạn", 13},
                   {"(10) Quá hạn", 13},
                   {"(11) Đang giải quyết: tổng số", 13},
                   {"(12) Trong hạn", 13},
                   {"(13) Quá hạn", 13},
                   {"Không có thời hạn: tiếp nhận", 13},
                   {"Không có thời hạn: đã giải quyết", 13},
                   {"Không có thời hạn: đang giải quyết", 13}};
  const auto row = [&](const std::string& field, const core::Ii06aCounts& counts) {
    std::vector<print::TableCell> cells{field};
    core::Ii06aCounts::describe(counts, [&](auto, std::int64_t n) { cells.emplace_back(n); });
    table.rows.push_back(std::move(cells));
  };
  for (const core::Ii06a::Row& one : form.rows) row(one.field, one.counts);
  row("Tổng số", form.total);
  return table;
}

void report_ii06a(std::shared_ptr<Call> call, net::Reply reply) {
  Parameters parameters(call->request.query);
  const ReportAsk ask = read_report_ask(*call, parameters);
  const auto period = read_period(parameters);
  if (auto wrong = refused_ask(*call, parameters, ask)) return reply(finished(*call, std::move(*wrong)));
  make_at_desk(std::move(call), std::move(reply),
               [ask, period = *period](const Call& asked, run::Reporter& reporter) -> Made {
                 auto cutoff = cutoff_of(asked, ask, period.span.to);
                 if (auto* wrong = std::get_if<Problem>(&cutoff)) return std::move(*wrong);
                 const run::Cutoff& until = std::get<run::Cutoff>(cutoff);
                 const core::Ii06a form = reporter.ii06a(ask.scope, period.span, until);
                 if (ask.workbook) {
                   return workbook_response(
                       {form_table(form), about_table(asked, kFormName, ask, period, until)}, kFormName,
                       until);
                 }
                 std::string body;
                 JsonWriter json(body);
                 json.begin_object();
                 write_report_head(json, asked, kFormName, ask);
                 write_report_period(json, period);
                 write_cutoff(json, until);
                 write_form(json, form);
                 json.end_object();
                 return json_response(200, std::move(body));
               });
}

}  // namespace motcua::api
