#include "engine/core/procedure.h"

#include <algorithm>
#include <iterator>

namespace motcua::core {
namespace {

auto find_step(const std::vector<StepDefinition>& steps, const Code& key) {
  return std::find_if(steps.begin(), steps.end(),
                      [&](const StepDefinition& step) { return step.key == key; });
}

template <class E>
std::vector<Code> words_of() {
  return {std::begin(EnumWords<E>::words), std::end(EnumWords<E>::words)};
}

}  // namespace

bool PaperDefinition::belongs_to(const Code& variant) const {
  return variants.empty() || std::find(variants.begin(), variants.end(), variant) != variants.end();
}

bool PaperDefinition::takes(PaperForm form) const {
  return forms.empty() || std::find(forms.begin(), forms.end(), form) != forms.end();
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

const ConsultationDefinition* Procedure::consultation(const Code& key) const {
  const auto found = std::find_if(consultations.begin(), consultations.end(),
                                  [&](const ConsultationDefinition& one) { return one.key == key; });
  return found == consultations.end() ? nullptr : &*found;
}

std::optional<std::size_t> Procedure::place_of(const Code& key) const {
  const auto found = find_step(steps, key);
  if (found == steps.end()) return std::nullopt;
  return static_cast<std::size_t>(found - steps.begin());
}

std::vector<ConditionFact> Procedure::condition_facts() const {
  std::vector<ConditionFact> all = {{Code("channel"), FactType::enumeration, words_of<Channel>(), false},
                                    {Code("variant"), FactType::enumeration, variants, false},
                                    {Code("level"), FactType::enumeration, words_of<AgencyLevel>(), false},
                                    {Code("owner_kind"), FactType::enumeration, words_of<OwnerKind>(), false},
                                    {Code("outcome"), FactType::enumeration, words_of<Outcome>(), true}};
  for (const PaperDefinition& paper : papers) {
    all.push_back({Code("paper." + paper.key.text), FactType::boolean, {}, false});
  }
  for (const FactDefinition& fact : facts) {
    if (!fact.personal) all.push_back({fact.key, fact.type, fact.values, !fact.required});
  }
  return all;
}

}  // namespace motcua::core
