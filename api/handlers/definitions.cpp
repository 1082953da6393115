#include <algorithm>

#include "api/explanation_json.h"
#include "api/handlers/handlers.h"
#include "api/json/dossier_parts.h"
#include "api/json/workflow_json.h"
#include "api/json/writer.h"

namespace motcua::api {
namespace {

// Writes a text member, or null where it is empty.
void write_text(JsonWriter& json, std::string_view name, const std::string& text) {
  text.empty() ? json.member_null(name) : json.member(name, text);
}

void write_term(JsonWriter& json, const core::ChannelTerm& term) {
  json.begin_object();
  json.member("channel", term.channel);
  json.member("variant", term.variant);
  json.key("statutory");
  write_limit(json, term.statutory);
  if (term.committed) {
    json.key("committed");
    write_limit(json, *term.committed);
    json.member("committed_decision", term.committed_decision);
  }
  json.member("fee_vnd", term.fee_vnd);
  json.end_object();
}

void write_procedure_head(JsonWriter& json, const core::Procedure& procedure) {
  json.member("code", procedure.code);
  json.member("version", procedure.version);
  json.member("name", procedure.name);
  json.member("domain", procedure.domain);
  json.member("valid_from", procedure.valid_from);
  json.member("valid_to", procedure.valid_to);
  json.key("levels");
  json.begin_array();
  for (const core::AgencyLevel level : procedure.levels) json.value(level);
  json.end_array();
  json.key("limits");
  json.begin_array();
  for (const core::ChannelTerm& term : procedure.terms) write_term(json, term);
  json.end_array();
}

void write_procedure(JsonWriter& json, const core::Procedure& procedure) {
  json.begin_object();
  write_procedure_head(json, procedure);
  write_text(json, "decision", procedure.decision);
  json.key("papers");
  json.begin_array();
  for (const core::PaperDefinition& paper : procedure.papers) {
    json.begin_object();
    json.member("key", paper.key);
    json.member("name", paper.name);
    json.member("required", paper.required);
    json.member("copies", paper.copies);
    write_paper_forms(json, paper);
    json.end_object();
  }
  json.end_array();
  json.key("facts");
  json.begin_array();
  for (const core::FactDefinition& fact : procedure.facts) {
    json.begin_object();
    json.member("key", fact.key);
    json.member("type", fact.type);
    json.member("required", fact.required);
    json.member("personal", fact.personal);
    json.key("values");
    json.begin_array();
    for (const core::Code& value : fact.values) json.value(value);
    json.end_array();
    json.end_object();
  }
  json.end_array();
  write_workflow(json, procedure);
  json.key("results");
  json.begin_array();
  for (const core::ResultDefinition& result : procedure.results) {
    json.begin_object();
    json.member("code", result.code);
    json.member("name", result.name);
    json.end_object();
  }
  json.end_array();
  write_fees(json, procedure);
  json.end_object();
}

void write_agency(JsonWriter& json, const core::Agency& agency) {
  json.begin_object();
  json.member("code", agency.code);
  json.member("name", agency.name);
  json.member("level", agency.level);
  json.member_code("parent", agency.parent);
  json.member("calendar", agency.calendar);
  json.member("valid_from", agency.valid_from);
  json.member("valid_to", agency.valid_to);
  json.member("one_stop", agency.one_stop);
  json.key("successors");
  json.begin_array();
  for (const core::Code& successor : agency.successors) json.value(successor);
  json.end_array();
  json.end_object();
}

void write_officer(JsonWriter& json, const core::Agency& agency, const core::Officer& officer) {
  json.begin_object();
  json.member("id", officer.id);
  json.member("agency", agency.code);
  json.member("unit", officer.unit);
  json.member("role", officer.role);
  write_text(json, "position", officer.position);
  write_deputies(json, officer);
  json.end_object();
}

void write_sessions(JsonWriter& json, std::string_view name, std::span<const core::Session> sessions) {
  json.key(name);
  json.begin_array();
  const auto clock = [](std::int32_t ms) {
    char text[8];
    std::snprintf(text, sizeof text, "%02d:%02d", ms / 3'600'000 % 100, ms / 60'000 % 60);
    return std::string(text);
  };
  for (const core::Session& session : sessions)
    json.value(clock(session.opens_ms) + "-" + clock(session.closes_ms));
  json.end_array();
}

void write_day(JsonWriter& json, const core::Calendar& calendar, core::Date date) {
  json.begin_object();
  json.member("on", date);
  json.member("working_day", calendar.is_working_day(date));
  json.member("provisional", calendar.is_provisional(date));
  write_sessions(json, "sessions", calendar.sessions(date));
  write_sessions(json, "counter_open", calendar.counter_open(date));
  if (const core::CalendarException* exception = calendar.exception(date)) {
    json.key("exception");
    json.begin_object();
    json.member("name", exception->name);
    json.member("source", exception->source);
    json.member("confirmed", exception->confirmed);
    json.end_object();
  } else {
    json.member_null("exception");
  }
  json.end_object();
}

void write_calendar_head(JsonWriter& json, const core::Calendar& calendar) {
  json.member("id", calendar.id());
  json.member("version", calendar.version());
  json.member("first_on", calendar.first_on());
  json.member("official_until_on", calendar.official_until_on());
  json.member("provisional_until_on", calendar.provisional_until_on());
  json.member_seconds("nominal_day_working_seconds", calendar.nominal_day().ms);
}

void write_rule(JsonWriter& json, const core::Rule& rule) {
  json.begin_object();
  json.member("id", rule.id);
  json.member("title", rule.title);
  write_text(json, "summary", rule.summary);
  json.member("basis", rule.basis);
  json.member("confirmed", rule.confirmed);
  write_text(json, "amended_by_unseen", rule.amended_by_unseen);
  json.member("from", rule.from);
  json.member("to", rule.to);
  json.key("limit");
  if (rule.limit.unit == core::LimitUnit::unspecified) {
    json.null();
  } else {
    write_limit(json, rule.limit);
  }
  json.end_object();
}

// A page of things that have a code, in its order: everything after `after`.
struct Page {
  std::string after;
  std::size_t limit = 50;
};

std::optional<Problem> read_page(Parameters& parameters, Page& page) {
  page.after = parameters.text("after").value_or("");
  page.limit = static_cast<std::size_t>(parameters.integer("limit", 1, 200).value_or(50));
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  return std::nullopt;
}

// {"items": […], "next_after": the code to go on from, or null}. `items` must be in the order of `code_of`.
template <class Items, class CodeOf, class WriteItem>
net::Response page_response(const Items& items, const Page& page, CodeOf code_of, WriteItem write_item) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("items");
  json.begin_array();
  std::size_t written = 0;
  std::string last;
  bool more = false;
  for (const auto& item : items) {
    if (code_of(item) <= page.after) continue;
    if (written == page.limit) {
      more = true;
      break;
    }
    write_item(json, item);
    last = code_of(item);
    ++written;
  }
  json.end_array();
  more ? json.member("next_after", last) : json.member_null("next_after");
  json.end_object();
  return json_response(200, std::move(body));
}

Made no_parameters(const Call& call, net::Response response) {
  Parameters parameters(call.request.query);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  return response;
}

template <class Write>
Made one(const Call& call, Write write) {
  std::string body;
  JsonWriter json(body);
  write(json);
  return no_parameters(call, json_response(200, std::move(body)));
}

}  // namespace

Made list_procedures(const Call& call) {
  Parameters parameters(call.request.query);
  Page page;
  if (auto wrong = read_page(parameters, page)) return *wrong;
  const auto definitions = call.service.engine.definitions();
  return page_response(
      definitions->procedures(), page, [](const core::Procedure* p) { return p->code.text; },
      [](JsonWriter& json, const core::Procedure* p) {
        json.begin_object();
        write_procedure_head(json, *p);
        json.end_object();
      });
}

Made get_procedure(const Call& call) {
  const auto definitions = call.service.engine.definitions();
  const core::Date today = core::local_date(call.service.clock.now(), core::kVietnamOffsetMinutes);
  const core::Procedure* procedure = definitions->procedure(core::Code(call.parts[0]), today);
  if (procedure == nullptr) return problem("not_found");
  return one(call, [&](JsonWriter& json) { write_procedure(json, *procedure); });
}

Made list_agencies(const Call& call) {
  Parameters parameters(call.request.query);
  Page page;
  if (auto wrong = read_page(parameters, page)) return *wrong;
  const auto definitions = call.service.engine.definitions();
  std::vector<const core::Agency*> agencies;
  for (const core::Agency& agency : definitions->agencies()) agencies.push_back(&agency);
  const auto code_of = [](const core::Agency* a) { return a->code.text; };
  std::ranges::sort(agencies, {}, code_of);
  return page_response(agencies, page, code_of,
                       [](JsonWriter& json, const core::Agency* agency) { write_agency(json, *agency); });
}

Made get_agency(const Call& call) {
  const auto definitions = call.service.engine.definitions();
  const core::Agency* agency = definitions->agency(core::Code(call.parts[0]));
  if (agency == nullptr) return problem("not_found");
  return one(call, [&](JsonWriter& json) { write_agency(json, *agency); });
}

Made list_officers(const Call& call) {
  Parameters parameters(call.request.query);
  const auto only = parameters.code("agency");
  Page page;
  if (auto wrong = read_page(parameters, page)) return *wrong;
  const auto definitions = call.service.engine.definitions();
  using Row = std::pair<const core::Agency*, const core::Officer*>;
  std::vector<Row> officers;
  for (const core::Agency& agency : definitions->agencies()) {
    if (only && agency.code != *only) continue;
    for (const core::Officer& officer : agency.officers) officers.push_back({&agency, &officer});
  }
  const auto id_of = [](const Row& row) { return row.second->id.text; };
  std::ranges::sort(officers, {}, id_of);
  return page_response(officers, page, id_of, [](JsonWriter& json, const Row& row) {
    write_officer(json, *row.first, *row.second);
  });
}

Made list_calendars(const Call& call) {
  const auto definitions = call.service.engine.definitions();
  return one(call, [&](JsonWriter& json) {
    json.begin_object();
    json.key("items");
    json.begin_array();
    for (const core::Calendar* calendar : definitions->calendars()) {
      json.begin_object();
      write_calendar_head(json, *calendar);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  });
}

Made get_calendar(const Call& call) {
  const auto calendar = call.service.engine.definitions()->calendar(core::Code(call.parts[0]));
  if (!calendar) return problem("not_found");
  Parameters parameters(call.request.query);
  const auto read_date = [&](std::string_view name) -> std::optional<core::Date> {
    const auto given = parameters.text(name);
    if (!given) return std::nullopt;
    const auto date = core::parse_date(*given);
    if (!date || !calendar->knows(*date)) {
      parameters.fault(name, "bad_parameter", "Expected a date that the calendar knows, but it is none");
      return std::nullopt;
    }
    return date;
  };
  const auto from = read_date("from");
  const auto to = read_date("to");
  if (to && !from) parameters.fault("from", "bad_parameter", "Expected the first day beside to");
  if (from && to && (*to < *from || *to - *from > 400))
    parameters.fault("to", "bad_parameter", "Expected at most 400 days after from, but it is not");
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_calendar_head(json, *calendar);
  if (from) {
    json.key("days");
    json.begin_array();
    for (core::Date date = *from; date <= to.value_or(*from); date = date + 1)
      write_day(json, *calendar, date);
    json.end_array();
  }
  json.end_object();
  return json_response(200, std::move(body));
}

Made get_rulebook(const Call& call) {
  const auto definitions = call.service.engine.definitions();
  const core::Rulebook& rulebook = definitions->rulebook();
  return one(call, [&](JsonWriter& json) {
    json.begin_object();
    json.member("version", rulebook.version);
    json.member("future_tolerance_ms", rulebook.future_tolerance.ms);
    json.key("backdate_limit");
    write_limit(json, rulebook.backdate_limit);
    json.key("layers");
    json.begin_array();
    for (const core::Rules& rules : rulebook.layers) {
      json.begin_object();
      json.member("layer", rules.layer);
      json.member("from", rules.from);
      json.member("to", rules.to);
      json.key("rules");
      json.begin_array();
      for (const core::Rule& rule : rules.all) write_rule(json, rule);
      json.end_array();
      json.end_object();
    }
    json.end_array();
    json.end_object();
  });
}

}  // namespace motcua::api
