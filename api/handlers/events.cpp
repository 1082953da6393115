#include <algorithm>

#include "api/cursor.h"
#include "api/event_stream.h"
#include "api/handlers/event_types.h"
#include "api/handlers/handlers.h"
#include "api/handlers/notice_filter.h"
#include "api/json/dossier_json.h"

namespace motcua::api {
namespace {

// "accepted,settled", as the types are named between "vn.motcua.dossier." and ".v1".
std::vector<std::string> read_types(Parameters& parameters) {
  const std::vector<std::string>& known = event_type_names();
  std::vector<std::string> types;
  const auto given = parameters.text("type");
  std::size_t from = 0;
  while (given && from <= given->size()) {
    const std::size_t comma = std::min(given->find(',', from), given->size());
    const std::string name = given->substr(from, comma - from);
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      parameters.fault("type", "bad_parameter",
                       "Expected types of events, as in accepted,settled, but one is none");
      return {};
    }
    types.push_back(event_type_named(name));
    from = comma + 1;
  }
  std::sort(types.begin(), types.end());
  types.erase(std::unique(types.begin(), types.end()), types.end());
  return types;
}

std::string joined(const std::vector<std::string>& types) {
  std::string text;
  for (const std::string& type : types) {
    text += (text.empty() ? "" : ",") + event_type_name(type);
  }
  return text;
}

// What the feed and its streams are both asked: which events, and from where on.
struct Asked {
  EventFilter filter;
  std::optional<std::string> after;
};

Asked read_asked(const Call& call, Parameters& parameters) {
  Asked asked;
  asked.filter.scope = call.scope();
  asked.filter.types = read_types(parameters);
  asked.filter.agency = parameters.code("agency").value_or(core::Code());
  asked.after = parameters.text("after");
  const core::Code& agency = asked.filter.agency;
  if (!agency.empty() && call.service.engine.definitions()->agency(agency) == nullptr) {
    parameters.fault("agency", "bad_parameter",
                     "Expected the code of an agency, but there is none of this code");
  }
  return asked;
}

std::string feed_cursor(const Call& call, const std::string& binding, std::int64_t position) {
  return write_feed_cursor(call.service.keyring, binding, call.service.store.epoch(), position);
}

FeedPlace place_of(const Call& call, const std::string& binding, std::string_view cursor) {
  return read_feed_cursor(call.service.keyring, binding, call.service.store.epoch(), cursor);
}

std::string feed_address(const Call& call, const store::JournalQuery& query, const NoticeFilter& notices,
                         const std::string& cursor) {
  std::string address = call.request.path + "?after=" + cursor + "&limit=" + std::to_string(query.limit);
  if (!query.agency.empty()) address += "&agency=" + query.agency.text;
  if (!query.types.empty()) address += "&type=" + joined(query.types);
  if (notices.given()) address += "&notice=" + notices.text();
  return address;
}

constexpr std::string_view kEnd = "end";

}  // namespace

Made list_events(const Call& call) {
  Parameters parameters(call.request.query);
  const Asked asked = read_asked(call, parameters);
  const NoticeFilter notices = NoticeFilter::read(parameters);
  const int limit = static_cast<int>(parameters.integer("limit", 1, 200).value_or(50));
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  store::JournalQuery query = asked.filter.query(0, limit);
  const std::string binding = asked.filter.binding() + (notices.given() ? '|' + notices.text() : "");
  auto reader = call.service.store.reader();
  store::JournalPage page;
  if (asked.after == kEnd) {
    page.last = reader->journal_end();
  } else {
    if (asked.after) {
      const FeedPlace place = place_of(call, binding, *asked.after);
      if (!place.fault.empty()) return problem(place.fault);
      query.after = place.position;
    }
    store::JournalQuery search = query;
    if (notices.given() && search.types.empty()) search.types = core::notice_event_types();
    page = reader->journal(search);
  }
  const std::string next = feed_cursor(call, binding, page.last);
  std::string body;
  body.reserve(page.events.size() * 900 + 512);
  JsonWriter json(body);
  json.begin_object();
  json.key("items");
  json.begin_array();
  for (const store::StoredEvent& event : page.events) {
    if (notices.keeps(event.event.body)) write_event(json, event, kEventSource);
  }
  json.end_array();
  json.member("next_cursor", next);
  json.member("next", feed_address(call, query, notices, next));
  json.member("more", page.more);
  json.end_object();
  return json_response(200, std::move(body));
}

Made stream_events(const Call& call) {
  Parameters parameters(call.request.query);
  Asked asked = read_asked(call, parameters);
  parameters.refuse_unknown();
  constexpr std::string_view kHeader = "last-event-id";
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  if (call.request.count(kHeader) > 1) {
    return problem_of({{"Last-Event-ID", "bad_header", "Expected the header once, but it is repeated",
                        FaultPlace::header}});
  }
  // A client that was cut off comes again with the address that it began with, and where it stood in the
  // header: there only a cursor stands.
  const bool resumed = call.request.count(kHeader) == 1;
  if (resumed) asked.after = std::string(call.request.header(kHeader));
  std::optional<std::int64_t> position;
  if (asked.after && (resumed || *asked.after != kEnd)) {
    const FeedPlace place = place_of(call, asked.filter.binding(), *asked.after);
    if (!place.fault.empty()) return problem(place.fault);
    position = place.position;
  }
  // The place is taken before the end is read: from then on the hub is told of every commit.
  if (!call.service.events.take_place(call.service.config.streams)) return problem("too_many_streams");
  auto stream = std::make_shared<EventStream>(call, std::move(asked.filter), position.value_or(0));
  if (!position) stream->start_at(call.service.store.reader()->journal_end());
  net::Response response;
  response.content_type = "text/event-stream";
  // A proxy that gathers an answer before it passes it on would keep every event back.
  response.headers.emplace_back("X-Accel-Buffering", "no");
  response.stream = std::move(stream);
  return response;
}

}  // namespace motcua::api
