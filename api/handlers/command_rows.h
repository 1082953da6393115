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
// What moves a date inside a term, what lateness obliges to, and the hand-over of papers.
std::span<const CommandRow> term_rows();

// A text that a person types with a command, of at most 2,000 characters.
void add_text(JsonObject& body, std::string_view key, core::TextRecord record, Presence presence,
              CommandInput& input);
// The command, with a note where the body has one.
core::CommandBody noted(JsonObject& body, CommandInput& input, core::CommandBody command);

}  // namespace motcua::api
