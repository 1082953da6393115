#pragma once

#include <span>
#include <string_view>

namespace motcua::api {

// What one code of a problem or of a fault means, once for all answers. Status 0: only ever a fault inside a
// problem.
struct ProblemText {
  std::string_view code;
  int status;
  std::string_view title_en;
  std::string_view title_vi;
  std::string_view message_en;
  std::string_view message_vi;  // for the clerk at the counter: what to do
};

// Sorted by code.
std::span<const ProblemText> problem_texts();
// The text of a code; that of internal_error when there is no such code.
const ProblemText& problem_text(std::string_view code);

}  // namespace motcua::api
