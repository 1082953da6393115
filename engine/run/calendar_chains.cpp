#include "engine/run/calendar_chains.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/run/calendar_loader.h"
#include "engine/store/digest.h"

namespace motcua::run {
namespace {

constexpr std::size_t kAncestorsMax = 8;
constexpr std::size_t kVersionLength = 12;

}  // namespace

void CalendarChains::add(const store::DefinitionText& text, const std::string& name) {
  std::optional<core::CalendarSpec> spec = load_calendar(text.text, name, faults_);
  if (!spec) return;
  if (spec->id != text.key) {
    faults_.push_back({name, "/id", "Expected the id " + text.key + " of its name, but it is " + spec->id});
    return;
  }
  spec->version = text.sha256;
  known_[text.key] = {std::move(*spec), name};
  for (const auto& [id, known] : known_) {
    std::optional<std::vector<core::CalendarSpec>> chain = chain_of(id);
    if (!chain) continue;
    const bool touched = std::any_of(chain->begin(), chain->end(),
                                     [&](const core::CalendarSpec& link) { return link.id == text.key; });
    if (touched && core::check_calendar(*chain).empty()) compile(id, std::move(*chain));
  }
}

void CalendarChains::check() {
  std::set<std::string> said;  // a fault of a parent shows in each child too
  for (const auto& [id, known] : known_) {
    const std::optional<std::vector<core::CalendarSpec>> chain = chain_of(id);
    if (!chain) {
      faults_.push_back(
          {known.name, "/parent",
           "Expected a calendar that is known and leads to a root, but " + known.spec.parent + " does not"});
      continue;
    }
    for (std::string& fault : core::check_calendar(*chain)) {
      if (said.insert(fault).second) faults_.push_back({known.name, "", std::move(fault)});
    }
  }
}

std::optional<std::vector<core::CalendarSpec>> CalendarChains::chain_of(const std::string& id) const {
  std::vector<core::CalendarSpec> chain;
  for (std::string next = id; !next.empty(); next = chain.back().parent) {
    const auto found = known_.find(next);
    if (found == known_.end() || chain.size() > kAncestorsMax) return std::nullopt;
    chain.push_back(found->second.spec);
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

void CalendarChains::compile(const std::string& id, std::vector<core::CalendarSpec> chain) {
  // One version for the whole: the compiled calendar joins what its links carry.
  std::string digests;
  for (core::CalendarSpec& link : chain) {
    digests += link.version;
    link.version.clear();
  }
  const std::string version = store::sha256_hex(digests).substr(0, kVersionLength);
  chain.back().version = version;
  Versions& versions = made_[id];
  auto& calendar = versions.by_version[version];
  if (!calendar) calendar = core::Calendar::compile(chain);
  versions.newest = calendar;
}

}  // namespace motcua::run
