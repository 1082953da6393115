#include <algorithm>

#include "api/cursor.h"
#include "api/handlers/handlers.h"
#include "api/handlers/ordering.h"
#include "engine/run/publication_keeper.h"
#include "engine/run/publisher.h"

namespace motcua::api {
namespace {

using ListAct = run::PublicationOrder::What;

// What failed of the work on it, and when it is tried again.
void write_retry(JsonWriter& json, const Call& call, const store::Publication& list) {
  const bool worked_on =
      list.state == store::PublicationState::drafting || list.state == store::PublicationState::publishing;
  const auto rest = worked_on ? call.service.publisher.rest_of(list.id) : std::nullopt;
  if (!rest) return json.member_null("retry");
  json.key("retry");
  json.begin_object();
  json.member("failed", rest->failed);
  json.member("attempts", rest->attempts);
  json.member_instant("next_at", rest->next_at);
  json.end_object();
}

void write_publication(JsonWriter& json, const Call& call, const store::Publication& list) {
  store::Publications& all = call.service.store.publications();
  json.begin_object();
  json.member("id", list.id);
  json.member("month", list.month);
  json.member("agency", list.scope);
  json.member("number", list.number);
  json.member("state", list.state);
  json.member_instant("state_at", list.state_at);
  json.member_instant("made_at", list.made_at);
  json.member("made_by", list.made_by);
  json.member_code("drafted_by", list.drafted_by);
  json.member_code("reviewed_by", list.reviewed_by);
  json.member_code("published_by", list.published_by);
  const bool published = list.state == store::PublicationState::published;
  json.member_instant("published_at", published ? std::optional(list.published_at) : std::nullopt);
  json.key("corrects");
  if (list.corrects) {
    const auto corrected = all.find(*list.corrects);
    json.begin_object();
    json.member("publication", *list.corrects);
    json.member("number", corrected ? corrected->number : 0);
    json.member("code", list.corrected_code.empty() ? std::nullopt : std::optional(list.corrected_code));
    json.member("reason", list.reason);
    json.end_object();
  } else {
    json.null();
  }
  const std::size_t space = std::min(list.trouble.find(' '), list.trouble.size());
  const auto or_none = [](std::string text) { return text.empty() ? std::nullopt : std::optional(text); };
  json.member("trouble", or_none(list.trouble.substr(0, space)));
  json.member("trouble_month", or_none(list.trouble.substr(std::min(space + 1, list.trouble.size()))));
  write_retry(json, call, list);
  json.key("cutoff");
  json.begin_object();
  json.member("position", list.cutoff_position);
  json.member_instant("recorded_at", list.cutoff_recorded_at);
  json.end_object();
  const auto or_null = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
  };
  json.member("sha256", or_null(list.sha256));
  json.member("signature", or_null(list.signature));
  json.member("public_key", or_null(list.public_key));
  list.head.empty() ? json.member_null("head") : json.member_raw("head", list.head);
  json.end_object();
}

core::Right right_of(ListAct act) {
  switch (act) {
    case ListAct::open:
    case ListAct::correct:
    case ListAct::redraft:
    case ListAct::discard:
      return core::Area::draft_lists;
    case ListAct::review:
      return core::Area::review_lists;
    case ListAct::publish:
      return core::Area::publish_lists;
  }
  return core::Area::publish_lists;
}

bool may_see_list(const Call& call, const store::Publication& list) {
  return call.reach(core::Area::lists).covers(list.scope);
}

std::optional<store::Publication> find_list(const Call& call, const core::Uuid& id) {
  auto list = call.service.store.publications().find(id);
  if (list && !may_see_list(call, *list)) list.reset();
  return list;
}

net::Response list_response(const Call& call, int status, const store::Publication& list) {
  std::string body;
  JsonWriter json(body);
  write_publication(json, call, list);
  net::Response response = json_response(status, std::move(body));
  if (status == 202)
    response.headers.emplace_back("Location", "/v1/publications/" + core::to_string(list.id));
  return response;
}

Made render_list(const Call& call, const run::BlockAnswer& answer) {
  if (const auto* rejected = std::get_if<run::Rejected>(&answer)) return problem_of(rejected->rejection);
  if (const auto* refused = std::get_if<run::Refused>(&answer)) return problem_of(*refused);
  const auto& done = std::get<run::BlockDone>(answer);
  const auto list = find_list(call, done.block);
  if (!list) return problem("not_found");
  net::Response response = list_response(call, done.status, *list);
  if (done.replayed) response.headers.emplace_back("Idempotency-Replayed", "true");
  return response;
}

// Reads the members of the body that an act has, and orders it.
void order_list(std::shared_ptr<Call> call, net::Reply reply, std::string_view word, ListAct what,
                const std::function<void(JsonObject&, run::PublicationOrder&)>& read) {
  const auto refuse = [&](Problem wrong) { reply(finished(*call, std::move(wrong))); };
  std::optional<JsonObject> root;
  run::PublicationOrder order;
  order.what = what;
  const std::string place = call->parts.empty() ? std::string() : call->parts[0];
  auto body = read_keyed(*call, {word, place}, root, order.key);
  if (auto* wrong = std::get_if<Problem>(&body)) return refuse(std::move(*wrong));
  if (!call->parts.empty()) {
    const auto id = core::parse_uuid(call->parts[0]);
    if (!id) return refuse(problem("not_found"));
    order.publication = *id;
  }
  order.officer = acting_officer(*call, *root);
  read(*root, order);
  root->refuse_unknown();
  const auto& faults = std::get<JsonBody>(body).faults();
  if (!faults.empty()) return refuse(problem_of(faults));
  order.scope = call->reach(right_of(what));
  order.officer_may = person_reach(*call, order.officer, right_of(what));
  if (what == ListAct::open && !order.scope.covers(order.agency)) return refuse(problem("forbidden_scope"));
  order.caller = core::Code(call->caller->id);
  order.cutoff_working_days = call->service.config.publications.cutoff_working_days;
  call->service.engine.keep_publication(std::move(order), [call, reply](run::BlockAnswer answer) {
    call->service.publisher.wake();
    net::Response later;
    later.made_later = [call, answer = std::make_shared<run::BlockAnswer>(std::move(answer))] {
      try {
        return finished(*call, render_list(*call, *answer));
      } catch (...) {
        return finished(*call, failure_of(*call));
      }
    };
    reply(std::move(later));
  });
}

}  // namespace

void open_publication(std::shared_ptr<Call> call, net::Reply reply) {
  const std::string scope = call->service.config.publications.scope;
  order_list(std::move(call), std::move(reply), "open-publication", ListAct::open,
             [&](JsonObject& body, run::PublicationOrder& order) {
               order.month = body.text("month", Presence::required, 7).value_or("");
               order.agency = body.code("agency", Presence::optional).value_or(core::Code(scope));
               order.recorded_until = body.instant("recorded_until", Presence::optional);
             });
}

void correct_publication(std::shared_ptr<Call> call, net::Reply reply) {
  order_list(std::move(call), std::move(reply), "correct-publication", ListAct::correct,
             [](JsonObject& body, run::PublicationOrder& order) {
               order.code = body.text("code", Presence::optional, 64).value_or("");
               order.reason = body.word<run::CorrectionReason>("reason", Presence::required)
                                  .value_or(run::CorrectionReason::entered_wrongly);
               order.recorded_until = body.instant("recorded_until", Presence::optional);
             });
}

namespace {
void read_no_more(JsonObject&, run::PublicationOrder&) {}
}  // namespace

void review_publication(std::shared_ptr<Call> call, net::Reply reply) {
  order_list(std::move(call), std::move(reply), "review-publication", ListAct::review, read_no_more);
}
void publish_publication(std::shared_ptr<Call> call, net::Reply reply) {
  order_list(std::move(call), std::move(reply), "publish-publication", ListAct::publish, read_no_more);
}
void redraft_publication(std::shared_ptr<Call> call, net::Reply reply) {
  order_list(std::move(call), std::move(reply), "redraft-publication", ListAct::redraft, read_no_more);
}
void discard_publication(std::shared_ptr<Call> call, net::Reply reply) {
  order_list(std::move(call), std::move(reply), "discard-publication", ListAct::discard, read_no_more);
}

Made get_publication(const Call& call) {
  Parameters parameters(call.request.query);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  const auto id = core::parse_uuid(call.parts[0]);
  const auto list = id ? find_list(call, *id) : std::nullopt;
  if (!list) return problem("not_found");
  return list_response(call, 200, *list);
}

Made list_publications(const Call& call) {
  Parameters parameters(call.request.query);
  store::PublicationQuery query;
  query.month = parameters.text("month").value_or("");
  if (!query.month.empty() && !core::month_period(query.month, core::kVietnamOffsetMinutes)) {
    parameters.fault("month", "bad_parameter", "Expected a month, YYYY-MM, but it is none");
  }
  query.scope = parameters.code("agency").value_or(core::Code());
  query.state = parameters.word<store::PublicationState>("state");
  query.limit = static_cast<int>(parameters.integer("limit", 1, 200).value_or(50));
  const auto cursor = parameters.text("cursor");
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  const core::Reach reach = call.reach(core::Area::lists);
  if (!query.scope.empty() && !reach.covers(query.scope)) return problem("forbidden_scope");
  const std::string binding = "publications " + reach.text() + ' ' + query.month + ' ' + query.scope.text +
                              ' ' + (query.state ? std::string(core::word_of(*query.state)) : "");
  if (cursor) {
    const auto mark = read_cursor(call.service.keyring, binding, *cursor);
    if (!mark) return problem("bad_cursor");
    query.before_key = mark->key;
  }
  const int wanted = query.limit++;
  std::vector<store::Publication> found;
  for (bool more = true; more && static_cast<int>(found.size()) < query.limit;) {
    auto page = call.service.store.publications().page(query);
    more = static_cast<int>(page.size()) == query.limit;
    if (more) query.before_key = page.back().key;
    for (store::Publication& one : page) {
      if (reach.covers(one.scope)) found.push_back(std::move(one));
    }
  }
  const auto shown = std::min(found.size(), static_cast<std::size_t>(wanted));
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("items");
  json.begin_array();
  for (std::size_t i = 0; i < shown; ++i) write_publication(json, call, found[i]);
  json.end_array();
  if (found.size() > shown) {
    json.member("next_cursor",
                write_cursor(call.service.keyring, binding, store::Mark{0, found[shown - 1].key, 0}));
  } else {
    json.member_null("next_cursor");
  }
  json.end_object();
  return json_response(200, std::move(body));
}

// The document as it stands, also of a draft.
Made get_publication_document(const Call& call) {
  Parameters parameters(call.request.query);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  const auto id = core::parse_uuid(call.parts[0]);
  const auto list = id ? find_list(call, *id) : std::nullopt;
  if (!list) return problem("not_found");
  if (list->head.empty()) return problem("list_not_drafted");
  store::Publications& all = call.service.store.publications();
  std::vector<std::string> sections(all.parts(list->key).size());
  for (std::size_t i = 0; i < sections.size(); ++i) {
    sections[i] = all.part(list->key, static_cast<int>(i))->body;
  }
  return json_response(200, run::late_document(sections, list->head));
}

}  // namespace motcua::api
