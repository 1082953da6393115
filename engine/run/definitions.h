#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/core/agency.h"
#include "engine/core/calendar.h"
#include "engine/core/ladder.h"
#include "engine/core/procedure.h"
#include "engine/core/rulebook.h"
#include "engine/run/load_fault.h"
#include "engine/run/messages.h"
#include "engine/run/slip_forms.h"
#include "engine/store/definition.h"

namespace motcua::run {

// All versions of all definitions, compiled. Immutable: any thread may use it, and what it points to lives as
// long as it does. A lookup is one search by key.
class Definitions {
 public:
  // Of texts with one key the last is the current one, the others stay for the dossiers that keep them.
  // Nothing when there is any fault or no rulebook; the file of a fault is then name_of(the text).
  static std::shared_ptr<const Definitions> compile(std::span<const store::DefinitionText> in_order,
                                                    std::vector<LoadFault>& faults);

  // What could be compiled, faults or not, and apart from it what could be read of procedures with faults:
  // for checks that look further.
  struct Partly {
    std::shared_ptr<const Definitions> sound;
    std::vector<core::Procedure> faulty;
  };
  static Partly compile_partly(std::span<const store::DefinitionText> in_order,
                               std::vector<LoadFault>& faults);

  // The newest version; null when the calendar is unknown.
  std::shared_ptr<const core::Calendar> calendar(const core::Code& id) const;
  // `version` is what Calendar::version answers: a digest over the calendar and its ancestors. Null when the
  // chain never stood so.
  std::shared_ptr<const core::Calendar> calendar_version(const core::Code& id,
                                                         const core::Code& version) const;
  std::vector<const core::Calendar*> calendars() const;  // the newest ones, by id

  const core::Rulebook& rulebook() const { return rulebooks_.back(); }
  const core::Rulebook* rulebook_version(const core::Code& version) const;

  // The newest ones; null in a database to which none were applied yet.
  const core::Ladders* ladders() const { return ladders_ ? &*ladders_ : nullptr; }
  // What citizens are told, in the newest words; null where none were applied.
  const Messages* messages() const { return messages_ ? &*messages_ : nullptr; }

  // The printed forms of that day; null where none were applied (slip_set_at).
  const SlipSet* slips(core::Date issued_on, core::Instant recorded_at) const {
    return slip_set_at(slips_, issued_on, recorded_at);
  }

  const core::Agency* agency(const core::Code& code) const;
  // As the agencies were known at an instant, so that what was printed then can be printed again; where
  // nothing was known then, as first known. Null for one that is not known at all.
  const core::Agency* agency_as_of(const core::Code& code, core::Instant known_at) const;
  const std::vector<core::Agency>& agencies() const { return agencies_; }  // parents before children
  // An agency with all below it, sorted. Empty: unknown.
  const std::vector<core::Code>& below(const core::Code& agency) const;
  // What the rights of an agency reach on a day: it with all below it, and those that ended before that day
  // and were merged into one of these (their `successors`), with what had been merged into them. Sorted.
  // Empty: unknown.
  std::vector<core::Code> reached_from(const core::Code& agency, core::Date on) const;
  // Those that ended before that day and were merged into the agency itself, with what had been merged into
  // them: what was theirs is before its officers now. Sorted.
  std::vector<core::Code> merged_into(const core::Code& agency, core::Date on) const;

  // The newest version whose days of receipt hold the date; null when there is none.
  const core::Procedure* procedure(const core::Code& code, core::Date received_on) const;
  const core::Procedure* procedure_version(const core::Code& code, const core::Code& version) const;
  bool knows_procedure(const core::Code& code) const { return procedures_.contains(code.text); }
  std::vector<const core::Procedure*> procedures() const;  // the current ones, by code

 private:
  friend class DefinitionsCompiler;
  struct CalendarVersions {
    std::shared_ptr<const core::Calendar> newest;
    std::map<std::string, std::shared_ptr<const core::Calendar>> by_version;
  };

  std::map<std::string, CalendarVersions> calendars_;
  std::vector<core::Rulebook> rulebooks_;  // oldest first, as below
  std::optional<core::Ladders> ladders_;
  std::optional<Messages> messages_;
  std::vector<SlipSet> slips_;  // in the order of application
  std::vector<core::Agency> agencies_;
  struct EarlierAgencies {
    core::Instant applied_at;
    std::map<std::string, core::Agency, std::less<>> by_code;
  };
  std::vector<EarlierAgencies> all_agencies_;  // every version, oldest first
  std::unordered_map<std::string, std::size_t> agency_places_;
  std::unordered_map<std::string, std::vector<core::Code>> below_;
  struct Inherited {
    core::Code agency;
    core::Date from;  // the first day on which it is
  };
  static void add_inherited(const std::unordered_map<std::string, std::vector<Inherited>>& from,
                            const core::Code& agency, core::Date on, std::vector<core::Code>& all);
  std::unordered_map<std::string, std::vector<Inherited>> inherited_;  // of an agency or one below it
  std::unordered_map<std::string, std::vector<Inherited>> merged_;     // of the agency itself
  std::map<std::string, std::vector<core::Procedure>> procedures_;
};

// A fault for each agency that was known before and is gone: an agency ends, and stays.
void find_gone_agencies(const Definitions& before, const Definitions& after, std::vector<LoadFault>& faults);

// Whether a text is the one that its version names: `compile` takes no other.
bool is_as_named(const store::DefinitionText& text);

// "procedure/1.001193": what a fault calls a text that came from the database.
std::string name_of(const store::DefinitionText& text);

struct DefinitionPaths {
  std::filesystem::path calendars;   // a folder
  std::filesystem::path rulebook;    // a file
  std::filesystem::path agencies;    // a file
  std::filesystem::path ladders;     // a file
  std::filesystem::path procedures;  // a folder
  std::filesystem::path messages;    // a file
  std::filesystem::path slips;       // a folder
};

// The files of definitions, in the order in which to apply them: every .json of the folders but schema.json,
// by name. What cannot be read is a fault; the others are answered all the same.
std::vector<store::DefinitionText> read_definitions(const DefinitionPaths& paths,
                                                    std::vector<LoadFault>& faults);
// The file from which read_definitions takes such a text.
std::filesystem::path path_of(const DefinitionPaths& paths, store::DefinitionKind kind, std::string_view key);

}  // namespace motcua::run
