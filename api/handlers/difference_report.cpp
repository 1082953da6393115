#include <algorithm>

#include "api/cursor.h"
#include "api/handlers/handlers.h"
#include "api/handlers/report_asking.h"

namespace motcua::api {
namespace {

constexpr ReportName kDifferencesName{
    "differences", "differences/1", "Hồ sơ được ba cách tính đánh giá khác nhau",
    "Danh sách trễ hẹn, biểu II.06a và Bộ chỉ số 766 trên cùng một lịch sử"};

// Which page of the differences.
struct DifferencesAsk {
  ReportAsk ask;
  std::string month;
  int limit = 50;
  std::optional<store::Mark> after;
  std::string binding;
};

void write_difference(JsonWriter& json, const core::Dossier& dossier, const core::LateDifference& one) {
  json.begin_object();
  json.member("id", dossier.id);
  json.member_code("code", dossier.code);
  json.member("procedure", dossier.procedure);
  json.member("competent_agency", dossier.competent_agency);
  json.member("late_list", one.late_list);
  json.member("ii06a", one.ii06a);
  json.member("ii06a_reason", one.ii06a_reason);
  json.member("index_766", one.index_766);
  json.member("index_766_reason", one.index_766_reason);
  json.end_object();
}

print::Table differences_table(const std::vector<store::Counting::Present>& found,
                               const run::DifferenceRow* rows) {
  print::Table table;
  table.sheet = "Khác nhau";
  table.title = std::string(kDifferencesName.title);
  table.columns = {{"Mã hồ sơ", 26},      {"Thủ tục", 14},         {"Cơ quan giải quyết", 16},
                   {"Danh sách trễ", 14}, {"II.06a", 14},          {"Lý do II.06a", 24},
                   {"Chỉ số 766", 14},    {"Lý do chỉ số 766", 24}};
  const auto word = [](const auto& reason) {
    return reason ? print::TableCell(std::string(core::word_of(*reason))) : print::TableCell();
  };
  for (std::size_t i = 0; i < found.size(); ++i) {
    const core::Dossier& dossier = found[i].dossier;
    const core::LateDifference& one = rows[i].difference;
    table.rows.push_back({dossier.code.text, dossier.procedure.text, dossier.competent_agency.text,
                          std::string(core::word_of(one.late_list)), std::string(core::word_of(one.ii06a)),
                          word(one.ii06a_reason), std::string(core::word_of(one.index_766)),
                          word(one.index_766_reason)});
  }
  return table;
}

Made differences_page(const Call& call, run::Reporter& reporter, const DifferencesAsk& asked) {
  const core::ReportPeriod period = calendar_month(asked.month);
  ReportAsk ask = asked.ask;
  // All pages are of what was recorded when the first was made.
  if (asked.after) ask.recorded_until = core::Instant{asked.after->due};
  auto limited = cutoff_of(call, ask, period.span.to);
  if (auto* wrong = std::get_if<Problem>(&limited)) return std::move(*wrong);
  const run::Cutoff cutoff = std::get<run::Cutoff>(limited);
  const std::vector<run::DifferenceRow> rows = reporter.differences(ask.scope, period.span, cutoff);
  const std::int64_t after = asked.after ? asked.after->key : 0;
  const auto first =
      std::upper_bound(rows.begin(), rows.end(), after,
                       [](std::int64_t key, const run::DifferenceRow& row) { return key < row.key; });
  const auto shown = std::min<std::ptrdiff_t>(asked.limit, rows.end() - first);
  std::vector<std::int64_t> keys;
  for (auto row = first; row != first + shown; ++row) keys.push_back(row->key);
  const auto dossiers = call.service.store.reader()->counting().dossiers(keys);
  const run::DifferenceRow* page = keys.empty() ? nullptr : &*first;
  if (ask.workbook) {
    print::Table about = about_table(call, kDifferencesName, ask, period, cutoff);
    about.rows.push_back(
        {std::string("Số hồ sơ đánh giá khác nhau"), static_cast<std::int64_t>(rows.size())});
    about.rows.push_back({std::string("Số hồ sơ trong tệp này"), static_cast<std::int64_t>(dossiers.size())});
    return workbook_response({differences_table(dossiers, page), std::move(about)}, kDifferencesName, cutoff);
  }
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_report_head(json, call, kDifferencesName, ask);
  write_report_period(json, period);
  write_cutoff(json, cutoff);
  json.member("count", static_cast<std::int64_t>(rows.size()));
  json.key("items");
  json.begin_array();
  for (std::size_t i = 0; i < dossiers.size(); ++i) {
    write_difference(json, dossiers[i].dossier, page[i].difference);
  }
  json.end_array();
  if (first + shown == rows.end()) {
    json.member_null("next_cursor");
  } else {
    json.member("next_cursor", write_cursor(call.service.keyring, asked.binding,
                                            store::Mark{cutoff.recorded_at.ms, keys.back(), 0}));
  }
  json.end_object();
  return json_response(200, std::move(body));
}

}  // namespace

void report_differences(std::shared_ptr<Call> call, net::Reply reply) {
  Parameters parameters(call->request.query);
  DifferencesAsk asked;
  asked.ask = read_report_ask(*call, parameters);
  asked.month = read_month(parameters, "month");
  asked.limit = static_cast<int>(parameters.integer("limit", 1, 200).value_or(50));
  const auto cursor = parameters.text("cursor");
  if (auto wrong = refused_ask(*call, parameters, asked.ask))
    return reply(finished(*call, std::move(*wrong)));
  // It names dossiers.
  if (!covers(*call, core::Area::dossiers, asked.ask))
    return reply(finished(*call, problem("forbidden_scope")));
  asked.binding = "differences " + asked.month + ' ' + asked.ask.scope.agency.text + ' ' +
                  (asked.ask.scope.below ? "below" : "alone") + ' ' +
                  (asked.ask.recorded_until ? std::to_string(asked.ask.recorded_until->ms) : "");
  if (cursor) {
    asked.after = read_cursor(call->service.keyring, asked.binding, *cursor);
    if (!asked.after) return reply(finished(*call, problem("bad_cursor")));
  }
  make_at_desk(std::move(call), std::move(reply), [asked](const Call& one, run::Reporter& reporter) {
    return differences_page(one, reporter, asked);
  });
}

}  // namespace motcua::api
