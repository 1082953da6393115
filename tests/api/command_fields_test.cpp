#include "api/handlers/command_fields.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "api/handlers/command_body.h"
#include "api/json/field_json.h"
#include "tests/support/paths.h"
#include "tests/support/told_body.h"

// What is told of the bodies of commands, held against the reading of real bodies and against
// api/openapi.json, which people wrote.
namespace motcua::api {
namespace {

using nlohmann::json;
using testing::Fill;
using testing::told_body;

core::Procedure with_facts() {
  core::Procedure procedure;
  procedure.facts = {{core::Code("area_m2"), core::FactType::integer, {}, true, false},
                     {core::Code("urgent"), core::FactType::boolean, {}, false, false},
                     {core::Code("built_on"), core::FactType::date, {}, false, false},
                     {core::Code("class"),
                      core::FactType::enumeration,
                      {core::Code("house"), core::Code("class_1"), core::Code("special")},
                      false,
                      false},
                     {core::Code("born_on"), core::FactType::date, {}, false, true},
                     {core::Code("purpose"), core::FactType::text, {}, false, true}};
  return procedure;
}

json told_of(const std::string& word) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  write_fields(writer, "own", fields_of(word, with_facts()));
  write_fields(writer, "common", common_fields());
  writer.end_object();
  json told = json::parse(text);
  json all = told["own"];
  for (const json& common : told["common"]) {
    const bool own = std::any_of(all.begin(), all.end(),
                                 [&](const json& field) { return field["name"] == common["name"]; });
    if (!own) all.push_back(common);
  }
  return all;
}

// "#/reason missing_field", each fault once, as the command reads the body.
std::set<std::string> faults_of(const std::string& word, const json& body) {
  const core::Procedure procedure = with_facts();
  Unreadable why;
  auto read = JsonBody::parse(body.dump(), 16, why);
  EXPECT_TRUE(read) << why.detail;
  JsonObject root = *read->root();
  read_command(word, root, &procedure);
  std::set<std::string> faults;
  for (const BodyFault& fault : read->faults()) faults.insert(fault.pointer + ' ' + fault.code);
  return faults;
}

std::vector<std::string> command_words() {
  std::vector<std::string> words;
  for (const core::Action& action : core::actions(core::Dossier(), core::Context()))
    words.emplace_back(action.command);
  return words;
}

class CommandFields : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(OfEveryCommand, CommandFields, ::testing::ValuesIn(command_words()),
                         [](const auto& param) {
                           std::string name = param.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST_P(CommandFields, AreTakenAllAtOnceAndTheRequiredAlone) {
  const json fields = told_of(GetParam());
  for (const Fill fill : {Fill::required, Fill::all}) {
    const json body = told_body(fields, fill);
    EXPECT_EQ(faults_of(GetParam(), body), std::set<std::string>()) << body;
  }
}

// Every member of every object of the body, at any depth, with what is told of it.
using Visit = std::function<void(const json& field, const json::json_pointer& at)>;
void for_each_member(const json& fields, const json::json_pointer& owner, const Visit& visit) {
  for (const json& field : fields) {
    const json::json_pointer at = owner / field["name"].get<std::string>();
    visit(field, at);
    if (field.contains("fields")) for_each_member(field["fields"], at, visit);
    if (field.contains("items") && field["items"].contains("fields"))
      for_each_member(field["items"]["fields"], at / 0, visit);
  }
}

TEST_P(CommandFields, AreMissedWhereTheyAreRequiredAndOnlyThere) {
  const json fields = told_of(GetParam());
  const json whole = told_body(fields, Fill::all);
  for_each_member(fields, json::json_pointer(), [&](const json& field, const json::json_pointer& at) {
    if (!whole.contains(at)) return;  // hangs on another word than the first
    json body = whole;
    body.at(at.parent_pointer()).erase(at.back());
    const std::string missed = '#' + at.to_string() + " missing_field";
    const bool demanded = field["required"].get<bool>() || testing::demanded_by(field, whole);
    EXPECT_EQ(faults_of(GetParam(), body).contains(missed), demanded) << at << body;
    if (!field.contains("required_when")) return;
    const json::json_pointer other(field["required_when"]["pointer"].get<std::string>().substr(1));
    for (const json& word : field["required_when"]["values"]) {
      body[other] = word;
      EXPECT_EQ(faults_of(GetParam(), body), std::set<std::string>{missed}) << body;
    }
  });
}

TEST_P(CommandFields, HaveNoOtherBesideThem) {
  std::set<std::string> names = {"colour"};
  for (const std::string& word : command_words()) {
    for_each_member(told_of(word), json::json_pointer(),
                    [&](const json& field, const json::json_pointer&) { names.insert(field["name"]); });
  }
  for (const core::FactDefinition& fact : with_facts().facts) names.insert(fact.key.text);
  const json fields = told_of(GetParam());
  json whole = told_body(fields, Fill::all);
  std::vector<json::json_pointer> objects = {json::json_pointer()};
  for_each_member(fields, json::json_pointer(), [&](const json& field, const json::json_pointer& at) {
    if (field["type"] == "object") objects.push_back(at);
    if (field.contains("items") && field["items"]["type"] == "object") objects.push_back(at / 0);
  });
  for (const json::json_pointer& at : objects) {
    for (const std::string& name : names) {
      if (whole.at(at).contains(name)) continue;
      json body = whole;
      body.at(at)[name] = "x";
      const std::string pointer = '#' + (at / name).to_string();
      const std::set<std::string> faults = faults_of(GetParam(), body);
      const bool refused =
          faults.contains(pointer + " unknown_field") || faults.contains(pointer + " personal_fact");
      EXPECT_TRUE(refused) << pointer << body;
    }
  }
}

TEST_P(CommandFields, TellExactlyTheWordsThatAreTaken) {
  const json fields = told_of(GetParam());
  std::set<std::string> candidates = {"blue", "Granted", "granted "};
  const auto add = [&](const auto& words) { candidates.insert(std::begin(words), std::end(words)); };
  add(core::EnumWords<core::Outcome>::words);
  add(core::EnumWords<core::Opinion>::words);
  add(core::EnumWords<core::ResultForm>::words);
  add(core::EnumWords<core::PaperForm>::words);
  add(core::EnumWords<core::Delivery>::words);
  add(core::EnumWords<core::IdKind>::words);
  add(core::EnumWords<core::LimitUnit>::words);
  add(core::EnumWords<core::DayCounting>::words);
  add(core::EnumWords<core::ErasureGround>::words);
  for (const char* word : {"house", "class_1", "special"}) candidates.insert(word);
  for_each_member(fields, json::json_pointer(), [&](const json& field, const json::json_pointer& at) {
    if (field["type"] != "enum") return;
    std::set<std::string> taken;
    for (const std::string& word : candidates) {
      const auto body = testing::told_body_with(fields, field, at.to_string(), word);
      if (faults_of(GetParam(), body).empty()) taken.insert(word);
    }
    EXPECT_EQ(taken, field["values"].get<std::set<std::string>>()) << at;
  });
}

TEST_P(CommandFields, TellTheBoundsThatHold) {
  const json fields = told_of(GetParam());
  for_each_member(fields, json::json_pointer(), [&](const json& field, const json::json_pointer& at) {
    const auto faults = [&](const json& value) {
      return faults_of(GetParam(), testing::told_body_with(fields, field, at.to_string(), value));
    };
    const std::set<std::string> out = {'#' + at.to_string() + " out_of_range"};
    const std::set<std::string> none;
    if (field.contains("max_length")) {
      const auto length = field["max_length"].get<std::size_t>();
      EXPECT_EQ(faults(std::string(length, 'a')), none) << at;
      EXPECT_EQ(faults(std::string(length + 1, 'a')), out) << at;
      EXPECT_EQ(faults("a\nb").empty(), field["multiline"].get<bool>()) << at;
    }
    if (field.contains("min")) {
      EXPECT_EQ(faults(field["min"]), none) << at;
      EXPECT_EQ(faults(field["min"].get<std::int64_t>() - 1), out) << at;
    }
    if (field.contains("max")) {
      EXPECT_EQ(faults(field["max"]), none) << at;
      EXPECT_EQ(faults(field["max"].get<std::int64_t>() + 1), out) << at;
    }
    if (field.contains("max_items")) {
      EXPECT_EQ(faults(json::array()), field["min_items"] == 0 ? none : out) << at;
      json items = json::array();
      for (std::size_t i = 0; i < field["max_items"].get<std::size_t>(); ++i)
        items.push_back(testing::told_item(field["items"], i));
      EXPECT_EQ(faults(items), none) << at;
      items.push_back(testing::told_item(field["items"], items.size()));
      EXPECT_EQ(faults(items), out) << at;
    }
  });
}

// The type in the words of api/openapi.json.
std::string described(const json& document, json schema) {
  while (schema.contains("$ref")) {
    const json::json_pointer at(schema["$ref"].get<std::string>().substr(1));
    if (at.back() == "Code" || at.back() == "Instant") return at.back() == "Code" ? "code" : "instant";
    schema = document.at(at);
  }
  if (schema.contains("enum")) return "enum";
  const std::string type = schema["type"];
  return type == "string" ? "text" : type;
}

TEST_P(CommandFields, AreThoseOfTheDocument) {
  std::ifstream file(in_tree("api/openapi.json"));
  const json document = json::parse(file);
  const json content =
      document["paths"]["/v1/dossiers/{dossier}/" + GetParam()]["post"]["requestBody"]["content"];
  json schema = content["application/json"]["schema"];
  while (schema.contains("$ref"))
    schema = document.at(json::json_pointer(schema["$ref"].get<std::string>().substr(1)));
  const std::set<std::string> demanded = schema.value("required", std::set<std::string>());
  std::set<std::string> names;
  for (const json& field : told_of(GetParam())) {
    const std::string name = field["name"];
    names.insert(name);
    ASSERT_TRUE(schema["properties"].contains(name)) << name;
    const json property = schema["properties"][name];
    EXPECT_EQ(described(document, property), field["type"]) << name;
    if (field.contains("max_length")) {
      EXPECT_EQ(property["maxLength"], field["max_length"]) << name;
    }
    if (field.contains("max_items")) {
      EXPECT_EQ(property["maxItems"], field["max_items"]) << name;
    }
    if (!field.contains("when")) {
      EXPECT_EQ(demanded.contains(name), field["required"].get<bool>()) << name;
    }
  }
  for (const auto& [name, property] : schema["properties"].items()) EXPECT_TRUE(names.contains(name)) << name;
}

TEST(CommandField, TellsOnWhichMemberOneHangs) {
  const auto field = [](const std::string& word, const std::string& name) {
    for (const json& told : told_of(word))
      if (told["name"] == name) return told;
    return json();
  };
  EXPECT_EQ(field("accept", "reason")["when"], (json{{"pointer", "#/appointment_at"}}));
  EXPECT_EQ(field("settle", "reason")["required_when"],
            (json{{"pointer", "#/outcome"}, {"values", {"denied", "not_eligible"}}}));
  const json by = field("extend", "by")["fields"];
  EXPECT_EQ(by[0]["values"], (json{"working_hour", "working_day", "calendar_day", "month", "hour"}));
  EXPECT_EQ(by[2]["when"], (json{{"pointer", "#/by/unit"}, {"values", {"working_day"}}}));
  EXPECT_EQ(field("correct", "on_behalf_of")["required"], true);
}

}  // namespace
}  // namespace motcua::api
