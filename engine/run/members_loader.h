#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/terms.h"
#include "engine/core/time.h"
#include "engine/run/json_loader.h"

// Members of definition files that several kinds of them share. Every reader answers nothing when the member
// is absent or wrong, and then reports the fault, as ObjectReader does.
namespace motcua::run {

using Presence = ObjectReader::Presence;

// The file that is being read, and where its faults go. Keeps views: not longer than a load.
struct Source {
  std::string_view file;
  std::vector<LoadFault>& faults;
  void report(std::string pointer, std::string detail) const {
    faults.push_back({std::string(file), std::move(pointer), std::move(detail)});
  }
};

// The spelling that a kind of code must have, with an example for the message.
struct Spelling {
  bool (*fits)(std::string_view);
  std::string_view example;
};
extern const Spelling kKeySpelling;        // inside a procedure: "to_khai"
extern const Spelling kNameSpelling;       // of calendars, rulebooks and units: "vn-khanh-hoa"
extern const Spelling kAgencySpelling;     // "H32.19"
extern const Spelling kOfficerSpelling;    // "H32.19.cv01"
extern const Spelling kProcedureSpelling;  // "1.001193"
extern const Spelling kResultSpelling;     // "KQ.G15.000031"
extern const Spelling kDomainSpelling;     // "G03-GD10"
extern const Spelling kLayerSpelling;      // "L2"
extern const Spelling kRuleSpelling;       // "ACCEPT_8H"
extern const Spelling kGroundSpelling;     // as a rule or as a key: "FURTHER_REVIEW", "ho_ngheo"

void read_format(ObjectReader& in);  // "format": 1, and "$schema" that editors use
std::optional<std::int64_t> read_integer(ObjectReader& in, const std::string& key, Presence presence,
                                         std::int64_t min, std::int64_t max);
// At most `length_max` characters (not bytes).
std::optional<std::string> read_text(ObjectReader& in, const std::string& key, Presence presence,
                                     std::size_t length_max);
std::optional<core::Code> read_code(ObjectReader& in, const std::string& key, Presence presence,
                                    const Spelling& spelling);
std::optional<core::Date> read_date(ObjectReader& in, const std::string& key, Presence presence);
// A last day: absent and null both mean that there is none.
std::optional<core::Date> read_last_date(ObjectReader& in, const std::string& key, Presence presence,
                                         std::optional<core::Date> first);
// "15:00" as milliseconds since midnight.
std::optional<std::int32_t> read_time_of_day(ObjectReader& in, const std::string& key, Presence presence);

enum class LimitUse { any, counted };  // `counted`: neither immediate nor unspecified
std::optional<core::Limit> read_limit(ObjectReader& in, const std::string& key, Presence presence,
                                      LimitUse use, Source source);
// value, unit and counting as members of `in` itself; the caller asks for the others and refuses the rest.
std::optional<core::Limit> read_limit_members(ObjectReader& in, LimitUse use);

// Calls `each` for every object of a list and refuses what it did not ask for. Of an empty one it says that
// one is expected when `count_min` is 1.
void read_objects(ObjectReader& in, const std::string& key, Presence presence, std::size_t count_min,
                  Source source, const std::function<void(ObjectReader&)>& each);
// The words of a list of texts, each once and at least one, with their pointers.
struct PointedText {
  std::string text;
  std::string pointer;
};
std::vector<PointedText> read_words(ObjectReader& in, const std::string& key, Presence presence,
                                    Source source);
std::vector<core::Code> read_codes(ObjectReader& in, const std::string& key, Presence presence,
                                   const Spelling& spelling, Source source);

// "Expected one of a, b, c, but it is "d"".
std::string not_one_of(std::span<const std::string_view> words, std::string_view found);

template <class E>
std::optional<E> read_word(ObjectReader& in, const std::string& key, Presence presence) {
  const std::optional<std::string> text = in.text(key, presence);
  if (!text) return std::nullopt;
  const std::optional<E> value = core::enum_of<E>(*text);
  if (!value) in.fault(key, not_one_of(core::EnumWords<E>::words, *text));
  return value;
}

template <class E>
std::vector<E> read_word_list(ObjectReader& in, const std::string& key, Presence presence, Source source) {
  std::vector<E> values;
  for (const PointedText& word : read_words(in, key, presence, source)) {
    const std::optional<E> value = core::enum_of<E>(word.text);
    if (value) {
      values.push_back(*value);
    } else {
      source.report(word.pointer, not_one_of(core::EnumWords<E>::words, word.text));
    }
  }
  return values;
}

}  // namespace motcua::run
