#include "engine/core/report_period.h"

namespace motcua::core {
namespace {

// A kind of period: how its part of the year is written, and how many months it has.
struct PeriodKind {
  std::string_view word;
  char letter;  // before the part's number; 0: the months have no letter, the year no part
  int months;
};
constexpr PeriodKind kPeriodKinds[] = {
    {"month", 0, 1}, {"quarter", 'Q', 3}, {"half", 'H', 6}, {"year", 0, 12}};

// The number of one or two digits.
std::optional<int> digits(std::string_view text) {
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

// The first day of the first month of "2026", "2026-10", "2026-Q3" or "2026-H1", in a year that a date may
// have.
std::optional<Date> first_of(const PeriodKind& kind, std::string_view text) {
  const std::string_view year = text.substr(0, 4);
  std::string_view part = text.substr(year.size());
  int number = 1;
  if (kind.months < 12) {
    const std::string sign = kind.letter == 0 ? "-" : std::string("-") + kind.letter;
    const std::size_t width = kind.letter == 0 ? 2 : 1;
    if (!part.starts_with(sign) || part.size() != sign.size() + width) return std::nullopt;
    const auto read = digits(part.substr(sign.size()));
    if (!read || *read < 1 || *read > 12 / kind.months) return std::nullopt;
    number = *read;
    part = {};
  }
  if (!part.empty()) return std::nullopt;
  const int month = 1 + (number - 1) * kind.months;
  return parse_date(std::string(year) + (month < 10 ? "-0" : "-") + std::to_string(month) + "-01");
}

}  // namespace

ReportPeriod report_days(Date first, Date last, int offset_minutes) {
  return {"days", first, last, {midnight(first, offset_minutes), midnight(last + 1, offset_minutes)}};
}

std::optional<ReportPeriod> report_period(std::string_view name, int offset_minutes, int first_day) {
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  for (const PeriodKind& kind : kPeriodKinds) {
    if (kind.word != name.substr(0, colon)) continue;
    const auto first_month = first_of(kind, name.substr(colon + 1));
    if (!first_month) return std::nullopt;
    const Date first = add_months(*first_month, -1) + (first_day - 1);
    const Date last = add_months(*first_month, kind.months - 1) + (first_day - 2);
    ReportPeriod period = report_days(first, last, offset_minutes);
    period.name = name;
    return period;
  }
  return std::nullopt;
}

std::optional<std::string> quarter_month(std::string_view quarter) {
  const auto first = first_of(kPeriodKinds[1], quarter);
  if (!first) return std::nullopt;
  return format_date(*first).substr(0, 7);
}

}  // namespace motcua::core
