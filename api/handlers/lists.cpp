#include <algorithm>

#include "api/cursor.h"
#include "api/handlers/duty_list.h"
#include "api/handlers/handlers.h"
#include "api/handlers/list_count.h"
#include "api/json/dossier_json.h"

namespace motcua::api {
namespace {

constexpr std::int64_t kWithinMax = 400 * 24;  // hours

// The clocks that `clock=` names: one kind, settlement when it is absent, or `any`, which means every clock
// of an event: the duties of lateness are asked for by their names.
std::vector<core::ClockKind> clock_kinds(Parameters& parameters) {
  const auto given = parameters.text("clock");
  if (!given) return {core::ClockKind::settlement};
  if (*given == "any") {
    std::vector<core::ClockKind> all;
    for (int i = 0; i < core::kClockKinds; ++i) {
      if (!is_duty(static_cast<core::ClockKind>(i))) all.push_back(static_cast<core::ClockKind>(i));
    }
    return all;
  }
  const auto kind = core::enum_of<core::ClockKind>(*given);
  if (!kind) {
    parameters.fault("clock", "bad_parameter", "Expected the name of a clock or any, but it is neither");
    return {};
  }
  return {*kind};
}

// A filter by something that does not exist would answer an empty list, and so hide a typing error.
void refuse_unknown_filters(const run::Definitions& definitions, const core::Code& agency,
                            const core::Code& procedure, Parameters& parameters) {
  if (!agency.empty() && definitions.agency(agency) == nullptr) {
    parameters.fault("agency", "bad_parameter",
                     "Expected the code of an agency, but there is none of this code");
  }
  if (!procedure.empty() && !definitions.knows_procedure(procedure)) {
    parameters.fault("procedure", "bad_parameter",
                     "Expected the code of a procedure, but there is none of this code");
  }
}

void refuse_duty(const store::ListQuery& query, core::Instant now, bool first_page, Parameters& parameters) {
  if (query.kinds.size() != 1 || !is_duty(query.kinds.front())) return;
  if (query.list == store::ListQuery::List::due_soon && query.kinds.front() == core::ClockKind::apology) {
    parameters.fault(
        "clock", "bad_parameter",
        "Expected another clock, as an apology is due before the dossier is late: /v1/late lists "
        "those that are missing, and the settlement what may need one");
  } else if (query.list == store::ListQuery::List::late && query.at < now && first_page) {
    parameters.fault("at", "bad_parameter",
                     "Expected no past instant, but who owed this duty then is not kept");
  }
}

// What a cursor is bound to.
std::string binding_of(const store::ListQuery& query) {
  std::string text = std::to_string(static_cast<int>(query.list)) + '|' + query.scope.text() + '|' +
                     std::to_string(query.at.ms) + '|' + std::to_string(query.until.ms) + '|' +
                     query.agency.text + '|' + query.procedure.text;
  for (const core::ClockKind kind : query.kinds) text += '|' + std::to_string(static_cast<int>(kind));
  return text;
}

// Reads the filters and the place; the instant is part of the cursor's list, so that all pages speak of one
// instant.
std::optional<Problem> read_list(const Call& call, store::ListQuery& query,
                                 std::optional<std::string>& cursor, bool& counted) {
  Parameters parameters(call.request.query);
  const core::Instant now = call.service.clock.now();
  query.scope = call.scope();
  query.at = parameters.instant("at").value_or(now);
  query.agency = parameters.code("agency").value_or(core::Code());
  query.procedure = parameters.code("procedure").value_or(core::Code());
  query.limit = static_cast<int>(parameters.integer("limit", 1, 200).value_or(50));
  cursor = parameters.text("cursor");
  counted = parameters.boolean("count").value_or(false);
  refuse_unknown_filters(*call.service.engine.definitions(), query.agency, query.procedure, parameters);
  if (query.list == store::ListQuery::List::untimed) {
    query.kinds = {core::ClockKind::settlement};
  } else {
    query.kinds = clock_kinds(parameters);
  }
  if (query.list == store::ListQuery::List::due_soon) {
    const auto hours = parameters.integer("within_hours", 1, kWithinMax).value_or(24);
    query.until = query.at + core::ClockTime{hours * core::kHourMs};
    const bool one = query.kinds.size() == 1;
    if (one && query.at < now && !cursor && !core::keeps_past(query.kinds.front())) {
      parameters.fault("at", "bad_parameter",
                       "Expected no past instant, but what was due soon then is not kept for this clock");
    }
  }
  refuse_duty(query, now, !cursor, parameters);
  if (parameters.text("as_of")) {
    parameters.fault("as_of", "bad_parameter", "Expected no as_of, but it is reserved until it works");
  }
  const bool needs_at = cursor && parameters.text("at") == std::nullopt;
  if (needs_at)
    parameters.fault("at", "bad_parameter", "Expected the instant of the first page beside a cursor");
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  return std::nullopt;
}

// The address of the next page, ready to be called.
std::string next_address(const Call& call, const store::ListQuery& query, const std::string& cursor) {
  std::string address =
      call.request.path + "?at=" + core::format_instant(query.at, core::kVietnamOffsetMinutes);
  if (!query.agency.empty()) address += "&agency=" + query.agency.text;
  if (!query.procedure.empty()) address += "&procedure=" + query.procedure.text;
  if (query.list != store::ListQuery::List::untimed) {
    address += "&clock=";
    address += query.kinds.size() == 1 ? core::word_of(query.kinds.front()) : "any";
  }
  if (query.list == store::ListQuery::List::due_soon) {
    address += "&within_hours=" + std::to_string((query.until - query.at).ms / core::kHourMs);
  }
  return address + "&limit=" + std::to_string(query.limit) + "&cursor=" + cursor;
}

Made list_clocks(const Call& call, store::ListQuery::List list) {
  store::ListQuery query;
  query.list = list;
  std::optional<std::string> cursor;
  bool counted = false;
  if (auto wrong = read_list(call, query, cursor, counted)) return *wrong;
  const std::string binding = binding_of(query);
  if (cursor) {
    query.after = read_cursor(call.service.keyring, binding, *cursor);
    if (!query.after) return problem("bad_cursor");
  }
  const int limit = query.limit;
  query.limit = limit + 1;
  const auto definitions = call.service.engine.definitions();
  if (query.kinds.size() == 1 && is_duty(query.kinds.front())) {
    query.duty = duty_query(*definitions, query.kinds.front(), query);
  }
  auto reader = call.service.store.reader();
  std::vector<store::ListItem> items = reader->list(query);
  query.limit = limit;
  const std::size_t count = std::min(items.size(), static_cast<std::size_t>(limit));
  std::string body;
  body.reserve(count * 1000 + 256);
  JsonWriter json(body);
  json.begin_object();
  json.member_instant("at", query.at);
  json.key("items");
  json.begin_array();
  for (std::size_t i = 0; i < count; ++i) {
    if (query.duty) {
      items[i].due_at = duty_due(*definitions, items[i].stored.dossier, query.duty->duty, query.at);
    }
    write_row(json, items[i].stored.dossier, query.at, *definitions, &items[i]);
  }
  json.end_array();
  if (items.size() > count) {
    const std::string next = write_cursor(call.service.keyring, binding, items[count - 1].mark);
    json.member("next_cursor", next);
    json.member("next", next_address(call, query, next));
  } else {
    json.member_null("next_cursor");
    json.member_null("next");
  }
  if (counted) {
    query.after.reset();
    query.limit = kCountMax + 1;
    write_count(json, reader->list(query).size());
  }
  json.end_object();
  return json_response(200, std::move(body));
}

}  // namespace

Made list_late(const Call& call) { return list_clocks(call, store::ListQuery::List::late); }
Made list_due_soon(const Call& call) { return list_clocks(call, store::ListQuery::List::due_soon); }
Made list_untimed(const Call& call) { return list_clocks(call, store::ListQuery::List::untimed); }

}  // namespace motcua::api
