#include "engine/run/alert_text.h"

#include "engine/run/ticker.h"

namespace motcua::run {
namespace {

std::string clock_text(const Messages& messages, core::ClockKind kind) {
  const std::string& text = messages.clocks[static_cast<std::size_t>(kind)];
  return text.empty() ? std::string(core::word_of(kind)) : text;
}

std::string step_names(const std::vector<core::Code>& steps, const core::Procedure* procedure) {
  std::string names;
  for (const core::Code& key : steps) {
    const core::StepDefinition* step = procedure == nullptr ? nullptr : procedure->step(key);
    names += (names.empty() ? "" : "; ") + (step == nullptr ? key.text : step->name);
  }
  return names;
}

}  // namespace

NoticeText write_alert(const Messages& messages, const Definitions& definitions, const store::Alert& alert,
                       const core::Dossier& dossier, const core::Officer& to) {
  const core::Procedure* procedure =
      definitions.procedure_version(dossier.procedure, dossier.procedure_version);
  const core::Agency* owing = definitions.agency(alert.owing);
  MessageValues values;
  values.words = {{"code", dossier.code.text},
                  {"procedure", procedure == nullptr ? dossier.procedure.text : procedure->name},
                  {"agency", owing == nullptr ? alert.owing.text : owing->name},
                  {"position", to.position},
                  {"clock", clock_text(messages, alert.clock)},
                  {"step", step_names(steps_of(alert, dossier), procedure)},
                  {"due_at", alert.due_at ? deadline_in_vietnamese(*alert.due_at) : ""},
                  {"rung_at", in_vietnamese(alert.rung_at)}};
  if (alert.severity == core::Severity::breach) values.flags.push_back("late");
  if (alert.clock == core::ClockKind::intake_alert) values.flags.push_back("new");
  if (alert.escalated_from) values.flags.push_back("escalated");
  return {fill_template(messages.alert.subject, values), fill_template(messages.alert.text, values)};
}

}  // namespace motcua::run
