#pragma once

#include <string>

#include "tests/scenarios/stage.h"

namespace motcua::test {

// One line of a scenario (README.md beside this file has the language): an act, or a claim that begins with
// "then". Plays it on the stage; throws std::runtime_error, in words, when it does not hold or is no
// sentence.
void play(Stage& stage, const std::string& line);

// Whether the line can fail: a claim, or an act that must be refused.
bool claims(const std::string& line);

}  // namespace motcua::test
