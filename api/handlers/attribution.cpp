#include "engine/core/attribution.h"

#include "api/explanation_json.h"
#include "api/handlers/dossier_reading.h"
#include "api/handlers/handlers.h"
#include "api/json/dossier_json.h"

namespace motcua::api {
namespace {

// One time in which somebody had the dossier, taken apart like a date.
void write_held(JsonWriter& json, const core::HeldTime& one, const core::Calendar& calendar) {
  const core::Holding& holding = one.holding;
  json.begin_object();
  json.member_code("agency", holding.agency);
  json.member_code("unit", holding.unit);
  json.member_code("officer", holding.officer);
  json.member_code("step", holding.step);
  json.member_instant("from", holding.from);
  json.member_instant("to", holding.to);
  json.member_seconds("held_working_seconds", one.held.ms);
  if (holding.budget_key == 0) {
    json.member_null("budget_left_working_seconds");
  } else {
    json.member_seconds("budget_left_working_seconds", one.budget_left.ms);
  }
  json.member_seconds("over_working_seconds", holding.agency.empty() ? 0 : one.over.ms);
  json.key("explanation");
  if (const auto why = core::explain_elapsed(holding.from, holding.to, calendar)) {
    write_explanation(json, *why);
  } else {
    json.null();
  }
  json.end_object();
}

void write_delay(JsonWriter& json, const core::DelayPiece& piece) {
  json.begin_object();
  json.member("term", piece.term);
  json.member_instant("from", piece.from);
  json.member_instant("to", piece.to);
  json.member("ended", piece.ended);
  json.member_seconds("delay_working_seconds", piece.delay.ms);
  write_shares(json, piece.shares);
  json.end_object();
}

}  // namespace

Made get_attribution(const Call& call) {
  Parameters parameters(call.request.query);
  const core::Instant at = parameters.instant("at").value_or(call.service.clock.now());
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  const auto name = dossier_name(call.parts[0]);
  if (!name) return problem("not_found");
  auto reader = call.service.store.reader();
  const auto stored = reader->find(call.scope(), *name);
  if (!stored) return problem("not_found");
  const core::Dossier& dossier = stored->dossier;
  const auto definitions = call.service.engine.definitions();
  const core::Agency* competent = definitions->agency(dossier.competent_agency);
  const auto calendar = competent == nullptr ? nullptr : definitions->calendar(competent->calendar);
  if (!calendar) return problem("unknown_agency");
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.member("dossier", dossier.id);
  json.member("version", dossier.version);
  json.member_instant("at", at);
  json.key("held");
  json.begin_array();
  for (const core::HeldTime& one : core::booked(core::holdings_of(dossier, at, *calendar), *calendar)) {
    write_held(json, one, *calendar);
  }
  json.end_array();
  json.key("delays");
  json.begin_array();
  for (const core::DelayPiece& piece : core::delays_at(dossier, at, *calendar)) write_delay(json, piece);
  json.end_array();
  json.end_object();
  return json_response(200, std::move(body));
}

}  // namespace motcua::api
