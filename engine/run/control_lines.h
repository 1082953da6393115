#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/event.h"
#include "engine/run/definitions.h"
#include "engine/run/slip_forms.h"

namespace motcua::run {

// Who has a dossier: an agency, and where known the unit and the officer.
struct ControlParty {
  core::Code agency;  // empty: the applicant
  core::Code unit;
  core::Code officer;
};

// One line of the control slip: who gave the dossier to whom, when, and how the giver kept its time.
struct ControlLine {
  ControlParty giver;
  ControlParty receiver;
  core::Instant at;
  core::Instant recorded_at;
  std::optional<core::Instant> due_at;  // of what the giver had to do; nothing: it had no time
  std::string_view about;               // the name of a word of the set: "line_forwarded"
  std::string what;                     // the step's name, where there is one
};

// Gathers the lines while a history is lived again.
class ControlLines {
 public:
  // To be told every event of the dossier in order. `after`: the dossier as the event left it.
  void see(const core::Event& event, const core::Dossier& after);
  const std::vector<ControlLine>& lines() const { return lines_; }
  // The step that a line speaks of is kept by its key.
  static std::string step_name(const core::Procedure* procedure, const std::string& key);

 private:
  void add(ControlParty giver, ControlParty receiver, std::string_view about, const core::Event& event,
           std::optional<core::Instant> due_at, const core::Code& step = {});

  ControlParty holder_;  // before the event that is seen
  core::Code step_;
  std::vector<ControlLine> lines_;
};

}  // namespace motcua::run
