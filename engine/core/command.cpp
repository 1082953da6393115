#include "engine/core/command.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

namespace motcua::core {
namespace {

using enum DossierState;

// One row of the state machine, in the order of CommandBody. What remains to be asked of a dossier in such a
// state (is there a supplement to judge?) is asked in `decide`.
struct Row {
  std::string_view word;
  std::initializer_list<DossierState> from;
};

const std::array<Row, std::variant_size_v<CommandBody>>& table() {
  static const std::array<Row, std::variant_size_v<CommandBody>> rows = {{
      {"submit", {}},
      {"accept", {submitted}},
      {"refuse", {submitted, awaiting_supplement, awaiting_payment}},
      {"request-supplement", {submitted, accepted, processing, awaiting_supplement}},
      {"supplement", {awaiting_supplement}},
      {"accept-supplement", {awaiting_supplement}},
      {"assign", {accepted, processing}},
      {"complete-step", {accepted, processing}},
      {"settle", {accepted, processing}},
      {"return-result", {settled}},
      {"withdraw", {submitted, accepted, processing, awaiting_supplement, awaiting_payment}},
      {"adjust", {submitted, accepted, processing}},
      {"derive", {submitted, accepted, processing, awaiting_supplement, awaiting_payment}},
  }};
  return rows;
}

}  // namespace

std::string_view word_of(const CommandBody& body) { return table()[body.index()].word; }

bool allowed_in(const CommandBody& body, DossierState state) {
  const auto& from = table()[body.index()].from;
  return std::find(from.begin(), from.end(), state) != from.end();
}

}  // namespace motcua::core
