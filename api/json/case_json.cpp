#include "api/json/dossier_parts.h"

namespace motcua::api {
namespace {

std::string_view state_of(const core::PaymentRecord& record, bool over) {
  if (record.refunded_at) return "refunded";
  if (record.refund_owed_at) return "refund_owed";
  if (record.paid_at) return "confirmed";
  if (record.waived_at) return "waived";
  return over ? "lapsed" : "requested";
}

void write_grounds(JsonWriter& json, const std::vector<core::LegalGround>& grounds) {
  json.begin_array();
  for (const core::LegalGround& ground : grounds) {
    json.begin_object();
    json.member("ground", ground.ground);
    json.member("name", ground.name);
    json.member("basis", ground.basis);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void write_payments(JsonWriter& json, const core::Dossier& dossier) {
  json.key("payments");
  json.begin_array();
  for (const core::PaymentRecord& record : dossier.payments) {
    json.begin_object();
    json.member("state", state_of(record, !dossier.is_open()));
    json.member("version", record.version);
    json.member_instant("asked_at", record.asked_at);
    json.member_code("asked_by", record.asked_by);
    json.member("asked_in", record.asked_in);
    json.key("items");
    json.begin_array();
    for (const core::PaymentItem& item : record.items) {
      json.begin_object();
      json.member("key", item.key);
      json.member("amount_vnd", item.amount_vnd);
      json.end_object();
    }
    json.end_array();
    json.member("amount_vnd", record.amount_vnd());
    json.member_code("reference", record.reference);
    json.member_instant("paid_at", record.paid_at);
    json.member_code("waiver", record.waiver);
    json.member_instant("waived_at", record.waived_at);
    json.member_instant("refund_owed_at", record.refund_owed_at);
    json.member_code("refund_reference", record.refund_reference);
    json.member_instant("refunded_at", record.refunded_at);
    json.end_object();
  }
  json.end_array();
}

void write_result_history(JsonWriter& json, const core::Dossier& dossier) {
  json.key("results");
  json.begin_array();
  std::optional<core::Instant> given_at = dossier.settled_at;
  for (const core::ResultGiven& result : dossier.results) {
    // All but the first came in the place of another.
    for (const core::ResultChange& change : dossier.result_changes) {
      if (change.successor == result.code) given_at = change.at;
    }
    const core::ResultChange* change = dossier.change_of(result.code);
    const bool annulled = change != nullptr && change->successor.empty();
    json.begin_object();
    json.member("code", result.code);
    json.member("outcome", result.outcome);
    json.member("form", result.form);
    json.member_code("kind", result.kind);
    json.member_instant("given_at", given_at);
    json.member("state", change == nullptr ? "standing" : annulled ? "annulled" : "replaced");
    json.member_code("replaced_by", change == nullptr ? core::Code() : change->successor);
    json.member_instant("changed_at", change == nullptr ? std::nullopt : std::optional(change->at));
    json.end_object();
  }
  json.end_array();
  const auto& notice = dossier.result_notice;
  json.member_instant("result_announced_at", notice ? std::optional(notice->at) : std::nullopt);
  json.member("result_announced_early", notice && notice->early);
}

void write_corrections(JsonWriter& json, const core::Dossier& dossier) {
  json.member("corrected", !dossier.corrections.empty());
  json.key("corrections");
  json.begin_array();
  for (const core::Correction& correction : dossier.corrections) {
    json.begin_object();
    json.member("version", correction.version);
    json.member_instant("at", correction.at);
    json.member("by", correction.by);
    json.member("what", correction.what);
    json.member_instant("before", correction.before);
    json.member_instant("after", correction.after);
    json.member_instant("due_before", correction.due_before);
    json.member_instant("due_after", correction.due_after);
    json.end_object();
  }
  json.end_array();
}

void write_fees(JsonWriter& json, const core::Procedure& procedure) {
  json.key("fees");
  json.begin_array();
  for (const core::FeeDefinition& fee : procedure.fees) {
    json.begin_object();
    json.member("key", fee.key);
    json.member("name", fee.name);
    json.member("kind", fee.kind);
    json.member("amount_vnd", fee.amount_vnd);
    json.member_code("variant", fee.variant);
    json.member("channel", fee.channel);
    json.end_object();
  }
  json.end_array();
  json.member("essential_service", procedure.essential_service);
  if (!procedure.payment) return json.member_null("payment");
  const core::PaymentDefinition& payment = *procedure.payment;
  json.key("payment");
  json.begin_object();
  json.member("when", payment.when);
  json.member("effect", payment.effect);
  json.member_code("ground", payment.ground ? payment.ground->ground : core::Code());
  if (payment.ground) {
    json.member("basis", payment.ground->basis);
  } else {
    json.member_null("basis");
  }
  json.key("waivers");
  write_grounds(json, payment.waivers);
  json.member("refundable", payment.refundable);
  json.end_object();
}

void write_deputies(JsonWriter& json, const core::Officer& officer) {
  json.key("deputies");
  json.begin_array();
  for (const core::Deputy& deputy : officer.deputies) {
    json.begin_object();
    json.member("officer", deputy.officer);
    json.member("from", deputy.from);
    json.member("to", deputy.to);
    json.end_object();
  }
  json.end_array();
}

}  // namespace motcua::api
