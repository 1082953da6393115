#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/agency.h"
#include "engine/core/command.h"
#include "engine/core/event.h"
#include "engine/core/procedure.h"
#include "engine/core/rulebook.h"

namespace motcua::core {

// Everything that `decide` may not fetch by itself. Pointers are borrowed for the call; one is null when what
// it names does not exist, and `decide` says so.
struct Context {
  Instant now;    // recorded_at of what is decided
  Uuid fresh_id;  // of a new dossier
  const Procedure* procedure = nullptr;
  const Rulebook* rulebook = nullptr;
  const Rules* rules = nullptr;
  const Agency* receiving = nullptr;
  const Agency* competent = nullptr;
  const Agency* target = nullptr;  // that the command names
  const Calendar* receiving_calendar = nullptr;
  const Calendar* competent_calendar = nullptr;
  // Of the other agencies that may owe a clock: the command's target, the holder, those consulted.
  struct AgencyCalendar {
    const Agency* agency = nullptr;
    const Calendar* calendar = nullptr;
  };
  std::vector<AgencyCalendar> others{};
  // The calendar of one of the agencies above; the competent one's for any other.
  const Calendar& calendar_of(const Code& agency) const;
  // One of the agencies above; null for any other.
  const Agency* agency(const Code& code) const;
  // Of a correction: the event that it names, with the one that happened before it, and of those that are no
  // corrections the one that happened next. Null where there is none.
  struct CorrectedEvent {
    const Event* event = nullptr;
    const Event* before = nullptr;
    const Event* after = nullptr;
  };
  CorrectedEvent corrected{};
  std::vector<const Agency*> above{};  // the competent agency's parent, its parent, and so on
  // Of an assignment: those of the dossier's agencies for which the target works, as it or one above it is
  // that agency or took its place.
  std::vector<Code> works_for{};
  std::int64_t next_number = 0;  // of the counter numbering_key names
  // Of a payment: another dossier of the receiving agency has its reference.
  bool reference_elsewhere = false;
  // The receiving agency is the competent one's own one-stop (is_own_one_stop); read where they differ.
  bool own_one_stop = false;
  Code caller;
  Uuid request_id;
};

// The event of that version among events in their order, with its neighbours.
Context::CorrectedEvent corrected_event(std::span<const Event> events, std::uint32_t version);

// Why a command has no effect.
struct Rejection {
  enum class Kind { invalid, conflict };  // 422, 409
  struct Fault {
    std::string pointer;  // "#/channel"
    std::string code;
    std::string detail;
    bool operator==(const Fault&) const = default;
  };
  Kind kind = Kind::conflict;
  std::string code;    // stable, "wrong_state"
  std::string detail;  // "Expected X, but Y"
  std::vector<Fault> faults;
};

// Events in order; ids, dossier, version, caller and cause are stamped. `took_number`: the counter moved on.
struct Accepted {
  std::vector<Event> events;
  bool took_number = false;
};

using Decision = std::variant<Accepted, Rejection>;

// Decides one command on a dossier (version 0: none yet). Pure. What ran out on the dossier must have been
// decided before (decide_run_out).
Decision decide(const Dossier& dossier, const Command& command, const Context& context);

// Whether a command enters what happened in the time given to the citizen, on a dossier that the system has
// stopped since and no person has touched: `decide` then counters the stop first.
bool contradicts_stop(const Dossier& dossier, const Command& command);

// The version of the event that will hold the texts of a command, which their digests are bound to.
std::uint32_t version_of_texts(const Dossier& dossier, const Command& command);

// Why a command of this place in CommandBody cannot be given to the dossier as it stands, whatever the
// command says; nothing when it can. The first thing that `decide` asks. `procedure` may be null for submit.
std::optional<Rejection> state_problem(std::size_t command, const Dossier& dossier,
                                       const Procedure* procedure);

// The day from which on what was typed of a dossier may be erased (rule RETAIN). Nothing: it is not over, or
// its procedure does not say how long it is kept.
std::optional<Date> retained_until(const Dossier& dossier, const Procedure& procedure);

// The same by what the instant, the grounds and the agencies say beside the state: the dossier is not late
// yet, every ground was used up, no open step can be left as its way leads to an agency that nobody asked.
// Asked by `decide` after it.
std::optional<Rejection> standing_problem(std::size_t command, const Dossier& dossier,
                                          const Context& context);

// Why nothing can be granted now: a required paper never came in a form that is taken, or an answer is
// awaited. Nothing when it can.
std::optional<Rejection> grant_problem(const Dossier& dossier, const Context& context);
std::optional<Rejection> papers_problem(const Dossier& dossier,
                                        const Procedure& procedure);  // its first half

// Where a step is done; empty where nobody has been consulted yet.
const Code& agency_of_step(const StepDefinition& step, const Dossier& dossier, const Procedure& procedure);
// Whether a step cannot be entered: nobody was consulted for it, or that agency has ended by `at`.
std::optional<Rejection> entry_problem(const StepDefinition& step, const Dossier& dossier,
                                       const Context& context, Instant at);
// Whether an agency is not there at an instant; the detail names who took its place.
std::optional<Rejection> agency_problem(const Agency* agency, Instant at, std::string_view pointer);

// What a person may do with a dossier that was filed, one for each command, and why not.
struct Action {
  std::string_view command;
  std::optional<Rejection> problem;
};
std::vector<Action> actions(const Dossier& dossier, const Context& context);

// What the passing of time alone decides, in order: a suspension reached its end, the time given to the
// citizen ran out after acceptance, strictly before context.now. Empty when nothing did. Event ids are not
// stamped here or in decide: the shell gives them.
std::vector<Event> decide_run_out(const Dossier& dossier, const Context& context);

// The instant after which decide_run_out has something to say; nothing when no clock of the dossier acts.
std::optional<Instant> runs_out_at(const Dossier& dossier);

// Whose counter numbers a dossier on the local date of `at`: "H32.19-260821".
std::string numbering_key(const std::string& pattern, const Code& agency, Instant at, int offset_minutes);
// The code of the given number, by the pattern of the rulebook: {agency}, {yyMMdd}, {yyyyMMdd}, {seq:n}.
Code dossier_code(const std::string& pattern, const Code& agency, Instant at, int offset_minutes,
                  std::int64_t number);
// LAW section 4: ^[A-Z0-9.]+-(\d{6}|\d{8})-\d{4,7}$, at most 56 characters.
bool is_dossier_code(std::string_view text);
// Whether such a code begins as agencies are called, in parts of at most four letters: the code stands in
// public lists, and a name or a number of an identity before the date would stand there with it.
bool begins_with_agency(std::string_view code);

}  // namespace motcua::core
