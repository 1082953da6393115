#include "tests/scenarios/stage.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace motcua::test {

using nlohmann::json;

namespace {

void expect_taken(const testing::HttpAnswer& answer, const std::string& refused) {
  const bool taken = answer.status == 200 || answer.status == 201;
  if (taken && refused.empty()) return;
  const json said = answer.json();
  const std::string code = said.is_object() ? said.value("code", "") : "";
  if (!taken && code == refused) return;
  throw std::runtime_error(taken ? "it was taken" : "it was refused: " + answer.body);
}

}  // namespace

void Stage::set_clock(const std::string& instant) {
  if (!service_) {
    testing::ServiceOptions options;
    options.sandbox = instant;
    options.configure = testing::use_copied_procedures;
    service_ = std::make_unique<testing::RunningService>(std::move(options));
    client_ = std::make_unique<testing::HttpClient>(service_->port(), service_->token());
    return;
  }
  const testing::HttpAnswer answer = client_->put("/v1/sandbox/clock", {{"now", instant}});
  if (answer.status != 200) throw std::runtime_error("the clock did not get there: " + answer.body);
}

testing::HttpClient& Stage::client() {
  if (!client_) throw std::runtime_error("no instant was given before it");
  return *client_;
}

const std::string& Stage::id_of(const std::string& name) const {
  const auto found = ids_.find(name);
  if (found == ids_.end()) throw std::runtime_error(name + " was never filed");
  return found->second;
}

void Stage::submit(const std::string& name, const json& body, const std::string& refused) {
  if (ids_.contains(name)) throw std::runtime_error(name + " was filed before");
  const testing::HttpAnswer answer = client().post("/v1/dossiers", body);
  expect_taken(answer, refused);
  if (refused.empty()) ids_[name] = answer.json().at("id").get<std::string>();
}

json Stage::required_papers(const std::string& procedure, const std::string& variant) {
  const testing::HttpAnswer answer = client().get("/v1/procedures/" + procedure);
  json papers = json::array();
  if (answer.status != 200) return papers;
  const json definition = answer.json();
  for (const json& paper : definition.at("papers")) {
    const json& variants = paper.at("variants");
    const bool belongs =
        variants.empty() || std::find(variants.begin(), variants.end(), variant) != variants.end();
    if (paper.at("required") != true || !belongs) continue;
    papers.push_back({{"key", paper.at("key")}, {"form", paper.at("forms").at(0)}});
  }
  return papers;
}

void Stage::command(const std::string& name, const std::string& word, const json& body,
                    const std::string& refused) {
  expect_taken(client().post("/v1/dossiers/" + id_of(name) + "/" + word, body), refused);
}

json Stage::get(const std::string& target) {
  const testing::HttpAnswer answer = client().get(target);
  if (answer.status != 200) throw std::runtime_error(target + " answered " + answer.body);
  return answer.json();
}

json Stage::dossier(const std::string& name) { return get("/v1/dossiers/" + id_of(name)); }

void Stage::adopt(const std::string& name, const std::string& opener, std::size_t consultation) {
  const json linked = dossier(opener).at("consultations").at(consultation - 1).at("linked");
  if (linked.is_null()) throw std::runtime_error("it opened none");
  ids_[name] = linked.get<std::string>();
}

json Stage::clock(const std::string& name, const std::string& kind) {
  const json whole = dossier(name);
  json last;
  for (const json& one : whole.at("clocks")) {
    if (one.at("kind") == kind) last = one;
  }
  return last;
}

std::string Stage::last_events(const std::string& name, std::size_t count) {
  const std::string prefix = "vn.motcua.dossier.";
  const json page = get("/v1/dossiers/" + id_of(name) + "/events?limit=200");
  const json& items = page.at("items");
  std::string types;
  for (std::size_t i = items.size() - std::min(count, items.size()); i < items.size(); ++i) {
    const std::string type = items[i].at("type");
    types += (types.empty() ? "" : ", ") + type.substr(prefix.size(), type.rfind('.') - prefix.size());
  }
  return types;
}

std::string Stage::shares(const std::string& name, const std::string& at) {
  const json answer = get("/v1/dossiers/" + id_of(name) + "/attribution?at=" + at);
  std::string text;
  if (answer.at("delays").empty()) return "nobody";
  for (const json& share : answer.at("delays").back().at("shares")) {
    text += (text.empty() ? "" : ", ") + share.at("agency").get<std::string>();
    for (const char* part : {"unit", "officer"}) {
      if (share.at(part).is_string()) text += '/' + share.at(part).get<std::string>();
    }
    text += ' ' + std::to_string(share.at("working_seconds").get<int>());
  }
  return text;
}

std::vector<std::string> Stage::names_on(const std::string& target) {
  const json page = get(target);
  std::vector<std::string> names;
  for (const auto& [name, id] : ids_) {
    for (const json& item : page.at("items")) {
      if (item.at("id") == id && (names.empty() || names.back() != name)) names.push_back(name);
    }
  }
  return names;
}

}  // namespace motcua::test
