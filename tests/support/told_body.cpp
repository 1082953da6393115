#include "tests/support/told_body.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace motcua::testing {
namespace {

using nlohmann::json;
using Pointer = json::json_pointer;

bool holds(const json& condition, const json& body) {
  const Pointer at(condition["pointer"].get<std::string>().substr(1));
  if (!body.contains(at)) return false;
  if (!condition.contains("values")) return true;
  const json& values = condition["values"];
  return std::find(values.begin(), values.end(), body.at(at)) != values.end();
}

// Puts into the object at `owner`, and into those in it, what is not there yet; what hangs on others comes
// after them.
void fill_in(const json& fields, Fill fill, const Pointer& owner, json& body) {
  for (const bool conditional : {false, true}) {
    for (const json& field : fields) {
      const Pointer at = owner / field["name"].get<std::string>();
      if (conditional != (field.contains("when") || field.contains("required_when"))) continue;
      if (!body.contains(at)) {
        if (field.contains("when") && !holds(field["when"], body)) continue;
        const bool demanded = field["required"].get<bool>() || demanded_by(field, body);
        if (!demanded && fill == Fill::required) continue;
        body[at] = field["type"] == "object" ? json::object() : told_item(field, 0, fill);
      }
      if (field["type"] == "object") fill_in(field["fields"], fill, at, body);
      if (field["type"] != "array" || field["items"]["type"] != "object" || body[at].empty()) continue;
      fill_in(field["items"]["fields"], fill, at / 0, body);
    }
  }
}

}  // namespace

bool demanded_by(const json& field, const json& body) {
  return field.contains("required_when") && holds(field["required_when"], body);
}

json told_item(const json& field, std::size_t number, Fill fill) {
  const std::string type = field["type"];
  if (field.contains("choices") && number < field["choices"].size()) return field["choices"][number]["value"];
  if (type == "text") return "chữ";
  if (type == "code") return "m" + std::to_string(number);
  if (type == "instant") return "2026-08-04T09:00:00+07:00";
  if (type == "date") return "2026-08-04";
  if (type == "integer") return field.value("min", 7);
  if (type == "boolean") return true;
  if (type == "enum") return field["values"][0];
  if (type == "array") return json::array({told_item(field["items"], 0, fill)});
  if (type != "object") throw std::runtime_error("a type without a name: " + type);
  json made = json::object();
  fill_in(field["fields"], fill, Pointer(), made);
  for (const json& member : field["fields"]) {
    // Items with a key are told apart by it.
    if (member["name"] == "key") made["key"] = told_item(member, number, fill);
  }
  return made;
}

json told_body(const json& fields, Fill fill) {
  json body = json::object();
  fill_in(fields, fill, Pointer(), body);
  return body;
}

json told_body_with(const json& fields, const json& field, const std::string& pointer, const json& value) {
  json body = json::object();
  body[Pointer(pointer)] = value;
  if (field.contains("when") && field["when"].contains("values")) {
    body[Pointer(field["when"]["pointer"].get<std::string>().substr(1))] = field["when"]["values"][0];
  }
  fill_in(fields, Fill::all, Pointer(), body);
  return body;
}

}  // namespace motcua::testing
