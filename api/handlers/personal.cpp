#include "api/cursor.h"
#include "api/handlers/dossier_reading.h"
#include "api/handlers/handlers.h"
#include "api/handlers/unmasking.h"
#include "engine/run/owner_loader.h"
#include "engine/run/words.h"

// What persons typed, beyond one dossier: the data of one person, and who read what.
namespace motcua::api {
namespace {

constexpr std::size_t kExportedMax = 200;
constexpr std::size_t kIdNumberMax = 64;
constexpr int kEventsEach = 500;

// Whether the owner, or who filed for it, has that number; digits may stand in groups.
bool is_of_person(const std::vector<TypedPart>& typed, const std::vector<std::string>& number) {
  return std::any_of(typed.begin(), typed.end(), [&](const TypedPart& part) {
    const bool person =
        part.fragment.record == core::TextRecord::owner || part.fragment.record == core::TextRecord::filer;
    return person && run::search_words(run::owner_words(part.fragment).id_number) == number;
  });
}

// All that was typed of a dossier, by the version that brought it; also what a later version replaced. False
// when some of it cannot be opened.
bool write_texts(JsonWriter& json, const Call& call, store::Reader& reader, const core::Dossier& dossier) {
  bool whole = true;
  json.key("texts");
  json.begin_array();
  for (std::uint32_t version = 1; version <= dossier.version; ++version) {
    const std::string sealed = reader.sealed(call.scope(), dossier.id, version);
    const auto opened = run::unseal(call.service.keyring, dossier.id, version, sealed);
    whole = whole && (opened || sealed.empty());
    if (!opened) continue;
    for (const run::Fragment& fragment : *opened) {
      json.begin_object();
      json.member("version", version);
      json.member("part", fragment.record);
      json.member_raw("text", fragment.json);
      json.end_object();
    }
  }
  json.end_array();
  return whole;
}

void write_events(JsonWriter& json, const Call& call, store::Reader& reader, const core::Dossier& dossier) {
  json.key("events");
  json.begin_array();
  for (std::uint32_t after = 0; after < dossier.version;) {
    const auto events = reader.history(call.scope(), dossier.id, after, kEventsEach);
    if (events.empty()) break;
    for (const store::StoredEvent& event : events) write_event(json, event, kEventSource);
    after = events.back().event.version;
  }
  json.end_array();
}

struct Exported {
  core::Dossier dossier;
  std::vector<TypedPart> typed;
};

// The dossiers of a person that the caller and the officer may open; more than the bound when there are more.
std::vector<Exported> dossiers_of_person(const Call& call, store::Reader& reader,
                                         const std::vector<std::string>& number, const core::Reach& officer) {
  store::DossierQuery query;
  query.scope = call.scope();
  query.limit = 100;
  for (const std::string& word : number)
    query.tokens.push_back(call.service.keyring.search_token("owner", word));
  std::vector<Exported> found;
  while (found.size() <= kExportedMax) {
    const auto page = reader.dossiers(query);
    for (const store::Stored& stored : page) {
      if (!call.unmasks(stored.dossier) || !officer.shows(stored.dossier)) continue;
      auto typed = open_typed(call, reader, stored.dossier, TypedParts::all);
      if (is_of_person(typed, number)) found.push_back({stored.dossier, std::move(typed)});
    }
    if (page.size() < static_cast<std::size_t>(query.limit)) break;
    query.before_key = page.back().key;
  }
  return found;
}

}  // namespace

Made export_person(const Call& call) {
  auto read = read_body(call);
  if (auto* wrong = std::get_if<Problem>(&read)) return *wrong;
  JsonBody& body = std::get<JsonBody>(read);
  auto root = body.root();
  if (!root) return problem_of(body.faults());
  const auto id_number = root->text("id_number", Presence::required, kIdNumberMax);
  Unmasking unmasking = Unmasking::asked(call, *root, store::AccessKind::person);
  const std::vector<std::string> number =
      id_number ? run::search_words(*id_number) : std::vector<std::string>();
  const bool has_digit = id_number && id_number->find_first_of("0123456789") != std::string::npos;
  if (id_number && (number.empty() || !has_digit))
    root->fault("id_number", "bad_format", "Expected the number of an identity, but it is not one");
  root->refuse_unknown();
  if (!body.faults().empty()) return problem_of(body.faults());
  auto reader = call.service.store.reader();
  const core::Reach officer = unmasking.reach();
  if (officer.is_nothing()) return problem("forbidden_person");
  const std::vector<Exported> found = dossiers_of_person(call, *reader, number, officer);
  const bool too_many = found.size() > kExportedMax;
  if (found.empty() || too_many) unmasking.open_none();
  if (too_many) return unmasking.answer(problem("export_too_long"));
  const auto definitions = call.service.engine.definitions();
  const core::Instant as_of = call.service.clock.now();
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("dossiers");
  json.begin_array();
  for (const Exported& one : found) {
    // What broke off has told of those before it, too.
    if (auto wrong = unmasking.open(one.dossier)) return unmasking.answer(std::move(*wrong));
    json.begin_object();
    json.key("dossier");
    write_dossier(json, {one.dossier, as_of, *definitions, one.typed, Personal::open});
    if (!write_texts(json, call, *reader, one.dossier)) return unmasking.answer(problem("typed_text_lost"));
    write_events(json, call, *reader, one.dossier);
    json.end_object();
  }
  json.end_array();
  json.member_instant("as_of", as_of);
  json.end_object();
  return unmasking.answer(json_response(200, std::move(text)));
}

namespace {

// Whether an auditor sees an entry: of a dossier as the dossier itself, and one of none with the agency of
// the officer who asked; where software named no officer who audits all of it does.
bool is_shown(const core::Reach& reach, const run::Definitions& definitions, const store::Access& entry,
              const std::optional<store::Stored>& stored) {
  if (entry.dossier) return stored.has_value();
  if (reach.is_everything()) return true;
  const auto& all = definitions.agencies();
  return std::any_of(all.begin(), all.end(), [&](const core::Agency& one) {
    return one.officer(entry.officer) != nullptr && reach.covers(one.code);
  });
}

}  // namespace

Made list_accesses(const Call& call) {
  Parameters parameters(call.request.query);
  store::AccessQuery query;
  const auto dossier = parameters.text("dossier");
  query.dossier = dossier ? core::parse_uuid(*dossier) : std::nullopt;
  if (dossier && !query.dossier)
    parameters.fault("dossier", "bad_parameter", "Expected the id of a dossier, but it is none");
  query.caller = parameters.code("caller").value_or(core::Code());
  query.officer = parameters.code("officer").value_or(core::Code());
  query.from = parameters.instant("from");
  query.until = parameters.instant("until");
  query.limit = static_cast<int>(parameters.integer("limit", 1, 200).value_or(50));
  const auto cursor = parameters.text("cursor");
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  const core::Reach reach = call.reach(core::Area::access_log);
  const auto said = [](const std::optional<core::Instant>& at) { return at ? std::to_string(at->ms) : "-"; };
  const std::string binding = "access-log\n" + reach.text() + '\n' + dossier.value_or("") + '\n' +
                              query.caller.text + '\n' + query.officer.text + '\n' + said(query.from) + '\n' +
                              said(query.until);
  if (cursor) {
    const auto mark = read_cursor(call.service.keyring, binding, *cursor);
    if (!mark) return problem("bad_cursor");
    query.before = mark->key;
  }
  const store::AccessPage page = call.service.store.personal().accesses(query);
  const auto reader = call.service.store.reader();
  const auto definitions = call.service.engine.definitions();
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("items");
  json.begin_array();
  for (const store::Access& entry : page.entries) {
    const auto stored = entry.dossier ? reader->find(reach, *entry.dossier) : std::nullopt;
    if (!is_shown(reach, *definitions, entry, stored)) continue;
    json.begin_object();
    json.member("position", entry.position);
    json.member_instant("at", entry.at);
    json.member("request", entry.request);
    json.member("caller", entry.caller);
    json.member_code("officer", entry.officer);
    entry.dossier ? json.member("dossier", *entry.dossier) : json.member_null("dossier");
    json.member_code("code", stored ? stored->dossier.code : core::Code());
    json.member("what", entry.what);
    json.member_raw("reason", reason_of(call, entry));
    json.end_object();
  }
  json.end_array();
  if (page.more) {
    json.member("next_cursor", write_cursor(call.service.keyring, binding, {.key = page.last}));
  } else {
    json.member_null("next_cursor");
  }
  json.end_object();
  return json_response(200, std::move(body));
}

}  // namespace motcua::api
