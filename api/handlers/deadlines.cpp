#include <algorithm>

#include "api/explanation_json.h"
#include "api/handlers/dossier_reading.h"
#include "api/handlers/handlers.h"
#include "api/json/limit_body.h"
#include "engine/core/shift.h"

namespace motcua::api {
namespace {

using enum Presence;
// A due date that was asked for, with where its limit came from.
struct Deadline {
  core::Limit limit;
  core::Instant start;
  std::shared_ptr<const core::Calendar> calendar;
  core::DayEnd day_end = core::DayEnd::office_close;
  core::CountingRules counting;
  ExplanationSource source;
};

std::shared_ptr<const core::Calendar> read_calendar(const Call& call, JsonObject& body,
                                                    const run::Definitions& definitions) {
  const auto named = body.code("calendar", optional);
  const auto calendar =
      definitions.calendar(named.value_or(core::Code(call.service.config.default_calendar)));
  if (!calendar)
    body.fault("calendar", "unknown_calendar", "Expected the id of a calendar, but there is none of it");
  return calendar;
}

// From {limit, start_at, calendar?}.
void read_free(const Call& call, JsonObject& body, const run::Definitions& definitions, Deadline& deadline) {
  deadline.limit = read_limit(body, "limit", required).value_or(core::Limit{});
  deadline.start = body.instant("start_at", required).value_or(core::Instant{});
  deadline.day_end = body.word<core::DayEnd>("day_end", optional).value_or(core::DayEnd::office_close);
  deadline.calendar = read_calendar(call, body, definitions);
  const core::Rules* rules =
      definitions.rulebook().at(core::local_date(deadline.start, core::kVietnamOffsetMinutes));
  if (rules != nullptr) deadline.counting = rules->counting;
  deadline.source.anchor = "start_at";
}

// From {procedure, channel, variant?, accepted_at, calendar?}.
void read_promise(const Call& call, JsonObject& body, const run::Definitions& definitions,
                  Deadline& deadline) {
  const auto code = body.code("procedure", required).value_or(core::Code());
  const auto channel = body.word<core::Channel>("channel", required);
  const auto variant = body.code("variant", optional).value_or(core::Code("default"));
  deadline.start = body.instant("accepted_at", required).value_or(core::Instant{});
  deadline.calendar = read_calendar(call, body, definitions);
  const core::Date on = core::local_date(deadline.start, core::kVietnamOffsetMinutes);
  const core::Procedure* procedure = definitions.procedure(code, on);
  const core::Rules* rules = definitions.rulebook().at(on);
  if (procedure == nullptr && !code.empty()) {
    body.fault("procedure", "unknown_procedure",
               "Expected a procedure in force then, but there is none of this code");
  }
  if (rules == nullptr) {
    body.fault("accepted_at", "out_of_range",
               "Expected an instant that the rulebook covers, but no layer does");
  }
  if (procedure == nullptr || rules == nullptr || !channel) return;
  const core::ChannelTerm* term = procedure->term(*channel, variant);
  if (term == nullptr) {
    const bool offered = procedure->offers(*channel);
    body.fault(offered ? "variant" : "channel", offered ? "unknown_variant" : "channel_not_offered",
               "Expected what the procedure offers, but it does not offer this");
    return;
  }
  deadline.counting = rules->counting;
  deadline.limit = term->promised();
  if (deadline.calendar) {
    deadline.limit = core::first_to_end(term->promised(), term->statutory, deadline.start, *deadline.calendar,
                                        deadline.day_end, deadline.counting);
  }
  deadline.source.rule = &rules->settlement;
  if (term->committed && deadline.limit == *term->committed) deadline.source.basis = term->committed_decision;
  deadline.source.layer = rules->layer.text;
  deadline.source.anchor = "accepted";
  deadline.source.procedure = procedure->code.text;
  deadline.source.procedure_version = procedure->version.text;
  deadline.source.rulebook_version = rules->version.text;
}

net::Response deadline_response(const Deadline& deadline, const core::Explanation& explanation) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.member_instant("due_at", explanation.due.at);
  json.key("limit");
  write_limit(json, deadline.limit);
  if (deadline.source.rule != nullptr) {
    json.member("rule", deadline.source.rule->id);
  } else {
    json.member_null("rule");
  }
  json.member("untimed", explanation.due.pending == core::DuePending::untimed);
  json.member("provisional", explanation.due.provisional);
  json.key("explanation");
  write_explanation(json, explanation, deadline.source);
  json.end_object();
  return json_response(200, std::move(body));
}

// The rule of the rulebook that a clock names.
const core::Rule* rule_of(const core::Rules& rules, const core::Code& id) {
  for (const core::Rule& rule : rules.all) {
    if (rule.id == id) return &rule;
  }
  return nullptr;
}

// A second hand-over is owed when the first was sent back, or given up for a supplement.
std::string_view anchor_of_forward(const core::Dossier& dossier, const core::LegalClock& clock) {
  if (clock.term == 1) return "accepted";
  for (const core::Handover& handover : dossier.handovers) {
    if (handover.returned_at == clock.started_at) return "forward_returned";
  }
  return "supplement_accepted";
}

std::string_view anchor_of(const core::Dossier& dossier, const core::LegalClock& clock) {
  const std::uint32_t term = clock.term;
  switch (clock.kind) {
    case core::ClockKind::intake_alert:
      return "submitted";
    case core::ClockKind::acceptance:
      return term == 1 ? "submitted" : "supplement_received";
    case core::ClockKind::appraisal:
      return "accepted";
    case core::ClockKind::settlement:
      return term == 1 ? "accepted" : "supplement_received";
    case core::ClockKind::citizen_wait:
      return "supplement_requested";
    case core::ClockKind::forward:
      return anchor_of_forward(dossier, clock);
    case core::ClockKind::step:
      return "step_entered";
    case core::ClockKind::consultation:
      return "consulted";
    case core::ClockKind::apology:
      return "accepted";
    case core::ClockKind::explanation:
      return "settlement_missed";
  }
  return "submitted";
}

// The act of payment that starts a clock, where one does; else empty.
std::string_view payment_anchor_of(const core::Dossier& dossier, core::Instant started_at) {
  for (const core::PaymentRecord& record : dossier.payments) {
    if (record.asked_at == started_at) return "payment_requested";
    if (record.paid_at == started_at) return "payment_confirmed";
    if (record.waived_at == started_at) return "payment_waived";
  }
  return {};
}

// A sector's law or a province's decision in place of the rule, where the clock rests on one.
void name_basis(const core::Procedure& procedure, const core::Dossier& dossier, const core::LegalClock& clock,
                ExplanationSource& source) {
  const auto take = [&](const std::optional<core::LimitOverride>& sector) {
    if (sector) source.basis = sector->basis;
  };
  if (clock.kind == core::ClockKind::acceptance) take(procedure.acceptance);
  if (clock.kind == core::ClockKind::citizen_wait) take(procedure.citizen_wait);
  if (clock.kind == core::ClockKind::consultation) {
    const auto* asked = procedure.consultation(dossier.consultations[clock.term - 1].kind);
    if (asked != nullptr && !asked->basis.empty()) source.basis = asked->basis;
  }
  if (clock.kind == core::ClockKind::settlement) {
    const core::ChannelTerm* term = procedure.term(dossier.channel, dossier.variant);
    const bool as_decided = term != nullptr && term->committed && clock.limit == *term->committed;
    if (as_decided) source.basis = term->committed_decision;
  }
}

std::string_view basis_of(const std::vector<core::GroundDefinition>& grounds, const core::Code& ground) {
  for (const core::GroundDefinition& one : grounds) {
    if (one.ground == ground) return one.basis;
  }
  return "";
}

// A correction that replaced the start of a term.
struct StartCorrected {
  core::Instant at;  // of the correction
  core::Instant before;
  core::Instant after;
  bool moved_due = false;  // of the settlement
};
// Those of a clock in their order, found back from the start that it has now.
std::vector<StartCorrected> starts_corrected(const core::Dossier& dossier, const core::LegalClock& clock) {
  std::vector<StartCorrected> all;
  core::Instant start = clock.started_at;
  const bool settles = clock.kind == core::ClockKind::settlement;
  const bool of_intake = clock.kind == core::ClockKind::acceptance;
  for (auto it = dossier.corrections.rbegin(); it != dossier.corrections.rend(); ++it) {
    const bool accepts = it->what == core::Corrected::acceptance;
    // What is done on paper or in a step may begin with the acceptance, too.
    const bool of_clock = settles ? accepts == (clock.term == 1) : !accepts || !of_intake;
    if (!of_clock || it->what == core::Corrected::settlement || it->after != start) continue;
    all.push_back({it->at, it->before, start, settles && it->due_before != it->due_after});
    start = it->before;
  }
  std::reverse(all.begin(), all.end());
  return all;
}

// For each stretch that a correction ended: by which start it replaced which; the clock's present start
// where it replaced none.
std::vector<std::optional<StartCorrected>> starts_of_moves(const core::Dossier& dossier,
                                                           const core::LegalClock& clock) {
  std::vector<std::optional<StartCorrected>> of(clock.earlier.size());
  const std::vector<StartCorrected> corrected = starts_corrected(dossier, clock);
  std::size_t next = 0;
  for (std::size_t i = 0; i < clock.earlier.size(); ++i) {
    const core::Stretch& over = clock.earlier[i];
    if (over.end != core::StretchEnd::corrected) continue;
    // One that moved no date left no stretch, unless what was late was closed with it. What waited keeps the
    // instant of its wait.
    std::size_t place = next;
    while (place < corrected.size() && !corrected[place].moved_due && corrected[place].at != over.to) ++place;
    if (place == corrected.size()) place = next;
    if (place < corrected.size()) of[i] = corrected[place];
    next = place + 1;
  }
  return of;
}

// What moved the date after it was first derived, in order: each from one due date to the next.
void write_moves(JsonWriter& json, const core::LegalClock& clock, const core::Procedure& procedure,
                 const std::vector<core::DueDate>& dates,
                 const std::vector<std::optional<StartCorrected>>& starts) {
  if (clock.earlier.empty()) return;
  json.key("moves");
  json.begin_array();
  for (std::size_t i = 0; i < clock.earlier.size(); ++i) {
    const core::Stretch& over = clock.earlier[i];
    const bool last = i + 1 == clock.earlier.size();
    const core::DueDate& before = dates[i];
    const core::DueDate& after = dates[i + 1];
    json.begin_object();
    json.member("why", over.end);
    if (!over.ground.empty()) {
      json.member("ground", over.ground);
      const auto& grounds = over.by ? procedure.extensions : procedure.suspensions;
      json.member("basis", basis_of(grounds, over.ground));
    }
    json.member_instant("from", over.to);
    json.member_instant("to", last ? clock.from() : clock.earlier[i + 1].from);
    if (over.by) {
      json.key("by");
      write_limit(json, *over.by);
    }
    json.member("late_before", over.missed_at(over.to));
    json.member_instant("due_before", before.at);
    json.member_instant("due_after", after.at);
    if (before.unrolled_on) json.member("unrolled_before", *before.unrolled_on);
    if (after.unrolled_on) json.member("unrolled_after", *after.unrolled_on);
    if (starts[i]) {
      json.member_instant("start_before", starts[i]->before);
      json.member_instant("start_after", starts[i]->after);
    }
    json.end_object();
  }
  json.end_array();
}

}  // namespace

Made compute_deadline(const Call& call) {
  auto read = read_body(call);
  if (auto* wrong = std::get_if<Problem>(&read)) return *wrong;
  JsonBody& body = std::get<JsonBody>(read);
  auto root = body.root();
  if (!root) return problem_of(body.faults());
  const auto definitions = call.service.engine.definitions();
  Deadline deadline;
  if (root->has("procedure")) {
    read_promise(call, *root, *definitions, deadline);
  } else {
    read_free(call, *root, *definitions, deadline);
  }
  root->refuse_unknown();
  if (!body.faults().empty()) return problem_of(body.faults());
  const core::Explanation explanation =
      core::explain(deadline.limit, deadline.start, *deadline.calendar, deadline.day_end, deadline.counting);
  if (explanation.due.pending == core::DuePending::calendar_horizon) return problem("calendar_horizon");
  return deadline_response(deadline, explanation);
}

Made compute_working_time(const Call& call) {
  auto read = read_body(call);
  if (auto* wrong = std::get_if<Problem>(&read)) return *wrong;
  JsonBody& body = std::get<JsonBody>(read);
  auto root = body.root();
  if (!root) return problem_of(body.faults());
  const auto definitions = call.service.engine.definitions();
  const auto from = root->instant("from", required);
  const auto to = root->instant("to", required);
  const auto calendar = read_calendar(call, *root, *definitions);
  root->refuse_unknown();
  if (from && to && *to < *from)
    root->fault("to", "out_of_range", "Expected an instant not before from, but it is");
  if (!body.faults().empty()) return problem_of(body.faults());
  const auto explanation = core::explain_elapsed(*from, *to, *calendar);
  if (!explanation) return problem("calendar_horizon");
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member_seconds("working_seconds", explanation->working.ms);
  json.key("explanation");
  write_explanation(json, *explanation);
  json.end_object();
  return json_response(200, std::move(text));
}

Made explain_clock(const Call& call) {
  Parameters parameters(call.request.query);
  const auto term = parameters.integer("term", 1, UINT32_MAX);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  const auto name = dossier_name(call.parts[0]);
  const auto kind = core::enum_of<core::ClockKind>(call.parts[1]);
  if (!name || !kind) return problem("not_found");
  auto reader = call.service.store.reader();
  const auto stored = reader->find(call.scope(), *name);
  if (!stored) return problem("not_found");
  const core::Dossier& dossier = stored->dossier;
  const core::LegalClock* clock =
      term ? dossier.clock(*kind, static_cast<std::uint32_t>(*term)) : dossier.clock(*kind);
  const auto definitions = call.service.engine.definitions();
  if (clock == nullptr) return problem("not_found", "Expected a clock that has started, but it has not");
  const auto calendar = definitions->calendar_version(clock->calendar, clock->calendar_version);
  const core::Procedure* procedure =
      definitions->procedure_version(dossier.procedure, dossier.procedure_version);
  const core::Rulebook* rulebook = definitions->rulebook_version(dossier.rulebook_version);
  const core::Rules* rules = nullptr;
  for (const core::Rules& layer : rulebook->layers) {
    if (layer.layer == dossier.layer) rules = &layer;
  }
  ExplanationSource source;
  source.rule = rule_of(*rules, clock->rule);
  name_basis(*procedure, dossier, *clock, source);
  source.layer = dossier.layer.text;
  source.anchor = payment_anchor_of(dossier, clock->started_at);
  if (source.anchor.empty()) source.anchor = anchor_of(dossier, *clock);
  source.procedure = dossier.procedure.text;
  source.procedure_version = dossier.procedure_version.text;
  source.rulebook_version = dossier.rulebook_version.text;
  // The date is explained from the start from which it was first derived; a correction moves it from there.
  const auto starts = starts_of_moves(dossier, *clock);
  const auto replaced =
      std::find_if(starts.begin(), starts.end(), [](const auto& one) { return one.has_value(); });
  const core::Instant start = replaced == starts.end() ? clock->started_at : (*replaced)->before;
  const core::Explanation explanation =
      core::explain(clock->limit, start, *calendar, clock->day_end, rules->counting);
  if (clock->kind == core::ClockKind::appraisal && explanation.due.at != clock->due.at) {
    source.capped_by = "settlement";
    source.capped_at = clock->due.at;
  }
  // What an old system had promised stands, whatever the rules say beside it.
  const bool as_promised = dossier.imported_at && clock->kind == core::ClockKind::settlement &&
                           explanation.due.at != clock->due.at;
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("dossier", dossier.id);
  json.member("clock", clock->kind);
  json.member("term", clock->term);
  json.member("state", clock->state_at(call.service.clock.now()));
  json.member_instant("started_at", clock->started_at);
  json.member_instant("due_at", clock->due.at);
  json.member_instant("ended_at", clock->ended_at);
  json.member("as_promised", as_promised);
  json.key("explanation");
  write_explanation(json, explanation, source);
  write_moves(json, *clock, *procedure, core::dates_through(*clock, explanation.due, *calendar), starts);
  json.end_object();
  return json_response(200, std::move(text));
}

}  // namespace motcua::api
