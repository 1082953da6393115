#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/calendar.h"
#include "engine/run/load_fault.h"
#include "engine/store/definition.h"

namespace motcua::run {

// Compiles calendars with their ancestors as their texts come in, in the order of application. Each new text
// makes a version of its own calendar and of every one that inherits from it, so that a date which an event
// was given with an older chain can still be taken apart.
class CalendarChains {
 public:
  struct Versions {
    std::shared_ptr<const core::Calendar> newest;
    std::map<std::string, std::shared_ptr<const core::Calendar>> by_version;
  };

  explicit CalendarChains(std::vector<LoadFault>& faults) : faults_(faults) {}

  void add(const store::DefinitionText& text, const std::string& name);
  // Reports every calendar that cannot stand as it is now. A chain that could not stand on the way, between
  // the texts of one change, was never in use and is no fault.
  void check();
  std::map<std::string, Versions> take() { return std::move(made_); }

 private:
  struct Known {
    core::CalendarSpec spec;  // `version` holds the whole digest of the text
    std::string name;
  };

  // From the root to `id`; nothing when an ancestor is missing or it is its own.
  std::optional<std::vector<core::CalendarSpec>> chain_of(const std::string& id) const;
  void compile(const std::string& id, std::vector<core::CalendarSpec> chain);

  std::vector<LoadFault>& faults_;
  std::map<std::string, Known> known_;
  std::map<std::string, Versions> made_;
};

}  // namespace motcua::run
