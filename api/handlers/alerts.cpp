#include <algorithm>

#include "api/cursor.h"
#include "api/handlers/dossier_reading.h"
#include "api/handlers/handlers.h"
#include "api/handlers/ordering.h"
#include "api/handlers/unmasking.h"
#include "api/json/letter_json.h"
#include "api/json/writer.h"
#include "engine/run/seal.h"
#include "engine/run/ticker.h"
#include "engine/run/webhook_keeper.h"

namespace motcua::api {
namespace {

constexpr std::size_t kSnoozeReasonMax = 2'000;

void write_recipient_members(JsonWriter& json, const core::Recipient& one) {
  json.member("role", one.role);
  json.member("agency", one.agency);
  json.member_code("unit", one.unit);
  json.member_code("officer", one.officer);
  json.member_code("on_behalf_of", one.on_behalf_of);
}

void write_state(JsonWriter& json, store::AlertState state, core::Instant review_at) {
  json.member("state", state);
  if (state == store::AlertState::snoozed) {
    json.member_instant("snoozed_until", review_at);
  } else {
    json.member_null("snoozed_until");
  }
}

void write_alert_members(JsonWriter& json, const store::Alert& alert, const core::Dossier& dossier) {
  json.member("id", alert.id);
  json.member("dossier", alert.dossier);
  json.member_code("code", dossier.code);
  json.member("procedure", dossier.procedure);
  json.member("clock", alert.clock);
  json.member_instant("due_at", alert.due_at);
  json.key("steps");
  json.begin_array();
  for (const core::Code& step : run::steps_of(alert, dossier)) json.value(step);
  json.end_array();
  json.member("rung", alert.rung);
  json.member("severity", alert.severity);
  json.member("agency", alert.owing);
  json.member_instant("rung_at", alert.rung_at);
  json.member_instant("fired_at", alert.fired_at);
  json.member_seconds("fired_late_seconds", (alert.fired_at - alert.rung_at).ms);
  write_state(json, alert.state, alert.review_at);
  if (alert.escalated_from) {
    json.member("escalated_from", *alert.escalated_from);
  } else {
    json.member_null("escalated_from");
  }
  json.member("mail", alert.mail);
  json.key("recipients");
  json.begin_array();
  for (const store::AlertRecipient& one : alert.recipients) {
    json.begin_object();
    write_recipient_members(json, one);
    write_state(json, one.state, one.review_at);
    json.end_object();
  }
  json.end_array();
}

// What was typed of an act, for who may read it.
std::string reason_of(const Call& call, const store::Alert& alert, const store::KeptAct& act) {
  if (act.sealed.empty()) return {};
  const auto fragments = run::unseal(call.service.keyring, alert.id, act.number, act.sealed);
  return fragments && !fragments->empty() ? fragments->front().json : std::string();
}

void write_acts(JsonWriter& json, const Call& call, store::Reader& reader, const store::Alert& alert,
                bool unmasked) {
  json.key("acts");
  json.begin_array();
  for (const store::KeptAct& act : reader.alert_acts(alert.id)) {
    json.begin_object();
    json.member("state", act.to);
    json.member_instant("at", act.at);
    json.member_code("officer", act.officer);
    json.member("caller", act.caller);
    json.member_instant("until", act.until);
    const std::string reason = unmasked ? reason_of(call, alert, act) : std::string();
    if (!reason.empty()) json.member_raw("reason", reason);
    json.end_object();
  }
  json.end_array();
}

void write_letters(JsonWriter& json, const Call& call, store::Reader& reader, const store::Alert& alert) {
  json.key("letters");
  json.begin_array();
  // Letters about no version of a dossier are those of its alerts.
  for (const store::LetterHistory& one : reader.letters_of(call.scope(), alert.dossier, 0, 0)) {
    if (one.letter.source != alert.id) continue;
    json.begin_object();
    json.member("officer", one.letter.recipient);
    write_letter_members(json, one);
    json.end_object();
  }
  json.end_array();
}

void show_as_it_stands(store::Alert& alert, const core::Dossier& dossier, core::Instant now) {
  if (!waits(alert.state) || run::still_owed(alert, dossier, now)) return;
  for (store::AlertRecipient& one : alert.recipients) {
    if (waits(one.state)) one.state = store::AlertState::closed;
  }
  store::summarise(alert);
}

// Whoever may read warnings reads those of the dossiers that it sees.
bool shown_to(const Call& call, store::Reader& reader, const core::Uuid& id) {
  const auto alert = reader.alert(id);
  return alert && reader.find(call.scope(), alert->dossier) &&
         reader.find(call.reach(core::Area::alerts), alert->dossier);
}

Made alert_response(const Call& call, const core::Uuid& id, Unmasking* unmasking = nullptr) {
  const auto reader = call.service.store.reader();
  if (!shown_to(call, *reader, id)) return problem("not_found");
  auto alert = reader->alert(id);
  const auto stored = reader->find(call.scope(), alert->dossier);
  if (unmasking != nullptr) {
    if (auto wrong = unmasking->open(stored->dossier)) return std::move(*wrong);
  }
  show_as_it_stands(*alert, stored->dossier, call.service.clock.now());
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_alert_members(json, *alert, stored->dossier);
  write_acts(json, call, *reader, *alert, unmasking != nullptr);
  write_letters(json, call, *reader, *alert);
  json.end_object();
  net::Response response = json_response(200, std::move(body));
  return unmasking != nullptr ? unmasking->answer(std::move(response)) : Made(std::move(response));
}

// Who keeps subscriptions learns here which of them nobody is told by any more. Nothing is kept for it: the
// warning stands as long as what it warns of.
void write_subscriptions(JsonWriter& json, const Call& call) {
  json.key("subscriptions");
  json.begin_array();
  std::vector<store::Webhook> all;
  if (!call.reach(core::Area::webhooks).is_nothing()) all = call.service.store.webhooks().all();
  for (const store::Webhook& webhook : all) {
    const bool off =
        webhook.state == store::WebhookState::given_up || webhook.state == store::WebhookState::disabled;
    if (!off || !run::shows(core::Code(call.caller->id), call.scope(), webhook)) continue;
    json.begin_object();
    json.member("webhook", webhook.id);
    json.member("state", webhook.state);
    json.member_instant("since", webhook.state_at);
    json.member("severity", core::Severity::urgent);
    json.member("created_by", webhook.made_by);
    json.end_object();
  }
  json.end_array();
}

void write_counts(JsonWriter& json, const store::DigestCounts& counts) {
  json.member("late", counts.late);
  json.member("due_today", counts.due_today);
  json.member("due_tomorrow", counts.due_tomorrow);
  json.member("acceptance_late", counts.acceptance_late);
  json.member("acceptance_due_today", counts.acceptance_due_today);
  json.member("steps_late", counts.steps_late);
  json.member("steps_due_today", counts.steps_due_today);
  json.member("explanations_missing", counts.explanations_missing);
}

void check_agency(const Call& call, Parameters& parameters, const core::Code& agency) {
  if (agency.empty() || call.service.engine.definitions()->agency(agency) != nullptr) return;
  parameters.fault("agency", "bad_parameter",
                   "Expected the code of an agency, but there is none of this code");
}

std::string binding_of(const store::AlertQuery& query, const core::Code& agency) {
  std::string binding = "alerts|" + query.scope.text() + '|' + agency.text + '|' + query.unit.text + '|' +
                        query.officer.text + '|';
  if (query.severity) binding += core::word_of(*query.severity);
  binding += '|';
  if (query.clock) binding += core::word_of(*query.clock);
  binding += '|' + (query.dossier ? core::to_string(*query.dossier) : "");
  for (const store::AlertState state : query.states) binding += '|' + std::string(core::word_of(state));
  return binding;
}

// What was addressed to an agency that ended is before those into which it was merged; which of their units
// took the place of one of its own is not known.
std::vector<core::Code> addressed_to(const run::Definitions& definitions, const core::Code& agency,
                                     const core::Code& unit, core::Instant now) {
  std::vector<core::Code> agencies;
  if (unit.empty()) {
    agencies = definitions.merged_into(agency, core::local_date(now, core::kVietnamOffsetMinutes));
  }
  agencies.push_back(agency);
  return agencies;
}

Made render_alert(const Call& call, const run::BlockAnswer& answer) {
  if (const auto* rejected = std::get_if<run::Rejected>(&answer)) return problem_of(rejected->rejection);
  if (const auto* refused = std::get_if<run::Refused>(&answer)) return problem_of(*refused);
  const auto& done = std::get<run::BlockDone>(answer);
  Made made = alert_response(call, done.block);
  auto* response = std::get_if<net::Response>(&made);
  if (done.replayed && response != nullptr) response->headers.emplace_back("Idempotency-Replayed", "true");
  return made;
}

void act_on_alert(std::shared_ptr<Call> call, net::Reply reply, bool snooze) {
  const auto refuse = [&](Problem wrong) { reply(finished(*call, std::move(wrong))); };
  if (auto wrong = check_request_key(*call)) return refuse(std::move(*wrong));
  auto read = read_body(*call);
  if (auto* wrong = std::get_if<Problem>(&read)) return refuse(std::move(*wrong));
  JsonBody& body = std::get<JsonBody>(read);
  auto root = body.root();
  if (!root) return refuse(problem_of(body.faults()));
  run::AlertOrder order;
  order.key = request_key(*call, call->request.header("idempotency-key"),
                          {snooze ? "snooze-alert" : "ack-alert", call->parts[0]}, *root);
  order.officer = acting_officer(*call, *root);
  if (snooze) {
    order.until = root->instant("until", Presence::required);
    if (root->text("reason", Presence::required, kSnoozeReasonMax, Lines::many)) {
      order.reason = run::Fragment{core::TextRecord::reason, *root->raw("reason", Presence::required)};
    }
  }
  root->refuse_unknown();
  if (!body.faults().empty()) return refuse(problem_of(body.faults()));
  const auto id = core::parse_uuid(call->parts[0]);
  if (!id) return refuse(problem("not_found"));
  order.alert = *id;
  order.scope = call->reach(core::Area::act_on_alerts);
  if (!shown_to(*call, *call->service.store.reader(), *id)) return refuse(problem("not_found"));
  if (person_reach(*call, order.officer, core::Area::act_on_alerts).is_nothing()) {
    return refuse(problem("forbidden_person"));
  }
  order.caller = core::Code(call->caller->id);
  run::Engine& engine = call->service.engine;
  engine.answer_alert(std::move(order), [call = std::move(call), reply](run::BlockAnswer answer) {
    net::Response later;
    later.made_later = [call, answer = std::make_shared<run::BlockAnswer>(std::move(answer))] {
      try {
        return finished(*call, render_alert(*call, *answer));
      } catch (...) {
        return finished(*call, failure_of(*call));
      }
    };
    reply(std::move(later));
  });
}

}  // namespace

Made list_alerts(const Call& call) {
  Parameters parameters(call.request.query);
  store::AlertQuery query;
  query.scope = call.reach(core::Area::alerts);
  const core::Code agency = parameters.code("agency").value_or(core::Code());
  query.unit = parameters.code("unit").value_or(core::Code());
  query.officer = parameters.code("officer").value_or(core::Code());
  query.severity = parameters.word<core::Severity>("severity");
  query.clock = parameters.word<core::ClockKind>("clock");
  const auto dossier = parameters.text("dossier");
  const auto name = dossier ? dossier_name(*dossier) : std::nullopt;
  if (dossier && !name) {
    parameters.fault("dossier", "bad_parameter",
                     "Expected the id or the code of a dossier, but it is neither");
  }
  query.states = parameters.words<store::AlertState>("state");
  if (query.states.empty()) query.states = {store::AlertState::open, store::AlertState::escalated};
  query.limit = static_cast<int>(parameters.integer("limit", 1, 200).value_or(50));
  check_agency(call, parameters, agency);
  const auto cursor = parameters.text("cursor");
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  std::sort(query.states.begin(), query.states.end());
  query.states.erase(std::unique(query.states.begin(), query.states.end()), query.states.end());
  const auto definitions = call.service.engine.definitions();
  const core::Instant now = call.service.clock.now();
  if (!agency.empty()) query.agencies = addressed_to(*definitions, agency, query.unit, now);
  const auto reader = call.service.store.reader();
  if (name) {
    // One that the caller may not see has no alerts for it.
    const auto found = reader->find(call.scope(), *name);
    query.dossier = found ? found->dossier.id : core::Uuid();
  }
  const std::string binding = binding_of(query, agency);
  if (cursor) {
    const auto mark = read_cursor(call.service.keyring, binding, *cursor);
    if (!mark) return problem("bad_cursor");
    query.before_key = mark->key;
  }
  // What was met meanwhile is closed, though the system notes it only on review.
  const std::vector<store::AlertState> asked = query.states;
  if (std::find(asked.begin(), asked.end(), store::AlertState::closed) != asked.end()) {
    query.states = {store::AlertState::open, store::AlertState::snoozed, store::AlertState::escalated,
                    store::AlertState::closed};
    query.states.insert(query.states.end(), asked.begin(), asked.end());
  }
  store::AlertPage page = reader->alerts(query);
  query.states = asked;
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("items");
  json.begin_array();
  for (store::Alert& alert : page.alerts) {
    const auto stored = reader->find(call.scope(), alert.dossier);
    if (!stored) continue;
    show_as_it_stands(alert, stored->dossier, now);
    if (!store::fits(alert, query)) continue;
    json.begin_object();
    write_alert_members(json, alert, stored->dossier);
    json.end_object();
  }
  json.end_array();
  write_subscriptions(json, call);
  if (page.more) {
    json.member("next_cursor", write_cursor(call.service.keyring, binding, store::Mark{0, page.last, 0}));
  } else {
    json.member_null("next_cursor");
  }
  json.end_object();
  return json_response(200, std::move(body));
}

Made get_alert(const Call& call) {
  Parameters parameters(call.request.query);
  auto unmasking = Unmasking::asked(call, parameters, store::AccessKind::alert);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  const auto id = core::parse_uuid(call.parts[0]);
  return id ? alert_response(call, *id, unmasking ? &*unmasking : nullptr) : Made(problem("not_found"));
}

void ack_alert(std::shared_ptr<Call> call, net::Reply reply) {
  act_on_alert(std::move(call), std::move(reply), false);
}

void snooze_alert(std::shared_ptr<Call> call, net::Reply reply) {
  act_on_alert(std::move(call), std::move(reply), true);
}

Made list_digests(const Call& call) {
  Parameters parameters(call.request.query);
  const auto on = parameters.text("on");
  const core::Date today = core::local_date(call.service.clock.now(), core::kVietnamOffsetMinutes);
  const auto day = on ? core::parse_date(*on) : std::optional(today);
  if (!day) parameters.fault("on", "bad_parameter", "Expected a date, YYYY-MM-DD, but it is none");
  const core::Code agency = parameters.code("agency").value_or(core::Code());
  const core::Code officer = parameters.code("officer").value_or(core::Code());
  check_agency(call, parameters, agency);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  if (!agency.empty() && !call.reach(core::Area::alerts).covers(agency)) return problem("forbidden_scope");
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("items");
  json.begin_array();
  for (const store::Digest& digest :
       call.service.store.reader()->digests(call.reach(core::Area::alerts), agency, *day)) {
    const bool is_for =
        officer.empty() || std::any_of(digest.recipients.begin(), digest.recipients.end(),
                                       [&](const core::Recipient& one) { return one.officer == officer; });
    if (!is_for) continue;
    json.begin_object();
    json.member("id", digest.id);
    json.member("agency", digest.agency);
    json.member_code("unit", digest.unit);
    json.member("on", digest.on);
    json.member_instant("at", digest.at);
    json.member_instant("fired_at", digest.fired_at);
    write_counts(json, digest.counts);
    json.key("recipients");
    json.begin_array();
    for (const core::Recipient& one : digest.recipients) {
      json.begin_object();
      write_recipient_members(json, one);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json_response(200, std::move(body));
}

}  // namespace motcua::api
