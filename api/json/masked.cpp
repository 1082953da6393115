#include "api/json/masked.h"

#include <simdjson.h>

#include <algorithm>

#include "api/json/writer.h"

namespace motcua::api {
namespace {

constexpr std::string_view kHidden = "***";
constexpr std::ptrdiff_t kShortNumber = 6;  // of these nothing is shown
constexpr std::ptrdiff_t kShownEnd = 3;
constexpr std::size_t kUsualOwner = 256;

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// All characters but the last three hidden.
std::string masked_number(std::string_view number) {
  const auto size = std::count_if(number.begin(), number.end(), begins_character);
  if (size <= kShortNumber) return std::string(static_cast<std::size_t>(size), '*');
  std::size_t shown = number.size();
  for (std::ptrdiff_t left = kShownEnd; left > 0;) left -= begins_character(number[--shown]) ? 1 : 0;
  return std::string(static_cast<std::size_t>(size - kShownEnd), '*').append(number.substr(shown));
}

// The first letter of each word.
std::string masked_name(std::string_view name) {
  std::string masked;
  bool starts = true;
  while (!name.empty()) {
    std::size_t length = 1;
    while (length < name.size() && !begins_character(name[length])) ++length;
    if (name[0] == ' ') {
      masked += ' ';
      starts = true;
    } else if (starts) {
      masked.append(name, 0, length).append(kHidden);
      starts = false;
    }
    name.remove_prefix(length);
  }
  return masked;
}

void write_masked(JsonWriter& json, std::string_view name, const simdjson::dom::element& value) {
  std::string_view text;
  simdjson::dom::object account;
  if (name == "portal_account" && value.get(account) == simdjson::SUCCESS) {
    json.begin_object();
    for (const auto [key, held] : account) {
      json.key(key);
      key == "id" ? json.value(kHidden) : json.raw(simdjson::minify(held));
    }
    json.end_object();
  } else if (value.get(text) != simdjson::SUCCESS) {
    json.raw(simdjson::minify(value));
  } else if (name == "name") {
    json.value(masked_name(text));
  } else if (name == "id_number" || name == "phone") {
    json.value(masked_number(text));
  } else {
    json.value(name == "id_kind" ? text : kHidden);
  }
}

}  // namespace

std::string masked_owner(std::string_view owner_json) {
  thread_local simdjson::dom::parser parser;
  simdjson::dom::object owner;
  if (parser.parse(owner_json.data(), owner_json.size()).get(owner) != simdjson::SUCCESS) return "null";
  std::string out;
  out.reserve(kUsualOwner);
  JsonWriter json(out);
  json.begin_object();
  for (const auto [name, value] : owner) {
    json.key(name);
    write_masked(json, name, value);
  }
  json.end_object();
  return out;
}

}  // namespace motcua::api
