#include "api/callers.h"

#include <algorithm>

#include "engine/core/calendar.h"

namespace motcua::api {
namespace {

core::Date today(run::Clock& clock) { return core::local_date(clock.now(), core::kVietnamOffsetMinutes); }

}  // namespace

Caller person_caller(const run::Definitions& definitions, const Callers& callers, const core::Code& officer,
                     core::Date on) {
  Caller made{person_id(officer), core::grants_of(definitions.agencies(), officer, on), officer};
  for (const PersonGrants& one : callers.people) {
    if (one.officer != officer) continue;
    made.grants.insert(made.grants.end(), one.grants.begin(), one.grants.end());
  }
  return made;
}

std::optional<Caller> caller_named(std::string_view id, const run::Engine& engine, run::Clock& clock,
                                   const Callers& callers) {
  if (id.starts_with(kPersonPrefix)) {
    const auto definitions = engine.definitions();
    return person_caller(*definitions, callers, core::Code(id.substr(kPersonPrefix.size())), today(clock));
  }
  const auto found =
      std::find_if(callers.keys.begin(), callers.keys.end(), [&](const ApiKey& key) { return key.id == id; });
  return found == callers.keys.end() ? std::nullopt : std::optional<Caller>(*found);
}

core::Reach reach_of(const run::Engine& engine, run::Clock& clock, const Caller& caller,
                     const Callers& callers, core::Right right) {
  const auto definitions = engine.definitions();
  const core::Date day = today(clock);
  return core::reach_of(caller.grants, right, day, callers.roles,
                        [&](const core::Code& agency) { return definitions->reached_from(agency, day); });
}

std::shared_ptr<const Caller> PersonBook::find(const core::Code& officer, const run::Engine& engine,
                                               run::Clock& clock, const KeyBook::Keys& keys) {
  auto definitions = engine.definitions();
  const core::Date day = today(clock);
  const std::lock_guard lock(mutex_);
  if (definitions != definitions_ || keys != keys_ || day != day_ || persons_.size() >= kPersonsMax) {
    persons_.clear();
    definitions_ = std::move(definitions);
    keys_ = keys;
    day_ = day;
  }
  std::shared_ptr<const Caller>& person = persons_[officer];
  if (!person) {
    person = std::make_shared<const Caller>(person_caller(*definitions_, *keys_, officer, day));
  }
  return person;
}

}  // namespace motcua::api
