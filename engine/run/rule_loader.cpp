#include "engine/run/rule_loader.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace motcua::run {
namespace {

using nlohmann::json;

constexpr std::string_view kEvents[] = {"submitted", "accepted"};
constexpr std::string_view kModes[] = {"restart", "continue"};
constexpr std::string_view kMoves[] = {"in_time", "never"};
constexpr std::string_view kPeriods[] = {"month", "quarter"};

std::optional<std::string> read_one_of(ObjectReader& in, const std::string& key, Presence presence,
                                       std::span<const std::string_view> words) {
  auto text = in.text(key, presence);
  if (!text || std::find(words.begin(), words.end(), *text) != words.end()) return text;
  in.fault(key, not_one_of(words, *text));
  return std::nullopt;
}

void read_issued_at(ObjectReader& in, Source source, RuleEntry& entry) {
  const json* found = in.member("issued_at", Presence::optional);
  if (found == nullptr) return;
  ObjectReader of(*found, in.pointer_to("issued_at"), source.file, source.faults);
  std::array<bool, 3> at_submission{};
  for (std::size_t i = 0; i < at_submission.size(); ++i) {
    const std::string channel(core::word_of(static_cast<core::Channel>(i)));
    at_submission[i] = read_one_of(of, channel, Presence::required, kEvents) == kEvents[0];
  }
  of.refuse_unknown();
  entry.issued_at_submission = at_submission;
}

void read_starts_on(ObjectReader& in, Source source, RuleEntry& entry) {
  const json* found = in.member("starts_on", Presence::optional);
  if (found == nullptr) return;
  ObjectReader of(*found, in.pointer_to("starts_on"), source.file, source.faults);
  core::DigitisingDates dates;
  dates.province = read_date(of, "province", Presence::required).value_or(core::Date{});
  dates.district = read_date(of, "district", Presence::required).value_or(core::Date{});
  dates.commune = read_date(of, "commune", Presence::required).value_or(core::Date{});
  dates.essential_services = read_date(of, "essential_services", Presence::optional);
  of.refuse_unknown();
  entry.starts_on = dates;
}

std::optional<int> as_int(const std::optional<std::int64_t>& number) {
  return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

// Some are numbers that only a reader of the rulebook wants; here they must only be well formed.
void read_report_parameters(ObjectReader& in, Source source, RuleEntry& entry) {
  entry.notice_before = read_limit(in, "notice_before", Presence::optional, LimitUse::counted, source);
  read_integer(in, "max_per_dossier", Presence::optional, 1, 1'000);
  entry.moves_due = read_one_of(in, "moves_due", Presence::optional, kMoves);
  entry.rule.target_percent = as_int(read_integer(in, "target_percent", Presence::optional, 0, 100));
  entry.rule.target_count = as_int(read_integer(in, "target_count", Presence::optional, 0, 1'000'000'000));
  read_one_of(in, "period", Presence::optional, kPeriods);
  read_integer(in, "window_months", Presence::optional, 1, 1'200);
}

void read_parameters(ObjectReader& in, Source source, RuleEntry& entry) {
  const json* found = in.member("parameters", Presence::required);
  if (found == nullptr) return;
  ObjectReader of(*found, in.pointer_to("parameters"), source.file, source.faults);
  if (!of.is_object()) return;
  const auto limit = read_limit(of, "limit", Presence::optional, LimitUse::counted, source);
  entry.has_limit = limit.has_value();
  entry.rule.limit = limit.value_or(core::Limit{});
  entry.day_end = read_word<core::DayEnd>(of, "day_end", Presence::optional);
  entry.rule.day_end = entry.day_end.value_or(core::DayEnd::office_close);
  entry.channels = read_word_list<core::Channel>(of, "channels", Presence::optional, source);
  entry.event = read_one_of(of, "event", Presence::optional, kEvents);
  entry.mode = read_one_of(of, "mode", Presence::optional, kModes);
  entry.cutoff_ms = read_time_of_day(of, "cutoff", Presence::optional);
  entry.pattern = read_text(of, "pattern", Presence::optional, 100);
  read_issued_at(of, source, entry);
  read_report_parameters(of, source, entry);
  read_starts_on(of, source, entry);
  entry.at_once = of.boolean("at_once", Presence::optional).value_or(false);
  entry.after_opening = read_limit(of, "after_opening", Presence::optional, LimitUse::counted, source);
  of.refuse_unknown();
}

struct Pattern {
  std::vector<std::string> names;  // of the braces, in order
  std::string literal;             // all outside them
  bool closed = true;
};

Pattern take_apart(std::string_view text) {
  Pattern parts;
  while (!text.empty()) {
    if (text.front() != '{') {
      parts.literal += text.front();
      text.remove_prefix(1);
      continue;
    }
    const std::size_t end = text.find('}');
    parts.closed = end != std::string_view::npos;
    if (!parts.closed) return parts;
    parts.names.emplace_back(text.substr(1, end - 1));
    text.remove_prefix(end + 1);
  }
  return parts;
}

bool is_literal(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

}  // namespace

RuleEntry read_rule(ObjectReader& in, Source source) {
  RuleEntry entry;
  entry.pointer = in.pointer_to("");
  entry.pointer.pop_back();
  core::Rule& rule = entry.rule;
  rule.id = read_code(in, "id", Presence::required, kRuleSpelling).value_or(core::Code());
  rule.title = read_text(in, "title", Presence::required, 300).value_or("");
  rule.summary = read_text(in, "summary", Presence::required, 600).value_or("");
  rule.basis = read_text(in, "basis", Presence::required, 300).value_or("");
  entry.layer = read_code(in, "layer", Presence::required, kLayerSpelling).value_or(core::Code());
  const auto from = read_date(in, "from", Presence::required);
  rule.from = from.value_or(core::Date{});
  rule.to = read_last_date(in, "to", Presence::required, from);
  rule.confirmed = in.boolean("confirmed", Presence::required).value_or(false);
  rule.amended_by_unseen = read_text(in, "amended_by_unseen", Presence::optional, 100).value_or("");
  read_parameters(in, source, entry);
  return entry;
}

std::string code_pattern_fault(std::string_view pattern) {
  const Pattern parts = take_apart(pattern);
  const auto is_date = [](const std::string& name) { return name == "yyMMdd" || name == "yyyyMMdd"; };
  const auto is_number = [](const std::string& name) {
    return name.size() == 5 && name.starts_with("seq:") && name[4] >= '4' && name[4] <= '7';
  };
  // In the order of the codes in use: agency, date, number, joined by hyphens.
  const bool ordered = parts.closed && parts.names.size() == 3 && parts.names[0] == "agency" &&
                       is_date(parts.names[1]) && is_number(parts.names[2]);
  if (ordered && parts.literal == "--" && pattern.starts_with('{') && pattern.ends_with('}')) return "";
  return "Expected a pattern such as {agency}-{yyMMdd}-{seq:4}, but it is \"" + std::string(pattern) + "\"";
}

std::string result_pattern_fault(std::string_view pattern) {
  const Pattern parts = take_apart(pattern);
  const bool known = parts.closed && parts.names == std::vector<std::string>{"code", "n"};
  if (known && is_literal(parts.literal)) return "";
  return "Expected a pattern such as {code}-KQ{n}, but it is \"" + std::string(pattern) + "\"";
}

}  // namespace motcua::run
