#include "api/json/term_changes_json.h"

#include "api/explanation_json.h"

namespace motcua::api {
namespace {

void write_duty(JsonWriter& json, std::string_view name, const core::Duty& duty) {
  json.key(name);
  json.begin_object();
  json.member("state", duty.state);
  json.member_instant("due_at", duty.due_at);
  json.member_instant("done_at", duty.done_at);
  json.end_object();
}

// The rules that the dossier keeps; null when its rulebook is not known any more.
const core::Rules* rules_of(const run::Definitions& definitions, const core::Dossier& d) {
  const core::Rulebook* rulebook = definitions.rulebook_version(d.rulebook_version);
  if (rulebook == nullptr) return nullptr;
  for (const core::Rules& rules : rulebook->layers) {
    if (rules.layer == d.layer) return &rules;
  }
  return nullptr;
}

void write_suspensions(JsonWriter& json, const core::Dossier& d) {
  json.key("suspensions");
  json.begin_array();
  for (const core::Suspension& one : d.suspensions) {
    json.begin_object();
    json.member("ground", one.ground);
    json.member_instant("from", one.from);
    json.member_instant("until", one.until);
    json.member_instant("resumed_at", one.resumed_at);
    json.end_object();
  }
  json.end_array();
}

void write_extensions(JsonWriter& json, const core::Dossier& d) {
  json.key("extensions");
  json.begin_array();
  for (const core::Extension& one : d.extensions) {
    json.begin_object();
    json.member("ground", one.ground);
    json.member_instant("at", one.at);
    json.key("by");
    write_limit(json, one.by);
    json.member_instant("due_before", one.due_before);
    json.member_instant("due_after", one.due_after);
    json.end_object();
  }
  json.end_array();
}

void write_reappointment(JsonWriter& json, const core::Dossier& d) {
  if (!d.reappointment) return json.member_null("reappointment");
  const core::Reappointment& made = *d.reappointment;
  json.key("reappointment");
  json.begin_object();
  json.member_instant("at", made.at);
  json.member_instant("promise_before", made.promise_before);
  json.member_instant("promised_at", made.promised_at);
  json.member("in_time", made.in_time);
  json.member("moves_due", made.moves_due);
  json.member_code("unit", made.unit);
  json.end_object();
}

}  // namespace

void write_stretches(JsonWriter& json, const core::LegalClock& clock) {
  if (clock.earlier.empty()) return;
  json.key("earlier");
  json.begin_array();
  for (const core::Stretch& over : clock.earlier) {
    json.begin_object();
    json.member_instant("from", over.from);
    json.member_instant("to", over.to);
    json.member_instant("due_at", over.due.at);
    json.member("why", over.end);
    if (!over.ground.empty()) json.member("ground", over.ground);
    if (over.by) {
      json.key("by");
      write_limit(json, *over.by);
    }
    if (over.delay) json.member_seconds("delay_working_seconds", over.delay->ms);
    json.end_object();
  }
  json.end_array();
}

void write_term_changes(JsonWriter& json, const core::Dossier& d, core::Instant as_of,
                        const run::Definitions& definitions) {
  write_suspensions(json, d);
  write_extensions(json, d);
  write_reappointment(json, d);
  core::Duty apology;
  core::Duty explanation;
  const core::Agency* competent = definitions.agency(d.competent_agency);
  const auto calendar = competent == nullptr ? nullptr : definitions.calendar(competent->calendar);
  if (const core::Rules* rules = rules_of(definitions, d); rules != nullptr && calendar != nullptr) {
    apology = core::apology_duty(d, as_of, *calendar);
    explanation = core::explanation_duty(d, as_of, rules->explanation, *calendar);
  }
  write_duty(json, "apology", apology);
  write_duty(json, "lateness_explanation", explanation);
}

}  // namespace motcua::api
