#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/core/late_list_builder.h"

namespace motcua::core {

// The days of a report, both included, and what names them: "month:2026-10", or "days".
struct ReportPeriod {
  std::string name;
  Date first;
  Date last;
  Period span;
};

// The day of the month on which the periods of reports begin (Decree 09/2019, art. 12); a parameter.
inline constexpr int kReportFirstDay = 15;

// "month:2026-10", "quarter:2026-Q3", "half:2026-H1" or "year:2026": from the 15th of the month before its
// first month to the 14th of its last one. Nothing for other text, and years that no date has (time.h).
std::optional<ReportPeriod> report_period(std::string_view name, int offset_minutes,
                                          int first_day = kReportFirstDay);
// Days that somebody chose. Requires first <= last.
ReportPeriod report_days(Date first, Date last, int offset_minutes);
// The first calendar month of "2026-Q3", which is "2026-07"; nothing for other text, as above.
std::optional<std::string> quarter_month(std::string_view quarter);

}  // namespace motcua::core
