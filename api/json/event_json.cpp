#include "api/explanation_json.h"
#include "api/json/dossier_json.h"
#include "engine/core/notice.h"

namespace motcua::api {
namespace {

// What a member of an event is called outside, where a dossier has another word for it.
std::string_view outside_name(std::string_view name) {
  if (name == "delivery") return "result_delivery";
  if (name == "layer") return "rulebook_layer";
  return name;
}

// Writes the members of an event's body as JSON. References to typed texts are left out: outside they mean
// nothing.
struct WriteMember {
  JsonWriter& json;

  void operator()(const char* name, const core::Code& code) const {
    if (!code.empty()) json.member(outside_name(name), code);
  }
  void operator()(const char*, const std::vector<core::TextRef>&) const {}
  void operator()(const char* name, const core::Instant& at) const { json.member_instant(name, at); }
  void operator()(const char* name, const core::Uuid& id) const { json.member(name, id); }
  void operator()(const char* name, std::uint32_t number) const { json.member(name, number); }
  void operator()(const char* name, std::int64_t number) const { json.member(name, number); }
  void operator()(const char* name, bool yes) const { json.member(name, yes); }
  template <WordEnum E>
  void operator()(const char* name, E word) const {
    json.member(outside_name(name), word);
  }
  template <class T>
  void operator()(const char* name, const std::optional<T>& perhaps) const {
    if (perhaps) (*this)(name, *perhaps);
  }
  template <class... T>
  void operator()(const char* name, const std::variant<T...>& any) const {
    std::visit([&](const auto& value) { json.member(name, value); }, any);
  }
  void operator()(const char* name, const core::Limit& limit) const {
    json.key(name);
    write_limit(json, limit);
  }
  template <class T>
  requires requires(const T& item, const WriteMember& visit) { T::describe(item, visit); }
  void operator()(const char* name, const T& item) const {
    json.key(name);
    object(item);
  }
  void operator()(const char* name, const std::vector<core::Code>& codes) const {
    json.key(name);
    json.begin_array();
    for (const core::Code& code : codes) json.value(code);
    json.end_array();
  }
  template <class T>
  requires requires(const T& item, const WriteMember& visit) { T::describe(item, visit); }
  void operator()(const char* name, const std::vector<T>& items) const {
    json.key(name);
    json.begin_array();
    for (const T& item : items) object(item);
    json.end_array();
  }
  template <class T>
  void object(const T& item) const {
    json.begin_object();
    T::describe(item, *this);
    json.end_object();
  }
};

void write_changes(JsonWriter& json, const std::vector<core::ClockChange>& changes) {
  json.key("clocks");
  json.begin_array();
  for (const core::ClockChange& change : changes) {
    json.begin_object();
    json.member("kind", change.kind);
    json.member("term", change.term);
    json.member("action", change.action);
    json.member_instant("at", change.at);
    if (change.delay) json.member_seconds("delay_working_seconds", change.delay->ms);
    if (!change.ground.empty()) json.member("ground", change.ground);
    if (change.action == core::ClockAction::resume || change.action == core::ClockAction::move) {
      json.member("why", change.why);
    }
    if (change.by) {
      json.key("by");
      write_limit(json, *change.by);
    }
    if (!change.shares.empty()) write_shares(json, change.shares);
    if (change.dates()) {
      json.member("agency", change.agency);
      json.member("rule", change.rule);
      json.member_instant("due_at", change.due.at);
      if (change.due.pending == core::DuePending::none) {
        json.member_null("due_pending");
      } else {
        json.member("due_pending", change.due.pending);
      }
      json.member("provisional", change.due.provisional);
      json.member("calendar", change.calendar);
      json.member("calendar_version", change.calendar_version);
      if (!change.of.empty()) json.member("step", change.of);
    }
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void write_event(JsonWriter& json, const store::StoredEvent& stored, std::string_view source) {
  const core::Event& event = stored.event;
  json.begin_object();
  json.member("specversion", "1.0");
  json.member("id", event.id);
  json.member("source", source);
  json.member("type", "vn.motcua." + std::string(core::type_of(event.body)) + ".v1");
  json.member("subject", event.dossier);
  json.member_instant("time", event.recorded_at);
  json.member("datacontenttype", "application/json");
  json.key("data");
  json.begin_object();
  json.member("version", event.version);
  json.member_instant("occurred_at", event.occurred_at);
  json.member_instant("recorded_at", event.recorded_at);
  json.member("caller", event.caller);
  if (!event.on_behalf_of.empty()) json.member("on_behalf_of", event.on_behalf_of);
  json.member("cause", event.cause);
  json.member("cause_id", event.cause_id);
  if (!event.procedure_version.empty()) json.member("procedure_version", event.procedure_version);
  if (!event.rulebook_version.empty()) json.member("rulebook_version", event.rulebook_version);
  if (const auto notice = core::notice_of(event.body)) json.member("notice", *notice);
  std::visit([&](const auto& body) { WriteMember{json}("details", body); }, event.body);
  write_changes(json, event.clocks);
  json.end_object();
  json.end_object();
}

}  // namespace motcua::api
