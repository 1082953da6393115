#include "engine/run/members_loader.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace motcua::run {
namespace {

using nlohmann::json;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_big(char c) { return is_upper(c) || is_digit(c); }

template <class Fits>
bool all(std::string_view text, Fits fits) {
  return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

bool is_lower_name(std::string_view text, char joint) {
  return text.size() <= 64 && all(text, [&](char c) { return is_lower(c) || is_digit(c) || c == joint; }) &&
         is_lower(text.front());
}

bool is_rule(std::string_view text) {
  return text.size() <= 64 && all(text, [](char c) { return is_big(c) || c == '_'; });
}

bool is_agency(std::string_view text) {
  return text.size() <= 35 && all(text, [](char c) { return is_big(c) || c == '.'; });
}

// The agency, a dot, two letters, two digits.
bool is_officer(std::string_view text) {
  if (text.size() < 6 || text[text.size() - 5] != '.') return false;
  const std::string_view post = text.substr(text.size() - 4);
  return is_agency(text.substr(0, text.size() - 5)) && all(post.substr(0, 2), is_lower) &&
         all(post.substr(2), is_digit);
}

bool is_procedure(std::string_view text) {
  return text.size() == 8 && is_digit(text[0]) && text[1] == '.' && all(text.substr(2), is_digit);
}

bool is_result(std::string_view text) {
  if (!text.starts_with("KQ.") || text.size() < 11 || text.size() > 64) return false;
  const std::string_view rest = text.substr(3);
  const std::size_t dot = rest.size() - 7;
  return rest[dot] == '.' && all(rest.substr(0, dot), is_big) && all(rest.substr(dot + 1), is_digit);
}

std::size_t characters_of(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool has_value(core::LimitUnit unit) {
  return unit != core::LimitUnit::immediate && unit != core::LimitUnit::unspecified;
}

}  // namespace

const Spelling kKeySpelling{[](std::string_view text) { return is_lower_name(text, '_'); }, "to_khai"};
const Spelling kNameSpelling{[](std::string_view text) { return is_lower_name(text, '-'); }, "vn-khanh-hoa"};
const Spelling kAgencySpelling{is_agency, "H32.19"};
const Spelling kOfficerSpelling{is_officer, "H32.19.cv01"};
const Spelling kProcedureSpelling{is_procedure, "1.001193"};
const Spelling kResultSpelling{is_result, "KQ.G15.000031"};
const Spelling kDomainSpelling{[](std::string_view text) {
                                 return text.size() <= 32 &&
                                        all(text, [](char c) { return is_big(c) || c == '-'; });
                               },
                               "G03-GD10"};
const Spelling kLayerSpelling{[](std::string_view text) {
                                return text.size() <= 8 && text.starts_with('L') &&
                                       all(text.substr(1), is_digit);
                              },
                              "L2"};
const Spelling kRuleSpelling{is_rule, "ACCEPT_8H"};
const Spelling kGroundSpelling{
    [](std::string_view text) { return is_rule(text) || is_lower_name(text, '_'); }, "FURTHER_REVIEW"};

std::string not_one_of(std::span<const std::string_view> words, std::string_view found) {
  std::string text = "Expected one of ";
  for (const std::string_view word : words) text.append(word).append(", ");
  return text + "but it is \"" + std::string(found) + "\"";
}

void read_format(ObjectReader& in) {
  in.member("$schema", Presence::optional);
  read_integer(in, "format", Presence::required, 1, 1);
}

std::optional<std::int64_t> read_integer(ObjectReader& in, const std::string& key, Presence presence,
                                         std::int64_t min, std::int64_t max) {
  const json* found = in.member(key, presence);
  if (found == nullptr) return std::nullopt;
  const bool fits = found->is_number_unsigned() ? found->get<std::uint64_t>() <= std::uint64_t{INT64_MAX}
                                                : found->is_number_integer();
  if (fits) {
    const auto value = found->get<std::int64_t>();
    if (value >= min && value <= max) return value;
  }
  in.fault(key, "Expected a whole number from " + std::to_string(min) + " to " + std::to_string(max) +
                    ", but it is " + found->dump(-1, ' ', true).substr(0, 40));
  return std::nullopt;
}

std::optional<std::string> read_text(ObjectReader& in, const std::string& key, Presence presence,
                                     std::size_t length_max) {
  std::optional<std::string> text = in.text(key, presence);
  if (!text || text->size() <= length_max) return text;
  const std::size_t length = characters_of(*text);
  if (length <= length_max) return text;
  in.fault(key, "Expected at most " + std::to_string(length_max) + " characters, but there are " +
                    std::to_string(length));
  return std::nullopt;
}

std::optional<core::Code> read_code(ObjectReader& in, const std::string& key, Presence presence,
                                    const Spelling& spelling) {
  const std::optional<std::string> text = in.text(key, presence);
  if (!text) return std::nullopt;
  if (spelling.fits(*text)) return core::Code(*text);
  in.fault(key, "Expected a code such as " + std::string(spelling.example) + ", but it is \"" + *text + "\"");
  return std::nullopt;
}

std::optional<core::Date> read_date(ObjectReader& in, const std::string& key, Presence presence) {
  const std::optional<std::string> text = in.text(key, presence);
  if (!text) return std::nullopt;
  const std::optional<core::Date> date = core::parse_date(*text);
  if (!date) in.fault(key, "Expected a date such as 2026-08-22, but it is \"" + *text + "\"");
  return date;
}

std::optional<core::Date> read_last_date(ObjectReader& in, const std::string& key, Presence presence,
                                         std::optional<core::Date> first) {
  const json* found = in.member(key, presence);
  if (found == nullptr || found->is_null()) return std::nullopt;
  const std::optional<core::Date> last = read_date(in, key, presence);
  if (first && last && *last < *first) {
    in.fault(key, "Expected a last day from " + core::format_date(*first) + " on, but it is " +
                      core::format_date(*last));
  }
  return last;
}

std::optional<std::int32_t> read_time_of_day(ObjectReader& in, const std::string& key, Presence presence) {
  const std::optional<std::string> text = in.text(key, presence);
  if (!text) return std::nullopt;
  const std::string& t = *text;
  if (t.size() == 5 && t[2] == ':' && all(t.substr(0, 2), is_digit) && all(t.substr(3), is_digit)) {
    const int hours = std::stoi(t.substr(0, 2));
    const int minutes = std::stoi(t.substr(3));
    if (hours < 24 && minutes < 60) return (hours * 60 + minutes) * 60'000;
  }
  in.fault(key, "Expected a time of day such as 15:00, but it is \"" + t + "\"");
  return std::nullopt;
}

std::optional<core::Limit> read_limit_members(ObjectReader& in, LimitUse use) {
  const auto unit = read_word<core::LimitUnit>(in, "unit", Presence::required);
  const auto counting = read_word<core::DayCounting>(in, "counting", Presence::optional);
  const bool needs_value = unit && has_value(*unit);
  const json* present = in.member("value", needs_value ? Presence::required : Presence::optional);
  std::optional<std::int64_t> value;
  if (present != nullptr) value = read_integer(in, "value", Presence::optional, 1, 100'000);
  if (!unit) return std::nullopt;
  if (*unit == core::LimitUnit::by_cutoff) {
    in.fault("unit", "Expected a unit of a limit, but by_cutoff is the shape of a rule");
    return std::nullopt;
  }
  if (use == LimitUse::counted && !needs_value) {
    in.fault("unit", "Expected a unit that counts, but it is " + std::string(core::word_of(*unit)));
    return std::nullopt;
  }
  if (!needs_value && present != nullptr) {
    in.fault("value", "Expected no value beside " + std::string(core::word_of(*unit)) + ", but there is one");
  }
  if (counting && *unit != core::LimitUnit::working_day) {
    in.fault("counting", "Expected a counting with working_day only, but the unit is " +
                             std::string(core::word_of(*unit)));
  }
  if (needs_value && !value) return std::nullopt;
  return core::Limit{value.value_or(0), *unit, counting.value_or(core::DayCounting::by_day)};
}

std::optional<core::Limit> read_limit(ObjectReader& in, const std::string& key, Presence presence,
                                      LimitUse use, Source source) {
  const json* found = in.member(key, presence);
  if (found == nullptr) return std::nullopt;
  ObjectReader limit(*found, in.pointer_to(key), source.file, source.faults);
  const std::optional<core::Limit> read = read_limit_members(limit, use);
  limit.refuse_unknown();
  return read;
}

void read_objects(ObjectReader& in, const std::string& key, Presence presence, std::size_t count_min,
                  Source source, const std::function<void(ObjectReader&)>& each) {
  const json* list = in.member(key, presence);
  if (list == nullptr) return;
  if (!list->is_array()) return in.fault(key, "Expected a list, but it is none");
  if (list->size() < count_min) return in.fault(key, "Expected at least one entry, but there is none");
  const std::string pointer = in.pointer_to(key);
  for (std::size_t i = 0; i < list->size(); ++i) {
    ObjectReader one((*list)[i], child_pointer(pointer, std::to_string(i)), source.file, source.faults);
    if (!one.is_object()) continue;
    each(one);
    one.refuse_unknown();
  }
}

std::vector<PointedText> read_words(ObjectReader& in, const std::string& key, Presence presence,
                                    Source source) {
  std::vector<PointedText> words;
  const json* list = in.member(key, presence);
  if (list == nullptr) return words;
  if (!list->is_array() || list->empty()) {
    in.fault(key, "Expected a list with at least one entry, but it is none");
    return words;
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < list->size(); ++i) {
    std::string at = child_pointer(in.pointer_to(key), std::to_string(i));
    const json& item = (*list)[i];
    if (!item.is_string()) {
      source.report(std::move(at), "Expected a text, but it is none");
    } else if (!seen.insert(item.get<std::string>()).second) {
      source.report(std::move(at), "Expected each entry once, but this one is repeated");
    } else {
      words.push_back({item.get<std::string>(), std::move(at)});
    }
  }
  return words;
}

std::vector<core::Code> read_codes(ObjectReader& in, const std::string& key, Presence presence,
                                   const Spelling& spelling, Source source) {
  std::vector<core::Code> codes;
  for (PointedText& word : read_words(in, key, presence, source)) {
    if (spelling.fits(word.text)) {
      codes.emplace_back(word.text);
    } else {
      source.report(std::move(word.pointer), "Expected a code such as " + std::string(spelling.example) +
                                                 ", but it is \"" + word.text + "\"");
    }
  }
  return codes;
}

}  // namespace motcua::run
