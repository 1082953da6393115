#include <algorithm>

#include "engine/core/decider.h"

namespace motcua::core {

void Decider::on(const SettleDossier& settle) {
  const auto& kinds = context_.procedure->results;
  const bool known = settle.kind.empty() ||
                     std::any_of(kinds.begin(), kinds.end(),
                                 [&](const ResultDefinition& kind) { return kind.code == settle.kind; });
  if (!known) {
    return reject(invalid("#/result_kind", "unknown_result",
                          expected("a result of the procedure", "it lists none of this code")));
  }
  DossierSettled body;
  body.result = {result_code(), settle.outcome, settle.form, settle.kind};
  body.texts = texts();
  Clockwork clocks(dossier_, context_);
  clocks.end(ClockKind::settlement, at_);
  clocks.end_forward_by_handling(at_);
  clocks.close_but(ClockKind::settlement, at_);
  add(std::move(body), clocks.take());
}

// "{code}-KQ{n}" with the dossier's code and the order of the result.
Code Decider::result_code() const {
  std::string text = context_.rules->result_pattern;
  const auto put = [&](std::string_view part, const std::string& value) {
    const std::size_t at = text.find(part);
    if (at != std::string::npos) text.replace(at, part.size(), value);
  };
  put("{code}", dossier_.code.text);
  put("{n}", std::to_string(dossier_.results.size() + 1));
  return Code(text);
}

void Decider::on(const ReturnResult& result) {
  add(ResultReturned{result.delivery.value_or(dossier_.delivery)}, {});
}

}  // namespace motcua::core
