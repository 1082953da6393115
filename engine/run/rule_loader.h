#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/rulebook.h"
#include "engine/run/members_loader.h"

namespace motcua::run {

// One entry of a rulebook: the rule of one layer with all that it may carry.
struct RuleEntry {
  core::Rule rule;
  core::Code layer;
  std::string pointer;
  bool has_limit = false;
  std::optional<core::DayEnd> day_end;
  std::vector<core::Channel> channels;  // to which it applies; empty: all
  std::optional<std::string> event;
  std::optional<std::string> mode;
  std::optional<std::int32_t> cutoff_ms;
  std::optional<std::string> pattern;
  std::optional<std::array<bool, 3>> issued_at_submission;  // by Channel
  std::optional<std::string> moves_due;
  std::optional<core::Limit> notice_before;
  std::optional<core::DigitisingDates> starts_on;
  bool at_once = false;
  std::optional<core::Limit> after_opening;
};

// Reads the members of an entry; the caller refuses the unknown ones.
RuleEntry read_rule(ObjectReader& in, Source source);

// What is wrong with the pattern of a dossier code ({agency}, {yyMMdd} or {yyyyMMdd}, {seq:4} to {seq:7}), or
// of a result code ({code}, {n}); empty when nothing is.
std::string code_pattern_fault(std::string_view pattern);
std::string result_pattern_fault(std::string_view pattern);

}  // namespace motcua::run
