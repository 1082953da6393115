#include "api/handlers/dossier_reading.h"

#include <algorithm>

#include "api/handlers/command_fields.h"
#include "api/handlers/handlers.h"
#include "api/handlers/ordering.h"
#include "api/handlers/unmasking.h"
#include "api/json/dossier_json.h"
#include "api/json/field_json.h"
#include "engine/run/permitted.h"
#include "engine/run/resolve.h"

namespace motcua::api {

std::optional<store::DossierName> dossier_name(std::string_view part) {
  if (const auto id = core::parse_uuid(part)) return store::DossierName(*id);
  if (core::is_code(part)) return store::DossierName(core::Code(part));
  return std::nullopt;
}

std::vector<TypedPart> open_typed(const Call& call, store::Reader& reader, const core::Dossier& dossier,
                                  TypedParts parts) {
  std::vector<std::uint32_t> versions;
  if (!is_kept(dossier)) return {};
  for (const core::TextRef& text : dossier.texts) {
    const bool name = text.record == core::TextRecord::owner || text.record == core::TextRecord::filer;
    if (!name && parts == TypedParts::names) continue;
    if (std::find(versions.begin(), versions.end(), text.version) == versions.end()) {
      versions.push_back(text.version);
    }
  }
  std::vector<TypedPart> typed;
  for (const std::uint32_t version : versions) {
    const std::string sealed = reader.sealed(call.scope(), dossier.id, version);
    auto opened = run::unseal(call.service.keyring, dossier.id, version, sealed);
    if (!opened) continue;
    for (run::Fragment& fragment : *opened) {
      const bool stands =
          std::any_of(dossier.texts.begin(), dossier.texts.end(), [&](const core::TextRef& text) {
            return text.record == fragment.record && text.version == version;
          });
      if (stands) typed.push_back({version, std::move(fragment)});
    }
  }
  return typed;
}

net::Response dossier_response(const Call& call, store::Reader& reader, int status,
                               const core::Dossier& dossier, core::Instant as_of) {
  return dossier_response(call, open_typed(call, reader, dossier, TypedParts::names), status, dossier, as_of);
}

net::Response dossier_response(const Call& call, const std::vector<TypedPart>& typed, int status,
                               const core::Dossier& dossier, core::Instant as_of) {
  const auto definitions = call.service.engine.definitions();
  const Personal shown = is_kept(dossier) ? Personal::masked : Personal::erased;
  std::string body;
  body.reserve(3072);
  JsonWriter json(body);
  write_dossier(json, {dossier, as_of, *definitions, typed, shown});
  net::Response response = json_response(status, std::move(body));
  response.headers.emplace_back("ETag", '"' + std::to_string(dossier.version) + '"');
  return response;
}

namespace {

std::optional<store::Stored> find(const Call& call, store::Reader& reader) {
  const auto name = dossier_name(call.parts[0]);
  return name ? reader.find(call.scope(), *name) : std::nullopt;
}

// The events of a dossier that a correction may name, of its first ones.
std::vector<core::Correctable> correctable_of(const Call& call, store::Reader& reader,
                                              const core::Dossier& dossier, core::Instant now) {
  constexpr int kEventsMax = 1'000;
  std::vector<core::Event> events;
  for (auto& stored : reader.history(call.scope(), dossier.id, 0, kEventsMax)) {
    events.push_back(std::move(stored.event));
  }
  return core::correctable(dossier, events, now);
}

// What may be done is said with what it takes; what may not, in the words in which the command itself would
// be refused.
void write_action(JsonWriter& json, const core::Action& action, const core::Dossier& dossier,
                  const core::Context& context, const run::Definitions& definitions, const Call& call,
                  store::Reader& reader) {
  json.begin_object();
  json.member("command", action.command);
  json.member("allowed", !action.problem);
  if (action.problem) {
    json.member("code", action.problem->code);
    json.member("detail", problem_message(action.problem->code, action.problem->detail, call.vietnamese));
  } else {
    json.member_null("code");
    json.member_null("detail");
    std::vector<Field> fields = fields_of(action.command, *context.procedure, acting_of(call));
    add_choices(action.command, dossier, context, definitions, fields);
    if (action.command == "correct") {
      const auto events = correctable_of(call, reader, dossier, context.now);
      add_correctable(events, fields);
    }
    for (Field& field : fields) {
      for (WithheldWord& word : field.withheld) {
        word.detail = problem_message(word.code, word.detail, call.vietnamese);
      }
    }
    write_fields(json, "fields", fields);
  }
  json.end_object();
}

// The problem by which the caller's rights keep a command from a dossier; empty: they do not. A key is not
// asked for the officer whom it may name.
std::string_view forbidden_code(const Call& call, const run::Definitions& definitions,
                                const core::Dossier& dossier, core::Right right, core::Instant now) {
  if (!core::may_act(call.reach(right), dossier, right)) return "forbidden_right";
  const core::Code& officer = call.caller->officer;
  if (officer.empty()) return {};
  if (core::is_for_others(right) && core::handled(dossier, officer)) return "own_dossier";
  const bool completes = right.number() == core::Right::of(core::CompleteStep{}).number();
  const core::Date today = core::local_date(now, core::kVietnamOffsetMinutes);
  if (completes && !run::may_complete(definitions, dossier, core::Code(), officer, today)) {
    return "forbidden_person";
  }
  return {};
}

}  // namespace

Made get_dossier(const Call& call) {
  Parameters parameters(call.request.query);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  auto reader = call.service.store.reader();
  const auto stored = find(call, *reader);
  if (!stored) return problem("not_found");
  return dossier_response(call, *reader, 200, stored->dossier, call.service.clock.now());
}

Made get_history(const Call& call) {
  Parameters parameters(call.request.query);
  const auto after = parameters.integer("after_version", 0, UINT32_MAX).value_or(0);
  const auto limit = parameters.integer("limit", 1, 200).value_or(50);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  auto reader = call.service.store.reader();
  const auto stored = find(call, *reader);
  if (!stored) return problem("not_found");
  const auto events = reader->history(call.scope(), stored->dossier.id, static_cast<std::uint32_t>(after),
                                      static_cast<int>(limit) + 1);
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("items");
  json.begin_array();
  const std::size_t count = std::min(events.size(), static_cast<std::size_t>(limit));
  for (std::size_t i = 0; i < count; ++i) write_event(json, events[i], kEventSource);
  json.end_array();
  if (events.size() > count) {
    json.member("next_after_version", events[count - 1].event.version);
  } else {
    json.member_null("next_after_version");
  }
  json.end_object();
  return json_response(200, std::move(body));
}

Made get_actions(const Call& call) {
  Parameters parameters(call.request.query);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  auto reader = call.service.store.reader();
  const auto stored = find(call, *reader);
  if (!stored) return problem("not_found");
  const auto definitions = call.service.engine.definitions();
  run::Resolved resolved = run::resolve_dossier(*definitions, stored->dossier, core::CompleteStep{});
  resolved.context.now = call.service.clock.now();
  // A command finds what ran out decided, though nobody has written it yet.
  core::Dossier dossier = stored->dossier;
  for (const core::Event& event : core::decide_run_out(dossier, resolved.context)) {
    dossier = core::evolve(std::move(dossier), event);
  }
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.member("dossier", dossier.id);
  json.member("version", dossier.version);
  json.member("state", dossier.state);
  json.key("actions");
  json.begin_array();
  for (core::Action& action : core::actions(dossier, resolved.context)) {
    const core::Right right = *core::Right::of_word(action.command);
    const std::string_view why = forbidden_code(call, *definitions, dossier, right, resolved.context.now);
    if (!why.empty())
      action.problem = core::Rejection{core::Rejection::Kind::conflict, std::string(why), {}, {}};
    write_action(json, action, dossier, resolved.context, *definitions, call, *reader);
  }
  json.end_array();
  write_fields(json, "common_fields", common_fields());
  json.member_instant("as_of", resolved.context.now);
  json.end_object();
  net::Response response = json_response(200, std::move(body));
  response.headers.emplace_back("Content-Language", call.vietnamese ? "vi" : "en");
  return response;
}

Made get_owner(const Call& call) {
  Parameters parameters(call.request.query);
  auto unmasking = Unmasking::asked(call, parameters, store::AccessKind::owner);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  auto reader = call.service.store.reader();
  const auto stored = find(call, *reader);
  if (!stored) return problem("not_found");
  if (unmasking) {
    if (auto wrong = unmasking->open(stored->dossier)) return std::move(*wrong);
  }
  const TypedParts parts = unmasking ? TypedParts::all : TypedParts::names;
  const auto typed = open_typed(call, *reader, stored->dossier, parts);
  if (unmasking && typed.size() < stored->dossier.texts.size()) return problem("typed_text_lost");
  const Personal masked = is_kept(stored->dossier) ? Personal::masked : Personal::erased;
  const auto definitions = call.service.engine.definitions();
  std::string body;
  JsonWriter json(body);
  write_owner(json, {stored->dossier, call.service.clock.now(), *definitions, typed,
                     unmasking ? Personal::open : masked});
  net::Response response = json_response(200, std::move(body));
  return unmasking ? unmasking->answer(std::move(response)) : Made(std::move(response));
}

Made get_clocks(const Call& call) {
  Parameters parameters(call.request.query);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  auto reader = call.service.store.reader();
  const auto stored = find(call, *reader);
  if (!stored) return problem("not_found");
  const core::Instant as_of = call.service.clock.now();
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.member("dossier", stored->dossier.id);
  json.member("version", stored->dossier.version);
  json.key("clocks");
  write_clocks(json, stored->dossier, as_of, *call.service.engine.definitions());
  json.member_instant("as_of", as_of);
  json.end_object();
  return json_response(200, std::move(body));
}

}  // namespace motcua::api
