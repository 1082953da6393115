#include "api/handlers/command_fields.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "api/handlers/command_body.h"
#include "api/json/field_probe.h"

namespace motcua::api {

namespace {

std::vector<Field> probed_fields(std::string_view word, const core::Procedure& procedure, Acting acting) {
  const std::vector<Field>& common = common_fields();
  std::vector<Field> fields =
      FieldProbe::fields_of([&](JsonObject& body) { read_command(word, body, &procedure, acting); });
  std::erase_if(fields, [&](const Field& field) {
    return std::any_of(common.begin(), common.end(),
                       [&](const Field& every) { return every.reads_like(field); });
  });
  return fields;
}

}  // namespace

const std::vector<Field>& common_fields() {
  static const std::vector<Field> common = FieldProbe::fields_of([](JsonObject& body) {
    CommandInput input;
    read_common(body, input);
  });
  return common;
}

std::vector<Field> fields_of(std::string_view word, const core::Procedure& procedure, Acting acting) {
  // Only facts are the procedure's own: what reads none is found once.
  static std::mutex guard;
  static std::map<std::pair<std::string, Acting>, std::vector<Field>> of_any_procedure;
  const std::pair name(std::string(word), acting);
  {
    const std::lock_guard lock(guard);
    const auto known = of_any_procedure.find(name);
    if (known != of_any_procedure.end()) return known->second;
  }
  std::vector<Field> fields = probed_fields(word, procedure, acting);
  const bool any =
      std::none_of(fields.begin(), fields.end(), [](const Field& field) { return field.name == "facts"; });
  if (any) {
    const std::lock_guard lock(guard);
    of_any_procedure.emplace(name, fields);
  }
  return fields;
}

Field* find_field(std::vector<Field>& fields, std::string_view path) {
  const std::size_t slash = path.find('/');
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return field.name == path.substr(0, slash); });
  if (found == fields.end()) return nullptr;
  if (slash == std::string_view::npos) return &*found;
  Field& item = found->fields.front();
  return slash + 1 == path.size() ? &item : find_field(item.fields, path.substr(slash + 1));
}

void add_correctable(std::span<const core::Correctable> events, std::vector<Field>& fields) {
  Field* version = find_field(fields, "version");
  assert(version != nullptr);
  version->choices.emplace();
  for (const core::Correctable& event : events) {
    FieldChoice choice{std::int64_t{event.version}, std::string(core::word_of(event.what))};
    choice.at = event.at;
    choice.not_before = event.not_before;
    choice.not_after = event.not_after;
    version->choices->known.push_back(std::move(choice));
  }
  Field occurred;
  occurred.name = "occurred_at";
  occurred.type = FieldType::instant;
  fields.push_back(std::move(occurred));
}

}  // namespace motcua::api
