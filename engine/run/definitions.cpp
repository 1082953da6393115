#include "engine/run/definitions.h"

#include <algorithm>
#include <utility>

#include "engine/run/agency_loader.h"
#include "engine/run/calendar_chains.h"
#include "engine/run/ladder_loader.h"
#include "engine/run/messages_loader.h"
#include "engine/run/procedure_loader.h"
#include "engine/run/rulebook_loader.h"
#include "engine/run/slip_forms_loader.h"
#include "engine/store/digest.h"

namespace motcua::run {
namespace {

using store::DefinitionKind;
using store::DefinitionText;

// Adds a version as the newest; one that was there already, and is applied again, moves to the end.
template <class Versioned>
void add_newest(std::vector<Versioned>& versions, Versioned made) {
  std::erase_if(versions, [&](const Versioned& known) { return known.version == made.version; });
  versions.push_back(std::move(made));
}

template <class Versioned>
const Versioned* find_version(const std::vector<Versioned>& versions, const core::Code& version) {
  const auto found = std::find_if(versions.begin(), versions.end(),
                                  [&](const Versioned& known) { return known.version == version; });
  return found == versions.end() ? nullptr : &*found;
}

}  // namespace

class DefinitionsCompiler {
 public:
  explicit DefinitionsCompiler(std::vector<LoadFault>& faults) : faults_(faults), chains_(faults) {}

  Definitions::Partly compile(std::span<const DefinitionText> texts) {
    const std::size_t before = faults_.size();
    for (const DefinitionText& text : texts) add(text);
    chains_.check();
    for (auto& [id, chain] : chains_.take()) {
      made_->calendars_[id] = {std::move(chain.newest), std::move(chain.by_version)};
    }
    for (std::size_t i = 0; i < made_->agencies_.size(); ++i) {
      made_->agency_places_.emplace(made_->agencies_[i].code.text, i);
    }
    find_below();
    if (made_->rulebooks_.empty() && faults_.size() == before) {
      faults_.push_back({"rulebook", "", "Expected a rulebook, but none was applied"});
    }
    return {made_, std::move(faulty_)};
  }

 private:
  void find_below() {
    for (const core::Agency& agency : made_->agencies_) {
      for (const core::Agency* above = &agency; above != nullptr; above = made_->agency(above->parent)) {
        made_->below_[above->code.text].push_back(agency.code);
      }
    }
    for (auto& [above, codes] : made_->below_) std::sort(codes.begin(), codes.end());
    for (const core::Agency& agency : made_->agencies_) {
      std::vector<core::Code> way;
      if (agency.valid_to) add_heirs(agency, agency, *agency.valid_to + 1, way);
    }
  }

  // `of` was merged into the heirs of `ended`, which is `of` itself or already one of its heirs; `way` leads
  // from one to the other.
  void add_heirs(const core::Agency& of, const core::Agency& ended, core::Date from,
                 std::vector<core::Code>& way) {
    way.push_back(ended.code);
    for (const core::Code& code : ended.successors) {
      const core::Agency* heir = made_->agency(code);
      if (heir == nullptr || std::find(way.begin(), way.end(), code) != way.end()) continue;
      made_->merged_[code.text].push_back({of.code, from});
      for (const core::Agency* above = heir; above != nullptr; above = made_->agency(above->parent)) {
        const std::vector<core::Code>& known = made_->below_[above->code.text];
        if (!std::binary_search(known.begin(), known.end(), of.code))
          made_->inherited_[above->code.text].push_back({of.code, from});
      }
      if (heir->valid_to) add_heirs(of, *heir, std::max(from, *heir->valid_to + 1), way);
    }
    way.pop_back();
  }

  void add(const DefinitionText& text) {
    const std::string name = name_of(text);
    if (!is_as_named(text)) {
      faults_.push_back(
          {name, "",
           "Expected the text that was applied as version " + text.version + ", but it was changed since"});
      return;
    }
    switch (text.kind) {
      case DefinitionKind::calendar:
        return chains_.add(text, name);
      case DefinitionKind::rulebook:
        return add_rulebook(text, name);
      case DefinitionKind::agencies:
        return add_agencies(text, name);
      case DefinitionKind::procedure:
        return add_procedure(text, name);
      case DefinitionKind::ladders:
        return add_ladders(text, name);
      case DefinitionKind::messages:
        return add_messages(text, name);
      case DefinitionKind::slips:
        return add_slips(text, name);
    }
  }

  void add_rulebook(const DefinitionText& text, const std::string& name) {
    std::optional<core::Rulebook> rulebook = load_rulebook(text.text, name, faults_);
    if (!rulebook) return;
    rulebook->version = core::Code(text.version);
    for (core::Rules& layer : rulebook->layers) layer.version = rulebook->version;
    add_newest(made_->rulebooks_, std::move(*rulebook));
  }

  void add_agencies(const DefinitionText& text, const std::string& name) {
    std::optional<std::vector<core::Agency>> agencies = load_agencies(text.text, name, faults_);
    if (!agencies) return;
    Definitions::EarlierAgencies version{text.applied_at, {}};
    for (const core::Agency& agency : *agencies) version.by_code.emplace(agency.code.text, agency);
    made_->all_agencies_.push_back(std::move(version));
    made_->agencies_ = std::move(*agencies);
  }

  void add_ladders(const DefinitionText& text, const std::string& name) {
    std::optional<core::Ladders> ladders = load_ladders(text.text, name, faults_);
    if (!ladders) return;
    ladders->version = core::Code(text.version);
    made_->ladders_ = std::move(*ladders);
  }

  void add_procedure(const DefinitionText& text, const std::string& name) {
    const std::size_t before = faults_.size();
    core::Procedure procedure = read_procedure(text.text, name, faults_);
    if (faults_.size() == before && procedure.code.text != text.key) {
      faults_.push_back({name, "/code", "Expected the code " + text.key + " of its name, but it is another"});
    }
    if (faults_.size() != before) {
      procedure.code = core::Code(text.key);
      return faulty_.push_back(std::move(procedure));
    }
    procedure.version = core::Code(text.version);
    add_newest(made_->procedures_[text.key], std::move(procedure));
  }

  void add_messages(const DefinitionText& text, const std::string& name) {
    std::optional<Messages> messages = load_messages(text.text, name, faults_);
    if (!messages) return;
    messages->version = core::Code(text.version);
    made_->messages_ = std::move(messages);
  }

  // A slip must come out the same for ever, so a version is never applied a second time: the text that is
  // taken back comes again as a later edition.
  void add_slips(const DefinitionText& text, const std::string& name) {
    const SlipSet* last = nullptr;
    for (const SlipSet& known : made_->slips_) {
      if (known.key == text.key) last = &known;
    }
    if (last != nullptr && last->version.text == text.version) return;
    std::optional<SlipSet> set = load_slip_set(text.text, name, faults_);
    if (!set) return;
    set->version = core::Code(text.version);
    set->key = text.key;
    set->applied_at = text.applied_at;
    if (last != nullptr && last->edition >= set->edition) {
      faults_.push_back({name, "/edition",
                         "Expected an edition after " + std::to_string(last->edition) +
                             ", which was applied with another text, but it is " +
                             std::to_string(set->edition)});
      return;
    }
    made_->slips_.push_back(std::move(*set));
  }

  std::vector<LoadFault>& faults_;
  CalendarChains chains_;
  std::vector<core::Procedure> faulty_;
  std::shared_ptr<Definitions> made_ = std::make_shared<Definitions>();
};

std::shared_ptr<const Definitions> Definitions::compile(std::span<const DefinitionText> in_order,
                                                        std::vector<LoadFault>& faults) {
  const std::size_t before = faults.size();
  Partly made = compile_partly(in_order, faults);
  return faults.size() == before ? std::move(made.sound) : nullptr;
}

Definitions::Partly Definitions::compile_partly(std::span<const DefinitionText> in_order,
                                                std::vector<LoadFault>& faults) {
  return DefinitionsCompiler(faults).compile(in_order);
}

std::shared_ptr<const core::Calendar> Definitions::calendar(const core::Code& id) const {
  const auto found = calendars_.find(id.text);
  return found == calendars_.end() ? nullptr : found->second.newest;
}

std::shared_ptr<const core::Calendar> Definitions::calendar_version(const core::Code& id,
                                                                    const core::Code& version) const {
  const auto found = calendars_.find(id.text);
  if (found == calendars_.end()) return nullptr;
  const auto known = found->second.by_version.find(version.text);
  return known == found->second.by_version.end() ? nullptr : known->second;
}

std::vector<const core::Calendar*> Definitions::calendars() const {
  std::vector<const core::Calendar*> newest;
  for (const auto& [id, versions] : calendars_) newest.push_back(versions.newest.get());
  return newest;
}

const core::Rulebook* Definitions::rulebook_version(const core::Code& version) const {
  return find_version(rulebooks_, version);
}

const std::vector<core::Code>& Definitions::below(const core::Code& agency) const {
  static const std::vector<core::Code> kNone;
  const auto found = below_.find(agency.text);
  return found == below_.end() ? kNone : found->second;
}

std::vector<core::Code> Definitions::reached_from(const core::Code& agency, core::Date on) const {
  std::vector<core::Code> all = below(agency);
  add_inherited(inherited_, agency, on, all);
  return all;
}

std::vector<core::Code> Definitions::merged_into(const core::Code& agency, core::Date on) const {
  std::vector<core::Code> all;
  add_inherited(merged_, agency, on, all);
  return all;
}

void Definitions::add_inherited(const std::unordered_map<std::string, std::vector<Inherited>>& from,
                                const core::Code& agency, core::Date on, std::vector<core::Code>& all) {
  const auto inherited = from.find(agency.text);
  if (inherited == from.end()) return;
  for (const Inherited& one : inherited->second) {
    if (one.from <= on) all.push_back(one.agency);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
}

const core::Agency* Definitions::agency(const core::Code& code) const {
  const auto found = agency_places_.find(code.text);
  return found == agency_places_.end() ? nullptr : &agencies_[found->second];
}

const core::Agency* Definitions::agency_as_of(const core::Code& code, core::Instant known_at) const {
  const core::Agency* known = nullptr;
  for (const EarlierAgencies& version : all_agencies_) {
    const auto found = version.by_code.find(code.text);
    if (found == version.by_code.end()) continue;
    if (known == nullptr || version.applied_at <= known_at) known = &found->second;
  }
  return known;
}

const core::Procedure* Definitions::procedure(const core::Code& code, core::Date received_on) const {
  const auto found = procedures_.find(code.text);
  if (found == procedures_.end()) return nullptr;
  const auto& versions = found->second;
  const auto valid = std::find_if(versions.rbegin(), versions.rend(), [&](const core::Procedure& version) {
    return version.valid_from <= received_on && (!version.valid_to || received_on <= *version.valid_to);
  });
  return valid == versions.rend() ? nullptr : &*valid;
}

const core::Procedure* Definitions::procedure_version(const core::Code& code,
                                                      const core::Code& version) const {
  const auto found = procedures_.find(code.text);
  return found == procedures_.end() ? nullptr : find_version(found->second, version);
}

std::vector<const core::Procedure*> Definitions::procedures() const {
  std::vector<const core::Procedure*> current;
  current.reserve(procedures_.size());
  for (const auto& [code, versions] : procedures_) current.push_back(&versions.back());
  return current;
}

void find_gone_agencies(const Definitions& before, const Definitions& after, std::vector<LoadFault>& faults) {
  for (const core::Agency& agency : before.agencies()) {
    if (after.agency(agency.code) != nullptr) continue;
    faults.push_back(
        {"agencies", "/agencies",
         "Expected the agency " + agency.code.text + " to stay (end it with valid_to), but it is gone"});
  }
}

bool is_as_named(const DefinitionText& text) {
  return store::sha256_hex(text.text) == text.sha256 && text.sha256.starts_with(text.version) &&
         !text.version.empty();
}

std::string name_of(const DefinitionText& text) {
  return std::string(core::word_of(text.kind)) + "/" + text.key;
}

}  // namespace motcua::run
