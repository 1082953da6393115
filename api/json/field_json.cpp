#include "api/json/field_json.h"

#include "api/explanation_json.h"

namespace motcua::api {
namespace {

template <class Values>
void write_list(JsonWriter& json, std::string_view name, const Values& values) {
  if (values.empty()) return;
  json.key(name);
  json.begin_array();
  for (const auto& value : values) json.value(value);
  json.end_array();
}

void write_when(JsonWriter& json, std::string_view name, const std::optional<FieldCondition>& condition) {
  if (!condition) return;
  json.key(name);
  json.begin_object();
  json.member("pointer", condition->pointer);
  write_list(json, "values", condition->words);
  json.end_object();
}

template <class T>
void write_known(JsonWriter& json, std::string_view name, const std::optional<T>& value) {
  if (value) json.member(name, *value);
}

void write_needs_with(JsonWriter& json, const std::vector<core::NeededWith>& needs) {
  if (needs.empty()) return;
  json.key("needs_with");
  json.begin_array();
  for (const core::NeededWith& need : needs) {
    json.begin_object();
    json.member("fact", need.fact);
    json.member("with", need.with);
    if (!need.values.empty()) {
      json.key("values");
      json.begin_array();
      for (const core::FactValue& value : need.values) {
        std::visit([&](const auto& one) { json.value(one); }, value);
      }
      json.end_array();
    }
    write_known(json, "min", need.min);
    write_known(json, "max", need.max);
    json.end_object();
  }
  json.end_array();
}

void write_choice(JsonWriter& json, const FieldChoice& choice) {
  json.begin_object();
  json.key("value");
  std::visit([&](const auto& value) { json.value(value); }, choice.value);
  if (!choice.name.empty()) json.member("name", choice.name);
  if (!choice.basis.empty()) json.member("basis", choice.basis);
  if (choice.length) {
    json.key("length");
    write_limit(json, *choice.length);
  }
  write_known(json, "amount_vnd", choice.amount_vnd);
  write_list(json, "agencies", choice.agencies);
  write_known(json, "level", choice.level);
  write_list(json, "asks", choice.asks);
  write_list(json, "needs", choice.needs);
  write_needs_with(json, choice.needs_with);
  write_list(json, "from", choice.from);
  write_list(json, "references", choice.references);
  if (choice.missing) json.member("missing", true);
  if (choice.at) json.member_instant("at", choice.at);
  if (choice.not_before) json.member_instant("not_before", choice.not_before);
  if (choice.not_after) json.member_instant("not_after", choice.not_after);
  json.end_object();
}

void write_withheld(JsonWriter& json, const std::vector<WithheldWord>& words) {
  if (words.empty()) return;
  json.key("withheld");
  json.begin_array();
  for (const WithheldWord& word : words) {
    json.begin_object();
    json.member("value", word.value);
    json.member("code", word.code);
    json.member("detail", word.detail);
    json.end_object();
  }
  json.end_array();
}

void write_field(JsonWriter& json, const Field& field) {
  json.begin_object();
  if (!field.name.empty()) {
    json.member("name", field.name);
    json.member("required", field.required);
  }
  json.member("type", field.type);
  write_when(json, "when", field.when);
  write_when(json, "required_when", field.required_when);
  write_list(json, "values", field.words);
  write_withheld(json, field.withheld);
  if (field.max_length) {
    json.member("max_length", *field.max_length);
    json.member("multiline", field.lines == Lines::many);
  }
  write_known(json, "min", field.min);
  write_known(json, "max", field.max);
  if (field.max_items) {
    json.member("min_items", field.min_items);
    json.member("max_items", *field.max_items);
  }
  if (field.type == FieldType::array && !field.fields.empty()) {
    json.key("items");
    write_field(json, field.fields.front());
  } else if (field.type == FieldType::object) {
    write_fields(json, "fields", field.fields);
  }
  if (field.choices) {
    json.key("choices");
    json.begin_array();
    for (const FieldChoice& choice : field.choices->known) write_choice(json, choice);
    json.end_array();
    json.member("choices_only", field.choices->only);
  }
  json.end_object();
}

}  // namespace

void write_fields(JsonWriter& json, std::string_view name, const std::vector<Field>& fields) {
  json.key(name);
  json.begin_array();
  for (const Field& field : fields) write_field(json, field);
  json.end_array();
}

}  // namespace motcua::api
