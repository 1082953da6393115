#include <algorithm>

#include "engine/core/decider.h"

namespace motcua::core {
bool Decider::knows_result_kind(const Code& kind) {
  const auto& kinds = context_.procedure->results;
  const bool known =
      kind.empty() || std::any_of(kinds.begin(), kinds.end(),
                                  [&](const ResultDefinition& result) { return result.code == kind; });
  if (!known) {
    reject(invalid("#/result_kind", "unknown_result",
                   expected("a result of the procedure", "it lists none of this code")));
  }
  return known;
}

void Decider::on(const SettleDossier& settle) {
  if (!knows_result_kind(settle.kind)) return;
  if (settle.outcome == Outcome::granted) {
    if (auto problem = grant_problem(dossier_, context_)) return reject(std::move(*problem));
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

// "{code}-KQ{n}" with the dossier's code and the order of the result. An old system may have told of its last
// result alone: what it called so is passed over.
Code Decider::result_code() const {
  const auto numbered = [&](std::size_t number) {
    std::string text = context_.rules->result_pattern;
    const auto put = [&](std::string_view part, const std::string& value) {
      const std::size_t at = text.find(part);
      if (at != std::string::npos) text.replace(at, part.size(), value);
    };
    put("{code}", dossier_.code.text);
    put("{n}", std::to_string(number));
    return Code(text);
  };
  const auto& given = dossier_.results;
  std::size_t number = given.size() + 1;
  const auto is_taken = [&](const ResultGiven& result) { return result.code == numbered(number); };
  // A pattern without a number never leaves what is taken.
  for (std::size_t i = 0; i < given.size() && std::any_of(given.begin(), given.end(), is_taken); ++i)
    ++number;
  return numbered(number);
}

void Decider::on(const ReturnResult& result) {
  add(ResultReturned{result.delivery.value_or(dossier_.delivery)}, {});
}

void Decider::on(const AnnounceResult&) {
  const LegalClock* settlement = dossier_.clock(ClockKind::settlement);
  const bool early =
      settlement != nullptr && settlement->due.at && *dossier_.settled_at < *settlement->due.at;
  add(ResultAnnounced{early}, {});
}

const ResultGiven* Decider::standing_result(const Code& code) {
  const auto found = std::find_if(dossier_.results.begin(), dossier_.results.end(),
                                  [&](const ResultGiven& result) { return result.code == code; });
  if (found == dossier_.results.end()) {
    reject(invalid("#/result", "unknown_result",
                   expected("the code of a result of this dossier", "it has none of this code")));
    return nullptr;
  }
  if (dossier_.change_of(code) != nullptr) {
    reject(conflict("result_not_standing",
                    expected("a result that stands", "it was replaced or annulled before")));
    return nullptr;
  }
  return &*found;
}

void Decider::on(const ReplaceResult& replace) {
  const ResultGiven* before = standing_result(replace.result);
  if (before == nullptr || !knows_result_kind(replace.kind)) return;
  const Outcome outcome = replace.outcome.value_or(before->outcome);
  if (outcome == Outcome::granted && before->outcome != Outcome::granted) {
    if (auto problem = grant_problem(dossier_, context_)) return reject(std::move(*problem));
  }
  ResultReplaced body;
  body.replaced = replace.result;
  body.result = {result_code(), outcome, replace.form, replace.kind.empty() ? before->kind : replace.kind};
  body.texts = texts();
  add(std::move(body), {});
}

void Decider::on(const AnnulResult& annul) {
  if (standing_result(annul.result) == nullptr) return;
  ResultAnnulled body;
  body.annulled = annul.result;
  body.texts = texts();
  add(std::move(body), {});
}

}  // namespace motcua::core
