#include "api/json/workflow_json.h"

#include "api/explanation_json.h"

namespace motcua::api {
namespace {

void write_codes(JsonWriter& json, std::string_view name, const std::vector<core::Code>& codes) {
  json.key(name);
  json.begin_array();
  for (const core::Code& code : codes) json.value(code);
  json.end_array();
}

void write_edges(JsonWriter& json, const core::StepDefinition& step) {
  json.key("next");
  json.begin_array();
  for (const core::StepEdge& edge : step.next) {
    json.begin_object();
    if (edge.when) {
      json.member("when", edge.when->text);
    } else {
      json.member_null("when");
    }
    write_codes(json, "to", edge.to);
    json.end_object();
  }
  json.end_array();
}

void write_step(JsonWriter& json, const core::StepDefinition& step) {
  json.begin_object();
  json.member("key", step.key);
  json.member("name", step.name);
  json.member("kind", step.kind);
  json.member("role", step.role);
  json.member("agency", step.place());
  if (step.budget) {
    json.key("budget");
    write_limit(json, *step.budget);
  } else {
    json.member_null("budget");
  }
  json.member_code("consultation", step.consultation);
  write_edges(json, step);
  json.member("join", step.join);
  json.end_object();
}

void write_consultation(JsonWriter& json, const core::ConsultationDefinition& consultation) {
  json.begin_object();
  json.member("key", consultation.key);
  json.member("name", consultation.name);
  write_codes(json, "agencies", consultation.agencies);
  json.member("level", consultation.level);
  json.key("budget");
  write_limit(json, consultation.budget);
  if (consultation.basis.empty()) {
    json.member_null("basis");
  } else {
    json.member("basis", consultation.basis);
  }
  json.member_code("procedure", consultation.procedure);
  json.member("awaited", consultation.awaited);
  json.end_object();
}

void write_open_step(JsonWriter& json, const core::Code& step, const core::Code& agency,
                     const core::Code& unit, const core::Code& officer) {
  json.begin_object();
  json.member("step", step);
  json.member("agency", agency);
  json.member_code("unit", unit);
  json.member_code("officer", officer);
  json.end_object();
}

}  // namespace

void write_workflow(JsonWriter& json, const core::Procedure& procedure) {
  json.key("steps");
  json.begin_array();
  for (const core::StepDefinition& step : procedure.steps) write_step(json, step);
  json.end_array();
  json.member("condition_language", procedure.condition_language);
  json.key("consultations");
  json.begin_array();
  for (const core::ConsultationDefinition& one : procedure.consultations) write_consultation(json, one);
  json.end_array();
}

void write_progress(JsonWriter& json, const core::Dossier& dossier) {
  json.key("open_steps");
  json.begin_array();
  if (dossier.is_open() && !dossier.step.empty()) {
    write_open_step(json, dossier.step, dossier.holder_agency, dossier.holder_unit, dossier.holder_officer);
    for (const core::ParallelStep& branch : dossier.parallel) {
      write_open_step(json, branch.step, branch.agency, branch.unit, branch.officer);
    }
  }
  json.end_array();
  json.key("consultations");
  json.begin_array();
  std::uint32_t number = 0;
  for (const core::Consultation& asked : dossier.consultations) {
    json.begin_object();
    json.member("number", ++number);
    json.member_code("consultation", asked.kind);
    json.member("agency", asked.agency);
    json.member_code("asked_by", asked.asked_by);
    json.member_instant("asked_at", asked.asked_at);
    json.member_instant("answered_at", asked.answered_at);
    json.member("outcome", asked.outcome);
    json.member("linked", asked.linked);
    json.member("ended_as", asked.ended_as);
    json.end_object();
  }
  json.end_array();
  json.key("linked_from");
  if (!dossier.linked_from) return json.null();
  json.begin_object();
  json.member("dossier", dossier.linked_from->dossier);
  json.member("consultation", dossier.linked_from->consultation);
  json.member("awaited", dossier.is_open() && !dossier.asking_ended);
  const auto& over = dossier.asking_ended;
  json.member("ended_as", over ? std::optional(over->state) : std::nullopt);
  json.member_instant("ended_at", over ? std::optional(over->at) : std::nullopt);
  json.end_object();
}

}  // namespace motcua::api
