#include "api/handlers/indicator_rows.h"

namespace motcua::api {
namespace {

using core::Share;
using run::PlanMonth;

Share digitised_of(const core::PlanCounts& plan) {
  Share sum;
  for (const auto& [level, share] : plan.papers_digitised) sum.add(share);
  return sum;
}

// Of the late dossiers those for which it was done, soon or late; what is within its time yet is not owed.
Share share_explained(const PlanMonth& month) {
  const std::int64_t done = month.late.explanations_given + month.late.explanations_late;
  return {done, done + month.late.explanations_missing};
}
Share share_apologised(const PlanMonth& month) {
  const std::int64_t done = month.late.apologies_in_time + month.late.apologies_late;
  return {done, done + month.late.apologies_missing};
}
Share share_reappointed(const PlanMonth& month) {
  return {month.late.late - month.late.late_without_reappointment, month.late.late};
}

std::optional<bool> was_explained(const run::LateMarks& marks) {
  if (marks.explanation == core::ExplanationMark::owed) return std::nullopt;
  return marks.explanation != core::ExplanationMark::missing;
}
std::optional<bool> was_apologised(const run::LateMarks& marks) {
  if (marks.apology == core::ApologyMark::owed) return std::nullopt;
  return marks.apology != core::ApologyMark::missing;
}
std::optional<bool> was_reappointed(const run::LateMarks& marks) { return marks.reappointed; }

// What is an agency's, and is measured.
bool is_agencys(const Indicator& one) { return one.share != nullptr && !one.standing; }

void write_share(JsonWriter& json, const Share& share) {
  json.member("numerator", share.part);
  json.member("denominator", share.whole);
  json.member("bp", share.bp());
}

// Digitisation begins on a day of its own at each level, so it is told by level.
void write_levels(JsonWriter& json, const run::Definitions& definitions, core::Date day,
                  const std::vector<PlanMonth>& months) {
  std::map<core::AgencyLevel, Share> levels;
  for (const PlanMonth& month : months) {
    for (const auto& [level, share] : month.plan.papers_digitised) levels[level].add(share);
  }
  const core::Rules* rules = definitions.rulebook().at(day);
  json.key("by_level");
  json.begin_array();
  for (const auto& [level, share] : levels) {
    json.begin_object();
    json.member("level", level);
    json.member("since", rules == nullptr || !rules->digitising
                             ? std::nullopt
                             : core::digitising_since(*rules->digitising, level, false));
    write_share(json, share);
    json.end_object();
  }
  json.end_array();
}

void write_months(JsonWriter& json, const Indicator& indicator, const std::vector<PlanMonth>& months) {
  json.key("months");
  json.begin_array();
  for (const PlanMonth& month : months) {
    json.begin_object();
    json.member("month", month.month);
    write_share(json, indicator.share(month));
    json.end_object();
  }
  json.end_array();
}

}  // namespace

const std::vector<Indicator>& indicators() {
  static const std::vector<Indicator> all{
      {"acceptance", 17, "ONLINE_ACCEPT", "Tiếp nhận trực tuyến trong tám giờ làm việc",
       [](const PlanMonth& month) { return month.plan.acceptance; }, ""},
      {"explanation", 22, "LATE_EXPLAIN", "Hồ sơ trễ hẹn có giải trình", share_explained, "", false,
       was_explained},
      {"apology", 22, "LATE_EXPLAIN", "Hồ sơ trễ hẹn có xin lỗi", share_apologised, "", false,
       was_apologised},
      {"reappointment", 9, "LATE_REAPPOINT", "Hồ sơ trễ hẹn có hẹn lại trên hệ thống", share_reappointed, "",
       false, was_reappointed},
      {"electronic_results", 11, "ERESULT_100", "Hồ sơ đã giải quyết có kết quả điện tử",
       [](const PlanMonth& month) { return month.plan.electronic_results; }, ""},
      {"papers_digitised", 10, "DIGITISE", "Giấy tờ được số hóa",
       [](const PlanMonth& month) { return digitised_of(month.plan); }, ""},
      {"electronic_workflow", 15, "EWORKFLOW", "Thủ tục có quy trình điện tử",
       [](const PlanMonth& month) { return month.workflows; }, "", true},
      {"online", 18, "FEE_ONLINE", "Hồ sơ nộp trực tuyến",
       [](const PlanMonth& month) { return month.plan.online; }, ""},
      {"paid_online", 18, "FEE_ONLINE", "Hồ sơ thanh toán trực tuyến", nullptr, "payments_carry_no_means"},
      {"papers_reused", 13, "ONCE_ONLY", "Giấy tờ được sử dụng lại",
       [](const PlanMonth& month) { return month.plan.papers_reused; }, ""},
      {"form_fields_saved", 19, "FORM_CUT", "Thông tin không phải kê khai lại", nullptr,
       "fields_declared_are_not_kept"}};
  return all;
}

Share total_of(const Indicator& indicator, const std::vector<PlanMonth>& months) {
  Share sum;
  if (indicator.share == nullptr) return sum;
  if (indicator.of_late != nullptr) {
    std::map<std::string_view, const run::LateMarks*> last;
    for (const PlanMonth& month : months) {
      for (const auto& [code, marks] : month.late_dossiers) last[code] = &marks;
    }
    for (const auto& [code, marks] : last) {
      if (const auto done = indicator.of_late(*marks)) sum.add(*done);
    }
    return sum;
  }
  for (const PlanMonth& month : months) {
    if (indicator.standing) sum = Share{};
    sum.add(indicator.share(month));
  }
  return sum;
}

void write_indicators(JsonWriter& json, const run::Definitions& definitions,
                      const std::vector<PlanMonth>& months) {
  const core::Date day = calendar_month(months.back().month).last;
  json.key("indicators");
  json.begin_array();
  for (const Indicator& one : indicators()) {
    const core::Rule* rule = plan_rule(definitions, one.rule, day);
    const bool measured = one.share != nullptr;
    json.begin_object();
    json.member("indicator", one.indicator);
    json.member("item", one.item);
    json.member("rule", one.rule);
    json.member("basis", rule == nullptr ? std::nullopt : std::optional(rule->basis));
    json.member("confirmed", rule != nullptr && rule->confirmed);
    json.member("target_percent", rule == nullptr ? std::nullopt : rule->target_percent);
    json.member("measured", measured);
    json.member("why_not", measured ? std::nullopt : std::optional(one.why_not));
    if (measured) {
      json.key("total");
      json.begin_object();
      write_share(json, total_of(one, months));
      json.end_object();
      write_months(json, one, months);
      if (one.item == 10) write_levels(json, definitions, day, months);
    } else {
      json.member_null("total");
    }
    json.end_object();
  }
  json.end_array();
}

print::Table indicators_table(const std::vector<PlanMonth>& months) {
  print::Table table;
  table.sheet = "Chỉ tiêu";
  table.title = "Chỉ tiêu của kế hoạch theo tháng";
  table.columns = {{"Mục", 8}, {"Chỉ tiêu", 48}, {"Tháng", 12}, {"Đạt", 12}, {"Tổng số", 12}, {"Tỷ lệ", 12}};
  for (const Indicator& one : indicators()) {
    const auto row = [&](std::string when, const Share& share) {
      const auto rate = share.bp();
      table.rows.push_back({std::int64_t{one.item}, std::string(one.label), std::move(when), share.part,
                            share.whole,
                            rate ? print::TableCell(print::RateCell{*rate}) : print::TableCell()});
    };
    if (one.share == nullptr) {
      table.rows.push_back({std::int64_t{one.item}, std::string(one.label), std::string("Không đo được")});
      continue;
    }
    for (const PlanMonth& month : months) row(month.month, one.share(month));
    row("Cả kỳ", total_of(one, months));
  }
  return table;
}

void write_agencies(JsonWriter& json, const Call& call, const AgencyMonths* agencies) {
  if (agencies == nullptr) return json.member_null("agencies");
  json.key("agencies");
  json.begin_array();
  for (const auto& [agency, months] : *agencies) {
    json.begin_object();
    json.member("agency", agency);
    json.member("agency_name", agency_name(call, agency));
    json.key("indicators");
    json.begin_array();
    for (const Indicator& one : indicators()) {
      if (!is_agencys(one)) continue;
      json.begin_object();
      json.member("indicator", one.indicator);
      json.key("total");
      json.begin_object();
      write_share(json, total_of(one, months));
      json.end_object();
      write_months(json, one, months);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

print::Table agencies_table(const Call& call, const AgencyMonths& agencies) {
  print::Table table;
  table.sheet = "Theo cơ quan";
  table.title = "Chỉ tiêu của kế hoạch theo cơ quan và tháng";
  table.columns = {{"Mã cơ quan", 14}, {"Cơ quan", 48}, {"Mục", 8},      {"Chỉ tiêu", 48},
                   {"Tháng", 12},      {"Đạt", 12},     {"Tổng số", 12}, {"Tỷ lệ", 12}};
  for (const auto& [agency, months] : agencies) {
    const std::string name = agency_name(call, agency);
    for (const Indicator& one : indicators()) {
      if (!is_agencys(one)) continue;
      // No line of the whole span: this range is filtered and summed.
      for (const PlanMonth& month : months) {
        const Share share = one.share(month);
        const auto rate = share.bp();
        table.rows.push_back({agency.text, name, std::int64_t{one.item}, std::string(one.label), month.month,
                              share.part, share.whole,
                              rate ? print::TableCell(print::RateCell{*rate}) : print::TableCell()});
      }
    }
  }
  return table;
}

}  // namespace motcua::api
