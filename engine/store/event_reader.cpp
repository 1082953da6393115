#include <simdjson.h>

#include <algorithm>

#include "engine/store/described.h"
#include "engine/store/event_codec.h"

namespace motcua::store {
namespace {

namespace dom = simdjson::dom;

template <class T>
bool read(const dom::element& text, T& out);

// Takes members out of one object by name, and knows whether all were taken. They are asked for in the order
// in which they were written, so most are found where the last one ended.
class MemberReader {
 public:
  explicit MemberReader(const dom::element& text) : good_(text.get(object_) == simdjson::SUCCESS) {
    if (good_) next_ = object_.begin();
  }

  template <class T>
  void operator()(std::string_view name, T& out) {
    if (!good_) return;
    dom::element member;
    if (find(name, member)) {
      ++taken_;
      good_ = read(member, out);
    } else {
      good_ = std::same_as<T, core::Code> || kIsVector<T> || kIsOptional<T>;
      out = T{};
    }
  }

  bool all_taken() const { return good_ && taken_ == object_.size(); }

 private:
  bool find(std::string_view name, dom::element& member) {
    if (next_ != object_.end() && next_.key() == name) {
      member = next_.value();
      ++next_;
      return true;
    }
    return object_.at_key(name).get(member) == simdjson::SUCCESS;
  }

  dom::object object_;
  dom::object::iterator next_;
  std::size_t taken_ = 0;
  bool good_;
};

template <class T>
bool read_number(const dom::element& text, T& out) {
  if (text.is_uint64()) {
    const std::uint64_t number = text.get_uint64();
    out = static_cast<T>(number);
    return std::in_range<T>(number);
  }
  std::int64_t number = 0;
  if (text.get(number) != simdjson::SUCCESS) return false;
  out = static_cast<T>(number);
  return std::in_range<T>(number);
}

// Keeps what was found in a text, where something was.
template <class T>
bool keep(const std::optional<T>& found, T& out) {
  if (found) out = *found;
  return found.has_value();
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

template <std::size_t N>
bool read_hex(std::string_view text, std::array<std::uint8_t, N>& out) {
  if (text.size() != 2 * N) return false;
  for (std::size_t i = 0; i < N; ++i) {
    const int high = hex_value(text[2 * i]);
    const int low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

template <class T>
bool read_word(std::string_view text, T& out) {
  if constexpr (std::is_enum_v<T>) {
    return keep(core::enum_of<T>(text), out);
  } else if constexpr (std::same_as<T, core::Date>) {
    return keep(core::parse_date(text), out);
  } else if constexpr (std::same_as<T, core::Uuid>) {
    return keep(core::parse_uuid(text), out);
  } else if constexpr (std::same_as<T, core::Code>) {
    out = core::Code(std::string(text));
    return true;
  } else {
    static_assert(kIsBytes<T>, "no reading for this type");
    return read_hex(text, out);
  }
}

template <class T>
bool read_elements(const dom::element& text, std::vector<T>& out) {
  dom::array elements;
  if (text.get(elements) != simdjson::SUCCESS) return false;
  out.clear();
  return std::all_of(elements.begin(), elements.end(),
                     [&](const dom::element& element) { return read(element, out.emplace_back()); });
}

// {"<name of the alternative>": value}.
template <class Variant>
bool read_alternative(const dom::element& text, Variant& out) {
  dom::object object;
  if (text.get(object) != simdjson::SUCCESS || object.size() != 1) return false;
  const dom::key_value_pair held = *object.begin();
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return ((held.key == kAlternativeName<std::variant_alternative_t<I, Variant>> &&
             read(held.value, out.template emplace<I>())) ||
            ...);
  }
  (std::make_index_sequence<std::variant_size_v<Variant>>{});
}

template <class T>
bool read(const dom::element& text, T& out) {
  if constexpr (std::same_as<T, bool>) {
    return text.get(out) == simdjson::SUCCESS;
  } else if constexpr (std::integral<T>) {
    return read_number(text, out);
  } else if constexpr (CountOfMs<T>) {
    return read_number(text, out.ms);
  } else if constexpr (kIsOptional<T>) {
    return read(text, out.emplace());
  } else if constexpr (kIsVector<T>) {
    return read_elements(text, out);
  } else if constexpr (kIsVariant<T>) {
    return read_alternative(text, out);
  } else if constexpr (Described<T>) {
    MemberReader members(text);
    T::describe(out, members);
    return members.all_taken();
  } else {
    std::string_view word;
    return text.get(word) == simdjson::SUCCESS && read_word(word, out);
  }
}

template <class Body>
bool read_current(const dom::element& text, core::Event& out) {
  MemberReader members(text);
  members("clocks", out.clocks);
  members("body", out.body.emplace<Body>());
  return members.all_taken();
}

// Who reads the bodies of a type in a version. Once a type has a second version, its first stays here as a
// row of its own, whose reader turns the old text into the new one before it reads it.
struct Reading {
  std::string_view type;
  int type_version;
  bool (*read)(const dom::element& text, core::Event& out);
};

template <class... Body>
constexpr std::array<Reading, sizeof...(Body)> current_readings(const std::variant<Body...>*) {
  return {Reading{Body::kType, kTypeVersion, read_current<Body>}...};
}
constexpr auto kReadings = current_readings(static_cast<const core::EventBody*>(nullptr));

}  // namespace

bool decode_body(std::string_view type, int type_version, std::string_view text, core::Event& out) {
  const auto reading = std::find_if(kReadings.begin(), kReadings.end(), [&](const Reading& row) {
    return row.type == type && row.type_version == type_version;
  });
  if (reading == kReadings.end()) return false;
  thread_local dom::parser parser;
  dom::element parsed;
  core::Event event;
  if (parser.parse(text.data(), text.size()).get(parsed) != simdjson::SUCCESS) return false;
  if (!reading->read(parsed, event)) return false;
  out.clocks = std::move(event.clocks);
  out.body = std::move(event.body);
  return true;
}

}  // namespace motcua::store
