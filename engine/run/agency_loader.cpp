#include "engine/run/agency_loader.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>

#include "engine/run/mail_address.h"
#include "engine/run/members_loader.h"

namespace motcua::run {
namespace {

using nlohmann::json;

constexpr std::string_view kRoles[] = {"counter_officer", "handling_officer", "unit_head", "agency_head",
                                       "one_stop_head"};

class AgencyReader {
 public:
  explicit AgencyReader(Source source) : source_(source) {}

  std::vector<core::Agency> read(const json& document) {
    ObjectReader in(document, "", source_.file, source_.faults);
    if (!in.is_object()) return {};
    read_format(in);
    read_objects(in, "agencies", Presence::required, 1, source_, [this](ObjectReader& a) { read_agency(a); });
    in.refuse_unknown();
    check_references();
    return std::move(made_);
  }

 private:
  void read_agency(ObjectReader& in) {
    core::Agency agency;
    agency.code = code(in, "code", Presence::required, kAgencySpelling);
    agency.name = read_text(in, "name", Presence::required, 300).value_or("");
    agency.level =
        read_word<core::AgencyLevel>(in, "level", Presence::required).value_or(core::AgencyLevel::other);
    agency.parent = code(in, "parent", Presence::optional, kAgencySpelling);
    agency.calendar = code(in, "calendar", Presence::required, kNameSpelling);
    const auto from = read_date(in, "valid_from", Presence::required);
    agency.valid_from = from.value_or(core::Date{});
    agency.valid_to = read_last_date(in, "valid_to", Presence::required, from);
    agency.predecessors = read_codes(in, "predecessor", Presence::optional, kAgencySpelling, source_);
    agency.successors = read_codes(in, "successor", Presence::optional, kAgencySpelling, source_);
    agency.one_stop = in.boolean("one_stop", Presence::required).value_or(false);
    read_units(in, agency);
    read_officers(in, agency);
    if (!agency.code.empty() && !places_.emplace(agency.code, pointers_.size()).second) {
      in.fault("code", "Expected each agency once, but " + agency.code.text + " is repeated");
    }
    pointers_.push_back(in.pointer_to(""));
    pointers_.back().pop_back();
    made_.push_back(std::move(agency));
  }

  static core::Code code(ObjectReader& in, const std::string& key, Presence presence,
                         const Spelling& spelling) {
    return read_code(in, key, presence, spelling).value_or(core::Code());
  }

  void read_units(ObjectReader& in, core::Agency& agency) {
    read_objects(in, "units", Presence::optional, 1, source_, [&](ObjectReader& u) {
      core::AgencyUnit unit;
      unit.key = code(u, "key", Presence::required, kNameSpelling);
      unit.name = read_text(u, "name", Presence::required, 300).value_or("");
      if (has_unit(agency, unit.key)) u.fault("key", "Expected each unit once, but this one is repeated");
      agency.units.push_back(std::move(unit));
    });
  }

  void read_officers(ObjectReader& in, core::Agency& agency) {
    read_objects(in, "officers", Presence::optional, 1, source_, [&](ObjectReader& o) {
      core::Officer officer;
      officer.id = code(o, "id", Presence::required, kOfficerSpelling);
      officer.unit = code(o, "unit", Presence::required, kNameSpelling);
      officer.position = read_text(o, "position", Presence::required, 200).value_or("");
      if (const auto role = o.text("role", Presence::required)) {
        const bool known = std::find(std::begin(kRoles), std::end(kRoles), *role) != std::end(kRoles);
        if (known) officer.role = core::Code(*role);
        if (!known) o.fault("role", not_one_of(kRoles, *role));
      }
      if (!officer.unit.empty() && !has_unit(agency, officer.unit)) {
        o.fault("unit", "Expected a unit of this agency, but \"" + officer.unit.text + "\" is none");
      }
      if (!officer.id.empty() && !officers_.insert(officer.id).second) {
        o.fault("id", "Expected each officer once, but " + officer.id.text + " is repeated");
      }
      officer.name = read_text(o, "name", Presence::optional, 120).value_or("");
      officer.mail = read_text(o, "mail", Presence::optional, 254).value_or("");
      if (!officer.mail.empty() && !is_mail_address(officer.mail)) {
        o.fault("mail", "Expected a mail address, as in cb01@one-stop.example, but it is none");
      }
      read_deputies(o, officer);
      agency.officers.push_back(std::move(officer));
    });
    check_deputies(in, agency);
  }

  void read_deputies(ObjectReader& in, core::Officer& officer) {
    read_objects(in, "deputies", Presence::optional, 1, source_, [&](ObjectReader& d) {
      core::Deputy deputy;
      deputy.officer = code(d, "officer", Presence::required, kOfficerSpelling);
      const auto from = read_date(d, "from", Presence::required);
      const auto to = read_date(d, "to", Presence::required);
      if (from && to && *to < *from) d.fault("to", "Expected a day not before from, but it is");
      if (!deputy.officer.empty() && deputy.officer == officer.id) {
        d.fault("officer", "Expected another officer, but it is the same");
      }
      deputy.from = from.value_or(core::Date{});
      deputy.to = to.value_or(core::Date{});
      officer.deputies.push_back(std::move(deputy));
    });
  }

  void check_deputies(ObjectReader& in, const core::Agency& agency) {
    for (std::size_t i = 0; i < agency.officers.size(); ++i) {
      const auto& deputies = agency.officers[i].deputies;
      for (std::size_t k = 0; k < deputies.size(); ++k) {
        if (deputies[k].officer.empty() || agency.officer(deputies[k].officer) != nullptr) continue;
        source_.report(
            in.pointer_to("officers") + "/" + std::to_string(i) + "/deputies/" + std::to_string(k) +
                "/officer",
            "Expected an officer of this agency, but \"" + deputies[k].officer.text + "\" is none");
      }
    }
  }

  static bool has_unit(const core::Agency& agency, const core::Code& key) {
    return std::any_of(agency.units.begin(), agency.units.end(),
                       [&](const core::AgencyUnit& unit) { return unit.key == key; });
  }

  void check_references() {
    for (std::size_t i = 0; i < made_.size(); ++i) {
      if (!made_[i].parent.empty()) check_parent(i);
      check_known(i, "predecessor", made_[i].predecessors);
      check_known(i, "successor", made_[i].successors);
    }
  }

  void check_parent(std::size_t place) {
    const core::Agency& agency = made_[place];
    const auto found = places_.find(agency.parent);
    if (found == places_.end() || found->second >= place) {
      return report(place, "/parent",
                    "Expected an agency that stands before, but " + agency.parent.text +
                        (found == places_.end() ? " is unknown" : " stands after"));
    }
    const core::Agency& parent = made_[found->second];
    const bool outlived = parent.valid_to && (!agency.valid_to || *agency.valid_to > *parent.valid_to);
    if (agency.valid_from < parent.valid_from || outlived) {
      report(place, "/parent",
             "Expected a parent that exists all the time, but " + agency.parent.text + " does not");
    }
  }

  void check_known(std::size_t place, const std::string& member, const std::vector<core::Code>& codes) {
    for (const core::Code& named : codes) {
      const auto found = places_.find(named);
      if (found != places_.end() && found->second != place) continue;
      report(place, "/" + member, "Expected other agencies of this file, but " + named.text + " is none");
    }
  }

  void report(std::size_t place, const std::string& member, std::string detail) {
    source_.report(pointers_[place] + member, std::move(detail));
  }

  Source source_;
  std::vector<core::Agency> made_;
  std::vector<std::string> pointers_;  // beside made_
  std::map<core::Code, std::size_t> places_;
  std::set<core::Code> officers_;
};

}  // namespace

std::optional<std::vector<core::Agency>> load_agencies(std::string_view json_text, std::string_view file,
                                                       std::vector<LoadFault>& faults) {
  const std::size_t before = faults.size();
  const std::optional<json> document = load_json(json_text, file, faults);
  if (!document) return std::nullopt;
  std::vector<core::Agency> agencies = AgencyReader({file, faults}).read(*document);
  if (faults.size() != before) return std::nullopt;
  return agencies;
}

}  // namespace motcua::run
