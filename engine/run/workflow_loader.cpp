#include "engine/run/workflow_loader.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace motcua::run {
namespace {

using nlohmann::json;

constexpr std::int64_t kEdgesMax = 20;

std::vector<core::Code> read_targets(ObjectReader& in, Source source) {
  const json* to = in.member("to", Presence::required);
  if (to == nullptr) return {};
  if (to->is_array()) {
    auto branches = read_codes(in, "to", Presence::required, kKeySpelling, source);
    if (to->size() == 1) in.fault("to", "Expected several steps in a list, but there is one");
    return branches;
  }
  const auto one = read_code(in, "to", Presence::required, kKeySpelling);
  return one ? std::vector<core::Code>{*one} : std::vector<core::Code>{};
}

core::StepEdge read_edge(ObjectReader& in, bool last, Source source) {
  core::StepEdge edge;
  if (const auto text = in.text("when", Presence::optional)) {
    core::ConditionFault fault;
    edge.when = core::parse_condition(*text, fault);
    if (!edge.when) {
      in.fault("when", fault.detail + " (at character " + std::to_string(fault.place + 1) + ")");
    }
    if (last) in.fault("when", "Expected the last edge to be else, but it asks something");
    if (in.member("else", Presence::optional) != nullptr) {
      in.fault("else", "Expected when or else, but there are both");
    }
  } else if (in.member("when", Presence::optional) == nullptr) {
    const auto otherwise = in.boolean("else", Presence::required);
    if (otherwise == false) in.fault("else", "Expected true, but it is false");
    if (!last) in.fault("else", "Expected else as the last edge, but more follow");
  }
  edge.to = read_targets(in, source);
  return edge;
}

core::ConsultationDefinition read_consultation(ObjectReader& in, Source source) {
  core::ConsultationDefinition made;
  made.key = read_code(in, "key", Presence::required, kKeySpelling).value_or(core::Code());
  made.name = read_text(in, "name", Presence::required, 300).value_or("");
  const bool has_agencies = in.member("agencies", Presence::optional) != nullptr;
  const bool has_level = in.member("level", Presence::optional) != nullptr;
  made.agencies = read_codes(in, "agencies", Presence::optional, kAgencySpelling, source);
  made.level = read_word<core::AgencyLevel>(in, "level", Presence::optional);
  if (has_agencies == has_level) {
    in.fault(has_agencies ? "level" : "agencies", has_agencies
                                                      ? "Expected agencies or a level, but there are both"
                                                      : "Expected agencies or a level, but there is neither");
  }
  made.budget =
      read_limit(in, "budget", Presence::required, LimitUse::counted, source).value_or(core::Limit{});
  made.basis = read_text(in, "basis", Presence::optional, 500).value_or("");
  made.procedure = read_code(in, "procedure", Presence::optional, kProcedureSpelling).value_or(core::Code());
  made.awaited = in.boolean("awaited", Presence::optional).value_or(false);
  return made;
}

}  // namespace

std::vector<core::StepEdge> read_edges(ObjectReader& step, Source source) {
  std::vector<core::StepEdge> edges;
  const json* list = step.member("next", Presence::optional);
  if (list == nullptr) return edges;
  const std::size_t count = list->is_array() ? list->size() : 0;
  if (count > kEdgesMax) {
    step.fault("next", "Expected at most " + std::to_string(kEdgesMax) + " edges, but there are more");
    return edges;
  }
  std::size_t place = 0;
  read_objects(step, "next", Presence::required, 1, source, [&](ObjectReader& edge) {
    ++place;
    edges.push_back(read_edge(edge, place == count, source));
  });
  return edges;
}

void read_workflow(ObjectReader& in, core::Procedure& procedure, Source source) {
  if (in.member("condition_language", Presence::optional) != nullptr) {
    // There is one language: another is a fault, and does not make the rest of the file wrong too.
    read_integer(in, "condition_language", Presence::optional, 1, core::kConditionLanguage);
    procedure.condition_language = core::kConditionLanguage;
  }
  read_objects(in, "consultations", Presence::optional, 1, source,
               [&](ObjectReader& one) { procedure.consultations.push_back(read_consultation(one, source)); });
}

}  // namespace motcua::run
