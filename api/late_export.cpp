#include "api/late_export.h"

#include <algorithm>

#include "api/json/late_list_reader.h"
#include "api/json/writer.h"
#include "engine/run/publishable.h"
#include "engine/run/publisher.h"
#include "engine/store/event_codec.h"

namespace motcua::api {
namespace {

void write_export_agency(JsonWriter& json, const core::Agency& agency, const core::LateHead& head,
                         const run::Keyring& keyring, bool in_scope) {
  json.begin_object();
  json.member("agency", agency.code);
  json.member("name", agency.name);
  json.member("calendar", agency.calendar);
  json.member("in_scope", in_scope);
  json.key("units");
  json.begin_array();
  for (const core::AgencyUnit& unit : agency.units) {
    json.begin_object();
    json.member("unit", unit.key);
    json.member("name", unit.name);
    json.end_object();
  }
  json.end_array();
  json.key("persons");
  json.begin_array();
  for (const core::Officer& officer : agency.officers) {
    if (head.individuals == core::Individuals::off) break;
    json.begin_object();
    json.member("person", run::public_person(keyring, officer.id));
    json.member("position", officer.position);
    const bool named = head.individuals == core::Individuals::name;
    json.member("name", named ? officer.name : std::string());
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_export_event(JsonWriter& json, const store::StoredEvent& stored, const run::PublicNames& names) {
  const core::Event event = run::publishable(stored.event, names);
  json.begin_object();
  json.member("position", stored.position);
  json.member("version", event.version);
  json.member("type", core::type_of(event.body));
  json.member("type_version", store::kTypeVersion);
  json.member("occurred_at", event.occurred_at.ms);
  json.member("recorded_at", event.recorded_at.ms);
  json.member("procedure_version", event.procedure_version);
  json.member("rulebook_version", event.rulebook_version);
  json.member_raw("event", store::encode_body(event));
  json.end_object();
}

}  // namespace

std::string export_head_line(const run::PublishedList& list) {
  std::string fault;
  const auto head = read_late_head(list.publication.head, fault);
  if (!head) throw std::runtime_error("the head of a list cannot be read: " + fault);
  const std::vector<core::Code> below = list.definitions.below(head->scope);
  std::string line;
  JsonWriter json(line);
  json.begin_object();
  json.member("format", kExportFormat);
  json.member("dossiers", list.dossiers);
  json.member_raw("head", list.publication.head);
  json.key("agencies");
  json.begin_array();
  for (const core::Agency& agency : list.definitions.agencies()) {
    const bool in_scope = std::find(below.begin(), below.end(), agency.code) != below.end();
    write_export_agency(json, agency, *head, list.keyring, in_scope);
  }
  json.end_array();
  json.key("calendars");
  json.begin_array();
  for (const store::DefinitionText& text : list.calendars) {
    json.begin_object();
    json.member("calendar", text.key);
    json.member("text", text.text);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return line;
}

LateExport::LateExport(store::Store& store, const run::Keyring& keyring,
                       std::shared_ptr<const run::Definitions> definitions, store::Publication list)
    : store_(store), keyring_(keyring), definitions_(std::move(definitions)), list_(std::move(list)) {
  std::string fault;
  auto head = read_late_head(list_.head, fault);
  if (!head) throw store::StoreError("the head of a published list cannot be read: " + fault);
  head_ = std::move(*head);
  const auto kept = [&](std::string_view name) {
    auto file = store_.publications().file(list_.key, std::string(name));
    if (!file) throw store::StoreError("a published list has lost its file " + std::string(name));
    return std::move(file->body);
  };
  head_line_ = kept(run::kExportHeadFile);
  keys_ = run::unpacked_keys(kept(run::kBasisFile));
}

std::string LateExport::dossier_line(std::size_t place) const {
  const run::Cutoff cutoff{head_.cutoff_position, head_.cutoff_recorded_at};
  run::Population population(store_, head_.period_from, head_.period_to, cutoff);
  const std::vector<store::StoredEvent> events = population.events(keys_.at(place));
  run::PublicNames names;
  names.person = [&](const core::Code& officer) {
    return head_.individuals == core::Individuals::off ? std::string()
                                                       : run::public_person(keyring_, officer);
  };
  core::Dossier dossier;
  for (const store::StoredEvent& stored : events) dossier = core::evolve(std::move(dossier), stored.event);
  if (head_.codes_masked) {
    const run::LateListQuestion question{head_.month, head_.scope, 1, cutoff, std::nullopt};
    names.masked_code = run::public_code(keyring_, question, dossier.id);
  }
  const core::Limit limit = run::explanation_limit(*definitions_, dossier);
  std::string line;
  JsonWriter json(line);
  json.begin_object();
  json.key("explanation");
  json.begin_object();
  json.member("value", limit.value);
  json.member("unit", limit.unit);
  json.member("counting", limit.counting);
  json.end_object();
  json.key("events");
  json.begin_array();
  for (const store::StoredEvent& stored : events) write_export_event(json, stored, names);
  json.end_array();
  json.end_object();
  return line;
}

}  // namespace motcua::api
