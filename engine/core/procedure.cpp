#include "engine/core/procedure.h"

#include <algorithm>

namespace motcua::core {
namespace {

auto find_step(const std::vector<StepDefinition>& steps, const Code& key) {
  return std::find_if(steps.begin(), steps.end(),
                      [&](const StepDefinition& step) { return step.key == key; });
}

}  // namespace

bool PaperDefinition::belongs_to(const Code& variant) const {
  return variants.empty() || std::find(variants.begin(), variants.end(), variant) != variants.end();
}

const ChannelTerm* Procedure::term(Channel channel, const Code& variant) const {
  for (const ChannelTerm& candidate : terms)
    if (candidate.channel == channel && candidate.variant == variant) return &candidate;
  return nullptr;
}

bool Procedure::offers(Channel channel) const {
  return std::any_of(terms.begin(), terms.end(), [&](const ChannelTerm& t) { return t.channel == channel; });
}

const StepDefinition* Procedure::step(const Code& key) const {
  const auto found = find_step(steps, key);
  return found == steps.end() ? nullptr : &*found;
}

const StepDefinition* Procedure::step_after(const Code& key) const {
  const auto found = find_step(steps, key);
  if (found == steps.end() || found + 1 == steps.end()) return nullptr;
  return &*(found + 1);
}

}  // namespace motcua::core
