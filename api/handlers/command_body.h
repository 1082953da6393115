#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "api/json/reader.h"
#include "engine/core/command.h"
#include "engine/core/procedure.h"
#include "engine/core/take_over.h"
#include "engine/run/keyring.h"
#include "engine/run/seal.h"

namespace motcua::api {

// A command as read from a body: what decides, and apart from it what a person typed.
struct CommandInput {
  core::Command command;
  std::vector<run::Fragment> fragments;
  std::vector<std::string> searchable;  // names and numbers of the owner
};

// A submission's procedure and day of receipt, which say how its facts are read.
struct SubmissionTarget {
  core::Code procedure;
  std::optional<core::Instant> received_at;
};
SubmissionTarget submission_target(JsonObject& body);

// Who gives a command: software in the name of an officer, whom it may leave out, or must name where the act
// is not the citizen's own; or a person, which need not name itself.
enum class Acting { for_others, for_named, itself };
// Reads the body of submit. `procedure` may be null: then facts are not read. Faults are noted in the body.
CommandInput read_submission(JsonObject& body, const SubmissionTarget& target,
                             const core::Procedure* procedure, Acting acting = Acting::for_others);

// What every command on a dossier may carry; read_command reads it first.
void read_common(JsonObject& body, CommandInput& input);
// Whether there is such a command for a dossier that exists.
bool knows_command(std::string_view word);
// Reads the body of a command on a dossier. Requires knows_command(word).
CommandInput read_command(std::string_view word, JsonObject& body, const core::Procedure* procedure,
                          Acting acting = Acting::for_others);

// Reads what an old system knew of the people, papers and facts of a dossier, by the rules of a submission.
void read_old_texts(JsonObject& row, const core::Procedure* procedure, core::OldDossier& old,
                    CommandInput& typed);

}  // namespace motcua::api
