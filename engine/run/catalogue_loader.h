#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/value.h"

namespace motcua::run {

// What the importer could not use as it was published, or had to decide.
enum class CatalogueNote {
  unreadable,         // a line that is no procedure: not imported
  refused,            // a line whose procedure does not load: not imported
  repeated_code,      // a code that an earlier line has: not imported
  already_applied,    // a code that the province wrote itself: not imported
  no_limits,          // no channel at all: offered at the counter, untimed
  no_unit,            // a number without a unit: untimed
  no_number,          // neither: untimed
  unusable_value,     // zero, below zero, too large, or a fraction of another unit: untimed
  unknown_unit,       // untimed
  unknown_channel,    // left out
  fractional,         // a fraction of working days, as working hours of a day of eight
  duplicate_channel,  // several limits for one channel, the case not named: variants
  repeated_limit,     // the same limit of a channel again: taken once
  fee_differs,        // one limit, several fees: no fee is stated
  unusable_fee,       // no fee is stated
  unknown_level,      // left out; `other` when no level is left
  several_levels,     // who decides is not said: competent_level is left out
  unusable_result     // a result without a code or a name: left out
};

// One line of a published catalogue as a procedure of format 1.
struct CatalogueLine {
  std::string code;                  // empty when the line is unreadable
  std::string text;                  // canonical JSON: equal lines give equal bytes; empty: not imported
  std::vector<CatalogueNote> notes;  // one for each time that it happened
};

// The workflow is a plain one of three steps without budgets, and the procedure is valid from 2020-01-01.
//
// A channel with several different limits has them as variants v1, v2 … in the order of publication, because
// the catalogue does not say which case each is for (so v1 of one channel need not be v1 of another). Its
// `default` is then untimed: whoever names no case gets neither the longest nor the shortest of them.
CatalogueLine convert_catalogue_line(std::string_view line);

}  // namespace motcua::run

namespace motcua::core {

template <>
struct EnumWords<run::CatalogueNote> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {
      "unreadable",    "refused",           "repeated_code",  "already_applied", "no_limits",
      "no_unit",       "no_number",         "unusable_value", "unknown_unit",    "unknown_channel",
      "fractional",    "duplicate_channel", "repeated_limit", "fee_differs",     "unusable_fee",
      "unknown_level", "several_levels",    "unusable_result"};
};

}  // namespace motcua::core
