#include "api/json/dossier_json.h"

namespace motcua::api {
namespace {

void write_party(JsonWriter& json, std::string_view name, const core::Code& agency,
                 const core::Code& officer) {
  json.key(name);
  json.begin_object();
  json.member("agency", agency);
  json.member_code("officer", officer);
  json.end_object();
}

}  // namespace

void write_handovers(JsonWriter& json, const core::Dossier& dossier) {
  json.member("in_transit", dossier.in_transit());
  json.key("handovers");
  json.begin_array();
  for (const core::Handover& handover : dossier.handovers) {
    json.begin_object();
    write_party(json, "from", handover.from_agency, handover.from_officer);
    write_party(json, "to", handover.to_agency, handover.to_officer);
    json.member_instant("handed_over_at", handover.at);
    json.member_instant("received_at", handover.received_at);
    json.member_instant("recalled_at", handover.recalled_at);
    json.member_instant("returned_at", handover.returned_at);
    json.end_object();
  }
  json.end_array();
}

void write_shares(JsonWriter& json, const std::vector<core::DelayShare>& shares) {
  json.key("shares");
  json.begin_array();
  for (const core::DelayShare& share : shares) {
    json.begin_object();
    json.member("agency", share.agency);
    json.member_code("unit", share.unit);
    json.member_code("officer", share.officer);
    json.member("working_seconds", share.seconds);
    json.end_object();
  }
  json.end_array();
}

}  // namespace motcua::api
