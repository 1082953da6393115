#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/service.h"
#include "tests/support/told_body.h"

// GET …/actions of real dossiers: a counter that knows nothing else can send what it draws.
namespace motcua::testing {
namespace {

using nlohmann::json;

class Actions : public ::testing::Test {
 protected:
  static ServiceOptions options() {
    ServiceOptions made;
    made.sandbox = "2026-08-03T09:00:00+07:00";
    made.keys = {{"province", "", true}};
    made.configure = use_copied_procedures;
    return made;
  }
  std::string filed(const std::string& procedure, json more = json::object()) {
    json body{{"procedure", procedure},
              {"channel", "direct"},
              {"receiving_agency", "H32.101"},
              {"owner", {{"kind", "citizen"}, {"name", "Nguyễn Văn A"}}}};
    body.update(more);
    const HttpAnswer answer = client_.post("/v1/dossiers", body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return "/v1/dossiers/" + answer.json().value("id", "none");
  }
  std::string accepted(const std::string& procedure, json more = json::object()) {
    more["accept"] = true;
    return filed(procedure, std::move(more));
  }
  // What the command takes beside what all take. Fails when it is not allowed.
  json fields_of(const std::string& dossier, const std::string& command) {
    const json said = client_.get(dossier + "/actions").json();
    for (const json& action : said["actions"]) {
      if (action["command"] != command) continue;
      EXPECT_EQ(action["allowed"], true) << command << action;
      return action.value("fields", json::array());
    }
    ADD_FAILURE() << "no such command: " << command;
    return json::array();
  }
  json field_of(const std::string& dossier, const std::string& command, const std::string& name) {
    const json fields = fields_of(dossier, command);
    for (const json& field : fields)
      if (field["name"] == name) return field;
    return nullptr;
  }
  // What the answer says is demanded, with the first value that it knows, and no more.
  json do_as_told(const std::string& dossier, const std::string& command, const json& more = json::object()) {
    json body = told_body(fields_of(dossier, command), Fill::required);
    body.update(more);
    const HttpAnswer answer = client_.post(dossier + '/' + command, body);
    EXPECT_EQ(answer.status, 200) << command << body << answer.body;
    return answer.json();
  }
  std::set<std::string> faults(const std::string& dossier, const std::string& command, const json& body) {
    const HttpAnswer answer = client_.post(dossier + '/' + command, body);
    EXPECT_EQ(answer.status, 422) << command << body << answer.body;
    std::set<std::string> found;
    const json errors = answer.json().value("errors", json::array());
    for (const json& error : errors) found.insert(error.value("pointer", "") + ' ' + error.value("code", ""));
    return found;
  }
  void expect_each_is_read_as_told(const std::string& dossier);

  RunningService service_{options()};
  HttpClient client_ = service_.client("province");
};

std::vector<std::string> values_of(const json& field) {
  std::vector<std::string> values;
  for (const json& choice : field["choices"])
    values.push_back(choice["value"].is_string() ? choice["value"].get<std::string>()
                                                 : choice["value"].dump());
  return values;
}

// A member that no command has makes the body refused without changing the dossier; whatever else is wrong
// is said beside it.
void Actions::expect_each_is_read_as_told(const std::string& dossier) {
  const json said = client_.get(dossier + "/actions").json();
  int allowed = 0;
  for (const json& action : said["actions"]) {
    const std::string command = action["command"];
    EXPECT_EQ(action["allowed"].get<bool>(), action.contains("fields")) << command;
    if (!action.contains("fields")) continue;
    ++allowed;
    for (const Fill fill : {Fill::required, Fill::all}) {
      json body = told_body(action["fields"], fill);
      for (const json& common : said["common_fields"])
        if (fill == Fill::all && !body.contains(common["name"])) body[common["name"]] = told_item(common);
      body["colour"] = "blue";
      EXPECT_EQ(faults(dossier, command, body), std::set<std::string>{"#/colour unknown_field"}) << command;
    }
    for (const json& field : action["fields"]) {
      json body = told_body(action["fields"], Fill::required);
      const std::string name = field["name"];
      if (!body.contains(name) || field["type"] == "object" || name == "ground") continue;
      body.erase(name);
      EXPECT_EQ(faults(dossier, command, body), std::set<std::string>{"#/" + name + " missing_field"})
          << command;
    }
  }
  EXPECT_GT(allowed, 0);
  EXPECT_EQ(client_.get(dossier).json()["version"], said["version"]) << "nothing was done";
}

TEST_F(Actions, TellOfEveryStateWhatEachCommandReads) {
  const std::string online = filed("1.004194", {{"channel", "online"}});
  expect_each_is_read_as_told(online);
  do_as_told(online, "request-supplement");
  expect_each_is_read_as_told(online);
  do_as_told(online, "supplement");
  expect_each_is_read_as_told(online);
  do_as_told(online, "refuse");
  expect_each_is_read_as_told(online);
  const std::string terms = accepted("9.000003");
  expect_each_is_read_as_told(terms);
  do_as_told(terms, "suspend");
  expect_each_is_read_as_told(terms);
  const std::string workflow = accepted("9.000002");
  do_as_told(workflow, "consult");
  do_as_told(workflow, "complete-step", {{"facts", {{"persons", 5}}}});
  expect_each_is_read_as_told(workflow);
  const std::string paid = filed("9.100001", {{"variant", "nhanh"}});
  do_as_told(paid, "request-payment");
  expect_each_is_read_as_told(paid);
}

TEST_F(Actions, TellEnoughForAWholeLife) {
  const std::string dossier = filed("9.000002");
  do_as_told(dossier, "accept");
  do_as_told(dossier, "consult");
  do_as_told(dossier, "answer-consultation");
  json now = do_as_told(dossier, "complete-step");
  const auto to_the_end = [&] {
    for (int steps = 0; steps < 9 && now["step"] != "return"; ++steps)
      now = do_as_told(dossier, "complete-step");
  };
  to_the_end();
  now = do_as_told(dossier, "return-step");
  EXPECT_NE(now["step"], "return");
  to_the_end();
  do_as_told(dossier, "settle");
  do_as_told(dossier, "announce-result");
  do_as_told(dossier, "replace-result");
  EXPECT_EQ(values_of(field_of(dossier, "annul-result", "result")).size(), 1u) << "the one that stands";
  EXPECT_EQ(do_as_told(dossier, "return-result")["state"], "returned");
  do_as_told(dossier, "annul-result");
}

TEST_F(Actions, NameTheOpenStepsAndWhatTheirEdgesAsk) {
  const std::string dossier = accepted("9.000002");
  json step = field_of(dossier, "complete-step", "step");
  EXPECT_EQ(values_of(step), std::vector<std::string>{"handle"});
  EXPECT_EQ(step["choices"][0]["asks"], json{"persons"});
  EXPECT_FALSE(step["choices"][0].contains("needs")) << "has() was asked first";
  const json facts = field_of(dossier, "complete-step", "facts");
  EXPECT_EQ(facts["fields"], (json{{{"name", "persons"}, {"required", false}, {"type", "integer"}}}))
      << "born_on is personal";
  do_as_told(dossier, "complete-step", {{"facts", {{"persons", 5}}}});
  step = field_of(dossier, "complete-step", "step");
  EXPECT_EQ(values_of(step), (std::vector<std::string>{"visit", "notice"}));
  do_as_told(dossier, "complete-step", {{"step", "visit"}});
  EXPECT_EQ(values_of(field_of(dossier, "return-step", "step")), std::vector<std::string>{"report"});
  const json to = field_of(dossier, "return-step", "to");
  EXPECT_EQ(values_of(to), std::vector<std::string>{"visit"});
  EXPECT_EQ(to["choices"][0]["from"], json{"report"});
  for (const char* done : {"report", "notice", "sum"}) do_as_told(dossier, "complete-step", {{"step", done}});
  EXPECT_EQ(field_of(dossier, "complete-step", "step")["choices"][0]["asks"], json{"outcome"});
}

TEST_F(Actions, DemandAFactThatTheEdgesNeedUntilTheDossierHasIt) {
  const std::string dossier = accepted("1.013225");
  EXPECT_EQ(field_of(dossier, "complete-step", "step")["choices"][0]["needs"], json{"floor_area_m2"});
  const json facts = field_of(dossier, "complete-step", "facts");
  EXPECT_EQ(facts["required"], true);
  for (const json& fact : facts["fields"]) EXPECT_EQ(fact["required"], fact["name"] == "floor_area_m2");
  EXPECT_EQ(faults(dossier, "complete-step", json::object()),
            std::set<std::string>{"#/facts/floor_area_m2 missing_fact"});
  const json known{{"floor_area_m2", 90}, {"works_class", "house"}};
  const std::string other = accepted("1.013225", {{"facts", known}});
  EXPECT_EQ(field_of(other, "complete-step", "facts")["required"], false);
  do_as_told(other, "complete-step");
}

TEST_F(Actions, TellWhatIsNeededWithSomeValuesOfAnother) {
  const std::string dossier = accepted("1.013225");
  const json step = field_of(dossier, "complete-step", "step")["choices"][0];
  ASSERT_EQ(step["needs_with"], (json{{{"fact", "works_class"}, {"with", "floor_area_m2"}, {"max", 2000}}}));
  const auto needed = [&](const json& facts) { return faults(dossier, "complete-step", {{"facts", facts}}); };
  EXPECT_EQ(needed({{"floor_area_m2", 2000}}), std::set<std::string>{"#/facts/works_class missing_fact"});
  do_as_told(dossier, "complete-step", {{"facts", {{"floor_area_m2", 2001}}}});
}

TEST_F(Actions, NameWhomAStepMayBeAssignedTo) {
  const std::string dossier = accepted("9.000002");
  do_as_told(dossier, "consult", {{"consultation", "thue"}});
  const json agency = field_of(dossier, "assign", "agency");
  EXPECT_EQ(values_of(agency), std::vector<std::string>{"H32.101"}) << "who is asked has no step of it";
  EXPECT_EQ(agency["choices_only"], false) << "one below it may be named, too";
  for (const char* other : {"H32.4", "H32.102"}) {
    const json body{{"agency", other}, {"officer", std::string(other) + ".cb01"}};
    EXPECT_EQ(faults(dossier, "assign", body), std::set<std::string>{"#/agency wrong_agency"});
  }
  EXPECT_EQ(faults(dossier, "assign", {{"agency", "001.19.H32"}, {"officer", "H32.101.cb01"}}),
            std::set<std::string>{"#/agency agency_ended"});
  EXPECT_FALSE(agency["choices"][0]["name"].get<std::string>().empty());
}

TEST_F(Actions, NameTheGroundsThatAreLeft) {
  const std::string dossier = accepted("9.000003");
  const json before = field_of(dossier, "suspend", "ground");
  ASSERT_GE(before["choices"].size(), 1u);
  EXPECT_EQ(before["choices_only"], true);
  EXPECT_FALSE(before["choices"][0]["basis"].get<std::string>().empty());
  const std::string first = values_of(before)[0];
  EXPECT_EQ(faults(dossier, "suspend", {{"ground", "HOLIDAY"}, {"reason", "Nghỉ"}}),
            std::set<std::string>{"#/ground ground_not_allowed"});
  do_as_told(dossier, "suspend");
  EXPECT_EQ(values_of(field_of(dossier, "resume", "ground")), std::vector<std::string>{first});
  const json said = client_.get(dossier + "/actions").json()["actions"];
  for (const json& action : said) {
    if (action["command"] != "suspend") continue;
    EXPECT_EQ(action["allowed"], false) << "its only ground is in force";
    EXPECT_EQ(action["code"], "already_suspended");
  }
  do_as_told(dossier, "resume");
  do_as_told(dossier, "extend", {{"on_behalf_of", "H32.101.ct01"}});
  do_as_told(dossier, "stop");
}

TEST_F(Actions, WithholdAGrantThatWouldBeRefused) {
  const std::string dossier = accepted("1.004194", {{"papers", {{{"key", "to_khai"}, {"form", "copy"}}}}});
  const json outcome = field_of(dossier, "settle", "outcome");
  EXPECT_EQ(outcome["values"], (json{"denied", "not_eligible"}));
  ASSERT_EQ(outcome["withheld"].size(), 1u);
  EXPECT_EQ(outcome["withheld"][0]["value"], "granted");
  EXPECT_EQ(outcome["withheld"][0]["code"], "paper_missing");
  const json item = client_.get(dossier).json()["checklist"][0];
  EXPECT_EQ(item["received"], "copy");
  EXPECT_EQ(item["wrong_form"], true);
  EXPECT_EQ(item["missing"], true) << "it is taken as original or electronic";
  do_as_told(dossier, "settle");
  const json instead = field_of(dossier, "replace-result", "outcome");
  EXPECT_EQ(instead["values"], (json{"denied", "not_eligible"}));
  EXPECT_EQ(instead["withheld"], outcome["withheld"]);
}

TEST_F(Actions, NameTheEventsThatMayBeCorrected) {
  const std::string dossier = accepted("9.000003");
  ASSERT_TRUE(service_.set_clock("2026-08-05T09:00:00+07:00"));
  const json fields = fields_of(dossier, "correct");
  const json version = field_of(dossier, "correct", "version");
  EXPECT_EQ(version["choices_only"], true);
  EXPECT_EQ(version["choices"], (json{{{"value", 2},
                                       {"name", "acceptance"},
                                       {"at", "2026-08-03T09:00:00+07:00"},
                                       {"not_before", "2026-08-03T09:00:00+07:00"},
                                       {"not_after", "2026-08-05T09:00:00+07:00"}}}));
  const json occurred = field_of(dossier, "correct", "occurred_at");
  EXPECT_EQ(occurred["type"], "instant");
  EXPECT_EQ(occurred["required"], false);
}

TEST_F(Actions, NameThePapersThatAreMissing) {
  const std::string dossier = filed("1.004194", {{"papers", {{{"key", "to_khai"}, {"form", "original"}}}}});
  const json asked = field_of(dossier, "request-supplement", "missing")["items"]["choices"];
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_FALSE(asked[0].contains("missing")) << "it has come";
  EXPECT_EQ(asked[1]["missing"], true);
  do_as_told(dossier, "request-supplement", {{"missing", {"to_khai"}}});
  const json key = field_of(dossier, "supplement", "papers")["items"]["fields"][0];
  EXPECT_EQ(values_of(key), (std::vector<std::string>{"to_khai", "cho_o_hop_phap"})) << "asked for, required";
  do_as_told(dossier, "supplement",
             {{"papers", {told_item(field_of(dossier, "supplement", "papers")["items"])}}});
}

TEST_F(Actions, NameWhatIsToBePaidAndGivenBack) {
  const std::string dossier = filed("9.100001", {{"variant", "nhanh"}});
  const json fees = field_of(dossier, "request-payment", "items")["items"]["choices"];
  ASSERT_FALSE(fees.empty());
  std::int64_t sum = 0;
  for (const json& fee : fees) sum += fee["amount_vnd"].get<std::int64_t>();
  do_as_told(dossier, "request-payment");
  EXPECT_EQ(values_of(field_of(dossier, "confirm-payment", "amount_vnd")),
            std::vector<std::string>{std::to_string(sum)});
  do_as_told(dossier, "confirm-payment", {{"reference", "NH-1"}});
  do_as_told(dossier, "withdraw");
  const json owed = field_of(dossier, "confirm-refund", "amount_vnd")["choices"];
  ASSERT_EQ(owed.size(), 1u);
  EXPECT_EQ(owed[0]["value"], sum);
  EXPECT_EQ(owed[0]["references"], json{"NH-1"});
  do_as_told(dossier, "confirm-refund");
}

TEST_F(Actions, NameWhoMayBeConsulted) {
  const std::string dossier = accepted("9.000002");
  const json kinds = field_of(dossier, "consult", "consultation")["choices"];
  ASSERT_EQ(kinds.size(), 2u);
  EXPECT_EQ(kinds[0]["agencies"], json{"H32.4"});
  EXPECT_EQ(kinds[0]["length"]["value"], 2);
  EXPECT_EQ(kinds[1]["level"], "province");
  const json agency = field_of(dossier, "consult", "agency");
  EXPECT_EQ(values_of(agency), std::vector<std::string>{"H32.4"});
  EXPECT_EQ(agency["choices_only"], false);
  do_as_told(dossier, "consult", {{"consultation", "thue"}});
  const json number = field_of(dossier, "answer-consultation", "number");
  EXPECT_EQ(number["choices"], (json{{{"value", 1}, {"name", kinds[0]["name"]}, {"agencies", {"H32.4"}}}}));
  // Who owes that answer is not asked for it again.
  EXPECT_EQ(field_of(dossier, "consult", "consultation")["choices"], json{kinds[1]});
  EXPECT_EQ(values_of(field_of(dossier, "consult", "agency")), std::vector<std::string>{});
  do_as_told(dossier, "answer-consultation");
  EXPECT_EQ(field_of(dossier, "consult", "consultation")["choices"], kinds);
}

}  // namespace
}  // namespace motcua::testing
