#include <algorithm>

#include "api/cursor.h"
#include "api/handlers/handlers.h"
#include "api/handlers/list_count.h"
#include "api/handlers/unmasking.h"
#include "api/json/dossier_json.h"
#include "engine/run/words.h"

namespace motcua::api {
namespace {

// What the dossier list may be filtered by, from a query or from the body of a search.
struct DossierFilters {
  store::DossierQuery query;
  std::optional<std::string> q;
  std::optional<Unmasking> search;  // who looks for a person; where there is a q
  std::optional<std::string> cursor;
  bool counted = false;
};

// A filter that can find nothing, whatever the dossiers are: it would hide a typing error.
struct WrongFilter {
  std::string_view name;
  std::string_view code;  // of a body's fault
  std::string_view detail;
};

bool knows_officer(const run::Definitions& definitions, const core::Code& agency, const core::Code& officer) {
  const auto& all = definitions.agencies();
  return std::any_of(all.begin(), all.end(), [&](const core::Agency& one) {
    return (agency.empty() || one.code == agency) && one.officer(officer) != nullptr;
  });
}

bool is_empty(const std::optional<core::Instant>& from, const std::optional<core::Instant>& before) {
  return from && before && *from >= *before;
}

std::vector<WrongFilter> wrong_filters(const run::Definitions& definitions,
                                       const store::DossierQuery& query) {
  std::vector<WrongFilter> wrong;
  const core::StandingQuery& standing = query.standing;
  for (const auto& [name, agency] :
       {std::pair{"agency", query.agency}, std::pair{"holder", standing.holder}}) {
    if (agency.empty() || definitions.agency(agency) != nullptr) continue;
    wrong.push_back(
        {name, "unknown_agency", "Expected the code of an agency, but there is none of this code"});
  }
  if (!query.procedure.empty() && !definitions.knows_procedure(query.procedure)) {
    wrong.push_back({"procedure", "unknown_procedure",
                     "Expected the code of a procedure, but there is none of this code"});
  }
  if (!standing.holder_officer.empty() &&
      !knows_officer(definitions, standing.holder, standing.holder_officer)) {
    wrong.push_back({"holder_officer", "unknown_officer",
                     "Expected the id of an officer, of the holder where one is named, but there is none"});
  }
  if (is_empty(query.received_from, query.received_before)) {
    wrong.push_back(
        {"received_before", "out_of_range", "Expected an instant after received_from, but it is not"});
  }
  if (is_empty(standing.due_from, standing.due_before)) {
    wrong.push_back({"due_before", "out_of_range", "Expected an instant after due_from, but it is not"});
  }
  return wrong;
}

// What a cursor is bound to: the caller's scope and every filter.
std::string binding_of(const store::DossierQuery& query) {
  const core::StandingQuery& standing = query.standing;
  std::string binding =
      "dossiers|" + query.scope.text() + '|' + query.agency.text + '|' + query.procedure.text;
  for (const auto state : query.states) binding += '|' + std::to_string(static_cast<int>(state));
  const auto add = [&](const char* name, const auto& value, const auto& number_of) {
    if (value) binding += name + std::to_string(number_of(*value));
  };
  const auto number = [](auto value) { return static_cast<int>(value); };
  const auto ms = [](core::Instant at) { return at.ms; };
  add("|c", query.channel, number);
  add("|f", query.received_from, ms);
  add("|b", query.received_before, ms);
  add("|k", standing.clock, number);
  add("|l", standing.late, number);
  add("|p", standing.paused, number);
  add("|df", standing.due_from, ms);
  add("|db", standing.due_before, ms);
  if (!standing.holder.empty()) binding += "|h" + standing.holder.text;
  if (!standing.holder_officer.empty()) binding += "|o" + standing.holder_officer.text;
  for (const std::uint64_t token : query.tokens) binding += "|q" + std::to_string(token);
  return binding;
}

// Filters that no index serves are tried on one dossier after the other, from the newest on.
Problem passes_over_too_many() {
  return problem("read_too_long",
                 "Expected filters that find their dossiers within the work of one read, but these pass over "
                 "too many: add an agency, a procedure, a state or a window of receipt");
}

void write_page(const Call& call, const DossierFilters& filters, store::Reader& reader, std::string& body) {
  store::DossierQuery query = filters.query;
  const std::string binding = binding_of(query);
  const auto limit = static_cast<std::size_t>(query.limit++);
  const std::vector<store::Stored> found = reader.dossiers(query);
  const auto definitions = call.service.engine.definitions();
  const core::Instant as_of = query.standing.at;
  const std::size_t count = std::min(found.size(), limit);
  JsonWriter json(body);
  json.begin_object();
  json.key("items");
  json.begin_array();
  for (std::size_t i = 0; i < count; ++i) write_row(json, found[i].dossier, as_of, *definitions, nullptr);
  json.end_array();
  if (found.size() > count) {
    store::Mark mark;
    mark.key = found[count - 1].key;
    json.member("next_cursor", write_cursor(call.service.keyring, binding, mark));
  } else {
    json.member_null("next_cursor");
  }
  if (filters.counted) {
    query.before_key.reset();
    query.limit = kCountMax + 1;
    write_count(json, reader.dossiers(query).size());
  }
  json.member_instant("as_of", as_of);
  json.end_object();
}

Made page_of(const Call& call, const DossierFilters& filters) {
  std::string body;
  try {
    write_page(call, filters, *call.service.store.reader(), body);
  } catch (const store::ReadTooLong&) {
    return passes_over_too_many();
  }
  return json_response(200, std::move(body));
}

Made answer_dossiers(const Call& call, DossierFilters filters) {
  store::DossierQuery& query = filters.query;
  query.scope = call.scope();
  query.standing.at = call.service.clock.now();
  if (filters.q) {
    // To find somebody by a name or number confirms it: that is for who may read it, and of those dossiers.
    query.scope = query.scope.shared_with(call.reach(core::Area::personal));
    if (query.scope.is_nothing()) return problem("forbidden_right");
    if (filters.search->is_for_another()) query.scope = query.scope.shared_with(filters.search->reach());
    if (query.scope.is_nothing()) return problem("forbidden_person");
    for (const std::string& word : run::search_words(*filters.q)) {
      query.tokens.push_back(call.service.keyring.search_token("owner", word));
    }
    if (query.tokens.empty())
      return problem("bad_parameter", "Expected a word or number to search, but q has none");
  }
  if (filters.cursor) {
    const auto mark = read_cursor(call.service.keyring, binding_of(query), *filters.cursor);
    if (!mark) return problem("bad_cursor");
    query.before_key = mark->key;
  }
  if (!filters.search) return page_of(call, filters);
  filters.search->open_none();
  return filters.search->answer(page_of(call, filters));
}

}  // namespace

Made list_dossiers(const Call& call) {
  Parameters parameters(call.request.query);
  DossierFilters filters;
  store::DossierQuery& query = filters.query;
  core::StandingQuery& standing = query.standing;
  query.states = parameters.words<core::DossierState>("state");
  query.agency = parameters.code("agency").value_or(core::Code());
  query.procedure = parameters.code("procedure").value_or(core::Code());
  query.channel = parameters.word<core::Channel>("channel");
  query.received_from = parameters.instant("received_from");
  query.received_before = parameters.instant("received_before");
  standing.holder = parameters.code("holder").value_or(core::Code());
  standing.holder_officer = parameters.code("holder_officer").value_or(core::Code());
  standing.clock = parameters.word<core::ClockKind>("clock");
  if (standing.clock && !is_listed(*standing.clock)) {
    parameters.fault("clock", "bad_parameter", std::string(kNotListed));
  }
  standing.late = parameters.boolean("late");
  standing.paused = parameters.boolean("paused");
  standing.due_from = parameters.instant("due_from");
  standing.due_before = parameters.instant("due_before");
  query.limit = static_cast<int>(parameters.integer("limit", 1, 200).value_or(50));
  filters.q = parameters.text("q");
  filters.search = Unmasking::of_search(call, parameters, filters.q.has_value());
  filters.cursor = parameters.text("cursor");
  filters.counted = parameters.boolean("count").value_or(false);
  for (const WrongFilter& wrong : wrong_filters(*call.service.engine.definitions(), query)) {
    parameters.fault(wrong.name, "bad_parameter", std::string(wrong.detail));
  }
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  return answer_dossiers(call, std::move(filters));
}

Made search_dossiers(const Call& call) {
  auto read = read_body(call);
  if (auto* wrong = std::get_if<Problem>(&read)) return *wrong;
  JsonBody& body = std::get<JsonBody>(read);
  auto root = body.root();
  if (!root) return problem_of(body.faults());
  DossierFilters filters;
  store::DossierQuery& query = filters.query;
  core::StandingQuery& standing = query.standing;
  if (auto states = root->array("state", Presence::optional, 10)) {
    for (std::size_t i = 0; i < states->size(); ++i) {
      const auto word = states->code(i);
      const auto state = word ? core::enum_of<core::DossierState>(word->text) : std::nullopt;
      if (state) query.states.push_back(*state);
      if (word && !state)
        root->fault("state", "unknown_word", "Expected the names of states, but one is none");
    }
  }
  query.agency = root->code("agency", Presence::optional).value_or(core::Code());
  query.procedure = root->code("procedure", Presence::optional).value_or(core::Code());
  query.channel = root->word<core::Channel>("channel", Presence::optional);
  query.received_from = root->instant("received_from", Presence::optional);
  query.received_before = root->instant("received_before", Presence::optional);
  standing.holder = root->code("holder", Presence::optional).value_or(core::Code());
  standing.holder_officer = root->code("holder_officer", Presence::optional).value_or(core::Code());
  standing.clock = root->word<core::ClockKind>("clock", Presence::optional);
  if (standing.clock && !is_listed(*standing.clock))
    root->fault("clock", "unknown_word", std::string(kNotListed));
  standing.late = root->boolean("late", Presence::optional);
  standing.paused = root->boolean("paused", Presence::optional);
  standing.due_from = root->instant("due_from", Presence::optional);
  standing.due_before = root->instant("due_before", Presence::optional);
  query.limit = static_cast<int>(root->integer("limit", Presence::optional, 1, 200).value_or(50));
  filters.q = root->text("q", Presence::optional, 200);
  filters.search = Unmasking::of_search(call, *root, root->has("q"));
  filters.cursor = root->text("cursor", Presence::optional, 200);
  filters.counted = root->boolean("count", Presence::optional).value_or(false);
  for (const WrongFilter& wrong : wrong_filters(*call.service.engine.definitions(), query)) {
    root->fault(wrong.name, wrong.code, std::string(wrong.detail));
  }
  root->refuse_unknown();
  if (!body.faults().empty()) return problem_of(body.faults());
  return answer_dossiers(call, std::move(filters));
}

}  // namespace motcua::api
