#include "api/json/reader.h"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <type_traits>

#include "api/json/field_probe.h"
#include "api/json/typed_text.h"

namespace motcua::api {
namespace {

namespace dom = simdjson::dom;

static_assert(sizeof(dom::element) == sizeof(JsonSlot) && std::is_trivially_copyable_v<dom::element>);

JsonSlot slot_of(const dom::element& element) { return std::bit_cast<JsonSlot>(element); }
dom::element element_of(const JsonSlot& slot) { return std::bit_cast<dom::element>(slot); }

// A name as a token of a JSON Pointer in its URI fragment form.
std::string pointer_token(std::string_view name) {
  constexpr std::string_view kPlain = "-._$&'()*+,;=:@!";
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string token;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       kPlain.find(c) != std::string_view::npos;
    if (c == '~') {
      token += "~0";
    } else if (c == '/') {
      token += "~1";
    } else if (plain) {
      token += c;
    } else {
      token.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return token;
}

void note(std::vector<BodyFault>& faults, std::string pointer, std::string_view code, std::string detail) {
  if (faults.size() < kFaultsMax) {
    faults.push_back({std::move(pointer), std::string(code), std::move(detail), FaultPlace::body});
  }
}

// A reading of one slot and where its faults go, for members and items alike. The pointer is made only when
// something is wrong.
template <class Pointer>
struct Reading {
  JsonSlot slot;
  std::vector<BodyFault>& faults;
  Pointer pointer;

  std::nullopt_t wrong(std::string_view code, std::string detail) const {
    note(faults, pointer(), code, std::move(detail));
    return std::nullopt;
  }
  std::optional<std::string_view> string() const {
    std::string_view text;
    if (element_of(slot).get_string().get(text) != simdjson::SUCCESS) {
      return wrong("wrong_type", "expected a string");
    }
    return text;
  }
  std::optional<std::string> text(std::size_t max_length, Lines lines) const {
    const auto typed = string();
    if (!typed) return std::nullopt;
    if (has_control(*typed, lines == Lines::many)) {
      return wrong("control_character", "control characters are refused");
    }
    if (is_blank(*typed)) return wrong("blank", "must not be blank");
    std::string kept = composed(*typed);
    if (kept.size() > max_length && length_of(kept) > max_length) {
      return wrong("out_of_range", "longer than " + std::to_string(max_length) + " characters");
    }
    return kept;
  }
  std::optional<std::string> exact(std::size_t max_bytes) const {
    const auto text = string();
    if (!text) return std::nullopt;
    if (text->size() > max_bytes) return wrong("out_of_range", "longer than is taken");
    return std::string(*text);
  }
  std::optional<core::Code> code() const {
    const auto text = string();
    if (!text) return std::nullopt;
    if (!core::is_code(*text)) {
      return wrong("bad_format", "expected 1 to 64 of the letters, digits and . _ : / + -");
    }
    return core::Code(*text);
  }
  std::optional<dom::object> object() const {
    dom::object members;
    if (element_of(slot).get_object().get(members) != simdjson::SUCCESS) {
      return wrong("wrong_type", "expected an object");
    }
    return members;
  }
};
template <class Pointer>
Reading(JsonSlot, std::vector<BodyFault>&, Pointer) -> Reading<Pointer>;

// The reading of a member of an object.
auto reading(JsonSlot slot, std::vector<BodyFault>& faults, const std::string& owner, std::string_view key) {
  return Reading{slot, faults, [&owner, key] { return owner + '/' + pointer_token(key); }};
}

auto reading(JsonSlot slot, std::vector<BodyFault>& faults, const std::string& owner, std::size_t index) {
  return Reading{slot, faults, [&owner, index] { return owner + '/' + std::to_string(index); }};
}

// What a probe answers for a member whose value says nothing of what is read.
template <class T>
std::optional<T> probed(FieldProbe& probe, const std::string& owner, std::string_view key, FieldType type,
                        Presence presence, T value) {
  return probe.takes(owner, key, type, presence) ? std::optional(std::move(value)) : std::nullopt;
}

}  // namespace

JsonObject::JsonObject(JsonSlot slot, std::string pointer, std::vector<BodyFault>& faults)
    : pointer_(std::move(pointer)), faults_(&faults) {
  dom::object members;
  if (element_of(slot).get_object().get(members) != simdjson::SUCCESS) return;
  members_.reserve(members.size());
  for (const dom::key_value_pair member : members) members_.push_back({member.key, slot_of(member.value)});
}

const JsonObject::Member* JsonObject::find(std::string_view key) const {
  for (std::size_t tried = 0; tried < members_.size(); ++tried) {
    if (next_ >= members_.size()) next_ = 0;
    const Member& member = members_[next_++];
    if (member.key == key) return &member;
  }
  return nullptr;
}

const JsonObject::Member* JsonObject::ask(std::string_view key, Presence presence) {
  const Member* member = find(key);
  if (member) {
    members_[static_cast<std::size_t>(member - members_.data())].asked = true;
  } else if (presence == Presence::required) {
    fault(key, "missing_field", "required");
  }
  return member;
}

bool JsonObject::has(std::string_view key) const {
  return probe_ ? probe_->has(pointer_, key) : find(key) != nullptr;
}

std::optional<std::string_view> JsonObject::token(std::string_view key, Presence presence) {
  const Member* member = ask(key, presence);
  if (!member) return std::nullopt;
  return reading(member->slot, *faults_, pointer_, key).string();
}

std::optional<std::string> JsonObject::text(std::string_view key, Presence presence, std::size_t max_length,
                                            Lines lines) {
  if (probe_) {
    return probe_->text(pointer_, key, presence, max_length, lines) ? std::optional<std::string>("-")
                                                                    : std::nullopt;
  }
  const Member* member = ask(key, presence);
  if (!member) return std::nullopt;
  return reading(member->slot, *faults_, pointer_, key).text(max_length, lines);
}

std::optional<std::string> JsonObject::exact(std::string_view key, Presence presence, std::size_t max_bytes) {
  const Member* member = ask(key, presence);
  if (!member) return std::nullopt;
  return reading(member->slot, *faults_, pointer_, key).exact(max_bytes);
}

std::optional<core::Code> JsonObject::code(std::string_view key, Presence presence) {
  if (probe_) return probed(*probe_, pointer_, key, FieldType::code, presence, core::Code("-"));
  const Member* member = ask(key, presence);
  if (!member) return std::nullopt;
  return reading(member->slot, *faults_, pointer_, key).code();
}

std::optional<core::Code> JsonObject::one_of(std::string_view key, Presence presence,
                                             const std::vector<core::Code>& known) {
  if (probe_) {
    std::vector<std::string_view> words(known.size());
    std::transform(known.begin(), known.end(), words.begin(),
                   [](const core::Code& c) -> std::string_view { return c.text; });
    const std::string_view word = probed_word(key, presence, words);
    return word.empty() ? std::nullopt : std::optional(core::Code(word));
  }
  auto word = code(key, presence);
  if (word && std::find(known.begin(), known.end(), *word) == known.end()) {
    fault(key, "unknown_word", "Expected one of the values that the procedure names, but it is none");
    return std::nullopt;
  }
  return word;
}

std::optional<core::Instant> JsonObject::instant(std::string_view key, Presence presence) {
  if (probe_) return probed(*probe_, pointer_, key, FieldType::instant, presence, core::Instant{});
  const auto text = token(key, presence);
  if (!text) return std::nullopt;
  const auto at = core::parse_instant(*text);
  if (!at)
    fault(key, "bad_format", "expected an instant of RFC 3339 with its offset, in milliseconds at most");
  return at;
}

std::optional<core::Date> JsonObject::date(std::string_view key, Presence presence) {
  if (probe_) return probed(*probe_, pointer_, key, FieldType::date, presence, core::Date{});
  const auto text = token(key, presence);
  if (!text) return std::nullopt;
  const auto on = core::parse_date(*text);
  if (!on) fault(key, "bad_format", "expected a date, YYYY-MM-DD");
  return on;
}

std::optional<core::Uuid> JsonObject::uuid(std::string_view key, Presence presence) {
  if (probe_) return probed(*probe_, pointer_, key, FieldType::uuid, presence, core::Uuid{});
  const auto text = token(key, presence);
  if (!text) return std::nullopt;
  const auto id = core::parse_uuid(*text);
  if (!id) fault(key, "bad_format", "expected a UUID of 36 characters");
  return id;
}

std::optional<std::int64_t> JsonObject::integer(std::string_view key, Presence presence, std::int64_t min,
                                                std::int64_t max) {
  if (probe_) return probe_->integer(pointer_, key, presence, min, max);
  const Member* member = ask(key, presence);
  if (!member) return std::nullopt;
  const dom::element element = element_of(member->slot);
  std::int64_t number = 0;
  const bool whole = element.is_int64() || element.is_uint64();  // the latter only above the former's range
  if (!whole) {
    fault(key, "wrong_type", "expected a whole number");
    return std::nullopt;
  }
  if (element.get_int64().get(number) != simdjson::SUCCESS || number < min || number > max) {
    fault(key, "out_of_range", "expected " + std::to_string(min) + " to " + std::to_string(max));
    return std::nullopt;
  }
  return number;
}

std::optional<bool> JsonObject::boolean(std::string_view key, Presence presence) {
  if (probe_) return probed(*probe_, pointer_, key, FieldType::boolean, presence, true);
  const Member* member = ask(key, presence);
  if (!member) return std::nullopt;
  bool yes = false;
  if (element_of(member->slot).get_bool().get(yes) != simdjson::SUCCESS) {
    fault(key, "wrong_type", "expected true or false");
    return std::nullopt;
  }
  return yes;
}

std::optional<JsonObject> JsonObject::object(std::string_view key, Presence presence) {
  if (probe_) return probe_->object(pointer_, key, presence);
  const Member* member = ask(key, presence);
  if (!member) return std::nullopt;
  if (!reading(member->slot, *faults_, pointer_, key).object()) return std::nullopt;
  return JsonObject(member->slot, pointer_ + '/' + pointer_token(key), *faults_);
}

std::optional<JsonArray> JsonObject::array(std::string_view key, Presence presence, std::size_t max_items) {
  if (probe_) return probe_->array(pointer_, key, presence, max_items);
  const Member* member = ask(key, presence);
  if (!member) return std::nullopt;
  dom::array elements;
  if (element_of(member->slot).get_array().get(elements) != simdjson::SUCCESS) {
    fault(key, "wrong_type", "expected an array");
    return std::nullopt;
  }
  std::vector<JsonSlot> items;
  for (const dom::element element : elements) {
    if (items.size() == max_items) {
      fault(key, "out_of_range", "more than " + std::to_string(max_items) + " items");
      return std::nullopt;
    }
    items.push_back(slot_of(element));
  }
  return JsonArray(std::move(items), pointer_ + '/' + pointer_token(key), *faults_);
}

std::optional<std::string> JsonObject::raw(std::string_view key, Presence presence) {
  const Member* member = ask(key, presence);
  if (!member) return std::nullopt;
  return simdjson::minify(element_of(member->slot));
}

std::string JsonObject::content(std::string_view without) const {
  std::vector<const Member*> sorted;
  sorted.reserve(members_.size());
  for (const Member& member : members_) {
    if (member.key != without) sorted.push_back(&member);
  }
  std::sort(sorted.begin(), sorted.end(), [](const Member* a, const Member* b) { return a->key < b->key; });
  std::string text;
  for (const Member* member : sorted) {
    text += pointer_token(member->key);
    text += ':';
    text += simdjson::minify(element_of(member->slot));
    text += ',';
  }
  return text;
}

std::vector<std::string_view> JsonObject::keys() const {
  std::vector<std::string_view> names;
  names.reserve(members_.size());
  for (const Member& member : members_) names.push_back(member.key);
  return names;
}

void JsonObject::fault(std::string_view key, std::string_view code, std::string detail) {
  note(*faults_, pointer_ + '/' + pointer_token(key), code, std::move(detail));
}

void JsonObject::refuse_unknown() {
  for (const Member& member : members_) {
    if (!member.asked) fault(member.key, "unknown_field", "no such member here");
  }
}

void JsonObject::refuse(std::string_view key, std::string_view code, std::string_view detail) {
  if (!probe_ && ask(key, Presence::optional) != nullptr) fault(key, code, std::string(detail));
}

std::string_view JsonObject::probed_word(std::string_view key, Presence presence,
                                         std::span<const std::string_view> words) {
  const auto place = probe_->word(pointer_, key, presence, words);
  return place ? words[*place] : std::string_view();
}

std::string JsonObject::pointer_of(const std::string& owner, std::string_view key) {
  return owner + '/' + pointer_token(key);
}

std::string JsonObject::expected_words(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) {
    text.append(text.empty() ? "expected one of " : ", ").append(word);
  }
  return text;
}

std::string JsonArray::pointer(std::size_t index) const { return pointer_ + '/' + std::to_string(index); }

std::optional<JsonObject> JsonArray::object(std::size_t index) { return object(index, *faults_); }

std::optional<JsonObject> JsonArray::object(std::size_t index, std::vector<BodyFault>& faults) {
  if (probe_) return probe_->object(pointer_, {}, Presence::required);
  if (!reading(items_[index], faults, pointer_, index).object()) return std::nullopt;
  return JsonObject(items_[index], pointer(index), faults);
}

std::optional<core::Code> JsonArray::code(std::size_t index) {
  if (probe_) return probed(*probe_, pointer_, {}, FieldType::code, Presence::required, core::Code("-"));
  return reading(items_[index], *faults_, pointer_, index).code();
}

std::optional<std::string> JsonArray::exact(std::size_t index, std::size_t max_bytes) {
  return reading(items_[index], *faults_, pointer_, index).exact(max_bytes);
}

std::optional<std::string> JsonArray::text(std::size_t index, std::size_t max_length, Lines lines) {
  if (probe_) {
    const bool there = probe_->text(pointer_, {}, Presence::required, max_length, lines);
    return there ? std::optional<std::string>("-") : std::nullopt;
  }
  return reading(items_[index], *faults_, pointer_, index).text(max_length, lines);
}

}  // namespace motcua::api
