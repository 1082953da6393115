#pragma once

#include <optional>
#include <string_view>

#include "api/call.h"
#include "api/handlers/command_body.h"

// What a command takes on its way into the engine and back, whether it came in a request of its own or as an
// item of a batch.
namespace motcua::api {

inline constexpr std::string_view kSubmit = "submit";

// Where a command stands: its word, and the dossier that it names (empty: submit).
struct CommandPlace {
  std::string_view word;
  std::string_view dossier;
};

// What is wrong with a header, which is named.
Problem header_problem(std::string_view code, std::string_view header);
// Checks Idempotency-Key, which every request that writes by itself needs.
std::optional<Problem> check_request_key(const Call& call);
// 1 to 255 visible characters of ASCII.
bool is_request_key(std::string_view text);
// How the command is known again under its key: by caller and key, and by what it says. The instant at which
// it was made is left out, as a counter adds it when what it sent at once before goes in a batch.
run::RequestKey request_key(const Call& call, std::string_view key, const CommandPlace& place,
                            const JsonObject& body);

// The body, which `root` is in, and the key under which the request is known again; or what is wrong with
// them.
std::variant<JsonBody, Problem> read_keyed(const Call& call, const CommandPlace& place,
                                           std::optional<JsonObject>& root, run::RequestKey& key);

// How the caller gives commands, by the settings.
Acting acting_of(const Call& call);

// The officer in whose name an alert or a list is acted on (`officer`): software names one, a person is its
// own and need not.
core::Code acting_officer(const Call& call, JsonObject& body);
// What the position of an officer, whom a request names, lets it do that right on. Nothing where the officer
// is unknown, or not of an agency that the caller's own grants reach. A person acts as itself, by all that it
// was granted, and as nobody else.
core::Reach person_reach(const Call& call, const core::Code& officer, core::Right right);

// Reads the body into the order. `made_at` is the instant that stands outside the body, where one does;
// `procedure` says how the facts of a change are read, and may be null. Faults are noted in the body; a
// problem is answered for what the caller may not do.
std::optional<Problem> read_order(const Call& call, const CommandPlace& place, JsonObject& body,
                                  std::optional<core::Instant> made_at, const core::Procedure* procedure,
                                  run::Order& order);
// The procedure by which the facts of a submission are read; null when there is none in force.
const core::Procedure* procedure_of(const Call& call, const run::Definitions& definitions,
                                    const SubmissionTarget& target);
// That of a dossier; nothing when the caller does not see one. Null inside: its version is unknown.
std::optional<const core::Procedure*> procedure_of(const Call& call, const run::Definitions& definitions,
                                                   const store::DossierName& dossier);

Problem problem_of(const run::Refused& refused);
Problem problem_of(const core::Rejection& rejection);
// What was answered before under the key: the dossier as that left it, under what the caller may see now.
std::variant<core::Dossier, Problem> replayed(const Call& call, store::Reader& reader,
                                              const store::Outcome& outcome);

}  // namespace motcua::api
