#include "api/json/late_list_reader.h"

#include <simdjson.h>

#include <concepts>
#include <type_traits>

namespace motcua::api {
namespace {

namespace dom = simdjson::dom;

std::string_view kind_of(const dom::element& element) {
  switch (element.type()) {
    case dom::element_type::ARRAY:
      return "a list";
    case dom::element_type::OBJECT:
      return "an object";
    case dom::element_type::INT64:
    case dom::element_type::UINT64:
    case dom::element_type::DOUBLE:
      return "a number";
    case dom::element_type::STRING:
      return "a text";
    case dom::element_type::BOOL:
      return "true or false";
    case dom::element_type::NULL_VALUE:
      return "null";
  }
  return "nothing";
}

// Fills a described value from the parsed text; after the first fault nothing more is read.
class LateReading {
 public:
  explicit LateReading(std::string& fault) : fault_(fault) {}

  template <class T>
  bool read(const dom::element& from, T& it) {
    if constexpr (std::same_as<T, bool>) {
      return from.get(it) == simdjson::SUCCESS || wrong("true or false", from);
    } else if constexpr (std::same_as<T, std::int64_t>) {
      return from.get(it) == simdjson::SUCCESS || wrong("a whole number", from);
    } else if constexpr (std::same_as<T, std::string>) {
      return read_text(from, it);
    } else if constexpr (std::same_as<T, core::Code>) {
      return read_text(from, it.text) && (it.empty() || core::is_code(it.text) || wrong("a code", from));
    } else if constexpr (std::same_as<T, core::Instant>) {
      return read_instant(from, it);
    } else if constexpr (std::is_enum_v<T>) {
      return read_word(from, it);
    } else {
      return read_compound(from, it);
    }
  }

 private:
  bool wrong(std::string_view expected, const dom::element& from) {
    return wrong(expected, "it is " + std::string(kind_of(from)));
  }
  bool wrong(std::string_view expected, const std::string& found) {
    if (fault_.empty()) {
      fault_ = "Expected " + std::string(expected) + " at " + (path_.empty() ? "the root" : path_) +
               ", but " + found;
    }
    return false;
  }

  bool read_text(const dom::element& from, std::string& it) {
    std::string_view text;
    if (from.get(text) != simdjson::SUCCESS) return wrong("a text", from);
    it = text;
    return true;
  }
  bool read_instant(const dom::element& from, core::Instant& it) {
    std::string text;
    if (!read_text(from, text)) return false;
    const auto at = core::parse_instant(text);
    if (!at) return wrong("an instant", "it is another text");
    it = *at;
    return true;
  }
  template <class E>
  bool read_word(const dom::element& from, E& it) {
    std::string text;
    if (!read_text(from, text)) return false;
    const auto word = core::enum_of<E>(text);
    if (!word) return wrong("a word of its kind", "it is another text");
    it = *word;
    return true;
  }

  template <class T>
  bool read_compound(const dom::element& from, std::optional<T>& it) {
    if (from.is_null()) return it.reset(), true;
    return read(from, it.emplace());
  }
  template <class T>
  bool read_compound(const dom::element& from, std::vector<T>& items) {
    dom::array array;
    if (from.get(array) != simdjson::SUCCESS) return wrong("a list", from);
    items.clear();
    for (const dom::element item : array) {
      if (!within(std::to_string(items.size()), [&] { return read(item, items.emplace_back()); }))
        return false;
    }
    return true;
  }
  // As names are in one order on both sides, whatever is missing, too much, twice or out of order is found
  // where the two first differ.
  template <class T>
  bool read_compound(const dom::element& from, T& it) {
    dom::object object;
    if (from.get(object) != simdjson::SUCCESS) return wrong("an object", from);
    auto next = object.begin();
    const auto end = object.end();
    bool right = true;
    T::describe(it, [&](std::string_view name, auto& member) {
      if (!right) return;
      if (next == end || next.key() != name) {
        const std::string found = next == end ? "there is no more" : "there is " + std::string(next.key());
        right = wrong("the member " + std::string(name), found);
        return;
      }
      right = within(name, [&] { return read(next.value(), member); });
      ++next;
    });
    if (right && next != end) right = wrong("no further member", "there is " + std::string(next.key()));
    return right;
  }

  template <class Read>
  bool within(std::string_view name, Read&& read_it) {
    const std::size_t size = path_.size();
    if (!path_.empty()) path_ += '/';
    path_ += name;
    const bool right = read_it();
    path_.resize(size);
    return right;
  }

  std::string& fault_;
  std::string path_;
};

template <class T>
std::optional<T> read_late(std::string_view json, std::string& fault) {
  fault.clear();
  dom::parser parser;
  dom::element root;
  const auto error = parser.parse(json.data(), json.size()).get(root);
  if (error != simdjson::SUCCESS) {
    fault = "Expected JSON, but " + std::string(simdjson::error_message(error));
    return std::nullopt;
  }
  std::optional<T> it(std::in_place);
  if (!LateReading(fault).read(root, *it)) it.reset();
  return it;
}

}  // namespace

std::optional<core::LateAgency> read_late_agency(std::string_view json, std::string& fault) {
  return read_late<core::LateAgency>(json, fault);
}
std::optional<core::LateHead> read_late_head(std::string_view json, std::string& fault) {
  return read_late<core::LateHead>(json, fault);
}

}  // namespace motcua::api
