#include "engine/run/role_loader.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/run/members_loader.h"

namespace motcua::run {
namespace {

bool knows(const core::Roles& roles, const core::Code& code) {
  return std::any_of(roles.begin(), roles.end(), [&](const core::Role& role) { return role.code == code; });
}

core::Role read_role(ObjectReader& in, const core::Roles& before, Source source) {
  core::Role role;
  role.code = read_code(in, "role", Presence::required, kKeySpelling).value_or(core::Code());
  role.name = read_text(in, "name", Presence::required, 200).value_or("");
  if (!role.code.empty() && knows(before, role.code)) {
    in.fault("role", "Expected each role once, but " + role.code.text + " is repeated");
  }
  for (const PointedText& word : read_words(in, "rights", Presence::required, source)) {
    const auto right = core::Right::of_word(word.text);
    if (right) role.rights.set(right->number());
    if (!right) source.report(word.pointer, not_one_of(core::Right::all_words(), word.text));
  }
  return role;
}

}  // namespace

std::optional<core::Roles> load_roles(std::string_view json_text, std::string_view file,
                                      std::vector<LoadFault>& faults) {
  const std::size_t before = faults.size();
  const auto document = load_json(json_text, file, faults);
  if (!document) return std::nullopt;
  const Source source{file, faults};
  core::Roles roles;
  ObjectReader in(*document, "", file, faults);
  if (in.is_object()) {
    read_format(in);
    read_objects(in, "roles", Presence::required, 1, source,
                 [&](ObjectReader& one) { roles.push_back(read_role(one, roles, source)); });
    in.refuse_unknown();
  }
  if (faults.size() != before) return std::nullopt;
  return roles;
}

std::vector<core::Grant> read_grants(ObjectReader& in, const std::string& key, const core::Roles& roles,
                                     std::string_view file, std::vector<LoadFault>& faults) {
  const Source source{file, faults};
  std::vector<core::Grant> grants;
  read_objects(in, key, Presence::required, 1, source, [&](ObjectReader& one) {
    core::Grant grant;
    grant.role = read_code(one, "role", Presence::required, kKeySpelling).value_or(core::Code());
    if (!grant.role.empty() && !knows(roles, grant.role)) {
      one.fault("role", "Expected a role of the file of roles, but \"" + grant.role.text + "\" is none");
    }
    grant.agency = read_code(one, "agency", Presence::optional, kAgencySpelling).value_or(core::Code());
    grant.procedures = read_codes(one, "procedures", Presence::optional, kProcedureSpelling, source);
    grant.from = read_date(one, "from", Presence::optional);
    grant.to = read_last_date(one, "to", Presence::optional, grant.from);
    grants.push_back(std::move(grant));
  });
  return grants;
}

}  // namespace motcua::run
