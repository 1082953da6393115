#include <map>
#include <nlohmann/json.hpp>

#include "api/json/late_list_reader.h"
#include "api/late_export.h"
#include "engine/core/canonical_json.h"
#include "engine/run/calendar_chains.h"
#include "engine/store/event_codec.h"

// Counts a published list again from its export, without a database.
namespace motcua::api {
namespace {

using nlohmann::json;

constexpr int kExportDepth = 32;

// Throws where a line is no JSON, or nested deeper than any export: it is written again by recursion.
json line_in(const std::string& line) {
  const auto bounded = [](int depth, json::parse_event_t, json&) {
    if (depth > kExportDepth) throw std::runtime_error("it is nested too deep");
    return true;
  };
  return json::parse(line, bounded);
}

struct Exported {
  core::LateHead head;
  std::size_t dossiers = 0;
  std::map<core::Code, core::Agency> agencies;
  std::vector<core::Code> in_scope;
  std::map<std::string, run::CalendarChains::Versions> calendars;
};

core::Agency agency_in(const json& in) {
  core::Agency agency;
  agency.code = core::Code(in.at("agency").get<std::string>());
  agency.name = in.at("name").get<std::string>();
  agency.calendar = core::Code(in.at("calendar").get<std::string>());
  for (const json& unit : in.at("units")) {
    agency.units.push_back(
        {core::Code(unit.at("unit").get<std::string>()), unit.at("name").get<std::string>()});
  }
  for (const json& person : in.at("persons")) {
    core::Officer officer;
    officer.id = core::Code(person.at("person").get<std::string>());
    officer.position = person.at("position").get<std::string>();
    officer.name = person.at("name").get<std::string>();
    agency.officers.push_back(std::move(officer));
  }
  return agency;
}

std::optional<Exported> read_export_head(const std::string& line, std::string& fault) {
  const json in = line_in(line);
  if (in.at("format") != kExportFormat) {
    fault = "Expected an export of a published list, but its format is another";
    return std::nullopt;
  }
  Exported made;
  auto head = read_late_head(in.at("head").dump(), fault);
  if (!head) return std::nullopt;
  made.head = std::move(*head);
  made.dossiers = in.at("dossiers").get<std::size_t>();
  for (const json& one : in.at("agencies")) {
    core::Agency agency = agency_in(one);
    if (one.at("in_scope").get<bool>()) made.in_scope.push_back(agency.code);
    const core::Code code = agency.code;
    made.agencies.emplace(code, std::move(agency));
  }
  std::vector<run::LoadFault> faults;
  run::CalendarChains chains(faults);
  for (const json& one : in.at("calendars")) {
    const std::string key = one.at("calendar").get<std::string>();
    chains.add(
        store::name_definition(store::DefinitionKind::calendar, key, one.at("text").get<std::string>()), key);
  }
  if (!faults.empty()) {
    fault = faults.front().file + ' ' + faults.front().pointer + ": " + faults.front().detail;
    return std::nullopt;
  }
  made.calendars = chains.take();
  return made;
}

// The calendar that the list was counted with; null when the export does not hold it.
const core::Calendar* calendar_in(const Exported& of, const core::Code& agency) {
  const auto known = of.agencies.find(agency);
  if (known == of.agencies.end()) return nullptr;
  const auto versions = of.calendars.find(known->second.calendar.text);
  if (versions == of.calendars.end()) return nullptr;
  for (const core::NamedVersion& named : of.head.definitions) {
    if (named.name.text != "calendar/" + known->second.calendar.text) continue;
    const auto version = versions->second.by_version.find(named.version.text);
    return version == versions->second.by_version.end() ? nullptr : version->second.get();
  }
  return nullptr;
}

struct ExportedDossier {
  std::vector<core::Event> events;
  core::Limit explanation;
};

std::optional<ExportedDossier> read_export_dossier(const std::string& line, const Exported& of,
                                                   std::string& fault) {
  const json in = line_in(line);
  ExportedDossier made;
  const json& limit = in.at("explanation");
  made.explanation.value = limit.at("value").get<std::int64_t>();
  made.explanation.unit = core::enum_of<core::LimitUnit>(limit.at("unit").get<std::string>()).value();
  made.explanation.counting =
      core::enum_of<core::DayCounting>(limit.at("counting").get<std::string>()).value();
  for (const json& one : in.at("events")) {
    if (one.at("position").get<std::int64_t>() > of.head.cutoff_position) {
      fault = "Expected events up to the cut-off, but one is later";
      return std::nullopt;
    }
    core::Event& event = made.events.emplace_back();
    event.version = one.at("version").get<std::uint32_t>();
    event.occurred_at.ms = one.at("occurred_at").get<std::int64_t>();
    event.recorded_at.ms = one.at("recorded_at").get<std::int64_t>();
    event.procedure_version = core::Code(one.at("procedure_version").get<std::string>());
    event.rulebook_version = core::Code(one.at("rulebook_version").get<std::string>());
    const std::string type = one.at("type").get<std::string>();
    if (!store::decode_body(type, one.at("type_version").get<int>(), one.at("event").dump(), event)) {
      fault = "Expected an event of the type " + type + ", but it cannot be read";
      return std::nullopt;
    }
  }
  return made;
}

core::LateNames names_in(const Exported& of, const core::Limit& explanation) {
  core::LateNames names;
  names.agency = [&](const core::Code& code) {
    const auto known = of.agencies.find(code);
    return known == of.agencies.end() ? nullptr : &known->second;
  };
  names.procedure = [&](const core::Code& code) {
    for (const core::NamedProcedure& one : of.head.procedures) {
      if (one.procedure == code) return one.name;
    }
    return std::string();
  };
  names.calendar = [&](const core::Code& code) { return calendar_in(of, code); };
  names.explanation = [&](const core::Dossier&) { return explanation; };
  names.person = [](const core::Code& officer) { return officer.text; };
  names.masked_code = [](const core::Dossier& dossier) { return dossier.code.text; };
  return names;
}

}  // namespace

std::optional<std::string> recomputed_document(const std::function<bool(std::string&)>& next_line,
                                               std::string& fault) try {
  std::string line;
  if (!next_line(line)) {
    fault = "Expected an export of a published list, but there is nothing";
    return std::nullopt;
  }
  const auto exported = read_export_head(line, fault);
  if (!exported) return std::nullopt;
  for (const core::Code& agency : exported->in_scope) {
    if (calendar_in(*exported, agency) == nullptr) {
      fault = "Expected the calendar that the list names, but the export has none for " + agency.text;
      return std::nullopt;
    }
  }
  core::LateListOptions options;
  const auto method = core::enum_of<core::LateMethod>(exported->head.method.text);
  if (!method) {
    fault = "Expected a method that is known, but it is " + exported->head.method.text;
    return std::nullopt;
  }
  options.method = *method;
  options.period = {exported->head.period_from, exported->head.period_to};
  options.agencies = exported->in_scope;
  options.codes_masked = exported->head.codes_masked;
  options.individuals = exported->head.individuals;
  core::Limit explanation;
  core::LateListBuilder builder(options, names_in(*exported, explanation));
  std::size_t dossiers = 0;
  for (; next_line(line); ++dossiers) {
    const auto read = read_export_dossier(line, *exported, fault);
    if (!read) return std::nullopt;
    explanation = read->explanation;
    const core::Dossier dossier = core::fold_before(read->events, options.period.to);
    if (dossier.version == 0) continue;
    const core::Tally tally = core::tally_of(dossier, options.period.to);
    if (builder.count(tally)) builder.add_late(dossier);
    if (tally.ended_at && tally.missed_since) {
      builder.count_lateness(tally.competent_agency, tally.unit, *tally.missed_since);
    }
  }
  if (dossiers != exported->dossiers) {
    fault = "Expected " + std::to_string(exported->dossiers) + " dossiers, but there are " +
            std::to_string(dossiers);
    return std::nullopt;
  }
  core::LateList list = builder.finish();
  core::LateHead head = exported->head;
  head.total = list.head.total;
  head.procedures = list.head.procedures;
  std::vector<std::string> sections;
  for (const core::LateAgency& agency : list.agencies) {
    sections.push_back(core::canonical_json(agency, core::kVietnamOffsetMinutes));
  }
  return run::late_document(sections, core::canonical_json(head, core::kVietnamOffsetMinutes));
} catch (const std::exception& error) {
  fault = "Expected an export of a published list, but it cannot be read: " + std::string(error.what());
  return std::nullopt;
}

}  // namespace motcua::api
