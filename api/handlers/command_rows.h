#pragma once

#include <span>
#include <string_view>

#include "api/handlers/command_body.h"

namespace motcua::api {

// How the body of one command is read: its faults are noted in the body, what was typed goes into the input.
struct CommandRow {
  std::string_view word;
  core::CommandBody (*read)(JsonObject& body, const core::Procedure* procedure, CommandInput& input);
};

// Payment, results after the first, corrections.
std::span<const CommandRow> case_rows();

// A text that a person types with a command, of at most 2,000 characters.
void add_text(JsonObject& body, std::string_view key, core::TextRecord record, Presence presence,
              CommandInput& input);

}  // namespace motcua::api
