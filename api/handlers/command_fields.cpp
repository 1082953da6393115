#include "api/handlers/command_fields.h"

#include <algorithm>
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

}  // namespace motcua::api
