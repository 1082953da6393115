#include "engine/run/procedure_check.h"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "engine/run/budget_check.h"

namespace motcua::run {
namespace {

std::string entry(std::string_view list, std::size_t place, std::string_view member = "") {
  std::string pointer = "/" + std::string(list) + "/" + std::to_string(place);
  if (!member.empty()) pointer.append("/").append(member);
  return pointer;
}

template <class List, class KeyOf>
void check_unique(const List& list, std::string_view name, std::string_view member, KeyOf key_of,
                  Source source) {
  std::set<core::Code> seen;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const core::Code& key = key_of(list[i]);
    if (!key.empty() && !seen.insert(key).second) {
      source.report(entry(name, i, member),
                    "Expected each " + std::string(member) + " once, but \"" + key.text + "\" is repeated");
    }
  }
}

void check_variants(const core::Procedure& procedure, bool declared, Source source) {
  const auto& variants = procedure.variants;
  for (std::size_t i = 0; declared && i < variants.size(); ++i) {
    const bool used = std::any_of(procedure.terms.begin(), procedure.terms.end(),
                                  [&](const core::ChannelTerm& term) { return term.variant == variants[i]; });
    if (!used) source.report(entry("variants", i), "Expected a limit for this variant, but there is none");
  }
  std::set<std::pair<core::Channel, core::Code>> seen;
  for (std::size_t i = 0; i < procedure.terms.size(); ++i) {
    const core::ChannelTerm& term = procedure.terms[i];
    if (std::find(variants.begin(), variants.end(), term.variant) == variants.end()) {
      source.report(entry("limits", i, "variant"),
                    "Expected one of the variants, but \"" + term.variant.text + "\" is not declared");
    }
    if (!seen.emplace(term.channel, term.variant).second) {
      source.report(entry("limits", i), "Expected one limit for a channel and variant, but " +
                                            std::string(core::word_of(term.channel)) + " " +
                                            term.variant.text + " has another");
    }
    if (term.committed && surely_exceeds(*term.committed, term.statutory)) {
      source.report(entry("limits", i, "committed"),
                    "Expected a promise within the limit of the law, but it is longer");
    }
  }
}

bool knows_variant(const core::Procedure& procedure, const core::Code& variant) {
  const auto& known = procedure.variants;
  return std::find(known.begin(), known.end(), variant) != known.end();
}

void check_paper_variants(const core::Procedure& procedure, Source source) {
  for (std::size_t i = 0; i < procedure.papers.size(); ++i) {
    const auto& named = procedure.papers[i].variants;
    for (std::size_t k = 0; k < named.size(); ++k) {
      if (knows_variant(procedure, named[k])) continue;
      source.report(entry("papers", i, "variants/" + std::to_string(k)),
                    "Expected one of the variants, but \"" + named[k].text + "\" is not declared");
    }
  }
}

// Two entries of one key must not be equally specific for any dossier: the same case twice, or one that names
// the variant and one that names the channel, with none that names both.
void check_fees(const core::Procedure& procedure, Source source) {
  const auto& fees = procedure.fees;
  const auto stands = [&](const core::FeeDefinition& one, const core::FeeDefinition& other) {
    return std::any_of(fees.begin(), fees.end(), [&](const core::FeeDefinition& fee) {
      const auto& of_channel = one.channel ? one : other;
      const auto& of_variant = one.channel ? other : one;
      return fee.key == one.key && fee.variant == of_variant.variant && fee.channel == of_channel.channel;
    });
  };
  for (std::size_t i = 0; i < fees.size(); ++i) {
    const core::FeeDefinition& fee = fees[i];
    if (!fee.variant.empty() && !knows_variant(procedure, fee.variant)) {
      source.report(entry("fees", i, "variant"),
                    "Expected one of the variants, but \"" + fee.variant.text + "\" is not declared");
    }
    if (fee.channel && !procedure.offers(*fee.channel)) {
      source.report(entry("fees", i, "channel"), "Expected a channel that is offered, but it is not");
    }
    for (std::size_t k = 0; k < i; ++k) {
      const core::FeeDefinition& other = fees[k];
      if (other.key != fee.key) continue;
      if (other.kind != fee.kind) {
        source.report(entry("fees", i, "kind"), "Expected one kind for a key, but another entry differs");
      }
      if (other.variant == fee.variant && other.channel == fee.channel) {
        source.report(entry("fees", i), "Expected one fee of a key for each case, but it is repeated");
      } else if (fee.variant.empty() != other.variant.empty() &&
                 fee.channel.has_value() != other.channel.has_value() &&
                 fee.variant.empty() != !fee.channel.has_value() && !stands(fee, other)) {
        source.report(
            entry("fees", i),
            "Expected an entry for both, where one names the variant and one the channel, but there "
            "is none");
      }
    }
  }
  if (procedure.payment) {
    check_unique(
        procedure.payment->waivers, "payment/waivers", "ground",
        [](const auto& w) -> auto& { return w.ground; }, source);
  }
}

}  // namespace

void check_procedure(const core::Procedure& procedure, bool declares_variants, Source source) {
  check_unique(
      procedure.papers, "papers", "key", [](const auto& p) -> auto& { return p.key; }, source);
  check_unique(
      procedure.facts, "facts", "key", [](const auto& f) -> auto& { return f.key; }, source);
  check_unique(
      procedure.steps, "steps", "key", [](const auto& s) -> auto& { return s.key; }, source);
  check_unique(
      procedure.results, "results", "code", [](const auto& r) -> auto& { return r.code; }, source);
  if (declares_variants) {
    check_unique(
        procedure.variants, "variants", "key", [](const auto& v) -> auto& { return v; }, source);
  }
  for (const auto& [name, grounds] :
       {std::pair{"suspensions", &procedure.suspensions}, std::pair{"extensions", &procedure.extensions},
        std::pair{"stops", &procedure.stops}}) {
    check_unique(
        *grounds, name, "ground", [](const auto& g) -> auto& { return g.ground; }, source);
  }
  check_variants(procedure, declares_variants, source);
  check_paper_variants(procedure, source);
  check_fees(procedure, source);
  const auto& levels = procedure.levels;
  if (procedure.competent_level && !levels.empty() &&
      std::find(levels.begin(), levels.end(), *procedure.competent_level) == levels.end()) {
    source.report("/competent_level", "Expected one of level, but it is another");
  }
}

}  // namespace motcua::run
