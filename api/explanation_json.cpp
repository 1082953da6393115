#include "api/explanation_json.h"

#include <algorithm>
#include <cstdio>

#include "engine/core/terms.h"

namespace motcua::api {
namespace {

using core::LimitUnit;

// "07:30", with seconds and milliseconds only when it has them.
std::string time_of_day(std::int32_t ms) {
  char text[32];
  const int hours = ms / 3'600'000;
  const int minutes = ms / 60'000 % 60;
  if (ms % 60'000 == 0) {
    std::snprintf(text, sizeof text, "%02d:%02d", hours, minutes);
  } else {
    std::snprintf(text, sizeof text, "%02d:%02d:%02d.%03d", hours, minutes, ms / 1000 % 60, ms % 1000);
  }
  return text;
}

std::string utc_offset(int minutes) {
  return (minutes < 0 ? "-" : "+") + time_of_day(std::abs(minutes) * 60'000);
}

void member_if(JsonWriter& json, std::string_view name, std::string_view text) {
  if (!text.empty()) json.member(name, text);
}

void write_calendar(JsonWriter& json, const core::ExplainedCalendar& calendar) {
  json.key("calendar");
  json.begin_object();
  json.member("id", calendar.id);
  json.member("version", calendar.version);
  json.member("utc_offset", utc_offset(calendar.offset_minutes));
  json.member_seconds("nominal_day_seconds", calendar.nominal_day.ms);
  json.member("official_until_on", calendar.official_until_on);
  json.end_object();
}

void write_spans(JsonWriter& json, const std::vector<core::ExplainedSpan>& spans, int offset_minutes) {
  json.key("spans");
  json.begin_array();
  for (const core::ExplainedSpan& span : spans) {
    json.begin_object();
    json.member_instant("from", span.from, offset_minutes);
    json.member_instant("to", span.to, offset_minutes);
    json.member("on", span.on);
    json.member("counted", span.counted);
    json.member("why", span.why);
    if (span.exception) {
      json.member("name", span.exception->name);
      json.member("source", span.exception->source);
      json.member("confirmed", span.exception->confirmed);
    }
    json.end_object();
  }
  json.end_array();
}

void write_rule(JsonWriter& json, const ExplanationSource& source) {
  if (!source.rule) return;
  const core::Rule& rule = *source.rule;
  json.key("rule");
  json.begin_object();
  json.member("id", rule.id);
  member_if(json, "title", rule.title);
  json.member("basis", source.basis.empty() ? std::string_view(rule.basis) : source.basis);
  json.member("confirmed", source.confirmed.value_or(rule.confirmed));
  member_if(json, "layer", source.layer);
  json.end_object();
}

void write_versions(JsonWriter& json, const ExplanationSource& source) {
  member_if(json, "procedure", source.procedure);
  member_if(json, "procedure_version", source.procedure_version);
  member_if(json, "rulebook_version", source.rulebook_version);
}

// The instant due, after the cap where there is one.
void write_due_at(JsonWriter& json, const core::Explanation& of, const ExplanationSource& source) {
  const int offset = of.calendar.offset_minutes;
  const std::optional<core::Instant>& derived = of.due.at;
  if (!source.capped_at) return json.member_instant("due_at", derived, offset);
  json.member_instant("due_at", derived ? std::min(*derived, *source.capped_at) : source.capped_at, offset);
  json.member_instant("derived_at", derived, offset);
  json.key("capped_by");
  json.begin_object();
  json.member("clock", source.capped_by);
  json.member_instant("due_at", source.capped_at, offset);
  json.end_object();
}

void write_due(JsonWriter& json, const core::Explanation& of, const ExplanationSource& source) {
  write_due_at(json, of, source);
  if (of.due.pending != core::DuePending::none) json.member("due_pending", of.due.pending);
  json.member("provisional", of.due.provisional);
  if (of.due.unrolled_on) json.member("unrolled_on", *of.due.unrolled_on);
  if (!of.due.rolled_on) return;
  json.member("rolled_on", *of.due.rolled_on);
  json.key("due_day_sessions");
  json.begin_array();
  for (const core::Session& session : of.due_day_sessions) {
    json.value(time_of_day(session.opens_ms) + '-' + time_of_day(session.closes_ms));
  }
  json.end_array();
}

}  // namespace

void write_limit(JsonWriter& json, const core::Limit& limit) {
  json.begin_object();
  if (limit.unit != LimitUnit::immediate && limit.unit != LimitUnit::unspecified) {
    json.member("value", limit.value);
  }
  json.member("unit", limit.unit);
  if (limit.unit == LimitUnit::working_day) json.member("counting", limit.counting);
  json.end_object();
}

void write_explanation(JsonWriter& json, const core::Explanation& explanation,
                       const ExplanationSource& source) {
  const int offset = explanation.calendar.offset_minutes;
  json.begin_object();
  write_rule(json, source);
  write_versions(json, source);
  write_calendar(json, explanation.calendar);
  json.key("limit");
  write_limit(json, explanation.limit);
  member_if(json, "anchor", source.anchor);
  json.member_instant("start_at", explanation.start, offset);
  json.member("day_end", explanation.day_end);
  if (explanation.limit.unit == LimitUnit::immediate) {
    json.member("immediate_cutoff", time_of_day(explanation.rules.immediate_cutoff_ms));
  }
  if (explanation.limit.unit == LimitUnit::by_cutoff) {
    json.member("forward_cutoff", time_of_day(explanation.rules.forward_cutoff_ms));
  }
  write_due(json, explanation, source);
  write_spans(json, explanation.spans, offset);
  json.end_object();
}

void write_explanation(JsonWriter& json, const core::ElapsedExplanation& explanation) {
  const int offset = explanation.calendar.offset_minutes;
  json.begin_object();
  write_calendar(json, explanation.calendar);
  json.member_instant("from", explanation.from, offset);
  json.member_instant("to", explanation.to, offset);
  json.member_seconds("working_seconds", explanation.working.ms);
  write_spans(json, explanation.spans, offset);
  json.end_object();
}

}  // namespace motcua::api
