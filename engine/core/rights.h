#pragma once

#include <bitset>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/agency.h"
#include "engine/core/command.h"
#include "engine/core/reach.h"

// Who may do what. A role names rights (config/roles.json); a grant gives a role for an agency with all that
// are below it; what is not given is denied. `reach_of` decides, for every route and every command alike.
namespace motcua::core {

// What may be granted beside the commands.
enum class Area {
  definitions,    // read procedures, agencies, calendars, rules, and reckon with them
  dossiers,       // see dossiers: one, lists, search, history, events, streams, slips
  personal,       // read unmasked what persons typed
  alerts,         // read warnings and digests
  act_on_alerts,  // acknowledge them, put them off
  code_blocks,    // draw codes in advance
  webhooks,       // keep subscriptions
  reports,        // read reports and indicators
  lists,          // read the monthly lists that are not published yet
  draft_lists,    // open, make anew, correct, discard them
  review_lists,
  publish_lists,
  journal,     // read the head of the journal
  sandbox,     // set the virtual clock
  access_log,  // read who read what persons typed
  metrics,     // from elsewhere than where they are open to all
};
template <>
struct EnumWords<Area> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {
      "definitions.read", "dossiers.read", "dossiers.unmask", "alerts.read", "alerts.act",   "code-blocks",
      "webhooks",         "reports.read",  "lists.read",      "lists.draft", "lists.review", "lists.publish",
      "journal.read",     "sandbox",       "access-log.read", "metrics.read"};
};

// One right: an area, or a command that people give.
class Right {
 public:
  Right(Area area) : number_(static_cast<std::size_t>(area)) {}  // NOLINT: an area is a right
  static Right of(const CommandBody& command) { return Right(kAreas + command.index()); }
  // "dossiers.read", "request-supplement"; nothing for any other word, or a command of the system's own.
  static std::optional<Right> of_word(std::string_view word);
  static std::vector<std::string_view> all_words();
  std::size_t number() const { return number_; }

  static constexpr std::size_t kAreas = std::size(EnumWords<Area>::words);
  static constexpr std::size_t kCount = kAreas + std::variant_size_v<CommandBody>;

 private:
  explicit Right(std::size_t number) : number_(number) {}
  std::size_t number_;
};

struct Role {
  Code code;  // "unit_head"
  std::string name{};
  std::bitset<Right::kCount> rights{};
  bool has(Right right) const { return rights.test(right.number()); }
};
using Roles = std::vector<Role>;

// A role for an agency and all that are below it, and what was merged into these, from a day to another, both
// included.
struct Grant {
  Code role;
  Code agency;                     // empty: every agency
  std::vector<Code> procedures{};  // empty: every one
  std::optional<Date> from{};
  std::optional<Date> to{};
};

// An agency with all below it, and what was merged into one of these, sorted; empty: unknown.
using AgenciesReached = std::function<std::vector<Code>(const Code& agency)>;

// What those grants let somebody do that right on, on a day. The one decision about rights.
Reach reach_of(std::span<const Grant> grants, Right right, Date on, const Roles& roles,
               const AgenciesReached& reached);

// What an officer's position gives, and those of whom it is the deputy (ủy quyền) that day. Nothing: unknown,
// or of an agency that does not exist that day, as positions end with their agency.
std::vector<Grant> grants_of(const std::vector<Agency>& agencies, const Code& officer, Date on);

// Whether somebody's reach for a command holds for a dossier: it must reach an agency whose part of the work
// the command is. What decides the dossier or moves its term is the competent agency's; a step is that of the
// agency which has it, or of the competent one; anything else is done by whoever works on it, receiving,
// competent, or with a step. An agency that was only asked may see it, and answer.
bool may_act(const Reach& reach, const Dossier& dossier, Right right);

// Whether a command may be the citizen's own, who calls by the software of a portal and is no officer: an
// online submission that is not accepted with it, what was brought, changed or paid, a withdrawal. All else
// is done by an officer.
bool may_be_of_citizen(const CommandBody& command);

// Whether one of these positions may complete a step of that role at that agency: it is of the role, of the
// same rank, or above it (heads of units and of the one-stop above officers, heads of agencies above these),
// there or higher up.
bool may_complete(std::span<const Grant> positions, const Code& role, const Code& agency,
                  const AgenciesReached& reached);

// Who handles a dossier approves neither its extension nor a correction, nor explains its lateness: these
// commands name the officer who gives them, and it must be another.
bool is_for_others(Right right);
bool handled(const Dossier& dossier, const Code& officer);

}  // namespace motcua::core
