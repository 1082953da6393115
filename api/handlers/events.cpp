#include <algorithm>

#include "api/cursor.h"
#include "api/handlers/event_types.h"
#include "api/handlers/handlers.h"
#include "api/json/dossier_json.h"

namespace motcua::api {
namespace {

// "accepted,settled", as the types are named between "vn.motcua.dossier." and ".v1".
std::vector<std::string> read_types(Parameters& parameters) {
  const std::vector<std::string>& known = event_type_names();
  std::vector<std::string> types;
  const auto given = parameters.text("type");
  std::size_t from = 0;
  while (given && from <= given->size()) {
    const std::size_t comma = std::min(given->find(',', from), given->size());
    const std::string name = given->substr(from, comma - from);
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      parameters.fault("type", "bad_parameter",
                       "Expected types of events, as in accepted,settled, but one is none");
      return {};
    }
    types.push_back(std::string(kDossierEvent) + name);
    from = comma + 1;
  }
  std::sort(types.begin(), types.end());
  types.erase(std::unique(types.begin(), types.end()), types.end());
  return types;
}

std::string joined(const std::vector<std::string>& types) {
  std::string text;
  for (const std::string& type : types) {
    text += (text.empty() ? "" : ",") + type.substr(kDossierEvent.size());
  }
  return text;
}

std::string feed_address(const Call& call, const store::JournalQuery& query, const std::string& cursor) {
  std::string address = call.request.path + "?after=" + cursor + "&limit=" + std::to_string(query.limit);
  if (!query.agency.empty()) address += "&agency=" + query.agency.text;
  if (!query.types.empty()) address += "&type=" + joined(query.types);
  return address;
}

}  // namespace

Made list_events(const Call& call) {
  Parameters parameters(call.request.query);
  store::JournalQuery query;
  query.scope = call.scope();
  query.types = read_types(parameters);
  query.agency = parameters.code("agency").value_or(core::Code());
  query.limit = static_cast<int>(parameters.integer("limit", 1, 200).value_or(50));
  const auto after = parameters.text("after");
  if (!query.agency.empty() && call.service.engine.definitions()->agency(query.agency) == nullptr) {
    parameters.fault("agency", "bad_parameter",
                     "Expected the code of an agency, but there is none of this code");
  }
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  const std::string binding =
      "events|" + query.scope.agency.text + '|' + query.agency.text + '|' + joined(query.types);
  auto reader = call.service.store.reader();
  store::JournalPage page;
  if (after == "end") {
    page.last = reader->journal_end();
  } else {
    if (after) {
      const auto mark = read_cursor(call.service.keyring, binding, *after);
      if (!mark) return problem("bad_cursor");
      query.after = mark->key;
    }
    page = reader->journal(query);
  }
  const std::string next = write_cursor(call.service.keyring, binding, {0, page.last, 0});
  std::string body;
  body.reserve(page.events.size() * 900 + 512);
  JsonWriter json(body);
  json.begin_object();
  json.key("items");
  json.begin_array();
  for (const store::StoredEvent& event : page.events) write_event(json, event, kEventSource);
  json.end_array();
  json.member("next_cursor", next);
  json.member("next", feed_address(call, query, next));
  json.member("more", page.more);
  json.end_object();
  return json_response(200, std::move(body));
}

}  // namespace motcua::api
