#pragma once

#include <optional>
#include <string_view>

#include "api/json/writer.h"
#include "engine/core/explanation.h"
#include "engine/core/rulebook.h"

namespace motcua::api {

// Where a limit came from. Views: they must live as long as the call. What is empty is left out.
struct ExplanationSource {
  const core::Rule* rule = nullptr;  // null: the caller gave the limit himself
  std::string_view basis;            // in place of the rule's: a sector's own law, a province's decision
  std::optional<bool> confirmed;     // in place of the rule's
  std::string_view layer;            // "L2"
  std::string_view anchor;           // the event whose instant starts it: "accepted"
  std::string_view procedure;        // "1.001193"
  std::string_view procedure_version;
  std::string_view rulebook_version;
  // Another clock's due date that this one may not pass (appraisal: the settlement).
  std::string_view capped_by;  // "settlement"
  std::optional<core::Instant> capped_at;
};

// One object, with everything that tools/verify_explanation.py needs to find the date again. Its due_at is
// the earlier of the derived one and capped_at; derived_at is then the derived one.
void write_explanation(JsonWriter& json, const core::Explanation& explanation,
                       const ExplanationSource& source);
void write_explanation(JsonWriter& json, const core::ElapsedExplanation& explanation);

// {"value": 8, "unit": "working_hour"}; `counting` only for working days, no value where the unit has none.
void write_limit(JsonWriter& json, const core::Limit& limit);

}  // namespace motcua::api
