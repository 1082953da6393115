#include <algorithm>
#include <cstdio>

#include "engine/core/decide.h"

namespace motcua::core {
namespace {

std::string dated(Date date, bool short_year) {
  const YearMonthDay ymd = year_month_day(date);
  char text[16];
  std::snprintf(text, sizeof text, "%02d%02d%02d", short_year ? ymd.year % 100 : ymd.year, ymd.month,
                ymd.day);
  return text;
}

// Writes the pattern with its parts filled in; `number` < 0 leaves the sequence out.
std::string filled(const std::string& pattern, const Code& agency, Date date, std::int64_t number) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size();) {
    const std::size_t end = pattern[i] == '{' ? pattern.find('}', i) : std::string::npos;
    if (end == std::string::npos) {
      text += pattern[i++];
      continue;
    }
    const std::string part = pattern.substr(i + 1, end - i - 1);
    i = end + 1;
    if (part == "agency") {
      text += agency.text;
    } else if (part == "yyMMdd" || part == "yyyyMMdd") {
      text += dated(date, part == "yyMMdd");
    } else if (number >= 0 && part.starts_with("seq:")) {
      const std::string digits = std::to_string(number);
      const auto width = static_cast<std::size_t>(part[4] - '0');
      text += std::string(width > digits.size() ? width - digits.size() : 0, '0') + digits;
    }
  }
  return text;
}

bool all_digits(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::string numbering_key(const std::string& pattern, const Code& agency, Instant at, int offset_minutes) {
  return filled(pattern, agency, local_date(at, offset_minutes), -1);
}

Code dossier_code(const std::string& pattern, const Code& agency, Instant at, int offset_minutes,
                  std::int64_t number) {
  return Code(filled(pattern, agency, local_date(at, offset_minutes), number));
}

bool is_dossier_code(std::string_view text) {
  // The code of a result is longer by "-KQ" and a number, and must still be a Code.
  constexpr std::size_t kLengthMax = 56;
  const std::size_t second = text.rfind('-');
  if (second == std::string_view::npos || second == 0) return false;
  const std::size_t first = text.rfind('-', second - 1);
  if (first == std::string_view::npos || first == 0) return false;
  const std::string_view agency = text.substr(0, first);
  const std::string_view date = text.substr(first + 1, second - first - 1);
  const bool word =
      agency.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.") == std::string_view::npos;
  return text.size() <= kLengthMax && word && (date.size() == 6 || date.size() == 8) &&
         all_digits(date, 6, 8) && all_digits(text.substr(second + 1), 4, 7);
}

bool begins_with_agency(std::string_view code) {
  constexpr std::size_t kPartMax = 4;
  std::string_view rest = code.substr(0, code.find('-'));
  while (true) {
    const std::size_t end = std::min(rest.find('.'), rest.size());
    if (end == 0 || end > kPartMax) return false;
    if (end == rest.size()) return true;
    rest.remove_prefix(end + 1);
  }
}

}  // namespace motcua::core
